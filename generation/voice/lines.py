"""Lines into recordings: spoken once and kept, or uploaded; and recordings into the voice of a timeline."""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage

from generation import media
from generation.domain.retiming import TimedBeat
from generation.domain.voice import AS_RECORDED, Voice, VoiceLine, Word, words_of
from generation.errors import VoiceRefused
from generation.models import SpokenLine
from generation.voice.speakers import HeardWord, Recording, Speaker, check_line
from generation.voice.speech_file import Spoken, as_wav, split, spoken

OWN_VOICE = "own recording"


def said(tenant: int, texts: Sequence[str], lang: str, speaker: Speaker) -> list[SpokenLine]:
    """One recording for each text, in order; only those that the tenant does not have yet are asked of the speaker.

    Raises ``VoiceRefused`` and whatever the speaker raises; what was recorded before the error is kept.
    """
    keys = [_key(speaker.id, lang, check_line(text)) for text in texts]
    wanted = dict(zip(keys, texts, strict=True))
    known = {row.key: row for row in SpokenLine.objects.filter(tenant=tenant, key__in=wanted)}
    missing = {key: check_line(text) for key, text in wanted.items() if key not in known}
    if missing:
        for (key, text), recording in zip(missing.items(), speaker.say(list(missing.values()), lang), strict=True):
            line, words = _checked(recording, text)
            known[key] = kept(_take(tenant, key, text, speaker.name, line, as_wav(line.samples), words))
    return [known[key] for key in keys]


def uploaded(tenant: int, texts: Sequence[str], files: Sequence[Path]) -> list[SpokenLine]:
    """The merchant's own voice: one file for each line, or one file of them all, with pauses between.

    Raises ``VoiceRefused`` naming the file, and ``MediaBroken``; nothing is kept unless all of it can be used.
    """
    if len(files) not in (1, len(texts)):
        raise VoiceRefused(
            f"{len(files)} voice files for {len(texts)} lines: upload one for each line, or one of them all"
        )
    if len(files) == len(texts):
        lines = [spoken(path, f"voice file {number}") for number, path in enumerate(files, 1)]
    else:
        lines = split(files[0], len(texts), "the voice file")
    return [kept(_own(tenant, text, line)) for text, line in zip(texts, lines, strict=True)]


@dataclass(frozen=True)
class Take:
    """A recording made ready, of which nothing is kept yet: the row as it would be, and the bytes of its file."""

    row: SpokenLine
    content: bytes


def take(tenant: int, text: str, path: Path, what: str) -> Take:
    """One line in the merchant's own voice; ``what`` names it in messages. Raises ``VoiceRefused``, ``MediaBroken``."""
    return _own(tenant, text, spoken(path, what))


def kept(made: Take) -> SpokenLine:
    """Keep a recording, its file first; the row as it stands. The same recording of the same words is kept once."""
    with tempfile.TemporaryDirectory(prefix="hitsmith-voice-") as folder:
        path = Path(folder) / "line.wav"
        path.write_bytes(made.content)
        media.store(path, made.row.file)
    SpokenLine.objects.bulk_create([made.row], ignore_conflicts=True)
    return SpokenLine.objects.get(tenant=made.row.tenant, key=made.row.key)


def forget(row: SpokenLine) -> None:
    """Remove a recording and its file, unless another line is heard from the same file."""
    name = row.file
    SpokenLine.objects.filter(pk=row.pk).delete()
    if not SpokenLine.objects.filter(tenant=row.tenant, file=name).exists():
        default_storage.delete(name)


def voice_of(lines: Mapping[str, SpokenLine], beats: Sequence[TimedBeat], shots: Mapping[str, str], fps: int) -> Voice:
    """The voice of a timeline: ``lines`` by beat, ``beats`` as they were retimed, ``shots``: beat -> its first shot's id."""
    found = []
    for beat in beats:
        row = lines.get(beat.id)
        if row is not None and beat.said:
            found.append(_voice_line(row, beat, shots[beat.id], fps))
    names = dict.fromkeys(row.by for row in lines.values())
    return Voice(tuple(found), ", ".join(names))


def frames_of(row: SpokenLine, fps: int) -> int:
    """How long a line is heard, in whole frames, none of it cut off."""
    return -(-row.ms * fps // 1000)


def _voice_line(row: SpokenLine, beat: TimedBeat, shot: str, fps: int) -> VoiceLine:
    start, tempo = beat.line_start, beat.tempo

    def frame(ms: int) -> int:
        return start + min(round(ms * fps * AS_RECORDED / tempo / 1000), beat.said)

    heard = tuple(Word(text, frame(first), frame(last)) for text, first, last in row.words)
    words = tuple(word for word in heard if word.end > word.start) or words_of(row.text, start, beat.said)
    return VoiceLine(beat.id, row.text, shot, start, beat.said, row.file, row.sha256, tempo, words)


def _checked(recording: Recording, text: str) -> tuple[Spoken, Sequence[HeardWord]]:
    with tempfile.TemporaryDirectory(prefix="hitsmith-voice-") as folder:
        path = Path(folder) / f"line{recording.suffix}"
        path.write_bytes(recording.content)
        return spoken(path, f"the spoken line {text[:20]!r}"), recording.words


def _own(tenant: int, text: str, line: Spoken) -> Take:
    content = as_wav(line.samples)
    key = _key("upload", hashlib.sha256(content).hexdigest(), text)
    return _take(tenant, key, text, OWN_VOICE, line, content)


def _take(
    tenant: int, key: str, text: str, by: str, line: Spoken, content: bytes, words: Sequence[HeardWord] = ()
) -> Take:
    sha256 = hashlib.sha256(content).hexdigest()
    moments = [[word.text, _ms(word.start - line.lead_s), _ms(word.end - line.lead_s)] for word in words]
    row = SpokenLine(
        tenant=tenant, key=key, text=text[:400], by=by[:120], sha256=sha256, words=moments,
        file=media.content_name("voice", tenant, sha256, ".wav"), ms=round(line.seconds * 1000),
    )  # fmt: skip
    return Take(row, content)


def _ms(seconds: float) -> int:
    return max(round(seconds * 1000), 0)


def _key(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
