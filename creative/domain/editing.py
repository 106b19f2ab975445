"""How the shots of an ad pass into each other: the restraint of a good editor, decided before anything is filmed.

A cut needs no reason, everything else does. Out of and into hook, pain and urgency the blow of a hard cut stays; another
thought with another picture comes in a dissolve. On top of that an ad gets at most one *accent*, by what its music feels
like and how long its shots stand: a whip or a push from one selling point to the next where both are fast, a zoom
through the picture into the reveal, or once a warm light leak into it. So no ad has more than two kinds beside the cut.

A match cut is never chosen: it needs to know where the product is in both clips, which is certain only once they are
filmed, and a shot that is filmed anew from another photo may lose it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from generation.domain.layout import even
from generation.domain.timeline import WITHOUT_HANDLES, Transition

DISSOLVE_FRAMES = 10
CARD_DISSOLVE_FRAMES = 12
# How long each accent takes, in ms: long enough to be read as meant, short enough to be felt rather than watched.
ACCENT_MS = {Transition.WHIP: 400, Transition.PUSH: 470, Transition.ZOOM: 470, Transition.LIGHT_LEAK: 700}
ACCENT_SHARE = 3  # either shot is at least so many times as long as the accent ...
DISSOLVE_SHARE = 2  # ... and as a dissolve; the format asks for no more than that
HARD_CUT_ROLES = frozenset({"hook", "pain", "urgency"})  # these live from the blow of the cut
LIST_ROLES = frozenset({"selling_point", "demo"})  # one reason after the other
REVEAL = "reveal"
FAST_SHOT_MS = 4_100  # a longer shot has come to rest, and nothing should tear it away
MOST_LIST_ACCENTS = 3  # beyond it rhythm turns into a tic
BRISK_BPM = 104
TORN, LIVELY = frozenset({"driving", "bold"}), frozenset({"upbeat", "bright", "playful"})
WARM = frozenset({"warm", "calm"})  # moods that a glare suits; "elegant" stays with its dissolves


class Energy(StrEnum):
    """``PLAIN``: nobody said what the ad feels like, so it gets no accent."""

    PLAIN = "plain"
    CALM = "calm"
    EVEN = "even"
    BRISK = "brisk"


@dataclass(frozen=True)
class Feel:
    """A mood of our music by its own name, and beats a minute; empty where nobody says."""

    mood: str = ""
    bpm: int = 0


UNKNOWN = Feel()


@dataclass(frozen=True)
class Take:
    """A shot to be filmed as the editor sees it: ``beat`` and ``photo`` by number, ``frames`` between its cut points."""

    role: str
    beat: int
    photo: int
    frames: int


@dataclass(frozen=True)
class Join:
    """How a shot passes into the next; ``frames`` is even, 0 for a cut."""

    kind: Transition = Transition.CUT
    frames: int = 0

    @property
    def handle(self) -> int:
        """Frames that either clip must hold beyond its cut point."""
        return 0 if self.kind in WITHOUT_HANDLES else self.frames // 2


CUT = Join()


def energy(takes: Sequence[Take], feel: Feel, fps: int) -> Energy:
    """What the ad can carry. Slow pictures calm down even fast music."""
    if not feel.mood or not takes:
        return Energy.PLAIN
    if feel.mood in WARM or feel.mood not in TORN | LIVELY:
        return Energy.CALM
    mean_ms = sum(take.frames for take in takes) * 1000 / fps / len(takes)
    return Energy.BRISK if feel.bpm >= BRISK_BPM and mean_ms <= FAST_SHOT_MS else Energy.EVEN


def joins(takes: Sequence[Take], card: int, feel: Feel, *, seed: int, fps: int, longest: int) -> tuple[Join, ...]:
    """How each take passes into the next, the last one into the end card of ``card`` frames.

    ``longest``: frames that a clip may have with its handles.
    """
    kind, places = accent(takes, feel, seed=seed, fps=fps)
    accented = Join(kind, _frames(kind, fps)) if places else CUT
    found: list[Join] = []
    for index, take in enumerate(takes):
        head = found[-1].handle if found else 0
        after = takes[index + 1] if index + 1 < len(takes) else None
        if after is None:
            wanted = Join(Transition.DISSOLVE, CARD_DISSOLVE_FRAMES)
        else:
            wanted = accented if index in places else _usual(take, after)
        found.append(wanted if _fits(wanted, take, after, card, head, longest) else CUT)
    return tuple(found)


def accent(takes: Sequence[Take], feel: Feel, *, seed: int, fps: int) -> tuple[Transition, frozenset[int]]:
    """The one kind of accent of an ad, and the takes that it leads out of; none with a cut and no places."""
    found: list[tuple[Transition, frozenset[int]]] = []
    mood = energy(takes, feel, fps)
    if mood is Energy.BRISK:
        kind = Transition.WHIP if feel.mood in TORN else Transition.PUSH
        found.append((kind, _between_points(takes, kind, fps)))
    if mood in (Energy.BRISK, Energy.EVEN):
        found.append((Transition.ZOOM, _into_reveal(takes, Transition.ZOOM, fps)))
    if mood is Energy.CALM and feel.mood in WARM:
        found.append((Transition.LIGHT_LEAK, _into_reveal(takes, Transition.LIGHT_LEAK, fps)))
    possible = [one for one in found if one[1]]
    return possible[seed % len(possible)] if possible else (Transition.CUT, frozenset())


def _between_points(takes: Sequence[Take], kind: Transition, fps: int) -> frozenset[int]:
    """From one reason to the next, where both shots are fast and show different photos."""
    fast = FAST_SHOT_MS * fps // 1000
    places = [
        index
        for index, (here, after) in enumerate(pairwise(takes))
        if here.role in LIST_ROLES
        and after.role in LIST_ROLES
        and here.beat != after.beat
        and max(here.frames, after.frames) <= fast
        and _long_enough(here, after, kind, fps)
    ]
    return frozenset(places[:MOST_LIST_ACCENTS])


def _into_reveal(takes: Sequence[Take], kind: Transition, fps: int) -> frozenset[int]:
    """Out of whatever stands before the first reveal: this turn of the story is worth more than the blow of a cut."""
    for index, (here, after) in enumerate(pairwise(takes)):
        if after.role == REVEAL:
            return frozenset({index}) if _long_enough(here, after, kind, fps) else frozenset()
    return frozenset()


def _long_enough(here: Take, after: Take, kind: Transition, fps: int) -> bool:
    """And of two photos: the same object passing into itself looks like a fault."""
    return here.photo != after.photo and min(here.frames, after.frames) >= ACCENT_SHARE * _frames(kind, fps)


def _usual(here: Take, after: Take) -> Join:
    """Within one thought the pictures keep the beat of the words, and a photo never melts into itself."""
    if {here.role, after.role} & HARD_CUT_ROLES or here.beat == after.beat or here.photo == after.photo:
        return CUT
    return Join(Transition.DISSOLVE, DISSOLVE_FRAMES)


def _fits(join: Join, take: Take, after: Take | None, card: int, head: int, longest: int) -> bool:
    """Whether both shots are long enough to be seen, and to be filmed with what the transition needs of them."""
    next_frames = card if after is None else after.frames
    filmed = take.frames + head + join.handle <= longest
    next_filmed = after is None or after.frames + join.handle <= longest
    return filmed and next_filmed and DISSOLVE_SHARE * join.frames <= min(take.frames, next_frames)


def _frames(kind: Transition, fps: int) -> int:
    return even(ACCENT_MS[kind] * fps / 1000) if kind in ACCENT_MS else 0
