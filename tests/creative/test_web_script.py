"""The page of a script: live marks while typing, with and without JavaScript, saving, conflict, history, roles."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from creative import production
from creative.models import Ad, AdShot, ScriptEdit
from creative.web.script_view import typed_of
from templates_engine.domain.script_json import script_from_dict
from templates_engine.models import RoleCorrection
from tests.creative.shops import Shop
from tests.creative.test_web_access import viewer_of

pytestmark = pytest.mark.django_db
GOOD = "一键开合，单手就能喝"


@pytest.fixture
def ad(alice: Shop) -> Ad:
    return production.draft(alice.organization, product=alice.product, lang="zh").ad


@pytest.fixture
def owner(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


def at(name: str, ad: Ad) -> str:
    return reverse(name, args=[ad.public_id])


def form(ad: Ad, **changed: str) -> dict[str, str]:
    """The whole form as a browser sends it; ``voice_2="..."`` changes one text area."""
    fields = {"version": str(ad.script_version)}
    for place, (voice, caption) in enumerate(typed_of(script_from_dict(ad.script))):
        fields |= {f"voice-{place}": voice, f"caption-{place}": caption.replace("\n", "\r\n")}
    return fields | {name.replace("_", "-"): value for name, value in changed.items()}


def world() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Ad, AdShot, ScriptEdit, RoleCorrection)]


def live(client: Client, ad: Ad, fields: dict[str, str]) -> str:
    answer = client.post(at("ad-script-check", ad), fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def part(html: str, element: str) -> str:
    """What stands from the element with this id up to the next that has one."""
    found = re.search(rf'id="{element}"(.*?)(?=id="(?:live|others|voice|caption|script-bar)|\Z)', html, re.S)
    assert found is not None, element
    return found[1]


def test_the_ad_page_leads_to_its_script(owner: Client, ad: Ad) -> None:
    page = owner.get(at("ad", ad)).content.decode()
    assert at("ad-script", ad) in page
    assert "改台词" in page


def test_the_page_shows_every_line_with_its_time_its_shots_and_its_facts(owner: Client, ad: Ad) -> None:
    page = owner.get(at("ad-script", ad)).content.decode()
    script = script_from_dict(ad.script)
    for place, beat in enumerate(script.beats):
        assert f">\n{beat.voice}</textarea>" in unescape(page)
        marks = part(page, f"live-{place}")
        assert f"这一拍 {beat.end_ms - beat.start_ms}" in marks
        assert "可以说" in marks
    assert page.count('<svg class="still"') == ad.shots.count() + 1  # and the end card
    assert "早上装的热水" in page
    assert "还没有改动" in page
    assert at("ad-script-check", ad) in page


def test_while_typing_only_the_marks_come_back_and_nothing_is_stored(owner: Client, ad: Ad) -> None:
    before = world()
    marks = live(owner, ad, form(ad, voice_2="全网最好的杯子，单手就能喝", caption_2=""))
    mine = part(marks, "live-2")
    assert 'hx-swap-oob="true"' in mine
    assert "<mark>最</mark>" in mine
    assert "绝对化用语" in mine
    assert "广告法第九条第三项" in mine
    assert 'value="单手就能喝"' in mine
    assert "第 3 句还要改" in part(marks, "script-bar")
    assert "<textarea" not in marks  # what is being typed in stays as it is
    assert "<html" not in marks
    assert world() == before


def test_a_number_without_a_fact_is_told_and_a_true_one_traced(owner: Client, ad: Ad) -> None:
    mine = part(live(owner, ad, form(ad, voice_2="保温36小时，容量480ml", caption_2="")), "live-2")
    assert "没有出处的数字" in mine
    assert "资料里没有" in mine
    assert re.search(r"480ml</dt><dd><span class=\"soft\">参数 1</span> 容量 480ml", mine)
    assert "改成" in mine
    assert "保温12小时，容量480ml" in mine


def test_a_line_that_is_too_long_says_by_how_much(owner: Client, ad: Ad) -> None:
    marks = live(owner, ad, form(ad, voice_1="早上装的热水到公司就凉了" * 8, caption_1=""))
    assert "fit-too_long" in part(marks, "live-1") or "太长" in part(marks, "live-1")
    assert "长了" in part(marks, "script-bar")


def test_without_javascript_the_check_button_gives_the_whole_page(owner: Client, ad: Ad) -> None:
    before = world()
    answer = owner.post(at("ad-script-check", ad), form(ad, voice_2="全网最好的杯子", caption_2="甲\r\n乙"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert ">\n全网最好的杯子</textarea>" in page
    assert ">\n甲\n乙</textarea>" in page
    assert "<mark>最</mark>" in page
    assert "改了 1 句" not in page
    assert world() == before


@pytest.mark.parametrize("script", [True, False])
def test_a_suggestion_is_taken_with_one_press(owner: Client, ad: Ad, script: bool) -> None:
    fields = form(ad, voice_2="保温36小时，单手就能喝", caption_2="旧字幕") | {"use-voice-2": "保温12小时，单手就能喝"}
    before = world()
    if script:
        page = live(owner, ad, fields)
        assert 'hx-swap-oob="true"' in part(page, "voice-2")
    else:
        page = owner.post(at("ad-script-check", ad), fields).content.decode()
    assert "保温12小时，单手就能喝</textarea>" in page
    assert "旧字幕" not in page  # the caption follows the new line
    assert "可以说" in part(page, "live-2")
    assert world() == before


def test_a_caption_follows_its_line_or_says_that_it_does_not(owner: Client, ad: Ad) -> None:
    marks = part(live(owner, ad, form(ad, voice_2=GOOD, caption_2="")), "live-2")
    assert "一键开合 / 单手就能喝" in marks
    owner.post(at("ad-script", ad), form(ad, voice_2=GOOD, caption_2="单手开合\r\n一按就喝"))
    ad.refresh_from_db()
    assert "follow-2" not in live(owner, ad, form(ad))
    changed = form(ad, voice_2="一键开合，单手能喝")
    assert 'name="follow-2"' in part(live(owner, ad, changed), "live-2")
    followed = live(owner, ad, changed | {"follow-2": "yes"})
    assert 'name="follow-2"' not in followed
    assert re.search(r'id="caption-2"[^>]*hx-swap-oob="true">\n</textarea>', followed)


def test_a_line_goes_back_to_the_templates_own(owner: Client, ad: Ad) -> None:
    drafted = script_from_dict(ad.script).beats[2]
    owner.post(at("ad-script", ad), form(ad, voice_2=GOOD, caption_2=""))
    ad.refresh_from_db()
    page = live(owner, ad, form(ad, voice_2="随便写写") | {"undo-2": "yes"})
    assert f"{drafted.voice}</textarea>" in unescape(page)


def test_a_line_with_nothing_left_to_keep_may_go_back(owner: Client, ad: Ad) -> None:
    drafted = script_from_dict(ad.script).beats[2].voice
    mine = part(live(owner, ad, form(ad, voice_2="全网最好的杯子", caption_2="")), "live-2")
    assert re.search(rf'name="undo-2".*{re.escape(drafted)}', unescape(mine), re.S)


def test_other_wordings_come_as_buttons(owner: Client, ad: Ad) -> None:
    found = part(live(owner, ad, form(ad) | {"other-0": "yes"}), "others-0")
    words = re.findall(r'name="use-voice-0" value="([^"]+)"', found)
    assert 1 <= len(words) <= 5
    assert script_from_dict(ad.script).beats[0].voice not in words
    odd = live(owner, ad, form(ad) | {"other-39": "yes", "undo-77": "yes", "use-voice-x": "1"})
    assert "others-" not in odd


def test_saving_plans_the_ad_anew_and_says_who_did_it(owner: Client, ad: Ad) -> None:
    answer = owner.post(at("ad-script", ad), form(ad, voice_2=GOOD, caption_2=""))
    assert (answer.status_code, answer["Location"]) == (302, at("ad-script", ad))
    ad.refresh_from_db()
    assert script_from_dict(ad.script).beats[2].caption == "一键开合|单手就能喝"
    page = owner.get(at("ad-script", ad)).content.decode()
    assert "台词存好了" in page
    assert "改动记录" in page
    assert re.search(r"alice\s*·", page)
    assert f"<ins>{GOOD}</ins>" in page


def test_what_may_not_be_said_is_not_saved_and_not_lost(owner: Client, ad: Ad) -> None:
    before = world()
    answer = owner.post(at("ad-script", ad), form(ad, voice_2="全网最好的杯子", voice_1=GOOD))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有保存，什么都没有改动" in page
    assert '<a href="#beat-3">第 3 句</a>' in page
    assert ">\n全网最好的杯子</textarea>" in page
    assert f">\n{GOOD}</textarea>" in page
    assert world() == before


def test_a_second_tab_is_told_and_shown_what_is_there(owner: Client, ad: Ad) -> None:
    old = form(ad, voice_2=GOOD, caption_2="")
    owner.post(at("ad-script", ad), form(ad, voice_2="单手一按就能喝", caption_2=""))
    before = world()
    answer = owner.post(at("ad-script", ad), old)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "台词在你打开之后被人改过了" in page
    assert f">\n{GOOD}</textarea>" in page
    assert "<p>单手一按就能喝</p>" in page
    assert 'name="theirs-2"' in page
    assert '<input type="hidden" name="version" value="1">' in page
    assert world() == before
    assert owner.post(at("ad-script", ad), old | {"version": "1"}).status_code == 302  # knowing what is there
    assert Ad.objects.get(pk=ad.pk).script_version == 2
    taken = live(owner, ad, old | {"theirs-2": "yes"})
    assert f"{GOOD}</textarea>" in taken


def test_a_check_keeps_the_version_that_the_page_was_opened_with(owner: Client, ad: Ad) -> None:
    owner.post(at("ad-script", ad), form(ad, voice_2="单手一按就能喝", caption_2=""))
    page = owner.post(at("ad-script-check", ad), form(ad, voice_2=GOOD)).content.decode()
    assert '<input type="hidden" name="version" value="0">' in page


def test_a_version_comes_back(owner: Client, ad: Ad) -> None:
    drafted = script_from_dict(ad.script).beats[2].voice
    owner.post(at("ad-script", ad), form(ad, voice_2=GOOD, caption_2=""))
    for fields in ({"number": "9", "version": "1"}, {"number": "x", "version": "1"}):
        assert owner.post(at("ad-script-restore", ad), fields).status_code == 404
    assert owner.post(at("ad-script-restore", ad), {"number": "0", "version": "0"}).status_code == 409
    assert Ad.objects.get(pk=ad.pk).script_version == 1
    assert owner.post(at("ad-script-restore", ad), {"number": "0", "version": "1"}).status_code == 302
    ad.refresh_from_db()
    assert script_from_dict(ad.script).beats[2].voice == drafted
    assert "换回剧本原文" in owner.get(at("ad-script", ad)).content.decode()


def test_an_ordered_ad_is_only_to_be_read_and_says_why(owner: Client, ad: Ad) -> None:
    production.order(ad)
    before = world()
    page = owner.get(at("ad-script", ad)).content.decode()
    assert "已经下单的广告，台词不能再改" in page
    assert "<textarea" not in page
    assert script_from_dict(ad.script).beats[0].voice in unescape(page)
    fields = form(ad, voice_2=GOOD)
    statuses = [
        owner.post(at(name, ad), fields | {"number": "0"}).status_code
        for name in ("ad-script", "ad-script-check", "ad-script-restore")
    ]
    assert statuses == [409, 409, 409]
    assert world() == before


def test_a_viewer_reads_and_a_stranger_finds_nothing(client: Client, alice: Shop, charlie: Shop, ad: Ad) -> None:
    before = world()
    for who, seen, done in ((viewer_of(alice), 200, 403), (charlie.owner, 404, 404)):
        client.force_login(who)  # type: ignore[arg-type]
        assert client.get(at("ad-script", ad)).status_code == seen
        for name in ("ad-script", "ad-script-check", "ad-script-restore"):
            assert client.post(at(name, ad), form(ad, voice_2=GOOD)).status_code == done
    assert world() == before


def role_form(**changed: str) -> dict[str, Any]:
    fields = {"text": GOOD, "lang": "zh", "position": "2", "count": "5", "previous_text": "前", "next_text": "后"}
    return fields | {"said": "selling_point demo", "role": "demo", "back": "/ads"} | changed


def test_what_a_line_does_is_corrected_where_it_stands(owner: Client, alice: Shop, ad: Ad) -> None:
    page = owner.get(at("ad-script", ad)).content.decode()
    assert page.count('class="role-picker') == len(script_from_dict(ad.script).beats)
    answer = owner.post(reverse("role-correct"), role_form(), headers={"HX-Request": "true"})
    picker = answer.content.decode()
    assert answer.status_code == 200
    assert '<option value="demo" selected>' in picker
    assert "按你说的记下了" in picker
    row = RoleCorrection.objects.of(alice.organization).get()
    assert (row.text, row.role, row.said_roles, row.position, row.count, row.previous_text, row.next_text) == (
        GOOD, "demo", ["selling_point", "demo"], 2, 5, "前", "后",
    )  # fmt: skip
    assert (row.created_by, row.shared) == ("alice", False)
    owner.post(reverse("role-correct"), role_form(shared="yes"))
    assert RoleCorrection.objects.order_by("-id")[0].shared is True


def test_a_correction_without_javascript_goes_back_to_its_page(owner: Client, ad: Ad) -> None:
    answer = owner.post(reverse("role-correct"), role_form(back=at("ad-script", ad)))
    assert (answer.status_code, answer["Location"]) == (302, at("ad-script", ad))
    for evil in ("https://evil.example/", "//evil.example", "javascript:alert(1)", ""):
        assert owner.post(reverse("role-correct"), role_form(back=evil))["Location"] == "/"


@pytest.mark.parametrize("change", [{"role": "hero"}, {"text": " "}, {"position": "7"}, {"count": "x"}, {"lang": "de"}])
def test_a_correction_that_can_not_be_kept_is_refused(owner: Client, change: dict[str, str]) -> None:
    refused = owner.post(reverse("role-correct"), role_form(**change), headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert owner.post(reverse("role-correct"), role_form(**change)).status_code == 302
    assert not RoleCorrection.objects.exists()


def test_a_viewer_corrects_nothing(client: Client, alice: Shop) -> None:
    client.force_login(viewer_of(alice))  # type: ignore[arg-type]
    assert client.post(reverse("role-correct"), role_form()).status_code == 403
    assert not RoleCorrection.objects.exists()
