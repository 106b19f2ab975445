"""Hits of one planted template, from their pixels alone: the beats' words, times, shots and camera come out again."""

from itertools import pairwise
from pathlib import Path

import pytest

from templates_engine.analyse.analysing import Known, Tools, analyse
from templates_engine.analyse.ocr import RapidReader
from templates_engine.analyse.shots import AdaptiveCuts
from templates_engine.domain.analysis import VideoAnalysis
from templates_engine.learning import learn
from tests.templates_engine.hits_maker import BEATS, Hit, hit, render_hits


def test_twelve_hits_differ_in_all_but_their_template() -> None:
    hits = [hit(number) for number in range(12)]
    assert len({one.lines for one in hits}) == 12
    assert len({one.plan.bpm for one in hits}) > 1
    for one in hits:
        assert len(one.lines) == len(BEATS)
        assert all(abs(length / beat.seconds - 1) <= 0.09 for length, beat in zip(one.seconds, BEATS, strict=True))


def begins(found: VideoAnalysis) -> list[int]:
    """When each beat begins, and the end."""
    return [line.start_ms for line in found.told] + [found.duration_ms]


@pytest.mark.slow
def test_a_template_is_found_again_from_the_pixels_of_its_hits(tmp_path: Path) -> None:
    analyses = []
    for path, one in render_hits(tmp_path, 8):  # so many it takes to learn from
        known = Known(one.name, category="home", platform="douyin")
        found = analyse(path, known, Tools(AdaptiveCuts, RapidReader()))
        assert [line.text for line in found.told] == list(one.lines)
        assert max(length_errors(found, one)) < 0.05
        assert len(found.shots) == len(one.plan.scenes)
        assert [shot.camera for shot in found.shots] == [camera for beat in BEATS for camera in beat.cameras]
        assert found.tempo is not None
        assert min(abs(found.tempo.bpm * octave / one.plan.bpm - 1) for octave in (0.5, 1, 2)) < 0.04
        analyses.append(found)
    (template,) = learn(analyses).templates
    assert [beat.role for beat in template.beats] == [beat.role for beat in BEATS]
    lengths = [beat.share.p50 * template.duration.p50 / 1000 for beat in template.beats]
    assert lengths == pytest.approx([beat.seconds for beat in BEATS], rel=0.15)
    assert [beat.shots.p50 for beat in template.beats] == [len(beat.cameras) for beat in BEATS]


def length_errors(found: VideoAnalysis, one: Hit) -> list[float]:
    lengths = [after - before for before, after in pairwise(begins(found))]
    return [abs(length / (1000 * planted) - 1) for length, planted in zip(lengths, one.seconds, strict=True)]
