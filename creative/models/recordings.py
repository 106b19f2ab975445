"""A merchant's own voice: which recording is heard over which line of an ad."""

from django.db import models

from billing.models import TenantModel
from creative.models.ads import Ad
from generation.models import SpokenLine


class LineRecording(TenantModel):
    """The recording of one line. It is heard only as long as the line still says ``text``."""

    ad = models.ForeignKey(Ad, on_delete=models.CASCADE, related_name="recordings")
    place = models.PositiveSmallIntegerField()  # of the beat, from 0
    text = models.CharField(max_length=400)
    line = models.ForeignKey(SpokenLine, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=150, blank=True)  # who uploaded it; empty for a program
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["ad", "place"], name="one_recording_per_line")]

    def __str__(self) -> str:
        return f"{self.ad.public_id} line {self.place + 1}"
