"""Payments on the staff's desk, to look at. They change by verbs only."""

from django.contrib import admin

from billing.admin import ReadOnlyAdmin
from billing.models import (
    Dispute,
    FapiaoRequest,
    Invoice,
    Payment,
    Purchase,
    Refund,
    Subscription,
    TransferConfirmation,
    WebhookEvent,
)

TENANT = ["organization__name", "organization__public_id"]


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    list_display = ["number", "organization", "kind", "plan", "pack_code", "due_fen", "provider", "state", "problem"]
    list_filter = ["state", "kind", "provider"]
    search_fields = [*TENANT, "number", "public_id", "checkout_ref"]
    list_select_related = ["organization", "plan"]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "organization", "amount_fen", "currency", "provider", "fact", "surplus", "paid_at"]
    list_filter = ["provider", "surplus"]
    search_fields = [*TENANT, "public_id", "fact", "intent", "purchase__number"]
    list_select_related = ["organization"]


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "organization", "amount_fen", "state", "credits_withdrawn", "credits_owed", "reason"]
    list_filter = ["state", "provider"]
    search_fields = [*TENANT, "public_id", "fact", "payment__purchase__number"]
    list_select_related = ["organization"]


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ["fact", "organization", "amount_fen", "state", "credits_withdrawn", "opened_at", "closed_at"]
    list_filter = ["state"]
    search_fields = [*TENANT, "fact", "payment__purchase__number"]
    list_select_related = ["organization"]


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "organization", "plan", "next_plan", "state", "ends_with_period", "must_end", "ref"]
    list_filter = ["state", "must_end"]
    search_fields = [*TENANT, "public_id", "ref"]
    list_select_related = ["organization", "plan", "next_plan"]


@admin.register(TransferConfirmation)
class TransferConfirmationAdmin(ReadOnlyAdmin):
    list_display = ["purchase", "organization", "staff", "amount_fen", "received_on", "note", "at"]
    search_fields = [*TENANT, "purchase__number", "note", "staff"]
    list_select_related = ["organization", "purchase"]


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ["number", "organization", "title", "amount_fen", "currency", "issued_at"]
    search_fields = [*TENANT, "number"]
    list_select_related = ["organization"]


@admin.register(FapiaoRequest)
class FapiaoRequestAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "organization", "title", "tax_id", "amount_fen", "state", "created_at"]
    list_filter = ["state", "title_kind"]
    search_fields = [*TENANT, "title", "tax_id", "purchase__number"]
    list_select_related = ["organization"]


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ["event_id", "type", "happened_at", "received_at", "processed_at", "attempts", "error"]
    list_filter = ["type"]
    search_fields = ["event_id", "payload"]
