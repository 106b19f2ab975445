"""The verb: write a script, with the operator's language model where there is one."""

from collections.abc import Sequence

from templates_engine import library
from templates_engine.ad_terms import current_terms
from templates_engine.domain.copying import sources_of
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.slots import usable
from templates_engine.domain.template import ScriptTemplate
from templates_engine.language_model.server import configured
from templates_engine.language_model.writer import Desk, Written, write
from templates_engine.sources import sources_of_template


def write_script(
    template: ScriptTemplate, facts: ProductFacts, *, target_ms: int, seed: int, sources: Sequence[str] = ()
) -> Written:
    """``library.fill``, said by the language model where one is configured and its words pass; ``sources`` are lines that
    must not be repeated, in place of those of the template's member videos. Raises CannotFill and ModelMisconfigured.
    """
    draft = library.fill(template, facts, target_ms=target_ms, seed=seed)
    model = configured()
    if model is None:
        return Written(draft)
    rules = current_terms()
    rate = template.pace.p50
    guarded = sources_of(tuple(sources)) if sources else sources_of_template(template)
    return write(Desk(draft, facts, rules, usable(facts, rules, rate), rate, guarded), model)
