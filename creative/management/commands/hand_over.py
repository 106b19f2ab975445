"""``manage.py hand_over AD_ID --out FILE.zip``: a ready ad for the editor."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from creative.errors import CreativeError
from creative.hand_over import write_hand_over
from creative.models import Ad

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Pack a ready ad for an editor: OpenTimelineIO, FCPXML, clips, stems, captions, films and a manifest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ad_id", help="such as ad_0123456789")
        parser.add_argument("--out", type=Path, required=True, help="the .zip file to write")

    def handle(self, *args: object, **options: object) -> None:
        out = Path(str(options["out"]))
        ad = Ad.objects.filter(public_id=str(options["ad_id"])).first()
        if ad is None:
            raise CommandError(f"there is no ad {options['ad_id']}: look up its id on its page", returncode=BAD_INPUT)
        if not out.parent.is_dir():
            raise CommandError(f"there is no folder {out.parent}: make it first", returncode=BAD_INPUT)
        try:
            write_hand_over(ad, out)
        except CreativeError as error:
            raise CommandError(error.en) from error
        self.stdout.write(self.style.SUCCESS(f"{out}   {out.stat().st_size / 1e6:.1f} MB"))
