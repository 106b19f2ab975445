"""The remote engine against a real socket, in both dialects: what it says, what it sends and what it makes of it."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from generation.domain.engine_spec import Framing, Move
from generation.domain.shot_plan import ShotRequest, plan
from generation.engines.remote.dialects import Order
from generation.engines.remote.engine import RemoteEngine
from generation.engines.remote.memory import Ticket
from generation.engines.remote.settings import remotes
from generation.errors import JobLost
from generation.ffmpeg import opened
from generation.watch import NullWatch
from tests.generation.makers import drawn_photo
from tests.generation.remote_stage import Set, Steps, stage
from tests.generation.video_server import VideoServer, may_connect, server, time_, videos

__all__ = ["may_connect", "server", "stage", "time_", "videos"]


def decoded(content: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture


def test_a_shot_is_filmed_in_either_dialect(server: VideoServer, stage: Set) -> None:
    filmed = stage.film(server)
    assert (filmed.frames, filmed.width, filmed.height, filmed.fps) == (9, 64, 96, 8)
    assert filmed.subject is not None
    assert stage.is_right()
    assert server.count == {"submit": 1, "poll": 2, "fetch": 1}
    with opened(stage.out) as container:
        lumas = [frame.to_ndarray()[:96].mean() for frame in container.decode(video=0)]
    assert lumas == pytest.approx([60 + 2 * index for index in range(9)], abs=1.0)


def test_everything_is_said_and_the_picture_itself_is_sent(server: VideoServer, stage: Set) -> None:
    stage.film(server)
    (sent,) = server.forms
    if server.dialect == "openai_videos":
        numbers = {name: sent[name] for name in ("model", "size", "num_frames", "fps", "seed", "seconds")}
        assert numbers == {
            "model": "acme/video-1", "size": "64x96", "num_frames": "9", "fps": "8", "seed": "7", "seconds": "2",
        }  # fmt: skip
        assert (sent["num_inference_steps"], sent["guidance_scale"]) == ("4", "1.0")
        picture = decoded(sent["input_reference"])
    else:
        names = ("target_video_length", "target_fps", "target_shape", "seed", "infer_steps")
        assert [sent[name] for name in names] == [9, 8, [96, 64], 7, 4]
        picture = decoded(sent["image_path"])
    assert picture.shape == (96, 64, 3)
    blue, _, red = picture[40, 32]  # the product is in the middle, whole, and red
    assert red - int(blue) > 100
    assert picture[40, 2].min() > 150
    assert "pushes in" in sent["prompt"]
    assert "deformed" in sent["negative_prompt"]
    assert str(stage.folder) not in str({name: value for name, value in sent.items() if isinstance(value, str)})


def test_the_strict_dialect_names_its_fields_otherwise(videos: VideoServer, stage: Set) -> None:
    videos.dialect = "lightx2v_strict"
    remote = remotes(videos.setting()).servers[0]
    body = remote.dialect.submit(Order(stage.plan(videos), remote.spec.profiles[0], remote.model, first=b"png")).body
    assert body is not None
    assert (body["num_frames"], body["size"], body["image_path"]) == (9, [96, 64], "cG5n")
    assert str(body["save_result_path"]).endswith(".mp4")
    assert set(body) == {
        "prompt", "negative_prompt", "seed", "num_frames", "size", "save_result_path", "image_path",
    }  # fmt: skip


def test_profile_token_and_the_operators_own_fields_arrive(
    videos: VideoServer, stage: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILM_TOKEN", "s3cret")
    stage.film(videos, profile="high", token_env="FILM_TOKEN", extra={"flow_shift": 5, "teacache": True})
    (sent,) = videos.forms
    assert (sent["num_inference_steps"], sent["guidance_scale"]) == ("40", "5.0")
    assert (sent["flow_shift"], sent["teacache"]) == ("5", "true")
    assert '"flow_shift": 5' in sent["extra_body"]
    assert videos.tokens == {"Bearer s3cret"}


def test_progress_goes_up_and_never_back(videos: VideoServer, stage: Set) -> None:
    videos.faults.quiet, videos.faults.polls = False, 5
    watch = Steps()
    stage.film(videos, watch)
    fractions = [fraction for fraction, _ in watch.told]
    assert fractions == sorted(fractions)
    assert list(dict.fromkeys(name for _, name in watch.told)) == ["prepare", "queue", "film", "fetch", "encode"]
    film = [fraction for fraction, stage in watch.told if stage == "film"]
    assert film[0] < 0.3 < film[-1] < 0.9


def test_the_watch_hears_something_every_half_second(videos: VideoServer, stage: Set) -> None:
    videos.faults.polls = 20
    moments: list[float] = []
    watch = Steps(when=lambda: bool(moments.append(stage.time.now())))
    watch._stop = JobLost("never")
    stage.film(videos, watch)
    assert max(after - before for before, after in pairwise(moments)) <= 0.5
    assert moments[-1] - moments[0] > 60


def test_questions_come_at_longer_and_longer_intervals(videos: VideoServer, stage: Set) -> None:
    videos.faults.polls = 8
    asked: list[float] = []
    status = videos._status
    videos._status = lambda film: (asked.append(stage.time.now()), status(film))[1]  # type: ignore[method-assign, assignment]
    stage.film(videos)
    waits = [round(after - before, 1) for before, after in pairwise(asked)]
    assert len(waits) == 7
    assert waits[0] == 1.0
    assert waits[-1] == 5.0
    assert waits == sorted(waits)


def test_an_untagged_video_is_taken_for_what_ffmpeg_makes_of_rgb(
    videos: VideoServer, stage: Set, tmp_path: Path
) -> None:
    path = tmp_path / "red.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=8, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 64, 96, "yuv420p"
        for _ in range(9):
            red = av.VideoFrame.from_ndarray(np.full((96, 64, 3), (200, 40, 40), np.uint8), format="rgb24")
            container.mux(stream.encode(red))
        container.mux(stream.encode())
    videos.faults.sends = lambda film: path.read_bytes()
    stage.film(videos)
    with opened(stage.out) as clip:
        frame = next(clip.decode(video=0))
        assert frame.colorspace == 1
        planes = frame.to_ndarray()
    red_in_bt709 = (79.6, 111.9, 198.3)
    assert (planes[:96].mean(), planes[96:120].mean(), planes[120:].mean()) == pytest.approx(red_in_bt709, abs=2)


def test_first_and_last_picture_both_arrive(may_connect: None, stage: Set, tmp_path: Path) -> None:
    server = VideoServer("lightx2v")
    remote = remotes(server.setting(modes=["first_last"])).servers[0]
    last = drawn_photo(tmp_path / "last.png", width=240, height=320, noise_seed=9)
    request = ShotRequest(stage.image, Move.ORBIT, Framing.MEDIUM, 0.8, 9, 8, 64, 96, seed=7, last_image=last)
    photos = {stage.image.sha256: tmp_path / "photo.png", last.sha256: tmp_path / "last.png"}
    RemoteEngine(remote, stage.notes, stage.time).film(plan(remote.spec, request), photos, stage.out, NullWatch())
    server.stop()
    (sent,) = server.forms
    assert decoded(sent["image_path"]).shape == decoded(sent["last_frame_path"]).shape == (96, 64, 3)
    assert sent["image_path"] != sent["last_frame_path"]


def test_a_shot_from_text_sends_no_picture(videos: VideoServer, stage: Set) -> None:
    remote = remotes(videos.setting(modes=["text"])).servers[0]
    request = ShotRequest(
        None, Move.STATIC, Framing.WIDE, 0.5, 9, 8, 64, 96, seed=7, prompt="a red bottle on a white table"
    )
    filmed = RemoteEngine(remote, stage.notes, stage.time).film(plan(remote.spec, request), {}, stage.out, NullWatch())
    assert filmed.subject is None
    assert stage.is_right()
    (sent,) = videos.forms
    assert "input_reference" not in sent
    assert sent["prompt"].startswith("a red bottle on a white table, ")


def test_another_shot_is_another_task(videos: VideoServer, stage: Set) -> None:
    one = stage.plan(videos)
    stage.notes.keep("remote-test", replace(one, seed=8).key, Ticket("task-of-another-shot", stage.time.now()))
    stage.film(videos)
    assert videos.count["submit"] == 1
    assert [ticket.id for ticket in stage.notes.tickets.values()] == ["task-of-another-shot"]
