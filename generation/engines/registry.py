"""The engines of this installation. A new one is a class (see ``base.Engine``) and one line here."""

from collections.abc import Callable
from functools import cache

from generation.domain.shot_plan import EngineSpec
from generation.engines.base import Engine
from generation.engines.still import Still
from generation.errors import EngineNotFound

MAKERS: dict[str, Callable[[], Engine]] = {"still": Still}


def engine(id: str) -> Engine:
    """The engine of that id; one object per process, because it holds the loaded weights. Raises ``EngineNotFound``."""
    if id not in MAKERS:
        raise EngineNotFound(f"there is no engine {id!r} here: choose one of {', '.join(sorted(MAKERS))}")
    return _made(id)


@cache
def _made(id: str) -> Engine:
    return MAKERS[id]()


def specs() -> list[EngineSpec]:
    """What each engine can do, in the order of their ids; loads no weights."""
    return [engine(name).spec for name in sorted(MAKERS)]


def missing_parts(id: str) -> list[str]:
    """What keeps an engine from filming on this machine, each with how to mend it. Raises ``EngineNotFound``."""
    return engine(id).missing()
