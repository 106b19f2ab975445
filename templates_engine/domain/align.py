"""From the told lines of many videos to the one order of beats that explains them best, and each video's place in it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, log
from random import Random
from typing import TypeAlias

from templates_engine.domain.beats import Role
from templates_engine.domain.channel import (
    TOLD,
    Channel,
    Story,
    Vector,
    Weighted,
    backward,
    closed,
    evidence,
    forward,
    joined,
    opened,
)

Order: TypeAlias = tuple[Role, ...]

# What a further beat must earn: the cost of naming one of nine roles.
BEAT_COST = log(len(TOLD))
# Enough to find the median; more members change it no more but cost time.
SEARCHED = 80
STARTS = 2
ROUNDS = 2  # search, estimate the channel, search again
RESAMPLED = 40  # members of which a median is taken again, and among which the medoid is sought
GLIMPSED, TRIED = 10, 12  # stories that name the likely moves, and how many of those are tried on all
TINY, TIE = 1e-300, 1e-9


@dataclass(frozen=True)
class Alignment:
    """Which beat each line of a video serves (None: no beat), and how many edits apart video and template are."""

    beats: tuple[int | None, ...]
    cost: int

    def lines_of(self, beat: int) -> tuple[int, ...]:
        return tuple(line for line, serves in enumerate(self.beats) if serves == beat)


def collapsed(story: Story) -> Order:
    """The likeliest roles with runs of the same role made one, without ``other``."""
    labels = [_label(line) for line in story if line]
    told = [label for label in labels if label is not Role.OTHER]
    return tuple(role for place, role in enumerate(told) if place == 0 or told[place - 1] is not role)


def distance(one: Sequence[Role], other: Sequence[Role]) -> int:
    """Levenshtein distance of two orders."""
    row = list(range(len(other) + 1))
    for place, role in enumerate(one, 1):
        above, row[0] = row[0], place
        for column, theirs in enumerate(other, 1):
            above, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, above + (role is not theirs))
    return row[-1]


def similarity(one: Sequence[Role], other: Sequence[Role]) -> float:
    """1 for the same order, 0 for nothing in common."""
    return 1 - distance(one, other) / max(len(one), len(other), 1)


def consensus(
    stories: Sequence[Story],
    weights: Sequence[float] | None = None,
    *,
    channel: Channel | None = None,
    start: Order | None = None,
) -> tuple[Order, Channel]:
    """The generalised median order of ``stories`` (not necessarily any member's own) and the channel that fits them.

    Hill climbing from the likeliest members' own orders: insert, delete, substitute and swap beats while the likelihood
    rises. ``weights`` default to 1 each. With a ``channel`` given it is not estimated anew; with a ``start``, only from there.
    """
    weighted = _distinct(stories, weights)[:SEARCHED]
    fixed, channel = channel is not None, channel or Channel()
    starts = [start] if start is not None else _medoids(weighted[:RESAMPLED])
    best: Order = ()
    for _ in range(1 if fixed else ROUNDS):
        search = _Search(weighted, channel)
        best = max((search.climbed(start) for start in starts), key=search.score)
        starts = [best]
        if not fixed:
            channel = estimated(best, [story for story, _ in weighted], channel)
    return best, channel


def log_likelihood(order: Order, story: Story, channel: Channel) -> float:
    """How much likelier ``story`` is as a telling of ``order`` than as noise, natural logarithm."""
    return _Search([(story, 1.0)], channel).score(order) + BEAT_COST * len(order)


def aligned(order: Order, story: Story, channel: Channel) -> Alignment:
    """The likeliest alignment of ``story`` to ``order`` (Viterbi, with traceback)."""
    seen = evidence(story, channel)
    rows: list[list[tuple[float, int, int]]] = []  # per beat and line count: (log likelihood, start, end of its lines)
    best = [count * log(channel.extra) for count in range(len(story) + 1)]
    for role in order:
        row = _best_row(best, seen[role], channel)
        rows.append(row)
        best = [cell[0] for cell in row]
    return _traced(order, story, rows, seen, channel)


def estimated(order: Order, stories: Sequence[Story], before: Channel) -> Channel:
    """The channel as counted in the stories' alignments to ``order``; twenty made-up lines keep it near the default."""
    usual, strength = Channel(), 20.0
    own = wrong = extra = missing = told = again = 0.0
    for story in stories:
        found = aligned(order, story, before)
        served = Counter(beat for beat in found.beats if beat is not None)
        pairs = zip(story, found.beats, strict=True)
        wrong += sum(1 - dict(line).get(order[beat], 0.0) for line, beat in pairs if beat is not None)
        own += sum(served.values())
        extra += len(story) - sum(served.values())
        missing += len(order) - len(served)
        told += len(served)
        again += sum(served.values()) - len(served)

    def rate(count: float, of: float, prior: float) -> float:
        return min(0.6, max(0.02, (count + strength * prior) / (of + strength)))

    return replace(
        before,
        error=rate(wrong, own, usual.error),
        missing=rate(missing, missing + told, usual.missing),
        extra=rate(extra, own + extra, usual.extra),
        again=rate(again, own, usual.again),
    )


def stability(order: Order, stories: Sequence[Story], channel: Channel, *, draws: int = 10, seed: int = 1) -> float:
    """How alike the order comes out again from other draws of as many members (bootstrap), 0..1.

    Of more than 40 members only 40 are drawn, which rather understates it.
    """
    rng = Random(seed)  # noqa: S311  resampling, not secrecy
    size = min(len(stories), RESAMPLED)
    found = (consensus(rng.choices(stories, k=size), channel=channel)[0] for _ in range(draws))
    return round(sum(similarity(order, again) for again in found) / draws, 3)


def _distinct(stories: Sequence[Story], weights: Sequence[float] | None) -> list[tuple[Story, float]]:
    """Each story once, with its weights summed; the heaviest first, else in the order given."""
    summed: dict[Story, float] = {}
    for story, weight in zip(stories, weights or [1.0] * len(stories), strict=True):
        if story:
            summed[story] = summed.get(story, 0.0) + weight
    return sorted(summed.items(), key=lambda item: -item[1])


def _medoids(weighted: Sequence[tuple[Story, float]]) -> list[Order]:
    """The own orders that are nearest to all others, the medoid first."""
    kinds: dict[Order, float] = {}
    for story, weight in weighted:
        kinds[collapsed(story)] = kinds.get(collapsed(story), 0.0) + weight
    away = {one: sum(weight * distance(one, other) for other, weight in kinds.items()) for one in kinds}
    return sorted(kinds, key=lambda order: (away[order], order))[:STARTS] or [()]


@dataclass(frozen=True)
class _Move:
    """A neighbour of an order: its first ``left`` beats, then ``roles``, then the beats from ``right`` on."""

    order: Order
    left: int
    roles: Order
    right: int


class _Search:
    """Scores orders for one set of weighted stories; ``climbed`` goes uphill from a start."""

    def __init__(self, weighted: Sequence[tuple[Story, float]], channel: Channel) -> None:
        self.channel = channel
        self.stories = [(weight, len(story), evidence(story, channel)) for story, weight in weighted]

    def score(self, order: Order) -> float:
        """Weighted log likelihood, less what naming the beats costs."""
        total = -BEAT_COST * len(order)
        for weight, lines, seen in self.stories:
            state = opened(lines, self.channel)
            for role in order:
                state = forward(state, seen[role], self.channel)
            total += weight * log(state[-1] + TINY)
        return total

    def climbed(self, start: Order) -> Order:
        """The best order that single moves reach from ``start``. A few stories name the moves worth trying on all."""
        order, score = start, self.score(start)
        while True:
            moves = _moves(order)
            found = order, -inf
            if len(self.stories) > GLIMPSED:
                glimpse = self._scores(order, moves, self.stories[:GLIMPSED])
                likely = sorted(range(len(moves)), key=lambda place: -glimpse[place])[:TRIED]
                found = self._best(order, [moves[place] for place in likely])
            if found[1] <= score + TIE:
                found = self._best(order, moves)
            if found[1] <= score + TIE:
                return order
            order, score = found

    def _best(self, order: Order, moves: list[_Move]) -> tuple[Order, float]:
        scores = self._scores(order, moves, self.stories)
        place = max(range(len(moves)), key=lambda place: (scores[place], moves[place].order))
        return moves[place].order, scores[place]

    def _scores(
        self, order: Order, moves: list[_Move], stories: Sequence[tuple[float, int, dict[Role, Vector]]]
    ) -> list[float]:
        """The score of each move. Vectors meet at the changed place, so that a move costs one row or two."""
        channel = self.channel
        scores = [-BEAT_COST * len(move.order) for move in moves]
        for weight, lines, seen in stories:
            left = [opened(lines, channel)]
            for role in order:
                left.append(forward(left[-1], seen[role], channel))
            right = [closed(lines)]
            for role in reversed(order):
                right.append(backward(right[-1], seen[role], channel))
            rows: dict[tuple[int, Order], Vector] = {}
            for place, move in enumerate(moves):
                row = rows.get((move.left, move.roles))
                if row is None:
                    row = left[move.left]
                    for role in move.roles:
                        row = forward(row, seen[role], channel)
                    rows[move.left, move.roles] = row
                scores[place] += weight * log(joined(row, right[len(order) - move.right]) + TINY)
        return scores


def _moves(order: Order) -> list[_Move]:
    """Every order that one insertion, deletion, substitution or swap away is."""
    size = len(order)
    spans: list[tuple[int, int, Order]] = [(place, place, (role,)) for place in range(size + 1) for role in TOLD]
    spans += [(place, place + 1, (role,)) for place in range(size) for role in TOLD if role is not order[place]]
    spans += [(place, place + 1, ()) for place in range(size if size > 1 else 0)]
    spans += [(place, place + 2, (order[place + 1], order[place])) for place in range(size - 1)]
    moves = [_Move((*order[:left], *roles, *order[right:]), left, roles, right) for left, right, roles in spans]
    # No role follows itself: one beat may take several lines.
    return [move for move in moves if all(one is not other for one, other in pairwise(move.order))]


def _best_row(before: Vector, seen: Vector, channel: Channel) -> list[tuple[float, int, int]]:
    """Per number of lines told: the best log likelihood behind a beat, and where its own lines start and end.

    start == end means that the beat is missing; inside its span a line that counts as extra is left to ``_traced``.
    """
    missing, keep = log(channel.missing), log(1 - channel.missing)
    extra, again, ends = log(channel.extra), log(channel.again), log(1 - channel.again)
    row = [(score + missing, count, count) for count, score in enumerate(before)]
    own = (-inf, 0, 0)  # score and start of a span whose last line is the beat's own, and its end
    inner = (-inf, 0, 0)
    taken = (-inf, 0, 0)
    for place, weight in enumerate(seen):
        open_ = max(own, inner)
        begun = (before[place] + keep, place)
        longer = (open_[0] + again, open_[1])
        score, start = max(begun, longer)
        own, inner = (score + log(weight + TINY), start, place + 1), (open_[0] + extra, open_[1], 0)
        taken = max((own[0] + ends, own[1], own[2]), (taken[0] + extra, taken[1], taken[2]))
        row[place + 1] = max(row[place + 1], taken)
    return row


def _traced(
    order: Order, story: Story, rows: list[list[tuple[float, int, int]]], seen: dict[Role, Vector], channel: Channel
) -> Alignment:
    serves: list[int | None] = [None] * len(story)
    count, cost = len(story), 0
    for beat in range(len(order) - 1, -1, -1):
        _, start, end = rows[beat][count]
        fits = seen[order[beat]]
        for place in range(start, end):
            # A span begins and ends with lines of its beat; one inside it may rather be an extra.
            if place in (start, end - 1) or channel.again * fits[place] >= channel.extra:
                serves[place] = beat
                cost += _label(story[place]) is not order[beat]
        cost += start == end
        count = start
    return Alignment(tuple(serves), cost + serves.count(None))


def _label(line: Weighted) -> Role:
    return max(line, key=lambda found: found[1])[0]
