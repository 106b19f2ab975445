"""An analysis in words, Chinese first, for a person at a terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from templates_engine.domain.analysis import TimedLine, Transition, VideoAnalysis

MOST_LINES = 40


def told(analysis: VideoAnalysis) -> str:
    return "\n".join(_rows(analysis))


def _rows(analysis: VideoAnalysis) -> Iterator[str]:
    seconds = analysis.duration_ms / 1000
    yield f"{analysis.video_id}  {analysis.width}x{analysis.height}  {seconds:.1f} s  {analysis.fps:g} fps  {analysis.lang}"
    fades = sum(shot.transition is Transition.FADE for shot in analysis.shots)
    yield f"镜头 shots: {len(analysis.shots)} (渐变 fades {fades}), 平均 mean {seconds / len(analysis.shots):.1f} s"
    yield f"运镜 camera: {_counted([shot.camera for shot in analysis.shots])}"
    yield f"景别 framing (估计 estimate): {_counted([shot.framing for shot in analysis.shots])}"
    shares = [shot.product_share for shot in analysis.shots if shot.product_share is not None]
    if shares:
        yield f"商品出镜 product on screen: {sum(shares) / len(shares):.0%}"
    yield from _sound(analysis)
    if analysis.opening is not None:
        first = analysis.opening
        yield f"前三秒 first 3 s: {first.cuts} 次切换 cuts, {first.words} 字 words, 动态 motion {first.motion:.2f}"
    if analysis.caption_look is not None:
        look = analysis.caption_look
        yield f"字幕 captions: {look.style}, {look.position}, 字高 height {look.height:.1%}, {look.chars.p50:g} 字 letters"
    for seen in analysis.metrics:
        yield f"效果 results: {seen.age_h} h, {seen.views} 播放 plays"
    yield from _told("台词 said", analysis.lines)
    yield from _told("字幕 shown", analysis.captions)
    yield "工具 tools: " + ", ".join(f"{part} {tool}" for part, tool in analysis.tools)


def _sound(analysis: VideoAnalysis) -> Iterator[str]:
    if analysis.speech is not None:
        unit = "字/秒 characters/s" if analysis.lang == "zh" else "词/秒 words/s"
        spoken = f"{analysis.speech.spoken_share:.0%}"
        yield f"语速 pace: {analysis.speech.rate:.1f} {unit}, 说话 spoken {spoken}, 停顿 pauses {len(analysis.speech.pauses_ms)}"
    if analysis.tempo is not None:
        yield f"节拍 tempo: {analysis.tempo.bpm:.0f} bpm, 卡点 cuts on beat {analysis.tempo.cut_on_beat:.0%}"


def _told(title: str, lines: Sequence[TimedLine]) -> Iterator[str]:
    if lines:
        yield f"{title} ({len(lines)}):"
    for line in islice(lines, MOST_LINES):
        yield f"  {line.start_ms / 1000:6.2f}-{line.end_ms / 1000:6.2f}  {line.text}"
    if len(lines) > MOST_LINES:
        yield f"  … {len(lines) - MOST_LINES} 行 more lines"


def _counted(words: Sequence[str]) -> str:
    return ", ".join(f"{word} {count}" for word, count in Counter(words).most_common())
