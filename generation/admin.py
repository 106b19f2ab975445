"""What the staff see of generation: to look, to cancel and to order again, never to edit."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from generation import jobs, media
from generation.errors import MediaMissing
from generation.models import Clip, RemoteTask, RenderJob, Rendition
from generation.queue import submit_again


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(RenderJob)
class RenderJobAdmin(LookOnly):
    list_display = ["public_id", "kind", "engine", "state", "progress", "attempts", "tenant", "priority", "created_at"]
    list_filter = ["state", "kind", "engine", "error_code"]
    search_fields = ["public_id", "key", "worker", "reply_id", "=tenant"]
    date_hierarchy = "created_at"
    actions = ["cancel", "order_again"]

    @admin.action(description="取消 Cancel")
    def cancel(self, request: HttpRequest, queryset: "QuerySet[RenderJob]") -> None:
        done = sum(jobs.request_cancel(job) for job in queryset)
        self.message_user(request, f"{done} cancelled, {queryset.count() - done} were over already")

    @admin.action(description="重新排队 Order again")
    def order_again(self, request: HttpRequest, queryset: "QuerySet[RenderJob]") -> None:
        over = [job for job in queryset if job.state in (RenderJob.State.FAILED, RenderJob.State.CANCELLED)]
        for job in over:
            submit_again(job)
        self.message_user(request, f"{len(over)} ordered again", messages.SUCCESS if over else messages.WARNING)


@admin.register(Clip)
class ClipAdmin(LookOnly):
    list_display = ["key", "engine", "verdict", "take", "width", "height", "frames", "film_ms", "tenant", "created_at"]
    list_filter = ["engine", "engine_version", "take"]
    search_fields = ["key", "=tenant"]
    date_hierarchy = "created_at"
    readonly_fields = ["verdict", "what_the_gate_saw"]

    @admin.display(description="质检 Gate")
    def verdict(self, clip: Clip) -> str:
        if not clip.quality.get("judged"):
            return "未判定 not judged"
        words = "通过 passed" if clip.quality["passed"] else "不通过 rejected"
        return f"{words} {clip.quality['score']:.2f} {'；'.join(clip.quality['reasons']['zh'])}"

    @admin.display(description="质检依据 What the gate saw")
    def what_the_gate_saw(self, clip: Clip) -> str:
        if not clip.evidence:
            return "-"
        picture = reverse("admin:generation_clip_evidence", args=[clip.pk])
        return format_html('<img src="{}" alt="evidence" style="max-width: 100%">', picture)

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/evidence.jpg", self.admin_site.admin_view(self.evidence), name="generation_clip_evidence")
        return [own, *super().get_urls()]

    def evidence(self, request: HttpRequest, pk: int) -> HttpResponse:
        clip = get_object_or_404(Clip.objects.exclude(evidence=""), pk=pk)
        if not self.has_view_permission(request, clip):
            raise PermissionDenied
        try:
            with media.local(clip.evidence) as picture:
                return HttpResponse(picture.read_bytes(), content_type="image/jpeg")
        except MediaMissing as error:
            raise Http404 from error


@admin.register(Rendition)
class RenditionAdmin(LookOnly):
    list_display = ["key", "aspect", "width", "height", "frames", "bytes", "sha256", "tenant", "created_at"]
    list_filter = ["aspect"]
    search_fields = ["key", "sha256", "=tenant"]
    date_hierarchy = "created_at"


@admin.register(RemoteTask)
class RemoteTaskAdmin(LookOnly):
    list_display = ["engine", "remote_id", "key", "submitted_at"]
    list_filter = ["engine"]
    search_fields = ["remote_id", "key"]
