"""Short pieces of text of which every match of a regular expression holds at least one.

A few hundred expressions against every line that a script could say would take most of the time of filling it. With
anchors, as search engines do it (Cox 2012, "Regular expression matching with a trigram index"), a line meets only the
expressions that share a piece with it.
"""

import re
from dataclasses import dataclass, field

LONGEST = 3
_TOKEN = re.compile(
    r"(?P<group>\((?:\?:|\?<?[=!])?)|(?P<close>\))|(?P<bar>\|)|(?P<class>\[(?:\\.|[^\]])+\])"
    r"|(?P<times>[?*+]|\{\d*,?\d*\})|(?P<escape>\\.)|(?P<char>.)",
    re.DOTALL,
)


def pieces(text: str) -> frozenset[str]:
    """Every piece of ``text`` that could be an anchor."""
    return frozenset(
        text[start : start + size] for size in range(1, LONGEST + 1) for start in range(len(text) - size + 1)
    )


def anchors(expression: str) -> frozenset[str]:
    """Pieces of ``expression``: no match without one of them. Empty where it gives no such promise."""
    return _Reader([*_TOKEN.finditer(expression)]).alternatives()


@dataclass
class _Sequence:
    """One alternative while it is read: finished candidates, and the run of plain characters at its end."""

    candidates: list[frozenset[str]] = field(default_factory=list)
    run: str = ""

    def end_run(self) -> None:
        if self.run:
            self.candidates.append(frozenset({self.run[:LONGEST]}))
        self.run = ""

    def best(self) -> frozenset[str]:
        """The candidate with the longest pieces, and of these the smallest."""
        self.end_run()
        good = [found for found in self.candidates if found]
        return max(good, key=lambda found: (min(map(len, found)), -len(found)), default=frozenset())


@dataclass
class _Reader:
    tokens: list[re.Match[str]]
    place: int = 0

    def alternatives(self) -> frozenset[str]:
        """Up to the end or the bracket that closes this group."""
        found: list[frozenset[str]] = []
        sequence = _Sequence()
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            self.place += 1
            if token["close"]:
                break
            if token["bar"]:
                found.append(sequence.best())
                sequence = _Sequence()
            else:
                self._read(token, sequence)
        found.append(sequence.best())
        return frozenset().union(*found) if all(found) else frozenset()

    def _read(self, token: re.Match[str], sequence: _Sequence) -> None:
        plain = token["char"] if token["char"] not in (".", "^", "$") else None
        if token["escape"] and not token["escape"][1].isalnum():
            plain = token["escape"][1]
        if plain:
            if self._maybe_absent():
                sequence.end_run()
            elif self._repeats():
                sequence.run += plain
                sequence.end_run()
            else:
                sequence.run += plain
            return
        sequence.end_run()
        if token["group"]:
            inner = self.alternatives()
            looks_around = token["group"] not in ("(", "(?:")
            if not self._maybe_absent() and not looks_around:
                sequence.candidates.append(inner)

    def _next_times(self) -> str:
        return (self.tokens[self.place]["times"] or "") if self.place < len(self.tokens) else ""

    def _maybe_absent(self) -> bool:
        times = self._next_times()
        return times in ("?", "*") or times.startswith(("{0", "{,"))

    def _repeats(self) -> bool:
        return bool(self._next_times())
