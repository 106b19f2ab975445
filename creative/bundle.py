"""A finished ad as a folder: films with captions and covers, poster, contact sheet, script, quality report and manifest."""

import json
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path, PurePath

from creative.manifest import manifest
from creative.models import Ad
from creative.previews import ROLES
from generation import media
from generation.deliver.report import report_of
from generation.deliver.safe_zones import safe_zone
from generation.domain.layout import canvas_for
from generation.domain.timeline import OverlayKind
from generation.domain.timeline_json import timeline_from_dict
from templates_engine.domain.script_json import script_from_dict


def write_bundle(ad: Ad, folder: Path, *, wall_s: float) -> list[Path]:
    """Put the files of a ready ad into ``folder``; each appears whole or not at all. Their paths, the first film first.

    Made beside ``folder`` and moved at the end, so that neither a crash nor a full disk leaves half a bundle there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        made = _fill(ad, Path(scratch), wall_s)
        folder.mkdir(exist_ok=True)
        return [path.replace(folder / path.name) for path in made]


def film_name(aspect: str) -> str:
    return f"ad_{aspect.replace(':', 'x')}.mp4"


def cover_name(aspect: str, platform: str) -> str:
    return f"cover_{aspect.replace(':', 'x')}_{platform}.jpg"


def _fill(ad: Ad, folder: Path, wall_s: float) -> list[Path]:
    made = []
    for number, output in enumerate(ad.outputs.select_related("rendition")):
        rendition = output.rendition
        if rendition is None:
            raise ValueError(f"{ad.public_id} has no {output.aspect} film: write the bundle of a ready ad")
        files = {film_name(output.aspect): rendition.file}
        if number == 0:
            files |= {
                "poster.jpg": rendition.poster,
                f"contact{PurePath(rendition.contact_sheet).suffix}": rendition.contact_sheet,
            }
        files |= {cover_name(output.aspect, item["platform"]): item["file"] for item in rendition.covers}
        made += [_copy(stored, folder / name) for name, stored in files.items()]
    texts = {
        **_captions(ad),
        "report.json": json.dumps(_report(ad), ensure_ascii=False, indent=2) + "\n",
        "manifest.json": json.dumps(manifest(ad, wall_s=wall_s), ensure_ascii=False, indent=2) + "\n",
        "script.txt": script_text(ad),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        made.append(folder / name)
    return made


def _captions(ad: Ad) -> dict[str, str]:
    """SRT, VTT and ASS beside each film, from the very pages that were drawn on it; none for an ad without captions."""
    from generation.exports.captions import caption_files  # draws text, which the web process never does

    timeline = timeline_from_dict(ad.timeline)
    if not any(overlay.kind is OverlayKind.CAPTION for overlay in timeline.overlays):
        return {}
    found: dict[str, str] = {}
    with ExitStack() as stack:
        font = timeline.brand.font if timeline.brand is not None else ""
        face = stack.enter_context(media.local(font)) if font else None
        for output in ad.outputs.all():
            canvas = canvas_for(output.aspect, timeline.canvas)
            texts = caption_files(timeline, canvas, safe_zone(output.aspect).box, face)
            found |= {f"{Path(film_name(output.aspect)).stem}.{suffix}": text for suffix, text in texts.items()}
    return found


def _report(ad: Ad) -> dict[str, object]:
    """What was measured of each film, by aspect."""
    rows = [output for output in ad.outputs.select_related("rendition") if output.rendition is not None]
    films = {
        row.aspect: report_of(made.checks, made.label, made.notes).as_json() for row in rows if (made := row.rendition)
    }
    return {"ad": ad.public_id, "films": films}


def _copy(stored: str, target: Path) -> Path:
    with media.local(stored) as source:
        shutil.copyfile(source, target)
    return target


def script_text(ad: Ad) -> str:
    """The script as a person reads it: time, role, what is said, what is written."""
    script = script_from_dict(ad.script)
    lines = [f"{ad.product}  ({ad.template_id}, {script.duration_ms / 1000:.1f} s)", ""]
    for beat in script.beats:
        zh, en = ROLES.get(beat.role.value, ROLES["other"])
        lines.append(f"{beat.start_ms / 1000:5.1f} - {beat.end_ms / 1000:4.1f} s   {zh} {en}")
        lines.append(f"    voice    {beat.voice}")
        lines.append(f"    caption  {beat.caption.replace('|', ' / ')}")
    lines += ["", *(f"left out: {reason}" for reason in script.dropped)]
    return "\n".join(lines).rstrip() + "\n"
