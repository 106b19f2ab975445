"""The engines of this installation. A new one is a class (see ``base.Engine``) and one line here."""

from collections.abc import Callable
from functools import cache

from django.conf import settings

from generation.domain.engine_spec import EngineSpec
from generation.engines.base import Engine
from generation.engines.pipelines.engine import makers
from generation.engines.remote.engine import RemoteEngine
from generation.engines.remote.settings import remotes
from generation.engines.showcase.engine import Showcase
from generation.engines.still import Still
from generation.errors import EngineNotFound

MAKERS: dict[str, Callable[[], Engine]] = {"showcase": Showcase, "still": Still, **makers()}


def engine(id: str) -> Engine:
    """The engine of that id; one object per process, because it holds the loaded weights. Raises ``EngineNotFound``."""
    if id in MAKERS:
        return _made(id)
    servers = _servers(settings.REMOTE_ENGINES)
    if id not in servers:
        known = ", ".join(sorted({*MAKERS, *servers}))
        raise EngineNotFound(f"there is no engine {id!r} here: choose one of {known}")
    return servers[id]


@cache
def _made(id: str) -> Engine:
    return MAKERS[id]()


@cache
def _servers(setting: str) -> dict[str, Engine]:
    """The remote engines of ``REMOTE_ENGINES``; what is wrong with the others is told by ``manage.py check``."""
    from generation.remote_tasks import RemoteTasks  # it needs Django's models, which are not there yet at the start

    return {remote.spec.id: RemoteEngine(remote, RemoteTasks()) for remote in remotes(setting).servers}


def specs() -> list[EngineSpec]:
    """What each engine can do, in the order of their ids; loads no weights."""
    return [engine(name).spec for name in sorted({*MAKERS, *_servers(settings.REMOTE_ENGINES)})]


def missing_parts(id: str) -> list[str]:
    """What keeps an engine from filming on this machine, each with how to mend it. Raises ``EngineNotFound``."""
    return engine(id).missing()
