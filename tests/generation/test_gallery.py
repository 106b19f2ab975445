"""``manage.py gallery``: which sheets there are, what each part shows, and that a sheet is drawn whole."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from django.core.management import CommandError, call_command
from PIL import Image

from generation.deliver.safe_zones import safe_zone
from generation.domain.layout import ASPECTS
from generation.domain.timeline import Canvas, Composition, OverlayKind, Transition
from generation.domain.transitions import NAMES
from generation.gallery import captions, endcards, overlays, transitions
from generation.gallery.contact import Strip, strip_sheet
from generation.gallery.products import PRODUCTS, product_photo
from generation.gallery.registry import PARTS, sheets
from generation.gallery.studio import Studio, opened
from generation.render.palette import caption_styles, themes

SMALL = Canvas(108, 192)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Three photos that have nothing in common."""
    folder = tmp_path_factory.mktemp("photos")
    for name in ("astronaut", "chelsea", "coffee"):
        Image.fromarray(getattr(skimage.data, name)()).save(folder / f"{name}.png")
    with opened(folder, SMALL) as made:
        yield made


@pytest.fixture(scope="module")
def large() -> Iterator[Studio]:
    """Drawn products at the gallery's own size: a QR code needs it."""
    with opened() as made:
        yield made


@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_part_has_a_sheet_for_each_language_and_aspect(part: str, studio: Studio) -> None:
    names = {sheet.name for sheet in sheets(studio, (part,))}
    shapes = [aspect.replace(":", "x") for aspect in ASPECTS]
    assert names == {f"{part}-{lang}-{shape}" for lang in ("zh", "en") for shape in shapes}


def test_the_whole_gallery_is_every_part(studio: Studio) -> None:
    assert [sheet.name for sheet in sheets(studio)] == [
        sheet.name for part in PARTS for sheet in sheets(studio, (part,))
    ]


def test_the_command_writes_one_file_for_each_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"bold_center": caption_styles()["bold_center"]}
    monkeypatch.setattr(captions, "caption_styles", lambda: one)
    monkeypatch.setattr(captions, "TEXTS", {"zh": captions.TEXTS["zh"]})
    monkeypatch.setattr(captions, "ASPECTS", {"1:1": (1, 1)})
    call_command("gallery", out=tmp_path / "made", only=["captions"])
    files = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert files == ["captions-zh-1x1.png"]
    with Image.open(tmp_path / "made" / "captions-zh-1x1.png") as sheet:
        assert sheet.width > 432
        assert len(sheet.convert("L").getcolors(1 << 20) or []) > 100


def test_an_unknown_part_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"no part 'posters': choose of {', '.join(PARTS)}"):
        call_command("gallery", out=tmp_path / "made", only=["posters"])
    assert not (tmp_path / "made").exists()


def test_a_folder_without_photos_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(CommandError, match="holds no photo"):
        call_command("gallery", out=tmp_path / "made", photos=tmp_path, only=["transitions"])
    assert not (tmp_path / "made").exists()


def test_transitions_pass_from_one_clip_into_the_other_each_in_its_own_way(studio: Studio) -> None:
    assert _ways(studio, [Transition.CUT, Transition.PUSH, Transition.WHIP], "9:16") == 3


@pytest.mark.slow
@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_every_transition_does(aspect: str, studio: Studio) -> None:
    assert set(NAMES) == set(Transition)
    assert _ways(studio, list(Transition), aspect) == len(Transition)


def _ways(studio: Studio, kinds: list[Transition], aspect: str) -> int:
    """How many different pictures there are just before the cut, once each strip has been checked at its ends."""
    seen = {kind: transitions.filmstrip(studio, kind, "zh", aspect) for kind in kinds}
    first, last = seen[Transition.CUT][0].astype(int), seen[Transition.CUT][-1].astype(int)
    for kind, strip in seen.items():
        assert len(strip) == len(transitions.LOOKED_AT)
        assert {picture.shape for picture in strip} == {first.shape}
        assert np.abs(strip[0] - first).mean() < np.abs(strip[0] - last).mean() / 3, kind
        assert np.abs(strip[-1] - last).mean() < np.abs(strip[-1] - first).mean() / 2, kind
    return len({strip[3].tobytes() for strip in seen.values()})


@pytest.mark.parametrize("aspect", ["9:16", "16:9"])
def test_the_same_strip_is_drawn_twice_and_another_language_differs(aspect: str, studio: Studio) -> None:
    zh, again, en = (transitions.filmstrip(studio, Transition.PUSH, lang, aspect) for lang in ("zh", "zh", "en"))
    assert [picture.tobytes() for picture in zh] == [picture.tobytes() for picture in again]
    assert all(one.tobytes() != other.tobytes() for one, other in zip(zh, en, strict=True))


def test_end_cards_differ_by_theme_by_what_is_on_them_and_by_language(studio: Studio) -> None:
    wanted = [("zh", "ink", name) for name in endcards.cards("zh")] + [("zh", "ember", "全部"), ("en", "ink", "全部")]
    frames = [_card(studio, *one, "9:16") for one in wanted]
    assert {frame.shape for frame in frames} == {(192, 108)}
    assert len({frame.tobytes() for frame in frames}) == len(wanted)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_every_end_card_is_drawn_in_every_theme(lang: str, aspect: str, studio: Studio) -> None:
    for name in endcards.cards(lang):
        assert len({_card(studio, lang, theme, name, aspect).tobytes() for theme in themes()}) == len(themes())


def _card(studio: Studio, lang: str, theme: str, name: str, aspect: str) -> np.ndarray:
    _, card, layout = endcards.cards(lang)[name]
    return endcards.card_picture(studio, card, lang, aspect, theme, layout).frame(endcards.AT_REST).luma


def test_overlays_show_every_kind_and_every_composition() -> None:
    shown = list(overlays.examples("zh"))
    kinds = {overlay.kind for example in shown for overlay in example.overlays}
    assert kinds == set(OverlayKind)
    assert {example.second for example in shown if example.second is not None} == set(Composition)
    assert sum(example.text_card is not None for example in shown) == 2
    assert [example.name_en for example in overlays.examples("en")] == [example.name_en for example in shown]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_each_overlay_changes_the_picture(lang: str, aspect: str, large: Studio) -> None:
    bare = overlays.example_picture(large, overlays.Example("", ""), lang, aspect, "ember")
    seen = {bare.tobytes()}
    for example in overlays.examples(lang):
        picture = overlays.example_picture(large, example, lang, aspect, "ember")
        assert picture.shape == bare.shape
        seen.add(picture.tobytes())
    assert len(seen) == 1 + len(list(overlays.examples(lang)))
    assert safe_zone(aspect).aspect == aspect


@pytest.mark.slow
def test_the_same_command_gives_the_same_bytes(tmp_path: Path) -> None:
    """Everything at its real size, from the products that are drawn."""
    made = []
    for name in ("one", "two"):
        call_command("gallery", out=tmp_path / name, only=["transitions", "endcards", "overlays"])
        made.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / name).iterdir()})
    assert len(made[0]) == 3 * 2 * len(ASPECTS)
    assert len(set(made[0].values())) == len(made[0])
    assert made[0] == made[1]


def test_strips_of_a_sheet_lie_under_each_other() -> None:
    red, blue = (np.full((40, 60, 3), colour, np.uint8) for colour in ((200, 0, 0), (0, 0, 200)))
    sheet = np.asarray(strip_sheet("t", [Strip("一", "one", [red, red], "ab"), Strip("二", "two", [blue], "c")]))
    reds, blues = ((sheet == colour).all(axis=2) for colour in ((200, 0, 0), (0, 0, 200)))
    assert (int(reds.sum()), int(blues.sum())) == (2 * 40 * 60, 40 * 60)
    assert np.flatnonzero(reds.any(axis=1)).max() < np.flatnonzero(blues.any(axis=1)).min()


def test_a_drawn_product_stands_out_from_its_wall() -> None:
    photo = product_photo(PRODUCTS[0]).astype(int)
    high, wide = photo.shape[:2]
    wall, body = photo[high // 8, wide // 2], photo[high * 7 // 10, wide * 36 // 100]
    assert np.abs(wall - body).max() > 40
    assert photo.std() > 10
