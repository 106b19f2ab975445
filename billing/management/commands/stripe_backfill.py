"""Fetch the events of Stripe since a moment, store those that never came, and act on all that were not acted on.

Heals an outage of our webhook endpoint. Stripe keeps its events for 30 days.
"""

from datetime import UTC, datetime, time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime

from billing.errors import BillingError
from billing.models import WebhookEvent


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", required=True, help="a date or time with zone: 2026-11-20, 2026-11-20T08:00:00Z")

    def handle(self, *, since: str, **options: object) -> None:
        if not settings.STRIPE_SECRET_KEY:
            raise CommandError("STRIPE_SECRET_KEY is not set: there is nothing to fetch.")
        from billing.providers.stripe import backfill

        try:
            new = backfill.fetch(_moment(since))
        except BillingError as error:
            raise CommandError(str(error)) from error
        done, waiting = backfill.process_waiting()
        self.stdout.write(f"{new} new events, {done} acted on, {waiting} wait for the next round")
        for row in WebhookEvent.objects.filter(processed_at=None).exclude(error="").order_by("id")[:20]:
            self.stdout.write(f"{row.event_id} {row.type}: {row.error}")


def _moment(text: str) -> datetime:
    try:
        day, moment = parse_date(text), parse_datetime(text)
    except ValueError:
        day = moment = None
    if moment is not None and moment.tzinfo is not None:
        return moment
    if day is None:
        raise CommandError(f"{text!r} is no date and no time with a zone. Write 2026-11-20 or 2026-11-20T08:00:00Z.")
    return datetime.combine(day, time.min, tzinfo=UTC)
