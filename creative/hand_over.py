"""A ready ad for the editor: projects, clips, stems, captions and films in one archive."""

from pathlib import Path

from creative.bundle import cover_name
from creative.errors import AdNotReady
from creative.models import Ad, MusicTrack
from generation import hand_over
from generation.domain.timeline import Timeline
from generation.domain.timeline_json import timeline_from_dict
from generation.errors import MediaBroken, MediaMissing

COMPOSED = "composed by Hitsmith for this ad, free of rights"


def write_hand_over(ad: Ad, out: Path) -> None:
    """Write the archive; it appears whole or not at all.

    Raises ``AdNotReady`` for an ad without its films, or whose clips have been removed meanwhile.
    """
    made = {output.aspect: output.rendition for output in ad.outputs.select_related("rendition") if output.rendition}
    films = {aspect: rendition.file for aspect, rendition in made.items()}
    covers = {
        cover_name(aspect, item["platform"]): item["file"]
        for aspect, rendition in made.items()
        for item in rendition.covers
    }
    if ad.state != Ad.State.READY or ad.files_removed or not films:
        raise AdNotReady(
            "只有已完成、成片还在的广告才能交接：请等它完成，或用同样的设置再做一支。",
            "only a ready ad whose films are kept can be handed over: wait until it is, or make it again.",
        )
    timeline = timeline_from_dict(ad.timeline)
    try:
        hand_over.hand_over(ad.organization_id, timeline, films, music_of(ad, timeline), out, covers)
    except (MediaMissing, MediaBroken) as error:
        raise AdNotReady(
            f"交接包里缺一个文件：{error}。请重拍这个镜头，或用同样的设置再做一支。",
            f"a file of the hand-over is not there: {error}. Film the shot again, or make the ad again.",
        ) from error


def music_of(ad: Ad, timeline: Timeline) -> dict[str, str]:
    """What may be done with the music, for whoever goes on with it; empty without music."""
    music = timeline.music
    if music is None:
        return {}
    if not music.track_sha256:
        return {"title": f"{music.mood}, {music.bpm} bpm", "licence": COMPOSED}
    track = MusicTrack.objects.of(ad.organization).filter(sha256=music.track_sha256).first()
    if track is None:
        return {"title": music.track, "licence": "unknown: the track is not in the library any more"}
    return {
        "title": track.title,
        "artist": track.artist,
        "licence": track.licence,
        "source": track.source,
        "proof": track.proof,
        "stated_by": track.stated_by,
    }
