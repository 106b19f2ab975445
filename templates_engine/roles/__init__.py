"""Which job each line of an ad does."""

from templates_engine.roles.tagging import tag, tagged

__all__ = ["tag", "tagged"]
