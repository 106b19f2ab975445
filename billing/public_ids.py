"""Public ids: a prefix that says what it is, then 26 characters that sort by creation time (``ad_01k9...``).

Layout after ULID (github.com/ulid/spec): 48 bits of Unix milliseconds and 80 random bits in Crockford base 32.
"""

import secrets
import time

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26


def new_id(prefix: str) -> str:
    """A fresh id such as ``prd_01k9xv3q8m4n5p6r7s8t9v0w1x``."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    digits = [ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(LENGTH))]
    return f"{prefix}_{''.join(digits)}"


class PublicIdField(models.CharField):  # type: ignore[type-arg]
    """A unique, never changing public id; ``PublicIdField("ad")`` makes ``ad_...`` for each new row."""

    def __init__(self, prefix: str, **kwargs: object) -> None:
        self.prefix = prefix
        kwargs |= {"max_length": 40, "unique": True, "editable": False}
        kwargs.pop("default", None)
        super().__init__(**kwargs)  # type: ignore[arg-type]

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        name, path, args, kwargs = super().deconstruct()
        for given in ("max_length", "unique", "editable"):
            kwargs.pop(given, None)
        return name, path, [self.prefix, *args], kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001  (Django's signature)
        value: str = getattr(model_instance, self.attname)
        if add and not value:
            value = new_id(self.prefix)
            setattr(model_instance, self.attname, value)
        return value
