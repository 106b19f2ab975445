"""Which videos are learned from together: those that are alike in what is known, then those that are told alike."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import TypeAlias

from templates_engine.domain.align import Order, consensus, log_likelihood
from templates_engine.domain.analysis import VideoAnalysis
from templates_engine.domain.channel import Channel, Story
from templates_engine.domain.patterns import HookType

LEAST_MEMBERS = 8
MOST_TEMPLATES = 4
# What is known of a video, the least telling last: too small a group forgets it first.
KNOWN = ("lang", "category", "platform", "campaign")
# A split must explain each member better by this much (natural logarithm) than chance alone would let it.
SPLIT_GAIN = 1.0
SETTLED = 5  # rounds of assigning members to the two halves
LOOKED_AT = 20  # members per half that its order is searched with


@dataclass(frozen=True)
class Group:
    """Videos that share ``known``, pairs of name and value."""

    known: tuple[tuple[str, str], ...]
    videos: tuple[VideoAnalysis, ...]


Known: TypeAlias = tuple[str, ...]


def groups(videos: Sequence[VideoAnalysis], least: int = LEAST_MEMBERS) -> tuple[list[Group], list[Group]]:
    """(groups of at least ``least`` videos, groups that stay too small).

    Videos of a small group are put together with others that differ from them only in campaign, then in platform too.
    """
    large: list[Group] = []
    rest = list(videos)
    for depth in (4, 3, 2):
        parts: dict[Known, list[VideoAnalysis]] = defaultdict(list)
        for video in rest:
            parts[_known(video, depth)].append(video)
        large += [_group(known, found) for known, found in parts.items() if len(found) >= least]
        rest = [video for found in parts.values() if len(found) < least for video in found]
    small: dict[Known, list[VideoAnalysis]] = defaultdict(list)
    for video in rest:
        small[_known(video, 2)].append(video)
    return large, [_group(known, found) for known, found in small.items()]


def split(
    stories: Sequence[Story],
    hooks: Sequence[HookType | None],
    *,
    most: int = MOST_TEMPLATES,
    least: int = LEAST_MEMBERS,
) -> list[list[int]]:
    """The members (by place) of each template that the stories need, the largest first; one where they are all alike.

    Halves a part while both halves have ``least`` members and explain them clearly better: tried are its hook types and
    the members that the common order explains worst.
    """
    parts = [list(range(len(stories)))]
    whole: list[list[int]] = []
    while parts:
        part = parts.pop(0)
        halves = _halves(part, stories, hooks, least) if len(parts) + len(whole) + 1 < most else None
        if halves is None:
            whole.append(part)
        else:
            parts += sorted(halves, key=len, reverse=True)
    return sorted(whole, key=lambda part: (-len(part), part))


def _halves(
    part: list[int], stories: Sequence[Story], hooks: Sequence[HookType | None], least: int
) -> tuple[list[int], list[int]] | None:
    if len(part) < 2 * least:
        return None
    order, channel = consensus([stories[place] for place in _sample(part)])
    fits = {place: log_likelihood(order, stories[place], channel) for place in part}
    worst = sorted(part, key=lambda place: (fits[place], place))
    starts = [set(worst[: len(part) // 2]), set(worst[: len(part) // 4])]
    starts += [{place for place in part if hooks[place] is kind} for kind in HookType]
    tried = [
        _settled(part, start, stories, order, channel) for start in starts if least <= len(start) <= len(part) - least
    ]
    good = [found for found in tried if found is not None and min(len(found[0]), len(found[1])) >= least]
    if not good:
        return None
    one, other, score = max(good, key=lambda found: found[2])
    # Each member costs the bit that says in which half it is, and what noise alone would gain.
    gained = score - sum(fits.values()) - len(part) * log(2)
    return (one, other) if gained > SPLIT_GAIN * len(part) else None


def _settled(
    part: list[int], start: set[int], stories: Sequence[Story], order: Order, channel: Channel
) -> tuple[list[int], list[int], float] | None:
    """Two halves, each nearer to its own order than to the other's, and how well they explain their members."""
    halves = [place for place in part if place in start], [place for place in part if place not in start]
    score, orders = 0.0, [order, order]
    for _ in range(SETTLED):
        if not all(halves):
            return None
        orders = [_order(half, stories, channel, before) for half, before in zip(halves, orders, strict=True)]
        fits = {place: [log_likelihood(order, stories[place], channel) for order in orders] for place in part}
        nearer = [place for place in part if fits[place][0] > fits[place][1]]
        score = sum(map(max, fits.values()))
        again = nearer, [place for place in part if place not in set(nearer)]
        if again == halves:
            break
        halves = again
    return (*halves, score)


def _order(half: list[int], stories: Sequence[Story], channel: Channel, before: Order) -> Order:
    return consensus([stories[place] for place in _sample(half)], channel=channel, start=before)[0]


def _sample(places: list[int]) -> list[int]:
    """At most ``LOOKED_AT`` of them, evenly spread."""
    step = max(1.0, len(places) / LOOKED_AT)
    return [places[int(at * step)] for at in range(min(len(places), LOOKED_AT))]


def _known(video: VideoAnalysis, depth: int) -> Known:
    return tuple(str(getattr(video, name)) for name in KNOWN[:depth])


def _group(known: Known, videos: list[VideoAnalysis]) -> Group:
    return Group(tuple(sorted(zip(KNOWN, known, strict=False))), tuple(videos))
