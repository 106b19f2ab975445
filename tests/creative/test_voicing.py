"""An ad that is spoken: its lines give the beats their time, and stand on the timeline that is filmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from creative import drafts, voicing
from creative.errors import BriefRefused
from creative.models import Ad
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.timeline_rules import starts, validate
from generation.voice.speakers import Recording
from generation.voice.speech_file import as_wav
from tests.creative.shops import Shop
from tests.generation.spoken import speech

pytestmark = pytest.mark.django_db


@dataclass
class Metronome:
    """Speaks ``pace`` seconds for each character."""

    pace: float = 0.2
    asked: list[str] = field(default_factory=list)
    id: str = "metronome"
    name: str = "metronome"

    def say(self, texts: Sequence[str], lang: str) -> Iterator[Recording]:
        for text in texts:
            self.asked.append(text)
            yield Recording(as_wav(speech(max(self.pace * len(text), 0.4))), ".wav")


def test_lines_stand_over_their_own_pictures(alice: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    by = Metronome()
    monkeypatch.setattr(voicing, "speaker", lambda: by)
    made = drafts.draft(alice.organization, product=alice.product, lang="zh", spoken=True).ad
    timeline = timeline_from_dict(made.timeline)
    validate(timeline)
    assert timeline.voice is not None
    assert [line.text for line in timeline.voice.lines] == by.asked
    at = dict(zip((shot.id for shot in timeline.shots), starts(timeline.shots), strict=True))
    length = {shot.id: shot.duration for shot in timeline.shots}
    for line in timeline.voice.lines:
        assert at[line.shot] <= line.start < at[line.shot] + length[line.shot]
        assert line.end <= timeline.duration
        assert line.words[-1].end <= line.end
    again = drafts.draft(alice.organization, product=alice.product, lang="zh", spoken=True).ad
    assert len(by.asked) == len(timeline.voice.lines)  # nothing is asked for, or paid, twice
    assert timeline_from_dict(again.timeline).key == timeline.key
    assert made.brief.voice == "house"


@pytest.mark.slow
def test_a_line_that_fits_nowhere_is_named(alice: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voicing, "speaker", lambda: Metronome(pace=1.1))
    with pytest.raises(BriefRefused, match="too long to be spoken"):
        drafts.draft(alice.organization, product=alice.product, lang="zh", spoken=True)
    assert not Ad.objects.exists()


def test_an_installation_without_a_voice_says_so(alice: Shop) -> None:
    with pytest.raises(BriefRefused, match="VOICE_URL or VOICE_FOLDER"):
        drafts.draft(alice.organization, product=alice.product, lang="zh", spoken=True)
    assert not Ad.objects.exists()
