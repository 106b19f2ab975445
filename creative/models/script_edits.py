"""Who changed which lines of an ad's script, and when: append-only, so that every earlier version can come back."""

from django.db import models

from billing.models import TenantModel
from creative.models.ads import Ad


class ScriptEdit(TenantModel):
    """One saved edit. ``number`` is the version of the script that it made; version 0 is the first edit's ``before``."""

    ad = models.ForeignKey(Ad, on_delete=models.CASCADE, related_name="script_edits")
    number = models.PositiveIntegerField()
    before = models.JSONField()  # templates_engine script_to_dict
    after = models.JSONField()
    restored = models.PositiveIntegerField(null=True, blank=True)  # the version that was brought back
    actor = models.CharField(max_length=150, blank=True)  # user name; empty for a program
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["ad", "number"], name="a_script_edit_makes_one_version")]

    def __str__(self) -> str:
        return f"{self.ad.public_id} v{self.number}"
