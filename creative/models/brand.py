"""A brand as it shows in ads, and the music that may play in them."""

from django.db import models

from billing.models import Organization, TenantModel
from billing.public_ids import PublicIdField
from creative.models.products import Asset


class BrandKit(TenantModel):
    """One for each organization: a merchant's own, or an agency's that stands in for merchants without one.

    Empty fields mean: as without a kit. ``colour_main`` and ``colour_ground`` are set together.
    """

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    logo = models.ForeignKey(Asset, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    colour_main = models.CharField(max_length=7, blank=True)
    colour_ground = models.CharField(max_length=7, blank=True)
    font_file = models.CharField(max_length=200, blank=True)  # name in the storage
    font_sha256 = models.CharField(max_length=64, blank=True)
    font_name = models.CharField(max_length=120, blank=True)
    font_licence = models.CharField(max_length=300, blank=True)  # who says that we may use it, and by what right
    font_chinese = models.BooleanField(default=False)  # it has the characters that Chinese ads need
    caption_style = models.CharField(max_length=20, blank=True)
    card_layout = models.CharField(max_length=10, blank=True)
    watermark_corner = models.CharField(max_length=12, blank=True)  # empty: none
    watermark_opacity = models.PositiveSmallIntegerField(default=60)  # per cent
    moods = models.JSONField(default=list, blank=True)  # list[str]; empty: as the template says
    forbidden_words = models.JSONField(default=list, blank=True)  # list[str]
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name or str(self.organization)

    @property
    def is_empty(self) -> bool:
        """Whether an ad looks the same with it as without."""
        texts = (
            self.name,
            self.colour_main,
            self.font_file,
            self.caption_style,
            self.card_layout,
            self.watermark_corner,
        )
        return not (any(texts) or self.logo_id or self.moods or self.forbidden_words)


class MusicTrack(TenantModel):
    """A piece of music that somebody uploaded, with the right to use it on record: without one it is not kept."""

    public_id = PublicIdField("trk")
    title = models.CharField(max_length=120)
    artist = models.CharField(max_length=120)
    source = models.CharField(max_length=300)  # where it is from, such as the address of its page
    licence = models.CharField(max_length=120)  # such as CC BY 4.0, or the number of a contract
    proof = models.CharField(max_length=500, blank=True)  # where the licence can be seen
    stated_by = models.CharField(max_length=150)  # who said so, as journals name them
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    ms = models.PositiveIntegerField()
    bpm = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "sha256"], name="a_track_once_per_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.artist})"
