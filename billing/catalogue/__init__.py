"""The plan catalogue: from a file into the database, where each change is a new version.

Prices are data with a date, not code. What an organization bought keeps pointing at the PlanVersion that it bought,
and the entitlements are copied onto the period.
"""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.db import IntegrityError, transaction

from billing.catalogue import wording
from billing.domain.catalogue import CatalogueError, read_catalogue, read_entitlements
from billing.domain.catalogue_diff import changes
from billing.domain.plans import Catalogue, Pack, Plan
from billing.errors import CatalogueInvalid, UnknownPack
from billing.models import CatalogueVersion, PlanVersion

DEFAULT = Path(__file__).with_name("default.yaml")


@dataclass(frozen=True)
class Difference:
    """What loading a catalogue changes, one line each; empty if everything stands already."""

    lines: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.lines)


def load_catalogue(path: Path = DEFAULT, *, dry_run: bool = False) -> Difference:
    """Bring a catalogue file into force; with ``dry_run`` only say what would change. Raises CatalogueInvalid."""
    body, catalogue = _read(path)
    with transaction.atomic():
        before = CatalogueVersion.objects.order_by("-id").first()
        difference = _compare(before, body, catalogue)
        if difference and not dry_run:
            _store(body, catalogue)
    return difference


def current() -> Catalogue:
    """The catalogue in force. A fresh database gets the default one."""
    newest = CatalogueVersion.objects.order_by("-id").first()
    if newest is None:
        _load_first()
        newest = CatalogueVersion.objects.latest()
    return read_catalogue(newest.body)


def plan_on_sale(code: str) -> PlanVersion | None:
    """The version of a plan that is sold today. A fresh database gets the default catalogue."""
    sold = PlanVersion.objects.filter(code=code, on_sale=True)
    plan = sold.first()
    if plan is None and not CatalogueVersion.objects.exists():
        _load_first()
        plan = sold.first()
    return plan


def plans_on_sale() -> tuple[PlanVersion, ...]:
    """The versions that are sold today, by rank; a fresh database gets the default catalogue."""
    current()
    return tuple(PlanVersion.objects.filter(on_sale=True).order_by("rank"))


def pack_on_sale(code: str) -> Pack:
    """A top-up pack of the catalogue in force. Raises UnknownPack."""
    pack = current().pack(code)
    if pack is None:
        raise UnknownPack(code)
    return pack


def _load_first() -> None:
    try:
        with transaction.atomic():
            load_catalogue()
    except IntegrityError:
        # Another process did it in this moment: one plan code is on sale only once.
        if not CatalogueVersion.objects.exists():
            raise


def _read(path: Path) -> tuple[object, Catalogue]:
    try:
        body = json.loads(_as_json(path.read_text(encoding="utf-8")))
        return body, read_catalogue(body)
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        raise CatalogueInvalid(f"{path.name}: {error}") from error


@lru_cache(maxsize=1)
def _as_json(text: str) -> str:
    """A file's text as the database will give it back: JSON has no numbers as keys. Read once, YAML being slow to read."""
    return json.dumps(yaml.safe_load(text))


def _compare(before: CatalogueVersion | None, body: object, catalogue: Catalogue) -> Difference:
    if before is not None and before.body == body:
        return Difference(())
    found = changes(None if before is None else read_catalogue(before.body), catalogue)
    return Difference(tuple(wording.lines(before, catalogue.version, found)))


def _store(body: object, catalogue: Catalogue) -> None:
    version = CatalogueVersion.objects.create(version=catalogue.version, body=body)
    for sold in PlanVersion.objects.filter(on_sale=True):
        if _as_plan(sold) != catalogue.plan(sold.code):
            PlanVersion.objects.filter(pk=sold.pk).update(on_sale=False)
    kept = set(PlanVersion.objects.filter(on_sale=True).values_list("code", flat=True))
    for plan in catalogue.plans:
        if plan.code not in kept:
            _add_version(version, plan)


def _add_version(catalogue: CatalogueVersion, plan: Plan) -> None:
    PlanVersion.objects.create(
        code=plan.code,
        number=PlanVersion.objects.filter(code=plan.code).count() + 1,
        catalogue=catalogue,
        rank=plan.rank,
        price_fen=plan.price_fen,
        credits=plan.credits,
        daily_credits=plan.daily_credits,
        entitlements=asdict(plan.entitlements),
    )


def _as_plan(row: PlanVersion) -> Plan:
    entitlements = read_entitlements(row.entitlements)
    return Plan(row.code, row.rank, row.price_fen, row.credits, row.daily_credits, entitlements)


__all__ = [
    "DEFAULT",
    "CatalogueError",
    "Difference",
    "current",
    "load_catalogue",
    "pack_on_sale",
    "plan_on_sale",
    "plans_on_sale",
]
