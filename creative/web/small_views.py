"""What belongs around a finished film when it is published: a cover for each platform, and small moving pictures on demand."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing.access import Actor
from creative import small_views
from creative.media import rendition_of
from creative.models import Ad
from creative.web.page import desk
from creative.web.words import Word, Words
from generation.deliver.platforms import platforms
from generation.models import Rendition

WORDS: Words = {
    "mp4": gettext_lazy("无声小样 MP4"),
    "webp": gettext_lazy("动图 WebP，前 3 秒"),
    "gif": gettext_lazy("动图 GIF，整支"),
}


@dataclass(frozen=True)
class Cover:
    """``known``: the platform says this size; else it is the film's own."""

    zh: str
    en: str
    url: str
    width: int
    height: int
    known: bool


@dataclass(frozen=True)
class SmallView:
    """``url`` is empty where it has not been made yet."""

    kind: str
    word: Word
    url: str


def around(ad: Ad, aspect: str, rendition: Rendition) -> dict[str, object]:
    """The context of ``ads/_covers.html``."""
    shape = aspect.replace(":", "x")
    names = {place.code: place for place in platforms()}
    covers = [
        Cover(
            names[item["platform"]].zh,
            names[item["platform"]].en,
            reverse("media-cover", args=[ad.public_id, shape, item["platform"]]),
            item["width"],
            item["height"],
            item["known"],
        )
        for item in rendition.covers
        if item["platform"] in names
    ]
    views = [
        SmallView(
            kind, word, reverse("media-preview", args=[ad.public_id, shape, kind]) if kind in rendition.previews else ""
        )
        for kind, word in WORDS.items()
    ]
    return {"covers": covers, "small_views": views}


@require_POST
@desk("produce")
def make(request: HttpRequest, actor: Actor, ad_id: str, aspect: str) -> HttpResponse:
    """A POST, because making it takes seconds of work; back to the page, which then offers it."""
    small_views.make(rendition_of(actor, ad_id, aspect), request.POST.get("kind", ""))
    page = reverse("ad", args=[ad_id])
    return redirect(f"{page}?{urlencode({'aspect': aspect.replace('x', ':')})}#covers")
