"""Check the books: every lot and hold against the journal. Exit 1 and one line per finding if something is wrong."""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandParser

from billing.ledger import Finding, audit
from billing.models import Entry, Lot, Organization


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--park", action="store_true", help="stop new work of organizations whose books are wrong")
        parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")

    def handle(self, *, park: bool, json: bool, **options: object) -> None:
        findings = audit(park=park)
        counts = {
            "organizations": Organization.objects.count(),
            "lots": Lot.objects.count(),
            "entries": Entry.objects.count(),
        }
        self.stdout.write(_as_json(findings, counts) if json else _as_lines(findings, counts))
        if findings:
            sys.exit(1)


def _as_lines(findings: list[Finding], counts: dict[str, int]) -> str:
    if findings:
        return "\n".join(map(str, findings))
    return "ledger clean: " + ", ".join(f"{count} {name}" for name, count in counts.items())


def _as_json(findings: list[Finding], counts: dict[str, int]) -> str:
    document = {"clean": not findings, "findings": [asdict(finding) for finding in findings], **counts}
    return json.dumps(document, ensure_ascii=False, indent=2)
