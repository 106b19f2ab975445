"""Media in a real S3 store: what is stored comes back, and a missing file is told from a store that is down."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import override_settings

from generation import media
from generation.errors import MediaMissing, StorageDown
from tests.live.conftest import BUCKET

pytestmark = [pytest.mark.live, pytest.mark.slow]


def bucket(endpoint: str) -> dict[str, Any]:
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": endpoint,
        "access_key": "test",
        "secret_key": "test",
        "region_name": "us-east-1",
        "file_overwrite": True,
    }
    return {
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def s3(s3_endpoint: str) -> Iterator[None]:
    with override_settings(STORAGES=bucket(s3_endpoint)):
        yield


def test_what_is_stored_comes_back_and_the_copy_is_removed(s3: None, tmp_path: Path) -> None:
    path = tmp_path / "hello.mp4"
    path.write_bytes(b"hello" * 100_000)
    for _ in range(2):
        assert media.store(path, "clips/1/ab/abc.mp4") == "clips/1/ab/abc.mp4"
    assert storages["default"].listdir("clips/1/ab")[1] == ["abc.mp4"]
    with media.local("clips/1/ab/abc.mp4") as copy:
        assert copy.read_bytes() == path.read_bytes()
        assert copy.suffix == ".mp4"
    assert not copy.exists()


def test_a_missing_file_is_named(s3: None) -> None:
    with pytest.raises(MediaMissing, match="photos/none.png"), media.local("photos/none.png"):
        pass


def test_a_store_that_is_down_is_worth_another_attempt(tmp_path: Path) -> None:
    path = tmp_path / "hello.mp4"
    path.write_bytes(b"hello")
    with override_settings(STORAGES=bucket("http://127.0.0.1:9")):
        with pytest.raises(StorageDown, match="cannot write"):
            media.store(path, "clips/x.mp4")
        with pytest.raises(StorageDown, match="cannot read"), media.local("clips/x.mp4"):
            pass
