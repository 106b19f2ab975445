"""REMOTE_ENGINES: what an operator may write, and what is said about a slip."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.checks import CheckMessage

from config.checks import remote_engines_are_right
from generation.domain.engine_spec import Mode, Move, Profile
from generation.engines import registry
from generation.engines.remote.settings import remotes
from generation.errors import EngineNotFound

ENTRY: dict[str, Any] = {
    "id": "wan5b",
    "dialect": "openai_videos",
    "url": "http://10.0.0.7:8091",
    "model": "Wan-AI/Wan2.2-TI2V-5B-Diffusers",
    "sizes": ["1280x704", "704x1280"],
    "fps": 24,
    "frame_rule": "4k+1",
    "max_seconds": 5.1,
    "profiles": {"standard": {"steps": 50, "guidance": 5}, "draft": {"steps": 20}},
}


def problems(*entries: object) -> list[str]:
    return list(remotes(json.dumps(entries)).problems)


def test_an_entry_becomes_an_engine() -> None:
    (remote,) = remotes(json.dumps([ENTRY | {"modes": ["text", "first"], "licence": "Apache-2.0"}])).servers
    spec = remote.spec
    assert (spec.id, spec.weights, spec.licence) == ("remote-wan5b", ENTRY["model"], "Apache-2.0")
    assert spec.title_en == spec.title_zh == "Wan-AI/Wan2.2-TI2V-5B-Diffusers on a server"
    assert (spec.fps, spec.frame_step, spec.frame_offset, spec.max_ms) == (24, 4, 1, 5100)
    assert spec.sizes == ((1280, 704), (704, 1280))
    assert spec.max_pixels == 1280 * 704
    assert spec.modes == {Mode.TEXT, Mode.FIRST}
    assert spec.moves == set(Move)
    assert spec.profiles == (Profile("standard", 50, 5), Profile("draft", 20))
    assert (remote.deadline, remote.aborts, remote.token_env) == (1800.0, False, "")


def test_a_yaml_file_will_do(tmp_path: Path) -> None:
    path = tmp_path / "servers.yaml"
    path.write_text(yaml.safe_dump([ENTRY]))
    assert [remote.spec.id for remote in remotes(str(path)).servers] == ["remote-wan5b"]


def test_nothing_written_is_no_engine() -> None:
    assert remotes("") == remotes("  ") == remotes("[]")
    assert (remotes("").servers, remotes("").problems) == ((), ())


def test_the_example_in_the_docs_is_right() -> None:
    text = (Path(__file__).parents[2] / "docs" / "remote.md").read_text()
    examples = [part.split("```")[0] for part in text.split("```yaml\n")[1:]]
    assert examples
    for example in examples:
        assert problems(*yaml.safe_load(example)) == []


def test_what_changes_the_picture_changes_the_version() -> None:
    def version(**changes: object) -> str:
        return remotes(json.dumps([ENTRY | changes])).servers[0].spec.version

    assert version() == version(url="https://other.example", token_env="T", title="x", deadline_seconds=60)
    changed = {version(model="b"), version(extra={"flow_shift": 5}), version(profiles={"standard": {"steps": 4}})}
    assert len({version(), *changed}) == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "Wan 5B"}, "server Wan 5B: id: 'Wan 5B' does not match"),
        ({"dialect": "comfy"}, "dialect: 'comfy' is not one of"),
        ({"url": "10.0.0.7:8091"}, "url: write it as https://host:port"),
        ({"url": "http://user:secret@10.0.0.7"}, "url: write it as https://host:port"),
        ({"url": "http://10.0.0.7/?key=1"}, "url: write it as https://host:port"),
        ({"modes": ["first_last"]}, "modes: openai_videos has no first_last"),
        ({"sizes": ["1280x705"]}, "sizes: both sides must be even and at least 64, not 1280x705"),
        ({"sizes": ["wide"]}, "sizes.0: 'wide' does not match"),
        ({"fps": 0}, "fps: 0 is less than the minimum"),
        ({"frame_rule": "4n+1"}, "frame_rule: '4n+1' does not match"),
        ({"frame_rule": "8k+9", "max_seconds": 0.1}, "max_seconds: shorter than the shortest clip"),
        ({"profiles": {}}, "profiles: "),
        ({"profiles": {"fast": {}}}, "profiles.fast: 'steps' is a required property"),
        ({"tokn_env": "T"}, "the entry: Additional properties are not allowed ('tokn_env' was unexpected)"),
        ({"extra": {"a": {}}}, "extra.a: "),
        ({"model": "m" * 81}, "model: "),
    ],
)
def test_a_slip_is_named_and_makes_no_engine(changes: dict[str, object], words: str) -> None:
    found = remotes(json.dumps([ENTRY | changes, ENTRY | {"id": "good"}]))
    assert [remote.spec.id for remote in found.servers] == ["remote-good"]
    assert len(found.problems) == 1
    assert words in found.problems[0]


def test_an_id_is_used_once() -> None:
    assert problems(ENTRY, ENTRY) == ["server wan5b: id: 'wan5b' is used twice"]


@pytest.mark.parametrize("setting", ["/no/such/file.yaml", "[{]", '{"id": "x"}', "\x00", "a: [", "[1, 2"])
def test_what_is_no_list_is_told_and_nothing_breaks(setting: str, tmp_path: Path) -> None:
    found = remotes(setting)
    assert found.servers == ()
    assert len(found.problems) == 1
    assert found.problems[0].startswith("it is neither JSON nor the path of a YAML file")


def test_an_entry_that_is_no_object_is_named() -> None:
    assert problems(1) == ["server 1: the entry: 1 is not of type 'object'"]


def test_a_last_picture_needs_a_field_or_a_dialect_that_has_one() -> None:
    both = ENTRY | {"modes": ["first", "first_last"]}
    assert problems(both | {"last_field": "last_image"}) == []
    assert problems(both | {"dialect": "lightx2v"}) == []


def test_the_registry_knows_what_is_set(settings: Any) -> None:
    assert [spec.id for spec in registry.specs() if spec.id.startswith("remote-")] == []
    settings.REMOTE_ENGINES = json.dumps([ENTRY])
    assert "remote-wan5b" in [spec.id for spec in registry.specs()]
    assert registry.engine("remote-wan5b") is registry.engine("remote-wan5b")
    with pytest.raises(EngineNotFound, match=r"choose one of .*remote-wan5b"):
        registry.engine("remote-other")


def test_a_broken_list_leaves_the_other_engines_alone(settings: Any) -> None:
    settings.REMOTE_ENGINES = "[{]"
    assert registry.engine("still").spec.id == "still"


def test_a_token_that_is_not_there_is_missing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REMOTE_ENGINES = json.dumps([ENTRY | {"token_env": "WAN_TOKEN"}])
    assert registry.missing_parts("remote-wan5b") == ["the token of its server: set the environment variable WAN_TOKEN"]
    monkeypatch.setenv("WAN_TOKEN", "t")
    assert registry.missing_parts("remote-wan5b") == []


def checks() -> list[CheckMessage]:
    return remote_engines_are_right(None)


def test_the_system_check_tells_each_problem(settings: Any) -> None:
    settings.REMOTE_ENGINES = json.dumps([ENTRY | {"fps": 0}, ENTRY | {"sizes": []}])
    found = checks()
    assert [message.id for message in found] == ["hitsmith.E010", "hitsmith.E010"]
    assert found[0].msg.startswith("REMOTE_ENGINES, server wan5b: fps")
    settings.REMOTE_ENGINES = json.dumps([ENTRY])
    assert checks() == []


@pytest.mark.parametrize(
    ("url", "ids"),
    [
        ("http://10.0.0.7:1", ["hitsmith.W004"]),
        ("https://10.0.0.7:1", []),
        ("http://127.0.0.1:1", []),
        ("http://[::1]:1", []),
    ],
)
def test_a_token_over_an_open_line_is_warned_about(settings: Any, url: str, ids: list[str]) -> None:
    settings.REMOTE_ENGINES = json.dumps([ENTRY | {"url": url, "token_env": "T"}])
    assert [message.id for message in checks()] == ids
