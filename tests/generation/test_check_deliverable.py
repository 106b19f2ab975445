"""``manage.py check_deliverable``: a film of ours passes, and whoever takes a label off or changes the file is found out."""

import io
import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.deliver.deliver import deliver
from generation.deliver.signing import certificate, sign
from generation.domain.timeline import Canvas
from generation.ffmpeg import run, source
from generation.render.yuv import Frame
from generation.watch import NullWatch
from tests.generation.finished import finished
from tests.generation.footage import film as film_shots
from tests.generation.footage import small_order, small_timeline
from tests.generation.signers import SIGNER, chain_and_key

Rules = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("finished") / "ad.mp4")


def checked(path: Path, platform: str = "tiktok", **options: str) -> tuple[bool, Rules]:
    """(exit status is 0, rule -> outcome and measure)."""
    out, good = io.StringIO(), True
    try:
        call_command("check_deliverable", str(path), platform=platform, json=True, stdout=out, **options)
    except CommandError:
        good = False
    found = json.loads(out.getvalue())
    assert found["passed"] is good
    return good, {rule["rule"]: (rule["outcome"], rule["measured"]) for rule in found["rules"]}


def failed(rules: Rules) -> list[str]:
    return [rule for rule, (outcome, _) in rules.items() if outcome == "failed"]


def remuxed(film: Path, target: Path, *options: str) -> Path:
    run([*source(film), "-c", "copy", *options, target], seconds=60)
    return target


def test_a_film_of_ours_passes(film: Path) -> None:
    good, rules = checked(film)
    assert good
    assert failed(rules) == []
    assert rules["size"] == ("passed", "540x960")
    assert rules["AIGC metadata"] == ("passed", "ProduceID ad_0123456789")
    assert rules["C2PA signature"] == ("unknown", "not signed")
    assert rules["video codec"] == ("unknown", "h264")


def test_people_read_one_line_for_each_rule(film: Path) -> None:
    out = io.StringIO()
    call_command("check_deliverable", str(film), platform="tiktok", stdout=out)
    lines = out.getvalue().splitlines()
    assert "通过 passed   size: 540x960 (at least 540x960)" in lines
    assert len(lines) == len(checked(film)[1])


def test_metadata_lost_in_a_remux_are_missed(film: Path, tmp_path: Path) -> None:
    good, rules = checked(remuxed(film, tmp_path / "copy.mp4", "-movflags", "+faststart"))
    assert not good
    assert failed(rules) == ["AIGC metadata"]
    assert rules["AIGC metadata"][1] == "the file holds 0 AIGC labels instead of one"
    kept = remuxed(film, tmp_path / "kept.mp4", "-movflags", "+faststart+use_metadata_tags")
    assert checked(kept)[0]


@pytest.mark.slow
def test_a_label_painted_over_is_missed(tmp_path: Path) -> None:
    good, rules = checked(finished(tmp_path / "bare.mp4", labelled=False))
    assert not good
    assert failed(rules) == ["visible AI label"]
    assert rules["visible AI label"][1] == "the AI label 'AI生成' was not found in the first picture"


def test_a_label_that_goes_too_soon_is_missed(tmp_path: Path) -> None:
    def wiped(picture: Frame, at: int) -> None:
        if at >= 30:
            picture.luma[:] = 120

    good, rules = checked(finished(tmp_path / "soon.mp4", touch=wiped))
    assert not good
    assert failed(rules) == ["visible AI label"]
    assert "cannot be recognised" in rules["visible AI label"][1]


def test_another_text_is_another_label(film: Path) -> None:
    good, rules = checked(film, label_text="人工智能合成")
    assert not good
    assert failed(rules) == ["visible AI label"]


def test_a_wrong_size_is_told_with_what_is_asked_for(film: Path) -> None:
    good, rules = checked(film, "douyin")
    assert not good
    assert failed(rules) == ["size"]
    assert rules["size"] == ("failed", "540x960")


def test_a_wrong_shape_is_told(film: Path) -> None:
    good, rules = checked(film, "amazon")
    assert not good
    assert failed(rules) == ["shape", "length"]


@pytest.mark.parametrize("content", [b"", b"\0" * 64, b"#EXTM3U\nfile:///etc/passwd\n"])
def test_what_is_no_film_fails_without_being_opened_further(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ad.mp4"
    path.write_bytes(content)
    good, rules = checked(path)
    assert not good
    assert list(rules) == ["readable"]


def test_a_missing_file_and_an_unknown_platform_are_named(film: Path, tmp_path: Path) -> None:
    assert "there is no file none.mp4" in checked(tmp_path / "none.mp4")[1]["readable"][1]
    with pytest.raises(CommandError, match="no figures of a platform 'moon'"):
        call_command("check_deliverable", str(film), platform="moon")


def test_cut_off_bytes_are_a_failure_not_a_crash(film: Path, tmp_path: Path) -> None:
    whole = film.read_bytes()
    for number, share in enumerate((0.1, 0.5, 0.95)):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(whole[: int(len(whole) * share)])
        assert not checked(path)[0]


def nested(kinds: Sequence[bytes], content: bytes = b"") -> bytes:
    """Boxes in each other, the first outermost."""
    for kind in reversed(kinds):
        content = struct.pack(">I4s", 8 + len(content), kind) + content
    return content


@pytest.mark.parametrize(
    ("behind", "wrong"),
    [
        (b"\0\0\0\1free", ["readable"]),
        (nested([b"moov"] + [b"udta"] * 3000), ["AIGC metadata", "C2PA signature"]),
        (nested([b"moov", b"meta"], b"\0" * 4 + nested([b"keys"])), []),
    ],
    ids=["half a size", "boxes without end", "keys without a count"],
)
def test_boxes_that_a_stranger_wrote_are_no_crash(behind: bytes, wrong: list[str], film: Path, tmp_path: Path) -> None:
    path = tmp_path / "ad.mp4"
    path.write_bytes(film.read_bytes() + behind)
    good, rules = checked(path)
    assert failed(rules) == wrong
    assert good is not bool(wrong)


def test_pictures_with_odd_sides_are_a_failure_not_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "odd.mp4"
    run(["-f", "lavfi", "-i", "testsrc=s=101x201:d=1:r=10", "-pix_fmt", "yuv444p", path], seconds=60)
    good, rules = checked(path)
    assert not good
    assert rules == {"readable": ("failed", "odd.mp4 is 101x201: both sides must be even")}


def test_no_label_is_seen_in_a_picture_too_small_for_one(tmp_path: Path) -> None:
    path = tmp_path / "tiny.mp4"
    run(["-f", "lavfi", "-i", "testsrc=s=16x16:d=3:r=10", "-pix_fmt", "yuv420p", path], seconds=60)
    good, rules = checked(path)
    assert not good
    assert rules["visible AI label"] == ("failed", "the AI label 'AI生成' was not found in the first picture")


@pytest.mark.parametrize("text", ["", " ", "！"])
def test_a_label_without_words_is_no_label(text: str, film: Path) -> None:
    with pytest.raises(CommandError, match="give the words of the visible label"):
        call_command("check_deliverable", str(film), platform="tiktok", label_text=text)


def test_a_signature_is_verified_and_a_touched_file_is_found_out(film: Path, tmp_path: Path) -> None:
    signed = tmp_path / "signed.mp4"
    signed.write_bytes(film.read_bytes())
    sign(signed, certificate(*chain_and_key()), "ad_0123456789")
    good, rules = checked(signed)
    assert good
    assert rules["C2PA signature"] == ("passed", f"by {SIGNER} (signingCredential.untrusted)")
    assert rules["AIGC metadata"][0] == "passed"
    touched = tmp_path / "touched.mp4"
    touched.write_bytes(signed.read_bytes().replace(b"ad_0123456789", b"ad_9876543210"))
    good, rules = checked(touched)
    assert not good
    assert failed(rules) == ["C2PA signature"]
    assert "assertion.bmffHash.mismatch" in rules["C2PA signature"][1]


@pytest.mark.slow
def test_a_small_canvas_still_has_a_label_that_is_found(tmp_path: Path) -> None:
    small = finished(tmp_path / "small.mp4", Canvas(216, 384))
    assert checked(small)[1]["visible AI label"][0] == "passed"


@pytest.mark.slow
def test_a_whole_ad_from_the_cutting_room_passes(files: Mapping[str, Path], tmp_path: Path) -> None:
    timeline = small_timeline(Canvas(540, 960))
    work = tmp_path / "work"
    work.mkdir()
    made = deliver(
        small_order(timeline=timeline), film_shots(tmp_path, timeline), files, work, NullWatch(), wanted=("tiktok",)
    )
    assert made.label["fits_tiktok"] == "passed"
    good, rules = checked(made.video)
    assert good
    assert rules["visible AI label"][0] == rules["AIGC metadata"][0] == "passed"
    assert rules["length"] == ("passed", "5.50 s")
