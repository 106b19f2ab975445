"""Learning templates from hits: the verbs. Analyses are kept per organization; what is learned is published as versions."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from billing.models import Organization
from templates_engine import library
from templates_engine.ad_terms import current_terms
from templates_engine.corrections import applied
from templates_engine.domain.analysis import TimedLine, VideoAnalysis
from templates_engine.domain.analysis_json import to_dict as analysis_to_dict
from templates_engine.domain.induce import Learned, Learner
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.template_json import to_dict
from templates_engine.domain.versions import continued, unchanged
from templates_engine.models import AnalysedVideo, TemplateVersion
from templates_engine.seeding import seeds

RIGHTS = "stated by the user"


def learn(videos: Sequence[VideoAnalysis], *, source: str = "own", rights: str = RIGHTS) -> Learned:
    """Every template that ``videos`` carry; lines without a role are tagged first. Stores nothing.

    Raises TooFewVideos (saying how many each group lacks).
    """
    learner = Learner(seeds(), timezone.localdate(), source=source, rights=rights, terms=current_terms())
    return learner.learn([tagged(video) for video in videos])


def tagged(video: VideoAnalysis) -> VideoAnalysis:
    """``video`` with roles for the lines that tell its story; lines that have them keep theirs."""
    return replace(video, lines=_tagged(video.lines, video.lang), captions=_tagged(video.captions, video.lang))


def store(organization: Organization, video: VideoAnalysis) -> AnalysedVideo:
    """Keeps an analysis; analysed or measured again, it takes the place of the older one."""
    row, _ = AnalysedVideo.objects.of(organization).update_or_create(
        video_id=video.video_id,
        defaults={
            "lang": video.lang,
            "category": video.category,
            "platform": video.platform,
            "campaign": video.campaign,
            "document": analysis_to_dict(video),
        },
        create_defaults={
            "organization": organization,
            "lang": video.lang,
            "category": video.category,
            "platform": video.platform,
            "campaign": video.campaign,
            "document": analysis_to_dict(video),
        },
    )
    return row


def stored(organization: Organization, video_ids: Iterable[str] | None = None) -> tuple[VideoAnalysis, ...]:
    """The organization's analyses, all or those named, by video id; the roles that it corrected are in them."""
    rows = AnalysedVideo.objects.of(organization).order_by("video_id")
    if video_ids is not None:
        rows = rows.filter(video_id__in=list(video_ids))
    return tuple(applied(organization, row.analysis()) for row in rows)


def learn_stored(
    organization: Organization, video_ids: Iterable[str] | None = None, *, rights: str = RIGHTS
) -> tuple[TemplateVersion, ...]:
    """Learns from the stored analyses and publishes what comes out, private to the organization."""
    return publish(learn(stored(organization, video_ids), rights=rights), organization)


def publish(learned: Learned, organization: Organization | None = None) -> tuple[TemplateVersion, ...]:
    """All templates or none: each as the next version of the one it continues, or as a new family.

    What was learned before from the same hits is that version still. Families of other owners are never continued, but their
    ids are not taken either.
    """
    with transaction.atomic():
        versions = _versions(learned.templates, organization)
        return tuple(
            _learned_before(template, organization) or library.publish(to_dict(template), organization)
            for template in versions
        )


def _learned_before(template: ScriptTemplate, organization: Organization | None) -> TemplateVersion | None:
    if template.lineage is None or not template.lineage.parent:
        return None
    row = (
        TemplateVersion.objects.active().filter(organization=organization, template_id=template.lineage.parent).first()
    )
    return row if row is not None and unchanged(row.template(), template) else None


def _versions(new: Sequence[ScriptTemplate], organization: Organization | None) -> tuple[ScriptTemplate, ...]:
    owner = f"_o{organization.pk}" if organization is not None else ""
    # A private family carries its owner's number, so that two merchants who learn the same never meet in one id.
    own = [replace(template, id=_with_owner(template, owner)) for template in new]
    stems = [template.family.rpartition("_")[0] for template in own]
    rows = TemplateVersion.objects.filter(organization=organization)
    existing = [row.template() for row in rows if any(row.family.startswith(stem) for stem in stems)]
    return continued(own, existing)


def _with_owner(template: ScriptTemplate, owner: str) -> str:
    stem, _, number = template.family.rpartition("_")
    return f"{stem}{owner}_{number}_v{template.version}"


def _tagged(lines: tuple[TimedLine, ...], lang: str) -> tuple[TimedLine, ...]:
    if all(line.roles for line in lines):
        return lines
    # A trained model and its data files are loaded only where something is to be tagged.
    from templates_engine.roles.tagging import tag

    found = tag([line.text for line in lines], lang)
    return tuple(line if line.roles else replace(line, roles=roles) for line, roles in zip(lines, found, strict=True))
