"""The rules for overlays: their time, and for what they claim, the evidence."""

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise

from generation.domain.timeline import Overlay, OverlayKind, Timeline, TimelineInvalid
from generation.domain.timeline_media import starts
from generation.domain.timeline_shots import check_ids

HIGHEST_RATING = 5
QR_BYTES = 120  # more needs a code so fine that a phone cannot read it off a screen
QR_SECONDS = 2  # nobody takes out a phone faster
LONGEST_COUNTDOWN_DAYS = 99
NEEDED = frozenset({OverlayKind.CAPTION, OverlayKind.PRICE_TAG, OverlayKind.BRAND_MARK})
_RATING = re.compile(r"[0-5](\.\d)?")


def check_overlays(timeline: Timeline) -> None:
    """Raises ``TimelineInvalid``."""
    check_ids("overlay", [overlay.id for overlay in timeline.overlays])
    for overlay in timeline.overlays:
        _time(overlay, timeline)
        if not overlay.text.replace("|", "").strip():
            _refuse(overlay, " has no text")
        if overlay.optional and overlay.kind in NEEDED:
            _refuse(overlay, f" is a {overlay.kind.replace('_', ' ')}, which no ad leaves out: it can not be optional")
        if overlay.kind in _CLAIMS:
            _CLAIMS[overlay.kind](overlay, timeline.canvas.fps)
    in_time = sorted(timeline.overlays, key=lambda overlay: (overlay.kind, overlay.start))
    for before, after in pairwise(in_time):
        if before.kind is after.kind and after.start < before.end:
            _refuse(after, f" starts before {before.id!r} of the same kind has ended")


def _time(overlay: Overlay, timeline: Timeline) -> None:
    if not 0 <= overlay.start < overlay.end <= timeline.duration:
        _refuse(
            overlay,
            f" runs from frame {overlay.start} to {overlay.end}; the ad has frames 0 to {timeline.duration}",
        )
    for shot, start in zip(timeline.shots, starts(timeline.shots), strict=True):
        if overlay.end <= start or start + shot.duration <= overlay.start:
            continue
        if shot.card is not None:
            _refuse(overlay, f" covers the end card, which has its own text: end it at {start}")
        if shot.text_card is not None and overlay.kind is not OverlayKind.BRAND_MARK:
            _refuse(overlay, f" covers the text card of shot {shot.id!r}, which is read by itself")


def _countdown(overlay: Overlay, fps: int) -> None:
    """China's rules on prices (SAMR order 56, 2022) want a real end of an offer: no date, no countdown."""
    if not overlay.ends_on:
        _refuse(overlay, " is a countdown without an end: give the offer's last day, or leave it out")
    last = _day(overlay, overlay.ends_on)
    if overlay.counted_from:
        days = (last - _day(overlay, overlay.counted_from)).days
        if not 0 <= days <= LONGEST_COUNTDOWN_DAYS:
            _refuse(
                overlay,
                f" counts {days} days from {overlay.counted_from} to {overlay.ends_on}; "
                f"it can count 0 to {LONGEST_COUNTDOWN_DAYS}",
            )


def _day(overlay: Overlay, text: str) -> date:
    try:
        if len(text) != len("YYYY-MM-DD"):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise TimelineInvalid(f"overlay {overlay.id!r}: {text!r} is no day: write it as 2026-12-31") from None


def _rating(overlay: Overlay, fps: int) -> None:
    if not _RATING.fullmatch(overlay.text) or not 0 < float(overlay.text) <= HIGHEST_RATING:
        _refuse(overlay, f": {overlay.text!r} is no rating: write it as 4.8, of {HIGHEST_RATING}")
    if not overlay.source.strip() or overlay.count < 1:
        _refuse(overlay, " is a rating without evidence: say whose it is and how many people gave one, or leave it out")


def _qr_code(overlay: Overlay, fps: int) -> None:
    size = len(overlay.text.encode())
    if size > QR_BYTES:
        _refuse(overlay, f": its address has {size} bytes, a code on a screen holds {QR_BYTES}: shorten it")
    if overlay.end - overlay.start < QR_SECONDS * fps:
        _refuse(overlay, f" stands {overlay.end - overlay.start} frames; to be scanned it needs {QR_SECONDS * fps}")


def _logo_sting(overlay: Overlay, fps: int) -> None:
    if bool(overlay.image) != bool(overlay.image_sha256):
        _refuse(overlay, f": its logo {overlay.image!r} needs the SHA-256 of its content")


_CLAIMS: dict[OverlayKind, Callable[[Overlay, int], None]] = {
    OverlayKind.COUNTDOWN: _countdown,
    OverlayKind.RATING: _rating,
    OverlayKind.QR_CODE: _qr_code,
    OverlayKind.LOGO_STING: _logo_sting,
}


def _refuse(overlay: Overlay, why: str) -> None:
    raise TimelineInvalid(f"overlay {overlay.id!r}{why}")
