"""The verbs of hits that were brought: learn from them, correct what a line does, delete them. ``hit_intake`` brings them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from billing.models import Organization
from templates_engine import corrections, hit_files, learning
from templates_engine.domain.analysis import VideoAnalysis
from templates_engine.domain.grouping import LEAST_MEMBERS
from templates_engine.domain.template import Words
from templates_engine.errors import TemplatesError
from templates_engine.models import AnalysedVideo, Hit, RoleCorrection, TemplateVersion

MOST_LEARNED_FROM = 500  # at a time: some three seconds
RIGHTS = {"own": "our own videos", "licensed": "licensed", "reference": "public reference, structure and numbers only"}


@dataclass(frozen=True)
class Group:
    """Hits that can be learned from together, and how many more they need."""

    lang: str
    category: str
    count: int

    @property
    def missing(self) -> int:
        return max(0, LEAST_MEMBERS - self.count)


@dataclass(frozen=True)
class Lesson:
    """What was learned, from how many hits, and what was left out and why."""

    versions: tuple[TemplateVersion, ...]
    used: int
    notes: tuple[Words, ...]


def find(organization: Organization, public_id: str) -> Hit | None:
    return Hit.objects.of(organization).select_related("analysis", "organization").filter(public_id=public_id).first()


def analysis_of(hit: Hit) -> VideoAnalysis | None:
    """What was measured, with the roles that its organization corrected; None before that."""
    if hit.analysis is None:
        return None
    return corrections.applied(hit.organization, hit.analysis.analysis())


def groups(organization: Organization) -> tuple[Group, ...]:
    """The hits that tell something, by language and category, the largest group first."""
    rows = Hit.objects.of(organization).filter(state=Hit.State.DONE, told__gt=0)
    counts = Counter(rows.order_by().values_list("lang", "category"))
    return tuple(Group(lang, category, count) for (lang, category), count in counts.most_common())


def learn(organization: Organization, chosen: Sequence[Hit]) -> Lesson:
    """Learns from the measured ones of ``chosen`` and publishes, private to the organization.

    Raises TooFewVideos, saying what each group lacks, or TemplatesError for too many at a time.
    """
    ready = [hit for hit in chosen if hit.state == Hit.State.DONE]
    if len(ready) > MOST_LEARNED_FROM:
        raise TemplatesError(f"at most {MOST_LEARNED_FROM} hits at a time: choose fewer")
    videos = learning.stored(organization, [hit.video_id for hit in ready])
    kinds = sorted({hit.rights for hit in ready})
    source = "own" if kinds == [Hit.Rights.OWN] else "imported"
    learned = learning.learn(videos, source=source, rights="; ".join(RIGHTS[kind] for kind in kinds))
    return Lesson(learning.publish(learned, organization), len(videos), learned.notes)


def correct(hit: Hit, index: int, role: str, *, by: str = "", shared: bool = False) -> RoleCorrection:
    """Keeps that line ``index`` of the told ones plays ``role``. Raises CorrectionInvalid."""
    told = hit.analysis.analysis().told if hit.analysis is not None else ()
    texts = [line.text for line in told]
    within = 0 <= index < len(told)
    return corrections.correct(
        hit.organization,
        text=texts[index] if within else "",
        lang=hit.lang,
        place=corrections.Place.within(texts, index) if within else corrections.Place(index, len(told)),
        role=role,
        said=[name for name, _ in told[index].roles] if within else (),
        by=by,
        shared=shared,
    )


def delete(hit: Hit) -> None:
    """Removes a hit with everything that was measured and seen in it. Templates learned from it stay."""
    with transaction.atomic():
        Hit.objects.filter(pk=hit.pk).delete()
        AnalysedVideo.objects.of(hit.organization).filter(video_id=hit.video_id).delete()
        transaction.on_commit(lambda: hit_files.drop_all(hit, hit.pictures))
