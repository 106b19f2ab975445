"""What every test has: media of its own, and no network. Only ``live`` and ``browser`` tests may talk to this machine."""

import gc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as properties
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts

# A busy machine is no failure: a property is about what comes out, and `bench/` is where time is measured.
properties.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("any machine")

# Reading thousands of tests makes millions of small objects that all stay: looking through them again and again for
# garbage took a fifth of the collection's time.
gc.set_threshold(100_000, 20, 100)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Workers begin at opposite halves, so that most shared films and models are made by one worker, not by each."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there before the first test stays until the last: no search for garbage needs to look at it."""
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("live") or item.get_closest_marker("browser"):
        enable_socket()
        socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def own_var(tmp_path: Path, settings: Any) -> None:
    """Each test writes its media to a folder of its own. WhiteNoise wants to see its folder, even an empty one."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()


@pytest.fixture(autouse=True)
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quotes are made at noon in Shanghai, whenever the tests run: off-peak prices are for the tests that ask for them."""
    monkeypatch.setattr("billing.pricing.now", lambda: datetime(2026, 11, 23, 4, tzinfo=UTC))
