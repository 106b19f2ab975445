"""What the videos say that a template was learned from: no line of a script may repeat it."""

from collections.abc import Sequence
from functools import lru_cache

from django.db.models import Count, Max

from templates_engine.domain.copying import NO_SOURCES, Sources
from templates_engine.domain.template import ScriptTemplate
from templates_engine.models import AnalysedVideo, TemplateVersion

REMEMBERED = 32  # templates, each with a few hundred lines


def sources_of_template(template: ScriptTemplate) -> Sources:
    """The spoken and written lines of those of its members that its owner has as analyses; none of a template of our own.

    A template that is shared or public is guarded by the analyses of whoever learned it; whoever it is shared with does not
    see its members' names, so they are read from the row.
    """
    if not template.members:
        return NO_SOURCES
    row = TemplateVersion.objects.filter(template_id=template.id).exclude(organization=None).first()
    if row is None or row.organization_id is None:
        return NO_SOURCES
    members = tuple(sorted(member.video_id for member in row.template().members))
    rows = AnalysedVideo.objects.filter(organization=row.organization_id, video_id__in=members)
    newest = rows.aggregate(at=Max("updated_at"), count=Count("pk"))
    return _lines(row.organization_id, members, f"{newest['at']} {newest['count']}") if newest["count"] else NO_SOURCES


def sources_of_templates(templates: Sequence[ScriptTemplate]) -> dict[str, Sources]:
    """By template id, for those that have any."""
    found = {template.id: sources_of_template(template) for template in templates}
    return {template: sources for template, sources in found.items() if sources.texts}


@lru_cache(maxsize=REMEMBERED)
def _lines(owner: int, members: tuple[str, ...], newest: str) -> Sources:
    """``newest`` tells when they were last analysed, and how many there are: what is remembered is never older."""
    rows = AnalysedVideo.objects.filter(organization=owner, video_id__in=members).order_by("video_id")
    videos = [row.analysis() for row in rows.iterator()]
    return Sources.of(dict.fromkeys(line.text for video in videos for line in (*video.lines, *video.captions)))
