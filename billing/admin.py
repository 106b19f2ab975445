"""The staff's view of tenants. The ledger is shown, never edited: credits move through its verbs only."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from billing.models import ApiKey, Entry, Hold, Lot, Member, MembershipPeriod, Organization, PlanVersion


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nobody adds, changes or deletes, superusers included."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MemberInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Member
    extra = 0
    autocomplete_fields = ["user"]


class ApiKeyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Keys are made where their text can be shown once; here they are only seen."""

    model = ApiKey
    extra = 0
    readonly_fields = ["name", "prefix", "role", "created_at", "last_used_at", "revoked_at"]
    fields = tuple(readonly_fields)
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        return False


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "public_id", "kind", "parked_reason", "suspended_reason", "created_at"]
    list_filter = ["kind"]
    search_fields = ["name", "public_id", "members__user__username", "members__user__email"]
    # Stopping and starting an account is an action of the desk, with a reason and a row of its own.
    readonly_fields = ["public_id", "parked_reason", "suspended_reason", "created_at"]
    inlines = [MemberInline, ApiKeyInline]


@admin.register(PlanVersion)
class PlanVersionAdmin(ReadOnlyAdmin):
    list_display = ["code", "number", "rank", "price_fen", "credits", "daily_credits", "on_sale"]
    list_filter = ["on_sale"]


class OfOrganizationAdmin(ReadOnlyAdmin):
    search_fields = ["organization__name", "organization__public_id", "key"]
    list_select_related = ["organization"]


@admin.register(MembershipPeriod)
class MembershipPeriodAdmin(OfOrganizationAdmin):
    list_display = ["organization", "plan_code", "starts_at", "ends_at", "source"]
    list_filter = ["plan_code", "source"]


@admin.register(Lot)
class LotAdmin(OfOrganizationAdmin):
    list_display = ["organization", "kind", "amount", "free", "held", "spent", "lapsed", "expires_at", "owed"]
    list_filter = ["kind"]

    @admin.display(description="欠款 Debt")
    def owed(self, lot: Lot) -> int:
        return lot.debt


@admin.register(Hold)
class HoldAdmin(OfOrganizationAdmin):
    list_display = ["organization", "reference", "amount", "captured", "refunded", "state", "lease_until", "created_at"]
    list_filter = ["state"]
    search_fields = [*OfOrganizationAdmin.search_fields, "reference"]


@admin.register(Entry)
class EntryAdmin(OfOrganizationAdmin):
    list_display = ["at", "organization", "kind", "d_free", "d_held", "d_spent", "d_lapsed", "lot", "hold", "reason"]
    list_filter = ["kind"]
    search_fields = [*OfOrganizationAdmin.search_fields, "hold__reference"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("lot", "hold")


from billing import admin_agencies, admin_desk, admin_notices, admin_payments  # noqa: E402, F401  (they register more of the desk)
