"""Sentence patterns: what a beat may say, with holes for facts.

Grammar: ``{slot}`` takes a fact, ``[clause]`` is said where time allows, ``|`` breaks a caption line unheard.
A digit behind a slot name asks for one more fact of the same type: ``{point}`` and ``{point2}``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from templates_engine.domain.errors import TemplateInvalid

_SLOT = re.compile(r"\{([a-z_]+?)(\d?)\}")
_CLAUSE = re.compile(r"\[([^\[\]]*)\]")


class SlotType(StrEnum):
    """Which fact of a product may stand in a slot."""

    NAME = "name"
    BRAND = "brand"
    AUDIENCE = "audience"
    SCENE = "scene"
    POINT = "point"
    ATTRIBUTE = "attribute"
    PAIN = "pain"
    PRICE = "price"
    LIST_PRICE = "list_price"
    OFFER = "offer"
    OFFER_END = "offer_end"
    PROOF = "proof"
    CTA = "cta"


class HookType(StrEnum):
    """How a first line catches the eye."""

    QUESTION = "question"
    CONTRAST = "contrast"
    STORY = "story"
    RESULT_FIRST = "result_first"
    OFFER = "offer"
    CALL = "call"  # addresses the audience
    NUMBER = "number"
    SHOCK = "shock"


@dataclass(frozen=True)
class Slot:
    """A hole of a pattern; a slot that is not required stands inside an optional clause."""

    name: str
    type: SlotType
    required: bool


@dataclass(frozen=True)
class Pattern:
    """One way to say a beat. ``support`` counts the learned videos that use it (0 for a seed).

    ``caption`` is set where the screen should say less than the voice; empty means: the voice line, in phrases.
    """

    text: str
    slots: tuple[Slot, ...]
    support: int = 0
    hook_type: HookType | None = None
    caption: str = ""

    @classmethod
    def parse(cls, text: str, *, caption: str = "", support: int = 0, hook_type: HookType | None = None) -> "Pattern":
        """The pattern that ``text`` describes. Raises TemplateInvalid where a slot or a bracket is wrong."""
        slots = _slots(text)
        unknown = {slot.name for slot in _slots(caption)} - {slot.name for slot in slots}
        if unknown:
            raise TemplateInvalid(f"caption {caption!r} uses {sorted(unknown)}, which its text {text!r} does not")
        return cls(text, slots, support, hook_type, caption)

    def variants(self) -> Iterator[str]:
        """The pattern's text with every choice of optional clauses, the fullest first."""
        parts = _CLAUSE.split(self.text)  # plain, clause, plain, clause, ..., plain
        for kept in product((True, False), repeat=len(parts) // 2):
            yield "".join(part for place, part in enumerate(parts) if place % 2 == 0 or kept[place // 2])


def slot_names(text: str) -> tuple[str, ...]:
    """Names of the slots in ``text``, in order, each once."""
    return tuple(dict.fromkeys(name + number for name, number in _SLOT.findall(text)))


def without_slots(text: str) -> str:
    """Only the pattern's own words: clauses kept, each slot a gap."""
    return _SLOT.sub(" ", text.replace("[", "").replace("]", "").replace("|", ""))


def put_in(text: str, values: dict[str, str]) -> str:
    """``text`` with each slot replaced by its value."""
    return _SLOT.sub(lambda slot: values[slot[1] + slot[2]], text)


def _slots(text: str) -> tuple[Slot, ...]:
    plain = _CLAUSE.sub("", text)
    if set("[]{}") & set(_SLOT.sub("", plain)) or "{" in _SLOT.sub("", text):
        raise TemplateInvalid(f"pattern {text!r}: a bracket does not close, or a slot is not a known word")
    required = slot_names(plain)
    return tuple(Slot(name, _slot_type(name, text), name in required) for name in slot_names(text))


def _slot_type(name: str, text: str) -> SlotType:
    try:
        return SlotType(name.rstrip("0123456789"))
    except ValueError:
        known = ", ".join(SlotType)
        raise TemplateInvalid(f"pattern {text!r}: unknown slot {name!r}; known are {known}") from None
