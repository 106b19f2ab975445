"""What customers' systems are told, how it is signed, and when it is tried again. Plain Python, no I/O.

Headers, secret and signature are those of Standard Webhooks 1.0 (standardwebhooks.com), so its libraries verify ours.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta

EVENTS = (
    "ad.ready",
    "ad.failed",
    "ad.cancelled",
    "campaign.finished",
    "credits.low",
    "membership.expiring",
    "refund.done",
    "dispute.opened",
)
TEST = "webhook.test"
SECRET_PREFIX = "whsec_"  # noqa: S105  (no secret: what every secret begins with)
# After the first failure a minute, then more and more patient: the eighth and last try comes about two days later.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1_440))


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many (1 or more) failed attempts; None: that was the last one."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def secret_text(key: bytes) -> str:
    """A signing key as its owner keeps it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signature(keys: Iterable[bytes], message_id: str, timestamp: int, body: str) -> str:
    """The value of ``webhook-signature``: one ``v1,<base64 HMAC-SHA256>`` per key, separated by spaces."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return " ".join(f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}" for key in keys)


def wants(chosen: Iterable[str], event: str) -> bool:
    """Whether an endpoint that has chosen these events (none: all) gets this one; a test goes to everybody."""
    names = tuple(chosen)
    return not names or event in names or event == TEST
