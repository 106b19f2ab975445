"""What an order form asks for, and an ad that was decided from it before any row of it exists."""

from dataclasses import dataclass

from creative.brief import Wanted
from creative.domain.storyboard import Storyboard
from creative.dressing import Dress
from creative.models import Ad, Asset, Product
from creative.scripts import Written
from generation.domain.shot_plan import ShotPlan
from generation.domain.timeline import Timeline
from templates_engine.domain.script import Script

NAKED = Dress()


@dataclass(frozen=True)
class ShotQuote:
    """``cached``: the tenant has paid for this very clip before."""

    index: int
    role: str
    ms: int
    credits: int
    cached: bool


@dataclass(frozen=True)
class AdDraft:
    """The draft and its price. ``ad.choice`` says why its template was chosen."""

    ad: Ad
    credits: int
    shots: tuple[ShotQuote, ...]


@dataclass(frozen=True)
class Wishes:
    """An order form as it comes in. An empty ``template_id`` or ``engine`` means: choose for me."""

    lang: str
    aspects: tuple[str, ...] = ("9:16",)
    seconds: int = 15
    template_id: str = ""
    engine: str = ""
    seed: int = 1
    theme: str = "ember"
    music: bool = True
    pick: str = "explore"


@dataclass(frozen=True)
class Prepared:
    """An ad decided in every detail; no row of it exists yet.

    ``unspoken``: the script with its times of before its voice took them; None where nobody speaks.
    """

    ad_id: str
    product: Product
    wanted: Wanted
    written: Written
    board: Storyboard
    plans: tuple[ShotPlan, ...]
    timeline: Timeline
    assets: tuple[Asset, ...]
    dress: Dress = NAKED
    unspoken: Script | None = None
