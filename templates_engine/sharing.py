"""An agency lets merchants use templates of its own. Offered to a merchant by its number, used once the merchant accepts.

The receiver sees and fills every version of the family, those to come included, and changes none. When either side ends
the share the template leaves the receiver's lists; ads that were made with it stay.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing import links
from billing.memberships import entitlements_for
from billing.models import Organization
from templates_engine.domain.template import Words
from templates_engine.errors import ShareNotFound, SharingRefused, TemplateNotFound
from templates_engine.models import TemplateShare, TemplateVersion


@dataclass(frozen=True)
class Shared:
    """One share with the name of its family's newest version, seen from either side."""

    share: TemplateShare
    name: Words
    lang: str

    @property
    def accepted(self) -> bool:
        return self.share.accepted_at is not None


def share(owner: Organization, template_id: str, receiver_id: str, *, by: str = "") -> TemplateShare:
    """Offers the family of ``template_id`` to the organization with the public id ``receiver_id``. Twice is one offer.

    A merchant with an active tie to the agency may be named by its name instead. Raises TemplateNotFound for a template
    that is not the owner's own, or SharingRefused.
    """
    row = TemplateVersion.objects.filter(organization=owner, template_id=template_id).first()
    if row is None:
        raise TemplateNotFound(template_id)
    if owner.kind != Organization.Kind.AGENCY:
        raise _not_an_agency()
    numbered = Organization.objects.filter(public_id=receiver_id.strip()).first()
    receiver = numbered or links.client_named(owner, receiver_id)
    if receiver is None:
        raise _no_receiver()
    if receiver.pk == owner.pk:
        raise _same()
    with transaction.atomic():
        # Two shares at the same moment must come one after the other, or both would be the last that the plan allows.
        Organization.objects.select_for_update().get(pk=owner.pk)
        existing = TemplateShare.objects.of(owner).filter(family=row.family, to_organization=receiver).first()
        if existing is not None:
            return existing
        _check_room(owner, receiver)
        return TemplateShare.objects.create(
            organization=owner, family=row.family, to_organization=receiver, created_by=by[:150]
        )


def accept(receiver: Organization, share_id: str) -> TemplateShare:
    """From now on ``receiver`` may use what it was offered. Accepted already, it stays so. Raises ShareNotFound."""
    rows = TemplateShare.objects.received_by(receiver).filter(public_id=share_id)
    rows.filter(accepted_at=None).update(accepted_at=timezone.now())
    row = rows.select_related("organization", "to_organization").first()
    if row is None:
        raise ShareNotFound
    return row


def end(organization: Organization, share_id: str) -> None:
    """The owner takes it back, or the receiver wants it no more. Raises ShareNotFound."""
    either = Q(organization=organization) | Q(to_organization=organization)
    deleted, _ = TemplateShare.objects.filter(either, public_id=share_id).delete()
    if not deleted:
        raise ShareNotFound


def given(owner: Organization, family: str | None = None) -> tuple[Shared, ...]:
    """What ``owner`` shares, all or of one family, oldest first."""
    rows = TemplateShare.objects.of(owner).select_related("organization", "to_organization")
    return _named([row for row in rows if family in (None, row.family)])


def received(receiver: Organization) -> tuple[Shared, ...]:
    """What others share with ``receiver``, offers that it has not answered included, oldest first."""
    return _named(list(TemplateShare.objects.received_by(receiver).select_related("organization", "to_organization")))


def lent(receiver: Organization, template_id: str) -> TemplateShare | None:
    """The accepted share by which ``receiver`` may use this template; None for one that it has otherwise, or not at all."""
    owned = TemplateVersion.objects.exclude(organization=None).filter(template_id=template_id).first()
    if owned is None:
        return None
    rows = TemplateShare.objects.received_by(receiver).filter(organization=owned.organization_id, family=owned.family)
    return rows.exclude(accepted_at=None).select_related("organization").first()


def _named(shares: list[TemplateShare]) -> tuple[Shared, ...]:
    families = {share.family for share in shares}
    rows = TemplateVersion.objects.filter(family__in=families).exclude(organization=None).order_by("version")
    newest = {(row.organization_id, row.family): row for row in rows}
    found = ((share, newest.get((share.organization_id, share.family))) for share in shares)
    return tuple(Shared(share, row.template().name, row.lang) for share, row in found if row is not None)


def _check_room(owner: Organization, receiver: Organization) -> None:
    others = TemplateShare.objects.of(owner).exclude(to_organization=receiver)
    served = others.order_by().values("to_organization").distinct().count()
    most = entitlements_for(owner).merchants
    if served >= most:
        raise SharingRefused(
            "too_many_merchants",
            403,
            f"你的会员最多服务 {most} 个商家，现在已满。请先撤回对其他商家的共享，或升级会员。",
            f"Your plan serves {most} merchants and they are taken: end the shares of another one, or choose a higher plan.",
        )


def _not_an_agency() -> SharingRefused:
    return SharingRefused(
        "not_an_agency",
        403,
        "只有机构账户可以把模板共享给商家。请联系客服，把账户改为机构。",
        "Only an agency can share templates with merchants: ask support to make this account one.",
    )


def _no_receiver() -> SharingRefused:
    return SharingRefused(
        "no_such_merchant",
        404,
        "没有这个商家编号。请商家在「模板」页底部复制自己的编号（org_ 开头）发给你。",
        "No merchant has this number: ask the merchant for the one (org_...) at the end of its template page.",
    )


def _same() -> SharingRefused:
    return SharingRefused(
        "own_organization",
        422,
        "这是你自己的编号：自己的模板本来就能用。请填商家的编号。",
        "This is your own number, and you may use your templates anyway: give the merchant's.",
    )
