"""The order forms: the merchant's own music with a way to listen, and lines that are spoken where somebody can speak."""

from collections.abc import Sequence

import pytest
from django.test import Client
from django.urls import reverse

from creative import campaigns, music_tracks, production, voicing
from creative.errors import BriefRefused, NotFound
from creative.models import Ad, Campaign, MusicTrack
from generation.domain.timeline_json import timeline_from_dict
from tests.creative.api import Program
from tests.creative.shops import Shop
from tests.creative.test_music_tracks import RIGHTS, song
from tests.creative.test_voicing import Metronome
from tests.creative.test_web_new_ad import ASKED

pytestmark = pytest.mark.django_db
TEMPLATE = "tpl_pain_led_zh_v1"


@pytest.fixture
def track(alice: Shop) -> MusicTrack:
    return music_tracks.add_track(alice.organization, "晨光.wav", song(), RIGHTS, bpm=96, by="alice")


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> Metronome:
    by = Metronome(pace=0.06)
    monkeypatch.setattr(voicing, "speaker", lambda: by)
    return by


def preview(desk: Client, shop: Shop, **more: str) -> str:
    url = reverse("ad-preview", args=[shop.product.public_id])
    return desk.post(url, ASKED | {"template": TEMPLATE} | more, headers={"HX-Request": "true"}).content.decode()


def beds(ads: Sequence[Ad]) -> list[str]:
    found = [timeline_from_dict(ad.timeline).music for ad in ads]
    return [bed.track if bed is not None else "" for bed in found]


def test_the_form_offers_own_music_to_listen_to(desk: Client, alice: Shop, track: MusicTrack) -> None:
    page = desk.get(reverse("ad-new", args=[alice.product.public_id])).content.decode()
    listen = reverse("media-track", args=[track.public_id])
    for shown in ("晨光", "林间乐队", "商用授权 2026-08", "6.0 秒 · 96 bpm", listen, "我们来作曲"):
        assert shown in page
    part = desk.get(listen, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part["Content-Type"]) == (206, "audio/wav")
    assert b"".join(part.streaming_content) == b"RIFF"


def test_without_own_music_there_is_nothing_to_choose(desk: Client, alice: Shop) -> None:
    answer = desk.get(reverse("ad-new", args=[alice.product.public_id]))
    assert "track" not in answer.context["form"].fields


def test_a_chosen_track_plays_and_ours_is_the_default(desk: Client, alice: Shop, track: MusicTrack) -> None:
    preview(desk, alice, music="yes")
    preview(desk, alice, music="yes", track=track.public_id)
    preview(desk, alice, music="no", track=track.public_id)
    assert beds(Ad.objects.order_by("id")) == ["", track.file, ""]
    assert [ad.brief.track for ad in Ad.objects.order_by("id")] == [None, track, None]
    page = desk.get(reverse("ad", args=[Ad.objects.order_by("id")[1].public_id]))
    assert "音乐《晨光》" in page.content.decode()
    assert f"track={track.public_id}" in page.context["again"]


def test_a_strangers_track_is_no_choice(desk: Client, alice: Shop, charlie: Shop) -> None:
    theirs = music_tracks.add_track(charlie.organization, "a.wav", song(), RIGHTS)
    music_tracks.add_track(alice.organization, "b.wav", song(), RIGHTS)
    page = preview(desk, alice, music="yes", track=theirs.public_id)
    assert not Ad.objects.exists()
    assert "note" in page
    assert desk.get(reverse("media-track", args=[theirs.public_id])).status_code == 404


def test_nobody_is_asked_for_a_voice_that_is_not_there(desk: Client, alice: Shop) -> None:
    answer = desk.get(reverse("ad-new", args=[alice.product.public_id]))
    assert "spoken" not in answer.context["form"].fields
    assert "这台服务器没有配音" in answer.content.decode()
    preview(desk, alice, spoken="yes")
    assert [ad.brief.voice for ad in Ad.objects.all()] == [""]


def test_a_voice_that_is_set_up_wrongly_says_so(desk: Client, alice: Shop, settings) -> None:
    settings.VOICE_FOLDER = "/nowhere/voice"
    page = desk.get(reverse("ad-new", args=[alice.product.public_id])).content.decode()
    assert "这台服务器的配音没有设好" in page


def test_lines_are_spoken_when_asked(desk: Client, alice: Shop, voice: Metronome) -> None:
    preview(desk, alice)
    assert voice.asked == []
    page = preview(desk, alice, spoken="yes")
    ad = Ad.objects.order_by("id").last()
    assert reverse("ad-order", args=[ad.public_id]) in page
    assert ad.brief.voice == "house"
    assert [line.text for line in timeline_from_dict(ad.timeline).voice.lines] == voice.asked
    assert "有配音" in desk.get(reverse("ad", args=[ad.public_id])).content.decode()


def test_every_ad_of_a_campaign_has_its_track_and_voice(
    desk: Client, alice: Shop, track: MusicTrack, voice: Metronome
) -> None:
    asked = {
        "name": "春", "products": [alice.product.public_id], "langs": ["zh", "en"], "seconds": "15", "aspects": ["9:16"],
        "theme": "ember", "music": "yes", "track": track.public_id, "spoken": "yes",
    }  # fmt: skip
    answer = desk.post(reverse("campaign-new"), asked)
    assert answer.status_code == 302
    ads = Ad.objects.filter(campaign=Campaign.objects.get())
    assert beds(ads) == [track.file, track.file]
    assert [ad.brief.voice for ad in ads] == ["house", "house"]
    assert all(timeline_from_dict(ad.timeline).voice is not None for ad in ads)


def test_a_campaign_refuses_what_it_cannot_have_as_a_whole(alice: Shop, charlie: Shop, monkeypatch) -> None:
    def made(**more: object) -> None:
        campaigns.draft_campaign(alice.organization, name="x", products=[alice.product], **more)

    theirs = music_tracks.add_track(charlie.organization, "a.wav", song(), RIGHTS)
    with pytest.raises(NotFound):
        made(track=theirs.public_id)
    with pytest.raises(BriefRefused, match="no voice"):
        made(spoken=True)
    monkeypatch.setattr(voicing, "speaker", lambda: Metronome(pace=0.06))
    monkeypatch.setattr(campaigns, "MAX_SPOKEN", 1)
    with pytest.raises(BriefRefused, match="1 ads at most"):
        made(spoken=True, langs=["zh", "en"])
    assert not Ad.objects.exists()
    assert not Campaign.objects.exists()


def test_the_api_takes_and_tells_both(alice: Shop, track: MusicTrack, voice: Metronome) -> None:
    asked = {"product": alice.product.public_id, "track": track.public_id, "spoken": True}
    made = Program(alice).post("ads", asked)
    assert (made.status_code, made.json()["track"], made.json()["spoken"]) == (201, track.public_id, True)
    batch = {"name": "x", "products": [alice.product.public_id], "track": track.public_id, "spoken": True}
    done = Program(alice).post("campaigns", batch)
    assert done.status_code == 201
    assert [(ad["track"], ad["spoken"]) for ad in done.json()["ads"]] == [(track.public_id, True)]
    plain = production.draft(alice.organization, product=alice.product, lang="zh").ad
    told = Program(alice).get(f"ads/{plain.public_id}").json()
    assert (told["track"], told["spoken"]) == (None, False)
