"""Templates and scripts as documents: nothing is lost, and nothing malformed gets in."""

import copy
import json
from dataclasses import replace

import pytest

from templates_engine.domain.errors import ScriptInvalid, TemplateInvalid
from templates_engine.domain.fill import fill
from templates_engine.domain.script_json import script_from_dict, script_to_dict
from templates_engine.domain.template import Engagement, Member, ScriptTemplate, Spread
from templates_engine.domain.template_json import from_dict, to_dict
from templates_engine.seeding import seeds
from tests.templates_engine.products import MUG_ZH

SEED = next(seed for seed in seeds() if seed.id == "tpl_pain_led_zh_v1")


@pytest.mark.parametrize("template", seeds(), ids=lambda template: template.id)
def test_a_template_survives_json(template: ScriptTemplate) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(template)))) == template


def test_a_learned_template_survives_json() -> None:
    learned = replace(
        SEED,
        engagement=Engagement("orders_per_view", 12, 184_300, 0.0013, 0.0007, 0.0022),
        stability=0.83,
        members=(Member("vid_1", 0.8),),
    )
    assert from_dict(json.loads(json.dumps(to_dict(learned)))) == learned


def test_key_order_does_not_matter() -> None:
    document = to_dict(SEED)
    for beat in document["beats"]:
        beat["camera"] = dict(reversed(beat["camera"].items()))
    assert from_dict(document) == SEED


def test_version_and_family_come_from_the_id() -> None:
    assert (SEED.family, SEED.version) == ("tpl_pain_led_zh", 1)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["id"], "pain_led", "must look like"),
        (["id"], 7, "should be text"),
        (["schema"], 2, "schema 2 is not known"),
        (["lang"], "de", "zh or en"),
        (["duration_ms"], {"p10": 3, "p50": 2, "p90": 4}, "rise from p10"),
        (["duration_ms", "p50"], "18", "should be a number"),
        (["duration_ms", "p50"], True, "should be a number"),
        (["music", "bpm"], 99.5, "whole number"),
        (["beats"], [], "last beat"),
        (["beats"], "hook", "should be a list"),
        (["beats", -1, "optional"], True, "last beat"),
        (["beats", -1, "optional"], "no", "true or false"),
        (["beats", 0, "role"], "intro", "ValueError"),
        (["beats", 0, "presence"], 1.5, "between 0 and 1"),
        (["beats", 0, "patterns"], [], "can not be empty"),
        (["beats", 0, "caption_style"], "comic", "caption_style"),
        (["beats", 0, "camera"], ["push"], "should be a mapping"),
        (["beats", 0, "patterns", 0, "slots"], [], "its slots are not"),
        (["provenance", "created"], "yesterday", "ValueError"),
    ],
)
def test_a_broken_template_names_what_is_wrong(path: list[str | int], value: object, message: str) -> None:
    document = copy.deepcopy(to_dict(SEED))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(TemplateInvalid, match=message):
        from_dict(document)


@pytest.mark.parametrize("document", [[], "text", None, {}])
def test_no_template_at_all(document: object) -> None:
    with pytest.raises(TemplateInvalid, match="template: "):
        from_dict(document)


def test_a_broken_script_is_refused() -> None:
    document = script_to_dict(fill(SEED, MUG_ZH, target_ms=15_000, seed=1))
    assert script_from_dict(document).seed == 1
    for key, value in (("beats", None), ("seed", "1"), ("lang", 3), ("dropped", "none")):
        with pytest.raises(ScriptInvalid):
            script_from_dict(document | {key: value})
    with pytest.raises(ScriptInvalid):
        script_from_dict({})


def test_a_spread_can_be_flat_but_not_negative() -> None:
    assert Spread(2, 2, 2).p50 == 2
    with pytest.raises(TemplateInvalid, match="rise"):
        Spread(-1, 0, 1)
