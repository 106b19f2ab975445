"""The optional second reader of roles, against a real server on this machine."""

import json
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from pytest_socket import enable_socket, socket_allow_hosts

from templates_engine.domain.beats import Role
from templates_engine.language_model import tagger
from templates_engine.language_model.errors import ModelMisconfigured
from templates_engine.roles.features import ROLES
from templates_engine.roles.reader import shipped
from templates_engine.roles.tagging import tag
from tests.templates_engine.test_language_model import Answer, ChatServer, content

TEXTS = ("早上那杯咖啡，十分钟就凉了？", "这是小蓝杯，双层真空。", "点下面的链接带走。")


@pytest.fixture
def server(settings: Any) -> Iterator[ChatServer]:
    enable_socket()
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    found = ChatServer()
    thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.TEMPLATES_TAGGER = json.dumps({"base": found.url, "model": "small", "seconds": 2})
    yield found
    found.closing.set()
    found.shutdown()
    thread.join()
    found.server_close()


def labelling(*lines: tuple[object, list[object]]) -> Answer:
    return content(json.dumps({"lines": [{"line": line, "roles": roles} for line, roles in lines]}))


def test_without_a_server_the_trained_model_reads_alone() -> None:
    assert tagger.read(TEXTS, "zh") is None


def test_a_good_answer_weighs_three_quarters(server: ChatServer) -> None:
    alone = [dict(zip(ROLES, row, strict=True)) for row in shipped("zh").probabilities(TEXTS, "zh").tolist()]
    server.answers = [labelling((0, ["demo"]), (2, ["cta"]), (1, ["urgency", "other"]))]
    found = [dict(roles) for roles in tag(TEXTS, "zh")]
    assert [max(roles, key=roles.__getitem__) for roles in found] == [Role.DEMO, Role.URGENCY, Role.CTA]
    assert found[0][Role.DEMO] == pytest.approx(0.75 + 0.25 * alone[0][Role.DEMO], abs=0.03)
    assert all(sum(roles.values()) == pytest.approx(1) for roles in found)


def test_it_is_asked_with_the_guide_a_schema_and_every_line(server: ChatServer) -> None:
    server.answers = [labelling((0, ["hook"]), (1, ["reveal"]), (2, ["cta"]))]
    tagger.read(TEXTS, "zh")
    messages: Any = server.heard[0]["messages"]
    asked = json.loads(messages[1]["content"])
    assert [line["text"] for line in asked["lines"]] == list(TEXTS)
    assert asked["asked"] == [0, 2]
    assert all(f"{role.value}:" in messages[0]["content"] for role in Role)
    form: Any = server.heard[0]["response_format"]
    assert form["json_schema"]["schema"] == tagger.SCHEMA


def test_a_long_script_is_asked_for_in_parts(server: ChatServer) -> None:
    texts = [f"第{number}句" for number in range(tagger.MOST_LINES + 2)]
    parts = (range(tagger.MOST_LINES), range(tagger.MOST_LINES, len(texts)))
    server.answers = [labelling(*((number, ["other"]) for number in part)) for part in parts]
    assert tagger.read(texts, "zh") == ({Role.OTHER: 1.0},) * len(texts)
    assert len(server.heard) == 2


@pytest.mark.parametrize(
    "answer",
    [
        labelling((0, ["hook"]), (1, ["reveal"])),
        labelling((0, ["hook"]), (1, ["reveal"]), (2, ["cta"]), (3, ["cta"])),
        labelling((0, ["hook"]), (0, ["hook"]), (1, ["reveal"]), (2, ["cta"])),
        labelling((0, ["hook", "hook"]), (1, ["reveal"]), (2, ["cta"])),
        labelling((0, []), (1, ["reveal"]), (2, ["cta"])),
        labelling((0, ["miracle"]), (1, ["reveal"]), (2, ["cta"])),
        labelling(("0", ["hook"]), (1, ["reveal"]), (2, ["cta"])),
        content("sorry, I can not do that"),
        lambda body: (503, b"busy"),
    ],
    ids=["one missing", "one too many", "twice", "role twice", "no role", "unknown role", "no number", "prose", "busy"],
)
def test_a_bad_answer_costs_nothing(server: ChatServer, answer: Answer, settings: Any) -> None:
    server.answers = [answer]
    found = tag(TEXTS, "zh")
    settings.TEMPLATES_TAGGER = ""
    assert found == tag(TEXTS, "zh")


def test_a_setting_that_can_not_be_read_says_so(settings: Any) -> None:
    settings.TEMPLATES_TAGGER = "qwen"
    with pytest.raises(ModelMisconfigured, match="TEMPLATES_TAGGER.*leave it out"):
        tag(TEXTS, "zh")
