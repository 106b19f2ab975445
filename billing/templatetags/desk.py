"""Words of the billing desk's templates."""

from django import template

from billing.desk.pages.cells import yuan as as_yuan

register = template.Library()


@register.filter
def yuan(fen: int) -> str:
    """``6600`` as ``¥66.00``."""
    return as_yuan(fen)
