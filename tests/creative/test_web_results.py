"""Results in the browser: looked over first, kept whole or not at all, and shown with what they mean."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from creative.models import Ad, Brief, PublishedAd
from creative.web.charts import Interval, bars
from templates_engine.models import PublishedResult
from tests.creative.shops import Shop
from tests.creative.test_api_results import finished, stored

pytestmark = pytest.mark.django_db
PAGE, SHEET, NUMBERS, KEEP = (
    "/results",
    "/results/sheet",
    "/results/numbers",
    "/results/keep",
)


@pytest.fixture
def ad(alice: Shop) -> Ad:
    return finished(alice)


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


def upload(desk: Client, text: str | bytes, *, name: str = "抖音导出.csv", platform: str = "") -> HttpResponse:
    content = text if isinstance(text, bytes) else text.encode()
    return desk.post(SHEET, {"sheet-sheet": SimpleUploadedFile(name, content), "sheet-platform": platform})


def ticket(page: HttpResponse) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found.group(1)


def confirm(desk: Client, page: HttpResponse) -> HttpResponse:
    return desk.post(KEEP, {"ticket": ticket(page)}, follow=True)


def typed(ad: Ad | str, **more: str) -> dict[str, str]:
    name = ad if isinstance(ad, str) else ad.public_id
    return {"ad": name, "platform": "douyin", "age_h": "72", "views": "1.2万", "orders": "30", "currency": "CNY"} | more


def test_a_sheet_is_looked_over_before_it_is_kept(desk: Client, alice: Shop, ad: Ad) -> None:
    other = finished(alice, seed=2)
    desk.post(KEEP, {"ticket": ticket(desk.post(NUMBERS, typed(ad)))})
    before = stored()
    sheet = (
        "视频ID,平台,发布后小时,播放量,3秒留存率,完播率,订单数,消耗(元)\n"
        f"{ad.public_id},抖音,72,1.5万,45%,21%,41,¥300\n"
        f"{ad.public_id},抖音,24,8000,44%,20%,20,\n"
        f"{other.public_id},抖音,72,900,30%,-,0,\n"
        "7312999,抖音,72,100,,,,\n"
    )
    page = upload(desk, sheet)
    assert page.status_code == 200
    assert stored() == before
    assert page.context["counts"] == {"new": 2, "replaces": 1, "same": 0}
    assert page.context["unknown"] == ("7312999",)
    text = page.content.decode()
    assert "现在什么都还没有保存" in text
    assert "保存这 3 条" in text
    assert "7312999" in text
    answer = confirm(desk, page)
    assert "已保存 3 条效果" in answer.content.decode()
    assert stored() == [
        (ad.public_id, "douyin", 72, 15_000, 41),
        (ad.public_id, "douyin", 24, 8_000, 20),
        (other.public_id, "douyin", 72, 900, 0),
    ]
    assert PublishedResult.objects.get(views=15_000).spend_fen == 30_000
    assert set(PublishedResult.objects.values_list("source", flat=True)) == {"sheet"}


def test_confirming_twice_keeps_it_once(desk: Client, ad: Ad) -> None:
    page = upload(desk, f"id,hours,views,orders\n{ad.public_id},72,900,3\n", platform="kuaishou")
    confirm(desk, page)
    confirm(desk, page)
    assert stored() == [(ad.public_id, "kuaishou", 72, 900, 3)]
    again = upload(desk, f"id,hours,views,orders\n{ad.public_id},72,900,3\n", platform="kuaishou")
    assert again.context["counts"] == {"new": 0, "replaces": 0, "same": 1}


def test_a_strangers_ad_is_unknown_and_nothing_is_kept(desk: Client, ad: Ad, charlie: Shop) -> None:
    theirs = finished(charlie)
    PublishedAd.objects.create(organization=charlie.organization, ad=theirs, platform="douyin", video_id="7312")
    page = upload(desk, f"id,hours,views\n{theirs.public_id},72,900\n7312,72,900\n")
    assert page.context["unknown"] == (theirs.public_id, "7312")
    assert page.context["lines"] == []
    assert "没有一个编号是你的广告" in page.content.decode()
    assert "ticket" not in page.content.decode()
    answer = desk.post(KEEP, {"ticket": page.context["ticket"]})
    assert answer.status_code == 422
    assert "2 个编号不是你的广告" in answer.content.decode()
    assert stored() == []


def test_a_preview_belongs_to_whom_it_was_shown(desk: Client, ad: Ad, charlie: Shop) -> None:
    page = desk.post(NUMBERS, typed(ad))
    stranger = Client()
    stranger.force_login(charlie.owner)
    for client, shown in ((stranger, ticket(page)), (desk, "made up"), (desk, "")):
        answer = client.post(KEEP, {"ticket": shown})
        assert answer.status_code == 422
        assert "这份预览已经过期" in answer.content.decode()
    assert stored() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,hours,views\nAD,72,many\n", "第 2 行，「views」一列：「many」应该是数字"),
        ("id,hours\nAD,72\n", "没有「播放量」一列"),
        ("id,views\nAD,72\n", "不知道视频发布了多久"),
        ("id,hours,views\nAD,72,5\nAD,72,6\n", "数字却不同，请删掉一行"),
        ("id,hours,views,orders\nAD,72,5,9\n", "5 次播放不可能有 9 单"),
        ("id,hours,views\nAD,999999999,5\n", "超过十年了"),
        (b"\x00\x01\x02", "请存成 UTF-8 编码的 CSV 或 JSON"),
        ("[1, 2]", "应该是带列名的对象"),
        ("id,hours,views\n", "里没有一行数据"),
        ("", "提交的是空文件"),
    ],
)
def test_a_bad_sheet_says_where_and_keeps_nothing(desk: Client, ad: Ad, content: str | bytes, said: str) -> None:
    given = content if isinstance(content, bytes) else content.replace("AD", ad.public_id)
    page = upload(desk, given)
    assert page.status_code == 422
    assert re.search(said, page.content.decode())
    assert stored() == []


def test_a_sheet_of_too_many_rows_is_refused(desk: Client, ad: Ad) -> None:
    rows = "".join(f"{ad.public_id},{hours},5\n" for hours in range(2_001))
    page = upload(desk, f"id,hours,views\n{rows}")
    assert page.status_code == 422
    assert "一次报 1 到 2000 行，这里有 2001 行" in page.content.decode()
    assert stored() == []


def test_the_numbers_of_one_ad_are_typed_as_people_write_them(desk: Client, ad: Ad) -> None:
    page = desk.post(NUMBERS, typed(ad, hold_3s="45", completion="0.2", spend="1,250.50"))
    assert page.status_code == 200
    assert stored() == []
    confirm(desk, page)
    row = PublishedResult.objects.get()
    assert (row.views, row.hold_3s, row.completion, row.spend_fen) == (12_000, 0.45, 0.2, 125_050)
    assert row.source == "typed"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"views": ""}, "该字段是必填项"),
        ({"views": "很多"}, "应该是数字"),
        ({"views": "-3"}, "不能是负数"),
        ({"views": "1.5"}, "应该是整数"),
        ({"hold_3s": "145"}, "应该在 0% 到 100% 之间"),
        ({"platform": ""}, "该字段是必填项"),
        ({"ad": "ad_nobody"}, "选择一个有效的选项"),
        ({"orders": "13000"}, "12000 次播放不可能有 13000 单"),
    ],
)
def test_wrong_numbers_stay_in_the_form(desk: Client, ad: Ad, wrong: dict[str, str], said: str) -> None:
    page = desk.post(NUMBERS, typed(ad, likes="77") | wrong)
    assert page.status_code == 422
    text = page.content.decode()
    assert said in text
    assert 'value="77"' in text  # nothing that was typed is lost
    assert stored() == []


def test_only_finished_ads_of_ones_own_are_offered(desk: Client, ad: Ad, charlie: Shop) -> None:
    theirs = finished(charlie)
    choices = [name for name, _ in desk.get(PAGE).context["numbers_form"].fields["ad"].choices]
    assert choices == ["", ad.public_id]
    assert desk.post(NUMBERS, typed(theirs)).status_code == 422
    assert stored() == []


def test_the_page_without_anything_says_what_to_do(desk: Client) -> None:
    text = desk.get(PAGE).content.decode()
    assert "还没有做好的广告" in text
    assert '<svg class="interval"' not in text


@pytest.mark.slow
def test_the_page_shows_intervals_and_keeps_views_apart_from_orders(desk: Client, alice: Shop) -> None:
    for number in range(7):
        ad = finished(alice, days_ago=30 - number, seed=number + 1)
        more = {"views": str(1_000 + number), "hold_3s": "41", "completion": "18", "orders": "12"}
        confirm(desk, desk.post(NUMBERS, typed(ad, **more)))
    page = desk.get(PAGE)
    figures = {figure.code: figure for figure in page.context["figures"]}
    assert list(figures) == ["results", "reach", "hold", "completion"]
    (row,) = figures["results"].rows
    assert row.template.id == "tpl_reveal_led_zh_v1"
    assert row.sample == "发过 7 条，7,021 次播放，84 单"
    assert figures["reach"].rows[0].sample == "2 条可以比"
    assert figures["hold"].rows[0].mean == "41%"
    text = page.content.decode()
    assert text.count('<svg class="interval"') == 4
    assert text.count("还分不出好坏") == 4
    assert "平时的 1 倍" in text
    assert not re.search(r"爆款指数|viral score|style=", text)


def test_strangers_see_nothing_of_it(desk: Client, ad: Ad, charlie: Shop) -> None:
    confirm(desk, desk.post(NUMBERS, typed(ad)))
    stranger = Client()
    stranger.force_login(charlie.owner)
    page = stranger.get(PAGE)
    assert (page.context["figures"], list(page.context["rows"])) == ([], [])
    assert ad.public_id not in page.content.decode()


def test_where_an_ad_was_published_is_noted_on_its_page(desk: Client, ad: Ad) -> None:
    note = reverse("ad-published", args=[ad.public_id])
    answer = desk.post(note, {"platform": "douyin", "video_id": "7312", "published_at": "2026-01-02T08:00"})
    assert answer["Location"] == f"{reverse('ad', args=[ad.public_id])}#published"
    row = PublishedAd.objects.get()
    assert (row.platform, row.video_id, row.published_at.isoformat()) == (
        "douyin",
        "7312",
        "2026-01-02T00:00:00+00:00",
    )
    page = upload(desk, "作品ID,发布后小时,播放量\n7312,72,900\n")
    assert page.context["lines"][0]["ad"] == ad
    assert page.context["lines"][0]["platform"] == "抖音"
    desk.post(note, {"platform": "douyin", "video_id": "7313"})
    assert PublishedAd.objects.get().video_id == "7313"
    assert desk.post(reverse("ad-published-remove", args=[ad.public_id, "douyin"])).status_code == 302
    assert not PublishedAd.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"platform": ""}, {"platform": "nowhere"}, {"url": "javascript:alert(1)"}, {"published_at": "soon"}]
)
def test_a_wrong_note_is_not_kept(desk: Client, ad: Ad, wrong: dict[str, str]) -> None:
    answer = desk.post(reverse("ad-published", args=[ad.public_id]), {"platform": "douyin"} | wrong)
    assert answer.status_code == 302
    assert not PublishedAd.objects.exists()


def test_the_new_ad_form_asks_how_to_pick(desk: Client, alice: Shop) -> None:
    asked = {"lang": "zh", "seconds": "15", "aspects": ["9:16"], "theme": "jade", "music": "no", "seed": "2"}
    url = reverse("ad-new", args=[alice.product.public_id])
    assert "求稳" in desk.get(url).content.decode()
    for pick in ("safest", "explore"):
        desk.post(url, asked | {"pick": pick, "template": "tpl_pain_led_zh_v1"})
        assert Brief.objects.latest("id").pick == pick
    desk.post(url, asked | {"template": "tpl_pain_led_zh_v1"})
    assert Brief.objects.latest("id").pick == "explore"
    refused = desk.post(url, asked | {"pick": "lucky", "template": "tpl_pain_led_zh_v1"})
    assert (refused.status_code, Brief.objects.count()) == (200, 3)


def test_bars_share_one_scale_and_say_when_it_is_open() -> None:
    found = bars([Interval(1, 2, 4, 2), Interval(3, 3.5, 4, 2)])
    assert [bar.usual for bar in found] == ["48.1%", "48.1%"]
    assert found[0].high == found[1].high == "96.2%"
    assert [Interval(*one).verdict for one in ((1, 2, 4, 2), (3, 3.5, 4, 2), (0, 1, 1.5, 2))] == [
        "open",
        "better",
        "worse",
    ]
    assert bars([]) == []
    assert bars([Interval(0, 0, 0, 0)])[0].mean == "0%"
