"""A server that speaks both dialects over a real socket, films at once, and has every fault that a test asks for.

It counts what it is asked, and remembers what it was sent. ``Time`` is the clock of its clients: nobody sleeps.
"""

import base64
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from pytest_socket import enable_socket, socket_allow_hosts

from generation.engines.remote import pace
from generation.ffmpeg import ClipWriter

SIZES = ["64x96", "96x64"]


@cache
def video(width: int, height: int, frames: int, fps: int) -> bytes:
    """A grey clip that gets lighter by two levels each frame."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        with ClipWriter(path, width, height, fps) as writer:
            for index in range(frames):
                planes = np.full((height * 3 // 2, width), 128, np.uint8)
                planes[:height] = 60 + 2 * index
                writer.write(planes)
        return path.read_bytes()


@dataclass
class Time:
    """Goes on only when somebody sleeps; ``at``: what happens when it comes to that moment."""

    seconds: float = 1_800_000_000.0
    at: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        for entry in [entry for entry in self.at if entry[0] <= self.seconds]:
            self.at.remove(entry)
            entry[1]()

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        self.at.append((self.seconds + seconds, event))


@dataclass
class Film:
    """One task. ``asked``: how often its state was asked for."""

    id: str
    width: int
    height: int
    frames: int
    fps: int
    state: str = "queued"
    error: str = ""
    asked: int = 0


@dataclass
class Faults:
    """``polls``: questions until a film is done; ``busy``, ``broken``: so many answers of 503 and 500 first."""

    polls: int = 2
    busy: int = 0
    retry_after: str = ""
    broken: int = 0
    fails: str = ""  # every film ends with this error
    loses: int = 0  # so many films vanish when they are asked for
    unready: int = 0  # so many times the content of a finished film is not there yet
    cancels: int = 0  # so many films are cancelled by somebody else
    refuses: str = ""  # every submission
    redirect: str = ""  # where every GET is sent
    sends: Callable[[Film], bytes] | None = None  # instead of the right video
    cut_off: bool = False  # the content ends half-way
    babble: bytes = b""  # instead of any JSON
    quiet: bool = True  # like SGLang: "queued" and 0 until done
    script: list[str] = field(default_factory=list)  # one for each request: a key of ``HICCUPS``, "drop" or ""


HICCUPS: dict[str, tuple[int, bytes]] = {
    "busy": (503, b"{}"),
    "stumble": (500, b"{}"),
    "gateway": (502, b"<html>"),
    "slow down": (429, b""),
    "babble": (200, b"<html>"),
    "nonsense": (200, b'{"id": 7}'),
    "nothing": (200, b""),
    "lost": (404, b"{}"),
}


class VideoServer:
    def __init__(self, dialect: str = "openai_videos") -> None:
        self.dialect, self.faults = dialect, Faults()
        self.films: dict[str, Film] = {}
        self.count: Counter[str] = Counter()
        self.forms: list[dict[str, Any]] = []  # what was submitted; files as bytes
        self.tokens: set[str] = set()
        self._port = 0
        self._http: ThreadingHTTPServer | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._http = _Http(self._port, self)
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.005,), daemon=True).start()

    def stop(self, *, forget: bool = False) -> None:
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None
        if forget:
            self.films.clear()

    def setting(self, **changes: object) -> str:
        """A value for REMOTE_ENGINES with this server as ``remote-test``."""
        entry = {
            "id": "test",
            "dialect": self.dialect,
            "url": self.url,
            "model": "acme/video-1",
            "modes": ["first"],
            "sizes": SIZES,
            "fps": 8,
            "frame_rule": "4k+1",
            "max_seconds": 6,
            "profiles": {"standard": {"steps": 4, "guidance": 1.0}, "high": {"steps": 40, "guidance": 5.0}},
            "deadline_seconds": 600,
        }
        return json.dumps([entry | changes])

    def answer(self, method: str, path: str, sent: dict[str, Any]) -> tuple[int, object]:
        """Status, and a JSON value or the bytes of a video."""
        if method == "POST":
            self.count["submit"] += 1
            return self._submit(sent)
        film = self.films.get(next((part for part in path.split("/") if part in self.films), ""))
        if film is None:
            return 404, {"detail": "Task not found"}
        if method == "DELETE":
            self.count["delete"] += 1
            film.state = "cancelled"
            return 200, {"id": film.id, "deleted": True}
        if path.endswith(("/content", "/result")):
            self.count["fetch"] += 1
            return self._content(film)
        self.count["poll"] += 1
        return self._status(film)

    def _submit(self, sent: dict[str, Any]) -> tuple[int, object]:
        if self.faults.refuses:
            return 400, {"detail": self.faults.refuses}
        self.forms.append(sent)
        number = f"task-{len(self.forms)}"
        if self.dialect == "openai_videos":
            width, height = map(int, sent["size"].split("x"))
            frames, fps = int(sent["num_frames"]), int(sent["fps"])
        else:
            height, width = sent["target_shape"]
            frames, fps = sent["target_video_length"], sent["target_fps"]
        film = self.films[number] = Film(number, width, height, frames, fps)
        return 200, self._shown(film, "task_status")

    def _status(self, film: Film) -> tuple[int, object]:
        faults = self.faults
        film.asked += 1
        if faults.loses:
            faults.loses -= 1
            del self.films[film.id]
            return 404, {"detail": "Task not found"}
        if faults.cancels:
            faults.cancels -= 1
            film.state = "cancelled"
        elif film.asked >= faults.polls:
            film.state = "failed" if faults.fails else "completed"
            film.error = faults.fails
        elif not faults.quiet:
            film.state = "in_progress" if self.dialect == "openai_videos" else "processing"
        return 200, self._shown(film, "status")

    def _shown(self, film: Film, state_name: str) -> dict[str, object]:
        if self.dialect != "openai_videos":
            state = "pending" if film.state == "queued" else film.state
            return {"task_id": film.id, state_name: state, "error": film.error or None}
        share = 100 if film.state == "completed" else 0 if self.faults.quiet else 100 * film.asked // self.faults.polls
        error = {"code": "x", "message": film.error} if film.error else None
        return {"id": film.id, "object": "video", "status": film.state, "progress": share, "error": error}

    def _content(self, film: Film) -> tuple[int, object]:
        if self.faults.unready or film.state != "completed":
            self.faults.unready = max(self.faults.unready - 1, 0)
            return 404, {"detail": "Generation is still in-progress"}
        if self.faults.sends is not None:
            return 200, self.faults.sends(film)
        return 200, video(film.width, film.height, film.frames, film.fps)


class _Http(ThreadingHTTPServer):
    def __init__(self, port: int, videos: VideoServer) -> None:
        self.videos = videos
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        videos, faults = self.server.videos, self.server.videos.faults
        videos.tokens.add(self.headers.get("Authorization", ""))
        hiccup = faults.script.pop(0) if faults.script else ""
        if hiccup:
            if hiccup in HICCUPS:
                self._say(*HICCUPS[hiccup])
        elif faults.redirect and method == "GET":
            self._say(302, b"", Location=faults.redirect)
        elif faults.busy:
            faults.busy -= 1
            self._say(503, b"{}", **({"Retry-After": faults.retry_after} if faults.retry_after else {}))
        elif faults.broken:
            faults.broken -= 1
            self._say(500, b'{"detail": "worker at /srv/films/run.py died"}')
        else:
            status, found = videos.answer(method, self.path, _sent(self.headers["Content-Type"] or "", body))
            if isinstance(found, bytes):
                self._say(status, found, cut_off=faults.cut_off)
            else:
                self._say(status, faults.babble or json.dumps(found).encode())

    def _say(self, status: int, content: bytes, *, cut_off: bool = False, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut_off else content)

    def log_message(self, *args: object) -> None:
        pass


def _sent(kind: str, body: bytes) -> dict[str, Any]:
    """A form's fields as text and its files as bytes, or the JSON object with its pictures as bytes."""
    if kind.startswith("application/json"):
        found = json.loads(body)
        return {k: base64.b64decode(v) if k in ("image_path", "last_frame_path") else v for k, v in found.items()}
    if not kind.startswith("multipart/"):
        return {}
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    parts = {}
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        parts[str(name)] = content if part.get_filename() else content.decode()
    return parts


@pytest.fixture
def time_() -> Time:
    return Time()


@pytest.fixture
def no_waiting(time_: Time, monkeypatch: pytest.MonkeyPatch) -> Time:
    """The clock of engines that the registry makes."""
    monkeypatch.setattr(pace.WallClock, "now", lambda _: time_.now())
    monkeypatch.setattr(pace.WallClock, "sleep", lambda _, seconds: time_.sleep(seconds))
    return time_


@pytest.fixture
def may_connect() -> None:
    """To this machine only."""
    enable_socket()
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture(params=["openai_videos", "lightx2v"])
def server(request: pytest.FixtureRequest, may_connect: None) -> Iterator[VideoServer]:
    """Once for each dialect."""
    server = VideoServer(request.param)
    yield server
    server.stop()


@pytest.fixture
def videos(may_connect: None) -> Iterator[VideoServer]:
    """Of the dialect ``openai_videos``."""
    server = VideoServer()
    yield server
    server.stop()
