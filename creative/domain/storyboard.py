"""From a script to pictures: which shots are filmed and for how long, and the timeline that they are cut into.

Everything is decided before a credit is taken. Cut points come from the script's milliseconds by rounding each
*boundary* (never a length), so nothing drifts; handles of transitions are added to what is filmed; the end card plays
over the last seconds of the call to action.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from creative.domain.casting import HERO, Part, Wish, cast
from creative.domain.editing import UNKNOWN, Feel, Take, joins
from creative.domain.ornaments import NOTHING, Evidence, ornaments
from creative.domain.overlays import overlays
from generation.domain.beat_grid import beat_frames
from generation.domain.cut_beats import on_beat, tempo
from generation.domain.engine_spec import Framing, Move
from generation.domain.shot_plan import ImageRef, ShotRequest
from generation.domain.timeline import Canvas, EndCard, MusicBed, Timeline, TimelineShot
from generation.domain.timeline_rules import handles
from templates_engine.domain.script import Script

CARD_MS = 2_700
CARD_ALONE_BELOW_MS = 1_100  # a filmed shot before the card shorter than this would only flicker
MAX_FILMED_MS = 5_000  # handles included: what one standard shot costs, and what every engine can film
MIN_FILMED_MS = 600
BEAT_REACH_MS = 135  # a cut this far from its word still belongs to it
SEED_STEP = 1_000_003  # a prime, so that shots of neighbouring seeds do not share theirs


def silent(role: str) -> str:
    """No words, for an engine that only looks."""
    return ""


@dataclass(frozen=True)
class Desk:
    """What the merchant's desk adds to a script.

    ``photos`` in the merchant's order; ``moves`` the engine's; ``film`` the size to film at (the renderer scales it to
    ``canvas``); ``mark`` stands over the picture, ``brand`` on the end card; ``feel`` and ``evidence`` decide which
    transitions and ornaments the ad gets.
    """

    photos: tuple[ImageRef, ...]
    moves: frozenset[Move]
    canvas: Canvas
    film: Canvas
    seed: int
    theme: str = "ember"
    brand: str = ""
    mark: str = ""
    offer: str = ""
    music: MusicBed | None = None
    feel: Feel = UNKNOWN
    evidence: Evidence = NOTHING
    prompts: Callable[[str], str] = silent  # role -> what the shot shows, in words


@dataclass(frozen=True)
class BoardShot:
    """One shot to film: from frame ``start`` up to ``end`` on the timeline, ``request`` with its handles."""

    index: int
    role: str
    beat: int
    start: int
    end: int
    photo: int
    request: ShotRequest


@dataclass(frozen=True)
class Storyboard:
    """The filmed shots and, as soon as their clip keys are known, ``timeline_of`` them."""

    script: Script
    desk: Desk
    shots: tuple[BoardShot, ...]
    cuts: tuple[TimelineShot, ...]  # the same shots and the end card; ``clip`` is still empty

    @property
    def card_start(self) -> int:
        return sum(cut.duration for cut in self.cuts[:-1])


@dataclass(frozen=True)
class Span:
    """A stretch of picture between two cut points, in frames."""

    beat: int
    role: str
    move: Move
    framing: Framing
    start: int
    end: int


def storyboard(script: Script, desk: Desk) -> Storyboard:
    """Decide every filmed shot of ``script``. ``ValueError`` when there is no beat, photo or move to work with."""
    if not script.beats:
        raise ValueError("a script without beats has nothing to film")
    spoken = _spans(script, desk.canvas.fps)
    desk = _in_tempo(spoken, script, desk)
    spans = _on_beat(spoken, script, desk)
    parts = cast(
        [Wish(span.role, span.move, span.framing) for span in spans], len(desk.photos), desk.moves, seed=desk.seed
    )
    cuts = _cuts(script, desk, spans, parts)
    shots = tuple(
        _board_shot(index, span, part, head_tail, desk)
        for index, (span, part, head_tail) in enumerate(zip(spans, parts, handles(cuts)[:-1], strict=True))
    )
    return Storyboard(script, desk, shots, cuts)


def timeline_of(board: Storyboard, clip_keys: Sequence[str], *, timeline_id: str) -> Timeline:
    """The finished cutting plan. ``clip_keys``: one per filmed shot, in order."""
    filmed = [replace(cut, clip=key) for cut, key in zip(board.cuts[:-1], clip_keys, strict=True)]
    desk = board.desk
    told = overlays(board.script, desk.canvas.fps, board.card_start, desk.mark)
    more = ornaments(board.script, told, desk.evidence, desk.canvas.fps, board.card_start)
    return Timeline(
        id=timeline_id,
        lang=board.script.lang,
        theme=desk.theme,
        canvas=desk.canvas,
        shots=(*filmed, board.cuts[-1]),
        overlays=(*told, *more),
        music=desk.music,
    )


def _spans(script: Script, fps: int) -> list[Span]:
    """Without gaps from 0 to the end card; none too short to be seen or too long to be one standard shot."""
    card_ms = card_start_ms(script)
    shortest = frame(MIN_FILMED_MS, fps)
    found: list[Span] = []
    for number, beat in enumerate(script.beats):
        for shot in beat.shots:
            start = found[-1].end if found else 0
            end = frame(min(shot.end_ms, card_ms), fps)
            if end - start >= shortest:
                move, framing = Move(shot.camera.value), Framing(shot.framing.value)
                found.append(Span(number, beat.role.value, move, framing, start, end))
            elif end > start and found:  # cut short by the card: the shot before goes on instead
                found[-1] = replace(found[-1], end=end)
    return [piece for span in found for piece in _short_enough(span, fps)]


def _in_tempo(spans: Sequence[Span], script: Script, desk: Desk) -> Desk:
    """The same desk with its music at the tempo, near the wanted one, whose beats the most cuts can meet."""
    if desk.music is None or desk.music.track or not spans:
        return desk
    fps = desk.canvas.fps
    bpm = tempo(
        desk.music.bpm,
        [span.start for span in spans[1:]],
        fps=fps,
        frames=frame(script.duration_ms, fps),
        card=spans[-1].end,
        reach=frame(BEAT_REACH_MS, fps),
    )
    return replace(desk, music=replace(desk.music, bpm=bpm))


def _on_beat(spans: Sequence[Span], script: Script, desk: Desk) -> list[Span]:
    """The same spans cut on the beat of our own music; an uploaded track has a beat that nobody told us."""
    if desk.music is None or desk.music.track or not spans:
        return list(spans)
    fps, card = desk.canvas.fps, spans[-1].end
    beats = beat_frames(desk.music.bpm, fps, frame(script.duration_ms, fps), card)
    lengths = on_beat(
        [span.end - span.start for span in spans],
        beats,
        reach=frame(BEAT_REACH_MS, fps),
        shortest=frame(MIN_FILMED_MS, fps),
        longest=MAX_FILMED_MS * fps // 1000,
    )
    edges = list(accumulate(lengths, initial=spans[0].start))
    return [replace(span, start=start, end=end) for span, (start, end) in zip(spans, pairwise(edges), strict=True)]


def card_start_ms(script: Script) -> int:
    """When the end card comes up: over the last beat, or instead of it where hardly anything would be left to see."""
    last = script.beats[-1]
    start = last.end_ms - CARD_MS
    return last.start_ms if start - last.start_ms < CARD_ALONE_BELOW_MS else start


def _short_enough(span: Span, fps: int) -> Collection[Span]:
    longest = MAX_FILMED_MS * fps // 1000
    length = span.end - span.start
    if length <= longest:
        return (span,)
    pieces = -(-length // longest)
    edges = [span.start + length * piece // pieces for piece in range(pieces + 1)]
    return [replace(span, start=start, end=end) for start, end in pairwise(edges)]


def frame(ms: int, fps: int) -> int:
    """The frame boundary nearest to a moment."""
    return (ms * fps + 500) // 1000


def _cuts(script: Script, desk: Desk, spans: Sequence[Span], parts: Sequence[Part]) -> tuple[TimelineShot, ...]:
    hero = desk.photos[HERO]
    card = EndCard(
        headline=script.headline,
        brand=desk.brand,
        price_text=script.price_text,
        list_price_text=script.list_price_text,
        offer=desk.offer,
        call_to_action=script.call_to_action,
        image=hero.name,
        image_sha256=hero.sha256,
    )
    cuts = [
        TimelineShot(id=f"s{index + 1}", role=span.role, clip="", source_start=0, duration=span.end - span.start)
        for index, span in enumerate(spans)
    ]
    first = spans[-1].end if spans else 0
    end = frame(script.duration_ms, desk.canvas.fps)
    cuts.append(TimelineShot(id="card", role="cta", clip="", source_start=0, duration=end - first, card=card))
    takes = [
        Take(span.role, span.beat, part.photo, span.end - span.start) for span, part in zip(spans, parts, strict=True)
    ]
    fps = desk.canvas.fps
    passed = joins(takes, end - first, desk.feel, seed=desk.seed, fps=fps, longest=MAX_FILMED_MS * fps // 1000)
    for index, join in enumerate(passed):
        cuts[index] = replace(cuts[index], transition=join.kind, transition_frames=join.frames)
    heads = handles(cuts)
    return tuple(replace(cut, source_start=head) for cut, (head, _) in zip(cuts, heads, strict=True))


def _board_shot(index: int, span: Span, part: Part, handle: tuple[int, int], desk: Desk) -> BoardShot:
    head, tail = handle
    return BoardShot(
        index=index,
        role=span.role,
        beat=span.beat,
        start=span.start,
        end=span.end,
        photo=part.photo,
        request=ShotRequest(
            image=desk.photos[part.photo],
            move=part.move,
            framing=part.framing,
            strength=part.strength,
            frames=head + (span.end - span.start) + tail,
            fps=desk.canvas.fps,
            width=desk.film.width,
            height=desk.film.height,
            seed=(desk.seed * SEED_STEP + index) % 2**31,
            prompt=desk.prompts(span.role),
        ),
    )
