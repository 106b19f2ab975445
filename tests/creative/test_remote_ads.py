"""Ads whose shots a server films: however it fails, the ad ends, and the merchant has a film or all credits back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from billing import ledger
from billing.models import Hold
from creative import production
from creative.models import Ad, PaidClip
from generation import queue
from generation.film import run_film_job
from generation.models import Clip, RenderJob
from tests.creative.film_crew import Crew
from tests.creative.shops import Shop
from tests.generation.video_server import Time, VideoServer, may_connect, no_waiting, time_, video, videos

__all__ = ["may_connect", "no_waiting", "time_", "videos"]
pytestmark = pytest.mark.django_db
SIZES = ["72x128", "128x72"]


@pytest.fixture
def cutters(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> Crew:
    """The shots are really filmed; only the cut is a stand-in."""
    monkeypatch.setitem(queue.RUNNERS, "film", run_film_job)
    return crew


@pytest.fixture
def ad(alice: Shop, videos: VideoServer, no_waiting: Time, cutters: Crew, settings: Any) -> Ad:
    """Ordered, and its credits held."""
    no_waiting.seconds = timezone.now().timestamp()
    settings.REMOTE_ENGINES = videos.setting(sizes=SIZES, deadline_seconds=60)
    made = production.draft(alice.organization, product=alice.product, lang="zh", seconds=12, engine="remote-test")
    assert made.credits > 0
    production.order(made.ad)
    return made.ad


def finish(ad: Ad, cutters: Crew) -> Ad:
    """Work and advance until the ad has ended; the attempts of a job follow each other at once."""
    for _ in range(40):
        found = production.advance(ad.public_id)
        assert found is not None
        if found.state in Ad.ENDS:
            return found
        RenderJob.objects.filter(state="pending").update(not_before=timezone.now())
        cutters.work()
    raise AssertionError(f"still {found.state}")


def balance(shop: Shop) -> tuple[int, int]:
    found = ledger.balance(shop.organization)
    return found.available, found.held


Break = Callable[[VideoServer, Time], object]
WAYS = ["dead", "busy", "loses", "fails", "never ends", "too short", "wrong size", "refuses"]
FOR_GOOD: list[tuple[Break, str]] = [
    (lambda videos, _: videos.stop(), "server_down"),
    (lambda videos, _: setattr(videos.faults, "busy", 10**6), "server_busy"),
    (lambda videos, _: setattr(videos.faults, "loses", 10**6), "take_failed"),
    (lambda videos, _: setattr(videos.faults, "fails", "CUDA out of memory"), "take_failed"),
    (lambda videos, _: setattr(videos.faults, "polls", 10**6), "take_failed"),
    (lambda videos, _: setattr(videos.faults, "sends", lambda _: video(72, 128, 5, 8)), "clip_rejected"),
    (lambda videos, _: setattr(videos.faults, "sends", lambda _: video(96, 64, 81, 8)), "clip_rejected"),
    (lambda videos, _: setattr(videos.faults, "refuses", "no such model"), "server_refused"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("break_it", "code"),
    FOR_GOOD,
    ids=WAYS,
)
def test_a_server_that_fails_for_good_gives_all_credits_back(
    alice: Shop, ad: Ad, cutters: Crew, videos: VideoServer, time_: Time, break_it: Break, code: str
) -> None:
    before = balance(alice)
    assert before == (660 - ad.credits_quoted, ad.credits_quoted)
    break_it(videos, time_)
    ended = finish(ad, cutters)
    assert (ended.state, ended.reason_code, ended.credits_settled) == (Ad.State.FAILED, code, None)
    assert balance(alice) == (660, 0)
    assert not Hold.objects.filter(state=Hold.State.OPEN).exists()
    assert not PaidClip.objects.exists()
    assert not Clip.objects.exists()
    assert not RenderJob.objects.filter(state__in=RenderJob.OPEN).exists()
    assert "remote-test" in ended.reason_en
    assert videos.url not in ended.reason_en + ended.reason
    assert ledger.audit() == []


WAYS_TO_GO_ON = ["well", "busy", "stumbles", "loses", "late", "restarted", "too long"]
FOR_A_WHILE: list[Break] = [
    lambda videos, time: None,
    lambda videos, time: setattr(videos.faults, "busy", 3),
    lambda videos, time: setattr(videos.faults, "broken", 3),
    lambda videos, time: setattr(videos.faults, "loses", 1),
    lambda videos, time: setattr(videos.faults, "unready", 2),
    lambda videos, time: (time.after(0.6, lambda: videos.stop(forget=True)), time.after(20, videos.start)),
    lambda videos, time: setattr(
        videos.faults, "sends", lambda film: video(film.width, film.height, film.frames + 4, film.fps)
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("break_it", FOR_A_WHILE, ids=WAYS_TO_GO_ON)
def test_a_server_that_fails_for_a_while_ends_in_a_right_ad(
    alice: Shop, ad: Ad, cutters: Crew, videos: VideoServer, time_: Time, break_it: Break
) -> None:
    break_it(videos, time_)
    ended = finish(ad, cutters)
    assert (ended.state, ended.credits_settled) == (Ad.State.READY, ad.credits_quoted)
    assert balance(alice) == (660 - ad.credits_quoted, 0)
    clips = Clip.objects.filter(key__in=ad.shots.values_list("clip_key", flat=True))
    assert {(clip.engine, clip.width, clip.height, clip.fps) for clip in clips} == {("remote-test", 72, 128, 8)}
    assert all(clip.frames == clip.plan["frames"] for clip in clips)
    assert ledger.audit() == []
