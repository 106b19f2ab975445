"""The words of an ad: the merchant's template, or the one that fits best, filled with the product's facts."""

from dataclasses import dataclass

from billing.models import Organization
from creative.brief import Wanted
from creative.errors import BriefRefused, NoTemplateFits, NotFound
from templates_engine import library
from templates_engine.domain.choose import Term
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.script import Script
from templates_engine.domain.template import ScriptTemplate
from templates_engine.errors import TemplateNotFound


@dataclass(frozen=True)
class Written:
    """``reasons``: why this template, in words that a merchant understands."""

    template: ScriptTemplate
    script: Script
    reasons: tuple[Term, ...]


def write(organization: Organization, facts: ProductFacts, wanted: Wanted) -> Written:
    """Raises ``NotFound``, ``BriefRefused`` (a template in another language) or ``NoTemplateFits`` with the reasons."""
    if wanted.template_id:
        template = _named(organization, wanted.template_id, facts.lang)
        choices = library.rank_one(template, facts, wanted.target_ms, wanted.seed)
        if not choices:
            raise NoTemplateFits(_why_not(template, facts, wanted))
    else:
        choices = library.rank_for(organization, facts, wanted.target_ms, wanted.seed, safest=wanted.pick == "safest")
        if not choices:
            everything = library.visible(organization, facts.lang)
            reasons = dict.fromkeys(why for one in everything for why in _why_not(one, facts, wanted))
            raise NoTemplateFits(list(reasons))
        template = library.get(choices[0].template_id, organization)
    script = library.fill(template, facts, target_ms=wanted.target_ms, seed=wanted.seed)
    return Written(template, script, choices[0].terms)


def _named(organization: Organization, template_id: str, lang: str) -> ScriptTemplate:
    try:
        template = library.get(template_id, organization)
    except TemplateNotFound as error:
        raise NotFound("模板", "template") from error
    if template.lang != lang:
        raise BriefRefused(
            f"模板 {template_id} 是 {template.lang} 的，请选择同一语言的模板。",
            f"template {template_id} is written in {template.lang}: choose one in {lang}.",
        )
    return template


def _why_not(template: ScriptTemplate, facts: ProductFacts, wanted: Wanted) -> list[tuple[str, str]]:
    """What a merchant can do about a template that does not fit, as (zh, en) pairs."""
    return [(reason.zh, reason.en) for reason in library.eligibility(template, facts, wanted.target_ms).reasons]
