"""Learning the network of ``net`` from the corpus of every language at once: plain numpy, no framework.

Adam (Kingma and Ba, 2015) with decoupled decay (Loshchilov and Hutter, 2019), dropout (Srivastava et al., 2014), and
scripts that are now and then cut, thinned or turned round in their middle, since real ads are less tidy than ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from templates_engine.roles.corpus import CorpusScript
from templates_engine.roles.features import ROLES
from templates_engine.roles.meaning import WIDTH, Vectors, vectors
from templates_engine.roles.model import softmax
from templates_engine.roles.net import NAMES, PLACES, VIEWS, RoleNet, around, back_from_around, places
from templates_engine.roles.training import BELIEF, SHARES, USUAL

Floats = NDArray[np.float32]
Parts = dict[str, Floats]

DRAWN, LOOKED = 128, 160  # width of the two layers
MEMBERS = 3
ROUNDS, BATCH = 10, 32  # times over all scripts; scripts a step
SPEED, WARM_UP = 2e-3, 0.15  # the greatest step; the share of all steps until it is reached
MEMORY, DECAY = (0.9, 0.999), 1e-4
FORGET_TOLD, FORGET = 0.3, 0.5  # dropout of the vectors, and of the layers
UNTIDY = 0.3  # the share of scripts that are changed
STEEPEST = 1.0  # a longer gradient is cut to this

Say = Callable[[str], None]


@dataclass(frozen=True)
class Lesson:
    """One script: ``told`` lines x WIDTH, ``shares`` lines x ROLES, weighed; a line without roles has none."""

    told: Vectors
    shares: Floats


def lessons_of(scripts: Sequence[CorpusScript]) -> list[Lesson]:
    """Reads every line, some hundreds a second."""
    told = vectors([line.text for script in scripts for line in script.lines])
    ends = np.cumsum([len(script.lines) for script in scripts])
    parts = np.split(told, ends[:-1])
    return [Lesson(part, _shares(script)) for part, script in zip(parts, scripts, strict=True)]


def learn_net(given: Sequence[Lesson], say: Say = lambda _: None, members: int = MEMBERS) -> RoleNet:
    """Equal lessons give equal networks on the same machine."""
    played = np.sum([lesson.shares.sum(0) for lesson in given], axis=0)
    usual = np.array([USUAL[role] for role in ROLES])
    shift = BELIEF * np.log(usual * played.sum() / np.maximum(played, 1))
    found = []
    for number in range(members):
        say(f"network {number + 1} of {members} ...")
        found.append(_learned(given, np.random.default_rng(number)))
    return RoleNet(tuple(found), shift.astype(np.float32))


def _learned(given: Sequence[Lesson], chance: np.random.Generator) -> Parts:
    layers = _begun(chance)
    first, second = ({name: np.zeros_like(part) for name, part in layers.items()} for _ in range(2))
    steps = ROUNDS * -(-len(given) // BATCH)
    step = 0
    for _ in range(ROUNDS):
        order = chance.permutation(len(given))
        for start in range(0, len(order), BATCH):
            batch = [_untidy(given[k], chance) for k in order[start : start + BATCH]]
            slopes = _slopes(layers, batch, chance)
            step += 1
            _moved(layers, slopes, (first, second), step, _speed(step / steps))
    return layers


def _begun(chance: np.random.Generator) -> Parts:
    """Even within 1 / sqrt(inputs)."""
    shapes = {
        "draw": (WIDTH + PLACES, DRAWN), "look": (VIEWS * DRAWN + PLACES, LOOKED), "say": (LOOKED + DRAWN, len(ROLES)),
    }  # fmt: skip
    found = {}
    for name, (inputs, outputs) in shapes.items():
        most = inputs**-0.5
        found[name] = chance.uniform(-most, most, (inputs, outputs)).astype(np.float32)
        found[f"{name}_bias"] = chance.uniform(-most, most, outputs).astype(np.float32)
    return {name: found[name] for name in NAMES}


def _untidy(lesson: Lesson, chance: np.random.Generator) -> Lesson:
    count = len(lesson.told)
    if count < 5 or chance.random() >= UNTIDY:
        return lesson
    line = np.arange(count)
    way = chance.random()
    if way < 0.4:  # a piece of it
        length = int(chance.integers(3, count + 1))
        start = int(chance.integers(0, count - length + 1))
        line = line[start : start + length]
    elif way < 0.8:  # some lines missing
        kept = chance.random(count) > 0.2
        line = line[kept] if kept.any() else line
    else:  # the middle turned round
        cut = int(chance.integers(1, count - 1))
        line = np.concatenate([line[:1], line[cut:-1], line[1:cut], line[-1:]])
    return Lesson(lesson.told[line], lesson.shares[line])


def _slopes(layers: Parts, batch: Sequence[Lesson], chance: np.random.Generator) -> Parts:
    """The gradient of the weighed cross entropy over the batch, forward and back."""
    ends = np.cumsum([len(lesson.told) for lesson in batch])[:-1]
    shares = np.concatenate([lesson.shares for lesson in batch])
    place = np.concatenate([places(len(lesson.told)) for lesson in batch])
    told = np.concatenate([lesson.told for lesson in batch])
    told = np.concatenate([told * _kept(told.shape, FORGET_TOLD, chance), place], axis=1)
    raw = told @ layers["draw"] + layers["draw_bias"]
    open_drawn = (raw > 0) * _kept(raw.shape, FORGET, chance)
    drawn = raw * open_drawn
    seen = np.concatenate([np.concatenate([around(part) for part in np.split(drawn, ends)]), place], axis=1)
    raw = seen @ layers["look"] + layers["look_bias"]
    open_looked = (raw > 0) * _kept(raw.shape, FORGET, chance)
    both = np.concatenate([raw * open_looked, drawn], axis=1)
    said = softmax(both @ layers["say"] + layers["say_bias"]).astype(np.float32)

    of_said = (said * shares.sum(1, keepdims=True) - shares) / max(float(shares.sum()), 1e-6)
    of_both = of_said @ layers["say"].T
    of_looked = of_both[:, :LOOKED] * open_looked
    of_seen = (of_looked @ layers["look"].T)[:, : VIEWS * DRAWN]
    of_drawn = np.concatenate([back_from_around(part) for part in np.split(of_seen, ends)]) + of_both[:, LOOKED:]
    of_drawn = of_drawn * open_drawn
    return {
        "draw": told.T @ of_drawn, "draw_bias": of_drawn.sum(0),
        "look": seen.T @ of_looked, "look_bias": of_looked.sum(0),
        "say": both.T @ of_said, "say_bias": of_said.sum(0),
    }  # fmt: skip


def _kept(shape: tuple[int, ...], forget: float, chance: np.random.Generator) -> Floats:
    """Dropout: 0, or what makes up for it."""
    return (chance.random(shape, np.float32) >= forget).astype(np.float32) / np.float32(1 - forget)


def _moved(layers: Parts, slopes: Parts, moments: tuple[Parts, Parts], step: int, speed: float) -> None:
    """One step of Adam, in place."""
    length = float(np.sqrt(sum(float((slope**2).sum()) for slope in slopes.values())))
    cut = min(1.0, STEEPEST / (length + 1e-6))
    for name, layer in layers.items():
        slope = slopes[name] * np.float32(cut)
        for moment, memory, seen in zip(moments, MEMORY, (slope, slope**2), strict=True):
            moment[name] += np.float32(1 - memory) * (seen - moment[name])
        mean, spread = (
            moment[name] / np.float32(1 - memory**step) for moment, memory in zip(moments, MEMORY, strict=True)
        )
        layer *= np.float32(1 - speed * DECAY)
        layer -= np.float32(speed) * mean / (np.sqrt(spread) + np.float32(1e-8))


def _speed(way: float) -> float:
    """Up in a line, down in a half wave of the cosine."""
    if way < WARM_UP:
        return SPEED * way / WARM_UP
    return SPEED * 0.5 * (1 + float(np.cos(np.pi * (way - WARM_UP) / (1 - WARM_UP))))


def _shares(script: CorpusScript) -> Floats:
    found = np.zeros((len(script.lines), len(ROLES)), np.float32)
    for row, line in zip(found, script.lines, strict=True):
        for role, share in zip(line.roles, SHARES[len(line.roles)], strict=True):
            row[ROLES.index(role)] = share * script.weight
    return found
