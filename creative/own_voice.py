"""Which lines of an ad are heard in the merchant's own voice."""

from creative.models import Ad, LineRecording
from generation.models import SpokenLine
from templates_engine.domain.script import Script


def lines_of(ad: Ad, script: Script) -> dict[str, SpokenLine]:
    """Recordings by the place of their beat, as text; one whose line has been rewritten since is left out."""
    rows = LineRecording.objects.filter(ad=ad).select_related("line")
    return {
        str(row.place): row.line
        for row in rows
        if row.place < len(script.beats) and script.beats[row.place].voice == row.text
    }
