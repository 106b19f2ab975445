"""Which beats are told and with which line: each beat a fact of its own, all of them within the time."""

from dataclasses import dataclass, field, replace
from random import Random

from templates_engine.domain import reasons
from templates_engine.domain.lines import Line, Speaker, lacking
from templates_engine.domain.reasons import DroppedBeat, Reason
from templates_engine.domain.slots import Pools
from templates_engine.domain.template import Beat, ScriptTemplate

# An ad of shorter beats feels chopped: the least present optional beats give way.
ROOMY_BEAT_MS = 1_800
TOLERANCE = 0.05
# Below this share of spoken time, beats take longer lines where they have them.
WELL_FILLED = 0.85


@dataclass(frozen=True)
class Casting:
    """The chosen line of each beat number; ``failure`` says why there is no ad."""

    lines: dict[int, Line]
    dropped: dict[int, Reason]
    failure: tuple[Reason, ...] = ()

    @property
    def need_ms(self) -> int:
        return sum(line.need_ms for line in self.lines.values())

    @property
    def places(self) -> list[int]:
        return sorted(self.lines)

    def taken_beside(self, place: int) -> frozenset[str]:
        """Facts that the other beats use up."""
        return frozenset(path for other, line in self.lines.items() if other != place for path in line.once)

    def new_beside(self, place: int, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        """Those of ``lines`` that no other beat says word for word; all of them where that leaves none."""
        heard = {line.voice for other, line in self.lines.items() if other != place}
        return tuple(line for line in lines if line.voice not in heard) or lines

    def without(self, place: int, reason: Reason) -> "Casting":
        lines = {other: line for other, line in self.lines.items() if other != place}
        return replace(self, lines=lines, dropped=self.dropped | {place: reason})

    def with_line(self, place: int, line: Line) -> "Casting":
        return replace(self, lines=self.lines | {place: line})

    def dropped_beats(self, template: ScriptTemplate) -> tuple[DroppedBeat, ...]:
        return tuple(DroppedBeat(template.beats[place].role, why) for place, why in sorted(self.dropped.items()))


@dataclass(frozen=True)
class Caster:
    """Casts one template for one product and length; without ``rng`` the leanest lines instead of varied ones."""

    template: ScriptTemplate
    speaker: Speaker
    pools: Pools
    target_ms: int
    rng: Random | None = None
    _memo: dict[tuple[int, frozenset[str]], tuple[Line, ...]] = field(default_factory=dict)

    def cast(self) -> Casting:
        """The casting that fits, or one with a failure."""
        sayable, dropped, failure = self._sayable()
        casting = Casting({}, dropped, failure)
        if failure:
            return casting
        for place in self._by_need_of_facts(sayable):
            casting = self._told(casting, place)
        return self._lengthened(self._fitted(casting))

    def _beat(self, place: int) -> Beat:
        return self.template.beats[place]

    def _lines(self, place: int, taken: frozenset[str] = frozenset()) -> tuple[Line, ...]:
        beat = self._beat(place)
        key = place, taken & self.pools.paths(beat.slot_types)  # what others say matters only where this beat could too
        if key not in self._memo:
            self._memo[key] = _selling_points_first(self.speaker.lines(beat, self.pools, key[1]))
        return self._memo[key]

    def _sayable(self) -> tuple[list[int], dict[int, Reason], tuple[Reason, ...]]:
        """Beats that the facts allow and the length has room for, those that go, and what is missing for the rest."""
        unsayable = {
            place: reasons.missing(lacking(beat, self.pools))
            for place, beat in enumerate(self.template.beats)
            if not self._lines(place)
        }
        dropped = {place: reason for place, reason in unsayable.items() if self._beat(place).optional}
        failure = tuple(dict.fromkeys(why for place, why in unsayable.items() if place not in dropped))
        places = [place for place in range(len(self.template.beats)) if place not in unsayable]
        room = {place: self._usual_ms(place) for place in places}
        while sum(room.values()) > self.target_ms and (least := self._least_present(places)) is not None:
            places.remove(least)
            del room[least]
            dropped[least] = reasons.NO_ROOM
        return places, dropped, failure

    def _usual_ms(self, place: int) -> int:
        """What the shorter lines of this beat take: room for that leaves a choice, not only the shortest."""
        needs = sorted(line.need_ms for line in self._lines(place))
        return max(ROOMY_BEAT_MS, needs[len(needs) // 4])

    def _least_present(self, places: list[int]) -> int | None:
        optional = [place for place in places if self._beat(place).optional]
        return min(optional, key=lambda place: (self._beat(place).presence, -place), default=None)

    def _by_need_of_facts(self, places: list[int]) -> list[int]:
        """Beats that can not do without a fact choose first, so that a flexible hook does not take their only one."""
        return sorted(places, key=lambda place: (any(not line.once for line in self._lines(place)), place))

    def _told(self, casting: Casting, place: int) -> Casting:
        fresh = self._lines(place, casting.taken_beside(place))
        if not fresh and self._beat(place).optional:
            return casting.without(place, reasons.SPENT)
        return casting.with_line(place, self._pick(place, casting.new_beside(place, fresh or self._lines(place))))

    def _pick(self, place: int, lines: tuple[Line, ...]) -> Line:
        """A random pattern, rather one that many hits use and that says more facts; of it, the fullest that fits."""
        shortest = min(lines, key=lambda line: line.need_ms)
        if self.rng is None:
            return shortest
        room = self._beat(place).share.p90 * self.target_ms
        fitting = [line for line in lines if line.need_ms <= room] or [shortest]
        fullest = {line.pattern: line for line in sorted(fitting, key=lambda line: line.need_ms)}
        return self.rng.choices(list(fullest.values()), [_appeal(line) for line in fullest.values()])[0]

    def _fitted(self, casting: Casting) -> Casting:
        """Shorter lines, then a little more time, then fewer beats, until it fits."""
        while casting.need_ms > self.target_ms:
            shorter = self._shortened(casting)
            if shorter is None and casting.need_ms <= self.target_ms * (1 + TOLERANCE):
                break
            least = self._least_present(casting.places)
            if shorter is None and least is None:
                return replace(casting, failure=(reasons.too_tight(self.target_ms, casting.need_ms),))
            casting = shorter or casting.without(least if least is not None else 0, reasons.NO_ROOM)
        return casting

    def _shortened(self, casting: Casting) -> Casting | None:
        """The beat that runs furthest over its share takes its next shorter line."""
        over = {place: line.need_ms - self._share_ms(casting, place) for place, line in casting.lines.items()}
        for place in sorted(over, key=lambda place: (-over[place], place)):
            now = casting.lines[place]
            shorter = [line for line in self._other_lines(casting, place) if line.need_ms < now.need_ms]
            if shorter:
                return casting.with_line(place, max(shorter, key=lambda line: _closeness(line, now)))
        return None

    def _lengthened(self, casting: Casting) -> Casting:
        """While much time is left, the beat that is furthest below its share says more of the same pattern."""
        if self.rng is None or casting.failure:
            return casting
        while casting.need_ms < self.target_ms * WELL_FILLED:
            longer = self._longer(casting)
            if longer is None:
                break
            casting = longer
        return casting

    def _longer(self, casting: Casting) -> Casting | None:
        spare = self.target_ms - casting.need_ms
        under = {place: self._share_ms(casting, place) - line.need_ms for place, line in casting.lines.items()}
        for place in sorted(under, key=lambda place: (-under[place], place)):
            now = casting.lines[place]
            longer = [
                line
                for line in self._other_lines(casting, place)
                if line.pattern == now.pattern and now.need_ms < line.need_ms <= now.need_ms + spare
            ]
            if longer:
                return casting.with_line(place, min(longer, key=lambda line: line.need_ms))
        return None

    def _other_lines(self, casting: Casting, place: int) -> tuple[Line, ...]:
        return casting.new_beside(place, self._lines(place, casting.taken_beside(place)) or self._lines(place))

    def _share_ms(self, casting: Casting, place: int) -> float:
        whole = sum(self._beat(other).share.p50 for other in casting.lines)
        return self.target_ms * self._beat(place).share.p50 / whole


def _selling_points_first(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """A specification is told only where no selling point is left."""
    if not any(_tells(line, "selling_points.") for line in lines):
        return lines
    return tuple(line for line in lines if not _tells(line, "attributes."))


def _tells(line: Line, kind: str) -> bool:
    return any(path.startswith(kind) for path in line.facts)


def _appeal(line: Line) -> int:
    """Weight in the draw: patterns that many hits use, and that say more."""
    return (1 + line.pattern.support) * (1 + len(line.facts))


def _closeness(line: Line, now: Line) -> tuple[bool, int]:
    """Keep the pattern where a clause less is enough; otherwise lose as little as possible."""
    return line.pattern == now.pattern, line.need_ms
