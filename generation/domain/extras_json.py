"""The voice and the brand of a timeline as plain JSON values, and back. What comes back is checked, not trusted."""

import re

from generation.domain.brand import COLOURS, MAX_OPACITY, MIN_OPACITY, Brand, CardLayout, Corner, Watermark
from generation.domain.json_values import Json, items, mapping, one_of, text, whole
from generation.domain.timeline import TimelineInvalid
from generation.domain.voice import Voice, VoiceLine, Word, overlapping

TEMPO = range(50, 201)
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def voice_from_dict(document: object) -> Voice | None:
    """Raises ``TimelineInvalid``."""
    if document is None:
        return None
    given = mapping(document, "voice")
    voice = Voice(tuple(_line(line) for line in items(given, "lines", "voice")), text(given, "by", "voice"))
    both = overlapping(voice.lines)
    if both is not None:
        raise TimelineInvalid(
            f"voice: line {both[1].id!r} starts at frame {both[1].start}, while {both[0].id!r} is heard"
        )
    return voice


def word_from_dict(document: Json, where: str) -> Word:
    """``where`` it is said. Raises ``TimelineInvalid``."""
    return Word(text(document, "text", where), whole(document, "start", where), whole(document, "end", where))


def brand_from_dict(document: object) -> Brand | None:
    """Raises ``TimelineInvalid``."""
    if document is None:
        return None
    given, where = mapping(document, "brand"), "brand"
    brand = Brand(
        name=text(given, "name", where),
        colours=_colours(given),
        **{name: text(given, name, where) for name in ("logo", "logo_sha256", "font", "font_sha256", "caption_style")},
        card_layout=one_of(CardLayout, given, "card_layout", where),
        watermark=_watermark(given.get("watermark")),
    )
    for file, sha256 in ((brand.logo, brand.logo_sha256), (brand.font, brand.font_sha256)):
        if bool(file) != bool(sha256) or (sha256 and not _SHA256.fullmatch(sha256)):
            raise TimelineInvalid(f"brand: the file {file!r} needs the SHA-256 of its content, not {sha256!r}")
    if brand.watermark is not None and not brand.logo:
        raise TimelineInvalid("brand: a watermark is made of the logo, and there is none")
    return brand


def _colours(document: Json) -> tuple[str, ...]:
    given = document.get("colours")
    if not isinstance(given, (list, tuple)) or len(given) not in (0, len(COLOURS)):
        raise TimelineInvalid(f"brand: colours are {len(COLOURS)} of #rrggbb, for {', '.join(COLOURS)}")
    for value in given:
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise TimelineInvalid(f"brand: {value!r} is no colour; write it as #rrggbb")
    return tuple(str(value) for value in given)


def _watermark(document: object) -> Watermark | None:
    if document is None:
        return None
    given, where = mapping(document, "watermark"), "watermark"
    opacity = whole(given, "opacity", where)
    if not MIN_OPACITY <= opacity <= MAX_OPACITY:
        raise TimelineInvalid(f"watermark: an opacity of {opacity} %; choose {MIN_OPACITY} to {MAX_OPACITY}")
    return Watermark(one_of(Corner, given, "corner", where), opacity)


def _line(document: Json) -> VoiceLine:
    where = f"voice line {document.get('id')!r}"
    line = VoiceLine(
        id=text(document, "id", where),
        text=text(document, "text", where),
        shot=text(document, "shot", where),
        start=whole(document, "start", where),
        frames=whole(document, "frames", where),
        file=text(document, "file", where),
        sha256=text(document, "sha256", where),
        tempo=whole(document, "tempo", where),
        words=tuple(word_from_dict(word, where) for word in items(document, "words", where)),
    )
    if line.start < 0 or line.frames < 1:
        raise TimelineInvalid(
            f"{where} lasts {line.frames} frames from frame {line.start}; it needs at least 1, from 0"
        )
    if line.tempo not in TEMPO:
        raise TimelineInvalid(f"{where}: a tempo of {line.tempo} %; choose {TEMPO.start} to {TEMPO.stop - 1}")
    if not line.file or not _SHA256.fullmatch(line.sha256):
        raise TimelineInvalid(f"{where} needs a file and the SHA-256 of its content")
    return line
