"""What a hold was for. Billing knows no ads: the function of ``settings.BILLING_WORKS`` tells, from above."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Shot:
    """One shot that was paid for, and the clip that it is: ``ms`` of picture took the engine ``engine_ms``."""

    ad_id: str
    number: int  # from 1
    clip: str
    engine: str
    ms: int
    engine_ms: int
    credits: int


@dataclass(frozen=True)
class Work:
    """The work behind a reference: its ``organization_id`` (public), a page of the admin, and what it paid for.

    ``references`` are those under which its credits were held: an ad's own, its reshoots', its campaign's.
    """

    reference: str
    organization_id: str
    title: str
    state: str
    address: str
    references: tuple[str, ...]
    shots: tuple[Shot, ...]


@dataclass(frozen=True)
class EngineTime:
    """An engine has filmed ``ms`` milliseconds for clips that were finished between two moments, paid for or not."""

    engine: str
    ms: int


def work(reference: str) -> Work | None:
    """What is known under a public id of an ad, a reshoot or a campaign; None for anything else."""
    tell: Callable[[str], Work | None] = import_string(settings.BILLING_WORKS)
    return tell(reference)


def engine_times(since: datetime, until: datetime) -> tuple[EngineTime, ...]:
    """By engine, of ``since`` <= finished < ``until``."""
    tell: Callable[[datetime, datetime], tuple[EngineTime, ...]] = import_string(settings.BILLING_ENGINE_TIMES)
    return tell(since, until)
