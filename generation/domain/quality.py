"""What a filmed clip must be like before a customer sees it: numbers in, a verdict with its reasons out.

A number is measured by ``generation.gate`` and compared with a ``Limit``: past ``hard`` the clip is rejected, past
``soft`` it is passed with a remark. How far each number is from its best gives the score, by which takes are compared.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

NumberName = str


class GateMode(StrEnum):
    """What becomes of a clip that the gate would reject."""

    ENFORCE = "enforce"
    REPORT = "report"  # it is kept; the verdict is written down


@dataclass(frozen=True)
class Measures:
    """What was measured in one clip; ``None`` where it could not be, or makes no sense for this clip.

    Shares and distances are 0..1; levels are 8-bit; ``bend`` is pixels of a picture 1080 wide.
    """

    black: float | None = None  # share of the frames
    frozen: float | None = None  # share of the half seconds in which nothing moves
    flicker: float | None = None  # how unevenly the lightness of a frame goes on from the two before it, levels
    cut: float | None = None  # largest distance between the colours of two frames in a row
    jump: float | None = None  # largest change from one frame to the next, in multiples of what is usual around it
    jerk: float | None = None  # change of the motion from frame to frame, as a share of the motion
    softer: float | None = None  # least sharpness later, in multiples of the sharpness at first
    harsher: float | None = None  # most sharpness (or noise) later, in the same multiples
    first: float | None = None  # how far the first frame is from the photo, laid over it, levels
    last: float | None = None  # how far the last frame is from the last photo, laid over it, levels
    identity: float | None = None  # share of the product's keypoints found again, mean over the frames looked at
    identity_least: float | None = None  # ... in the worst frame
    kept: float | None = None  # share of the product's details that look as in the photo, in the worst frame
    bend: float | None = None  # how far the product's points are from one rigid plane, median of the worst frame
    hue: float | None = None  # distance of the product's colours from the photo's, in the worst frame
    text: float | None = None  # how much of the photo's text reads the same, in the worst frame


MEASURES: tuple[NumberName, ...] = tuple(field.name for field in fields(Measures))
OF_PRODUCT = frozenset({"first", "last", "identity", "identity_least", "kept", "bend", "hue", "text"})


@dataclass(frozen=True)
class Limit:
    """``best`` is the ideal value; ``hard`` lies beyond ``soft`` on the bad side, which may be up or down."""

    best: float
    soft: float
    hard: float

    def __post_init__(self) -> None:
        ordered = self.best <= self.soft <= self.hard or self.best >= self.soft >= self.hard
        if not ordered or self.best == self.hard:
            raise ValueError(f"a limit goes from best over soft to hard, one way: {self}")

    @property
    def upward(self) -> bool:
        """Whether more is worse."""
        return self.hard > self.best

    def beyond(self, edge: float, value: float) -> bool:
        return value > edge if self.upward else value < edge

    def grade(self, value: float) -> float:
        """1 at the best value or better, 0 at the hard limit or worse."""
        return min(max((self.hard - value) / (self.hard - self.best), 0.0), 1.0)

    def looser(self, other: "Limit") -> "Limit":
        """The one of both that lets more through."""
        return other if other.beyond(self.hard, other.hard) else self


@dataclass(frozen=True)
class Thresholds:
    """The limits for one move, and which edition of the calibration they come from."""

    version: str
    limits: Mapping[NumberName, Limit]

    def __post_init__(self) -> None:
        unknown = set(self.limits) - set(MEASURES)
        if unknown:
            raise ValueError(f"there is no measure {', '.join(sorted(unknown))}: choose of {', '.join(MEASURES)}")


@dataclass(frozen=True)
class Fault:
    """One number beyond its limit."""

    measure: NumberName
    value: float
    limit: float
    hard: bool

    def text(self, lang: str) -> str:
        """``lang``: "zh" or "en". The reason, with the number and its limit."""
        zh, en = REASONS[self.measure]
        if lang == "zh":
            return f"{zh}（{self.value:.2f}，限值 {self.limit:.2f}）"
        return f"{en} ({self.value:.2f}, limit {self.limit:.2f})"


REASONS: Mapping[NumberName, tuple[str, str]] = {
    "black": ("有黑屏", "part of it is black"),
    "frozen": ("画面定住不动", "the picture stands still"),
    "flicker": ("亮度闪烁", "the lightness flickers"),
    "cut": ("镜头里藏着一次切换", "there is a cut inside the shot"),
    "jump": ("画面突然跳变", "the picture jumps"),
    "jerk": ("运动不平稳", "the motion is jerky"),
    "softer": ("画面越来越糊", "it loses its sharpness"),
    "harsher": ("画面越来越多噪点", "noise grows in it"),
    "first": ("首帧与原图不符", "it does not start from the photo"),
    "last": ("尾帧与指定图不符", "it does not end on the given picture"),
    "identity": ("商品与原图不像", "the product is not the photo's"),
    "identity_least": ("有些画面里商品与原图不像", "in some frames the product is not the photo's"),
    "kept": ("商品细节变了", "details of the product have changed"),
    "bend": ("商品变形", "the product bends"),
    "hue": ("商品颜色变了", "the product's colour has changed"),
    "text": ("商品上的文字变了", "the text on the product has changed"),
}
WEIGHTS: Mapping[NumberName, float] = {"kept": 3.0, "text": 3.0, "bend": 2.0, "identity": 2.0}  # others count once


@dataclass(frozen=True)
class Verdict:
    """``score`` 0..1. Without ``judged`` the clip passes, and ``note`` says why nobody could tell."""

    passed: bool
    score: float
    faults: tuple[Fault, ...] = ()
    judged: bool = True
    note: str = ""

    @property
    def rejections(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.hard)

    def reasons(self, lang: str) -> list[str]:
        """Why it was rejected, or else what is to remark, the worst first. ``lang``: "zh" or "en"."""
        return [fault.text(lang) for fault in self.rejections or self.faults]

    @property
    def product_is_the_trouble(self) -> bool:
        """Whether all that it was rejected for is what happened to the product: the rest of the film is good."""
        return bool(self.rejections) and all(fault.measure in OF_PRODUCT for fault in self.rejections)


def not_judged(note: str) -> Verdict:
    return Verdict(passed=True, score=1.0, judged=False, note=note)


def weigh(measures: Measures, thresholds: Thresholds) -> Verdict:
    """The verdict on what was measured; a measure without a value or without a limit does not count."""
    total, weights = 0.0, 0.0
    faults = []
    for name, value in asdict(measures).items():
        limit = thresholds.limits.get(name)
        if value is None or limit is None:
            continue
        weight = WEIGHTS.get(name, 1.0)
        total, weights = total + weight * limit.grade(value), weights + weight
        if limit.beyond(limit.hard, value):
            faults.append(Fault(name, value, limit.hard, hard=True))
        elif limit.beyond(limit.soft, value):
            faults.append(Fault(name, value, limit.soft, hard=False))
    faults.sort(key=lambda fault: not fault.hard)
    passed = not any(fault.hard for fault in faults)
    return Verdict(passed, round(total / weights, 4) if weights else 1.0, tuple(faults))


def loosest(several: tuple[Thresholds, ...]) -> Thresholds:
    """What any of them lets through: for a clip whose move nobody knows."""
    limits: dict[NumberName, Limit] = {}
    for thresholds in several:
        for name, limit in thresholds.limits.items():
            limits[name] = limits[name].looser(limit) if name in limits else limit
    return Thresholds(several[0].version, limits)


def seed_of_take(seed: int, take: int) -> int:
    """The seed of the ``take``-th try, counted from 1: the plan's own, then others that derive from it."""
    if take == 1:
        return seed
    # A step of the Weyl sequence: far apart, never the same twice within a shot, and within 31 bits like any seed.
    return (seed + (take - 1) * 0x9E3779B1) % (1 << 31)
