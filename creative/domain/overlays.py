"""What stands over the picture: captions in beats, the price while it is offered, the brand mark until the card."""

from creative.domain.caption_pages import caption_pages
from generation.domain.timeline import Overlay, OverlayKind
from templates_engine.domain.beats import Role
from templates_engine.domain.script import Script, ScriptBeat

PRICE_ROLES = (Role.OFFER, Role.URGENCY)
# The templates' words for a caption's place -> the cutting room's styles. A beat about the price shouts its number.
CAPTION_STYLES = {"bold_center": "bold_center", "lower_third": "boxed", "price_tag": "highlight", "clean": "minimal"}
MIN_FRAMES = 12  # nobody reads faster


def overlays(script: Script, fps: int, card_start: int, mark: str) -> tuple[Overlay, ...]:
    """Every overlay of the ad, in frames; none reaches into the end card, which carries its own text."""
    found = [
        *_captions(script, fps, card_start),
        *_price_tags(script, fps, card_start),
    ]
    if mark and card_start > 0:
        found.append(Overlay("brand", OverlayKind.BRAND_MARK, 0, card_start, mark, style=""))
    return tuple(found)


def _captions(script: Script, fps: int, card_start: int) -> list[Overlay]:
    """The pages of each beat. A beat that the card cuts short shows one phrase at a time, as far as it gets."""
    found = []
    for number, beat in enumerate(script.beats):
        style = CAPTION_STYLES.get(beat.caption_style, "bold_center")
        cut_short = _frame(beat.end_ms, fps) > card_start
        pages = caption_pages(beat.caption, beat.voice, beat.start_ms, beat.end_ms, most=1 if cut_short else 2)
        for turn, page in enumerate(pages):
            start, end = min(_frame(page.start_ms, fps), card_start), min(_frame(page.end_ms, fps), card_start)
            if end - start >= MIN_FRAMES:
                name = f"c{number + 1}.{turn + 1}"
                found.append(Overlay(name, OverlayKind.CAPTION, start, end, page.text, style=style))
    return found


def _price_tags(script: Script, fps: int, card_start: int) -> list[Overlay]:
    """One tag over each run of neighbouring price beats."""
    if not script.price_text:
        return []
    found: list[Overlay] = []
    for number, beat in enumerate(script.beats):
        start, end = _frames(beat, fps, card_start)
        if beat.role not in PRICE_ROLES or end - start < MIN_FRAMES:
            continue
        if found and found[-1].end == start:
            start = found.pop().start
        text, struck = script.price_text, script.list_price_text
        found.append(Overlay(f"p{number + 1}", OverlayKind.PRICE_TAG, start, end, text, style="", second_text=struck))
    return found


def _frames(beat: ScriptBeat, fps: int, card_start: int) -> tuple[int, int]:
    return min(_frame(beat.start_ms, fps), card_start), min(_frame(beat.end_ms, fps), card_start)


def _frame(ms: int, fps: int) -> int:
    """The frame boundary nearest to a moment, as the cut points are rounded."""
    return (ms * fps + 500) // 1000
