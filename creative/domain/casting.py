"""Which photo plays which shot, and how the camera treats it.

Rules, in order: the first photo is the hero and plays the first shot of the reveal and of the call to action; every
photo gets its turn before one comes back; a photo does not follow itself while there are others; and where it must
(there is one photo only), framing and move both change, so that a cut looks meant. The same seed casts the same way.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from generation.domain.engine_spec import Framing, Move

HERO = 0
HERO_ROLES = ("reveal", "cta")

# How much of an engine's tasteful maximum a role may move: the hook grips, the end rests.
STRENGTH = {"hook": 0.9, "pain": 0.7, "reveal": 0.8, "demo": 0.65, "offer": 0.5, "urgency": 0.6, "cta": 0.45}
USUAL_STRENGTH = 0.6

# What to take instead of a move that an engine lacks or that the shot before has just made: nearest in feeling first.
ALTERNATIVES = {
    Move.STATIC: (Move.PUSH, Move.TRUCK_RIGHT),
    Move.PUSH: (Move.TRUCK_RIGHT, Move.PEDESTAL_UP, Move.PULL),
    Move.PULL: (Move.TRUCK_LEFT, Move.PEDESTAL_DOWN, Move.PUSH),
    Move.TRUCK_LEFT: (Move.TRUCK_RIGHT, Move.ORBIT, Move.PUSH),
    Move.TRUCK_RIGHT: (Move.TRUCK_LEFT, Move.ORBIT, Move.PULL),
    Move.PEDESTAL_UP: (Move.PEDESTAL_DOWN, Move.PUSH, Move.TRUCK_LEFT),
    Move.PEDESTAL_DOWN: (Move.PEDESTAL_UP, Move.PULL, Move.TRUCK_RIGHT),
    Move.ORBIT: (Move.TRUCK_LEFT, Move.TRUCK_RIGHT, Move.PUSH),
    Move.ORBIT_LEFT: (Move.ORBIT_RIGHT, Move.TRUCK_LEFT, Move.PUSH),
    Move.ORBIT_RIGHT: (Move.ORBIT_LEFT, Move.TRUCK_RIGHT, Move.PUSH),
    Move.CRANE: (Move.PEDESTAL_UP, Move.PULL, Move.PUSH),
    Move.HANDHELD: (Move.STATIC, Move.PUSH, Move.TRUCK_LEFT),
    Move.RACK_ZOOM: (Move.PUSH, Move.PULL, Move.TRUCK_RIGHT),
    Move.TURN: (Move.ORBIT, Move.TRUCK_RIGHT, Move.PUSH),
    Move.FLOAT: (Move.PEDESTAL_UP, Move.STATIC, Move.PUSH),
    Move.LIGHT_SWEEP: (Move.STATIC, Move.PUSH, Move.TRUCK_LEFT),
}
NEXT_FRAMING = {
    Framing.CLOSE: (Framing.MEDIUM, Framing.WIDE),
    Framing.MEDIUM: (Framing.CLOSE, Framing.WIDE),
    Framing.WIDE: (Framing.MEDIUM, Framing.CLOSE),
    Framing.EXACT: (Framing.MEDIUM, Framing.CLOSE),
}


@dataclass(frozen=True)
class Wish:
    """What the script asks of one filmed shot."""

    role: str
    move: Move
    framing: Framing


@dataclass(frozen=True)
class Part:
    """What was decided: ``photo`` counts from 0 in the merchant's order, ``strength`` is 0..1."""

    photo: int
    move: Move
    framing: Framing
    strength: float


def cast(wishes: Sequence[Wish], photos: int, moves: Collection[Move], *, seed: int) -> tuple[Part, ...]:
    """One part per wish. ``moves``: what the engine can do. ``ValueError`` without a photo or without a move."""
    if photos < 1 or not moves:
        raise ValueError("casting needs at least one photo and one camera move")
    chosen: list[Part] = []
    for wish, photo in zip(wishes, _photos(wishes, photos, seed), strict=True):
        before = chosen[-1] if chosen else None
        same = before if before is not None and before.photo == photo else None
        framing = wish.framing
        if same is not None and framing is same.framing:
            framing = NEXT_FRAMING[framing][seed % 2]
        elif before is not None and framing is before.framing is Framing.CLOSE:
            framing = Framing.MEDIUM  # close-ups live from what stands beside them
        move = _move(wish.move, moves, None if same is None else same.move)
        chosen.append(Part(photo, move, framing, STRENGTH.get(wish.role, USUAL_STRENGTH)))
    return tuple(chosen)


def _photos(wishes: Sequence[Wish], photos: int, seed: int) -> list[int]:
    """The photo of each shot."""
    heroes = _hero_places([wish.role for wish in wishes])
    if photos <= 2:  # they alternate, and the reveal fixes which of them comes when
        anchor = heroes[0] if heroes else 0
        return [(place - anchor) % photos for place in range(len(wishes))]
    order = list(range(photos))
    random.Random(seed).shuffle(order)  # noqa: S311  (a repeatable shuffle, nothing secret)
    used = [0] * photos
    for _ in heroes:
        used[HERO] += 1  # what is reserved counts, so that the hero is not also drawn for other shots
    cast_: list[int] = []
    for place in range(len(wishes)):
        if place in heroes:
            cast_.append(HERO)
            continue
        near = {cast_[-1] if cast_ else -1, HERO if place + 1 in heroes else -1}
        photo = min(order, key=lambda number: (number in near, used[number], order.index(number)))
        used[photo] += 1
        cast_.append(photo)
    return cast_


def _hero_places(roles: Sequence[str]) -> list[int]:
    """Where the hero must play, the reveal first: never twice in a row."""
    places: list[int] = []
    for role in HERO_ROLES:
        place = roles.index(role) if role in roles else -1
        if place >= 0 and place - 1 not in places and place + 1 not in places:
            places.append(place)
    return places


def _move(wanted: Move, moves: Collection[Move], banned: Move | None) -> Move:
    """``wanted``, or the nearest in feeling that the engine can do and the shot before has not just done."""
    allowed = [move for move in Move if move in moves and move is not banned]
    if not allowed:  # the engine knows a single move: framing alone must make the difference
        return next(move for move in Move if move in moves)
    for move in (wanted, *ALTERNATIVES[wanted]):
        if move in allowed:
            return move
    return allowed[0]
