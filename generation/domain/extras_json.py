"""The voice and the brand of a timeline as plain JSON values, and back. What comes back is checked, not trusted."""

import re
from collections.abc import Mapping, Sequence

from generation.domain.brand import COLOURS, MAX_OPACITY, MIN_OPACITY, Brand, CardLayout, Corner, Watermark
from generation.domain.voice import Voice, VoiceLine, Word, overlapping

Json = Mapping[str, object]
TEMPO = range(50, 201)
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ExtraInvalid(ValueError):
    """The message names the item and what is wrong with it."""


def voice_from_dict(document: object) -> Voice | None:
    """Raises ``ExtraInvalid``."""
    if document is None:
        return None
    whole = _mapping(document, "voice")
    voice = Voice(tuple(_line(line) for line in _items(whole, "lines", "voice")), _text(whole, "by", "voice"))
    both = overlapping(voice.lines)
    if both is not None:
        raise ExtraInvalid(f"voice: line {both[1].id!r} starts at frame {both[1].start}, while {both[0].id!r} is heard")
    return voice


def brand_from_dict(document: object) -> Brand | None:
    """Raises ``ExtraInvalid``."""
    if document is None:
        return None
    whole, where = _mapping(document, "brand"), "brand"
    brand = Brand(
        name=_text(whole, "name", where),
        colours=_colours(whole),
        **{name: _text(whole, name, where) for name in ("logo", "logo_sha256", "font", "font_sha256", "caption_style")},
        card_layout=_one_of(whole, "card_layout", tuple(CardLayout), where),
        watermark=_watermark(whole.get("watermark")),
    )
    for file, sha256 in ((brand.logo, brand.logo_sha256), (brand.font, brand.font_sha256)):
        if bool(file) != bool(sha256) or (sha256 and not _SHA256.fullmatch(sha256)):
            raise ExtraInvalid(f"brand: the file {file!r} needs the SHA-256 of its content, not {sha256!r}")
    if brand.watermark is not None and not brand.logo:
        raise ExtraInvalid("brand: a watermark is made of the logo, and there is none")
    return brand


def _colours(document: Json) -> tuple[str, ...]:
    given = document.get("colours")
    if not isinstance(given, (list, tuple)) or len(given) not in (0, len(COLOURS)):
        raise ExtraInvalid(f"brand: colours are {len(COLOURS)} of #rrggbb, for {', '.join(COLOURS)}")
    for value in given:
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise ExtraInvalid(f"brand: {value!r} is no colour; write it as #rrggbb")
    return tuple(str(value) for value in given)


def _watermark(document: object) -> Watermark | None:
    if document is None:
        return None
    whole, where = _mapping(document, "watermark"), "watermark"
    opacity = _whole(whole, "opacity", where)
    if not MIN_OPACITY <= opacity <= MAX_OPACITY:
        raise ExtraInvalid(f"watermark: an opacity of {opacity} %; choose {MIN_OPACITY} to {MAX_OPACITY}")
    return Watermark(_one_of(whole, "corner", tuple(Corner), where), opacity)


def _line(document: Json) -> VoiceLine:
    where = f"voice line {document.get('id')!r}"
    line = VoiceLine(
        id=_text(document, "id", where),
        text=_text(document, "text", where),
        shot=_text(document, "shot", where),
        start=_whole(document, "start", where),
        frames=_whole(document, "frames", where),
        file=_text(document, "file", where),
        sha256=_text(document, "sha256", where),
        tempo=_whole(document, "tempo", where),
        words=tuple(
            Word(_text(word, "text", where), _whole(word, "start", where), _whole(word, "end", where))
            for word in _items(document, "words", where)
        ),
    )
    if line.start < 0 or line.frames < 1:
        raise ExtraInvalid(f"{where} lasts {line.frames} frames from frame {line.start}; it needs at least 1, from 0")
    if line.tempo not in TEMPO:
        raise ExtraInvalid(f"{where}: a tempo of {line.tempo} %; choose {TEMPO.start} to {TEMPO.stop - 1}")
    if not line.file or not _SHA256.fullmatch(line.sha256):
        raise ExtraInvalid(f"{where} needs a file and the SHA-256 of its content")
    return line


def _mapping(value: object, where: str) -> Json:
    if not isinstance(value, Mapping):
        raise ExtraInvalid(f"{where} must be an object, not {type(value).__name__}")
    return value


def _items(document: Json, name: str, where: str) -> list[Json]:
    values = document.get(name)
    if not isinstance(values, (list, tuple)):
        raise ExtraInvalid(f"{where}: {name} must be a list, not {type(values).__name__}")
    return [_mapping(value, f"each of {name}") for value in values]


def _text(document: Json, name: str, where: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise ExtraInvalid(f"{where}: {name} must be text, not {type(value).__name__}")
    return str(value)


def _whole(document: Json, name: str, where: str) -> int:
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ExtraInvalid(f"{where}: {name} must be a whole number, not {value!r}")
    return value


def _one_of(document: Json, name: str, known: Sequence[str], where: str) -> str:
    value = _text(document, name, where)
    if value not in known:
        raise ExtraInvalid(f"{where}: {name} is one of {', '.join(known)}, not {value!r}")
    return value
