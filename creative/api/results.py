"""/results: what published ads achieved, and what that says of the templates; /ads/.../published: where they are."""

from collections.abc import Mapping
from random import Random

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from creative import published, results
from creative.api.ads import AdView
from creative.api.base import DeskView
from creative.api.idempotency import once
from creative.api.schema import IDEMPOTENCY_KEY, PAGING, operation, page_of
from creative.api.shapes_results import (
    EvidenceOut,
    PublishedIn,
    PublishedOut,
    ReportOut,
    ResultIn,
    ResultRow,
    reported,
)
from templates_engine import feedback, library
from templates_engine.domain.bandit import Belief
from templates_engine.domain.evidence import Evidence, values
from templates_engine.domain.evidence_words import evidence_terms, scaled
from templates_engine.domain.watching import Watched
from templates_engine.models import PublishedResult

Numbers = dict[str, object]


class Results(DeskView):
    @operation(
        "results_list",
        "Every kept result, newest first; ``ad`` keeps those of one ad.",
        parameters=[*PAGING, OpenApiParameter("ad", OpenApiTypes.STR)],
        responses={200: page_of(ResultRow)},
    )
    def get(self, request: Request) -> Response:
        rows = PublishedResult.objects.of(self.organization)
        if request.query_params.get("ad"):
            rows = rows.filter(script_id=request.query_params["ad"])
        return self.page(request, rows, ResultRow)

    @operation(
        "results_report",
        "Report a list of results, kept whole or not at all. The same ad, platform and age again replaces the earlier "
        "numbers, so a report may be repeated, and may come late and in any order.",
        request=ResultIn(many=True),
        parameters=[IDEMPOTENCY_KEY],
        responses={200: ReportOut},
    )
    @once()
    def post(self, request: Request) -> Response:
        given = ResultIn(data=request.data, many=True, allow_empty=False)
        given.is_valid(raise_exception=True)
        kept = results.keep(self.organization, [reported(row) for row in given.validated_data])
        return Response(ReportOut(kept.lines).data)


class ResultTemplates(DeskView):
    @operation(
        "results_templates",
        "What your published ads say of each template: means with intervals and samples, never one number for all.",
        responses={200: EvidenceOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        known = feedback.evidence_of(self.organization, library.visible(self.organization))
        surest = values(known, Random(0), safest=True)  # noqa: S311  nothing is drawn
        return Response(EvidenceOut([_shown(name, its, surest[name]) for name, its in known.items()], many=True).data)


class AdPublished(AdView):
    @operation("ads_published_list", "Where an ad was published.", responses={200: PublishedOut(many=True)})
    def get(self, request: Request, ad_id: str) -> Response:
        return Response(PublishedOut(self.ad(ad_id).published.all(), many=True).data)

    @operation(
        "ads_published_note",
        "Note where and when a finished ad was published; the same platform again is mended.",
        request=PublishedIn,
        parameters=[IDEMPOTENCY_KEY],
        responses={200: PublishedOut},
    )
    @once()
    def post(self, request: Request, ad_id: str) -> Response:
        ad = self.ad(ad_id)
        given = PublishedIn(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(PublishedOut(published.note(ad, **given.validated_data)).data)


def _shown(template: str, its: Evidence, surest: Mapping[str, float]) -> Numbers:
    returns = its.returns
    reach = its.reach
    return {
        "template": template,
        "orders_per_1000_views": its.orders and _rate(its.orders, 1_000),
        "orders_per_100_spent": returns and _rate(returns.belief, 10_000) | {"currency": returns.currency},
        "views_beside_usual": reach
        and {"mean": reach.mean, "low90": reach.low90, "high90": reach.high90, "usual": 1.0, "ads": reach.videos},
        "hold_3s": its.hold and _share(its.hold),
        "completion": its.completion and _share(its.completion),
        "words": evidence_terms(its, surest),
    }


def _rate(belief: Belief, exposure: int) -> Numbers:
    mean, low, high = scaled(belief, exposure)
    return {
        "mean": mean,
        "low90": low,
        "high90": high,
        "usual": belief.usual * exposure,
        "ads": belief.videos,
        "exposure": belief.views,
        "orders": belief.orders,
    }


def _share(its: Watched) -> Numbers:
    return {
        "mean": its.share,
        "low90": its.low90,
        "high90": its.high90,
        "usual": its.usual_share,
        "ads": its.videos,
    }
