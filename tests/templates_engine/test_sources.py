"""No script repeats what the hits say that its template was learned from."""

from dataclasses import replace

import pytest

from billing.models import Organization
from templates_engine import learning, library
from templates_engine.domain.analysis import SCHEMA, LineSource, TimedLine, VideoAnalysis
from templates_engine.domain.copying import NO_SOURCES
from templates_engine.domain.fill import CannotFill
from templates_engine.domain.template import Member, ScriptTemplate
from templates_engine.domain.template_json import to_dict
from templates_engine.language_model.script import write_script
from templates_engine.seeding import seeds
from templates_engine.sources import sources_of_template
from tests.templates_engine.products import COFFEE_ZH

pytestmark = pytest.mark.django_db
SEED = next(seed for seed in seeds() if seed.id == "tpl_reveal_led_zh_v1")
LEARNED = replace(SEED, id="tpl_learned_zh_v1", members=(Member("hit_1", 1.0, 0), Member("hit_2", 1.0, 0)))


@pytest.fixture
def alice() -> Organization:
    return Organization.objects.create(name="Alice's shop")


@pytest.fixture
def charlie() -> Organization:
    return Organization.objects.create(name="Charlie's shop")


def hit(video_id: str, *lines: str, captions: tuple[str, ...] = ()) -> VideoAnalysis:
    def timed(texts: tuple[str, ...], source: LineSource) -> tuple[TimedLine, ...]:
        return tuple(TimedLine(1000 * n, 1000 * n + 900, text, source) for n, text in enumerate(texts))

    return VideoAnalysis(
        video_id=video_id,
        schema=SCHEMA,
        lang="zh",
        category="咖啡",
        platform="douyin",
        campaign="",
        duration_ms=30_000,
        width=1080,
        height=1920,
        fps=30.0,
        shots=(),
        lines=timed(lines, LineSource.TRANSCRIPT),
        captions=timed(captions, LineSource.SCREEN),
    )


def spoken(template: ScriptTemplate, seed: int) -> list[str]:
    script = library.fill(template, COFFEE_ZH, target_ms=18_000, seed=seed)
    return [text for beat in script.beats for text in (beat.voice, beat.caption)]


def test_a_line_of_a_source_is_said_no_more(alice: Organization) -> None:
    library.publish(to_dict(LEARNED), alice)
    before = {seed: spoken(LEARNED, seed) for seed in range(6)}
    opening = before[0][0]
    learning.store(alice, hit("hit_1", opening))
    learning.store(alice, hit("hit_2", captions=("全都在这里了",)))
    assert sources_of_template(LEARNED).texts == (opening, "全都在这里了")
    assert all(opening not in spoken(LEARNED, seed) for seed in range(6))
    assert any(opening in lines for lines in before.values())
    several = library.variants(LEARNED, COFFEE_ZH, target_ms=18_000, seed=1, count=4)
    assert all(beat.voice != opening for script in several.scripts for beat in script.beats)
    assert opening not in [
        beat.voice for beat in write_script(LEARNED, COFFEE_ZH, target_ms=18_000, seed=0).script.beats
    ]


def test_an_analysis_made_anew_is_looked_up_anew(alice: Organization) -> None:
    library.publish(to_dict(LEARNED), alice)
    learning.store(alice, hit("hit_1", "先前的一句话"))
    assert sources_of_template(LEARNED).texts == ("先前的一句话",)
    learning.store(alice, hit("hit_1", "后来的一句话"))
    assert sources_of_template(LEARNED).texts == ("后来的一句话",)


def test_only_the_owners_analyses_of_members_count(alice: Organization, charlie: Organization) -> None:
    library.publish(to_dict(LEARNED), alice)
    learning.store(charlie, hit("hit_1", "查理的一句话"))
    learning.store(alice, hit("hit_9", "不是成员的一句话"))
    assert sources_of_template(LEARNED) is NO_SOURCES
    assert sources_of_template(SEED) is NO_SOURCES


def test_whoever_a_template_is_shared_with_is_guarded_too(alice: Organization) -> None:
    library.publish(to_dict(LEARNED), alice)
    learning.store(alice, hit("hit_1", "先前的一句话"))
    nameless = replace(LEARNED, members=(Member("1", 1.0, 0), Member("2", 1.0, 0)))
    assert sources_of_template(nameless).texts == ("先前的一句话",)


def test_a_template_that_could_only_repeat_is_not_offered(alice: Organization) -> None:
    library.publish(to_dict(LEARNED), alice)
    assert library.eligibility(LEARNED, COFFEE_ZH, 18_000).ok
    assert LEARNED.id in {choice.template_id for choice in library.rank_for(alice, COFFEE_ZH, 18_000, 1)}
    said = {text for seed in range(40) for text in spoken(LEARNED, seed)}
    for _ in range(30):  # whatever else it could say, a source has said it too
        learning.store(alice, hit("hit_1", *sorted(said)))
        if not library.eligibility(LEARNED, COFFEE_ZH, 18_000).ok:
            break
        said |= {text for seed in range(10) for text in spoken(LEARNED, seed)}
    assert not library.eligibility(LEARNED, COFFEE_ZH, 18_000).ok
    assert library.rank_one(LEARNED, COFFEE_ZH, 18_000, 1) == ()
    assert LEARNED.id not in {choice.template_id for choice in library.rank_for(alice, COFFEE_ZH, 18_000, 1)}
    with pytest.raises(CannotFill):
        library.fill(LEARNED, COFFEE_ZH, target_ms=18_000, seed=1)
