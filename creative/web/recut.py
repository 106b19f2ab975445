"""An order that came back from the editor: what it changes, and cutting it so."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from billing.access import Actor
from creative import recuts
from creative.errors import CreativeError, RecutRefused
from creative.models import Ad, Asset
from creative.recuts import MOST_BYTES, NewOrder, ShotChange
from creative.web import words
from creative.web.ads import ad_of
from creative.web.page import desk, show
from generation.domain.transitions import NAMES


@dataclass(frozen=True)
class Row:
    """One shot on the page; ``asset`` None for one that is drawn. Numbers count from 1."""

    change: ShotChange
    role: str
    asset: Asset | None

    @property
    def was(self) -> int:
        return self.change.was + 1

    @property
    def now(self) -> int | None:
        return None if self.change.now is None else self.change.now + 1

    @property
    def passes(self) -> tuple[str, str] | None:
        """How it passed into the next shot, and how it does now, where that is another way."""
        was, now = self.change.transition_was, self.change.transition_now
        return None if was is now else (words.chosen(*NAMES[was]), words.chosen(*NAMES[now]))


@require_POST
@desk("produce")
def changes(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    """What the uploaded order changes. Nothing is stored: the page carries the order, signed, until it is confirmed."""
    ad, file = ad_of(actor, ad_id), request.FILES.get("order")
    try:
        if file is None:
            raise RecutRefused("请选择改好的 .otio 文件。", "choose the edited .otio file.")
        order = recuts.read_order(ad, file.read(MOST_BYTES + 1))
    except CreativeError as refusal:
        return show(
            request, actor, "ads/recut.html", {"ad": ad, "problem": refusal}, place="ads", status=refusal.status
        )
    context = {"ad": ad, "order": order, "rows": _rows(ad, order), "token": recuts.token_of(ad, order)}
    return show(request, actor, "ads/recut.html", context, place="ads")


@require_POST
@desk("produce")
def cut(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    ad = ad_of(actor, ad_id)
    try:
        recuts.recut(ad, recuts.order_of(ad, request.POST.get("token", "")), by=actor.user)
    except CreativeError as refusal:
        return show(
            request, actor, "ads/recut.html", {"ad": ad, "problem": refusal}, place="ads", status=refusal.status
        )
    return redirect("ad", ad.public_id)


def _rows(ad: Ad, order: NewOrder) -> list[Row]:
    shots = {shot.index: shot for shot in ad.shots.select_related("asset")}
    return [
        Row(change, shots[change.was].role, shots[change.was].asset) if change.was in shots else Row(change, "", None)
        for change in order.changes
    ]
