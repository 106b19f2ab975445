"""The library: seeds load by themselves, versions never change, what is private stays private."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from billing.models import Organization
from templates_engine import library
from templates_engine.domain.fill import CannotFill
from templates_engine.domain.script_json import script_to_dict
from templates_engine.domain.template_json import to_dict
from templates_engine.errors import TemplateInvalid, TemplateNotFound, TemplateTaken
from templates_engine.models import TemplateVersion
from templates_engine.seeding import seeds
from tests.templates_engine.products import COFFEE_ZH, MUG_EN, MUG_ZH

SCHEMAS = Path(library.__file__).parent / "schema"
SEED_IDS = sorted(seed.id for seed in seeds())

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Organization:
    return Organization.objects.create(name="Alice's shop")


@pytest.fixture
def charlie() -> Organization:
    return Organization.objects.create(name="Charlie's shop")


def own(template_id: str = "tpl_mine_zh_v1") -> dict[str, object]:
    seed = next(seed for seed in seeds() if seed.id == "tpl_reveal_led_zh_v1")
    return to_dict(replace(seed, id=template_id))


def rows() -> list[tuple[str, bool]]:
    return list(TemplateVersion.objects.values_list("template_id", "active"))


def test_seeds_load_on_first_use_and_only_once(alice: Organization) -> None:
    assert rows() == []
    assert [template.id for template in library.visible(alice)] == SEED_IDS
    assert library.load_seeds() == 0
    assert rows() == [(template_id, True) for template_id in SEED_IDS]


def test_a_seed_comes_back_as_it_was_written(alice: Organization) -> None:
    for seed in seeds():
        assert library.get(seed.id, alice) == seed == library.get(seed.id, None)


def test_there_are_enough_different_structures() -> None:
    for lang in ("zh", "en"):
        ours = [seed for seed in seeds() if seed.lang == lang]
        assert len(ours) == 7
        assert len({tuple(beat.role for beat in seed.beats) for seed in ours}) == 7
        assert all(len(beat.patterns) >= 4 for seed in ours for beat in seed.beats)
        assert all(seed.engagement is None and seed.stability is None and seed.members == () for seed in ours)


def test_seeds_pass_what_a_published_template_must() -> None:
    for seed in seeds():
        assert library.validated(to_dict(seed)) == seed


def test_visible_in_one_language() -> None:
    assert {template.lang for template in library.visible(None, "en")} == {"en"}
    assert library.visible(None, "de") == ()


def test_private_templates_are_seen_by_their_owner_alone(alice: Organization, charlie: Organization) -> None:
    library.publish(own(), alice)
    assert library.get("tpl_mine_zh_v1", alice).id == "tpl_mine_zh_v1"
    assert "tpl_mine_zh_v1" in {template.id for template in library.visible(alice)}
    for other in (charlie, None):
        assert "tpl_mine_zh_v1" not in {template.id for template in library.visible(other)}
        with pytest.raises(TemplateNotFound, match="tpl_mine_zh_v1"):
            library.get("tpl_mine_zh_v1", other)


def test_a_version_never_changes(alice: Organization, charlie: Organization) -> None:
    first = library.publish(own(), alice)
    assert library.publish(own(), alice).pk == first.pk
    changed = own() | {"music": {"mood": "sad", "bpm": 60}}
    before = rows()
    for document, organization in ((changed, alice), (own(), charlie), (own(), None)):
        with pytest.raises(TemplateTaken, match="never changes") as taken:
            library.publish(document, organization)
        assert (taken.value.status, taken.value.extra()) == (409, {})
    assert rows() == before
    assert TemplateVersion.objects.get(pk=first.pk).document == own()


def test_a_new_version_retires_the_older_but_scripts_still_find_it(alice: Organization) -> None:
    library.publish(own("tpl_mine_zh_v1"), alice)
    library.publish(own("tpl_mine_zh_v2"), alice)
    offered = {template.id for template in library.visible(alice)}
    assert "tpl_mine_zh_v2" in offered
    assert "tpl_mine_zh_v1" not in offered
    assert library.get("tpl_mine_zh_v1", alice).version == 1


def test_retiring_touches_no_other_owner(alice: Organization, charlie: Organization) -> None:
    library.publish(own("tpl_mine_zh_v1"), alice)
    library.publish(own("tpl_mine_zh_v2"), charlie)
    assert dict(rows())["tpl_mine_zh_v1"] is True


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["lang"], "de", "lang: 'de' is not one of"),
        (["viral_score"], 99, "the document: .*viral_score"),
        (["beats", 0, "patterns", 0, "text"], "", "beats/0/patterns/0/text"),
        (["beats", 0, "shot_len_ms", "p50"], 0, "beats/0/shot_len_ms/p50"),
        (["beats", 0, "patterns", 0], {"text": "卖了99件", "caption": "", "slots": [], "support": 0, "hook_type": None},
         "may not say 99件"),
        (["beats", 0, "patterns", 0], {"text": "全网最好", "caption": "", "slots": [], "support": 0, "hook_type": None},
         "may not say 最"),
    ],
)  # fmt: skip
def test_a_bad_document_is_refused_and_nothing_stored(path: list[str | int], value: object, message: str) -> None:
    document = copy.deepcopy(own())
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(TemplateInvalid, match=message):
        library.publish(document)
    assert rows() == []


def test_schemas_are_valid_and_fit_what_we_write() -> None:
    for name in ("script_template.json", "script.json"):
        Draft202012Validator.check_schema(json.loads((SCHEMAS / name).read_text(encoding="utf-8")))
    script_schema = Draft202012Validator(json.loads((SCHEMAS / "script.json").read_text(encoding="utf-8")))
    for facts in (MUG_ZH, MUG_EN):
        for template in library.visible(None, facts.lang):
            script = library.fill(template, facts, target_ms=18_000, seed=4)
            assert list(script_schema.iter_errors(script_to_dict(script))) == []


def test_ranking_and_filling_bring_the_advertising_words(alice: Organization) -> None:
    facts = replace(COFFEE_ZH, selling_points=("全网最低价",))
    template = library.get("tpl_reveal_led_zh_v1", alice)
    assert library.rank_for(alice, facts, 15_000, 1) == ()
    assert [reason.code for reason in library.eligibility(template, facts, 15_000).reasons] == [
        "fact_missing",
        "blocked_term",
    ]
    with pytest.raises(CannotFill):
        library.fill(template, facts, target_ms=15_000, seed=1)
    assert len(library.rank_for(alice, COFFEE_ZH, 15_000, 1)) == 6


def test_a_private_template_is_ranked_for_its_owner(alice: Organization, charlie: Organization) -> None:
    library.publish(own(), alice)
    assert "tpl_mine_zh_v1" in {choice.template_id for choice in library.rank_for(alice, COFFEE_ZH, 15_000, 1)}
    assert "tpl_mine_zh_v1" not in {choice.template_id for choice in library.rank_for(charlie, COFFEE_ZH, 15_000, 1)}
