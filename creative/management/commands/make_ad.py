"""``manage.py make_ad``: photos and facts in, finished ads out, without a server or a worker."""

import io
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from billing import ledger
from billing.errors import BillingError
from billing.models import Organization
from creative import production, products, workshop
from creative.brief import THEMES
from creative.bundle import write_bundle
from creative.domain.product import FactsInvalid, ProductDraft, parse_product
from creative.errors import CreativeError
from creative.intake import images
from creative.management.bar import ProgressBar
from creative.models import Ad, Product
from creative.prepared import AdDraft

BAD_INPUT = 2
MAX_YAML = 256 * 1024


class Command(BaseCommand):
    help = "Make an ad from photos and a product.yaml (docs/product-yaml.md) into a folder. Needs no server, no worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--product", type=Path, required=True, help="the facts, as in examples/product.yaml")
        parser.add_argument("--images", type=Path, nargs="+", required=True, help="photos, the best one first")
        parser.add_argument("--out", type=Path, required=True, help="folder for the results")
        parser.add_argument("--template", default="", help="script template (manage.py templates); default: best fit")
        parser.add_argument("--engine", default="", help="film engine (manage.py engines)")
        parser.add_argument("--lang", default="zh", choices=["zh", "en"])
        parser.add_argument("--aspects", default="9:16", help="such as 9:16,1:1; the first is the shape that is filmed")
        parser.add_argument("--seconds", type=int, default=15, help="12 to 30")
        parser.add_argument("--seed", type=int, default=1, help="another seed gives other words and moves")
        parser.add_argument("--theme", default="ember", choices=THEMES)
        parser.add_argument("--no-music", action="store_true")

    def handle(self, *args: object, **options: Any) -> None:
        begun = time.monotonic()
        facts = read_product(options["product"])
        workshop.ready_database()
        ledger.reap()
        shop = workshop.own_organization("workshop", "命令行工坊 Workshop")
        product = products.create_product(shop, facts)
        try:
            self._take_photos(shop, product, options["images"])
            self._make(shop, product, options, begun)
        except CreativeError as error:
            raise CommandError(f"{options['product']}: {error}", returncode=BAD_INPUT) from error
        except BillingError as error:
            raise CommandError(str(error)) from error
        finally:
            products.archive(product)

    def _take_photos(self, shop: Organization, product: Product, paths: list[Path]) -> None:
        with ExitStack() as stack:
            uploads = [(str(path), stack.enter_context(io.BytesIO(_read(path)))) for path in paths]
            report = images.accept(shop, product, uploads, rights="given on the command line")
        if report.refused:
            reasons = "\n".join(item.en for item in report.refused)
            raise CommandError(f"some photos can not be used:\n{reasons}", returncode=BAD_INPUT)
        for item in report.duplicates:
            self.stderr.write(self.style.WARNING(item.en))

    def _make(self, shop: Organization, product: Product, options: dict[str, Any], begun: float) -> None:
        limits = workshop.operators_entitlements()
        drafted = production.draft(
            shop,
            product=product,
            lang=options["lang"],
            aspects=[aspect.strip() for aspect in options["aspects"].split(",") if aspect.strip()],
            seconds=options["seconds"],
            template_id=options["template"],
            engine=options["engine"],
            seed=options["seed"],
            theme=options["theme"],
            music=not options["no_music"],
            entitlements=limits,
        )
        workshop.grant_missing(shop, drafted.credits, reason=f"make_ad {drafted.ad.public_id}")
        self._say_plan(drafted)
        try:
            with ProgressBar(self.stderr) as bar:
                ad = workshop.make(drafted.ad, bar.show, entitlements=limits)
        except KeyboardInterrupt:
            raise CommandError("stopped: nothing was written and every credit was returned.", returncode=130) from None
        if ad.state != Ad.State.READY:
            raise CommandError(f"the ad {ad.state}: {ad.reason_en}")
        written = write_bundle(ad, options["out"], wall_s=time.monotonic() - begun)
        self._say_result(ad, written)

    def _say_plan(self, drafted: AdDraft) -> None:
        again = sum(shot.cached for shot in drafted.shots)
        note = f" ({again} filmed and paid before)" if again else ""
        self.stdout.write(f"{drafted.ad.template_id}: {len(drafted.shots)} shots{note}, {drafted.credits} credits")

    def _say_result(self, ad: Ad, written: list[Path]) -> None:
        for path in written:
            self.stdout.write(f"  {path}")
        held = ad.hold.amount if ad.hold is not None else 0
        self.stdout.write(self.style.SUCCESS(f"ready: {held} credits held, {ad.credits_settled} settled"))


def read_product(path: Path) -> ProductDraft:
    """The checked facts of a YAML file; ``CommandError`` (exit code 2) naming the file and every problem."""
    try:
        given = yaml.safe_load(_read(path)[:MAX_YAML])
    except yaml.YAMLError as error:
        raise CommandError(f"{path}: no valid YAML: {error}", returncode=BAD_INPUT) from error
    try:
        return parse_product(given)
    except FactsInvalid as invalid:
        problems = "\n".join(f"  {problem.path}: {problem.en}" for problem in invalid.problems)
        raise CommandError(f"{path} needs changes:\n{problems}", returncode=BAD_INPUT) from invalid


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandError(f"{path}: {reason}", returncode=BAD_INPUT) from error
