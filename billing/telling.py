"""What billing has to tell customers' own systems. It knows no webhooks: ``settings.BILLING_TELLS`` names who does."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.module_loading import import_string

from billing.models import Organization


def tell(organization: Organization, event: str, key: str, data: Mapping[str, str | int | None]) -> None:
    """Say that something has happened, once per ``key``; call it in the transaction in which it happens."""
    import_string(settings.BILLING_TELLS)(organization, event, key, data)
