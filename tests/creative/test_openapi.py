"""docs/openapi.yaml is what the code says, and the code says it without a warning."""

from io import StringIO
from pathlib import Path

import yaml
from django.core.management import call_command

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.yaml"


def test_the_committed_document_is_up_to_date(tmp_path: Path):
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(fresh), validate=True, fail_on_warn=True, stderr=StringIO())
    same = fresh.read_text() == COMMITTED.read_text()
    assert same, "run: python manage.py spectacular --file docs/openapi.yaml --validate --fail-on-warn"


def test_every_operation_says_what_it_does_and_how_it_refuses():
    document = yaml.safe_load(COMMITTED.read_text())
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], f"{method} {path}"
            assert operation["security"] == [{"apiKey": []}], f"{method} {path}"
            refusal = operation["responses"]["401"]["content"]
            assert refusal["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
