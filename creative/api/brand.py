"""/brand and /music: the brand kit, and uploaded music with its rights."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from creative import brand, brand_files, music_tracks
from creative.api.base import DeskView, absolute
from creative.api.schema import PAGING, operation, page_of
from creative.errors import UploadRefused
from creative.models import BrandKit, MusicTrack
from creative.music_tracks import Rights


class KitIn(serializers.Serializer[Any]):
    """Every field replaces what was there; empty ones leave ads as they are without a kit."""

    name = serializers.CharField(default="", allow_blank=True)
    main = serializers.CharField(default="", allow_blank=True, help_text="Buttons and prices, as #rrggbb; with ground.")
    ground = serializers.CharField(
        default="", allow_blank=True, help_text="Behind the end card, as #rrggbb; with main."
    )
    caption_style = serializers.CharField(default="", allow_blank=True)
    card_layout = serializers.CharField(default="", allow_blank=True)
    corner = serializers.CharField(default="", allow_blank=True, help_text="Of the watermark; empty for none.")
    opacity = serializers.IntegerField(default=60, help_text="Of the watermark, in per cent.")
    moods = serializers.ListField(child=serializers.CharField(), default=list)
    forbidden = serializers.ListField(child=serializers.CharField(), default=list)


class KitOut(serializers.ModelSerializer[BrandKit]):
    """``suggested``: colours that the logo is remembered by."""

    main = serializers.CharField(source="colour_main")
    ground = serializers.CharField(source="colour_ground")
    corner = serializers.CharField(source="watermark_corner")
    opacity = serializers.IntegerField(source="watermark_opacity")
    moods = serializers.ListField(child=serializers.CharField())
    forbidden = serializers.ListField(child=serializers.CharField(), source="forbidden_words")
    logo_url = serializers.SerializerMethodField()
    suggested = serializers.SerializerMethodField()

    class Meta:
        model = BrandKit
        fields = ["name", "main", "ground", "caption_style", "card_layout", "corner", "opacity", "moods", "forbidden",
                  "logo_url", "suggested", "font_name", "font_licence", "font_chinese"]  # fmt: skip

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_logo_url(self, kit: BrandKit) -> str | None:
        if kit.logo is None:
            return None
        return absolute(self.context.get("request"), reverse("media-logo", args=[kit.logo.public_id]))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_suggested(self, kit: BrandKit) -> list[str]:
        return list(brand.suggestions(kit))


class LogoIn(serializers.Serializer[Any]):
    file = serializers.FileField()


class FontIn(LogoIn):
    licence = serializers.CharField(help_text="Who allows its use, and by what right.")


class TrackIn(LogoIn):
    """Music without rights on record is not taken."""

    title = serializers.CharField()
    artist = serializers.CharField()
    source = serializers.CharField(help_text="Where it is from, such as the address of its page.")  # type: ignore[assignment]
    licence = serializers.CharField(help_text="Such as CC BY 4.0, or the number of a contract.")
    proof = serializers.CharField(default="", allow_blank=True)
    bpm = serializers.IntegerField(default=100)


class TrackOut(serializers.ModelSerializer[MusicTrack]):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = MusicTrack
        fields = ["id", "title", "artist", "source", "licence", "proof", "stated_by", "ms", "bpm", "created_at"]


class BrandView(DeskView):
    def kit(self, request: Request, status: int = 200) -> Response:
        return Response(KitOut(brand.kit_of(self.organization), context={"request": request}).data, status=status)


class BrandKitView(BrandView):
    @operation("brand_read", "The brand kit; empty where none was made yet.", responses={200: KitOut})
    def get(self, request: Request) -> Response:
        return self.kit(request)

    @operation("brand_save", "Replace the kit; logo and typeface stay.", request=KitIn, responses={200: KitOut})
    def put(self, request: Request) -> Response:
        given = KitIn(data=request.data)
        given.is_valid(raise_exception=True)
        brand.save_kit(self.organization, given.validated_data)
        return self.kit(request)


class BrandLogo(BrandView):
    parser_classes = [MultiPartParser]

    @operation(
        "brand_logo",
        "Upload the logo: PNG, JPEG or WebP.",
        request={"multipart/form-data": LogoIn},
        responses={200: KitOut},
    )
    def post(self, request: Request) -> Response:
        brand.set_logo(self.organization, *_file(request))
        return self.kit(request)

    @operation("brand_logo_remove", "Take the logo off, and the watermark with it.", responses={204: None})
    def delete(self, request: Request) -> Response:
        brand.remove_logo(self.organization)
        return Response(status=204)


class BrandFont(BrandView):
    parser_classes = [MultiPartParser]

    @operation(
        "brand_font",
        "Upload a typeface (TTF, OTF) with its licence.",
        request={"multipart/form-data": FontIn},
        responses={200: KitOut},
    )
    def post(self, request: Request) -> Response:
        name, data = _file(request)
        brand.set_font(self.organization, name, data, request.POST.get("licence", ""))
        return self.kit(request)

    @operation("brand_font_remove", "Go back to our typeface.", responses={204: None})
    def delete(self, request: Request) -> Response:
        brand.remove_font(self.organization)
        return Response(status=204)


class Music(DeskView):
    parser_classes = [MultiPartParser]

    @operation("music_list", "Uploaded music.", parameters=PAGING, responses={200: page_of(TrackOut)})
    def get(self, request: Request) -> Response:
        return self.page(request, MusicTrack.objects.of(self.organization).filter(archived_at=None), TrackOut)

    @operation(
        "music_add",
        "Upload a piece of music with its rights; an ad plays it as ``track``.",
        request={"multipart/form-data": TrackIn},
        responses={201: TrackOut},
    )
    def post(self, request: Request) -> Response:
        name, data = _file(request)
        given = TrackIn(data=request.data)
        given.is_valid(raise_exception=True)
        told = given.validated_data
        rights = Rights(told["title"], told["artist"], told["source"], told["licence"], told["proof"])
        by = self.actor.name or "API"
        track = music_tracks.add_track(self.organization, name, data, rights, bpm=told["bpm"], by=by)
        where = absolute(request, reverse("api-track", args=[track.public_id]))
        return Response(TrackOut(track).data, status=201, headers={"Location": where})


class MusicDetail(DeskView):
    @operation("music_read", "One piece of music.", responses={200: TrackOut})
    def get(self, request: Request, track_id: str) -> Response:
        return Response(TrackOut(music_tracks.track_of(self.organization, track_id)).data)

    @operation("music_remove", "Put it away: new ads cannot use it, ads made with it keep it.", responses={204: None})
    def delete(self, request: Request, track_id: str) -> Response:
        music_tracks.archive_track(music_tracks.track_of(self.organization, track_id))
        return Response(status=204)


def _file(request: Request) -> tuple[str, bytes]:
    file = request.FILES.get("file")
    if file is None:
        raise UploadRefused("empty", "请在 file 字段里上传一个文件。", "upload a file in the field 'file'.")
    return file.name or "", brand_files.taken(file)
