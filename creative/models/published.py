"""Where an ad was published, so that a platform's own numbers find their way back to it."""

from django.db import models
from django.db.models import Q

from billing.models import TenantModel
from creative.models.ads import Ad


class PublishedAd(TenantModel):
    """An ad on one platform, as the merchant notes it. ``video_id``: the platform's own number for it."""

    ad = models.ForeignKey(Ad, on_delete=models.CASCADE, related_name="published")
    platform = models.CharField(max_length=40)
    video_id = models.CharField(max_length=120, blank=True)
    url = models.URLField(max_length=400, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["platform"]
        constraints = [
            models.UniqueConstraint(fields=["ad", "platform"], name="an_ad_once_per_platform"),
            models.UniqueConstraint(
                fields=["organization", "platform", "video_id"],
                condition=~Q(video_id=""),
                name="a_platform_video_is_one_ad",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ad.public_id} {self.platform}"
