"""The merchant's own voice on the page of a script: for each saved line upload, listen, take away."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing.access import Actor
from creative import recordings
from creative.brand_files import taken
from creative.errors import CreativeError, UploadRefused
from creative.models import Ad, LineRecording
from creative.web.ads import ad_of
from creative.web.page import desk
from creative.web.refusals import explain
from templates_engine.domain.script_json import script_from_dict


@dataclass(frozen=True)
class HeardLine:
    """One saved line. ``row``: its recording, if any; ``stale``: the line was rewritten after it was recorded."""

    place: int
    role: str
    text: str
    row: LineRecording | None

    @property
    def number(self) -> int:
        return self.place + 1

    @property
    def stale(self) -> bool:
        return self.row is not None and self.row.text != self.text


def heard_lines(ad: Ad) -> list[HeardLine]:
    """Every line that is said, as saved, in order."""
    rows = {row.place: row for row in ad.recordings.select_related("line")}
    beats = script_from_dict(ad.script).beats
    return [
        HeardLine(place, beat.role.value, beat.voice, rows.get(place))
        for place, beat in enumerate(beats)
        if beat.voice.strip()
    ]


@require_POST
@desk("produce")
def upload(request: HttpRequest, actor: Actor, ad_id: str, index: int) -> HttpResponse:
    ad, file = ad_of(actor, ad_id), request.FILES.get("recording")
    try:
        if file is None:
            raise UploadRefused("empty", "请选择一个录音文件。", "choose a recording.")
        recordings.record(ad, index, file.name or "", taken(file), by=actor.name)
    except CreativeError as refusal:
        return _refused(request, ad, index, refusal)
    messages.success(request, _("录音放好了：镜头长短、字幕和报价都按它重新算过。"))
    return _back(ad)


@require_POST
@desk("produce")
def remove(request: HttpRequest, actor: Actor, ad_id: str, index: int) -> HttpResponse:
    ad = ad_of(actor, ad_id)
    try:
        recordings.remove(ad, index)
    except CreativeError as refusal:
        return _refused(request, ad, index, refusal)
    messages.success(request, _("录音已删除。"))
    return _back(ad)


def _refused(request: HttpRequest, ad: Ad, index: int, refusal: CreativeError) -> HttpResponse:
    """The page again, on top of it what was wrong and that nothing has changed."""
    if refusal.status == 404:
        raise refusal
    line = _("第 %(n)d 句的录音没有改动。") % {"n": index + 1}
    messages.error(request, f"{line} {explain(refusal)}")
    return _back(ad)


def _back(ad: Ad) -> HttpResponse:
    answer = redirect("ad-script", ad.public_id)
    answer["Location"] += "#own-voice"
    return answer
