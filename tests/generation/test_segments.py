"""Joined ads: the pictures of the whole ad, the bits of their segments, and a label and metadata of their own."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from generation.deliver.aigc import read_aigc
from generation.deliver.deliver import deliver, deliver_many
from generation.deliver.safe_zones import safe_zone
from generation.deliver.stills import sheet_size
from generation.domain.cut_order import ClipFile, CutOrder, Quality
from generation.domain.timeline_json import order_from_dict, order_to_dict
from generation.errors import Cancelled, CutRefused
from generation.ffmpeg import opened
from generation.render.palette import caption_styles
from generation.render.picture import pictures
from generation.render.staging import stage_ad
from generation.render.yuv import Frame
from generation.segments.batch import Variant, cut_variants, planned
from generation.segments.cache import SegmentCache, Wanted, segment_key
from generation.segments.errors import SegmentsDiffer
from generation.segments.film import segments_of
from generation.segments.join import check_alike, join
from generation.segments.render import made_segment, staged
from generation.watch import NullWatch
from tests.generation.footage import PHOTO, coffee_pan, save_photo, write_clip
from tests.generation.makers import StopWatch
from tests.generation.variants import HANDLE, batch, footage


@dataclass(frozen=True)
class Batch:
    orders: Sequence[CutOrder]
    clips: Mapping[str, ClipFile]
    files: Mapping[str, Path]
    folder: Path
    variants: Sequence[Variant]


@pytest.fixture(scope="module", params=[0, 8], ids=["cuts", "dissolves"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    folder = tmp_path_factory.mktemp("batch")
    orders = batch(2, 1, 2, dissolve=request.param)
    clips, files = footage(folder, orders), {PHOTO: save_photo(folder)}
    found: list[Variant] = []
    cut_variants(orders, clips, files, folder / "out", NullWatch(), found.append)
    return Batch(orders, clips, files, folder / "out", found)


@pytest.fixture
def bare_captions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every caption in letters without stroke or shadow, which need a scrim on a pale picture."""
    bare = replace(caption_styles()["minimal"], stroke=0, shadow=0, enter="none")
    monkeypatch.setattr("generation.render.captions_setting.caption_style", lambda name: bare)


def hashes(path: Path) -> list[str]:
    with opened(path) as container:
        return [hashlib.md5(frame.to_ndarray().tobytes()).hexdigest() for frame in container.decode(video=0)]


def lit(light: Callable[[int], int]) -> Callable[[int], Frame]:
    """A moving picture of faint contrast; ``light``: its darkest luma at each frame."""
    pan = coffee_pan(216, 384, 112, 0.1)

    def picture(index: int) -> Frame:
        found = pan(index)
        found.luma[:] = found.luma // 8 + light(index)
        return found

    return picture


def kept(one: Batch, order: CutOrder) -> list[Path]:
    cache = SegmentCache(one.folder / "segments")
    return [cache.video(segment_key(segment, order, one.clips)) for segment in segments_of(order)]


@pytest.mark.slow
def test_a_segment_shows_the_very_pictures_of_the_whole_ad(made: Batch) -> None:
    order = made.variants[0].order
    whole = stage_ad(order.timeline, "9:16", safe_zone("9:16").box, made.files, made.clips)
    expected = [frame.flat.tobytes() for frame in pictures(order.timeline, whole, made.clips)]
    shown = []
    for segment in segments_of(order):
        own = staged(segment, order, made.clips, made.files)
        frames = pictures(segment.timeline, own, made.clips, (), segment.window)
        shown += [frame.flat.tobytes() for frame in frames]
    assert len(shown) == len(expected) == order.timeline.duration
    assert [at for at, pair in enumerate(zip(shown, expected, strict=True)) if pair[0] != pair[1]] == []


@pytest.mark.slow
@pytest.mark.usefixtures("bare_captions")
def test_a_caption_that_stands_over_a_bridge_goes_on_with_the_scrim_that_it_had(tmp_path: Path) -> None:
    """The picture turns white 6 frames before the bridge: there the scrim has come by half."""
    order = replace(batch(1, 1, 1, dissolve=8)[0], joins=(1, 3))
    clips, files = dict(footage(tmp_path, [order])), {PHOTO: save_photo(tmp_path)}
    hook = order.timeline.shots[0].clip
    clips[hook] = write_clip(tmp_path / "turning.mp4", 112, lit(lambda at: 16 if at < HANDLE + 86 else 200))
    wanted = {
        segment_key(segment, order, clips): Wanted(finished=frozenset(range(segment.frames)))
        for segment in segments_of(order)
    }
    cache = SegmentCache(tmp_path / "segments", wanted)
    joined = deliver(order, clips, files, tmp_path, NullWatch(), segments=cache)
    staging = stage_ad(order.timeline, "9:16", safe_zone("9:16").box, files, clips)
    expected = [sheet_size(picture).flat.tobytes() for picture in pictures(order.timeline, staging, clips)]
    found = [cache.find(segment_key(segment, order, clips)) for segment in segments_of(order)]
    shown = [one.finished[at].flat.tobytes() for one in found if one is not None for at in sorted(one.finished)]
    assert [at for at, pair in enumerate(zip(shown, expected, strict=True)) if pair[0] != pair[1]] == []
    assert found[1] is not None
    (seen,) = [one for one in found[1].contrasts if one.overlay == "c1"]
    assert seen.scrim >= 0.5
    assert (seen.start, seen.since) == (-92, 90 - 92)
    assert joined.checks["caption contrast"]["passed"]


@pytest.mark.slow
@pytest.mark.usefixtures("bare_captions")
def test_a_shared_segment_is_the_same_whichever_ad_made_it_first(tmp_path: Path) -> None:
    """A caption begins in the dissolve out of a white hook, and in that out of a dark one: then its segment is shared."""
    white, dark = (replace(order, joins=(1, 3)) for order in batch(2, 1, 1, dissolve=8))
    clips, files = dict(footage(tmp_path, [white, dark])), {PHOTO: save_photo(tmp_path)}
    hooks = ((white, "white", 205), (dark, "dark", 16))
    for order, name, luma in hooks:
        clips[order.timeline.shots[0].clip] = write_clip(tmp_path / f"{name}.mp4", 112, lit(lambda at, luma=luma: luma))
    clips[white.timeline.shots[1].clip] = write_clip(tmp_path / "body.mp4", 40, lit(lambda at: 105))
    made = []
    for name, first, second in (("one", white, dark), ("other", dark, white)):
        cache = SegmentCache(tmp_path / name)
        for order in (first, second):
            folder = tmp_path / f"{name}-{order.produce_id}"
            folder.mkdir()
            made.append((order.produce_id, deliver(order, clips, files, folder, NullWatch(), segments=cache).sha256))
    assert len(set(made)) == 2


@pytest.mark.slow
def test_joined_films_decode_to_the_pictures_of_their_segments(made: Batch) -> None:
    for variant in made.variants:
        assert variant.error is None
        assert variant.whole == ()
        assert variant.delivered is not None
        together = [picture for path in kept(made, variant.order) for picture in hashes(path)]
        assert hashes(variant.delivered.video) == together
        assert len(together) == variant.order.timeline.duration


@pytest.mark.slow
def test_what_is_shared_is_encoded_once(made: Batch) -> None:
    bridges = 4 if len(segments_of(made.variants[0].order)) == 5 else 0  # two hooks and two closes meet one body
    folder = made.folder / "segments"
    expected = {path for variant in made.variants for path in kept(made, variant.order)}
    assert set(folder.glob("*.mp4")) == expected
    assert len(expected) == 2 + 1 + 2 + bridges
    assert list(folder.glob("*.part*")) == []


@pytest.mark.slow
def test_each_film_has_its_own_label_and_metadata(made: Batch) -> None:
    for order, variant in zip(made.orders, made.variants, strict=True):
        ad = variant.delivered
        assert ad is not None
        label = read_aigc(ad.video)
        assert label["ProduceID"] == order.produce_id == ad.label["produce_id"]
        assert label["ReservedCode1"] == variant.order.key
        assert float(str(ad.label["seconds"])) >= 2
        assert float(str(ad.label["likeness"])) > 0.9
        assert all(check["passed"] for check in ad.checks.values())
        assert ad.poster.exists()
        assert ad.contact_sheet.exists()
    assert len({variant.delivered.sha256 for variant in made.variants if variant.delivered}) == 4


@pytest.mark.slow
def test_times_go_on_over_a_join_and_every_join_is_a_key_frame(made: Batch) -> None:
    variant = made.variants[0]
    assert variant.delivered is not None
    with av.open(str(variant.delivered.video)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
    tick = packets[0].duration
    assert tick
    assert {after.dts - before.dts for before, after in pairwise(packets)} == {tick}
    assert sorted(packet.pts for packet in packets) == [number * tick for number in range(len(packets))]
    keys = {packet.pts // tick for packet in packets if packet.is_keyframe}
    assert {segment.start for segment in segments_of(variant.order)} <= keys


@pytest.mark.slow
def test_a_second_time_gives_equal_bytes_with_or_without_the_cache(made: Batch, tmp_path: Path) -> None:
    variant = made.variants[-1]
    again = deliver(variant.order, made.clips, made.files, tmp_path, NullWatch())
    assert variant.delivered is not None
    assert again.sha256 == variant.delivered.sha256
    assert order_from_dict(order_to_dict(variant.order)) == variant.order
    assert replace(variant.order, joins=()).key != variant.order.key


def test_an_order_without_joins_has_the_form_it_always_had() -> None:
    order = batch(1, 1, 1)[0]
    assert "joins" not in order_to_dict(order)
    with pytest.raises(ValueError, match="joins must be a list of whole numbers"):
        order_from_dict(order_to_dict(order) | {"joins": "1"})


@pytest.mark.slow
def test_segments_that_differ_are_not_joined_and_the_ad_is_rendered_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    orders = batch(1, 1, 1)
    clips, files = footage(tmp_path, orders), {PHOTO: save_photo(tmp_path)}
    order = replace(orders[0], joins=(1, 3))
    cache = SegmentCache(tmp_path / "segments")
    first, second = segments_of(order)[:2]
    made_segment(first, order, clips, files, cache, Wanted(), {}, NullWatch())
    other = made_segment(second, replace(order, aspect="1:1"), clips, files, cache, Wanted(), {}, NullWatch())
    fine = cache.video(segment_key(first, order, clips))
    with pytest.raises(SegmentsDiffer, match="encoded in different ways"):
        check_alike([fine, other.video])
    with pytest.raises(SegmentsDiffer, match="encoded in different ways"):
        join([(fine, 0), (other.video, 96)], 30, None, {}, tmp_path / "ad.mp4")
    assert not (tmp_path / "ad.mp4").exists()
    key = segment_key(second, order, clips)
    made_segment(
        second, order, clips, files, cache, Wanted(frozenset(range(48)), frozenset(range(48))), {}, NullWatch()
    )
    cache.video(key).write_bytes(other.video.read_bytes())
    whole = deliver(order, clips, files, tmp_path, NullWatch(), segments=cache)
    assert whole.frames == order.timeline.duration
    assert all(check["passed"] for check in whole.checks.values())
    assert "rendered whole: the ad's segments were encoded in different ways" in caplog.text


@pytest.mark.slow
def test_one_bad_ad_keeps_no_other_waiting_and_a_stop_ends_all(tmp_path: Path) -> None:
    orders = batch(2, 1, 1)
    clips, files = footage(tmp_path, orders), {PHOTO: save_photo(tmp_path)}
    bad = replace(orders[0], provider_code="not printable")
    full = orders[0].timeline
    overfull = replace(full, overlays=(replace(full.overlays[0], text="字" * 400), *full.overlays[1:]))
    found: list[Variant] = []
    wished = [bad, replace(orders[0], timeline=overfull), orders[1]]
    cut_variants(wished, clips, files, tmp_path / "out", NullWatch(), found.append)
    for number, variant in enumerate(found[:2]):
        assert isinstance(variant.error, CutRefused)
        assert variant.delivered is None
        assert list((tmp_path / "out" / f"{number:03}").iterdir()) == []
    assert found[2].delivered is not None
    assert found[2].error is None
    shared = {segment_key(segment, found[2].order, clips) for segment in segments_of(found[2].order)}
    assert {path.stem for path in (tmp_path / "out" / "segments").glob("*.mp4")} == shared
    with pytest.raises(Cancelled):
        cut_variants(orders, clips, files, tmp_path / "stopped", StopWatch(Cancelled("stop"), 3), found.append)
    assert len(found) == 3
    assert list((tmp_path / "stopped" / "segments").glob("*.mp4")) == []


@pytest.mark.slow
def test_a_shape_that_was_joined_before_another_could_not_is_rendered_whole_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = batch(1, 1, 1)[0]
    clips, files = footage(tmp_path, [plain]), {PHOTO: save_photo(tmp_path)}
    joined: list[Path] = []

    def once(*arguments: object) -> None:
        joined.append(tmp_path)
        if len(joined) == 2:
            raise SegmentsDiffer("these two")
        join(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("generation.segments.film.join", once)
    shapes = {}
    for name, order in (("whole", plain), ("joined", replace(plain, joins=(1, 3)))):
        (tmp_path / name).mkdir()
        shapes[name] = deliver_many(order, ("9:16", "1:1"), clips, files, tmp_path / name, NullWatch())
    assert len(joined) == 2
    for aspect, whole in shapes["whole"].items():
        again = shapes["joined"][aspect]
        assert hashes(again.video) == hashes(whole.video)
        assert again.contact_sheet.read_bytes() == whole.contact_sheet.read_bytes()
        assert again.checks == whole.checks


def test_half_a_segment_in_the_cache_is_none(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path)
    assert cache.find("0" * 64) is None
    cache.video("0" * 64).write_bytes(b"")
    beside = tmp_path / f"{'0' * 64}.npz"
    np.savez(beside, seen=np.array("[[], []]"), **{"clean-3": np.zeros((6, 4), np.uint8)})
    whole = beside.read_bytes()
    kept = cache.find("0" * 64)
    assert kept is not None
    assert list(kept.clean) == [3]
    for half in (b"", b"PK broken", whole[:4], whole[: len(whole) // 2], whole.replace(b"[", b"{")):
        beside.write_bytes(half)
        assert cache.find("0" * 64) is None


def test_another_quality_or_shape_is_another_segment() -> None:
    order = replace(batch(1, 1, 1)[0], joins=(1,))
    first = segments_of(order)[0]
    keys = {
        segment_key(first, one, {})
        for one in (order, replace(order, aspect="1:1"), replace(order, quality=Quality.FINAL))
    }
    assert len(keys) == 3
    assert segment_key(first, replace(order, produce_id="ad_other"), {}) in keys
    assert planned([order])[0].order.joins == ()
