from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Holds the system checks and the commands that concern the whole house."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers the checks)
