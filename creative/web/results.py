"""Pages of results: bring them, look over what would be kept, keep it, and see what is believed of the templates."""

from dataclasses import asdict

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from billing.access import Actor
from billing.models import Organization
from creative import results as verbs
from creative.errors import CreativeError, ReportRefused
from creative.models import Ad
from creative.published import UNSEEN
from creative.result_sheets import read_sheet
from creative.results import Preview, Reported
from creative.web.page import desk, show
from creative.web.refusals import explain
from creative.web.results_ads import ad_rows, age_words, percent, platform_word
from creative.web.results_figures import figures
from creative.web.results_form import NumbersForm, SheetForm
from templates_engine import feedback, library
from templates_engine.domain.analysis import Observation
from templates_engine.feedback import Fate

GOOD_FOR_S = 24 * 3600  # how long a preview can be confirmed
CHOICES = 300  # ads in the list of the form
PER_PAGE, SHOWN = 20, 200  # ads on the page, rows of a preview


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _page(request, actor)


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    sheet: SheetForm | None = None,
    numbers: NumbersForm | None = None,
    refusal: CreativeError | None = None,
) -> HttpResponse:
    templates = library.visible(actor.organization)
    asked = {"ad": request.GET.get("ad", "")}
    wrong = bool(refusal or (sheet and sheet.errors) or (numbers and numbers.errors))
    context = {
        "tab": "results",
        "sheet_form": sheet or SheetForm(),
        "numbers_form": numbers or NumbersForm(ads=_ads(actor.organization), initial=asked),
        "typing": numbers is not None or bool(asked["ad"]),
        "refusal": explain(refusal) if refusal else "",
        "figures": figures(templates, feedback.evidence_of(actor.organization, templates)),
        "rows": Paginator(ad_rows(actor.organization), PER_PAGE).get_page(request.GET.get("page")),
        "any_ads": _ads(actor.organization).exists(),
    }
    return show(request, actor, "results/index.html", context, place="templates", status=422 if wrong else 200)


def _ads(organization: Organization) -> "QuerySet[Ad]":
    finished = Ad.objects.of(organization).exclude(finished_at=None).exclude(state__in=UNSEEN)
    return finished.select_related("product").prefetch_related("product__texts")[:CHOICES]


@require_POST
@desk("produce")
def sheet(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Reads an export and shows what would be kept of it; keeps nothing."""
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, actor, sheet=form)
    try:
        rows = read_sheet(form.cleaned_data["sheet"])
        return _preview(request, actor, rows, form.cleaned_data["platform"], "sheet")
    except CreativeError as refusal:
        return _page(request, actor, sheet=form, refusal=refusal)


@require_POST
@desk("produce")
def numbers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The same for the numbers of one ad, typed in."""
    form = NumbersForm(request.POST, ads=_ads(actor.organization))
    if not form.is_valid():
        return _page(request, actor, numbers=form)
    try:
        return _preview(request, actor, (form.reported,), "", "typed")
    except CreativeError as refusal:
        return _page(request, actor, numbers=form, refusal=refusal)


def _preview(
    request: HttpRequest, actor: Actor, rows: tuple[Reported, ...], platform: str, source: str
) -> HttpResponse:
    shown = verbs.preview(actor.organization, rows, platform=platform)
    ticket = [platform, source, [[row.name, asdict(row.seen)] for row in rows]]
    context = {
        "tab": "results",
        "preview": shown,
        "lines": [_line(line) for line in shown.known[:SHOWN]],
        "hidden": max(0, len(shown.known) - SHOWN),
        "unknown": shown.unknown[:SHOWN],
        "counts": {fate.value: shown.count(fate) for fate in Fate},
        "ticket": signing.dumps(ticket, salt=_salt(actor.organization), compress=True),
    }
    return show(request, actor, "results/preview.html", context, place="templates")


def _line(line: verbs.Line) -> dict[str, object]:
    seen = line.reported.seen
    return {
        "ad": line.ad,
        "fate": line.fate,
        "seen": seen,
        "views": f"{seen.views:,}",
        "platform": platform_word(seen.platform),
        "age": age_words(seen.age_h),
        "hold": percent(seen.hold_3s),
        "completion": percent(seen.completion),
    }


@require_POST
@desk("produce")
def keep(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keeps what a preview showed, all of it or nothing."""
    try:
        platform, source, rows = signing.loads(
            request.POST.get("ticket", ""), salt=_salt(actor.organization), max_age=GOOD_FOR_S
        )
        reported = tuple(Reported(name, Observation(**seen)) for name, seen in rows)
        kept = verbs.keep(actor.organization, reported, platform=platform, source=source, leave_unknown=True)
    except signing.BadSignature:
        stale = ReportRefused(
            "这份预览已经过期，请重新上传。", "this preview is no longer valid: bring the results again."
        )
        return _page(request, actor, refusal=stale)
    except CreativeError as refusal:
        return _page(request, actor, refusal=refusal)
    messages.success(request, _said(kept))
    return redirect("results")


def _said(kept: Preview) -> str:
    count = len(kept.known)
    return ngettext(
        "已保存 %(n)d 条效果，下次推荐剧本就会用上。", "已保存 %(n)d 条效果，下次推荐剧本就会用上。", count
    ) % {"n": count}


def _salt(organization: Organization) -> str:
    """A preview can be confirmed only by whoever it was shown to."""
    return f"results of {organization.public_id}"
