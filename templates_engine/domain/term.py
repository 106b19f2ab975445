"""One reason for a choice, in words a merchant understands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """``code`` is stable for programs; ``value`` lies between 0 and 1; ``zh`` and ``en`` say the same to people."""

    code: str
    value: float
    zh: str
    en: str
