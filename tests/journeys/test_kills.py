"""``kill -9`` at random moments: no clip is lost or paid twice, every ad ends, and the ledger is clean."""

import json
import random
import time
from pathlib import Path

import pytest

from tests.studio import Studio, open_merchant, running_studio, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.live]

KILLS = 20
ADS = 5
ENDS = {"ready", "failed", "cancelled"}

ORDER = """
from pathlib import Path
from billing.models import Organization
from creative import production
from creative.domain.product import parse_product
from creative.intake.images import accept
from creative.products import create_product
import yaml
shop = Organization.objects.get(name="Alice")
product = create_product(shop, parse_product(yaml.safe_load(Path("examples/product.yaml").read_text())))
photos = sorted(Path("creative/demo_photos").glob("mug_*.jpg"))
report = accept(shop, product, [(photo.name, photo.open("rb")) for photo in photos])
assert not report.refused, report.refused
for seed in range(1, {ads} + 1):
    draft = production.draft(shop, product=product, lang="zh", aspects=("9:16",), seconds=12, seed=seed)
    production.order(draft.ad)
"""
STATES = (
    "import json; from creative.models import Ad; print(json.dumps(list(Ad.objects.values_list('state', flat=True))))"
)
BOOKS = """
import json
from django.db.models import Sum
from billing.ledger import balance
from billing.models import Hold, Lot, Organization
from creative.models import Ad, AdShot
from generation.models import Clip, RenderJob
shop = Organization.objects.get(name="Alice")
ready = Ad.objects.filter(state="ready")
print(json.dumps({
    "spent": Lot.objects.aggregate(n=Sum("spent"))["n"],
    "held": balance(shop).held,
    "open": Hold.objects.filter(state="open").count(),
    "settled": ready.aggregate(n=Sum("credits_settled"))["n"] or 0,
    "unsettled_failed": Ad.objects.filter(state="failed", credits_settled__gt=0).count(),
    "ads": list(Ad.objects.values_list("state", "reason_code", "reason")),
    "paid_shots": AdShot.objects.filter(ad__in=ready, credits__gt=0).count(),
    "paid_clips": AdShot.objects.filter(ad__in=ready, credits__gt=0).values("clip_key").distinct().count(),
    "clips": Clip.objects.count(), "clip_keys": Clip.objects.values("key").distinct().count(),
    "outputs": sum(ad.outputs.filter(rendition__isnull=False).count() for ad in ready),
    "attempts": max(RenderJob.objects.values_list("attempts", flat=True)),
}))
"""


def kill_at_random(studio: Studio, dice: random.Random) -> list[str]:
    """20 kills of film, cut or ring workers, the web process, or all of them, at random moments."""
    killed: list[str] = []
    while len(killed) < KILLS:
        time.sleep(dice.uniform(0.3, 4.0))  # the random moment is what is tested
        victims = dice.choice(
            [["film"], ["film"], ["cut"], ["web"], ["ring"], ["film", "web"], ["film", "cut", "ring", "web"]]
        )
        if sum(studio.kill(role) for role in victims) == len(victims):
            killed.append("+".join(victims))
    return killed


def test_twenty_kills_lose_nothing(tmp_path: Path) -> None:
    # With ``still``: what is killed and taken up again is the same, and a new worker need not load torch first.
    hurry = {"JOB_SILENT_SECONDS": "6", "RECONCILE_SECONDS": "2", "DEFAULT_ENGINE": "still"}
    with running_studio(tmp_path, **hurry) as studio:
        open_merchant(studio)
        studio.shell(ORDER.format(ads=ADS))
        killed = kill_at_random(studio, random.Random(20261123))
        assert len(killed) == KILLS

        def ended() -> bool:
            states = json.loads(studio.shell(STATES))
            return len(states) == ADS and set(states) <= ENDS

        wait_until("every ad has ended", ended, seconds=600, every=3)
        books = json.loads(studio.shell(BOOKS))
        audit = studio.manage("audit_ledger")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert books["held"] == 0, books
    assert books["open"] == 0, books
    assert books["spent"] == books["settled"], books
    assert books["unsettled_failed"] == 0, books
    assert books["paid_shots"] == books["paid_clips"], books
    assert books["clips"] == books["clip_keys"], books
    assert books["outputs"] == sum(state == "ready" for state, *_ in books["ads"]), books
    assert books["attempts"] <= 3, books
