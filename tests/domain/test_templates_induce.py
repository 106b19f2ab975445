"""From hits to templates: grouped, measured, honest, and always fillable."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from templates_engine.ad_terms import current_terms
from templates_engine.domain.abstraction import COPY_LIMIT, Said, learned_patterns, product_names, supported
from templates_engine.domain.analysis import Observation
from templates_engine.domain.beats import Camera, Framing, Role
from templates_engine.domain.choose import likeness
from templates_engine.domain.copying import Sources
from templates_engine.domain.errors import TemplatesError
from templates_engine.domain.fill import eligibility, fill
from templates_engine.domain.grouping import groups, split
from templates_engine.domain.hooks import hook_type
from templates_engine.domain.induce import Learned, Learner, TooFewVideos
from templates_engine.domain.patterns import HookType, Pattern, without_slots
from templates_engine.domain.telling import story
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.template_json import from_dict, to_dict
from templates_engine.domain.versions import continued, diff, order_of
from templates_engine.seeding import seeds
from tests.templates_engine.hits import CLASSIC, LENGTHS_MS, OFFER_LED, hit, hits
from tests.templates_engine.products import COFFEE_EN, COFFEE_ZH, LAMP_EN, LAMP_ZH, MUG_EN, MUG_ZH

TERMS = current_terms()
LEARNER = Learner(seeds(), date(2026, 11, 26), terms=TERMS, draws=4)
PRODUCTS = (MUG_ZH, COFFEE_ZH, LAMP_ZH, MUG_EN, COFFEE_EN, LAMP_EN)


def learned(count: int = 12, **known: object) -> ScriptTemplate:
    (template,) = LEARNER.learn(hits(count, **known)).templates
    return template


def test_planted_beats_come_out_in_order_with_their_lengths() -> None:
    template = learned()
    assert order_of(template) == CLASSIC
    whole = sum(LENGTHS_MS[role] for role in CLASSIC)
    for beat in template.beats:
        assert beat.share.p50 == pytest.approx(LENGTHS_MS[beat.role] / whole, abs=0.01)
    assert template.duration.p10 < template.duration.p50 < template.duration.p90


def test_what_is_measured_and_what_is_lent() -> None:
    hook, *_, cta = learned().beats
    assert (hook.camera, hook.framing) == (((Camera.PUSH, 1.0),), ((Framing.MEDIUM, 1.0),))
    assert (hook.caption_style, hook.caption_position) == ("lower_third", "bottom")
    assert hook.borrowed == ("patterns",)
    assert (hook.repeat.p50, hook.shots.p50, hook.presence, hook.optional) == (1, 1, 1.0, False)
    assert (cta.role, cta.optional) == (Role.CTA, False)
    blind = learned(pictures=False).beats[0]
    assert blind.borrowed == ("patterns", "shots", "shot_len_ms", "camera", "framing", "caption_style")


def test_music_pace_and_hooks() -> None:
    template = learned()
    assert (template.music.bpm, template.music.cut_on_beat) == (120, 0.5)
    assert 3.2 <= template.pace.p10 <= template.pace.p50 <= template.pace.p90 <= 7.0
    assert template.hooks == ((HookType.QUESTION, 1.0),)


def test_members_are_named_with_weight_and_distance() -> None:
    template = learned()
    assert len(template.members) == 12
    assert sum(member.weight for member in template.members) == pytest.approx(12, abs=0.01)
    assert {member.alignment_cost for member in template.members} <= {0, 1, 2}
    assert template.lineage.parent == ""
    assert dict(template.lineage.group) == {"category": "kitchen", "lang": "zh", "platform": "douyin"}
    assert template.stability >= 0.9


def test_without_orders_nothing_is_said_of_sales() -> None:
    template = learned()
    assert (template.engagement, template.reach) == (None, None)
    assert "没有订单数据" in template.summary.zh
    assert "No orders were reported" in template.summary.en


def test_sales_and_views_are_two_things() -> None:
    videos = [
        replace(video, metrics=(Observation("douyin", 72, 1_000 * (number + 1), orders=2),))
        for number, video in enumerate(hits(10))
    ]
    (template,) = LEARNER.learn(videos).templates
    assert (template.engagement.objective, template.engagement.videos) == ("orders_per_view", 10)
    assert (template.reach.objective, template.reach.exposure) == ("views_vs_category", 55_000)
    assert template.engagement.low90 < template.engagement.mean < template.engagement.high90
    weights = {member.video_id: member.weight for member in template.members}
    assert max(weights.values()) < 2.5 * min(weights.values())


def test_the_document_comes_back_whole() -> None:
    template = learned()
    assert from_dict(to_dict(template)) == template


@pytest.mark.parametrize("order", [CLASSIC, OFFER_LED, (Role.PAIN, Role.DEMO), tuple(Role)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_learned_template_can_be_filled(order: tuple[Role, ...], lang: str) -> None:
    template = learned(10, order=order, lang=lang)
    assert template.beats[-1].role is Role.CTA
    ours = [facts for facts in PRODUCTS if facts.lang == lang]
    able = [facts for facts in ours if eligibility(template, facts, 20_000, TERMS).ok]
    assert MUG_ZH in able or MUG_EN in able
    for facts in able:
        script = fill(template, facts, target_ms=20_000, seed=1, terms=TERMS)
        assert script.duration_ms == pytest.approx(20_000, rel=0.05)


def test_where_hits_do_not_ask_to_buy_the_last_beat_is_ours_and_said_so() -> None:
    template = learned(10, order=(Role.HOOK, Role.REVEAL, Role.SELLING_POINT))
    assert template.beats[-1].borrowed == ("beat",)
    assert template.beats[-1].presence == 0.0
    assert "最后一段是我们加的" in template.summary.zh


def test_several_selling_points_in_a_row_are_several_beats() -> None:
    order = (Role.HOOK, Role.REVEAL, Role.SELLING_POINT, Role.SELLING_POINT, Role.SELLING_POINT, Role.CTA)
    videos = [hit(f"v{number}", order) for number in range(8)]
    (template,) = LEARNER.learn(videos).templates
    assert tuple(beat.role for beat in template.beats) == order
    assert [beat.optional for beat in template.beats] == [False, False, False, True, True, False]


def test_too_few_say_how_many_are_missing() -> None:
    with pytest.raises(TooFewVideos, match="kitchen, zh: 5 videos, 3 more are needed") as refused:
        LEARNER.learn(hits(5))
    assert refused.value.missing[0].zh.startswith("kitchen, zh：有 5 条视频，还差 3 条")
    assert refused.value.extra()["missing"][0]["en"] == refused.value.missing[0].en
    with pytest.raises(TooFewVideos, match="no videos were given"):
        LEARNER.learn([])


def test_silent_videos_do_not_count() -> None:
    silent = [replace(video, lines=(), video_id=f"silent{n}") for n, video in enumerate(hits(3))]
    assert len(LEARNER.learn([*hits(8), *silent]).templates[0].members) == 8
    with pytest.raises(TooFewVideos, match="3 videos have no lines with a role"):
        LEARNER.learn([*hits(7), *silent])


def test_the_same_video_twice_is_refused() -> None:
    videos = hits(8)
    with pytest.raises(TemplatesError, match=f"{videos[0].video_id} came more than once"):
        LEARNER.learn([*videos, videos[0]])


def test_groups_forget_the_campaign_and_the_platform_only_when_too_small() -> None:
    videos = [
        *hits(9),
        *hits(5, seed=2, platform="kuaishou"),
        *hits(4, seed=3, platform="taobao"),
        *hits(3, seed=4, category="pet"),
    ]
    large, small = groups(videos)
    assert [(dict(group.known).get("platform"), len(group.videos)) for group in large] == [("douyin", 9), (None, 9)]
    assert [(dict(group.known)["category"], len(group.videos)) for group in small] == [("pet", 3)]


def test_two_ways_of_telling_are_two_templates() -> None:
    found = LEARNER.learn([*hits(14), *hits(12, OFFER_LED, seed=2)])
    assert [order_of(template) for template in found.templates] == [CLASSIC, OFFER_LED]
    assert [template.id for template in found.templates] == ["tpl_kitchen_douyin_zh_1_v1", "tpl_kitchen_douyin_zh_2_v1"]


def test_one_way_of_telling_is_not_split() -> None:
    stories = [story(video) for video in hits(40, seed=5)]
    assert split(stories, [None] * 40) == [list(range(40))]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("你家锅也粘吗？", HookType.QUESTION),
        ("天哪，这也太干净了", HookType.SHOCK),
        ("今天只要19块9", HookType.OFFER),
        ("3秒就能打开", HookType.NUMBER),
        ("别再用钢丝球刷锅了", HookType.CONTRAST),
        ("姐妹们看过来", HookType.CALL),
        ("昨晚我妈来我家", HookType.STORY),
        ("终于把厨房收拾干净了", HookType.RESULT_FIRST),
        ("Are you still scrubbing pans?", HookType.QUESTION),
        ("Stop scrubbing your pans", HookType.CONTRAST),
        ("Last night my husband burned dinner", HookType.STORY),
        ("不锈钢锅具", None),
    ],
)  # fmt: skip
def test_hook_types(text: str, kind: HookType | None) -> None:
    assert hook_type(text) is kind


def test_a_frame_that_several_videos_share_becomes_a_pattern() -> None:
    said = [
        Said("a", "到手59块9，再送一个小刷子和两卷厨房纸"),
        Said("b", "到手89元，下单的都给安排运费险"),
    ]
    sources = Sources.of(line.text for line in said)
    (pattern,) = learned_patterns(Role.OFFER, said, sources, {})
    assert (pattern.text, pattern.support) == ("到手{price}，{offer}。", 2)
    own = without_slots(pattern.text)
    assert all(likeness(own, line.text) <= COPY_LIMIT for line in said)


def test_a_sentence_that_two_videos_say_alike_is_no_pattern() -> None:
    said = [Said("a", "真的太好用了我跟你们说，不粘"), Said("b", "真的太好用了我跟你们说，省力")]
    assert learned_patterns(Role.SELLING_POINT, said, Sources.of(line.text for line in said), {}) == ()
    alone = [Said("a", "到手59块9，送刷子"), Said("a", "到手89元，送运费险")]
    assert learned_patterns(Role.OFFER, alone, Sources.of(line.text for line in alone), {}) == ()


def test_support_counts_who_speaks_in_that_way() -> None:
    said = [Said("a", "你家也这样吗"), Said("b", "你试过吗"), Said("c", "昨晚我妈来了")]
    ours = [
        Pattern.parse("{pain}？", hook_type=HookType.QUESTION),
        Pattern.parse("那天我才懂。", hook_type=HookType.STORY),
    ]
    assert [pattern.support for pattern in supported(ours, Role.HOOK, said)] == [2, 1]
    priced = [Pattern.parse("现在{price}。"), Pattern.parse("{offer}。")]
    assert [
        pattern.support for pattern in supported(priced, Role.OFFER, [Said("a", "只要9块9"), Said("b", "包邮")])
    ] == [1, 1]


def test_product_words_come_back_only_in_their_own_video() -> None:
    names = product_names({"a": ["小蓝杯真好", "快买小蓝杯"], "b": ["这个锅真好", "快买这个锅"]})
    assert "小蓝杯" in names["a"]
    assert product_names({"a": ["一次"], "b": ["两回"]}) == {"a": "", "b": ""}


def test_the_next_lesson_makes_the_next_version() -> None:
    first = continued(LEARNER.learn(hits(10)).templates, [])
    again = LEARNER.learn([*hits(10), *hits(4, seed=7)])
    (second,) = continued(again.templates, first)
    assert (second.id, second.lineage.parent) == ("tpl_kitchen_douyin_zh_1_v2", "tpl_kitchen_douyin_zh_1_v1")
    assert [words.en for words in diff(first[0], second)][-1] == "It now stands on 14 videos: 4 joined, 0 left."
    assert diff(second, second) == ()


def test_another_way_of_telling_makes_a_family_of_its_own() -> None:
    first = continued(LEARNER.learn(hits(10)).templates, [])
    (other,) = continued(LEARNER.learn(hits(10, OFFER_LED, seed=2)).templates, first)
    assert (other.id, other.lineage.parent) == ("tpl_kitchen_douyin_zh_2_v1", "")
    words = diff(first[0], replace(other, id="tpl_kitchen_douyin_zh_1_v2"))
    assert words[0].zh == "段落顺序变了：原来 开场→痛点→亮相→卖点→优惠→行动，现在 优惠→限时→演示→口碑→行动。"


def test_a_changed_length_is_told() -> None:
    short, long = (LEARNER.learn([replace(hit(f"v{n}", stretch=factor)) for n in range(8)]) for factor in (1.0, 1.5))
    assert isinstance(short, Learned)
    words = [found.en for found in diff(short.templates[0], long.templates[0])]
    assert words[0] == "The usual length is 27 s, was 18 s."


@pytest.mark.slow
def test_five_hundred_analyses_take_seconds() -> None:
    """The figure itself comes from CPU time, because other work may share the machine."""
    import time

    rng = Random(1)
    orders = [CLASSIC, OFFER_LED, (Role.HOOK, Role.DEMO, Role.SELLING_POINT, Role.SOCIAL_PROOF, Role.CTA)]
    videos = []
    for number in range(500):
        told = [role for role in orders[number % 3] if rng.random() > 0.1] or [Role.CTA]
        heard = [rng.choice(list(Role)) if rng.random() < 0.15 else role for role in told]
        videos.append(hit(f"m{number}", heard, stretch=rng.uniform(0.8, 1.2)))
    begun = time.process_time()
    found = LEARNER.learn(videos)
    assert time.process_time() - begun < 10
    assert {order_of(template) for template in found.templates} == set(map(tuple, orders))
