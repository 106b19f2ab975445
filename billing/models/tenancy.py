"""The only door to a tenant's rows: ``Model.objects.of(organization)``."""

from typing import Self, TypeVar

from django.db import models

from billing.models.organizations import Organization

Row = TypeVar("Row", bound=models.Model, covariant=True)


class TenantQuerySet(models.QuerySet[Row]):
    def of(self, organization: Organization) -> Self:
        """Only the rows of one tenant. What is not in here does not exist for them (404, never 403)."""
        return self.filter(organization=organization)


class TenantManager(models.Manager[Row]):
    # Written out, because type checkers do not see through Manager.from_queryset.
    def get_queryset(self) -> TenantQuerySet[Row]:
        return TenantQuerySet(self.model, using=self._db)

    def of(self, organization: Organization) -> TenantQuerySet[Row]:
        return self.get_queryset().of(organization)


class TenantModel(models.Model):
    """Base of every row that belongs to a tenant."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")

    objects = TenantManager()

    class Meta:
        abstract = True
