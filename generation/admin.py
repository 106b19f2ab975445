"""What the staff see of generation: to look, to cancel and to order again, never to edit."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from generation import jobs
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
    list_display = ["key", "engine", "width", "height", "frames", "film_ms", "bytes", "tenant", "created_at"]
    list_filter = ["engine", "engine_version"]
    search_fields = ["key", "=tenant"]
    date_hierarchy = "created_at"


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
