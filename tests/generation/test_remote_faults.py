"""Every way in which a server lets us down: each ends in a right clip, or in an error that says what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.errors import (
    Cancelled,
    ClipRejected,
    GenerationError,
    JobLost,
    ServerBusy,
    ServerDown,
    ServerMisbehaved,
    ServerRefused,
    TakeFailed,
)
from generation.http import Limits
from tests.generation.makers import drawn_photo
from tests.generation.remote_stage import Set, Steps, stage
from tests.generation.video_server import (
    HICCUPS,
    Faults,
    Film,
    Time,
    VideoServer,
    may_connect,
    server,
    time_,
    video,
    videos,
)

__all__ = ["may_connect", "server", "stage", "time_", "videos"]


def test_a_server_that_is_busy_for_a_while_is_waited_for(server: VideoServer, stage: Set) -> None:
    server.faults.busy = 6
    stage.film(server)
    assert stage.is_right()
    assert server.count["submit"] == 1


def test_a_server_may_say_how_long_to_stay_away(videos: VideoServer, stage: Set) -> None:
    videos.faults.busy, videos.faults.retry_after = 1, "30"
    begun = stage.time.now()
    stage.film(videos)
    assert 30 <= stage.time.now() - begun < 40


def test_a_server_that_is_always_busy_is_given_up_at_the_deadline(videos: VideoServer, stage: Set) -> None:
    videos.faults.busy = 10_000
    begun = stage.time.now()
    assert "too much to do" in stage.fails(videos, ServerBusy)
    assert 600 <= stage.time.now() - begun < 610
    assert videos.count["submit"] == 0


def test_a_server_that_stumbles_is_asked_again(server: VideoServer, stage: Set) -> None:
    server.faults.broken = 3
    stage.film(server)
    assert stage.is_right()


def test_a_server_that_dies_and_comes_back_finishes_the_film(server: VideoServer, stage: Set) -> None:
    server.faults.polls = 4
    stage.time.after(1.2, server.stop)
    stage.time.after(40, server.start)
    stage.film(server)
    assert stage.is_right()
    assert server.count["submit"] == 1


def test_a_server_that_forgets_all_when_it_dies_films_again(server: VideoServer, stage: Set) -> None:
    server.faults.polls = 4
    stage.time.after(1.2, lambda: server.stop(forget=True))
    stage.time.after(40, server.start)
    stage.film(server)
    assert stage.is_right()
    assert server.count["submit"] == 2


def test_a_server_that_stays_dead_is_left_to_the_queue_and_its_task_remembered(videos: VideoServer, stage: Set) -> None:
    videos.faults.polls = 4
    stage.time.after(1.2, videos.stop)
    begun = stage.time.now()
    assert "cannot be reached" in stage.fails(videos, ServerDown)
    assert 120 <= stage.time.now() - begun < 140
    assert [ticket.id for ticket in stage.notes.tickets.values()] == ["task-1"]
    videos.start()
    stage.film(videos)
    assert stage.is_right()
    assert videos.count["submit"] == 1


def test_a_lost_task_is_submitted_once_more_and_no_more(server: VideoServer, stage: Set) -> None:
    server.faults.loses = 1
    stage.film(server)
    assert stage.is_right()
    assert server.count["submit"] == 2

    server.faults.loses = 2
    stage.out.unlink()
    assert "lost this shot 2 times" in stage.fails(server, TakeFailed)
    assert server.count["submit"] == 4
    assert stage.notes.tickets == {}


def test_a_task_that_somebody_else_cancelled_counts_as_lost(server: VideoServer, stage: Set) -> None:
    server.faults.cancels = 1
    stage.film(server)
    assert stage.is_right()
    assert server.count["submit"] == 2


def test_a_film_that_failed_is_told_with_the_servers_words_made_plain(server: VideoServer, stage: Set) -> None:
    server.faults.fails = "CUDA out of memory\x1b[31m at /srv/models/wan/run.py,\n see http://10.0.0.7/log " + "x" * 500
    message = stage.fails(server, TakeFailed)
    assert message.startswith(
        "remote-test could not film this shot: CUDA out of memory [31m at (path), see (address) xxx"
    )
    assert len(message) < 220
    assert stage.notes.tickets == {}


def test_a_submission_that_is_refused_is_not_repeated(server: VideoServer, stage: Set) -> None:
    server.faults.refuses = "num_frames must be 4k+1"
    assert "(400, it says: num_frames must be 4k+1)" in stage.fails(server, ServerRefused)
    assert server.count == {"submit": 1}


def test_content_that_is_not_there_yet_is_asked_for_again(server: VideoServer, stage: Set) -> None:
    server.faults.unready = 3
    stage.film(server)
    assert stage.is_right()
    assert server.count["fetch"] == 4


def test_content_that_never_comes_is_a_lost_task(videos: VideoServer, stage: Set) -> None:
    videos.faults.unready = 10_000
    assert "lost this shot" in stage.fails(videos, TakeFailed)
    assert videos.count["submit"] == 2


def test_what_is_too_long_is_cut_off(server: VideoServer, stage: Set) -> None:
    server.faults.sends = lambda film: video(film.width, film.height, film.frames + 8, film.fps)
    stage.film(server)
    assert stage.is_right()


@pytest.mark.parametrize(
    ("sends", "message"),
    [
        (lambda film: video(64, 96, 8, 8), "sent 8 frames where 9 was planned"),
        (lambda film: video(96, 64, 9, 8), "sent 96x64 where 64x96 was planned"),
        (lambda film: video(64, 96, 9, 16), "sent 16 frames a second where 8 was planned"),
        (lambda film: b"<html>out of order</html>", "sent a file that is no video"),
        (lambda film: b"", "sent a file that is no video"),
        (lambda film: b"#EXTM3U\nfile:///etc/passwd\n", "sent a file that is no video"),
        (lambda film: video(64, 96, 9, 8)[:400], "sent a file that is no video"),
    ],
)
def test_what_is_not_as_planned_is_rejected(
    server: VideoServer, stage: Set, sends: Callable[[Film], bytes], message: str
) -> None:
    server.faults.sends = sends
    assert message in stage.fails(server, ClipRejected)
    assert stage.notes.tickets == {}, "the next attempt must film it anew"


def test_an_answer_that_ends_half_way_is_fetched_again(videos: VideoServer, stage: Set) -> None:
    videos.faults.cut_off = True
    stage.time.after(8, lambda: setattr(videos.faults, "cut_off", False))
    stage.film(videos)
    assert stage.is_right()
    assert videos.count["fetch"] > 1


def test_an_endless_answer_is_cut_off(server: VideoServer, stage: Set) -> None:
    server.faults.sends = lambda film: b"0" * 300_000
    message = stage.fails(server, ServerMisbehaved, limits=Limits(file=100_000))
    assert "more than 100000 bytes" in message
    assert stage.notes.tickets == {}
    assert server.count["fetch"] == 1


def test_a_redirect_to_another_host_is_refused(server: VideoServer, stage: Set, may_connect: None) -> None:
    other = VideoServer()
    server.faults.redirect = f"{other.url}/v1/videos/task-1"
    assert "another address" in stage.fails(server, ServerMisbehaved)
    assert other.count == {}
    assert other.tokens == set()
    other.stop()


@pytest.mark.slow
def test_an_answer_in_another_language_is_a_server_in_trouble(videos: VideoServer, stage: Set) -> None:
    videos.faults.babble = b"<html>nginx</html>"
    assert "not agreed" in stage.fails(videos, ServerDown)


def test_a_film_that_never_ends_is_stopped_at_the_deadline(server: VideoServer, stage: Set) -> None:
    server.faults.polls = 10_000
    begun = stage.time.now()
    assert "did not finish within 600 s" in stage.fails(server, TakeFailed)
    assert 600 <= stage.time.now() - begun < 610
    assert server.count["delete"] == (1 if server.dialect == "lightx2v" else 0)
    assert stage.notes.tickets == {}


def test_a_cancel_stops_the_server_where_it_can(server: VideoServer, stage: Set) -> None:
    server.faults.polls = 100
    watch = Steps(Cancelled("enough"), when=lambda: server.count["poll"] == 3)
    with pytest.raises(Cancelled, match="enough"):
        stage.film(server, watch)
    assert not stage.out.exists()
    if server.dialect == "lightx2v":
        assert server.count["delete"] == 1
        assert stage.notes.tickets == {}
        return
    assert server.count["delete"] == 0, "there, DELETE only forgets"
    server.faults.polls = 1
    stage.film(server)
    assert stage.is_right()
    assert server.count["submit"] == 1, "ordered again, it is found finished"


def test_the_operator_may_say_that_delete_aborts(videos: VideoServer, stage: Set) -> None:
    videos.faults.polls = 100
    watch = Steps(Cancelled("enough"), when=lambda: videos.count["poll"] == 3)
    with pytest.raises(Cancelled):
        stage.film(videos, watch, aborts=True)
    assert videos.count["delete"] == 1


def test_a_cancel_while_the_server_is_dead_is_still_a_cancel(videos: VideoServer, stage: Set) -> None:
    videos.faults.polls = 100
    stage.time.after(3, videos.stop)
    begun = stage.time.now()
    watch = Steps(Cancelled("enough"), when=lambda: stage.time.now() > begun + 5)
    with pytest.raises(Cancelled, match="enough"):
        stage.film(videos, watch, aborts=True)


@pytest.mark.parametrize("death", [KeyboardInterrupt(), JobLost("gone"), RuntimeError("power cut")])
def test_a_worker_that_dies_while_it_waits_is_followed_by_one_that_takes_over(
    server: VideoServer, stage: Set, death: Exception
) -> None:
    server.faults.polls = 4
    with pytest.raises(type(death)):
        stage.film(server, Steps(death, when=lambda: server.count["submit"] == 1))
    assert server.count == {"submit": 1}
    assert [ticket.id for ticket in stage.notes.tickets.values()] == ["task-1"]
    stage.film(server)
    assert stage.is_right()
    assert server.count["submit"] == 1
    assert server.count["delete"] == 0


def test_a_task_left_behind_long_ago_is_asked_for_once_more(videos: VideoServer, stage: Set) -> None:
    with pytest.raises(KeyboardInterrupt):
        stage.film(videos, Steps(KeyboardInterrupt(), when=lambda: videos.count["submit"] == 1))  # type: ignore[arg-type]
    stage.time.seconds += 100_000
    stage.film(videos)
    assert stage.is_right()
    assert videos.count["submit"] == 1


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    script=st.lists(st.sampled_from(["", "", "drop", *HICCUPS]), max_size=14),
    polls=st.integers(1, 5),
    ends=st.sampled_from(["well", "fails", "short", "garbage"]),
    dialect=st.sampled_from(["openai_videos", "lightx2v"]),
)
def test_whatever_happens_it_ends_in_a_right_clip_or_a_clear_error(
    script: list[str], polls: int, ends: str, dialect: str, may_connect: None, tmp_path: Path
) -> None:
    stage = Set(tmp_path, drawn_photo(tmp_path / "photo.png"), Time())
    stage.out.unlink(missing_ok=True)
    server = VideoServer(dialect)
    server.faults = Faults(script=list(script), polls=polls, fails="no" if ends == "fails" else "")
    if ends in ("short", "garbage"):
        server.faults.sends = lambda film: video(64, 96, 5, 8) if ends == "short" else b"no video"
    begun = stage.time.now()
    ended: GenerationError | None = None
    try:
        stage.film(server)
    except GenerationError as error:
        ended = error
    finally:
        server.stop()
    if ended is None:
        assert ends == "well"
        assert stage.is_right()
    else:
        assert str(ended).startswith(("remote-test ", "the server's answer"))
        assert not stage.out.exists()
        # A page of a gateway in the film's place is the one hiccup that costs a take.
        gateway = {"babble", "nonsense", "nothing"} & set(script)
        assert ends != "well" or isinstance(ended, ServerDown | ServerRefused | TakeFailed) or gateway
    assert server.count["submit"] <= 2
    assert stage.time.now() - begun <= 2 * 600 + 10
