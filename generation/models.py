"""Rows of generation: one clip that was filmed, one file that was cut, one job in the queue.

``tenant`` is a bare number: whose it is, and nothing more, so that this app could live in a repository of its own.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from billing.public_ids import PublicIdField
from generation.domain.geometry import Box


class Clip(models.Model):
    """One shot, filmed and checked. ``key`` is ``ShotPlan.key``: the same shot is never filmed twice for one tenant.

    ``plan`` and ``key`` are what was ordered; ``engine``, ``weights`` and ``seed`` what filmed the take that was kept.
    """

    tenant = models.PositiveBigIntegerField()
    key = models.CharField(max_length=64)
    file = models.CharField(max_length=200)  # a name in the storage
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    frames = models.PositiveIntegerField()
    fps = models.PositiveIntegerField()
    subject = models.JSONField(null=True)  # [x0, y0, x1, y1]: everywhere the product is in the whole clip
    engine = models.CharField(max_length=60)
    engine_version = models.CharField(max_length=40)
    weights = models.CharField(max_length=80)
    seed = models.BigIntegerField()
    plan = models.JSONField()
    film_ms = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    quality = models.JSONField(default=dict)  # what the gate measured and decided, see ``takes.Kept.as_json``
    evidence = models.CharField(max_length=200, blank=True)  # a picture in the storage that shows it
    take = models.PositiveSmallIntegerField(default=1)  # which try it was; ``engine`` and ``seed`` say whose
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="one_clip_per_tenant_and_key")]

    def __str__(self) -> str:
        return f"{self.engine} {self.width}x{self.height} {self.key[:12]}"

    @property
    def subject_box(self) -> Box | None:
        return None if self.subject is None else Box(*self.subject)


class Rendition(models.Model):
    """One finished, labelled, read-back and checked file. ``key`` is ``CutOrder.key``."""

    tenant = models.PositiveBigIntegerField()
    key = models.CharField(max_length=64)
    aspect = models.CharField(max_length=10)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    frames = models.PositiveIntegerField()
    fps = models.PositiveIntegerField()
    file = models.CharField(max_length=200)
    poster = models.CharField(max_length=200)
    contact_sheet = models.CharField(max_length=200)
    covers = models.JSONField(default=list)  # [{platform, file, width, height, known, titled}], see ``generation.cut``
    previews = models.JSONField(default=list)  # the kinds that have been made, see ``generation.kept``
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    checks = models.JSONField()  # name -> passed, measured, expected
    label = models.JSONField()
    notes = models.JSONField(default=list)  # for the merchant, such as a character that no font can draw
    timings = models.JSONField(default=dict)  # step -> seconds
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="one_rendition_per_tenant_and_key")]

    def __str__(self) -> str:
        return f"{self.aspect} {self.width}x{self.height} {self.key[:12]}"


def default_max_attempts() -> int:
    return settings.JOB_MAX_ATTEMPTS


class RenderJob(models.Model):
    """One piece of work for a worker. Only ``generation.jobs`` changes it, each time by one conditional UPDATE."""

    class Kind(models.TextChoices):
        FILM = "film", "拍摄 Film a shot"
        CUT = "cut", "剪辑 Cut an ad"

    class State(models.TextChoices):
        PENDING = "pending", "等待 Pending"
        RUNNING = "running", "进行中 Running"
        DONE = "done", "完成 Done"
        FAILED = "failed", "失败 Failed"
        CANCELLED = "cancelled", "已取消 Cancelled"

    OPEN = (State.PENDING, State.RUNNING)

    public_id = PublicIdField("job")
    tenant = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=4, choices=Kind.choices)
    key = models.CharField(max_length=64)
    engine = models.CharField(max_length=60, blank=True)
    spec = models.JSONField()
    priority = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(9)])
    ripe_at = models.DateTimeField()  # from then on its waiting has earned it the top priority
    not_before = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=default_max_attempts)
    worker = models.CharField(max_length=120, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    progress = models.PositiveSmallIntegerField(default=0)  # per mille
    stage = models.CharField(max_length=60, blank=True)
    cancel_requested = models.BooleanField(default=False)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)

    reply_to = models.CharField(max_length=120, blank=True)  # the Celery task to ring when the job has ended ...
    reply_id = models.CharField(max_length=64, blank=True)  # ... and its one argument
    clip = models.ForeignKey(Clip, null=True, on_delete=models.SET_NULL, related_name="jobs")
    rendition = models.ForeignKey(Rendition, null=True, on_delete=models.SET_NULL, related_name="jobs")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "key"],
                condition=Q(state__in=["pending", "running"], cancel_requested=False),
                name="one_open_job_per_key",
            ),
            models.CheckConstraint(condition=Q(attempts__lte=F("max_attempts")), name="attempts_within_their_limit"),
            models.CheckConstraint(condition=Q(progress__lte=1000), name="progress_is_per_mille"),
        ]
        indexes = [
            models.Index(fields=["state", "kind", "ripe_at"], name="job_due"),
            models.Index(fields=["started_at"], name="job_started"),
            models.Index(fields=["tenant", "state"], name="job_of_tenant"),
            models.Index(fields=["tenant", "key"], name="job_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class RemoteTask(models.Model):
    """A shot that a server is filming: a worker that finds one takes it over instead of ordering the shot twice.

    It belongs to no tenant, as ``key`` is made of the photo's bytes and the plan: who has the same has the same shot.
    """

    engine = models.CharField(max_length=60)
    key = models.CharField(max_length=64)  # ShotPlan.key
    remote_id = models.CharField(max_length=200)  # as its server calls it
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["engine", "key"], name="one_remote_task_per_engine_and_key")]

    def __str__(self) -> str:
        return f"{self.engine} {self.remote_id}"


class SpokenLine(models.Model):
    """A line as somebody speaks it, checked and trimmed: the same line of the same voice is made, and paid, once.

    ``words``: [text, start, end] in milliseconds of the file; empty where nobody measured them.
    """

    tenant = models.PositiveBigIntegerField()
    key = models.CharField(max_length=64)  # SHA-256 over the voice and the words, or over the upload
    text = models.CharField(max_length=400)
    by = models.CharField(max_length=120)  # whose voice it is, as people read it
    file = models.CharField(max_length=200)  # name in the storage
    sha256 = models.CharField(max_length=64)
    ms = models.PositiveIntegerField()
    words = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="a_line_is_spoken_once")]

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:40]}"
