"""A FAKE of Stripe for tests: no network, no money, and only the questions that Hitsmith asks.

It is not Stripe and proves nothing about Stripe's own behaviour. What keeps it near: every parameter that it is sent and
every field that it answers with must exist in stripe-python's own types (``types.py``), idempotency keys work as Stripe
describes them, and its messages are signed with the library's own function.

    account.py    what the account knows, and what buyers, banks and time do to it
    answers.py    its objects
    transport.py  the ``stripe.HTTPClient``: routes, idempotency, faults
    messages.py   webhooks: signed, doubled, swapped, lost, too old, from the future
    types.py      stripe-python's types as the judge
    pipe.py       the fake of another process, for processes that are killed
    hosted.py     the fake over HTTP with its payment page, and wire.py the studio's way to it
"""

from tests.billing.stripe_fake.account import Account
from tests.billing.stripe_fake.messages import Postman
from tests.billing.stripe_fake.transport import FakeStripe, use

__all__ = ["Account", "FakeStripe", "Postman", "use"]
