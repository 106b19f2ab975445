"""The storyboard of a draft, drawn from rows alone: nothing is filmed and nothing is decoded."""

from dataclasses import dataclass, replace

from django.urls import reverse

from creative.edit_words import edit_words
from creative.models import Ad, AdShot, Asset
from generation.domain.shot_plan_json import plan_from_dict
from generation.domain.timeline import Timeline, TimelineShot
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.timeline_rules import starts
from templates_engine.domain.reasons import ROLE_NAMES
from templates_engine.domain.script import Script, ScriptBeat
from templates_engine.domain.script_json import script_from_dict

ROLES = {role.value: (name.zh, name.en.capitalize()) for role, name in ROLE_NAMES.items()}
MOVES = {
    "static": ("静置", "Still"),
    "push": ("推近", "Push in"),
    "pull": ("拉远", "Pull out"),
    "truck_left": ("左移", "Truck left"),
    "truck_right": ("右移", "Truck right"),
    "pedestal_up": ("上升", "Pedestal up"),
    "pedestal_down": ("下降", "Pedestal down"),
    "orbit": ("环绕", "Orbit"),
    "orbit_left": ("向左环绕", "Orbit left"),
    "orbit_right": ("向右环绕", "Orbit right"),
    "crane": ("升降", "Crane"),
    "handheld": ("手持", "Handheld"),
    "rack_zoom": ("变焦", "Rack zoom"),
    "turn": ("转动", "Product turn"),
    "float": ("悬浮", "Float"),
    "light_sweep": ("扫光", "Light sweep"),
}
FRAMINGS = {"close": ("特写", "Close"), "medium": ("中景", "Medium"), "wide": ("全景", "Wide")}
CARD = ("片尾卡", "End card")


@dataclass(frozen=True)
class StoryboardFrame:
    """One shot of the ad. ``camera`` is such as ("推近 · 特写", "Push in · Close").

    ``edit`` is how it passes into the next and what comes up over it, such as ("推移：...", "Push: ...").
    ``focus`` is the middle of the product in the photo, as (x, y) per cent: where a cropped thumbnail should look.
    """

    index: int
    role: str
    role_zh: str
    role_en: str
    start_ms: int
    end_ms: int
    voice: str
    caption: str
    asset: Asset
    camera_zh: str
    camera_en: str
    thumbnail_url: str
    focus: tuple[int, int]
    credits: int
    is_card: bool
    edit_zh: str = ""
    edit_en: str = ""


def storyboard(ad: Ad) -> tuple[StoryboardFrame, ...]:
    """All shots of an ad in order, the end card last."""
    timeline, script = timeline_from_dict(ad.timeline), script_from_dict(ad.script)
    filmed = list(ad.shots.select_related("asset"))
    frames = []
    for index, (shot, start) in enumerate(zip(timeline.shots, starts(timeline.shots), strict=True)):
        row = filmed[index] if index < len(filmed) else None
        asset = row.asset if row is not None else _hero(filmed, timeline)
        frame = _frame(index, shot, start, timeline.canvas.fps, script, row, asset)
        edit_zh, edit_en = _edit(timeline, index, start)
        frames.append(replace(frame, edit_zh=edit_zh, edit_en=edit_en))
    return tuple(frames)


def _frame(
    index: int, shot: TimelineShot, start: int, fps: int, script: Script, row: AdShot | None, asset: Asset
) -> StoryboardFrame:
    start_ms, end_ms = start * 1000 // fps, (start + shot.duration) * 1000 // fps
    beat = _beat_at(script, (start_ms + end_ms) // 2)
    role_zh, role_en = CARD if row is None else ROLES.get(shot.role, ROLES["other"])
    camera_zh, camera_en = ("", "") if row is None else _camera(row)
    return StoryboardFrame(
        index=index,
        role=shot.role,
        role_zh=role_zh,
        role_en=role_en,
        start_ms=start_ms,
        end_ms=end_ms,
        voice=beat.voice,
        caption=beat.caption.replace("|", " "),
        asset=asset,
        camera_zh=camera_zh,
        camera_en=camera_en,
        thumbnail_url=reverse("media-thumb", args=[asset.public_id]),
        focus=_focus(asset),
        credits=0 if row is None else row.credits,
        is_card=row is None,
    )


def _edit(timeline: Timeline, index: int, start: int) -> tuple[str, str]:
    shot, later = timeline.shots[index], timeline.shots[index + 1 :]
    # A cut may have moved to a beat of the music, an ornament to its word: it belongs to the shot that it is seen in.
    begun = [one for one in timeline.overlays if start <= (one.start + one.end) // 2 < start + shot.duration]
    return edit_words(shot, later[0] if later else None, begun)


def _beat_at(script: Script, ms: int) -> ScriptBeat:
    return next((beat for beat in script.beats if beat.start_ms <= ms < beat.end_ms), script.beats[-1])


def _camera(row: AdShot) -> tuple[str, str]:
    plan = plan_from_dict(row.plan)
    (move_zh, move_en), (framing_zh, framing_en) = MOVES[plan.move], FRAMINGS[plan.framing]
    return f"{move_zh} · {framing_zh}", f"{move_en} · {framing_en}"


def _hero(filmed: list[AdShot], timeline: Timeline) -> Asset:
    """The photo on the end card."""
    card = timeline.shots[-1].card
    shown = card.image_sha256 if card is not None else ""
    found = [row.asset for row in filmed if row.asset.sha256 == shown]
    first = filmed[0].ad.product.assets.filter(sha256=shown).first() if not found else found[0]
    return first or filmed[0].asset  # the card's photo was taken off the product meanwhile


def _focus(asset: Asset) -> tuple[int, int]:
    if asset.subject is None:
        return 50, 50
    x0, y0, x1, y1 = asset.subject
    return round((x0 + x1) * 50), round((y0 + y1) * 50)
