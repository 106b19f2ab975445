"""Searching the library: each filter alone, together, in a sensible order; retiring and bringing back versions."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.models import Organization
from templates_engine import library, versions
from templates_engine.domain import search
from templates_engine.domain.patterns import HookType
from templates_engine.domain.search import Query, Source, matches, openings
from templates_engine.domain.template import ANY_CATEGORY, Lineage, Member, ScriptTemplate, Spread, Words
from templates_engine.domain.template_json import to_dict
from templates_engine.errors import TemplateNotFound
from templates_engine.models import TemplateVersion
from templates_engine.seeding import seeds

SEEDS = seeds()
REVEAL = next(seed for seed in SEEDS if seed.id == "tpl_reveal_led_zh_v1")


@pytest.fixture
def alice(db: None) -> Organization:
    return Organization.objects.create(name="Alice's shop")


@pytest.fixture
def charlie(db: None) -> Organization:
    return Organization.objects.create(name="Charlie's shop")


def own(template_id: str = "tpl_mine_zh_v1", **changes: object) -> ScriptTemplate:
    return replace(REVEAL, id=template_id, **changes)


def learned(template_id: str = "tpl_mine_zh_v1", members: int = 8, **changes: object) -> ScriptTemplate:
    named = tuple(Member(f"secret-{number}.mp4", 1.0) for number in range(members))
    return own(template_id, members=named, lineage=Lineage("", (("category", "kitchen"),), members), **changes)


def ids(found: tuple[library.Listed, ...]) -> list[str]:
    return [one.template.id for one in found]


def active(template_ids: list[str]) -> list[bool]:
    rows = dict(TemplateVersion.objects.values_list("template_id", "active"))
    return [rows[template_id] for template_id in template_ids]


def test_without_a_question_everything_that_may_be_used_is_found(alice: Organization) -> None:
    assert sorted(ids(library.search(alice))) == sorted(template.id for template in library.visible(alice))
    assert {one.source for one in library.search(alice)} == {Source.OURS}
    assert all(one.active and one.shared_by == "" for one in library.search(alice))


def test_own_come_first_and_of_them_those_learned_from_most(alice: Organization, charlie: Organization) -> None:
    library.publish(to_dict(learned("tpl_few_zh_v1", 8)), alice)
    library.publish(to_dict(learned("tpl_many_zh_v1", 20)), alice)
    library.publish(to_dict(learned("tpl_theirs_zh_v1", 30)), charlie)
    found = library.search(alice)
    assert ids(found)[:2] == ["tpl_many_zh_v1", "tpl_few_zh_v1"]
    assert ids(library.search(alice, Query(source=Source.LEARNED))) == ["tpl_many_zh_v1", "tpl_few_zh_v1"]
    assert ids(library.search(alice, Query(source=Source.OURS))) == ids(found)[2:]
    assert library.search(alice, Query(source=Source.SHARED)) == ()
    assert "tpl_theirs_zh_v1" not in ids(found)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tpl_mine", True),
        ("限时清仓", True),
        ("ＦＬＡＳＨ", True),  # full width
        ("clearance flash", True),  # any order
        ("flash 夏天", False),
        ("厨房", True),  # the name of its category
        ("亮相", True),  # a beat
        ("   ", True),
        ("zzz", False),
    ],
)
def test_words_are_looked_for_everywhere_in_a_template(alice: Organization, words: str, *, found: bool) -> None:
    library.publish(
        to_dict(own(name=Words("限时清仓", "Flash clearance"), category=("kitchen",))),
        alice,
    )
    mine = library.search(alice, Query(words=words, source=Source.LEARNED))
    assert ids(mine) == (["tpl_mine_zh_v1"] if found else [])


def test_a_category_is_found_by_code_by_name_and_where_any_fits(alice: Organization) -> None:
    library.publish(to_dict(own("tpl_kitchen_zh_v1", category=("kitchen",))), alice)
    library.publish(to_dict(own("tpl_any_zh_v1", category=(ANY_CATEGORY,))), alice)
    library.publish(to_dict(own("tpl_pet_zh_v1", category=("pet",))), alice)
    library.publish(to_dict(own("tpl_rare_zh_v1", category=("渔具",))), alice)
    for category in ("kitchen", "保温杯", "Kitchen"):
        found = library.search(alice, Query(category=category, source=Source.LEARNED))
        assert ids(found) == ["tpl_kitchen_zh_v1", "tpl_any_zh_v1"], category  # the exact one first
    assert ids(library.search(alice, Query(category="渔具", source=Source.LEARNED))) == [
        "tpl_rare_zh_v1",
        "tpl_any_zh_v1",
    ]


def test_the_categories_are_those_of_what_is_on_offer(alice: Organization, charlie: Organization) -> None:
    named = {code for seed in SEEDS for code in seed.category} - {ANY_CATEGORY}
    assert library.categories(alice) == tuple(sorted(named))
    library.publish(to_dict(own(category=("渔具", ANY_CATEGORY))), alice)
    assert library.categories(alice) == tuple(sorted({*named, "渔具"}))
    assert library.categories(charlie) == tuple(sorted(named))
    versions.retire(alice, "tpl_mine_zh_v1")
    assert library.categories(alice) == tuple(sorted(named))


def test_language_and_length_with_both_bounds_included(alice: Organization) -> None:
    library.publish(to_dict(own("tpl_twenty_zh_v1", duration=Spread(15_000, 20_000, 26_000))), alice)
    for low, high, found in ((20, 20, True), (None, 19.9, False), (20.1, None, False), (None, None, True)):
        query = Query(seconds_min=low, seconds_max=high, source=Source.LEARNED)
        assert bool(library.search(alice, query)) is found, (low, high)
    assert {one.template.lang for one in library.search(alice, Query(lang="en"))} == {"en"}
    assert library.search(alice, Query(lang="en", source=Source.LEARNED)) == ()


def test_a_hook_must_open_a_quarter_of_the_ads(alice: Organization) -> None:
    hooks = ((HookType.QUESTION, 0.6), (HookType.STORY, 0.25), (HookType.NUMBER, 0.1))
    library.publish(to_dict(own(hooks=hooks)), alice)
    for hook, found in ((HookType.QUESTION, 1), (HookType.STORY, 1), (HookType.NUMBER, 0), (HookType.CALL, 0)):
        assert len(library.search(alice, Query(hook=hook, source=Source.LEARNED))) == found, hook


def test_how_a_seed_opens_is_counted_in_its_patterns() -> None:
    contrast = next(seed for seed in SEEDS if seed.id == "tpl_contrast_en_v1")
    assert openings(contrast)[0] == (HookType.CONTRAST, 4 / 6)
    for seed in SEEDS:
        shares = [share for _, share in openings(seed)]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1 + 1e-9


QUERIES = st.builds(
    Query,
    words=st.sampled_from(["", "a", "的", "卖点 优惠", "hook"]),
    category=st.sampled_from(["", "kitchen", "pet", "电饭锅"]),
    lang=st.sampled_from(["", "zh", "en"]),
    seconds_min=st.one_of(st.none(), st.floats(0, 40)),
    seconds_max=st.one_of(st.none(), st.floats(0, 40)),
    hook=st.one_of(st.none(), st.sampled_from(HookType)),
)


@pytest.mark.slow
@given(QUERIES)
def test_every_filter_only_narrows(query: Query) -> None:
    found = {seed.id for seed in SEEDS if matches(seed, query)}
    nothing = Query()
    for name in ("words", "category", "lang", "seconds_min", "seconds_max", "hook"):
        wider = replace(query, **{name: getattr(nothing, name)})
        assert found <= {seed.id for seed in SEEDS if matches(seed, wider)}
        alone = replace(nothing, **{name: getattr(query, name)})
        assert found <= {seed.id for seed in SEEDS if matches(seed, alone)}


@given(st.text(max_size=30))
def test_any_words_can_be_asked(words: str) -> None:
    assert all(isinstance(matches(seed, Query(words=words, category=words)), bool) for seed in SEEDS[:3])


def test_a_retired_version_is_offered_no_more_and_comes_back_in_place_of_the_others(alice: Organization) -> None:
    for number in (1, 2, 3):
        library.publish(to_dict(own(f"tpl_mine_zh_v{number}")), alice)
    mine = [f"tpl_mine_zh_v{number}" for number in (1, 2, 3)]
    assert active(mine) == [False, False, True]
    versions.reactivate(alice, "tpl_mine_zh_v1")
    assert active(mine) == [True, False, False]
    assert ids(library.search(alice, Query(source=Source.LEARNED))) == ["tpl_mine_zh_v1"]
    assert library.search(alice, Query(retired=True)) == ()
    versions.retire(alice, "tpl_mine_zh_v1")
    assert active(mine) == [False, False, False]
    assert library.search(alice, Query(source=Source.LEARNED)) == ()
    retired = library.search(alice, Query(retired=True))
    assert [(one.template.id, one.active) for one in retired] == [("tpl_mine_zh_v3", False)]
    assert library.get("tpl_mine_zh_v1", alice).version == 1
    versions.reactivate(alice, "tpl_mine_zh_v3")
    assert active(mine) == [False, False, True]


def test_nobody_retires_what_is_not_their_own(alice: Organization, charlie: Organization) -> None:
    library.publish(to_dict(own()), alice)
    before = list(TemplateVersion.objects.order_by("pk").values())
    for verb in (versions.retire, versions.reactivate):
        for template_id in ("tpl_mine_zh_v1", "tpl_reveal_led_zh_v1", "tpl_nothing_zh_v1"):
            with pytest.raises(TemplateNotFound):
                verb(charlie, template_id)
    with pytest.raises(TemplateNotFound):
        versions.retire(alice, "tpl_reveal_led_zh_v1")  # public: everybody's
    assert [row for row in TemplateVersion.objects.order_by("pk").values() if row["organization_id"]] == before


def test_versions_are_listed_newest_first_and_compared(alice: Organization, charlie: Organization) -> None:
    library.publish(to_dict(learned("tpl_mine_zh_v1", 8)), alice)
    longer = learned("tpl_mine_zh_v2", 10, duration=Spread(15_000, 24_000, 30_000))
    library.publish(to_dict(longer), alice)
    listed = versions.history(alice, "tpl_mine_zh_v1")
    assert [(one.template.id, one.active) for one in listed] == [("tpl_mine_zh_v2", True), ("tpl_mine_zh_v1", False)]
    told = versions.compare(alice, "tpl_mine_zh_v1", "tpl_mine_zh_v2")
    assert [change.zh for change in told.changes] == [
        f"常见时长从 {REVEAL.duration.p50 / 1000:.0f} 秒变为 24 秒。",
        "现在学自 10 条视频：新增 2 条，去掉 0 条。",
    ]
    assert versions.compare(alice, "tpl_mine_zh_v1", "tpl_mine_zh_v1").changes == ()
    for old, new in (("tpl_reveal_led_zh_v1", "tpl_mine_zh_v1"), ("tpl_mine_zh_v1", "tpl_none_zh_v1")):
        with pytest.raises(TemplateNotFound):
            versions.compare(alice, old, new)
    for verb in (lambda: versions.history(charlie, "tpl_mine_zh_v1"),
                 lambda: versions.compare(charlie, "tpl_mine_zh_v1", "tpl_mine_zh_v2")):  # fmt: skip
        with pytest.raises(TemplateNotFound):
            verb()


def test_a_family_of_the_same_name_of_somebody_else_is_not_its_history(
    alice: Organization, charlie: Organization
) -> None:
    library.publish(to_dict(own("tpl_mine_zh_v1")), alice)
    library.publish(to_dict(own("tpl_mine_zh_v2")), charlie)
    assert [one.template.id for one in versions.history(alice, "tpl_mine_zh_v1")] == ["tpl_mine_zh_v1"]
    with pytest.raises(TemplateNotFound):
        versions.compare(alice, "tpl_mine_zh_v1", "tpl_mine_zh_v2")


def test_the_history_of_a_seed_is_there_before_anybody_listed_it(alice: Organization) -> None:
    assert [one.template.id for one in versions.history(alice, REVEAL.id)] == [REVEAL.id]


def test_the_search_says_what_a_usual_hook_is() -> None:
    assert search.USUAL_HOOK == 0.25
