"""Uploaded music: kept with its rights on record, or not at all."""

from dataclasses import replace
from functools import cache

import pytest

from creative import music_tracks, production
from creative.errors import BrandRefused, NotFound, UploadRefused
from creative.models import MusicTrack
from creative.music_tracks import Rights
from generation.domain.timeline_json import timeline_from_dict
from generation.voice.speech_file import as_wav
from tests.creative.shops import Shop
from tests.generation.spoken import speech

pytestmark = pytest.mark.django_db
RIGHTS = Rights("晨光", "林间乐队", "https://music.example/1", "商用授权 2026-08", "合同 88 号")


@cache
def song() -> bytes:
    return as_wav(speech(6.0))


def test_music_is_kept_with_its_rights_and_plays_in_an_ad(alice: Shop, charlie: Shop) -> None:
    track = music_tracks.add_track(alice.organization, "晨光.wav", song(), RIGHTS, bpm=96, by="alice")
    assert (track.licence, track.proof, track.stated_by, track.ms) == ("商用授权 2026-08", "合同 88 号", "alice", 6000)
    made = production.draft(alice.organization, product=alice.product, lang="zh", track=track.public_id).ad
    music = timeline_from_dict(made.timeline).music
    assert music is not None
    assert (music.track, music.track_sha256, music.bpm) == (track.file, track.sha256, 96)
    with pytest.raises(NotFound):
        production.draft(charlie.organization, product=charlie.product, lang="zh", track=track.public_id)
    music_tracks.archive_track(track)
    with pytest.raises(NotFound):
        music_tracks.track_of(alice.organization, track.public_id)
    assert MusicTrack.objects.count() == 1


@pytest.mark.parametrize(
    ("rights", "name", "data", "field"),
    [
        (replace(RIGHTS, licence=""), "a.wav", song(), "licence"),
        (replace(RIGHTS, source="不知道"), "a.wav", song(), "source"),
        (RIGHTS, "a.exe", song(), "not_music"),
        (RIGHTS, "a.wav", as_wav(speech(1.0)), "length"),
        (RIGHTS, "a.wav", b"RIFF....", "broken"),
        (RIGHTS, "a.wav", as_wav(speech(6.0, level=1e-4)), "silent"),
    ],
    ids=["no licence", "no source", "no music", "short", "broken", "silent"],
)
def test_music_without_rights_or_sound_is_refused(
    rights: Rights, name: str, data: bytes, field: str, alice: Shop
) -> None:
    with pytest.raises((BrandRefused, UploadRefused)) as refused:
        music_tracks.add_track(alice.organization, name, data, rights)
    assert field in (getattr(refused.value, "field", ""), getattr(refused.value, "reason", ""))
    assert not MusicTrack.objects.exists()
