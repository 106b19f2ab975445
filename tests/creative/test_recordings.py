"""The merchant's own voice: a recording gives its beat the time, and a bad one changes nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creative import drafts, production, recordings, script_edits, voicing
from creative.errors import BriefRefused, NotFound, ScriptConflict, ScriptLocked, UploadRefused
from creative.models import Ad, LineRecording
from generation.domain.captions_timing import has_voice, letters
from generation.domain.timeline import OverlayKind, Timeline
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.timeline_rules import validate
from generation.models import SpokenLine
from generation.voice.speech_file import as_wav
from templates_engine.domain.retelling import words_of
from templates_engine.domain.script_json import script_from_dict
from tests.creative.api import Program
from tests.creative.shops import Shop
from tests.creative.test_voicing import Metronome
from tests.generation.spoken import speech

pytestmark = pytest.mark.django_db


def wav(seconds: float, **more: float) -> bytes:
    return as_wav(speech(seconds, **more))


@pytest.fixture
def ad(alice: Shop) -> Ad:
    return production.draft(alice.organization, product=alice.product, lang="zh").ad


def timeline(ad: Ad) -> Timeline:
    return timeline_from_dict(Ad.objects.get(pk=ad.pk).timeline)


def rows(ad: Ad) -> list[object]:
    found = Ad.objects.filter(pk=ad.pk).values(
        "script", "script_unspoken", "timeline", "credits_quoted", "script_version"
    )
    shots = list(ad.shots.values("index", "clip_key", "credits"))
    return [list(found), shots, list(LineRecording.objects.values()), list(SpokenLine.objects.values())]


def beat_ms(ad: Ad, place: int) -> int:
    beat = script_from_dict(ad.script).beats[place]
    return beat.end_ms - beat.start_ms


def test_a_recording_times_its_beat_and_its_captions_follow_it(ad: Ad) -> None:
    before = script_from_dict(ad.script)
    made = recordings.record(ad, 1, "一.wav", wav(4.0), by="alice")
    row = LineRecording.objects.get()
    assert (row.ad, row.place, row.text, row.by) == (ad, 1, before.beats[1].voice, "alice")
    assert abs(row.line.ms - 4000) < 120
    assert beat_ms(made, 1) == pytest.approx(row.line.ms + 300, abs=70)  # air before and after the line
    assert [beat_ms(made, place) for place in (0, 2)] == pytest.approx(
        [before.beats[place].end_ms - before.beats[place].start_ms for place in (0, 2)], abs=34
    )
    now = timeline(ad)
    validate(now)
    assert now.voice is not None
    (line,) = now.voice.lines
    assert (line.id, line.text, line.sha256) == ("1", row.text, row.line.sha256)
    captions = [one for one in now.overlays if one.kind is OverlayKind.CAPTION]
    heard = [one for one in captions if has_voice(one)]
    assert letters("".join(one.text for one in heard)) == letters(line.text)
    lit = [word for one in heard for word in one.words]
    assert (lit[0].start, lit[-1].end) == (line.start, pytest.approx(line.end, abs=2))
    assert not any(one.words for one in captions if one not in heard)
    assert made.script_version == 0
    assert made.credits_quoted == sum(shot.credits for shot in made.shots.all())


def test_trying_again_and_taking_it_back_stretches_nothing(ad: Ad) -> None:
    before = timeline(ad)
    recordings.record(ad, 1, "a.wav", wav(4.0))
    once = timeline(ad)
    old = SpokenLine.objects.get()
    recordings.record(ad, 1, "b.wav", wav(2.0))
    assert not default_storage.exists(old.file)
    assert SpokenLine.objects.count() == LineRecording.objects.count() == 1
    recordings.record(ad, 1, "a.wav", wav(4.0))
    assert timeline(ad) == once
    made = recordings.remove(ad, 1)
    assert timeline(ad) == before
    assert made.script_unspoken is None
    assert not LineRecording.objects.exists()
    assert not SpokenLine.objects.exists()
    assert not default_storage.exists(old.file)


def test_the_installations_voice_says_the_other_lines(alice: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    by = Metronome()
    monkeypatch.setattr(voicing, "speaker", lambda: by)
    ad = drafts.draft(alice.organization, product=alice.product, lang="zh", spoken=True).ad
    before = timeline(ad)
    recordings.record(ad, 1, "a.wav", wav(3.0))
    voice = timeline(ad).voice
    assert voice is not None
    assert [line.text for line in voice.lines] == by.asked
    assert voice.lines[1].sha256 == LineRecording.objects.get().line.sha256
    assert before.voice is not None
    assert [line.sha256 for line in voice.lines[2:]] == [line.sha256 for line in before.voice.lines[2:]]
    recordings.remove(ad, 1)
    assert timeline(ad) == before


def test_a_rewritten_line_loses_its_recording_and_gets_it_back(ad: Ad) -> None:
    recordings.record(ad, 1, "a.wav", wav(4.0))
    spoken = timeline(ad)
    words = [(one.voice, one.caption) for one in words_of(script_from_dict(ad.script))]
    edited = [*words[:1], ("热水到公司就凉了，烦不烦？", ""), *words[2:]]
    script_edits.save_script(ad, edited, version=0)
    assert timeline(ad).voice is None
    assert LineRecording.objects.count() == 1
    script_edits.restore(ad, 0, version=1)
    assert timeline(ad).voice == spoken.voice


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.exe", wav(1.0), "not_a_recording"),
        ("a.mp3", wav(1.0), "not_a_recording"),
        ("a.wav", b"<html>", "not_a_recording"),
        ("a.m4a", b"\0\0\0\x18ftypM4A " + b"\0" * 40, "broken"),
        ("a.wav", b"RIFF\0\0\0\0WAVE", "broken"),
        ("a.wav", wav(0.5, level=1e-5), "silent"),
        ("a.wav", wav(31.0), "long"),
        ("a.wav", wav(1.0) + b"\0" * recordings.MOST_BYTES, "too_heavy"),
    ],
    ids=["suffix", "disguised", "html", "no sound", "cut off", "silent", "long", "heavy"],
)
def test_what_is_no_recording_of_a_line_is_refused(ad: Ad, name: str, data: bytes, reason: str) -> None:
    before = rows(ad)
    with pytest.raises(UploadRefused) as refused:
        recordings.record(ad, 1, name, data)
    assert refused.value.reason == reason
    assert "录音" in refused.value.zh
    assert "record" in refused.value.en
    assert rows(ad) == before


def test_a_recording_that_fits_nowhere_is_refused_and_not_kept(ad: Ad) -> None:
    before = rows(ad)
    with pytest.raises(BriefRefused, match="too long to be spoken"):
        recordings.record(ad, 0, "a.wav", wav(20.0))
    assert rows(ad) == before
    with pytest.raises(NotFound):
        recordings.record(ad, 99, "a.wav", wav(1.0))
    with pytest.raises(NotFound):
        recordings.remove(ad, 0)
    assert rows(ad) == before


def test_an_ordered_ad_keeps_its_voice(ad: Ad) -> None:
    recordings.record(ad, 1, "a.wav", wav(3.0))
    production.order(ad)
    before = rows(ad)
    with pytest.raises(ScriptLocked):
        recordings.record(ad, 2, "a.wav", wav(2.0))
    with pytest.raises(ScriptLocked):
        recordings.remove(ad, 1)
    assert rows(ad) == before


def test_two_who_record_at_once_lose_nothing(ad: Ad, monkeypatch: pytest.MonkeyPatch) -> None:
    real = recordings.prepare_again

    def meanwhile(*given: object) -> object:
        monkeypatch.setattr(recordings, "prepare_again", real)
        recordings.record(Ad.objects.get(pk=ad.pk), 2, "b.wav", wav(2.0))
        return real(*given)

    monkeypatch.setattr(recordings, "prepare_again", meanwhile)
    with pytest.raises(ScriptConflict):
        recordings.record(ad, 1, "a.wav", wav(3.0))
    assert [row.place for row in LineRecording.objects.all()] == [2]
    voice = timeline(ad).voice
    assert voice is not None
    assert [line.id for line in voice.lines] == ["2"]


def test_files_go_with_the_draft_and_with_the_ads_that_ended(ad: Ad, alice: Shop) -> None:
    other = production.draft(alice.organization, product=alice.product, lang="zh", seed=2).ad
    recordings.record(ad, 1, "a.wav", wav(3.0))
    recordings.record(other, 1, "b.wav", wav(2.0))
    files = [row.line.file for row in LineRecording.objects.order_by("ad_id")]
    assert recordings.sweep(timezone.now()) == 0
    production.cancel(ad)
    assert recordings.sweep(timezone.now() + timedelta(hours=1)) == 0
    assert recordings.sweep(timezone.now() + timedelta(days=2)) == 1
    assert [default_storage.exists(file) for file in files] == [False, True]
    other.delete()
    assert recordings.sweep(timezone.now() + timedelta(days=2)) == 1
    assert not default_storage.exists(files[1])
    assert not SpokenLine.objects.exists()


def test_the_page_takes_plays_and_removes_a_recording(client: Client, alice: Shop, ad: Ad) -> None:
    client.force_login(alice.owner)
    page, url = reverse("ad-script", args=[ad.public_id]), reverse("ad-recording", args=[ad.public_id, 1])
    assert url in client.get(page).content.decode()
    answer = client.post(url, {"recording": SimpleUploadedFile("a.wav", wav(3.0))})
    assert (answer.status_code, answer["Location"]) == (302, f"{page}#own-voice")
    listen = reverse("media-recording", args=[ad.public_id, 1])
    assert listen in client.get(page).content.decode()
    sound = client.get(listen)
    assert (sound["Content-Type"], b"".join(sound.streaming_content)[:4]) == ("audio/wav", b"RIFF")
    client.post(url, {"recording": SimpleUploadedFile("a.txt", b"hello")})
    client.post(url)
    shown = client.get(page).content.decode()
    assert "第 2 句的录音没有改动" in shown
    assert "录音请用 WAV、MP3 或 M4A 文件" in shown
    client.post(reverse("ad-recording-remove", args=[ad.public_id, 1]))
    assert not LineRecording.objects.exists()
    assert client.get(listen).status_code == 404


def test_strangers_find_no_recording(client: Client, alice: Shop, charlie: Shop, ad: Ad) -> None:
    recordings.record(ad, 1, "a.wav", wav(3.0))
    before = rows(ad)
    client.force_login(charlie.owner)
    for name in ("ad-recording", "ad-recording-remove"):
        answer = client.post(
            reverse(name, args=[ad.public_id, 1]), {"recording": SimpleUploadedFile("a.wav", wav(2.0))}
        )
        assert answer.status_code == 404
    assert client.get(reverse("media-recording", args=[ad.public_id, 1])).status_code == 404
    assert rows(ad) == before


def test_the_api_takes_lists_and_removes(alice: Shop, ad: Ad) -> None:
    program, path = Program(alice), f"ads/{ad.public_id}/recordings"
    made = program.client.post(f"/api/v1/{path}/1", {"file": SimpleUploadedFile("a.wav", wav(3.0))})
    assert made.status_code == 201
    (row,) = program.get(path).json()["recordings"]
    assert (row["index"], row["used"], row["text"]) == (1, True, script_from_dict(ad.script).beats[1].voice)
    refused = program.client.post(f"/api/v1/{path}/1", {"file": SimpleUploadedFile("a.wav", b"RIFF")})
    assert (refused.status_code, refused.json()["code"]) == (422, "upload_refused")
    assert program.delete(f"{path}/1").json()["recordings"] == []


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "codec"), [(".mp3", "libmp3lame"), (".m4a", "aac")])
def test_phones_files_are_taken(ad: Ad, suffix: str, codec: str, tmp_path: Path) -> None:
    from generation.ffmpeg import run

    source, out = tmp_path / "a.wav", tmp_path / f"a{suffix}"
    source.write_bytes(wav(3.0))
    run(["-i", str(source), "-c:a", codec, str(out)], seconds=30)
    recordings.record(ad, 1, out.name, out.read_bytes())
    assert abs(LineRecording.objects.get().line.ms - 3000) < 150
