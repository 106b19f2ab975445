"""Small moving pictures of a finished film, made when somebody asks: a silent MP4, a WebP of its first seconds, a GIF."""

from creative.errors import AdNotReady, NotFound
from generation import kept
from generation.errors import FfmpegFailed, MediaBroken, MediaMissing
from generation.models import Rendition


def make(rendition: Rendition, kind: str) -> None:
    """Make it and keep it beside the film, until the film is removed; nothing to do where it is there.

    Raises ``NotFound`` for a kind that there is none of, ``AdNotReady`` for a film that cannot be read.
    """
    if kind not in kept.PREVIEWS:
        raise NotFound("小样", "preview")
    try:
        kept.preview(rendition, kind)
    except (MediaMissing, MediaBroken, FfmpegFailed) as error:
        raise AdNotReady(
            "成片文件读不出来，小样没有做成：请用同样的设置再做一支。",
            "the film cannot be read, so there is no preview of it: make the ad again.",
        ) from error
