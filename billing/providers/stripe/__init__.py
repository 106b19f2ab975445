"""Stripe: subscriptions by card, month cards and packs by Alipay, WeChat Pay or card, on Stripe's own pages.

``provider.py`` is the protocol, ``client.py`` the connection, ``facts.py`` what is fetched and acted on, ``events.py``
which message is about what. Nothing of this package is imported unless a secret key is set.
"""

from billing.providers.stripe.provider import StripeProvider

__all__ = ["StripeProvider"]
