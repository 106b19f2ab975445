"""What people say that a line of an ad does, where the tagger said something else: kept, obeyed at once, and learned from.

An organization's own corrections hold for its own lines from then on. They teach the model that everybody uses only where
the organization agreed (``shared``); whoever trains on a machine of their own may add one organization's others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from billing.models import Organization
from templates_engine.domain.analysis import TimedLine, VideoAnalysis
from templates_engine.domain.beats import Role
from templates_engine.domain.channel import Weighted
from templates_engine.domain.template import LANGUAGES
from templates_engine.errors import CorrectionInvalid
from templates_engine.models import RoleCorrection
from templates_engine.roles.corpus import UNLABELLED, CorpusLine, CorpusScript

LONGEST = 500  # characters of a line; what is longer is no line of an ad
WEIGHT = 3.0  # a real line that the model got wrong teaches more than one more line of the corpus
UNKNOWN_LINE = "…"  # in the place of a line of the ad that a correction does not hold
MOST_BESIDE = 12  # lines on either side; longer ads are told at this scale
MOST_LINES = 100_000  # no ad has more


@dataclass(frozen=True)
class Place:
    """Where a line stands: ``position`` from 0 in an ad of ``count`` lines, and the lines beside it ("" for none)."""

    position: int
    count: int
    previous_text: str = ""
    next_text: str = ""

    @classmethod
    def within(cls, texts: Sequence[str], position: int) -> "Place":
        """The place of line ``position`` of an ad whose lines are ``texts``."""
        before = texts[position - 1] if position else ""
        after = texts[position + 1] if position + 1 < len(texts) else ""
        return cls(position, len(texts), before, after)


def correct(
    organization: Organization,
    *,
    text: str,
    lang: str,
    place: Place,
    role: str,
    said: Sequence[str] = (),
    by: str = "",
    shared: bool = False,
) -> RoleCorrection:
    """Keep that ``text`` plays ``role``. ``said``: the roles that the tagger gave it, the likeliest first.

    ``shared``: may teach the common model; without it the line stays with its organization. Raises CorrectionInvalid.
    """
    line = one_line(text)
    _check(line, lang, place, role)
    return RoleCorrection.objects.create(
        organization=organization,
        lang=lang,
        text=line,
        position=place.position,
        count=place.count,
        previous_text=one_line(place.previous_text)[:LONGEST],
        next_text=one_line(place.next_text)[:LONGEST],
        said_roles=[name for name in said if name in tuple(Role)],
        role=role,
        shared=shared,
        created_by=by[:150],
    )


def one_line(text: str) -> str:
    """``text`` as corrections are kept and looked up: white space is one blank, and nothing that can not be stored."""
    return " ".join(text.replace("\x00", " ").split())


def latest(organization: Organization, texts: Iterable[str], lang: str) -> dict[str, RoleCorrection]:
    """The last correction of every one of ``texts`` that ``organization`` has corrected, by ``one_line`` of the text."""
    wanted = {one_line(text) for text in texts}
    rows = RoleCorrection.objects.of(organization).filter(lang=lang).order_by("id")
    # All of a language and not ``text__in``: an ad of ten thousand lines is more than a database takes in one question.
    return {row.text: row for row in rows if row.text in wanted}


def known(organization: Organization, texts: Iterable[str], lang: str) -> dict[str, Role]:
    """The role of every one of ``texts`` that ``organization`` has corrected, by ``one_line`` of the text."""
    return {text: Role(row.role) for text, row in latest(organization, texts, lang).items()}


def tagged(organization: Organization, texts: Sequence[str], lang: str) -> tuple[Weighted, ...]:
    """``roles.tagging.tag`` of one ad's lines, but a line that the organization has corrected keeps that role alone."""
    from templates_engine.roles.tagging import tag  # loads a trained model

    told = known(organization, texts, lang)
    return tuple(_obeyed(text, roles, told) for text, roles in zip(texts, tag(texts, lang), strict=True))


def applied(organization: Organization, video: VideoAnalysis) -> VideoAnalysis:
    """An analysis as the organization reads it today: its corrections hold for what was analysed before them, too."""
    told = known(organization, [line.text for line in (*video.lines, *video.captions)], video.lang)

    def corrected(lines: Sequence[TimedLine]) -> tuple[TimedLine, ...]:
        return tuple(replace(line, roles=_obeyed(line.text, line.roles, told)) for line in lines)

    return replace(video, lines=corrected(video.lines), captions=corrected(video.captions)) if told else video


def _obeyed(text: str, roles: Weighted, told: Mapping[str, Role]) -> Weighted:
    role = told.get(one_line(text))
    return roles if role is None else ((role, 1.0),)


def lessons(lang: str, organization: Organization | None = None, weight: float = WEIGHT) -> tuple[CorpusScript, ...]:
    """Corrections as scripts of the corpus, oldest first: those that were shared, and all of ``organization``'s own.

    Each holds one labelled line in its place; the lines around it, as far as they are known, are not labelled.
    """
    return tuple(_script(row, weight) for row in _latest(lang) if _may_teach(row, organization))


def withheld(lang: str, organization: Organization | None = None) -> int:
    """How many corrected lines ``lessons`` leaves out because they stay with their organizations."""
    return sum(not _may_teach(row, organization) for row in _latest(lang))


def corpus_text(scripts: Iterable[CorpusScript]) -> str:
    """Scripts in the form of templates_engine/corpus/README.md."""
    return "\n\n".join(_block(script) for script in scripts) + "\n"


def _may_teach(row: RoleCorrection, organization: Organization | None) -> bool:
    return row.shared or (organization is not None and row.organization_id == organization.pk)


def _latest(lang: str) -> list[RoleCorrection]:
    """The last word of each organization on each line: an operator's view, used by commands, never with a request at hand."""
    rows = RoleCorrection.objects.filter(lang=lang).order_by("id")
    latest = {(row.organization_id, row.text): row for row in rows}
    return sorted(latest.values(), key=lambda row: row.pk)


def _script(row: RoleCorrection, weight: float) -> CorpusScript:
    before, after = row.position, row.count - row.position - 1
    longest = max(before, after, 1)
    if longest > MOST_BESIDE:
        # The nearest line must stay where there is one, so that a second line is not taken for a first.
        before, after = (min(count, max(1, round(count * MOST_BESIDE / longest))) for count in (before, after))
    lines = [
        *_beside(before, row.previous_text, nearest_last=True),
        CorpusLine(row.text, (Role(row.role),)),
        *_beside(after, row.next_text, nearest_last=False),
    ]
    return CorpusScript(
        row.lang, "any", f"line {row.position + 1} of {row.count}", "corrected", f"correction {row.pk}",
        tuple(lines), weight,
    )  # fmt: skip


def _beside(count: int, nearest: str, *, nearest_last: bool) -> list[CorpusLine]:
    if not count:
        return []
    unknown = [CorpusLine(UNKNOWN_LINE, ())] * (count - 1)
    line = CorpusLine(nearest or UNKNOWN_LINE, ())
    return [*unknown, line] if nearest_last else [line, *unknown]


def _block(script: CorpusScript) -> str:
    head = f"== {script.lang} | {script.category} | {script.product} | {script.voice}"
    rows = (f"{' '.join(line.roles) or UNLABELLED}\t{line.text}" for line in script.lines)
    return "\n".join((head, *rows))


def _check(line: str, lang: str, place: Place, role: str) -> None:
    if not line or len(line) > LONGEST:
        raise CorrectionInvalid(
            f"一句台词要有 1 到 {LONGEST} 个字。", f"a line has 1 to {LONGEST} characters; this one has {len(line)}."
        )
    if lang not in LANGUAGES:
        raise CorrectionInvalid("语言只能是 zh 或 en。", f"lang is zh or en, not {lang!r}.")
    if not 0 <= place.position < place.count <= MOST_LINES:
        raise CorrectionInvalid(
            "这句台词不在脚本里：请刷新页面再试。",
            f"line {place.position} is not one of {place.count}: positions count from 0.",
        )
    if role not in tuple(Role):
        raise CorrectionInvalid(
            f"没有“{role[:20]}”这种作用：请从列表里选。", f"no role {role[:20]!r}: choose one of {', '.join(Role)}."
        )
