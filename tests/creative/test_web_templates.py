"""The pages of the template library: found, understood, used for an ad, lent and taken back."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.models import Organization
from billing.organizations import add_member
from creative import production
from creative.manifest import manifest
from creative.models import Ad
from creative.web import template_words
from creative.web.template_chart import chart_of, interval_svg, mini_svg, mix_svg, row_svg
from templates_engine import library, sharing
from templates_engine.domain.patterns import Pattern
from templates_engine.domain.template import Engagement, Spread
from templates_engine.models import TemplateShare, TemplateVersion
from templates_engine.seeding import seeds
from tests.creative.film_crew import Crew, finish
from tests.creative.lent import LENT, MINE, agency, learned, offer, own_template
from tests.creative.shops import Shop

SEED = "tpl_reveal_led_zh_v1"


@pytest.fixture
def visitor(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)  # type: ignore[arg-type]
    return client


def text(client: Client, name: str, *args: str, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return plain(answer.content.decode())


def plain(html: str) -> str:
    """What is read of a page, runs of space made one."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


def cards(client: Client, **query: str) -> list[str]:
    html = client.get(reverse("templates"), query).content.decode()
    return re.findall(r'<li class="tpl-card[^>]*>\s*<a href="/templates/([^"]+)"', html)


def owner_of(organization: Organization, django_user_model: type) -> object:
    user = django_user_model.objects.create_user("mcn")  # type: ignore[attr-defined]
    add_member(organization, user, "owner")
    return user


def world() -> list[object]:
    library.load_seeds()  # the first request would
    return [list(model.objects.order_by("pk").values()) for model in (TemplateShare, TemplateVersion, Ad)]


# --- finding ----------------------------------------------------------------------------------------------------------


def test_the_library_shows_what_may_be_used_as_cards(visitor: Client, alice: Shop, charlie: Shop) -> None:
    own_template(alice.organization)
    own_template(charlie.organization, "tpl_theirs_zh_v1")
    shown = cards(visitor)
    assert shown[0] == MINE
    assert sorted(shown) == sorted(template.id for template in library.visible(alice.organization))
    page = text(visitor, "templates")
    assert "保温杯 · 提问开场" in page
    assert "9 条爆款" in page
    assert alice.organization.public_id in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "保温杯"}, [MINE]),
        ({"q": "没有这个词"}, []),
        ({"source": "learned"}, [MINE]),
        ({"source": "shared"}, []),
        ({"source": "retired"}, []),
        ({"lang": "zh", "source": "learned", "length": "15-20"}, [MINE]),
        ({"length": "30-", "source": "learned"}, []),
        ({"hook": "result_first", "source": "learned"}, [MINE]),
        ({"hook": "number", "source": "learned"}, []),
    ],
)
def test_a_search_is_an_address(visitor: Client, alice: Shop, query: dict[str, str], found: list[str]) -> None:
    own_template(alice.organization)
    assert cards(visitor, **query) == found
    page = text(visitor, "templates", **query)
    assert f"找到 {len(found)} 个模板" in page
    assert ("没有这样的模板" in page) is (not found)


def test_a_filter_that_is_no_choice_is_told_and_not_used(visitor: Client, alice: Shop) -> None:
    own_template(alice.organization)
    for query in ({"lang": "klingon"}, {"hook": "'; drop"}, {"category": "x"}, {"source": "all"}, {"q": "a" * 101}):
        assert "有一个条件看不懂" in text(visitor, "templates", **query)
        assert MINE in cards(visitor, **query)


def test_pages_keep_what_was_asked(visitor: Client, alice: Shop) -> None:
    for number in range(14):
        own_template(alice.organization, f"tpl_m{number}_zh_v1")
    html = visitor.get(reverse("templates"), {"source": "learned"}).content.decode()
    assert 'href="?source=learned&amp;page=2"' in html
    first, second = cards(visitor, source="learned"), cards(visitor, source="learned", page="2")
    assert (len(first), len(second), len({*first, *second})) == (12, 2, 14)
    assert cards(visitor, source="learned", page="99") == second


# --- one template -----------------------------------------------------------------------------------------------------


def test_a_learned_template_tells_all_that_is_known_of_it(visitor: Client, alice: Shop) -> None:
    own_template(alice.organization)
    page = text(visitor, "template", MINE)
    for said in (
        "87%",  # stability
        "约为同类中位数的 1.2 倍，九成把握在 0.84 到 1.6 之间",
        "按 9 条视频、共 252,859 次播放估计",
        "每千次播放约 2.1 单，九成把握在 1.4 到 2.9 之间",
        "每千次 1.8 单",
        "our own videos",
        "品类 厨房用品",
        "secret-3.mp4",
        "第 1 版",
        "这里没有「爆款分」",
    ):
        assert said in page, said


def test_a_seed_says_that_no_video_stands_behind_it(visitor: Client) -> None:
    page = text(visitor, "template", SEED)
    assert "我们自己写的" in page
    assert "它不是从视频学来的，没有播放数据" in page
    assert "它不是从视频学来的，没有订单数据" in page
    assert "不是学来的，没有这个数" in page
    assert "共享给" not in page


def test_every_number_of_the_chart_stands_in_the_table_too(visitor: Client, alice: Shop) -> None:
    own_template(alice.organization)
    html = visitor.get(reverse("template", args=[MINE])).content.decode()
    chart = chart_of(learned())
    rows = re.findall(r"<tr><th scope=\"row\">(\d+)\. [^<]*</th>(.*?)</tr>", html, re.DOTALL)[: len(chart.bars)]
    assert [int(number) for number, _ in rows] == [bar.number for bar in chart.bars]
    for bar, (_, cells) in zip(chart.bars, rows, strict=True):
        assert f"{bar.beat.share.p50:.0%} ({bar.beat.share.p10:.0%}–{bar.beat.share.p90:.0%})" in cells
    assert html.count('class="tl-row') == len(chart.bars)
    assert html.count('aria-hidden="true"') >= len(chart.bars)
    assert " style=" not in html  # the policy allows none


def test_english_readers_get_english_names(visitor: Client, alice: Shop) -> None:
    own_template(alice.organization)
    visitor.post(reverse("set_language"), {"language": "en"})
    page = text(visitor, "template", MINE)
    assert "Mugs: question opening" in page
    assert "Push in" in page


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_versions_are_compared_and_one_is_used_again(visitor: Client, alice: Shop) -> None:
    own_template(alice.organization)
    own_template(alice.organization, "tpl_mine_zh_v2", duration=Spread(20_000, 26_000, 31_000))
    page = text(visitor, "template", "tpl_mine_zh_v2")
    assert "秒变为 26 秒" in page
    assert "这是旧版本，新广告用的是第 2 版" in text(visitor, "template", MINE)
    same = text(visitor, "template", MINE, **{"from": MINE, "to": MINE})
    assert "这两版没有值得一说的差别" in same
    unknown = visitor.get(reverse("template", args=[MINE]), {"from": SEED, "to": MINE})
    assert unknown.status_code == 404

    answer = visitor.post(reverse("template-reactivate", args=[MINE]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("template", args=[MINE]))
    assert cards(visitor, source="learned") == [MINE]
    made = production.draft(alice.organization, product=alice.product, lang="zh", template_id="tpl_mine_zh_v2")
    assert "保温杯 · 提问开场" in text(visitor, "ad", made.ad.public_id)  # an ad of a version that is not offered
    visitor.post(reverse("template-retire", args=[MINE]))
    assert cards(visitor, source="learned") == []
    assert cards(visitor, source="retired") == ["tpl_mine_zh_v2"]
    page = text(visitor, "template", MINE)
    assert "这个模板已停用" in page
    assert "用它做广告" not in page


def test_nobody_retires_a_template_of_ours(visitor: Client) -> None:
    library.load_seeds()
    before = world()
    for name in ("template-retire", "template-reactivate"):
        assert visitor.post(reverse(name, args=[SEED])).status_code == 404
    assert world() == before


# --- making an ad -----------------------------------------------------------------------------------------------------


def test_from_a_template_to_the_order_form_with_it_chosen(visitor: Client, alice: Shop) -> None:
    own_template(alice.organization)
    html = visitor.get(reverse("template-use", args=[MINE])).content.decode()
    (address,) = re.findall(r'href="([^"]*/new-ad\?[^"]*)"', html)
    form = visitor.get(unescape(address)).content.decode()
    chosen = re.findall(r'name="template" value="([^"]+)" checked', form)
    assert chosen == [MINE]
    assert 'name="seconds" value="15" checked' in form


def test_what_stands_in_the_way_is_said(visitor: Client, alice: Shop) -> None:
    own_template(alice.organization)
    alice.product.assets.update(product=None)
    assert "还没有照片，先上传至少一张" in text(visitor, "template-use", MINE)
    alice.product.texts.filter(lang="zh").update(selling_points=[])
    alice.product.texts.filter(lang="zh").delete()
    assert "还没有填中文资料的商品" in text(visitor, "template-use", MINE)


# --- sharing ----------------------------------------------------------------------------------------------------------


def test_a_merchant_accepts_uses_and_gives_back(visitor: Client, alice: Shop) -> None:
    share = offer(alice.organization)
    assert "机构 「Star MCN」 想把模板 「保温杯 · 提问开场」 共享给你" in text(visitor, "templates")
    assert visitor.get(reverse("template", args=[LENT])).status_code == 404
    assert LENT not in cards(visitor)

    visitor.post(reverse("template-share-accept", args=[share.public_id]))
    assert cards(visitor, source="shared") == [LENT]
    page = text(visitor, "template", LENT)
    assert "机构共享 · Star MCN" in page
    assert "不能改它" in page
    assert "secret-" not in page
    assert "停用" not in page
    made = production.draft(alice.organization, product=alice.product, lang="zh", template_id=LENT)

    visitor.post(reverse("template-share-end", args=[share.public_id]))
    assert cards(visitor, source="shared") == []
    assert visitor.get(reverse("template", args=[LENT])).status_code == 404
    assert visitor.get(reverse("template-use", args=[LENT])).status_code == 404
    kept = visitor.get(reverse("ad", args=[made.ad.public_id]))
    assert kept.status_code == 200
    assert "保温杯 · 提问开场" in kept.content.decode()  # its name is still told
    assert Ad.objects.get(pk=made.ad.pk).template_id == LENT


def test_an_ad_under_way_is_finished_after_the_template_was_taken_back(alice: Shop, crew: Crew) -> None:
    owner = agency()
    share = offer(alice.organization, owner)
    sharing.accept(alice.organization, share.public_id)
    made = production.draft(alice.organization, product=alice.product, lang="zh", template_id=LENT)
    production.order(made.ad)
    sharing.end(owner, share.public_id)
    ready = finish(made.ad, crew)
    assert ready.state == Ad.State.READY
    told = manifest(ready, wall_s=1.0)["template"]
    assert told["members"] == [str(number) for number in range(1, 10)]


def test_an_agency_shares_by_number_and_takes_back(client: Client, alice: Shop, django_user_model: type) -> None:
    owner = agency()
    own_template(owner, LENT)
    client.force_login(owner_of(owner, django_user_model))  # type: ignore[arg-type]
    client.post(reverse("template-share", args=[LENT]), {"to": alice.organization.public_id})
    (share,) = TemplateShare.objects.all()
    assert (share.to_organization, share.created_by, share.accepted_at) == (alice.organization, "mcn", None)
    assert "等对方接受" in text(client, "template", LENT)
    assert "alice's shop" in text(client, "templates")
    client.post(reverse("template-share-end", args=[share.public_id]))
    assert not TemplateShare.objects.exists()


def test_a_wrong_number_is_told_on_the_page_and_kept_in_the_field(client: Client, django_user_model: type) -> None:
    owner = agency()
    own_template(owner, LENT)
    client.force_login(owner_of(owner, django_user_model))  # type: ignore[arg-type]
    before = world()
    for number, status, said in (("org_nobody", 404, "没有这个商家编号"), (owner.public_id, 422, "这是你自己的编号")):
        answer = client.post(reverse("template-share", args=[LENT]), {"to": number})
        assert answer.status_code == status
        assert said in answer.content.decode()
        assert f'value="{number}"' in answer.content.decode()
    assert world() == before


def test_a_merchant_is_told_that_agencies_share(visitor: Client, alice: Shop, charlie: Shop) -> None:
    own_template(alice.organization)
    before = world()
    assert "机构账户才能把模板共享给商家" in text(visitor, "template", MINE)
    answer = visitor.post(reverse("template-share", args=[MINE]), {"to": charlie.organization.public_id})
    assert answer.status_code == 403
    assert world() == before


def test_a_stranger_neither_accepts_nor_ends(client: Client, alice: Shop, charlie: Shop) -> None:
    share = offer(alice.organization)
    client.force_login(charlie.owner)  # type: ignore[arg-type]
    before = world()
    for name in ("template-share-accept", "template-share-end"):
        assert client.post(reverse(name, args=[share.public_id])).status_code == 404
    assert world() == before


# --- the drawings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: seed.id)
def test_beats_follow_one_another_inside_the_chart(seed: object) -> None:
    chart = chart_of(seed)  # type: ignore[arg-type]
    for bar, after in zip(chart.bars, chart.bars[1:], strict=False):
        assert after.left == pytest.approx(bar.left + bar.width)
        assert after.start_s == pytest.approx(bar.start_s + bar.usual_s)
    for bar in chart.bars:
        assert 0 <= bar.left <= bar.low <= bar.left + bar.width + 1e-9 <= bar.high + 1e-6 <= 100 + 1e-3
    assert 0 < chart.usual <= 100
    assert 2 <= len(chart.ticks) <= 8


SPREADS = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(lambda three: Spread(*sorted(three)))


@settings(max_examples=40)
@given(SPREADS, st.floats(0, 1), st.lists(st.floats(500, 600_000), min_size=3, max_size=3))
def test_any_template_can_be_drawn(share: Spread, presence: float, lengths: list[float]) -> None:
    base = learned()
    beats = tuple(replace(beat, share=share, presence=presence) for beat in base.beats)
    template = learned(beats=beats, duration=Spread(*sorted(lengths)))
    chart = chart_of(template)
    drawn = [row_svg(bar, chart) for bar in chart.bars] + [mini_svg(template)]
    for svg in drawn:
        places = [float(place) for place in re.findall(r'(?:x|x1|x2|width)="([0-9.]+)%"', svg)]
        assert all(0 <= place <= 100.51 for place in places)


@given(st.floats(1e-9, 10), st.floats(1, 5), st.floats(1, 5), st.one_of(st.none(), st.floats(0, 20)))
def test_an_interval_lies_in_its_picture(low: float, up: float, further: float, prior: float | None) -> None:
    found = Engagement("orders_per_view", 9, 100, low * up, low, low * up * further, "", prior, None)
    places = [float(place) for place in re.findall(r'(?:x1|x2|cx)="([0-9.]+)%"', interval_svg(found))]
    assert all(0 <= place <= 100 for place in places)


def test_a_mix_is_divided_as_its_shares_are() -> None:
    assert re.findall(r'x="([^"]+)%" y="0" width="([^"]+)%"', mix_svg([0.5, 0.3, 0.2])) == [
        ("0", "50"),
        ("50", "30"),
        ("80", "20"),
    ]
    assert mix_svg([]).count("<rect") == 0


def test_a_sentence_shows_its_holes_and_what_may_be_left_out() -> None:
    parts = template_words.sentence(Pattern.parse("{audience}还在为{pain}|发愁？[{offer}也有]{point2}"))
    with translation.override("zh-hans"):
        shown = [(part.kind, str(part.text), part.maybe) for part in parts]
    assert shown == [
        ("slot", "卖给谁", False),
        ("text", "还在为", False),
        ("slot", "烦恼", False),
        ("text", "发愁？", False),
        ("slot", "优惠", True),
        ("text", "也有", True),
        ("slot", "卖点", False),
    ]
    for seed in seeds():
        for beat in seed.beats:
            for pattern in beat.patterns:
                assert template_words.sentence(pattern)
