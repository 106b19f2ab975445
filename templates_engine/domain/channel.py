"""How a told story differs from its template: beats left out, lines put in, lines repeated, roles misheard.

A profile hidden Markov model in the manner of Durbin et al., Biological Sequence Analysis (1998), chapter 5, with one
state per beat that may take several lines. Likelihoods are summed over all alignments (forward and backward vectors over
the lines), each divided by the likelihood that every line is noise, so that they neither vanish nor depend on length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from typing import TypeAlias

from templates_engine.domain.beats import Role

# The roles that a beat may have; ``other`` is what a line has that serves no beat.
TOLD = tuple(role for role in Role if role is not Role.OTHER)
# A misheard line is called "other" about this often; the rest of the errors is spread over the wrong roles.
HEARD_AS_OTHER = 0.15
# A line that serves no beat may carry any label, "other" oftener than each of the rest.
NOISE_IS_OTHER = 0.3

Weighted: TypeAlias = tuple[tuple[Role, float], ...]
Story: TypeAlias = tuple[Weighted, ...]  # the lines of one video, each with its role probabilities
Vector: TypeAlias = list[float]


@dataclass(frozen=True)
class Channel:
    """Probabilities: ``error`` a line's role is misheard, ``missing`` a beat is left out, ``extra`` a line that serves
    no beat follows, ``again`` a beat takes one more line.
    """

    error: float = 0.2
    missing: float = 0.12
    extra: float = 0.06
    again: float = 0.25

    def heard(self, beat: Role, label: Role) -> float:
        """How likely a line of ``beat`` is labelled ``label``."""
        if beat is label:
            return 1 - self.error
        if label is Role.OTHER:
            return self.error * HEARD_AS_OTHER
        return self.error * (1 - HEARD_AS_OTHER) / (len(TOLD) - 1)


def evidence(story: Story, channel: Channel) -> dict[Role, Vector]:
    """For each role how much likelier each line is under a beat of that role than as noise."""
    table = _table(channel)
    return {beat: [sum(p * table[beat][label] for label, p in line) for line in story] for beat in TOLD}


@lru_cache(maxsize=64)
def _table(channel: Channel) -> dict[Role, dict[Role, float]]:
    noise = {label: NOISE_IS_OTHER if label is Role.OTHER else (1 - NOISE_IS_OTHER) / len(TOLD) for label in Role}
    return {beat: {label: channel.heard(beat, label) / noise[label] for label in Role} for beat in TOLD}


def opened(lines: int, channel: Channel) -> Vector:
    """The forward vector before the first beat: only lines that serve no beat."""
    return [channel.extra**count for count in range(lines + 1)]


def closed(lines: int) -> Vector:
    """The backward vector behind the last beat: no line is left."""
    return [0.0] * lines + [1.0]


def forward(before: Sequence[float], seen: Sequence[float], channel: Channel) -> Vector:
    """The forward vector behind a beat, from the one ``before`` it and the ``evidence`` of its role."""
    missing, extra, again = channel.missing, channel.extra, channel.again
    keep, ends = 1 - missing, 1 - again
    own = inner = taken = 0.0  # last line: the beat's, an extra inside the beat, the beat is over
    after = [before[0] * missing]
    for place, weight in enumerate(seen):
        open_ = own + inner
        own, inner = (before[place] * keep + again * open_) * weight, open_ * extra
        taken = own * ends + taken * extra
        after.append(before[place + 1] * missing + taken)
    return after


def backward(after: Sequence[float], seen: Sequence[float], channel: Channel) -> Vector:
    """The backward vector before a beat, from the one ``after`` it: the mirror of ``forward``."""
    missing, extra, again = channel.missing, channel.extra, channel.again
    keep, ends = 1 - missing, 1 - again
    own = inner = 0.0
    taken = after[-1]
    before = [0.0] * len(after)
    before[-1] = after[-1] * missing
    for place in range(len(seen) - 1, -1, -1):
        open_ = again * own + inner
        own, inner = seen[place] * (ends * taken + open_), extra * open_
        taken = after[place] + extra * taken
        before[place] = after[place] * missing + keep * own
    return before


def joined(left: Sequence[float], right: Sequence[float]) -> float:
    """The likelihood of a story from a forward and a backward vector that meet between two beats."""
    total: float = sum(map(mul, left, right))
    return total
