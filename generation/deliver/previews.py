"""Small moving pictures of a delivered film: a silent MP4, a WebP of its first seconds, a GIF when somebody asks for one.

They are made from the delivered file, so the visible AI label is in them at its share of the picture, from the first frame on.
The MP4 carries the AIGC metadata too, read back before it is given out; WebP and GIF have no place for them. A preview is
no deliverable: it is not signed and no platform's figures are promised for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generation.deliver.aigc import read_aigc
from generation.ffmpeg import probe, run, source

PATIENCE_S = 120.0


@dataclass(frozen=True)
class Small:
    """``side``: pixels of the short side; ``seconds``: how much of the film, 0 for all of it."""

    side: int
    fps: int
    seconds: float = 0.0


MP4 = Small(360, 15)
WEBP = Small(360, 10, 3.0)  # the label stands at least as long
GIF = Small(270, 8)


def preview_mp4(film: Path, target: Path, small: Small = MP4) -> Path:
    """Silent, with the AIGC metadata of the film. Raises ``MediaBroken``, ``FfmpegFailed``, ``DeliverableRefused``."""
    keep = ["-map_metadata", "0", "-movflags", "+faststart+use_metadata_tags"]
    coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-pix_fmt", "yuv420p", "-threads", "2"]
    made = _made(film, target, small, _scaled(film, small), [*coding, *keep])
    try:
        read_aigc(made)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made


def preview_webp(film: Path, target: Path, small: Small = WEBP) -> Path:
    """The first seconds, without end. Raises ``MediaBroken``, ``FfmpegFailed``."""
    coding = ["-c:v", "libwebp_anim", "-q:v", "60", "-compression_level", "4", "-loop", "0"]
    return _made(film, target, small, _scaled(film, small), coding)


def preview_gif(film: Path, target: Path, small: Small = GIF) -> Path:
    """The whole film in 256 colours of its own; large, so only on demand. Raises ``MediaBroken``, ``FfmpegFailed``."""
    palette = "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=bayer:bayer_scale=4"
    return _made(film, target, small, f"{_scaled(film, small)},{palette}", ["-loop", "0"])


def _scaled(film: Path, small: Small) -> str:
    facts = probe(film)
    scale = small.side / min(facts.width, facts.height)
    width, height = (2 * round(side * scale / 2) for side in (facts.width, facts.height))
    return f"fps={small.fps},scale={width}:{height}:flags=area"


def _made(film: Path, target: Path, small: Small, picture: str, coding: Sequence[str]) -> Path:
    """Written beside the target and moved there, so that nobody finds half of it."""
    part = target.with_name(f".{target.stem}.part{target.suffix}")
    length = ["-t", f"{small.seconds:g}"] if small.seconds else []
    try:
        run([*source(film), *length, "-an", "-filter_complex", picture, *coding, part], seconds=PATIENCE_S)
        return part.replace(target)
    finally:
        part.unlink(missing_ok=True)
