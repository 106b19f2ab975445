"""What was measured in a hit, as lines of a page: lines with their roles, figures, results by age."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

from django.utils.translation import gettext as _

from billing.models import Organization
from creative.domain.platforms import platform_code
from creative.previews import FRAMINGS, MOVES, ROLES
from creative.web import hit_words
from creative.web.words import chosen
from templates_engine import corrections
from templates_engine.domain.analysis import Observation, TimedLine, Transition, VideoAnalysis

SHOWN_ROLES = 3
MOST_LINES = 300  # on a page; a hit has some ten
LEAST = 0.05  # a less likely role only clutters


@dataclass(frozen=True)
class Likely:
    role: str
    word: str
    percent: int


@dataclass(frozen=True)
class ToldLine:
    """One line of the story. ``corrected``: a person of the organization said what it does."""

    index: int
    start_ms: int
    end_ms: int
    text: str
    source: object
    roles: tuple[Likely, ...]
    corrected: bool

    @property
    def role(self) -> str:
        return self.roles[0].role if self.roles else "other"


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    more: str = ""


def told_line(index: int, line: TimedLine, *, corrected: bool = False) -> ToldLine:
    likely = [(role, share) for role, share in line.roles if share >= LEAST][:SHOWN_ROLES]
    roles = tuple(Likely(role.value, chosen(*ROLES[role.value]), round(100 * share)) for role, share in likely)
    return ToldLine(index, line.start_ms, line.end_ms, line.text, hit_words.SOURCES[line.source], roles, corrected)


def told_lines(organization: Organization, video: VideoAnalysis) -> list[ToldLine]:
    told = video.told[:MOST_LINES]
    ours = corrections.known(organization, [line.text for line in told], video.lang)
    return [
        told_line(index, line, corrected=corrections.one_line(line.text) in ours) for index, line in enumerate(told)
    ]


def figures(video: VideoAnalysis) -> list[Figure]:
    """What there is to say, in the order in which an editor would ask."""
    return [*_picture(video), *_opening(video), *_sound(video), *_captions(video)]


def _picture(video: VideoAnalysis) -> Iterator[Figure]:
    if not video.shots:
        return
    lengths = [shot.end_ms - shot.start_ms for shot in video.shots]
    fades = sum(shot.transition is Transition.FADE for shot in video.shots)
    mean = _("平均 %(s).1f 秒一个") % {"s": fmean(lengths) / 1000}
    faded = _("渐变 %(n)d 处") % {"n": fades}
    yield Figure(_("镜头"), str(len(lengths)), _joined(mean, faded if fades else ""))
    yield Figure(_("运镜"), *_most((chosen(*MOVES[shot.camera]) for shot in video.shots), len(lengths)))
    yield Figure(_("景别"), *_most((chosen(*FRAMINGS[shot.framing]) for shot in video.shots), len(lengths)))
    seen = [shot.product_share for shot in video.shots if shot.product_share is not None]
    if seen:
        yield Figure(_("商品出镜"), f"{fmean(seen):.0%}")


def _opening(video: VideoAnalysis) -> Iterator[Figure]:
    first = video.opening
    if first is not None:
        words = (_("%(n)d 个字") if video.lang == "zh" else _("%(n)d 个词")) % {"n": first.words}
        motion = _("动态 %(m).2f") % {"m": first.motion}
        yield Figure(_("前 3 秒"), _("%(n)d 次切换") % {"n": first.cuts}, _joined(words, motion))


def _sound(video: VideoAnalysis) -> Iterator[Figure]:
    speech, tempo = video.speech, video.tempo
    if speech is not None:
        unit = _("字/秒") if video.lang == "zh" else _("词/秒")
        spoken = _("说话占 %(p)d%%") % {"p": round(100 * speech.spoken_share)}
        pauses = _("停顿 %(n)d 次") % {"n": len(speech.pauses_ms)}
        yield Figure(_("语速"), f"{speech.rate:.1f} {unit}", _joined(spoken, pauses))
    if tempo is not None:
        more = _("%(p)d%% 的切换卡在拍上") % {"p": round(100 * tempo.cut_on_beat)}
        yield Figure(_("音乐"), f"{tempo.bpm:.0f} BPM", more)


def _captions(video: VideoAnalysis) -> Iterator[Figure]:
    look = video.caption_look
    if look is not None:
        style = str(hit_words.CAPTIONS.get(look.style, look.style))
        height = _("字高占画面 %(p).1f%%") % {"p": 100 * look.height}
        usual = _("每条约 %(n)d 字") % {"n": look.chars.p50}
        yield Figure(_("字幕样式"), style, _joined(str(hit_words.POSITIONS[look.position]), height, usual))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _most(found: Iterable[str], whole: int) -> tuple[str, str]:
    """The commonest, and the others with their shares."""
    (first, count), *rest = Counter(found).most_common()
    others = " · ".join(f"{word} {number / whole:.0%}" for word, number in rest[:3])
    return first, f"{count / whole:.0%}" + (f" · {others}" if others else "")


@dataclass(frozen=True)
class Result:
    """One row of the table of results; empty where it was not reported."""

    age: str
    platform: str
    cells: tuple[str, ...]


COLUMNS = ("views", "hold_3s", "completion", "likes", "comments", "shares", "clicks", "orders")


def results(video: VideoAnalysis) -> list[Result]:
    return [_result(seen) for seen in sorted(video.metrics, key=lambda seen: (seen.age_h, seen.platform))]


def _result(seen: Observation) -> Result:
    cells = [getattr(seen, name) for name in COLUMNS]
    texts = ["" if cell is None else f"{cell:.1%}" if isinstance(cell, float) else f"{cell:,}" for cell in cells]
    spend = "" if seen.spend_fen is None else f"{seen.spend_fen / 100:,.2f} {seen.currency}"
    if seen.age_h >= 72:
        return Result(_("%(n)d 天") % {"n": round(seen.age_h / 24)}, platform_code(seen.platform), (*texts, spend))
    return Result(_("%(n)d 小时") % {"n": seen.age_h}, platform_code(seen.platform), (*texts, spend))
