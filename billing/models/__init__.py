from billing.models.desk import StaffAction, StaffRequest
from billing.models.invitations import Invitation
from billing.models.ledger import Entry, Hold, Lot
from billing.models.links import Budget, OrgLink
from billing.models.memberships import CatalogueVersion, MembershipPeriod, PlanVersion
from billing.models.notices import LowCreditNotice
from billing.models.organizations import ApiKey, Member, Organization
from billing.models.payments import (
    Dispute,
    Payment,
    Provider,
    ProviderCustomer,
    Purchase,
    Refund,
    Subscription,
    TradeIn,
)
from billing.models.rates import ApiUse
from billing.models.receipts import FapiaoRequest, Invoice, TransferConfirmation, WebhookEvent
from billing.models.tenancy import TenantModel, TenantQuerySet

__all__ = [
    "ApiKey",
    "ApiUse",
    "Budget",
    "CatalogueVersion",
    "Dispute",
    "Entry",
    "FapiaoRequest",
    "Hold",
    "Invitation",
    "Invoice",
    "Lot",
    "LowCreditNotice",
    "Member",
    "MembershipPeriod",
    "OrgLink",
    "Organization",
    "Payment",
    "PlanVersion",
    "Provider",
    "ProviderCustomer",
    "Purchase",
    "Refund",
    "StaffAction",
    "StaffRequest",
    "Subscription",
    "TenantModel",
    "TenantQuerySet",
    "TradeIn",
    "TransferConfirmation",
    "WebhookEvent",
]
