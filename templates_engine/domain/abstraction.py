"""From what members say in a beat to sentence patterns with typed slots, never to one of their sentences.

A line is cut into phrases. Prices and the product's own words become slots; phrases that several videos share stay as
the frame; what differs between them becomes a slot of the beat's own type, which holds a whole phrase, so that a fact put
there reads well. A frame that still looks like any source line is dropped, and most are: then a beat speaks in the
patterns of our seeds, and learning only counts how many members speak in that way.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from templates_engine.domain.beats import Role
from templates_engine.domain.choose import likeness
from templates_engine.domain.copying import Sources
from templates_engine.domain.guards import NO_TERMS, AdTerms, blocked_terms
from templates_engine.domain.hooks import hook_type, is_money
from templates_engine.domain.patterns import Pattern, SlotType, slot_names, without_slots
from templates_engine.domain.quantities import quantities

LEAST_SUPPORT = 2  # videos
COPY_LIMIT = 0.5  # likeness of a pattern's own words to any source line
MOST_LEARNED, MOST_PATTERNS = 4, 12
# What a phrase that differs from video to video is about, by the beat that it stands in.
_OWN_SLOT = {
    Role.PAIN: SlotType.PAIN,
    Role.SELLING_POINT: SlotType.POINT,
    Role.SOCIAL_PROOF: SlotType.PROOF,
    Role.OFFER: SlotType.OFFER,
    Role.CTA: SlotType.CTA,
}
_PHRASE = re.compile(r"[^，。！？；：…!?;,.:|]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CALENDAR = frozenset({"calendar month", "calendar day"})
_SHORT, _LONG = 2, 6  # characters of a product's spoken name


@dataclass(frozen=True)
class Said:
    """A line that a member says in a beat."""

    video: str
    text: str


def learned_patterns(
    role: Role, said: Sequence[Said], sources: Sources, names: Mapping[str, str], terms: AdTerms = NO_TERMS
) -> tuple[Pattern, ...]:
    """The abstract frames that at least two videos use in this beat, the commonest first; usually none.

    ``sources`` are all lines of all members, ``names`` what each video calls its product ("" for unknown).
    """
    phrased = [(line.video, _phrases(line.text, names.get(line.video, ""))) for line in said]
    users: dict[str, set[str]] = defaultdict(set)
    for video, phrases in phrased:
        for phrase in phrases:
            users[phrase].add(video)
    shared = {phrase for phrase, videos in users.items() if len(videos) >= LEAST_SUPPORT and _size(phrase) >= 2}
    frames: dict[str, set[str]] = defaultdict(set)
    for video, phrases in phrased:
        frame = _frame(phrases, shared, role)
        if frame:
            frames[frame].add(video)
    common = sorted(
        (frame for frame, videos in frames.items() if len(videos) >= LEAST_SUPPORT), key=lambda f: (-len(frames[f]), f)
    )
    good = (frame for frame in common if is_abstract(frame, sources, terms))
    return tuple(
        Pattern.parse(frame, support=len(frames[frame])) for frame, _ in zip(good, range(MOST_LEARNED), strict=False)
    )


def is_abstract(frame: str, sources: Sources, terms: AdTerms = NO_TERMS) -> bool:
    """Whether ``frame`` has slots, states no number and no blocked word, and is like no source line.

    Like by either measure: the copy guard's (what part of ours is theirs) and the cosine of character n-grams.
    """
    own = without_slots(frame)
    if not slot_names(frame) or quantities(own) or blocked_terms(own, terms):
        return False
    if sources.nearest(own, "zh" if _HAN.search(own) else "en")[0] > COPY_LIMIT:
        return False
    return all(likeness(own, source) <= COPY_LIMIT for source in sources.texts)


def supported(patterns: Sequence[Pattern], role: Role, said: Sequence[Said]) -> tuple[Pattern, ...]:
    """Our own ``patterns`` with the number of members that speak in their way: for a hook, its type; else its kind."""
    speaking: dict[object, set[str]] = defaultdict(set)
    for line in said:
        speaking[hook_type(line.text) if role is Role.HOOK else _kind(line.text)].add(line.video)
    counted = (
        replace(pattern, support=len(speaking.get(pattern.hook_type if role is Role.HOOK else _kind(pattern.text), ())))
        for pattern in patterns
    )
    return tuple(counted)


def product_names(lines: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What each video (id -> its lines) calls its product: the longest word of two to six characters (zh) or one to three
    words (en) that comes back in its lines and in no other video's; "" where there is none.
    """
    often: dict[str, Counter[str]] = {}
    users: Counter[str] = Counter()
    for video, own in lines.items():
        often[video] = Counter(word for line in own for word in set(_words(line)))
        users.update(often[video].keys())
    return {
        video: max(
            (word for word, count in found.items() if count >= 2 and users[word] == 1),
            key=lambda word: (len(word), word),
            default="",
        )
        for video, found in often.items()
    }


def _words(line: str) -> Iterator[str]:
    plain = _plain(line)
    for run in re.findall(r"[\u4e00-\u9fff]+", plain):
        yield from (run[at : at + size] for size in range(_SHORT, _LONG + 1) for at in range(len(run) - size + 1))
    words = re.findall(r"[a-z][a-z0-9'-]{2,}", plain)
    yield from (" ".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words) - size + 1))


def _phrases(text: str, name: str) -> tuple[str, ...]:
    """Phrases and the marks between them, with prices and the product's name as slots: ("到手{price}", "，", "包邮")."""
    plain = _plain(text)
    for number in sorted(quantities(plain), key=lambda number: -len(number.surface)):
        if is_money(number) and number.unit != "off":
            plain = plain.replace(number.surface, "{price}", 1)
    if name:
        plain = plain.replace(name, "{name}", 1)
    return tuple(phrase.strip() for phrase in _PHRASE.findall(plain) if phrase.strip())


def _frame(phrases: tuple[str, ...], shared: set[str], role: Role) -> str:
    """Shared phrases as they are, each run of others one slot; "" where that says nothing or has no slot."""
    slot = _OWN_SLOT.get(role)
    parts: list[str] = []
    for phrase in phrases:
        kept = phrase if phrase in shared else f"{{{slot}}}" if slot else ""
        if not kept:
            return ""
        if not parts or parts[-1] != kept:
            parts.append(kept)
    zh = any(_HAN.search(part) for part in parts)
    frame = ("，" if zh else ", ").join(parts) + ("。" if zh else ".")
    names = re.findall(r"\{[a-z_]+\}", frame)
    told = len(set(names)) == len(names) and names and any(part in shared for part in parts)
    return frame if told else ""


def _kind(text: str) -> frozenset[str]:
    """What sort of sentence: asks, states a price, states a date. Of a pattern, by its slots."""
    slots = {name.rstrip("0123456789") for name in slot_names(text)}
    numbers = [] if slots else quantities(text)
    flags = {
        "asks": bool(re.search(r"[?？]|[吗呢]\W*$", text)),
        "price": bool({"price", "list_price"} & slots) or any(map(is_money, numbers)),
        "date": "offer_end" in slots or any(number.unit in _CALENDAR for number in numbers),
    }
    return frozenset(name for name, holds in flags.items() if holds)


def _plain(text: str) -> str:
    return re.sub(r"[{}\[\]|]", " ", unicodedata.normalize("NFKC", text).lower())


def _size(phrase: str) -> int:
    """Characters (zh) or words (en) of a phrase's own."""
    own = without_slots(phrase)
    return len(re.findall(r"[\u4e00-\u9fff]", own)) or len(own.split())
