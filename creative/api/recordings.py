"""/ads/{id}/recordings: the lines of a draft in the merchant's own voice."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from creative import brand_files, recordings
from creative.api.ads import AdView
from creative.api.base import absolute
from creative.api.schema import operation
from creative.errors import UploadRefused
from creative.models import Ad, LineRecording


class RecordingIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="WAV, MP3 or M4A of one line: at most 30 s and 12 MB.")


class RecordingOut(serializers.ModelSerializer[LineRecording]):
    """``text``: what the line said when it was recorded; ``used``: whether it still says so."""

    index = serializers.IntegerField(source="place", help_text="Of the line, from 0.")
    ms = serializers.IntegerField(source="line.ms")
    used = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = LineRecording
        fields = ["index", "text", "ms", "used", "by", "url", "created_at"]

    def get_used(self, row: LineRecording) -> bool:
        beats = row.ad.script["beats"]
        return row.place < len(beats) and beats[row.place]["voice"] == row.text

    def get_url(self, row: LineRecording) -> str:
        path = reverse("media-recording", args=[row.ad.public_id, row.place])
        return absolute(self.context.get("request"), path)


class RecordingsOut(serializers.Serializer[Any]):
    """``credits_quoted``: of the ad as it is planned with these recordings."""

    credits_quoted = serializers.IntegerField()
    recordings = RecordingOut(many=True)


class RecordingsView(AdView):
    def all_of(self, request: Request, ad: Ad, status: int = 200) -> Response:
        rows = ad.recordings.select_related("line", "ad")
        shown = {"credits_quoted": ad.credits_quoted, "recordings": rows}
        return Response(RecordingsOut(shown, context={"request": request}).data, status=status)


class Recordings(RecordingsView):
    @operation("ads_recordings", "The lines that are heard in your own voice.", responses={200: RecordingsOut})
    def get(self, request: Request, ad_id: str) -> Response:
        return self.all_of(request, self.ad(ad_id))


class Recording(RecordingsView):
    parser_classes = [MultiPartParser]

    @operation(
        "ads_recording_add",
        "Upload a recording of one line of a draft, in the place of a former one: its length gives its beat the time, and "
        "the draft is priced anew. 422 says what is wrong with the file, or that it does not fit; nothing is kept then.",
        request={"multipart/form-data": RecordingIn},
        responses={201: RecordingsOut},
    )
    def post(self, request: Request, ad_id: str, index: int) -> Response:
        ad, file = self.ad(ad_id), request.FILES.get("file")
        if file is None:
            raise UploadRefused("empty", "请在 file 字段里上传一个录音。", "upload a recording in the field 'file'.")
        made = recordings.record(ad, index, file.name or "", brand_files.taken(file), by=self.actor.name)
        return self.all_of(request, made, status=201)

    @operation(
        "ads_recording_remove", "Take the recording of a line and its file away.", responses={200: RecordingsOut}
    )
    def delete(self, request: Request, ad_id: str, index: int) -> Response:
        return self.all_of(request, recordings.remove(self.ad(ad_id), index))
