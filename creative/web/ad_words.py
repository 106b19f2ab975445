"""What the pages of an ad show: its storyboard, what was asked, its files, its checks, its money in words."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from billing.models import Organization
from creative import quotes
from creative.models import Ad, AdOutput, Brief
from creative.previews import StoryboardFrame, storyboard
from creative.web import words
from creative.web.page import balance_of
from generation.models import Rendition
from templates_engine.domain.script_json import script_from_dict


def storyboard_of(ad: Ad) -> dict[str, object]:
    """The context of ``_storyboard.html`` and ``_price.html``. A line stands under its beat's first frame."""
    frames: list[StoryboardFrame] = []
    for frame in storyboard(ad):
        said = frames and any(earlier.voice == frame.voice for earlier in frames)
        frames.append(replace(frame, voice="") if said else frame)
    script = script_from_dict(ad.script)
    return {
        "ad": ad,
        "frames": frames,
        "script": script,
        "aspect": ad.brief.aspects[0],
        "seconds_ms": script.duration_ms,
    }


def price_of(organization: Organization, ad: Ad) -> dict[str, object]:
    """What an order would leave (``left``), or what is missing for it (``short``), and whether the quote is off-peak."""
    left = balance_of(organization).available - ad.credits_quoted
    return {"left": max(left, 0), "short": max(-left, 0), "off_peak_price": quotes.off_peak_price(ad)}


def again(ad: Ad) -> str:
    """The address of the order form, filled in as for this ad."""
    asked = {
        "lang": ad.brief.lang,
        "seconds": ad.brief.target_ms // 1000,
        "aspects": ad.brief.aspects,
        "theme": ad.brief.theme,
        "music": "yes" if ad.brief.music else "no",
        "seed": ad.brief.seed,
        "pick": ad.brief.pick,
        "template": ad.template_id,
        "spoken": "yes" if ad.brief.voice else "no",
    }
    if ad.brief.track is not None and ad.brief.track.archived_at is None:
        asked["track"] = ad.brief.track.public_id
    return f"{reverse('ad-new', args=[ad.product.public_id])}?{urlencode(asked, doseq=True)}"


def asked_words(brief: Brief) -> str:
    """Such as ``15 秒 · 中文 · 9:16、1:1 · 炉火``."""
    parts = [
        _("%(n)d 秒") % {"n": brief.target_ms // 1000},
        words.LANGUAGES[brief.lang],
        " / ".join(brief.aspects),
        words.THEMES.get(brief.theme, brief.theme),
        *([_("音乐《%(title)s》") % {"title": brief.track.title}] if brief.track is not None else []),
        *([_("有配音")] if brief.voice else []),
    ]
    return " · ".join(str(part) for part in parts)


def money_words(ad: Ad) -> str:
    """What became of the credits of an ad that has ended."""
    if ad.state == Ad.State.READY:
        counts = {"settled": ad.credits_settled or 0, "quoted": ad.credits_quoted}
        return _("预留 %(quoted)d 点，实扣 %(settled)d 点") % counts
    if ad.ordered_at is None:
        return _("还没有下单，没有花费点数。")
    return _("预留的 %(quoted)d 点已全部退回。") % {"quoted": ad.credits_quoted}


@dataclass(frozen=True)
class File:
    """One finished shape of an ad, with the addresses of everything that belongs to it."""

    aspect: str
    rendition: Rendition
    film: str
    download: str
    poster: str
    contact: str


def files_of(ad: Ad) -> list[File]:
    rows = ad.outputs.exclude(rendition=None).select_related("rendition")
    return [_file(ad, row, row.rendition) for row in rows if row.rendition is not None]


def _file(ad: Ad, output: AdOutput, rendition: Rendition) -> File:
    shape = output.aspect.replace(":", "x")
    film = reverse("media-ad", args=[ad.public_id, shape])
    return File(
        aspect=output.aspect,
        rendition=rendition,
        film=film,
        download=f"{film}?download",
        poster=reverse("media-poster", args=[ad.public_id, shape]),
        contact=reverse("media-contact", args=[ad.public_id, shape]),
    )
