"""What a command says of a finished ad: each file with what was read back from it, and what is heard and seen in it."""

from collections.abc import Iterator
from pathlib import Path

from creative.bundle import film_name
from creative.models import Ad
from generation.deliver.report import FilmReport, report_of
from generation.domain.beat_grid import beat_frames
from generation.domain.timeline import OverlayKind, Timeline
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.timeline_media import starts
from generation.models import Rendition

ON_BEAT = 1  # frames: a beat falls between two


def film_lines(ad: Ad, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """(the file with its size, what its bytes say) for each film, in the order of the ad's shapes."""
    for output in ad.outputs.select_related("rendition"):
        made = output.rendition
        if made is not None:
            size = f"{made.frames / made.fps:.1f} s, {made.width}x{made.height}, {made.bytes / 1e6:.1f} MB"
            yield f"{folder / film_name(output.aspect)}   {size}", _proof(made)


def _proof(made: Rendition) -> list[str]:
    report = report_of(made.checks, made.label, made.notes)
    checks = [check for _, group in report.groups for check in group]
    passed = sum(check.passed for check in checks)
    covers = len({item["file"] for item in made.covers})
    return [
        f"标识 labels    {_marks(report)}",
        f"检查 checks    {passed}/{len(checks)} 通过 passed, read back from the file",
        f"平台 platforms {_platforms(report)}",
        f"封面 covers    {len(made.covers)} 个平台 platforms, {covers} pictures",
    ]


def _marks(report: FilmReport) -> str:
    """Only what was seen in decoded pictures and read from the bytes; nothing is said of a mark that is not recorded."""
    marks = report.marks
    told = (
        [f"“{marks['text']}” 从第一帧起 seen from the first frame for {marks['seconds']} s"]
        if "seconds" in marks
        else []
    )
    if "produce_id" in marks:
        own = "" if marks.get("provider_code_registered_form") else "，开发用编码 development provider code"
        told.append(f"AIGC 元数据 metadata {marks['produce_id']}{own}")
    if "c2pa" in marks:
        told.append(f"C2PA {marks['c2pa']}")
    return "; ".join(told) or "无 none"


def _platforms(report: FilmReport) -> str:
    takes = ", ".join(fit.en for fit in report.fits if fit.passed) or "无 none"
    refused = "; ".join(f"{fit.en} 不收 does not take it: {fit.trouble}" for fit in report.fits if not fit.passed)
    return f"{takes}{f'; {refused}' if refused else ''}"


def content_lines(ad: Ad) -> list[str]:
    """Captions, music and end card, from the ad's timeline."""
    timeline = timeline_from_dict(ad.timeline)
    found = [*_captions(timeline), *_music(timeline)]
    card = timeline.shots[-1].card
    if card is not None:
        words = " · ".join(
            word.replace("|", "") for word in (card.headline, card.price_text, card.call_to_action) if word
        )
        found.append(f"片尾 end card  {words}")
    return found


def _captions(timeline: Timeline) -> list[str]:
    from generation.render.palette import caption_styles  # the renderer, which other commands do not load

    captions = [overlay for overlay in timeline.overlays if overlay.kind is OverlayKind.CAPTION]
    known = caption_styles()
    names = [f"{known[style].name_zh} {known[style].name_en}" for style in dict.fromkeys(c.style for c in captions)]
    return [f"字幕 captions  {len(captions)}, {', '.join(names)}"] if captions else []


def _music(timeline: Timeline) -> list[str]:
    music = timeline.music
    if music is None:
        return []
    if music.track:
        return ["音乐 music     your own track"]
    at = starts(timeline.shots)
    beats = beat_frames(music.bpm, timeline.canvas.fps, timeline.duration, at[-1])
    on = sum(any(abs(beat - cut) <= ON_BEAT for beat in beats) for cut in at[1:])
    told = f"{music.mood}, {music.bpm} bpm, 为这支广告作曲 composed for it"
    return [f"音乐 music     {told}; {on}/{len(at) - 1} 个切点踩拍 cuts on the beat"]
