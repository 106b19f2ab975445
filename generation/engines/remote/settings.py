"""The operator's list of servers (``REMOTE_ENGINES``): JSON itself, or the path of a YAML or JSON file.

What is wrong with one server is said in words and leaves the others alone. See docs/remote.md.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator

from generation.domain.engine_spec import EngineSpec, Mode, Move, Profile
from generation.engines.remote.dialects import DIALECTS, Dialect, Extra
from generation.http import origin

SCHEMA = Path(__file__).with_name("settings.schema.json")
PREFIX = "remote-"
DEADLINE = 1800.0
PROMPT_CHARS = 1200  # about the 512 tokens that the text encoders of Wan and LTX read, less our own words
Entry = dict[str, Any]  # one server as it is written, checked against the schema


@dataclass(frozen=True)
class Remote:
    """One server. ``deadline``: seconds from submission to the finished video; ``token_env``: where the token lies."""

    spec: EngineSpec
    dialect: Dialect
    url: str
    model: str
    deadline: float
    aborts: bool
    token_env: str = ""
    last_field: str = ""
    extra: Extra | None = None

    @property
    def is_here(self) -> bool:
        """On this very machine."""
        return urlsplit(self.url).hostname in ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Remotes:
    """``problems``: what is wrong with the list, each with the place and what to do."""

    servers: tuple[Remote, ...] = ()
    problems: tuple[str, ...] = ()


@cache
def remotes(setting: str) -> Remotes:
    """The servers of ``REMOTE_ENGINES``; a file is read once per process."""
    try:
        entries = _entries(setting.strip())
    except (OSError, ValueError, yaml.YAMLError) as error:
        return Remotes(problems=(f"it is neither JSON nor the path of a YAML file: {_line(error)}",))
    servers: list[Remote] = []
    problems: list[str] = []
    for index, entry in enumerate(entries):
        wrong = _wrong(entry, taken={server.spec.id for server in servers})
        name = entry.get("id") if isinstance(entry, dict) else None
        problems += [f"server {name or index + 1}: {text}" for text in wrong]
        if not wrong:
            servers.append(_remote(entry))
    return Remotes(tuple(servers), tuple(problems))


def _entries(setting: str) -> list[Entry]:
    if not setting:
        return []
    found = json.loads(setting) if setting[0] in "[{" else yaml.safe_load(Path(setting).read_text("utf-8"))
    if not isinstance(found, list):
        raise ValueError("a list of servers is wanted, each with its id, dialect, url and so on")
    return found


def _wrong(entry: Entry, taken: set[str]) -> list[str]:
    """Everything that keeps this entry from being a server."""
    errors = Draft202012Validator(_schema()["items"]).iter_errors(entry)
    wrong = [f"{'.'.join(map(str, error.absolute_path)) or 'the entry'}: {error.message}" for error in errors]
    return wrong or [text for text in _misfits(entry, taken) if text]


def _misfits(entry: Entry, taken: set[str]) -> list[str]:
    """What a schema cannot say."""
    reachable = DIALECTS[entry["dialect"]].modes | ({Mode.FIRST_LAST} if entry.get("last_field") else set())
    foreign = sorted({Mode(mode) for mode in entry.get("modes", ["first"])} - reachable)
    odd = [size for size in entry["sizes"] if any(side % 2 or side < 64 for side in _size(size))]
    _, offset = _rule(entry["frame_rule"])
    plain_address = origin(entry["url"]) and not set("?#") & set(entry["url"])
    return [
        f"id: {entry['id']!r} is used twice" if PREFIX + entry["id"] in taken else "",
        "" if plain_address else "url: write it as https://host:port, without a user, a question or a mark",
        f"modes: {entry['dialect']} has no {', '.join(foreign)} (a last picture needs last_field)" if foreign else "",
        f"sizes: both sides must be even and at least 64, not {', '.join(odd)}" if odd else "",
        "max_seconds: shorter than the shortest clip of frame_rule"
        if offset > entry["max_seconds"] * entry["fps"]
        else "",
    ]


def _remote(entry: Entry) -> Remote:
    dialect = DIALECTS[entry["dialect"]]
    return Remote(
        spec=_spec(entry),
        dialect=dialect,
        url=entry["url"].rstrip("/"),
        model=entry["model"],
        deadline=float(entry.get("deadline_seconds", DEADLINE)),
        aborts=entry.get("aborts", dialect.aborts),
        token_env=entry.get("token_env", ""),
        last_field=entry.get("last_field", ""),
        extra=entry.get("extra"),
    )


def _spec(entry: Entry) -> EngineSpec:
    step, offset = _rule(entry["frame_rule"])
    sizes = tuple(_size(size) for size in entry["sizes"])
    title = str(entry.get("title") or f"{entry['model']} on a server")
    return EngineSpec(
        id=PREFIX + entry["id"],
        version=_version(entry),
        weights=entry["model"],
        title_zh=str(entry.get("title_zh") or title),
        title_en=title,
        moves=frozenset(Move),
        fps=entry["fps"],
        frame_step=step,
        frame_offset=offset,
        max_ms=round(entry["max_seconds"] * 1000),
        size_multiple=2,
        max_pixels=max(width * height for width, height in sizes),
        sizes=sizes,
        modes=frozenset(Mode(mode) for mode in entry.get("modes", ["first"])),
        profiles=tuple(Profile(name, **numbers) for name, numbers in entry["profiles"].items()),
        licence=entry.get("licence", "as its model"),
        excluded_territories=tuple(entry.get("excluded_territories", ())),
        prompt_chars=PROMPT_CHARS,
    )


def _version(entry: Entry) -> str:
    """Changes with everything that the picture depends on, so that a clip of before is not taken for one of now."""
    seen = {name: entry.get(name) for name in ("dialect", "model", "profiles", "extra", "last_field")}
    return f"1-{hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:8]}"


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def _rule(text: str) -> tuple[int, int]:
    """``4k+1`` -> 4, 1."""
    step, _, offset = text.partition("k")
    return int(step), int(offset.lstrip("+") or 0)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


@cache
def _schema() -> dict[str, Any]:
    return json.loads(SCHEMA.read_text("utf-8"))  # type: ignore[no-any-return]
