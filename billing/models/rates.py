"""How much an organization asks of the API."""

from django.db import models

from billing.models.organizations import Organization


class ApiUse(models.Model):
    """The requests of one organization in the running window; one row, written by one statement per request."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="+", primary_key=True)
    window = models.BigIntegerField()  # whole windows since 1970
    requests = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.requests}"
