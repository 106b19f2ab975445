"""/hits: bring hit videos, read what was measured in them, learn templates from them."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from creative.api.base import DeskView
from creative.api.schema import PAGING, operation, page_of
from creative.api.shapes_hits import HitDetailOut, HitIn, HitOut, HitReportOut, LearnIn, LearnOut
from creative.errors import NoFileTaken
from creative.hits import about, hit_of, hits_of
from templates_engine import hit_intake, hits
from templates_engine.models import Hit

FILTERS = ("category", "lang", "platform", "state")


class Hits(DeskView):
    parser_classes = [MultiPartParser, JSONParser]  # JSON carries no file: it is told so

    @operation(
        "hits_list",
        "The hits that were brought, newest first.",
        parameters=[*PAGING, *(OpenApiParameter(name, OpenApiTypes.STR) for name in FILTERS)],
        responses={200: page_of(HitOut)},
    )
    def get(self, request: Request) -> Response:
        asked = {name: request.query_params[name] for name in FILTERS if request.query_params.get(name)}
        return self.page(request, Hit.objects.of(self.organization).filter(**asked), HitOut)

    @operation(
        "hits_upload",
        "Bring hits. Each file is judged on its own: 201 with what was taken and what was not, 200 where only numbers of "
        "a sheet were, 422 if nothing was. Videos are measured by a worker: ask for the hit until its state is done.",
        request={"multipart/form-data": HitIn},
        responses={201: HitReportOut, 200: HitReportOut},
    )
    def post(self, request: Request) -> Response:
        files = [(file.name or "", file) for file in request.FILES.getlist("files")]
        if not files:
            raise NoFileTaken(
                [], "请在 files 字段里上传至少一个文件。", "upload at least one file in the field 'files'."
            )
        said = {name: request.POST.get(name, "") for name in ("rights", "lang", "category", "platform", "campaign")}
        report = hit_intake.take(self.organization, files, about(**said))
        if not report.taken and not report.measured:
            refused = [
                {"name": one.name, "code": one.code, "detail": one.en, "detail_zh": one.zh} for one in report.refused
            ]
            raise NoFileTaken(
                refused, "没有一个文件可用，原因见 refused。", "none of the files can be used, see 'refused' for each."
            )
        shown = HitReportOut(report, context={"request": request}).data
        return Response(shown, status=201 if report.taken else 200)


class HitDetail(DeskView):
    @operation("hits_read", "One hit with everything that was measured in it.", responses={200: HitDetailOut})
    def get(self, request: Request, hit_id: str) -> Response:
        return Response(HitDetailOut(hit_of(self.organization, hit_id), context={"request": request}).data)

    @operation(
        "hits_delete",
        "Delete a hit with its pictures, words and numbers. Templates learned from it stay.",
        responses={204: None},
    )
    def delete(self, request: Request, hit_id: str) -> Response:
        hits.delete(hit_of(self.organization, hit_id))
        return Response(status=204)


class HitsLearn(DeskView):
    @operation(
        "hits_learn",
        "Learn script templates from at least eight hits of one language and category, private to the organization. "
        "422 says what each group lacks. The same hits again give the same templates.",
        request=LearnIn,
        responses={200: LearnOut},
    )
    def post(self, request: Request) -> Response:
        given = LearnIn(data=request.data)
        given.is_valid(raise_exception=True)
        lesson = hits.learn(self.organization, hits_of(self.organization, given.validated_data["hits"]))
        shown = {
            "templates": [row.template() for row in lesson.versions],
            "used": lesson.used,
            "notes": lesson.notes,
        }
        return Response(LearnOut(shown).data)
