"""``manage.py sound_sheet --mood warm --bpm 100 --out warm.png``: hear our music, and see it."""

import wave
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from generation.domain.timeline import MusicBed
from generation.domain.timeline_rules import BPM
from generation.render.audio import PEAK_DB, TARGET_LUFS
from generation.render.loudness import RATE, Samples, normalised
from generation.render.music import beats, compose, mood_names
from generation.render.sound_measures import measured
from generation.render.sound_sheet import sound_sheet


class Command(BaseCommand):
    help = "Draw waveform, spectrogram, beat grid and loudness of our music; with --wav also write the sound itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mood", default="warm", help=f"one of {', '.join(mood_names())}, or another word for one")
        parser.add_argument("--bpm", type=int, default=104)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--seconds", type=float, default=15.0)
        parser.add_argument("--card", type=float, default=None, help="when the end card comes up, in seconds")
        parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
        parser.add_argument("--wav", type=Path, default=None)

    def handle(self, *args: object, **options: object) -> None:
        mood, bpm, seed, seconds = (options[name] for name in ("mood", "bpm", "seed", "seconds"))
        card, out, wav = options["card"], options["out"], options["wav"]
        if not (
            isinstance(bpm, int) and isinstance(seed, int) and isinstance(seconds, float) and isinstance(out, Path)
        ):
            raise CommandError("give --bpm and --seed as whole numbers, --seconds as a number, --out as a file")
        if bpm not in BPM or not 2 <= seconds <= 300:
            raise CommandError(f"--bpm is {BPM.start} to {BPM.stop - 1}, --seconds 2 to 300")
        card_s = card if isinstance(card, float) else seconds - 2.7 if seconds > 6 else None
        sound = normalised(compose(str(mood), bpm, seed, seconds, card_s), TARGET_LUFS, PEAK_DB)
        music = MusicBed(str(mood), bpm, seed)
        sound_sheet(sound, f"{mood}, {bpm} bpm, seed {seed}", beats(music, seconds, card_s), card_s).save(out)
        if isinstance(wav, Path):
            _write(wav, sound)
        troubles = measured(sound).troubles
        self.stdout.write(f"{out}: {'; '.join(troubles) or 'nothing to complain about'}")


def _write(path: Path, sound: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound.clip(-1, 1) * 32767).astype("<i2").tobytes())
