"""What can be asked for: shapes, lengths, themes, engines; checked once, for pages, API and commands alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from billing.domain.plans import Entitlements
from creative.domain.product import LANGUAGES
from creative.errors import BriefRefused
from generation.domain.engine_spec import EngineSpec
from generation.domain.layout import ASPECTS, canvas_for, even_down
from generation.domain.timeline import Canvas
from generation.engines import registry
from generation.errors import EngineNotFound

THEMES = ("ember", "ink", "jade", "berry")
PICKS = ("explore", "safest")  # how a template is chosen where none is named
MIN_SECONDS, MAX_SECONDS = 12, 30  # what the templates are written for
MASTER_SHORT_SIDE = 1080
FPS = 30
MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class Wanted:
    """A checked order form. ``aspects[0]`` is the shape that is filmed, the others are cut from the same clips."""

    lang: str
    aspects: tuple[str, ...]
    target_ms: int
    template_id: str
    engine: EngineSpec
    theme: str
    music: bool
    seed: int
    pick: str = "explore"


def check(
    *,
    lang: str,
    aspects: Sequence[str],
    seconds: int,
    template_id: str,
    engine: str,
    theme: str,
    music: bool,
    seed: int,
    pick: str = "explore",
) -> Wanted:
    """Raises ``BriefRefused`` naming the first thing that cannot be made, and what can."""
    _one_of(lang, LANGUAGES, "语言", "language")
    for aspect in aspects:
        _one_of(aspect, tuple(ASPECTS), "画幅", "aspect")
    _one_of(theme, THEMES, "配色", "theme")
    _one_of(pick, PICKS, "挑选方式", "pick")
    if not aspects:
        raise BriefRefused("请至少选择一种画幅。", "choose at least one aspect.")
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise BriefRefused(
            f"时长要在 {MIN_SECONDS} 到 {MAX_SECONDS} 秒之间。", f"seconds must be {MIN_SECONDS} to {MAX_SECONDS}."
        )
    if not 0 <= seed <= MAX_SEED:
        raise BriefRefused(f"种子是 0 到 {MAX_SEED} 的整数。", f"seed is a whole number from 0 to {MAX_SEED}.")
    return Wanted(
        lang=lang,
        aspects=tuple(dict.fromkeys(aspects)),
        target_ms=seconds * 1000,
        template_id=template_id,
        engine=engine_spec(engine or settings.DEFAULT_ENGINE),
        theme=theme,
        music=music,
        seed=seed,
        pick=pick,
    )


def engine_spec(name: str) -> EngineSpec:
    """Raises ``BriefRefused``, also for an engine without weights: it would fail after the credits are held.

    Whether there is a GPU is not asked here: that is the film worker's machine, not always this one.
    """
    try:
        spec = registry.engine(name).spec
        if spec.weights == "absent":
            wanting = "; ".join(registry.missing_parts(name))
            raise BriefRefused(f"引擎 {name} 还没有权重：{wanting}。", f"{name} has no weights yet: {wanting}.")
        return spec
    except EngineNotFound as error:
        known = ", ".join(spec.id for spec in registry.specs())
        raise BriefRefused(
            f"没有引擎 {name}，可用：{known}。", f"no engine {name!r}: choose one of {known}."
        ) from error


def canvas_of(wanted: Wanted, entitlements: Entitlements) -> Canvas:
    """The canvas of the first aspect, as large as the membership allows (its ``max_height`` is the short side)."""
    short = even_down(min(MASTER_SHORT_SIDE, entitlements.max_height))
    return canvas_for(wanted.aspects[0], Canvas(short, short, FPS))


def film_size(canvas: Canvas, spec: EngineSpec) -> tuple[int, int]:
    """Width and height to film at: the canvas, or the largest of its shape that the engine can make."""
    step = spec.size_multiple
    scale = min(1.0, (spec.max_pixels / (canvas.width * canvas.height)) ** 0.5)
    return max(step, int(canvas.width * scale) // step * step), max(step, int(canvas.height * scale) // step * step)


def _one_of(value: str, known: Sequence[str], zh: str, en: str) -> None:
    if value not in known:
        choices = ", ".join(known)
        raise BriefRefused(f"没有这种{zh}“{value}”，可用：{choices}。", f"no {en} {value!r}: choose one of {choices}.")
