"""Addresses of billing that providers call. What people open is in the studio."""

from django.urls import path

from billing.webhooks import stripe_webhook

urlpatterns = [
    path("webhooks/stripe", stripe_webhook, name="stripe-webhook"),
]
