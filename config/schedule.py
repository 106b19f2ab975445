"""When periodic work is rung for, and in which queue each task waits: for ``config.settings`` alone."""

ROUTES = {
    "generation.tasks.film": {"queue": "film"},
    "generation.tasks.cut": {"queue": "cut"},
    "templates_engine.tasks.analyse": {"queue": "learn"},
    "creative.tasks.deliver_webhook": {"queue": "tell"},
}


def beat(every: int) -> dict[str, dict[str, str | float]]:
    """Names of tasks and their periods in seconds; the reconcilers look every ``every``."""
    return {
        "return-silent-jobs": {"task": "generation.tasks.reap", "schedule": every},
        "advance-unfinished-ads": {"task": "creative.tasks.advance_unfinished", "schedule": every},
        "look-for-hits": {"task": "templates_engine.tasks.look", "schedule": every},
        "release-expired-holds": {"task": "billing.tasks.reap_holds", "schedule": 60.0},
        "finish-payments": {"task": "billing.tasks.sweep_payments", "schedule": 60.0},
        "notice-low-credits": {"task": "billing.tasks.notice_low_credits", "schedule": 600.0},
        "notice-ending-memberships": {"task": "billing.tasks.notice_ending", "schedule": 3_600.0},
        "deliver-webhooks": {"task": "creative.tasks.deliver_webhooks", "schedule": every},
        "remove-expired-files": {"task": "creative.tasks.remove_expired_files", "schedule": 3_600.0},
    }
