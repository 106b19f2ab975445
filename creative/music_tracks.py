"""The verbs of uploaded music: taken with its licence on record, or not at all."""

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from django.conf import settings
from django.utils import timezone

from billing.models import Organization
from creative.errors import BrandRefused, NotFound, UploadRefused
from creative.models import MusicTrack
from generation import media
from generation.domain.timeline import MusicBed
from generation.domain.timeline_rules import BPM

SUFFIXES = (".mp3", ".wav", ".flac", ".m4a", ".ogg", ".aac")
SHORTEST_S, LONGEST_S = 5.0, 15 * 60.0
QUIETEST_LUFS = -50.0
VAGUE = frozenset({"", "无", "没有", "不知道", "none", "n/a", "unknown", "free", "网上", "internet"})


@dataclass(frozen=True)
class Rights:
    """What is said of a piece: ``artist`` made it, it is from ``source``, ``licence`` lets us, ``proof`` shows it."""

    title: str
    artist: str
    source: str
    licence: str
    proof: str = ""


def add_track(
    organization: Organization, name: str, data: bytes, rights: Rights, *, bpm: int = 100, by: str = ""
) -> MusicTrack:
    """Keep a piece of music. Raises ``BrandRefused`` for rights that are not stated, ``UploadRefused`` for the file."""
    stated = _stated(rights)
    if bpm not in BPM:
        raise BrandRefused(
            "bpm", f"速度是每分钟 {BPM.start} 到 {BPM.stop - 1} 拍。", f"bpm is {BPM.start} to {BPM.stop - 1}."
        )
    suffix = _suffix(name, data)
    sha256 = hashlib.sha256(data).hexdigest()
    with tempfile.TemporaryDirectory(prefix="hitsmith-track-") as folder:
        path = Path(folder) / f"track{suffix}"
        path.write_bytes(data)
        ms = _length(path)
        file = media.store(path, media.content_name("music", organization.pk, sha256, suffix))
    track, _ = MusicTrack.objects.update_or_create(
        organization=organization,
        sha256=sha256,
        defaults={
            "title": stated.title[:120], "artist": stated.artist[:120], "source": stated.source[:300],
            "licence": stated.licence[:120], "proof": stated.proof[:500], "stated_by": by[:150], "file": file,
            "ms": ms, "bpm": bpm, "archived_at": None,
        },
    )  # fmt: skip
    return track


def tracks_of(organization: Organization) -> list[MusicTrack]:
    return list(MusicTrack.objects.of(organization).filter(archived_at=None))


def track_of(organization: Organization, public_id: str) -> MusicTrack:
    """``NotFound`` for what is not theirs, or was put away."""
    found = MusicTrack.objects.of(organization).filter(public_id=public_id, archived_at=None).first()
    if found is None:
        raise NotFound("音乐", "piece of music")
    return found


def archive_track(track: MusicTrack, *, now: datetime | None = None) -> None:
    """Put away: new ads cannot use it. Its file and the record of its rights stay, since ads were made with it."""
    MusicTrack.objects.filter(pk=track.pk, archived_at=None).update(archived_at=now or timezone.now())


def bed_of(track: MusicTrack, seed: int) -> MusicBed:
    return MusicBed("", track.bpm, seed, track.file, track.sha256)


def _stated(rights: Rights) -> Rights:
    told = Rights(
        *(" ".join(text.split()) for text in (rights.title, rights.artist, rights.source, rights.licence, rights.proof))
    )
    fields = (
        ("title", told.title, "曲名", "its title"),
        ("artist", told.artist, "作者或演奏者", "who made it"),
        ("source", told.source, "来源（网址或出处）", "where it is from"),
        (
            "licence",
            told.licence,
            "授权方式（如 CC BY 4.0、商用合同号）",
            "its licence, such as CC BY 4.0 or a contract's number",
        ),
    )
    for field, text, zh, en in fields:
        if text.casefold() in VAGUE:
            raise BrandRefused(
                field,
                f"请写明音乐的{zh}：没有授权说明的音乐不能用在广告里。",
                f"state {en}: music without rights on record is not taken.",
            )
    return told


def _suffix(name: str, data: bytes) -> str:
    """Of a file that may be looked into, such as ".mp3". Raises ``UploadRefused``."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        kinds = " ".join(SUFFIXES)
        raise UploadRefused("not_music", f"音乐文件请用 {kinds}。", f"upload music as {kinds}.")
    if len(data) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise UploadRefused(
            "too_heavy", f"音乐文件超过 {limit} MB。", f"the track is over {limit} MB: upload an MP3 or M4A."
        )
    return suffix


def _length(path: Path) -> int:
    """Milliseconds of a track that can be heard. Raises ``UploadRefused``."""
    from generation.errors import MediaBroken
    from generation.render.audio_track import decoded
    from generation.render.loudness import RATE, integrated_lufs

    try:
        sound = decoded(path, round((LONGEST_S + 1) * RATE))
    except MediaBroken as error:
        raise UploadRefused(
            "broken", "音乐文件读不出来，请重新导出。", "the track cannot be read: export it again."
        ) from error
    seconds = len(sound) / RATE
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise UploadRefused(
            "length",
            f"音乐长 {seconds:.0f} 秒，要在 5 秒到 15 分钟之间。",
            f"the track lasts {seconds:.0f} s: 5 s to 15 minutes.",
        )
    if integrated_lufs(sound[: 60 * RATE]) < QUIETEST_LUFS:
        raise UploadRefused("silent", "音乐文件几乎没有声音。", "the track is silent: upload another.")
    return round(seconds * 1000)
