"""What a merchant writes into a brand kit, read strictly: every field right, or an error that names the wrong one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creative.domain.brand_colours import ColourUnreadable, Palette, check, parse
from generation.domain.brand import MAX_OPACITY, MIN_OPACITY, CardLayout, Corner

MOST_WORDS, LONGEST_WORD, LONGEST_NAME = 200, 40, 60


@dataclass(frozen=True)
class KitDraft:
    """The plain fields of a kit. Empty ones leave an ad as it is without a kit; ``corner`` empty: no watermark."""

    name: str = ""
    main: str = ""
    ground: str = ""
    caption_style: str = ""
    card_layout: str = ""
    corner: str = ""
    opacity: int = 60
    moods: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


class KitInvalid(ValueError):
    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.field, self.zh, self.en = field, zh, en


def read_kit(given: Mapping[str, object], styles: Sequence[str], moods: Sequence[str]) -> KitDraft:
    """``styles`` and ``moods`` are the names that there are. Raises ``KitInvalid`` for the first wrong field."""
    main, ground = _colour(given, "main"), _colour(given, "ground")
    if bool(main) != bool(ground):
        raise KitInvalid(
            "ground" if main else "main", "主色和底色要一起选。", "choose the main colour and the ground together."
        )
    if main:
        _readable(Palette(main, ground))
    return KitDraft(
        name=_name(given),
        main=main,
        ground=ground,
        caption_style=_choice(given, "caption_style", styles, "字幕样式", "caption style"),
        card_layout=_choice(given, "card_layout", tuple(CardLayout), "片尾版式", "end card layout"),
        corner=_choice(given, "corner", tuple(Corner), "水印位置", "watermark corner"),
        opacity=_opacity(given),
        moods=_moods(given, moods),
        forbidden=_words(given),
    )


def _readable(palette: Palette) -> None:
    try:
        check(palette)
    except ColourUnreadable as unreadable:
        field = "main" if unreadable.one == palette.main else "ground"
        raise KitInvalid(
            field,
            f"{unreadable.one} 放在 {unreadable.other} 上看不清（对比度 {unreadable.ratio:.1f}，至少 {unreadable.needed:g}），"
            f"可以改成 {unreadable.suggested}。",
            f"{unreadable}.",
        ) from unreadable


def _name(given: Mapping[str, object]) -> str:
    text = " ".join(str(given.get("name") or "").split())
    if len(text) > LONGEST_NAME:
        raise KitInvalid(
            "name", f"品牌名最多 {LONGEST_NAME} 个字。", f"a brand's name has at most {LONGEST_NAME} characters."
        )
    return text


def _colour(given: Mapping[str, object], field: str) -> str:
    text = str(given.get(field) or "").strip()
    if not text:
        return ""
    try:
        return parse(text)
    except ValueError as error:
        raise KitInvalid(field, f"“{text}”不是颜色，写成 #rrggbb，如 #d9381e。", f"{error}.") from error


def _choice(given: Mapping[str, object], field: str, known: Sequence[str], zh: str, en: str) -> str:
    text = str(given.get(field) or "").strip()
    if text and text not in known:
        choices = ", ".join(known)
        raise KitInvalid(
            field, f"没有这种{zh}“{text}”，可用：{choices}。", f"no {en} {text!r}: choose one of {choices}."
        )
    return text


def _opacity(given: Mapping[str, object]) -> int:
    value = given.get("opacity", 60)
    try:
        opacity = int(str(value))
    except ValueError:
        opacity = -1
    if not MIN_OPACITY <= opacity <= MAX_OPACITY:
        raise KitInvalid(
            "opacity",
            f"水印不透明度是 {MIN_OPACITY} 到 {MAX_OPACITY}。",
            f"opacity is {MIN_OPACITY} to {MAX_OPACITY} per cent.",
        )
    return opacity


def _moods(given: Mapping[str, object], known: Sequence[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(_texts(given.get("moods"), "moods")))
    for mood in found:
        if mood not in known:
            choices = ", ".join(known)
            raise KitInvalid(
                "moods", f"没有这种音乐“{mood}”，可用：{choices}。", f"no mood {mood!r}: choose from {choices}."
            )
    return found


def _words(given: Mapping[str, object]) -> tuple[str, ...]:
    """Each word once, whatever its capitals."""
    found = {word.casefold(): word for word in _texts(given.get("forbidden"), "forbidden")}
    if len(found) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in found):
        raise KitInvalid(
            "forbidden",
            f"禁用词最多 {MOST_WORDS} 个，每个最多 {LONGEST_WORD} 个字。",
            f"at most {MOST_WORDS} forbidden words of at most {LONGEST_WORD} characters each.",
        )
    return tuple(found.values())


def _texts(value: object, field: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise KitInvalid(field, "这里要一组文字。", f"{field} is a list of texts.")
    return [text for text in (" ".join(one.split()) for one in value) if text]
