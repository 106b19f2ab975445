"""The world of the tests: Alice owns a shop, Bob works in it, Charlie owns another. No network but this machine's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("live") or item.get_closest_marker("browser"):
        enable_socket()
        socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def own_var(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Each test writes its media to a folder of its own, and rings no bell."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CELERY_TASK_ALWAYS_EAGER = False
    yield
