"""The ways of paying. ``manual`` is always there; ``stripe`` is when its secret key is set."""

from django.conf import settings

from billing.errors import ProviderAbsent
from billing.models import Provider
from billing.providers.base import Checkout, PaymentProvider, RefundAnswer
from billing.providers.manual import ManualProvider


def provider(name: str) -> PaymentProvider:
    """The provider of that name. Raises ProviderAbsent if it is not set up."""
    if name == Provider.MANUAL:
        return ManualProvider()
    if name == Provider.STRIPE and settings.STRIPE_SECRET_KEY:
        from billing.providers.stripe import StripeProvider

        return StripeProvider()
    raise ProviderAbsent(name)


def names() -> tuple[str, ...]:
    """The providers that work here, the best first."""
    here = [Provider.STRIPE.value] if settings.STRIPE_SECRET_KEY else []
    return (*here, Provider.MANUAL.value)


__all__ = ["Checkout", "PaymentProvider", "RefundAnswer", "names", "provider"]
