"""How a line that a guard objects to might be put right: the true number, or the clauses that may be said.

Only proposals: whoever asks has each judged again, and a person takes it or does not.
"""

import re
from collections.abc import Iterator, Sequence

from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.folding import Disguises
from templates_engine.domain.guards import fact_texts, ungrounded
from templates_engine.domain.marking import pieces
from templates_engine.domain.quantities import Quantity, quantities
from templates_engine.domain.wording import spoken_money

_CLAUSE = re.compile(r"[^，。！？；：、,!?;|]+[，。！？；：、,!?;|]*\s*")
_EDGE = " ，。、；：,.;:|"
LEAST_LEFT = 4  # characters; a shorter rest says nothing


def mended(text: str, words: Sequence[str], facts: ProductFacts, disguises: Disguises) -> Iterator[str]:
    """Lines near to ``text`` without ``words`` (as folded by the guards), the least changed first."""
    seen = {text}
    for line in (*_with_true_numbers(text, facts), *_without(text, words, disguises)):
        if line not in seen and sum(not mark.isspace() for mark in line) >= LEAST_LEFT:
            seen.add(line)
            yield line


def _with_true_numbers(text: str, facts: ProductFacts) -> Iterator[str]:
    """Each number that no fact states, with the only one of its unit that the facts do state."""
    wrong = ungrounded(text, facts)
    line = text
    for found in quantities(text):
        if found.surface in wrong and (true := _only(found, facts)) and found.surface in line:
            line = line.replace(found.surface, true)
    if line != text:
        yield line


def _only(wrong: Quantity, facts: ProductFacts) -> str:
    if facts.price is not None and wrong.unit == facts.price.currency:
        return spoken_money(facts.price, facts.price.amount, facts.lang)
    stated = (found for text in fact_texts(facts) for found in quantities(text))
    same = {found.value: found.surface for found in stated if wrong.known and wrong.unit and found.unit == wrong.unit}
    return next(iter(same.values())).strip() if len(same) == 1 else ""


def _without(text: str, words: Sequence[str], disguises: Disguises) -> Iterator[str]:
    """The clauses that hold none of the words: a clause with a hole in it would be stiff or broken."""
    cut = pieces(text, words, disguises)
    if not any(piece.marked for piece in cut):
        return
    clauses = _clauses(text)
    bad: set[int] = set()
    at = 0
    for piece in cut:
        if piece.marked:
            bad |= {place for place, (start, end) in enumerate(clauses) if start < at + len(piece.text) and end > at}
        at += len(piece.text)
    rest = "".join(text[start:end] for place, (start, end) in enumerate(clauses) if place not in bad).strip(_EDGE)
    if rest:
        yield _closed(rest, text)


def _clauses(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _CLAUSE.finditer(text)]


def _closed(rest: str, text: str) -> str:
    """Beginning and ending as the line did: with a capital, with its sentence mark."""
    last = text.rstrip()[-1:]
    if text.lstrip()[:1].isupper():
        rest = rest[0].upper() + rest[1:]
    return rest + last if last in "。！？.!?" and rest[-1] not in "。！？.!?" else rest
