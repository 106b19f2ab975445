"""What must outlive the process: which task of a server films which shot."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Ticket:
    """``id``: the server's; ``since``: when it was submitted, in seconds since 1970."""

    id: str
    since: float


class Memory(Protocol):
    """Each call is whole by itself and over before the next word to a server. ``key``: ``ShotPlan.key``."""

    def recall(self, engine: str, key: str) -> Ticket | None: ...

    def keep(self, engine: str, key: str, ticket: Ticket) -> None: ...

    def forget(self, engine: str, key: str, ticket: Ticket) -> None:
        """This ticket, and none that another worker has kept meanwhile."""
