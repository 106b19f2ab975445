"""A ready ad cut in an order that came back from the editor: nothing is filmed or paid, and nothing is ever lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing import ledger
from billing.models import Entry, Hold, Member
from billing.organizations import add_member
from creative import production, recuts
from creative.edit_words import REASONS
from creative.errors import AdNotReady, RecutRefused
from creative.models import Ad, PaidClip, Reshoot
from generation.domain.timeline import Timeline, Transition
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.timeline_rules import validate
from generation.domain.transitions import NAMES
from generation.exports.media import ClipMedia, HandOverMedia, order_media
from generation.exports.otio import timeline_to_otio
from generation.models import Clip, RenderJob, Rendition
from tests.creative.api import Program
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop
from tests.creative.test_production import credits, draft
from tests.creative.test_web_ads import LABEL

pytestmark = pytest.mark.django_db
Json = dict[str, Any]


@pytest.fixture
def ad(alice: Shop, crew: Crew) -> Ad:
    ready = finish(production.order(draft(alice)), crew)
    Rendition.objects.update(label=LABEL)
    assert ready.state == Ad.State.READY
    return ready


def timeline(ad: Ad) -> Timeline:
    return timeline_from_dict(Ad.objects.get(pk=ad.pk).timeline)


def handed_over(ad: Ad) -> Json:
    """The ``ad.otio`` of its hand-over, as a document."""
    now = timeline(ad)
    clips = {clip.key: ClipMedia("c.mp4", clip.frames, clip.fps, 8, 8) for clip in Clip.objects.all()}
    media = HandOverMedia({**clips, **order_media(now).clips}, {})
    return dict(json.loads(timeline_to_otio(now, media)))


def track(document: Json) -> list[Json]:
    return list(document["tracks"]["children"][0]["children"])


def clips(document: Json) -> list[Json]:
    return [item for item in track(document) if item["OTIO_SCHEMA"].startswith("Clip")]


def edited(ad: Ad, change: Callable[[list[Json]], list[Json]]) -> bytes:
    """The order with hard cuts only, its clips changed by ``change``."""
    document = handed_over(ad)
    document["tracks"]["children"][0]["children"] = change(clips(document))
    return json.dumps(document).encode()


def trimmed(items: list[Json]) -> list[Json]:
    """The second shot is ten frames shorter, at its end."""
    items[1]["source_range"]["duration"]["value"] -= 10
    return items


def without_first(items: list[Json]) -> list[Json]:
    return items[1:]


def film_of(ad: Ad) -> list[object]:
    shots = ad.shots.values_list("index", "asset_id", "plan", "clip_key", "credits", "job_id")
    columns = ("state", "timeline", "credits_quoted", "credits_settled", "finished_at", "reason", "hold_id")
    row = Ad.objects.filter(pk=ad.pk).values_list(*columns)
    return [list(row), list(shots), list(ad.outputs.values_list("aspect", "rendition_id", "job_id"))]


def test_the_untouched_order_has_nothing_to_cut(ad: Ad) -> None:
    with pytest.raises(RecutRefused, match="nothing to cut"):
        recuts.read_order(ad, json.dumps(handed_over(ad)).encode())


def test_an_edited_order_is_cut_from_the_same_clips_for_nothing(alice: Shop, ad: Ad, crew: Crew) -> None:
    before, money, entries = timeline(ad), credits(alice), Entry.objects.count()
    filmed, films = dict(crew.filmed), set(ad.outputs.values_list("rendition_id", flat=True))
    order = recuts.read_order(ad, edited(ad, lambda items: without_first(trimmed(items))))
    assert film_of(ad)[0][0][0] == Ad.State.READY  # reading changes nothing
    assert order.changes[0].ms_was - order.changes[0].ms_now in (333, 334)
    assert [(change.was, change.now) for change in order.changes][-1] == (0, None)
    cutting = recuts.recut(ad, order)
    assert (cutting.state, cutting.round) == (Ad.State.SHOOTING, 1)
    ready = finish(ad, crew)
    now = timeline(ready)
    validate(now)
    assert ready.state == Ad.State.READY
    assert [shot.id for shot in now.shots] == [shot.id for shot in before.shots[1:]]
    assert now.duration == before.duration - before.shots[0].duration - 10
    rows = list(ready.shots.values_list("index", "clip_key"))
    assert rows == [(place, shot.clip) for place, shot in enumerate(now.shots) if shot.clip]
    assert dict(crew.filmed) == filmed
    assert not set(ready.outputs.values_list("rendition_id", flat=True)) & films
    assert (credits(alice), Entry.objects.count()) == (money, entries)
    row = Reshoot.objects.get()
    assert (row.kind, row.state, row.credits_quoted, row.credits_settled) == ("order", "done", 0, 0)
    assert ledger.audit() == []


def test_a_shot_of_the_new_order_can_be_filmed_anew(alice: Shop, ad: Ad, crew: Crew) -> None:
    recuts.recut(ad, recuts.read_order(ad, edited(ad, without_first)))
    ad = finish(ad, crew)
    key = ad.shots.get(index=1).clip_key
    production.reshoot(ad, 1)
    ad = finish(ad, crew)
    assert ad.state == Ad.State.READY
    assert timeline(ad).shots[1].clip == ad.shots.get(index=1).clip_key != key
    assert ledger.audit() == []


def test_shots_change_places_and_dissolves_come(ad: Ad, crew: Crew) -> None:
    """Two shots without text across their border change places; where text stands across it, the refusal says so."""
    before = timeline(ad)
    found, refusals = [], []
    for at in range(len(before.shots) - 2):

        def swapped(items: list[Json], at: int = at) -> list[Json]:
            items[at], items[at + 1] = items[at + 1], items[at]
            return items

        try:
            found.append(recuts.read_order(ad, edited(ad, swapped)))
        except RecutRefused as refused:
            refusals.append(refused.zh)
    assert found, "no two shots of this ad can change places"
    assert all("“" in words for words in refusals)
    recuts.recut(ad, found[0])
    ready = finish(ad, crew)
    assert sorted(shot.id for shot in timeline(ready).shots) == sorted(shot.id for shot in before.shots)
    assert [change.moved for change in found[0].changes].count(True) == 2


@pytest.mark.parametrize("when", ["at once", "submitted", "cut"])
def test_a_cut_that_is_called_off_leaves_the_old_film(ad: Ad, crew: Crew, when: str) -> None:
    before = film_of(ad)
    recuts.recut(ad, recuts.read_order(ad, edited(ad, without_first)))
    if when != "at once":
        production.advance(ad.public_id)
    if when == "cut":
        crew.work()
    production.cancel(ad)
    finish(ad, crew)
    assert film_of(ad) == before
    assert Reshoot.objects.get().state == Reshoot.State.CANCELLED
    assert not RenderJob.objects.filter(state__in=RenderJob.OPEN).exists()


def test_a_cut_that_fails_leaves_the_old_film_and_says_so(client: Client, alice: Shop, ad: Ad, crew: Crew) -> None:
    before, paid = film_of(ad), PaidClip.objects.count()
    crew.spoil_cuts = {"9:16"}
    recuts.recut(ad, recuts.read_order(ad, edited(ad, without_first)))
    finish(ad, crew)
    assert film_of(ad) == before
    assert (Reshoot.objects.get().state, PaidClip.objects.count()) == (Reshoot.State.FAILED, paid)
    client.force_login(alice.owner)
    assert "新的顺序没有剪成" in client.get(reverse("ad", args=[ad.public_id])).content.decode()
    crew.spoil_cuts = set()
    again = Ad.objects.get(pk=ad.pk)
    recuts.recut(again, recuts.read_order(again, edited(again, without_first)))
    assert finish(ad, crew).state == Ad.State.READY


def test_killed_in_the_middle_nothing_has_begun(ad: Ad, crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    before = film_of(ad)
    order = recuts.read_order(ad, edited(ad, without_first))

    def killed(*given: object) -> None:
        raise SystemExit

    monkeypatch.setattr(recuts, "_put", killed)
    with pytest.raises(SystemExit):
        recuts.recut(ad, order)
    assert film_of(ad) == before
    assert not Reshoot.objects.exists()
    monkeypatch.undo()


def test_only_a_ready_ad_is_cut_and_once_at_a_time(alice: Shop, ad: Ad, crew: Crew) -> None:
    order = recuts.read_order(ad, edited(ad, without_first))
    stale = Ad.objects.get(pk=ad.pk)
    recuts.recut(ad, order)
    for one in (stale, Ad.objects.get(pk=ad.pk)):
        with pytest.raises(AdNotReady):
            recuts.recut(one, order)
    assert Reshoot.objects.count() == 1
    with pytest.raises(AdNotReady):
        recuts.read_order(draft(alice, seed=4), b"{}")


def foreign(ad: Ad) -> bytes:
    document = handed_over(ad)
    document["metadata"]["hitsmith"]["id"] = "ad_another"
    return json.dumps(document).encode()


def longer(items: list[Json]) -> list[Json]:
    items[0]["source_range"]["duration"]["value"] += 40
    return items


def gap(items: list[Json]) -> list[Json]:
    span = items[0]["source_range"]
    return [
        {"OTIO_SCHEMA": "Gap.1", "metadata": {}, "name": "", "source_range": span, "effects": [], "markers": []},
        *items,
    ]


def dissolved(items: list[Json]) -> list[Json]:
    """A dissolve for which the first shot has no pictures left."""
    time = {"OTIO_SCHEMA": "RationalTime.1", "rate": 30.0, "value": 8.0}
    joint = {
        "OTIO_SCHEMA": "Transition.1", "metadata": {}, "name": "d", "in_offset": time, "out_offset": time,
        "transition_type": "SMPTE_Dissolve",
    }  # fmt: skip
    return [items[0], joint, *items[1:]]


BAD: dict[str, tuple[Callable[[Ad], bytes], str]] = {
    "no otio": (lambda ad: b"not json", "不是 OpenTimelineIO"),
    "no text": (lambda ad: b"\xff\xfe\x00", "不是 OpenTimelineIO"),
    "deep": (lambda ad: b"[" * 300_000, "不是 OpenTimelineIO"),
    "large": (lambda ad: b" " * (recuts.MOST_BYTES + 1), "文件太大"),
    "other thing": (lambda ad: b'{"OTIO_SCHEMA": "Clip.1"}', "没有时间线"),
    "another ad": (foreign, "另一支广告"),
    "longer": (lambda ad: edited(ad, longer), "比原镜头长"),
    "gap": (lambda ad: edited(ad, gap), "有空隙"),
    "twice": (lambda ad: edited(ad, lambda items: [items[0], *items]), "用了两次"),
    "card first": (lambda ad: edited(ad, lambda items: [items[-1], *items[:-1]]), "片尾卡只能放在最后"),
    "nothing": (lambda ad: edited(ad, lambda items: []), "一个镜头也没有"),
    "card alone": (lambda ad: edited(ad, lambda items: items[-1:]), "至少要留一个"),
    "no handles": (lambda ad: edited(ad, dissolved), "叠化|转场|source|dissolve"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_the_reader_refuses_is_said_in_both_languages(client: Client, alice: Shop, ad: Ad, case: str) -> None:
    make, zh = BAD[case]
    data, before = make(ad), film_of(ad)
    with pytest.raises(RecutRefused) as refused:
        recuts.read_order(ad, data)
    assert any(part in refused.value.zh for part in zh.split("|"))
    assert refused.value.en.isascii() or "'" in refused.value.en
    client.force_login(alice.owner)
    answer = client.post(reverse("ad-recut", args=[ad.public_id]), {"order": SimpleUploadedFile("ad.otio", data)})
    assert answer.status_code == 422
    assert "没有改动，成片还是原来的" in answer.content.decode()
    assert film_of(ad) == before


def test_the_page_shows_what_changes_and_cuts_it_so(client: Client, alice: Shop, ad: Ad, crew: Crew) -> None:
    client.force_login(alice.owner)
    here, upload = reverse("ad", args=[ad.public_id]), reverse("ad-recut", args=[ad.public_id])
    assert upload in client.get(here).content.decode()
    data = edited(ad, lambda items: without_first(trimmed(items)))
    answer = client.post(upload, {"order": SimpleUploadedFile("ad.otio", data)})
    page = answer.content.decode()
    for words in ("删掉", "时长", "就这样剪", "不花点数"):
        assert words in page
    assert not Reshoot.objects.exists()
    go = reverse("ad-recut-cut", args=[ad.public_id])
    assert client.post(go, {"token": answer.context["token"][:-2] + "xx"}).status_code == 422
    assert not Reshoot.objects.exists()
    assert client.post(go, {"token": answer.context["token"]}).status_code == 302
    assert Reshoot.objects.get().ordered_by == alice.owner
    ready = finish(ad, crew)
    assert timeline(ready) == answer.context["order"].timeline
    assert client.post(go, {"token": answer.context["token"]}).status_code == 409  # the ad is another since


def test_strangers_find_nothing_and_viewers_may_not(client: Client, alice: Shop, charlie: Shop, ad: Ad) -> None:
    data, before = edited(ad, without_first), film_of(ad)
    token = recuts.token_of(ad, recuts.read_order(ad, data))
    vera = get_user_model().objects.create_user("vera", password="vera-pass-word-1")
    add_member(alice.organization, vera, Member.Role.VIEWER)
    for who, status in ((charlie.owner, 404), (vera, 403)):
        client.force_login(who)
        files = {"order": SimpleUploadedFile("ad.otio", data)}
        assert client.post(reverse("ad-recut", args=[ad.public_id]), files).status_code == status
        assert client.post(reverse("ad-recut-cut", args=[ad.public_id]), {"token": token}).status_code == status
    assert film_of(ad) == before
    assert not Reshoot.objects.exists()


def test_the_api_tells_and_cuts(alice: Shop, ad: Ad, crew: Crew) -> None:
    program, path, data = Program(alice), f"/api/v1/ads/{ad.public_id}/recut", edited(ad, without_first)
    told = program.client.post(f"{path}/changes", {"file": SimpleUploadedFile("ad.otio", data)}).json()
    assert told["shots"][-1] | {"duration_ms_was": 0} == {
        "was": 0, "now": None, "duration_ms_was": 0, "duration_ms": 0, "moved": False,
        "transition_was": told["shots"][-1]["transition"], "transition": told["shots"][-1]["transition"],
    }  # fmt: skip
    assert told["duration_ms"] < told["duration_ms_was"]
    done = program.client.post(path, {"file": SimpleUploadedFile("ad.otio", data)})
    assert (done.status_code, done.json()["state"], done.json()["reshoot"]["kind"]) == (202, "shooting", "order")
    assert finish(ad, crew).state == Ad.State.READY
    refused = program.client.post(path, {"file": SimpleUploadedFile("ad.otio", b"x")})
    assert (refused.status_code, refused.json()["code"]) == (422, "recut_refused")
    assert Hold.objects.filter(state=Hold.State.OPEN).count() == 0


def test_every_kind_of_transition_has_a_word() -> None:
    assert set(NAMES) == set(Transition) == {Transition.CUT, *REASONS}
