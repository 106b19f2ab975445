"""How far an ad is, for pages, API and the progress bar of commands."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from creative.models import Ad, AdShot, Reshoot
from creative.payment import payer
from generation.models import RenderJob

State = Ad.State
STAGES = {
    State.DRAFT: ("草稿，尚未下单", "draft, not ordered yet"),
    State.HELD: ("排队中", "in the queue"),
    State.SHOOTING: ("拍摄镜头", "filming the shots"),
    State.ASSEMBLING: ("剪辑成片", "cutting the ad"),
    State.CHECKING: ("检查成片", "checking the file"),
    State.READY: ("已完成", "ready"),
    State.FAILED: ("失败，点数已退回", "failed, credits returned"),
    State.CANCELLED: ("已取消，点数已退回", "cancelled, credits returned"),
}
# Shares of the whole way in per mille, from typical times of the showcase engine.
SHOOTING_FROM, ASSEMBLING_FROM, CHECKING_FROM, READY_AT = 10, 800, 980, 1000
ETA_FROM = 50  # before it, any estimate is a guess
SHOT_STATES = {RenderJob.State.DONE: "done", RenderJob.State.FAILED: "failed", RenderJob.State.CANCELLED: "cancelled"}


@dataclass(frozen=True)
class ShotProgress:
    """``state`` is waiting, pending, running, done, failed or cancelled; ``thumb`` the public id of the photo."""

    index: int
    role: str
    percent: int
    state: str
    thumb: str


@dataclass(frozen=True)
class AdProgress:
    """``eta_seconds`` is ``None`` while nothing can be said."""

    state: str
    percent: int
    stage_zh: str
    stage_en: str
    shots: tuple[ShotProgress, ...]
    eta_seconds: int | None
    credits_quoted: int
    credits_settled: int | None
    cancelling: bool
    reason_code: str
    reason_zh: str
    reason_en: str

    @property
    def ended(self) -> bool:
        return self.state in Ad.ENDS


def progress(ad: Ad) -> AdProgress:
    """Read fresh from the rows; costs three queries, four while a shot is filmed anew."""
    ad.refresh_from_db()
    shots = tuple(_shot(shot) for shot in ad.shots.select_related("job", "asset"))
    done, paying = _per_mille(ad, shots), payer(ad)
    zh, en = STAGES[State(ad.state)]
    return AdProgress(
        state=ad.state,
        percent=done // 10,
        stage_zh=zh,
        stage_en=en,
        shots=shots,
        eta_seconds=_eta(ad, done, paying.created_at if isinstance(paying, Reshoot) else ad.ordered_at),
        credits_quoted=paying.credits_quoted,
        credits_settled=ad.credits_settled,
        cancelling=ad.cancel_requested and ad.state not in Ad.ENDS,
        reason_code=ad.reason_code,
        reason_zh=ad.reason,
        reason_en=ad.reason_en,
    )


def _shot(shot: AdShot) -> ShotProgress:
    job = shot.job
    state = "waiting" if job is None else SHOT_STATES.get(RenderJob.State(job.state), job.state)
    percent = 0 if job is None else job.progress // 10
    return ShotProgress(shot.index, shot.role, percent, state, shot.asset.public_id)


def _per_mille(ad: Ad, shots: tuple[ShotProgress, ...]) -> int:
    if ad.state == State.READY:
        return READY_AT
    if ad.state == State.CHECKING:
        return CHECKING_FROM
    if ad.state == State.ASSEMBLING:
        jobs = [output.job for output in ad.outputs.select_related("job")]
        return _between(ASSEMBLING_FROM, CHECKING_FROM, [job.progress if job else 0 for job in jobs])
    if ad.state == State.SHOOTING:
        return _between(SHOOTING_FROM, ASSEMBLING_FROM, [shot.percent * 10 for shot in shots])
    return 0


def _between(low: int, high: int, parts: list[int]) -> int:
    return low + (high - low) * sum(parts) // (1000 * max(len(parts), 1))


def _eta(ad: Ad, done: int, begun: datetime | None) -> int | None:
    if begun is None or ad.state in Ad.ENDS or done < ETA_FROM:
        return None
    passed = (timezone.now() - begun).total_seconds()
    return round(passed * (READY_AT - done) / done)
