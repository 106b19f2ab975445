"""The DiT knows each move by a number. Only ever add at the end: the numbers are in the weights."""

from generation.domain.engine_spec import Move

ORDER = (
    Move.STATIC, Move.PUSH, Move.PULL, Move.TRUCK_LEFT, Move.TRUCK_RIGHT, Move.PEDESTAL_UP, Move.PEDESTAL_DOWN, Move.ORBIT,
    Move.ORBIT_LEFT, Move.ORBIT_RIGHT, Move.CRANE, Move.HANDHELD, Move.RACK_ZOOM, Move.TURN, Move.FLOAT, Move.LIGHT_SWEEP,
)  # fmt: skip
NUMBER = {move: number for number, move in enumerate(ORDER)}
