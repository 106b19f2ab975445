"""System checks: each missing part by name, and how to mend it. ``manage.py check --deploy`` adds those of a real service."""

import importlib.util
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from generation.errors import GenerationError

GATES = ("enforce", "report")  # generation.domain.quality.GateMode


@register()
def ffmpeg_is_there(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    import imageio_ffmpeg

    try:
        imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        return [
            Error(
                "no ffmpeg binary",
                hint="pip install imageio-ffmpeg (its wheel carries one), or set IMAGEIO_FFMPEG_EXE to yours",
                id="hitsmith.E001",
            )
        ]
    return []


@register()
def fonts_are_there(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    missing = [
        name for name in ("NotoSansSC-Bold.ttf", "NotoSansSC-Medium.ttf") if not (settings.FONT_DIR / name).is_file()
    ]
    return [
        Error(
            f"the Chinese font {name} is not in {settings.FONT_DIR}",
            hint="check out generation/fonts/ again, or set FONT_DIR to a folder that has it",
            id="hitsmith.E002",
        )
        for name in missing
    ]


@register()
def default_engine_is_ready(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    from generation.engines import registry

    try:
        missing = registry.missing_parts(settings.DEFAULT_ENGINE)
    except GenerationError as error:
        return [Error(str(error), hint="set DEFAULT_ENGINE to one that `manage.py engines` lists", id="hitsmith.E003")]
    return [Error(f"engine {settings.DEFAULT_ENGINE}: {part}", id="hitsmith.E004") for part in missing]


@register()
def gate_is_set_right(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.GATE not in GATES:
        found.append(Error(f"GATE is {settings.GATE!r}", hint=f"set it to {' or '.join(GATES)}", id="hitsmith.E011"))
    found += [
        Error(f"{name} is {getattr(settings, name)}", hint="set it to 1 or more", id="hitsmith.E012")
        for name in ("GATE_TAKES", "BEST_OF")
        if getattr(settings, name) < 1
    ]
    return found


@register()
def remote_engines_are_right(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    from generation.engines.remote.settings import remotes

    found = remotes(settings.REMOTE_ENGINES)
    broken: list[CheckMessage] = [
        Error(f"REMOTE_ENGINES, {problem}", hint="docs/remote.md describes each field", id="hitsmith.E010")
        for problem in found.problems
    ]
    return broken + [
        Warning(
            f"{server.spec.id}: photos and the token go to {server.url} unencrypted",
            hint="serve it over https, or reach it through a private network",
            id="hitsmith.W004",
        )
        for server in found.servers
        if server.token_env and server.url.startswith("http:") and not server.is_here
    ]


@register()
def broker_is_usable(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    scheme = urlsplit(settings.BROKER_URL).scheme.split("+")[0]
    if scheme in {"redis", "rediss"} and importlib.util.find_spec("redis") is None:
        return [
            Error(
                "BROKER_URL names Redis, but its client is not installed",
                hint='pip install "hitsmith[redis]", or leave BROKER_URL out for the broker made of files',
                id="hitsmith.E005",
            )
        ]
    return []


@register()
def storage_is_writable(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    if settings.MEDIA_S3_BUCKET:
        if importlib.util.find_spec("storages") is None:
            return [Error("MEDIA_S3_BUCKET is set", hint='pip install "hitsmith[s3]"', id="hitsmith.E006")]
        return []
    try:
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT):
            return []
    except OSError as problem:
        hint = "give this user the right to write there, or set HITSMITH_VAR to another folder"
        return [Error(f"cannot write media to {settings.MEDIA_ROOT}: {problem}", hint=hint, id="hitsmith.E007")]


@register(deploy=True)
def secrets_are_real(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.SECRET_KEY == settings.DEVELOPMENT_SECRET_KEY:
        found.append(
            Error(
                "SECRET_KEY is the one from the source code: anybody can forge a session",
                hint="set SECRET_KEY to 50 random characters of your own",
                id="hitsmith.E008",
            )
        )
    if settings.AIGC_PROVIDER_CODE == settings.DEVELOPMENT_AIGC_PROVIDER:
        found.append(
            Warning(
                "AIGC_PROVIDER_CODE is a development value: the hidden AI label of your films is not a valid one",
                hint="set the 27 characters of TC260-PG-20252A that stand for your company",
                id="hitsmith.W001",
            )
        )
    return found


@register(deploy=True)
def servers_fit_the_load(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        hint = "set DATABASE_URL=postgres://..., several machines cannot share one SQLite file"
        found.append(Warning("the database is SQLite", hint=hint, id="hitsmith.W002"))
    if settings.BROKER_URL.startswith("filesystem"):
        hint = "set BROKER_URL=redis://..., the broker made of files serves one machine only"
        found.append(Warning("the broker is made of files", hint=hint, id="hitsmith.W003"))
    return found
