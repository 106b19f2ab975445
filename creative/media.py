"""Photos, films, posters and contact sheets, only for whoever owns them, with byte ranges so that players can seek.

Django's ``FileResponse`` ignores ``Range``, and a browser will not seek in a film without it (RFC 9110, section 14). A
file in a bucket is not carried through this process: the answer redirects to a signed address that works for minutes.
"""

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import cast

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from billing.access import Actor
from billing.authentication import ApiKeyAuthentication, SessionActorAuthentication
from creative.domain.byte_range import Unsatisfiable, byte_range
from creative.errors import NotFound
from creative.hits import hit_of
from creative.intake.thumbnails import thumbnail_name
from creative.models import Ad, AdOutput, Asset
from creative.music_tracks import track_of
from creative.recordings import recording_of
from generation.kept import PREVIEWS, preview_name
from generation.models import Rendition
from templates_engine.hit_files import picture_name

CHUNK = 64 * 1024
SOUNDS = {
    ".mp3": "audio/mpeg", ".wav": "audio/wav", ".flac": "audio/flac", ".m4a": "audio/mp4", ".ogg": "audio/ogg",
    ".aac": "audio/aac",
}  # fmt: skip
FOREVER = "private, max-age=604800, immutable"  # the address names one content
ASK_AGAIN = "private, no-cache"  # the content behind the address may be made anew


class AnyAccept(BaseContentNegotiation):
    """Players and image tags ask for types that no renderer here has: the file is what it is."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type


class MediaView(APIView):
    """Signed-in people and API keys alike; what is not theirs does not exist."""

    authentication_classes = [ApiKeyAuthentication, SessionActorAuthentication]
    content_negotiation_class = AnyAccept
    schema = None

    @property
    def actor(self) -> Actor:
        return cast(Actor, self.request.auth)


class AssetMedia(MediaView):
    def get(self, request: Request, asset_id: str) -> HttpResponseBase:
        asset = _asset(self.actor, asset_id)
        return send(request, asset.file, etag=asset.sha256, type_="image/jpeg", name="photo.jpg", cache=FOREVER)


class LogoMedia(MediaView):
    """The logo of a brand kit: a PNG, because it may be transparent."""

    def get(self, request: Request, asset_id: str) -> HttpResponseBase:
        asset = _asset(self.actor, asset_id)
        if asset.kind != Asset.Kind.LOGO:
            raise NotFound("标志", "logo")
        return send(request, asset.file, etag=asset.sha256, type_="image/png", name="logo.png", cache=FOREVER)


class ThumbMedia(MediaView):
    def get(self, request: Request, asset_id: str) -> HttpResponseBase:
        asset = _asset(self.actor, asset_id)
        small = thumbnail_name(asset.file)
        return send(request, small, etag=f"{asset.sha256}-t", type_="image/jpeg", name="thumb.jpg", cache=FOREVER)


class AdMedia(MediaView):
    def get(self, request: Request, ad_id: str, aspect: str) -> HttpResponseBase:
        made = rendition_of(self.actor, ad_id, aspect)
        name = f"{ad_id}_{aspect}.mp4"
        return send(request, made.file, etag=made.sha256, type_="video/mp4", name=name, cache=ASK_AGAIN)


class PosterMedia(MediaView):
    def get(self, request: Request, ad_id: str, aspect: str = "") -> HttpResponseBase:
        made = rendition_of(self.actor, ad_id, aspect)
        name = f"{ad_id}_poster.jpg"
        return send(request, made.poster, etag=f"{made.sha256}-p", type_="image/jpeg", name=name, cache=ASK_AGAIN)


class ContactMedia(MediaView):
    def get(self, request: Request, ad_id: str, aspect: str = "") -> HttpResponseBase:
        made = rendition_of(self.actor, ad_id, aspect)
        stored = made.contact_sheet
        kind = "png" if stored.endswith(".png") else "jpeg"  # PNG: as ads of before 2026-11-26 have it
        name = f"{ad_id}_contact{PurePath(stored).suffix}"
        return send(request, stored, etag=f"{made.sha256}-c", type_=f"image/{kind}", name=name, cache=ASK_AGAIN)


class CoverMedia(MediaView):
    """The picture that a platform shows before the film plays, at its size."""

    def get(self, request: Request, ad_id: str, aspect: str, platform: str) -> HttpResponseBase:
        made = rendition_of(self.actor, ad_id, aspect)
        stored = next((item["file"] for item in made.covers if item["platform"] == platform), "")
        if not stored:
            raise NotFound("封面", "cover")
        name = f"{ad_id}_cover_{platform}_{aspect}.jpg"
        return send(request, stored, etag=f"{made.sha256}-{platform}", type_="image/jpeg", name=name, cache=ASK_AGAIN)


class PreviewMedia(MediaView):
    """A small moving picture of the film, where somebody has had it made (``creative.small_views``)."""

    def get(self, request: Request, ad_id: str, aspect: str, kind: str) -> HttpResponseBase:
        made = rendition_of(self.actor, ad_id, aspect)
        if kind not in made.previews:
            raise NotFound("小样", "preview")
        name = f"{ad_id}_{aspect}_preview.{kind}"
        stored = preview_name(made, kind)
        return send(request, stored, etag=f"{made.sha256}-{kind}", type_=PREVIEWS[kind], name=name, cache=ASK_AGAIN)


class TrackMedia(MediaView):
    """A piece of the merchant's own music, to listen to before it is chosen."""

    def get(self, request: Request, track_id: str) -> HttpResponseBase:
        track = track_of(self.actor.organization, track_id)
        suffix = PurePath(track.file).suffix
        type_ = SOUNDS.get(suffix, "application/octet-stream")
        return send(request, track.file, etag=track.sha256, type_=type_, name=f"{track_id}{suffix}", cache=FOREVER)


class RecordingMedia(MediaView):
    """A line in the merchant's own voice, as it is heard in the ad."""

    def get(self, request: Request, ad_id: str, index: int) -> HttpResponseBase:
        ad = Ad.objects.of(self.actor.organization).filter(public_id=ad_id).first()
        if ad is None:
            raise NotFound("广告", "ad")
        line = recording_of(ad, index).line
        name = f"{ad_id}_line{index + 1}.wav"
        return send(request, line.file, etag=line.sha256, type_="audio/wav", name=name, cache=ASK_AGAIN)


class HitMedia(MediaView):
    """The small picture of one shot of a hit, which we encoded ourselves; the video itself is never given out."""

    def get(self, request: Request, hit_id: str, index: int) -> HttpResponseBase:
        hit = hit_of(self.actor.organization, hit_id)
        if index >= hit.pictures:
            raise NotFound("画面", "picture")
        tag, name = f"{hit.public_id}-{index}", picture_name(hit, index)
        return send(request, name, etag=tag, type_="image/jpeg", name=f"{index:03}.jpg", cache=FOREVER)


def _asset(actor: Actor, asset_id: str) -> Asset:
    asset = Asset.objects.of(actor.organization).filter(public_id=asset_id).first()
    if asset is None:
        raise NotFound("照片", "photo")
    return asset


def rendition_of(actor: Actor, ad_id: str, aspect: str) -> Rendition:
    """Of a ready ad only whose files are kept; ``aspect`` as in an address ("9x16"), the first one when empty.

    Raises ``NotFound``.
    """
    ads = Ad.objects.of(actor.organization).filter(Ad.FILES_KEPT, public_id=ad_id, state=Ad.State.READY)
    outputs = AdOutput.objects.filter(ad__in=ads).exclude(rendition=None).select_related("rendition")
    if aspect:
        outputs = outputs.filter(aspect=aspect.replace("x", ":"))
    output = outputs.order_by("id").first()
    if output is None or output.rendition is None:
        raise NotFound("成片", "finished ad")
    return output.rendition


def send(
    request: HttpRequest | Request, stored: str, *, etag: str, type_: str, name: str, cache: str
) -> HttpResponseBase:
    """The stored file, or the part of it that was asked for; 304 and 416 where they are due."""
    tag = f'"{etag}"'
    if tag in request.headers.get("If-None-Match", ""):
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        try:
            default_storage.path(stored)
        except NotImplementedError:
            return HttpResponseRedirect(default_storage.url(stored))
        response = _body(request, stored, tag, type_)
    response["ETag"] = tag
    response["Cache-Control"] = cache
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = content_disposition_header("download" in request.GET, name) or "inline"
    return response


def _body(request: HttpRequest | Request, stored: str, tag: str, type_: str) -> HttpResponseBase:
    try:
        file = default_storage.open(stored)
    except FileNotFoundError as error:
        raise NotFound("文件", "file") from error
    size = file.size
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", tag) != tag:
        asked = ""  # the player holds a part of another film: it must get the whole of this one
    try:
        part = byte_range(asked, size)
    except Unsatisfiable:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = part or (0, size - 1)
    response = StreamingHttpResponse(Slice(file, start, end), status=206 if part else 200, content_type=type_)
    response.headers["Content-Length"] = str(end - start + 1)
    if part:
        response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response


class Slice:
    """Bytes ``start`` to ``end`` (both included) of an open file, in chunks; closes the file with the response."""

    def __init__(self, file: "File[bytes]", start: int, end: int) -> None:
        self._file = file
        self._start = start
        self._left = end - start + 1

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._start)
        while self._left > 0:
            chunk = self._file.read(min(CHUNK, self._left))
            if not chunk:
                return
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._file.close()


urlpatterns = [
    path("asset/<str:asset_id>", AssetMedia.as_view(), name="media-asset"),
    path("logo/<str:asset_id>", LogoMedia.as_view(), name="media-logo"),
    path("thumb/<str:asset_id>", ThumbMedia.as_view(), name="media-thumb"),
    path("track/<str:track_id>", TrackMedia.as_view(), name="media-track"),
    path("recording/<str:ad_id>/<int:index>.wav", RecordingMedia.as_view(), name="media-recording"),
    path("hit/<str:hit_id>/<int:index>.jpg", HitMedia.as_view(), name="media-hit"),
    path("ad/<str:ad_id>/<str:aspect>.mp4", AdMedia.as_view(), name="media-ad"),
    path("poster/<str:ad_id>", PosterMedia.as_view(), name="media-poster"),
    path("poster/<str:ad_id>/<str:aspect>", PosterMedia.as_view(), name="media-poster"),
    path("cover/<str:ad_id>/<str:aspect>/<str:platform>.jpg", CoverMedia.as_view(), name="media-cover"),
    path("preview/<str:ad_id>/<str:aspect>.<str:kind>", PreviewMedia.as_view(), name="media-preview"),
    path("contact/<str:ad_id>", ContactMedia.as_view(), name="media-contact"),
    path("contact/<str:ad_id>/<str:aspect>", ContactMedia.as_view(), name="media-contact"),
]
