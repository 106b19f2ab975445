"""Pages of hits: the shelf with its upload form, one hit along its time, learning from those that were chosen."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.access import Actor
from creative.hits import hit_of, hits_of
from creative.web import hit_facts, words
from creative.web.hit_strip import strip_of
from creative.web.hits_form import CATEGORIES, HitsForm
from creative.web.hits_shelf import Shown, shown
from creative.web.page import desk, page_of, polled, show
from templates_engine import hit_intake, hits
from templates_engine.analyse import at_hand
from templates_engine.domain.beats import Role
from templates_engine.errors import CorrectionInvalid, TemplatesError, TooFewVideos
from templates_engine.hit_intake import Report
from templates_engine.models import Hit

FILTERS = ("category", "lang", "platform")
MOST_ASKED = 60  # rows that one page asks about again


@dataclass(frozen=True)
class Learning:
    """What stands on the shelf after an attempt to learn: what is missing, and what was chosen."""

    missing: tuple[object, ...] = ()
    chosen: frozenset[str] = frozenset()


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _shelf(request, actor, HitsForm())


def _shelf(
    request: HttpRequest,
    actor: Actor,
    form: HitsForm,
    *,
    report: Report | None = None,
    learning: Learning | None = None,
    status: int = 200,
) -> HttpResponse:
    rows, missing = Hit.objects.of(actor.organization), at_hand.missing()
    page = page_of(request, _filtered(request, rows).select_related("analysis", "organization"))
    context = {
        "tab": "hits",
        "form": form,
        "page": page,
        "hits": [shown(hit) for hit in page],
        "any": rows.exists(),
        "groups": hits.groups(actor.organization),
        "filters": _choices(request, rows),
        "categories": sorted({*CATEGORIES, *rows.order_by().values_list("category", flat=True).distinct()} - {""}),
        "missing_tools": [part for part in missing if part != at_hand.SPEECH],
        "no_speech": at_hand.SPEECH in missing,
        "roles": tuple(Role),
        "most_mb": hit_intake.MOST_BYTES >> 20,
        "report": report,
        "learning": learning or Learning(),
    }
    return show(request, actor, "hits/list.html", context, place="templates", status=status)


def _filtered(request: HttpRequest, rows: "QuerySet[Hit]") -> "QuerySet[Hit]":
    asked = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    return rows.filter(**asked)


def _choices(request: HttpRequest, rows: "QuerySet[Hit]") -> list[tuple[str, str, list[str]]]:
    """(name, what is chosen now, what there is) of each filter that could narrow the list."""
    found = []
    for name in FILTERS:
        values = sorted({value for value in rows.order_by().values_list(name, flat=True).distinct() if value})
        if len(values) > 1 or request.GET.get(name):
            found.append((name, request.GET.get(name, ""), values))
    return found


@require_POST
@desk("produce")
def upload(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keeps every good file and says of every other what is wrong with it. Scripts send one hit at a time."""
    form = HitsForm(request.POST)
    files = [(file.name or "", file) for file in request.FILES.getlist("files")]
    if not form.is_valid() or not files:
        if not files:
            form.add_error(None, _("请先选择文件。"))
        if request.headers.get("HX-Request"):
            return show(request, actor, "hits/_form_wrong.html", {"form": form}, status=422)
        return _shelf(request, actor, form, status=422)
    report = hit_intake.take(actor.organization, files, form.about)
    if request.headers.get("HX-Request"):
        context = {"hits": [shown(hit) for hit in report.taken], "report": report}
        return show(request, actor, "hits/_answer.html", context)
    return _shelf(request, actor, HitsForm(), report=report)


@require_safe
@desk()
def rows(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The rows that the page asks about again while they are not measured."""
    asked = request.GET.getlist("open")[:MOST_ASKED]
    found = list(
        Hit.objects.of(actor.organization).filter(public_id__in=asked).select_related("analysis", "organization")
    )
    seen = [(hit.public_id, hit.state, hit.percent, hit.stage) for hit in found]
    return polled(request, actor, "hits/_rows.html", {"hits": [shown(hit) for hit in found]}, seen=seen)


@require_POST
@desk("produce")
def learn(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Learns from the ticked hits, or from all of one ``group`` ("zh/厨房"); says what is missing where they are too few."""
    chosen = _chosen(request, actor)
    try:
        lesson = hits.learn(actor.organization, chosen)
    except TooFewVideos as few:
        kept = Learning(few.missing, frozenset(hit.public_id for hit in chosen))
        return _shelf(request, actor, HitsForm(), learning=kept, status=few.status)
    except TemplatesError:
        messages.error(request, _("一次最多学 500 支：请少选一些。"))
        return redirect("hits")
    context = {"tab": "hits", "lesson": lesson, "templates": [row.template() for row in lesson.versions]}
    return show(request, actor, "hits/learned.html", context, place="templates")


def _chosen(request: HttpRequest, actor: Actor) -> list[Hit]:
    lang, slash, category = request.POST.get("group", "").partition("/")
    if slash:
        alike = Hit.objects.of(actor.organization).filter(
            state=Hit.State.DONE, lang=lang, category=category, told__gt=0
        )
        return list(alike[: hits.MOST_LEARNED_FROM])
    return hits_of(actor.organization, request.POST.getlist("hit"))


@require_safe
@desk()
def detail(request: HttpRequest, actor: Actor, hit_id: str) -> HttpResponse:
    hit = hit_of(actor.organization, hit_id)
    context: dict[str, object] = {"tab": "hits", "hit": hit, "shown": shown(hit)}
    video = hits.analysis_of(hit)
    if video is not None:
        context |= {
            "video": video,
            "strip": strip_of(hit, video),
            "lines": hit_facts.told_lines(actor.organization, video),
            "more_lines": max(0, len(video.told) - hit_facts.MOST_LINES),
            "figures": hit_facts.figures(video),
            "results": hit_facts.results(video),
            "roles": tuple(Role),
        }
    return show(request, actor, "hits/detail.html", context, place="templates")


@require_POST
@desk("produce")
def delete(request: HttpRequest, actor: Actor, hit_id: str) -> HttpResponse:
    hit = hit_of(actor.organization, hit_id)
    hits.delete(hit)
    messages.success(request, _("已删除「%(name)s」和它的画面、台词、数据。") % {"name": hit})
    return redirect("hits")


@require_POST
@desk("produce")
def correct(request: HttpRequest, actor: Actor, hit_id: str, index: int) -> HttpResponse:
    """A person says what a line does; it is read so from then on. It teaches no common model: the line may be another's."""
    hit = hit_of(actor.organization, hit_id)
    by = actor.name
    try:
        hits.correct(hit, index, request.POST.get("role", ""), by=by)
    except CorrectionInvalid as refusal:
        messages.error(request, words.chosen(refusal.zh, refusal.detail))
    else:
        messages.success(request, _("记下了。以后这句话在你的工作室里都按你说的算。"))
    return redirect(f"{request.path.split('/lines/')[0]}#line-{index}")


__all__ = ["Shown", "correct", "delete", "detail", "index", "learn", "rows", "upload"]
