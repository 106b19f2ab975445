"""Who can speak a line, and which speaker this installation has: a server, voices in a folder, or nobody (fine, too).

Settings: ``VOICE_URL`` with ``VOICE_MODEL``, ``VOICE_NAME`` and ``VOICE_KEY`` for a server; ``VOICE_FOLDER`` with
``VOICE_NAME`` (a speaker's number) for local voices. The server wins where both are set.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from generation.errors import VoiceRefused

LONGEST_LINE = 400  # characters; a beat of an ad holds a tenth of it


@dataclass(frozen=True)
class HeardWord:
    """A word with its seconds in the recording."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Recording:
    """A sound file as a speaker gives it; ``suffix`` such as ".wav". ``words`` are empty where nobody measured them."""

    content: bytes
    suffix: str
    words: tuple[HeardWord, ...] = ()


class Speaker(Protocol):
    @property
    def id(self) -> str:
        """Everything that decides how a line sounds: equal ids say equal lines equally, so recordings can be kept."""

    @property
    def name(self) -> str:
        """As people read it."""

    def say(self, texts: Sequence[str], lang: str) -> Iterator[Recording]:
        """One recording for each text, in order, each as soon as it is there. Raises ``GenerationError``."""


def speaker() -> Speaker | None:
    """The installation's speaker; None where none is set up. Raises ``VoiceRefused`` for settings that cannot work."""
    if settings.VOICE_URL:
        from generation.voice.speech_server import SpeechServer

        return SpeechServer(settings.VOICE_URL, settings.VOICE_MODEL, settings.VOICE_NAME, settings.VOICE_KEY)
    if settings.VOICE_FOLDER:
        from generation.voice.sherpa import SherpaVoice

        return SherpaVoice(Path(settings.VOICE_FOLDER), settings.VOICE_NAME)
    return None


def check_line(text: str) -> str:
    """The line as it is spoken. Raises ``VoiceRefused`` for nothing, or for far too much."""
    spoken = " ".join(text.replace("|", " ").split())
    if not any(char.isalnum() for char in spoken):
        raise VoiceRefused(f"the line {text!r} has no words to speak: write some, or leave its voice out")
    if len(spoken) > LONGEST_LINE:
        raise VoiceRefused(f"a line of {len(spoken)} characters is too long to speak: {LONGEST_LINE} at most, cut it")
    return spoken
