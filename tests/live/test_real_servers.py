"""The journey of a merchant's program on real PostgreSQL, Redis and an S3 store, which the test starts itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.studio import ROOT, Studio, open_merchant, running_studio

pytestmark = [pytest.mark.live, pytest.mark.slow]


def journey(studio: Studio, out: Path) -> str:
    """examples/api_journey.py, as a merchant's programmer would run it."""
    photos = sorted((ROOT / "creative" / "demo_photos").glob("mug_*.jpg"))
    done = subprocess.run(
        [
            sys.executable,
            "examples/api_journey.py",
            "--base-url",
            studio.url,
            "--key",
            open_merchant(studio),
            "--product",
            "examples/product.yaml",
            "--seconds",
            "12",
            "--out",
            str(out),
            "--images",
            *map(str, photos),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{studio.logs()}"
    return done.stdout


def test_on_postgresql_and_redis(tmp_path: Path, postgres_url: str, redis_url: str) -> None:
    with running_studio(tmp_path, DATABASE_URL=postgres_url, BROKER_URL=redis_url) as studio:
        journey(studio, tmp_path / "out")
        audit = studio.manage("audit_ledger")
        assert audit.returncode == 0, audit.stdout + audit.stderr
        assert studio.shell("from django.db import connection; print(connection.vendor)") == "postgresql"
    films = list((tmp_path / "out").glob("*.mp4"))
    assert len(films) == 1
    assert films[0].stat().st_size > 500_000


def test_media_in_an_s3_store(tmp_path: Path, s3_endpoint: str) -> None:
    store = {
        "MEDIA_S3_BUCKET": "hitsmith-test",
        "MEDIA_S3_ENDPOINT": s3_endpoint,
        "MEDIA_S3_ACCESS_KEY": "test",
        "MEDIA_S3_SECRET_KEY": "test",
    }
    with running_studio(tmp_path, **store) as studio:
        journey(studio, tmp_path / "out")
    assert len(list((tmp_path / "out").glob("*.mp4"))) == 1
    assert not (tmp_path / "media").exists() or not any((tmp_path / "media").rglob("*.mp4"))
