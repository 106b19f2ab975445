"""The only door to a tenant's rows: ``Model.objects.of(organization)``."""

from typing import Self, TypeVar

from django.db import models

from billing.models.organizations import Organization

Row = TypeVar("Row", bound=models.Model, covariant=True)


class TenantQuerySet(models.QuerySet[Row]):
    def of(self, organization: Organization) -> Self:
        """Only the rows of one tenant. What is not in here does not exist for them (404, never 403)."""
        return self.filter(organization=organization)


TenantManager = models.Manager.from_queryset(TenantQuerySet)


class TenantModel(models.Model):
    """Base of every row that belongs to a tenant."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")

    objects = TenantManager()

    class Meta:
        abstract = True
