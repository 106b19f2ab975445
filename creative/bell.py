"""Telling the reconciler to look, with the bell that generation rings for its workers.

A lost message costs seconds: a periodic task finds all unfinished work.
"""

from generation.bell import ring, silenced

__all__ = ["ADVANCE", "ADVANCE_CAMPAIGN", "DELIVER", "ring", "silenced"]
ADVANCE = "creative.tasks.advance"
ADVANCE_CAMPAIGN = "creative.tasks.advance_campaign"
DELIVER = "creative.tasks.deliver_webhook"
