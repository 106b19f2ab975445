"""Credits given or taken, and money sent back: done at once up to what one person may do alone, else by two.

Alone counts what the same person has done alone for the same customer in the last 24 hours, so a large amount cannot be
cut into small ones. Whoever is a member of the customer's organization is never alone enough.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs
from django.utils import timezone

from billing import refunds
from billing.desk import effects
from billing.desk.audit import Effect, act, reasoned
from billing.desk.effects import Wish
from billing.errors import DeskRefused
from billing.models import Member, Organization, Refund, StaffAction, StaffRequest

Kind = StaffAction.Kind
COUNTED = timedelta(hours=24)


def propose(wish: Wish, *, reason: str, by: str, key: str) -> StaffAction | StaffRequest:
    """Do it, or let it wait for a second person. The same key gives the same answer again, and one effect.

    Raises DeskRefused, or whatever the verb refuses; nothing is changed then.
    """
    effects.check(wish)
    outcome = _do_or_ask(wish, reason=reason, by=by, key=key)
    _send(outcome)
    return outcome


@transaction.atomic
def _do_or_ask(wish: Wish, *, reason: str, by: str, key: str) -> StaffAction | StaffRequest:
    Organization.objects.select_for_update().get(pk=wish.organization.pk)
    waits = StaffRequest.objects.filter(key=key).first()
    if waits is not None:
        return waits
    done = StaffAction.objects.filter(key=key).first()
    if done is not None:
        return done
    if needs_second(wish, by):
        return _ask(wish, reason=reason, by=by, key=key)
    return carry_out(wish, reason=reason, by=by, key=key)


def needs_second(wish: Wish, by: str) -> bool:
    """Whether this is more than ``by`` may do alone."""
    if Member.objects.filter(organization=wish.organization, user__username=by).exists():
        return True
    credits, fen = alone(wish.organization, by)
    wanted = effects.size(wish)
    return credits + wanted > settings.DESK_ALONE_CREDITS or fen + wish.amount_fen > settings.DESK_ALONE_FEN


def alone(organization: Organization, by: str) -> tuple[int, int]:
    """(credits, fen) that somebody has moved alone for this customer in the last 24 hours, given and taken alike."""
    since = timezone.now() - COUNTED
    mine = StaffAction.objects.filter(organization=organization, staff=by, second="", at__gt=since)
    credits = mine.filter(kind__in=effects.CREDITS).aggregate(sum=Sum(Abs("credits")))["sum"]
    fen = mine.filter(kind=Kind.REFUND).aggregate(sum=Sum("amount_fen"))["sum"]
    return credits or 0, fen or 0


def approve(request: StaffRequest, *, by: str, note: str = "") -> StaffAction:
    """A second person agrees, and it is done. Of any number of approvals exactly one has an effect.

    Raises DeskRefused for the person who asked, and where it was decided before; or whatever the verb refuses, then it
    waits on.
    """
    with transaction.atomic():
        _decide(request, StaffRequest.State.APPROVED, by, note)
        done = carry_out(wish_of(request), reason=request.reason, by=request.asked_by, key=request.key, second=by)
    _send(done)
    return done


@transaction.atomic
def decline(request: StaffRequest, *, by: str, note: str) -> StaffAction:
    """A second person refuses, with the reason. Raises DeskRefused as ``approve`` does."""
    _decide(request, StaffRequest.State.DECLINED, by, reasoned(note))
    effect = Effect(subject=request.public_id)
    return act(
        request.organization, Kind.DECLINED, lambda: effect, reason=note, by=by, key=f"declined:{request.public_id}"
    )


def carry_out(wish: Wish, *, reason: str, by: str, key: str, second: str = "") -> StaffAction:
    """Do it without asking whether one person may: for ``approve``, and for looking ahead (``billing.desk.preview``)."""

    def do() -> Effect:
        return effects.carry_out(wish, reason=reasoned(reason), by=by, key=key)

    return act(wish.organization, wish.kind, do, reason=reason, by=by, key=key, second=second)


def _decide(request: StaffRequest, state: str, by: str, note: str) -> None:
    """Inside the caller's transaction, which holds the organization's lock from here on, as every action does."""
    Organization.objects.select_for_update().get(pk=request.organization_id)
    if request.asked_by == by:
        raise DeskRefused(
            "这是你自己提交的，须由另一位同事复核。", "You asked for this yourself: somebody else decides."
        )
    waiting = StaffRequest.objects.filter(pk=request.pk, state=StaffRequest.State.WAITING).exclude(asked_by=by)
    if not waiting.update(state=state, decided_by=by, decided_at=timezone.now(), note=note[:300]):
        raise DeskRefused("已有同事处理过这条复核，没有重复执行。", "This was decided before: nothing was done twice.")


def _ask(wish: Wish, *, reason: str, by: str, key: str) -> StaffRequest:
    row = StaffRequest.objects.create(
        organization=wish.organization,
        kind=wish.kind,
        credits=wish.credits,
        amount_fen=wish.amount_fen,
        subject=wish.subject,
        plan_code=wish.plan_code,
        days=wish.days,
        reason=reasoned(reason),
        key=key,
        asked_by=by,
        asked_at=timezone.now(),
    )
    asked = Effect(wish.credits or None, wish.amount_fen or None, row.public_id)
    act(wish.organization, Kind.ASKED, lambda: asked, reason=reason, by=by, key=f"asked:{row.public_id}")
    return row


def wish_of(request: StaffRequest) -> Wish:
    return Wish(
        request.organization,
        Kind(request.kind),
        request.credits,
        request.amount_fen,
        request.subject,
        request.plan_code,
        request.days,
    )


def _send(outcome: StaffAction | StaffRequest) -> None:
    """Ask the provider for a refund, outside of every transaction. A crash before this is healed by the sweeper."""
    if isinstance(outcome, StaffAction) and outcome.kind == Kind.REFUND:
        refunds.send(Refund.objects.get(public_id=outcome.subject))
