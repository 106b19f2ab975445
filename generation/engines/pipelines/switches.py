"""What an operator can switch in ``hitsmith.json`` to trade memory for time; each reports what it really did."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

CHOICES = {
    "device": ("auto", "cpu", "cuda", "mps"),
    "dtype": ("auto", "bfloat16", "float16", "float32"),
    "precision": ("full", "fp8", "int8", "nf4"),
    "offload": ("auto", "none", "model", "group"),
    "tiling": ("auto", "on", "off"),
    "compile": ("off", "on"),
    "text_encoder": ("keep", "drop"),
}


@dataclass(frozen=True)
class Switches:
    """``attention``: "auto" (the quickest that works), "native" or one of diffusers' backends by name.

    ``precision`` of the transformer's weights: "fp8" stores them in 8 bits and needs nothing installed; "int8" wants
    torchao, "nf4" bitsandbytes. ``offload``: what is not at work waits in main memory, whole models or layer by layer.
    ``text_encoder``: kept in main memory between shots, or loaded again for each new text.
    """

    device: str = "auto"
    dtype: str = "auto"
    attention: str = "auto"
    precision: str = "full"
    offload: str = "auto"
    tiling: str = "auto"
    compile: str = "off"
    text_encoder: str = "keep"

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Switches":
        """Raises ``ValueError`` with what may be written instead."""
        known = [field.name for field in fields(cls)]
        for name, value in given.items():
            if name not in known:
                raise ValueError(f"there is no switch {name!r}, only {', '.join(known)}")
            if value not in CHOICES.get(name, (value,)):
                raise ValueError(f"{name} is one of {', '.join(CHOICES[name])}, not {value!r}")
        return cls(**given)


@dataclass(frozen=True)
class Effect:
    """What one switch did. ``worked``: it is proved, by ``proof``, to have changed what it promises."""

    switch: str
    asked: str
    worked: bool
    proof: str

    def __str__(self) -> str:
        return f"{self.switch}={self.asked}: {'' if self.worked else 'no effect, '}{self.proof}"
