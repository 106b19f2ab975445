"""Change a module that is imported already, wherever its functions and constants have been imported to.

Importing Django and the whole project anew for each mutant would cost ten times what its tests do. So functions keep
being the same objects and get new code; a constant is replaced under its name in every module that holds it.
"""

import sys
from types import FunctionType, ModuleType
from typing import Any

# Their functions make functions, which have been made already: what is changed in them would not arrive.
COLD = ("billing.ledger.attempts",)


def change(module: ModuleType, source: str) -> int:
    """Bring ``module`` to ``source``; how many functions and constants are others now."""
    fresh: dict[str, Any] = {**vars(module)}
    exec(compile(source, str(module.__file__), "exec"), fresh)
    return sum(_bring(module, name, new) for name, new in fresh.items() if not name.startswith("__"))


def _bring(module: ModuleType, name: str, new: Any) -> int:
    old = vars(module).get(name)
    if old is new:
        return 0
    if isinstance(new, type):
        return _bring_class(old, new) if new.__module__ == module.__name__ else 0
    if hasattr(new, "__code__") or hasattr(new, "__wrapped__"):
        return _bring_function(old, new)
    if isinstance(new, ModuleType) or old == new:
        return 0
    for holder in [one for one in sys.modules.values() if isinstance(one, ModuleType)]:
        if vars(holder).get(name) is old:
            vars(holder)[name] = new
    return 1


def _bring_class(old: Any, new: type) -> int:
    changed = 0
    for name, inner in vars(new).items():
        before = vars(old).get(name)
        if isinstance(inner, property):
            changed += _bring_function(before.fget, inner.fget) if isinstance(before, property) else 0
        elif isinstance(inner, FunctionType) and isinstance(before, FunctionType):
            changed += _bring_function(before, inner)
    return changed


def _bring_function(old: Any, new: Any) -> int:
    """Both are wrapped by the same decorators, or by none."""
    changed = 0
    while old is not None and new is not None:
        if isinstance(old, FunctionType) and isinstance(new, FunctionType) and _words(old) != _words(new):
            old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
            changed += 1
        old, new = getattr(old, "__wrapped__", None), getattr(new, "__wrapped__", None)
    return changed


def _words(function: FunctionType) -> tuple[object, ...]:
    return _code(function.__code__), function.__defaults__, function.__kwdefaults__


def _code(code: Any) -> tuple[object, ...]:
    """What code does, whatever line it stands in."""
    inner = tuple(_code(part) if hasattr(part, "co_code") else (type(part), part) for part in code.co_consts)
    return code.co_code, inner, code.co_names, code.co_varnames
