"""The merchant's own voice over the lines of a draft: uploaded, measured, heard, and taken back.

A recording gives its beat its time, so the draft is planned and priced anew with it; one that does not fit changes nothing.
Files are removed with the recording, with the draft, and with the files of a finished ad.
"""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path, PurePath

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from billing.memberships import entitlements_for
from creative.drafts import prepare_again
from creative.errors import NotFound, ScriptConflict, ScriptLocked, UploadRefused
from creative.models import Ad, LineRecording
from creative.own_voice import lines_of
from creative.prepared import Prepared
from creative.script_checks import editing, locked
from creative.script_edits import put_plan
from creative.scripts import Written
from generation.errors import MediaBroken, VoiceRefused
from generation.models import SpokenLine
from generation.voice import lines
from templates_engine.domain.script import Script
from templates_engine.domain.script_json import script_from_dict

SUFFIXES = (".wav", ".mp3", ".m4a")
MOST_BYTES = 12 * 1024 * 1024  # half a minute of WAV with 24 bits in stereo has 9
GRACE = timedelta(days=1)  # a recording that is just being kept belongs to no line for a moment
AT_ONCE = 200
WHY_ZH = {
    "long": "录音太长：一句最多 30 秒，请剪短后再传。",
    "short": "录音里几乎没有人声：请把整句录完再传。",
    "clipped": "录音爆音了：请离话筒远一点，重新录一遍。",
    "silent": "录音没有声音：请检查话筒是否打开，再录一遍。",
    "quiet": "录音太轻：请离话筒近一点，重新录一遍。",
}


def record(ad: Ad, place: int, name: str, data: bytes, *, by: str = "") -> Ad:
    """Let line ``place`` (from 0) be heard in this recording; the ad as it stands then.

    Raises ``NotFound`` for a line that is not there, ``UploadRefused`` for the file, ``ScriptLocked`` for an ad that is no
    draft, ``BriefRefused`` where the recording does not fit over its pictures; nothing is kept then.
    """
    script = _unspoken(ad)
    if not 0 <= place < len(script.beats) or not script.beats[place].voice.strip():
        raise NotFound("台词", "line")
    text, suffix = script.beats[place].voice, _suffix(name, data)
    with tempfile.TemporaryDirectory(prefix="hitsmith-recording-") as folder:
        path = Path(folder) / f"line{suffix}"
        path.write_bytes(data)
        try:
            take = lines.take(ad.organization_id, text, path, "the recording")
        except VoiceRefused as error:
            raise UploadRefused(
                error.reason or "not_a_voice", WHY_ZH.get(error.reason, f"{error}。"), f"{error}."
            ) from error
        except MediaBroken as error:
            raise UploadRefused(
                "broken", "录音文件读不出来，请重新导出。", "the recording cannot be read: export it again."
            ) from error
    seen = _rows(ad)
    own = lines_of(ad, script) | {str(place): take.row}
    prepared = _prepared(ad, script, own)
    former = LineRecording.objects.filter(ad=ad, place=place).select_related("line").first()
    with transaction.atomic():
        _put(ad, prepared, seen)
        line = lines.kept(take)
        LineRecording.objects.update_or_create(
            ad=ad, place=place, defaults={"organization": ad.organization, "text": text, "line": line, "by": by[:150]}
        )
    if former is not None:
        _let_go(former.line)
    ad.refresh_from_db()
    return ad


def remove(ad: Ad, place: int) -> Ad:
    """Take a recording and its file away; the line is spoken by the installation's voice, if one was ordered, or by nobody.

    Raises ``NotFound`` without a recording, ``ScriptLocked``; nothing has changed then.
    """
    row = recording_of(ad, place)
    script = _unspoken(ad)
    seen = _rows(ad)
    own = {at: line for at, line in lines_of(ad, script).items() if at != str(place)}
    prepared = _prepared(ad, script, own)
    with transaction.atomic():
        _put(ad, prepared, seen)
        LineRecording.objects.filter(pk=row.pk).delete()
    _let_go(row.line)
    ad.refresh_from_db()
    return ad


def recording_of(ad: Ad, place: int) -> LineRecording:
    """Raises ``NotFound``."""
    found = LineRecording.objects.filter(ad=ad, place=place).select_related("line").first()
    if found is None:
        raise NotFound("录音", "recording")
    return found


def sweep(now: datetime) -> int:
    """Remove recordings of ads that have ended without files, and files that belong to no line; how many."""
    ended = Ad.objects.filter(state__in=(Ad.State.CANCELLED, Ad.State.FAILED), finished_at__lt=now - GRACE)
    gone = Ad.objects.filter(state=Ad.State.READY, files_removed_at__gte=F("finished_at"))
    for ads in (ended, gone):
        LineRecording.objects.filter(pk__in=LineRecording.objects.filter(ad__in=ads).values("pk")[:AT_ONCE]).delete()
    used = LineRecording.objects.filter(line=OuterRef("pk"))
    loose = SpokenLine.objects.filter(~Exists(used), by=lines.OWN_VOICE, created_at__lt=now - GRACE)
    rows = list(loose.order_by("pk")[:AT_ONCE])
    for row in rows:
        lines.forget(row)
    return len(rows)


def _unspoken(ad: Ad) -> Script:
    """The script with its times of before any voice, so that trying again does not stretch it further."""
    why = locked(ad)
    if why is not None:
        raise ScriptLocked(*why)
    return script_from_dict(ad.script_unspoken or ad.script)


def _prepared(ad: Ad, script: Script, own: dict[str, SpokenLine]) -> Prepared:
    return prepare_again(ad, Written(editing(ad).template, script, ()), entitlements_for(ad.organization), own)


def _rows(ad: Ad) -> list[tuple[int, int]]:
    return list(LineRecording.objects.filter(ad=ad).order_by("place").values_list("place", "line_id"))


def _put(ad: Ad, prepared: Prepared, seen: list[tuple[int, int]]) -> None:
    """Write the plan, unless a line or another recording has changed since it was made. Raises ``ScriptConflict``."""
    put_plan(ad, prepared, was=ad.script_version, version=ad.script_version)
    if _rows(ad) != seen:
        raise ScriptConflict(ad.script_version)


def _let_go(line: SpokenLine) -> None:
    if not LineRecording.objects.filter(line=line).exists():
        lines.forget(line)


def _suffix(name: str, data: bytes) -> str:
    """What the file is by its first bytes, which its name must not contradict. Raises ``UploadRefused``."""
    suffix = PurePath(name).suffix.lower()
    found = ""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        found = ".wav"
    elif data[4:8] == b"ftyp":
        found = ".m4a"
    elif data[:3] == b"ID3" or (len(data) > 2 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        found = ".mp3"  # a tag, or the sync word of an MPEG frame of layer III
    if suffix not in SUFFIXES or found != suffix:
        raise UploadRefused(
            "not_a_recording", "录音请用 WAV、MP3 或 M4A 文件。", "upload the recording as WAV, MP3 or M4A."
        )
    most = min(MOST_BYTES, settings.UPLOAD_MAX_BYTES)
    if len(data) > most:
        limit = most // (1024 * 1024)
        raise UploadRefused(
            "too_heavy",
            f"录音文件超过 {limit} MB，请存成 MP3 或 M4A。",
            f"the recording is over {limit} MB: upload an MP3.",
        )
    return suffix
