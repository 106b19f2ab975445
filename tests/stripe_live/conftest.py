"""Tests against Stripe's own test mode are for people with a key: ``STRIPE_TEST_KEY=sk_test_... pytest -m stripe_live``.

Without a key they are not selected; whoever asks for them by name without one is told what is missing.
"""

import os
from typing import Any

import pytest

MARKER, VARIABLE = "stripe_live", "STRIPE_TEST_KEY"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get(VARIABLE) or MARKER in str(config.getoption("markexpr")):
        return
    left_out = [item for item in items if item.get_closest_marker(MARKER)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def checked_key(key: str) -> str:
    """The key, if it is one that moves no real money."""
    if not key:
        pytest.fail(f"No key: set {VARIABLE}=sk_test_... to a key of Stripe's test mode.", pytrace=False)
    if not key.startswith("sk_test_"):
        pytest.fail(f"{VARIABLE} is no key of the test mode (sk_test_...): these tests pay and refund.", pytrace=False)
    return key


@pytest.fixture
def stripe_key(settings: Any) -> str:
    key = checked_key(os.environ.get(VARIABLE, ""))
    settings.STRIPE_SECRET_KEY = key
    return key
