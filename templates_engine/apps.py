from django.apps import AppConfig


class TemplatesEngineConfig(AppConfig):
    name = "templates_engine"
    default_auto_field = "django.db.models.BigAutoField"
