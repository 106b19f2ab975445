"""Every file that a rendition has in the storage: what is made with it, and the small previews that are made when asked for."""

import tempfile
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction

from generation import media
from generation.errors import MediaMissing
from generation.models import Rendition

PREVIEWS = {"mp4": "video/mp4", "webp": "image/webp", "gif": "image/gif"}


def preview_name(rendition: Rendition, kind: str) -> str:
    """``kind`` is one of ``PREVIEWS``."""
    return media.content_name("renditions", rendition.tenant, rendition.key, f"-preview.{kind}")


def files_of(rendition: Rendition) -> list[str]:
    """Names in the storage, each once; previews that nobody has asked for are named all the same."""
    made = [rendition.file, rendition.poster, rendition.contact_sheet, *(item["file"] for item in rendition.covers)]
    return list(dict.fromkeys([*made, *(preview_name(rendition, kind) for kind in PREVIEWS)]))


def preview(rendition: Rendition, kind: str) -> str:
    """The name of a small moving picture of the film, made now where it is not there yet.

    A GIF is drawn from the small MP4, which is made too. Raises ``MediaMissing``, ``MediaBroken``, ``StorageDown``.
    """
    name = preview_name(rendition, kind)
    if not default_storage.exists(name):
        source = preview(rendition, "mp4") if kind == "gif" else rendition.file
        with media.local(source) as film, tempfile.TemporaryDirectory(prefix="hitsmith-preview-") as folder:
            media.store(_made(kind, film, Path(folder) / f"preview.{kind}"), name)
    if not _noted(rendition, kind):  # removed meanwhile: nobody would find this one again
        default_storage.delete(name)
        raise MediaMissing("the film was removed while its preview was made: make the ad again")
    return name


def _noted(rendition: Rendition, kind: str) -> bool:
    """Say on the row that there is one, so that pages need not ask the storage. False where the row is gone."""
    with transaction.atomic():
        row = Rendition.objects.select_for_update().filter(pk=rendition.pk).first()
        if row is not None and kind not in row.previews:
            row.previews = [one for one in PREVIEWS if one in row.previews or one == kind]
            row.save(update_fields=["previews"])
    return row is not None


def _made(kind: str, film: Path, target: Path) -> Path:
    from generation.deliver import previews  # the web process loads it only for this

    makers = {"mp4": previews.preview_mp4, "webp": previews.preview_webp, "gif": previews.preview_gif}
    return makers[kind](film, target)
