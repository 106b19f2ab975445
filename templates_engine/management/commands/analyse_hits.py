"""``manage.py analyse_hits``: measures the uploaded hits that wait, in this process, where no worker runs."""

import os
import socket

from django.core.management.base import BaseCommand

from templates_engine import hit_work
from templates_engine.models import Hit


class Command(BaseCommand):
    help = "Measure the uploaded hits that wait, one after the other, without a broker or worker"

    def handle(self, *args: object, **options: object) -> None:
        worker = f"{socket.gethostname()}:{os.getpid()}"
        while (hit := hit_work.work_one(worker)) is not None:
            row = Hit.objects.filter(pk=hit.pk).first()
            if row is not None:
                self.stdout.write(f"{row}: {row.get_state_display()} {row.error_zh} {row.error_en}".rstrip())
