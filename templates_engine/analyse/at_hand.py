"""Which detectors this machine has, so that pages can say what will be missing before somebody uploads."""

from importlib.util import find_spec

from templates_engine.analyse import asr, voice
from templates_engine.analyse.analysing import Tools
from templates_engine.analyse.errors import ToolMissing
from templates_engine.analyse.ocr import RapidReader
from templates_engine.analyse.shots import AdaptiveCuts

SHOTS, CAPTIONS, VOICE, SPEECH = "shots", "captions", "voice", "speech"


def missing() -> tuple[str, ...]:
    """Of ``shots`` (without it no video can be measured), ``captions``, ``voice`` and ``speech`` those that are not here."""
    here = {
        SHOTS: find_spec("scenedetect") is not None,
        CAPTIONS: _reader() is not None,
        VOICE: bool(voice.name()),
        SPEECH: _recogniser() is not None,
    }
    return tuple(part for part, found in here.items() if not found)


def tools(*, with_lines: bool) -> Tools:
    """What measures a video here; speech is recognised only where no lines came with it. Raises ToolMissing for shots."""
    AdaptiveCuts()
    return Tools(AdaptiveCuts, _reader(), None if with_lines else _recogniser())


def _reader() -> RapidReader | None:
    try:
        return RapidReader()
    except ToolMissing:
        return None


def _recogniser() -> asr.Recogniser | None:
    try:
        return asr.configured()
    except ToolMissing:
        return None
