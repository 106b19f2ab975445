"""Speech from any server that speaks OpenAI's ``POST /v1/audio/speech``, through the house's one HTTP client.

The plain answer is a sound file. A server that says when each word is heard (as Kokoro-FastAPI's ``captioned_speech``)
answers with JSON: ``audio`` in Base64 and ``timestamps`` of ``word``, ``start_time``, ``end_time``; name that address whole.
"""

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from generation.errors import (
    GenerationError,
    Permanent,
    ServerBusy,
    ServerDown,
    ServerMisbehaved,
    ServerRefused,
    VoiceRefused,
)
from generation.http import Answer, Client, Limits, message_in, origin, plain
from generation.voice.speakers import HeardWord, Recording, check_line

NAME = "the speech server"
LIMITS = Limits(silence=60.0, whole=120.0, answer=32 << 20)
# First bytes of what we take, whatever the server calls it: a page of HTML is no voice.
MAGIC = ((b"RIFF", ".wav"), (b"fLaC", ".flac"), (b"OggS", ".ogg"), (b"ID3", ".mp3"))
BUSY = (429, 503)


class SpeechServer:
    """``url``: the origin, ".../v1", or the whole address of the endpoint. Raises ``VoiceRefused`` for what is none."""

    def __init__(self, url: str, model: str, voice: str, key: str = "") -> None:
        if not origin(url):
            raise VoiceRefused("VOICE_URL is no address of a server: write it as https://speech.example/v1")
        if not model or not voice:
            raise VoiceRefused("a speech server needs VOICE_MODEL and VOICE_NAME, such as tts-1 and alloy")
        path = urlsplit(url).path.rstrip("/")
        self._base, self._path = url.rstrip("/"), "/audio/speech" if path.endswith("/v1") else "/v1/audio/speech"
        if path.endswith("speech"):
            self._base, _, last = self._base.rpartition("/")
            self._path = f"/{last}"
        self._model, self._voice, self._key = model, voice, key

    @property
    def id(self) -> str:
        said = json.dumps([self._base, self._path, self._model, self._voice])
        return f"speech:{hashlib.sha256(said.encode()).hexdigest()}"

    @property
    def name(self) -> str:
        return f"{self._model} {self._voice}"

    def say(self, texts: Sequence[str], lang: str) -> Iterator[Recording]:
        with Client(self._base, NAME, token=self._key, limits=LIMITS) as client:
            for text in texts:
                yield self._said(client, check_line(text))

    def _said(self, client: Client, text: str) -> Recording:
        body = {"model": self._model, "voice": self._voice, "input": text, "response_format": "wav"}
        headers = {"Content-Type": "application/json", "Accept": "audio/*, application/json"}
        answer = client.exchange("POST", self._path, headers, json.dumps(body).encode())
        if answer.status != 200:
            raise _refusal(answer)
        if answer.headers.get("content-type", "").startswith("application/json"):
            return _with_words(answer.content)
        return Recording(answer.content, _suffix(answer.content))


def _suffix(content: bytes) -> str:
    for magic, suffix in MAGIC:
        if content.startswith(magic):
            return suffix
    if len(content) > 2 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0:  # an MPEG frame, or AAC with ADTS
        return ".aac" if content[1] & 0x06 == 0 else ".mp3"
    raise ServerMisbehaved(f"{NAME} sent no WAV, FLAC, Ogg, MP3 or AAC: ask its operator what it answers with")


def _with_words(content: bytes) -> Recording:
    try:
        found = json.loads(content)
        audio = base64.b64decode(found["audio"], validate=True)
        stamps = found.get("timestamps") or []
        words = tuple(HeardWord(str(one["word"]), float(one["start_time"]), float(one["end_time"])) for one in stamps)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise ServerMisbehaved(f"{NAME} answers with JSON that holds no sound: check VOICE_URL") from error
    ordered = all(0 <= word.start <= word.end < math.inf for word in words) and list(words) == sorted(
        words, key=lambda w: w.start
    )
    return Recording(audio, _suffix(audio), tuple(word for word in words if word.text.strip()) if ordered else ())


def _refusal(answer: Answer) -> GenerationError:
    said = plain(_message(answer.content))
    why = f", it says: {said}" if said else ""
    if answer.status in BUSY:
        return ServerBusy(f"{NAME} has too much to do: try again in a few minutes")
    if answer.status >= 500:
        return ServerDown(f"{NAME} is in trouble ({answer.status}{why}): try again in a few minutes")
    if answer.status in (401, 403):
        return ServerRefused(f"{NAME} does not know us ({answer.status}): check VOICE_KEY", answer.status)
    if 300 <= answer.status < 400:
        return ServerMisbehaved(f"{NAME} sends us to another address: name the right one in VOICE_URL")
    if answer.status == 404:
        return ServerRefused(
            f"{NAME} has no such model, voice or path (404{why}): check VOICE_URL and VOICE_MODEL", 404
        )
    return _plain_refusal(answer.status, why)


def _plain_refusal(status: int, why: str) -> Permanent:
    return ServerRefused(f"{NAME} will not say this line ({status}{why}): change it, or choose another voice", status)


def _message(content: bytes) -> object:
    try:
        return message_in(json.loads(content))
    except ValueError:
        return ""
