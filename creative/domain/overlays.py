"""What stands over the picture: captions in beats, the price while it is offered, the brand mark until the card."""

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
    found = []
    for number, beat in enumerate(script.beats):
        start, end = _frames(beat, fps, card_start)
        if beat.caption.replace("|", "").strip() and end - start >= MIN_FRAMES:
            style = CAPTION_STYLES.get(beat.caption_style, "bold_center")
            found.append(Overlay(f"c{number + 1}", OverlayKind.CAPTION, start, end, beat.caption, style=style))
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
    return min((beat.start_ms * fps + 500) // 1000, card_start), min((beat.end_ms * fps + 500) // 1000, card_start)
