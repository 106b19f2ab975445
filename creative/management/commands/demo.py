"""``manage.py demo``: a merchant on the gold plan, real inputs, a finished ad in three shapes in ``var/demo``."""

import io
import shutil
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing import ledger
from billing.errors import BillingError
from billing.memberships import current_period, start_period
from billing.models import Organization
from creative import brand, production, products, workshop
from creative.brief import THEMES
from creative.bundle import write_bundle
from creative.hand_over import write_hand_over
from creative.intake import images
from creative.management.bar import ProgressBar
from creative.management.commands.make_ad import read_product
from creative.management.summary import content_lines, film_lines
from creative.models import Ad, Product
from templates_engine import learning, library
from templates_engine.lesson import read_lesson
from templates_engine.models import TemplateVersion

HERE = Path(__file__).resolve().parents[2]
FACTS, PHOTOS, HITS = HERE / "demo", HERE / "demo_photos", HERE / "demo_hits" / "hits.yaml"
MERCHANT = "木屿生活 Muyu Living"
CAPTIONS = "word_box"  # lights up each word
ARCHIVE = "hand_over.zip"
RENDERED = "rendered by bench/render_products.py, Apache-2.0"
COFFEE = "skimage.data.coffee(), CC0"


@dataclass(frozen=True)
class Item:
    """One product of the demo: its photos, the best one first (none: scikit-image's coffee photo), look and story."""

    name: str
    photos: tuple[str, ...]
    theme: str
    story: str  # the template's family without its language
    hits: bool = False  # in Chinese, told as the sample hits are, which are of its kind


ITEMS = {
    item.name: item
    for item in (
        Item("mug", ("mug_front.jpg", "mug_angle.jpg", "mug_open.jpg"), "jade", "pain_led", hits=True),
        Item("serum", ("serum_front.jpg", "serum_angle.jpg", "serum_open.jpg"), "berry", "reveal_led"),
        Item("speaker", ("speaker_front.jpg", "speaker_angle.jpg", "speaker_sand.jpg"), "ink", "contrast"),
        Item("coffee", (), "ember", "story_led"),
    )
}


class Command(BaseCommand):
    help = (
        "Make the demo ad: films of one product (or of all four) in three shapes, with covers and the archive for an "
        "editor, into var/demo. The second run reuses the shots."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=settings.VAR_DIR / "demo")
        parser.add_argument("--product", choices=list(ITEMS), default="mug")
        parser.add_argument("--all", action="store_true", help="one ad of each product")
        parser.add_argument("--lang", default="zh", choices=["zh", "en"])
        parser.add_argument("--aspects", default="9:16,1:1,16:9", help="cut in one pass; the first is what is filmed")
        parser.add_argument("--seconds", type=int, default=20)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--theme", default="", choices=["", *THEMES])

    def handle(self, *args: object, **options: object) -> None:
        workshop.ready_database()
        ledger.reap()
        shop = open_merchant()
        learned = learn_from_hits(shop)
        self.stdout.write(learned_words(learned))
        out = Path(str(options["out"]))
        out.parent.mkdir(parents=True, exist_ok=True)
        chosen = list(ITEMS.values()) if options["all"] else [ITEMS[str(options["product"])]]
        with tempfile.TemporaryDirectory(prefix=".demo-", dir=out.parent) as scratch:
            made = [self._make(shop, item, learned, Path(scratch) / "demo", options) for item in chosen]
            replace_folder(Path(scratch) / "demo", out)
        for item, ad in zip(chosen, made, strict=True):
            self._say(out / item.name, ad)
        self._say_next(shop, out)

    def _make(
        self, shop: Organization, item: Item, learned: TemplateVersion, folder: Path, options: dict[str, object]
    ) -> Ad:
        begun = time.monotonic()
        product = product_of(shop, item)
        drafted = production.draft(
            shop,
            product=product,
            lang=str(options["lang"]),
            aspects=str(options["aspects"]).split(","),
            seconds=int(str(options["seconds"])),
            seed=int(str(options["seed"])),
            theme=str(options["theme"]) or item.theme,
            template_id=template_of(item, str(options["lang"]), learned),
        )
        before = len([shot for shot in drafted.shots if shot.cached])
        note = f"{before} of {len(drafted.shots)} shots are filmed and paid already; the film is cut anew."
        self.stdout.write(f"{item.name}: {drafted.ad.template_id}, {drafted.credits} credits. {note if before else ''}")
        self.stdout.write(f"  filmed with {drafted.ad.brief.engine}, {len(drafted.shots)} shots")
        try:
            with ProgressBar(self.stderr) as bar:
                ad = workshop.make(drafted.ad, bar.show)
        except BillingError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("stopped: nothing was changed and every credit was returned.", returncode=130) from None
        if ad.state != Ad.State.READY:
            raise CommandError(f"the ad {ad.state}: {ad.reason_en}")
        write_bundle(ad, folder / item.name, wall_s=time.monotonic() - begun)
        write_hand_over(ad, folder / item.name / ARCHIVE)
        return ad

    def _say(self, folder: Path, ad: Ad) -> None:
        for line, proof in film_lines(ad, folder):
            self.stdout.write(self.style.SUCCESS(line))
            for told in proof:
                self.stdout.write(f"  {told}")
        for told in content_lines(ad):
            self.stdout.write(f"{told}")
        archive = folder / ARCHIVE
        self.stdout.write(
            self.style.SUCCESS(f"{archive}   {archive.stat().st_size / 1e6:.1f} MB, 剪辑交接包 for an editor")
        )
        held = ad.hold.amount if ad.hold is not None else 0
        self.stdout.write(
            f"  {held} credits held, {ad.credits_settled} settled"
            + (" (every shot was paid before: cutting is free)" if ad.credits_quoted == 0 else "")
        )

    def _say_next(self, shop: Organization, out: Path) -> None:
        left = ledger.balance(shop).available
        self.stdout.write(f"  {left} credits left on the gold plan of {MERCHANT}")
        self.stdout.write(f"Look at {out}/*/contact.jpg, the covers and script.txt. Then try:")
        self.stdout.write("  make run                              the studio in your browser, with your own photos")
        self.stdout.write("  python manage.py demo --all           an ad of each product, one a real photo")
        self.stdout.write("  python manage.py demo --lang en --aspects 9:16,3:4,4:5")
        self.stdout.write("  python manage.py make_ad --product examples/product.yaml --images PHOTO.jpg --out my-ad")


def open_merchant() -> Organization:
    """The demo merchant, with a running month of the gold plan and a brand kit whose captions follow the voice."""
    shop = workshop.own_organization("muyu-living", MERCHANT)
    if brand.kit_of(shop).is_empty:  # what its people have made of it since then stays
        brand.save_kit(shop, {"caption_style": CAPTIONS})
    if current_period(shop) is None:
        start_period(shop, "gold", key=f"demo:{timezone.localdate()}", source="demo")
    return shop


def learn_from_hits(shop: Organization) -> TemplateVersion:
    """The template of the twelve sample hits, private to the demo's merchant; learned again, it is the same version."""
    lesson = read_lesson(HITS)
    return learning.publish(learning.learn(lesson.videos, rights=lesson.rights), shop)[0]


def learned_words(row: TemplateVersion) -> str:
    """What was learned, in both languages, for the terminal."""
    template = row.template()
    return (
        f"从 {len(template.members)} 条示例爆款学到模板 {row.template_id}：{template.name.zh}\n"
        f"learned {row.template_id} from {len(template.members)} sample hits: {template.name.en} "
        f"(learned again from like hits it is {template.stability or 0:.0%} alike)"
    )


def template_of(item: Item, lang: str, learned: TemplateVersion) -> str:
    """What the hits taught, or the newest version of the item's story in this language; "" (the best fit) without either."""
    if item.hits and lang == learned.lang:
        return learned.template_id
    family = f"tpl_{item.story}_{lang}"
    return next((template.id for template in library.visible(None, lang) if template.family == family), "")


def product_of(shop: Organization, item: Item) -> Product:
    """The product with today's facts; its photos are taken in once."""
    key = f"demo:{item.name}"
    facts = replace(read_product(FACTS / f"{item.name}.yaml"), external_id=key)
    product = Product.objects.of(shop).filter(external_id=key, archived_at=None).first()
    if product is None:
        product = products.create_product(shop, facts)
    else:
        products.update_product(product, facts)
    if not product.assets.exists():
        _take_photos(shop, product, item)
    return product


def _take_photos(shop: Organization, product: Product, item: Item) -> None:
    uploads = [(name, io.BytesIO((PHOTOS / name).read_bytes())) for name in item.photos] or [_coffee()]
    report = images.accept(shop, product, uploads, rights=RENDERED if item.photos else COFFEE)
    if report.refused:
        raise CommandError("; ".join(refusal.en for refusal in report.refused))


def _coffee() -> tuple[str, io.BytesIO]:
    """The coffee photo as scikit-image carries it, as a PNG file."""
    try:
        from skimage.data import coffee
    except ImportError as error:
        raise CommandError("the coffee photo comes with scikit-image: pip install scikit-image") from error
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(coffee()).save(file, "PNG")  # type: ignore[no-untyped-call]
    file.seek(0)
    return "coffee.png", file


def replace_folder(new: Path, target: Path) -> None:
    """``new`` becomes ``target`` by two renames; what was there is gone only when the new one is whole."""
    old = new.with_name("old")
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
