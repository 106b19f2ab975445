"""A hit of which there is only what was said: its lines with their times, and nothing seen or heard."""

from collections.abc import Sequence

from templates_engine.domain.analysis import SCHEMA, Observation, TimedLine, VideoAnalysis


def words_alone(
    video_id: str,
    lines: Sequence[TimedLine],
    *,
    lang: str,
    duration_ms: int = 0,
    category: str = "",
    platform: str = "",
    campaign: str = "",
    metrics: tuple[Observation, ...] = (),
) -> VideoAnalysis:
    """``duration_ms`` counts where the video goes on after its last line. Raises AnalysisInvalid for another ``lang``."""
    return VideoAnalysis(
        video_id=video_id,
        schema=SCHEMA,
        lang=lang,
        category=category,
        platform=platform,
        campaign=campaign,
        duration_ms=max(lines[-1].end_ms, duration_ms),
        width=0,
        height=0,
        fps=0.0,
        shots=(),
        lines=tuple(lines),
        metrics=metrics,
        tools=(("lines", "transcript"),),
    )
