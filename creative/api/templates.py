"""/templates: the scripts to choose from, searched, and which of them fit a product, with the reasons."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from creative import products
from creative.api.base import DeskView
from creative.api.schema import operation
from creative.api.shapes_ads import ReasonOut
from creative.errors import NotFound
from creative.products import facts_of
from templates_engine import library
from templates_engine.domain.patterns import HookType
from templates_engine.domain.search import Query, Source, openings
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.template_json import to_dict
from templates_engine.errors import TemplateNotFound
from templates_engine.library import Listed


class Words(serializers.Serializer[Any]):
    zh = serializers.CharField()
    en = serializers.CharField()


class TemplateOut(serializers.Serializer[Any]):
    """``seconds``: the length it is made for. ``beats``: the roles in order, such as hook, pain, reveal.

    ``hook``: how most of its ads open; empty where that is not known. ``learned_from``: how many videos, 0 for one that was
    written. ``source``: seed, own or imported.
    """

    id = serializers.CharField()
    name = Words()
    summary = Words()
    lang = serializers.CharField()
    category = serializers.ListField(child=serializers.CharField())
    seconds = serializers.SerializerMethodField()
    beats = serializers.SerializerMethodField()
    hook = serializers.SerializerMethodField()
    learned_from = serializers.SerializerMethodField()
    source = serializers.CharField(source="provenance.source")  # type: ignore[assignment]  # the field is called so

    def get_hook(self, template: ScriptTemplate) -> str:
        found = openings(template)
        return found[0][0].value if found else ""

    def get_learned_from(self, template: ScriptTemplate) -> int:
        return len(template.members)

    def get_seconds(self, template: ScriptTemplate) -> float:
        return round(template.duration.p50 / 1000, 1)

    def get_beats(self, template: ScriptTemplate) -> list[str]:
        return [beat.role.value for beat in template.beats]


class ListedOut(TemplateOut):
    """``listed_as``: ours (everybody's), learned (your own) or shared by the agency named in ``shared_by``."""

    listed_as = serializers.ChoiceField([source.value for source in Source])
    shared_by = serializers.CharField()

    def to_representation(self, listed: Listed) -> dict[str, Any]:
        shown = TemplateOut(listed.template).data
        return {**shown, "listed_as": listed.source.value, "shared_by": listed.shared_by}


class SearchIn(serializers.Serializer[Any]):
    """``q``: words that must all occur. ``category``: our code or a word for goods, such as kitchen or 保温杯.

    ``seconds_min`` and ``seconds_max`` bound the usual length, both included. ``source``: ours, learned or shared.
    ``retired``: only your own templates of which no version is offered any more.
    """

    q = serializers.CharField(required=False, allow_blank=True, max_length=100)
    category = serializers.CharField(required=False, allow_blank=True, max_length=80)
    lang = serializers.ChoiceField(["zh", "en"], required=False, allow_blank=True)
    seconds_min = serializers.FloatField(required=False, min_value=0)
    seconds_max = serializers.FloatField(required=False, min_value=0)
    hook = serializers.ChoiceField([hook.value for hook in HookType], required=False, allow_blank=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # the field is called so
        [source.value for source in Source], required=False, allow_blank=True
    )
    retired = serializers.BooleanField(default=False)

    def query(self) -> Query:
        self.is_valid(raise_exception=True)
        given = self.validated_data
        return Query(
            words=given.get("q", ""),
            category=given.get("category", ""),
            lang=given.get("lang", ""),
            seconds_min=given.get("seconds_min"),
            seconds_max=given.get("seconds_max"),
            hook=HookType(given["hook"]) if given.get("hook") else None,
            source=Source(given["source"]) if given.get("source") else None,
            retired=given["retired"],
        )


class TemplateDetailOut(TemplateOut):
    """``document``: the whole template as schema/script_template.json describes it."""

    document = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_document(self, template: ScriptTemplate) -> dict[str, object]:
        return to_dict(template)


class RankIn(serializers.Serializer[Any]):
    product = serializers.CharField()
    lang = serializers.ChoiceField(["zh", "en"], default="zh")
    seconds = serializers.IntegerField(default=15, min_value=6, max_value=60)
    seed = serializers.IntegerField(default=1, min_value=0)
    pick = serializers.ChoiceField(["explore", "safest"], default="explore")


class RankedOut(serializers.Serializer[Any]):
    """``score`` (0..1) only orders the list: it promises no views and no sales."""

    template = TemplateOut()
    score = serializers.FloatField()
    terms = ReasonOut(many=True)


class NotOfferedOut(serializers.Serializer[Any]):
    template = serializers.CharField()
    reasons = Words(many=True)


class RankOut(serializers.Serializer[Any]):
    offered = RankedOut(many=True)
    not_offered = NotOfferedOut(many=True)


class Templates(DeskView):
    @operation(
        "templates_list",
        "The script templates that may be used, searched: your own first, then shared ones, then ours.",
        parameters=[SearchIn],
        responses={200: ListedOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        found = library.search(self.organization, SearchIn(data=request.query_params).query())
        return Response(ListedOut(found, many=True).data)


class TemplateDetail(DeskView):
    @operation("templates_read", "One template with its whole document.", responses={200: TemplateDetailOut})
    def get(self, request: Request, template_id: str) -> Response:
        try:
            template = library.get(template_id, self.organization)
        except TemplateNotFound as error:
            raise NotFound("模板", "template") from error
        return Response(TemplateDetailOut(template).data)


class TemplateRank(DeskView):
    @operation(
        "templates_rank",
        "Which templates fit a product, best first, with the reasons; and why the others do not.",
        parameters=[RankIn],
        responses={200: RankOut},
    )
    def get(self, request: Request) -> Response:
        given = RankIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        facts = facts_of(products.product_of(self.organization, asked["product"]), asked["lang"])
        target_ms = asked["seconds"] * 1000
        templates = {template.id: template for template in library.visible(self.organization, facts.lang)}
        choices = library.rank_for(self.organization, facts, target_ms, asked["seed"], safest=asked["pick"] == "safest")
        offered = [
            {"template": templates.pop(choice.template_id), "score": choice.score, "terms": choice.terms}
            for choice in choices
        ]
        not_offered = [
            {"template": template.id, "reasons": library.eligibility(template, facts, target_ms).reasons}
            for template in templates.values()
        ]
        return Response(RankOut({"offered": offered, "not_offered": not_offered}).data)
