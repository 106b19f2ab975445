"""The rules for shots: what each shows, how it runs, how it passes into the next."""

from collections.abc import Sequence
from itertools import pairwise

from generation.domain.timeline import TimelineInvalid, TimelineShot, Transition
from generation.domain.timeline_media import handles

FASTEST = 4  # times the filmed speed; beyond it nobody sees what happens ...
SLOWEST = 4  # ... and slower than a quarter, blended frames look like a fault


def check_shots(shots: Sequence[TimelineShot]) -> None:
    """Raises ``TimelineInvalid``."""
    if not shots:
        raise TimelineInvalid("a timeline needs at least one shot")
    check_ids("shot", [shot.id for shot in shots])
    for shot in shots:
        if shot.duration < 1:
            _refuse(shot, f" lasts {shot.duration} frames; it needs at least 1")
        _content(shot)
        _ramp(shot)
    for shot in shots[:-1]:
        if shot.card is not None:
            raise TimelineInvalid(f"shot {shot.id!r}: an end card can only be the last shot", "片尾卡只能放在最后")
    if shots[-1].transition is not Transition.CUT:
        _refuse(shots[-1], f" is the last: it has nothing to {_verb(shots[-1])} into")
    for shot, after in pairwise(shots):
        _transition(shot, after)
    for index, (shot, (head, _)) in enumerate(zip(shots, handles(shots), strict=True)):
        _head(shot, head, shots[index - 1])


def check_ids(what: str, ids: Sequence[str]) -> None:
    """Raises ``TimelineInvalid``."""
    for index, name in enumerate(ids):
        if not name or name in ids[:index]:
            raise TimelineInvalid(f"{what} id {name!r} is empty or used twice")


def _content(shot: TimelineShot) -> None:
    if sum((bool(shot.clip), shot.card is not None, shot.text_card is not None)) != 1:
        _refuse(shot, " needs either a clip or an end card or a text card, and only one of them")
    if shot.text_card is not None and not shot.text_card.text.replace("|", "").strip():
        _refuse(shot, ": its text card has no text")
    if shot.second is not None and not (shot.clip and shot.second.clip):
        _refuse(shot, f": {shot.second.how.replace('_', ' ')} needs two clips")


def _ramp(shot: TimelineShot) -> None:
    if not shot.ramp:
        return
    if not shot.clip:
        _refuse(shot, " is drawn: it has no speed to change")
    frames = sum(stretch.frames for stretch in shot.ramp)
    if frames != shot.duration:
        _refuse(shot, f": its ramp lasts {frames} frames, the shot {shot.duration}")
    for number, stretch in enumerate(shot.ramp, 1):
        if stretch.frames < 1 or stretch.source < 0:
            _refuse(shot, f": stretch {number} of its ramp plays {stretch.source} frames in {stretch.frames}")
        if stretch.source and not stretch.frames <= stretch.source * SLOWEST <= stretch.frames * FASTEST * SLOWEST:
            _refuse(
                shot,
                f": stretch {number} of its ramp plays {stretch.source} frames in {stretch.frames}; "
                f"a speed is between 1/{SLOWEST} and {FASTEST}, or 0 for a freeze",
            )


def _transition(shot: TimelineShot, after: TimelineShot) -> None:
    frames = shot.transition_frames
    if shot.transition is Transition.CUT:
        if frames:
            _refuse(shot, f": a cut has no frames, not {frames}")
        return
    name = shot.transition.replace("_", " ")
    if frames < 2 or frames % 2:
        _refuse(shot, f": a {name} takes an even number of frames, at least 2, not {frames}")
    for neighbour in (shot, after):
        if frames * 2 > neighbour.duration:
            _refuse(
                shot,
                f": its {name} of {frames} frames is longer than half of "
                f"shot {neighbour.id!r} ({neighbour.duration} frames)",
            )
        if shot.transition is Transition.MATCH_CUT and (not neighbour.clip or neighbour.second is not None):
            _refuse(shot, f": a match cut needs one clip on either side, and shot {neighbour.id!r} has not one")


def _head(shot: TimelineShot, head: int, before: TimelineShot) -> None:
    starts = [shot.source_start] if shot.clip else []
    if shot.second is not None:
        starts.append(shot.second.source_start)
    for start in starts:
        if start < 0 or start < head:
            name = before.transition.replace("_", " ") if head else "shot"
            _refuse(shot, f" starts at clip frame {start}; the {name} into it needs {head}")


def _verb(shot: TimelineShot) -> str:
    return "dissolve" if shot.transition is Transition.DISSOLVE else "pass"


def _refuse(shot: TimelineShot, why: str) -> None:
    raise TimelineInvalid(f"shot {shot.id!r}{why}")
