"""The marks of generated content on a file, each laid by us and proved on the finished bytes.

Two kinds are asked for together: one that people see and one that machines read (China: GB 45438-2025, 5 and 6; European Union:
Regulation (EU) 2024/1689, article 50 (2) and (4)). ``Mark`` is the hook for another one, such as a watermark in the
pixels, which the EU's code of practice wants as a second machine-readable layer and which we do not have.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from generation.deliver.aigc import is_registered_form, read_aigc
from generation.deliver.signing import Certificate, read_signature, sign
from generation.deliver.visible_label import see_label
from generation.errors import DeliverableRefused
from generation.render.label import Label

Facts = dict[str, str | int | float | bool]  # flat, ready for JSON


class Kind(StrEnum):
    VISIBLE = "visible"
    MACHINE_READABLE = "machine-readable"


class Mark(Protocol):
    """``lay`` may rewrite the file; marks are laid in order and none may spoil an earlier one, so all are proved at the end."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> Kind: ...

    def lay(self, video: Path) -> None:
        """Raises ``DeliverableRefused`` when it cannot."""

    def prove(self, video: Path) -> Facts:
        """Read it back from the bytes. Raises ``DeliverableRefused`` when it is not as it must be."""


@dataclass(frozen=True)
class VisibleLabel:
    """Drawn over the pictures, so it is there once they are encoded."""

    label: Label
    fps: int
    name: str = "visible AI label"
    kind: Kind = Kind.VISIBLE

    def lay(self, video: Path) -> None:
        return

    def prove(self, video: Path) -> Facts:
        seen, label = see_label(video, self.label, self.fps), self.label
        return {
            "text": label.text,
            "seconds": round(seen.seconds, 3),
            "smallest_glyph_px": label.smallest_glyph,
            "required_glyph_px": label.required_glyph,
            "likeness": seen.likeness,
            "contrast": seen.contrast,
            "x": label.box.x,
            "y": label.box.y,
            "width": label.box.width,
            "height": label.box.height,
        }


@dataclass(frozen=True)
class AigcMetadata:
    """Written by the encoder's one mux; ``value`` is its JSON text."""

    value: str
    name: str = "AIGC metadata"
    kind: Kind = Kind.MACHINE_READABLE

    def lay(self, video: Path) -> None:
        return

    def prove(self, video: Path) -> Facts:
        found = dict(read_aigc(video))
        if found != json.loads(self.value):
            raise DeliverableRefused("the AIGC label of the file is not the one that was written: cut the ad again")
        return {
            "produce_id": found["ProduceID"],
            "content_producer": found["ContentProducer"],
            # False for the development code: such a file may not be published.
            "provider_code_registered_form": is_registered_form(found["ContentProducer"]),
        }


@dataclass(frozen=True)
class C2paSignature:
    """Last of all: it covers the bytes of every other mark."""

    holder: Certificate
    title: str
    name: str = "C2PA signature"
    kind: Kind = Kind.MACHINE_READABLE

    def lay(self, video: Path) -> None:
        sign(video, self.holder, self.title)

    def prove(self, video: Path) -> Facts:
        found = read_signature(video)
        if found is None or not found.valid:
            troubles = "it is not there" if found is None else ", ".join(found.troubles)
            raise DeliverableRefused(f"the C2PA signature of the file does not hold ({troubles}): cut the ad again")
        return {"c2pa": "signed", "c2pa_signer": found.signer, "c2pa_trusted": found.trusted}


def lay_all(marks: Sequence[Mark], video: Path) -> None:
    for mark in marks:
        mark.lay(video)


def prove_all(marks: Sequence[Mark], video: Path) -> Facts:
    """What every mark proved, and which kinds there are. Raises ``DeliverableRefused``, also when a kind is missing."""
    facts: Facts = {"c2pa": "not signed: no certificate is set"}
    for mark in marks:
        facts |= mark.prove(video)
    missing = set(Kind) - {mark.kind for mark in marks}
    if missing:
        raise DeliverableRefused(f"the file has no {' and no '.join(sorted(missing))} mark of generated content")
    return facts | {
        "marks": ", ".join(mark.name for mark in marks),
        "double_marked": True,
    }
