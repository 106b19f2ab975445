"""The optional writer against a real server on this machine: what it may change, and that no fault of it costs a script."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from pytest_socket import enable_socket, socket_allow_hosts

from templates_engine import library
from templates_engine.ad_terms import current_terms
from templates_engine.domain.claims import check_script
from templates_engine.domain.script import Script
from templates_engine.domain.template import ScriptTemplate
from templates_engine.language_model.errors import ModelMisconfigured
from templates_engine.language_model.script import write_script
from templates_engine.language_model.server import configured
from templates_engine.language_model.writer import Written
from templates_engine.seeding import seeds
from tests.templates_engine.products import MUG_EN, MUG_ZH

pytestmark = pytest.mark.django_db
Answer = Callable[[dict[str, object]], tuple[int, bytes]]
TEMPLATE = next(seed for seed in seeds() if seed.id == "tpl_pain_led_zh_v1")


class ChatServer(ThreadingHTTPServer):
    """Answers with what ``answers`` give, one after the other, the last one for ever; ``heard`` are the request bodies."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.heard: list[dict[str, object]] = []
        self.headers: list[Mapping[str, str]] = []
        self.closing = Event()
        super().__init__(("127.0.0.1", 0), _Chat)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *args: object) -> None:
        """A client that hangs up is meant here."""


class _Chat(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append(body)
        self.server.headers.append({"path": self.path, "token": self.headers.get("Authorization", "")})
        answer = self.server.answers[min(len(self.server.heard), len(self.server.answers)) - 1]
        status, content = answer(body)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def server(settings: Any) -> Iterator[ChatServer]:
    enable_socket()
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    found = ChatServer()
    thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.TEMPLATES_WRITER = json.dumps({"base": found.url, "model": "small", "seconds": 2})
    yield found
    found.closing.set()
    found.shutdown()
    thread.join()
    found.server_close()


def saying(*lines: tuple[object, object, object]) -> Answer:
    said = {"lines": [{"beat": beat, "text": text, "facts": facts} for beat, text, facts in lines]}
    return content(json.dumps(said, ensure_ascii=False))


def content(text: str) -> Answer:
    whole = json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()
    return lambda body: (200, whole)


def draft(template: ScriptTemplate = TEMPLATE) -> Script:
    return library.fill(template, MUG_ZH, target_ms=20_000, seed=3)


def written(sources: tuple[str, ...] = ()) -> Written:
    return write_script(TEMPLATE, MUG_ZH, target_ms=20_000, seed=3, sources=sources)


def test_without_a_model_the_grammar_writes() -> None:
    assert configured() is None
    assert written() == Written(draft())


def test_good_lines_replace_those_of_the_draft_and_nothing_else(server: ChatServer) -> None:
    server.answers = [saying((0, "水又凉了吧？", []), (2, "来，换小蓝杯", ["name"]))]
    found = written()
    before = draft()
    assert found.by_model == (0, 2)
    assert found.script.beats[2].voice == "来，换小蓝杯。"
    assert found.script.beats[2].caption == "来，换小蓝杯"
    assert found.script.beats[2].facts == ("name",)
    for place, (old, new) in enumerate(zip(before.beats, found.script.beats, strict=True)):
        assert (old.start_ms, old.end_ms, old.shots, old.role) == (new.start_ms, new.end_ms, new.shots, new.role)
        assert place in found.by_model or old == new
    assert check_script(found.script, MUG_ZH, current_terms()) == ()


def test_it_is_asked_with_a_schema_the_facts_and_the_room(
    server: ChatServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRITER_TOKEN", "secret-7")
    settings.TEMPLATES_WRITER = json.dumps({"base": server.url, "model": "small", "token_env": "WRITER_TOKEN"})
    server.answers = [saying()]
    written()
    assert server.headers == [{"path": "/v1/chat/completions", "token": "Bearer secret-7"}]
    body = server.heard[0]
    assert body["model"] == "small"
    assert body["response_format"]["json_schema"]["strict"] is True
    beats = json.loads(body["messages"][1]["content"])["beats"]
    assert [beat["draft"] for beat in beats] == [beat.voice for beat in draft().beats]
    assert all(beat["most"] >= 4 for beat in beats)
    assert "小蓝杯" in beats[2]["facts"].values()


@pytest.mark.parametrize(
    ("line", "facts", "why"),
    [
        ("全网最好的小蓝杯", [], "绝对化用语"),
        ("小蓝杯，只要九块九", [], "资料里没有这个数"),
        ("小蓝杯通过SGS认证", [], "要有依据"),
        ("小蓝杯真的真的真的真的真的真的真的真的真的真的真的真的真的真的真的很好用很好用很好用", [], "太长"),
        ("Meet the little blue mug", [], "语言不对"),
        ("", [], "没有内容"),
        ("换小蓝杯", ["proofs.9"], "没有这些事实"),
        ("这杯子我从夏天用到冬天", [], "太像"),
    ],
)
def test_a_bad_line_goes_back_twice_with_the_reason_and_then_the_grammar_speaks(
    server: ChatServer, line: str, facts: list[str], why: str
) -> None:
    server.answers = [saying((2, line, facts))]
    found = written(sources=("这杯子我从夏天用到冬天，一直没换",))
    assert found.script == draft()
    assert (found.by_model, found.trouble) == ((), "")
    assert [refused.beat for refused in found.refused] == [2]
    assert why in found.refused[0].why
    assert len(server.heard) == 3
    assert why in server.heard[1]["messages"][-1]["content"]


def test_a_line_that_is_mended_is_taken(server: ChatServer) -> None:
    server.answers = [saying((2, "最好的小蓝杯", ["name"])), saying((2, "看看小蓝杯", ["name"]))]
    found = written()
    assert (found.by_model, found.refused, found.script.beats[2].voice) == ((2,), (), "看看小蓝杯。")
    assert len(server.heard) == 2


def test_the_merchants_call_stays_and_no_line_comes_twice(server: ChatServer) -> None:
    last = len(draft().beats) - 1
    server.answers = [saying((last, "喜欢就带走吧", []), (2, "看看小蓝杯", []), (3, "看看小蓝杯", []))]
    found = written()
    assert found.by_model == (2,)
    assert {refused.beat for refused in found.refused} == {3, last}
    assert found.script.beats[last] == draft().beats[last]


@pytest.mark.parametrize(
    "answer",
    [
        content("sorry, no"),
        content("[1, 2]"),
        content('{"lines": 3}'),
        content('{"lines": [{"beat": 0}]}'),
        content('{"other": []}'),
        lambda body: (200, b"<html>"),
        lambda body: (200, b""),
        lambda body: (200, b'{"choices": []}'),
        lambda body: (200, b'{"choices": [{"message": {"content": null}}]}'),
        lambda body: (500, b'{"error": {"message": "out of memory"}}'),
        lambda body: (401, b"{}"),
        lambda body: (429, b"{}"),
    ],
)
def test_garbage_and_refusals_cost_nothing(
    server: ChatServer, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    server.answers = [answer]
    found = written()
    assert found.script == draft()
    assert found.by_model == ()
    assert "language model" in found.trouble
    assert len(server.heard) == 1


def test_what_was_taken_before_a_fault_is_kept(server: ChatServer) -> None:
    server.answers = [
        saying((2, "看看小蓝杯", ["name"]), (3, "最好", [])),
        lambda body: (500, b""),
    ]
    found = written()
    assert (found.by_model, found.script.beats[2].voice) == ((2,), "看看小蓝杯。")
    assert found.trouble


def test_strange_beat_numbers_are_ignored_and_a_fence_is_forgiven(server: ChatServer) -> None:
    lines = [{"beat": beat, "text": "看看小蓝杯", "facts": []} for beat in (-1, 99, True, "2", 2)]
    server.answers = [content("```json\n" + json.dumps({"lines": lines}) + "\n```")]
    assert written().by_model == (2,)


@pytest.mark.slow
def test_a_silent_server_is_left_alone(server: ChatServer, settings: Any) -> None:
    settings.TEMPLATES_WRITER = json.dumps({"base": server.url, "model": "small", "seconds": 1})

    def silent(body: dict[str, object]) -> tuple[int, bytes]:
        server.closing.wait(30)
        return 200, b"{}"

    server.answers = [silent]
    found = written()
    assert (found.script, found.by_model) == (draft(), ())
    assert found.trouble


def test_nobody_listening(settings: Any, server: ChatServer) -> None:
    settings.TEMPLATES_WRITER = json.dumps({"base": "http://127.0.0.1:9", "model": "small"})
    assert written().script == draft()


def test_english(server: ChatServer) -> None:
    template = next(seed for seed in seeds() if seed.id == "tpl_pain_led_en_v1")
    server.answers = [saying((2, "try the AeroMug", ["name"]), (3, "the best mug ever", []))]
    found = write_script(template, MUG_EN, target_ms=20_000, seed=3)
    assert found.script.beats[2].voice == "Try the AeroMug."
    assert [refused.beat for refused in found.refused] == [3]


@pytest.mark.parametrize(
    "setting",
    ["{", "[]", '{"base": "http://x"}', '{"base": 3, "model": "m"}', '{"base": "http://x", "model": "m", "shots": 1}',
     '{"base": "http://x", "model": "m", "token_env": "NOT_THERE_7"}', '{"base": "http://x", "model": "m", "seconds": 0}'],
)  # fmt: skip
def test_a_wrong_setting_is_named(settings: Any, setting: str) -> None:
    settings.TEMPLATES_WRITER = setting
    with pytest.raises(ModelMisconfigured, match="TEMPLATES_WRITER.*leave it out"):
        written()
