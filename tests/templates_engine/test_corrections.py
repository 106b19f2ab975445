"""Roles that people correct: they hold for their own lines at once, and teach the common model only where shared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from billing.models import Organization
from templates_engine import corrections, learning
from templates_engine.corrections import LONGEST, Place, correct, known, lessons, tagged, withheld
from templates_engine.domain.beats import Role
from templates_engine.errors import CorrectionInvalid
from templates_engine.models import RoleCorrection
from templates_engine.roles.corpus import FOLDER, CorpusLine, CorpusScript, scripts
from templates_engine.roles.features import ROLES
from templates_engine.roles.model import load
from templates_engine.roles.reader import NET
from templates_engine.roles.tagging import tag
from tests.templates_engine.hits import hit

pytestmark = pytest.mark.django_db
AD = (
    "你家的砧板是不是也发黑了",
    "就换这块竹砧板吧",
    "两面都能用，切菜不打滑",
    "价格只要39块9，还包邮",
    "点下面的链接带走它",
)


@pytest.fixture
def alice() -> Organization:
    return Organization.objects.create(name="Alice's shop")


@pytest.fixture
def charlie() -> Organization:
    return Organization.objects.create(name="Charlie's shop")


def say(organization: Organization, position: int, role: str, **more: Any) -> RoleCorrection:
    place = Place.within(AD, position)
    return correct(organization, text=AD[position], lang="zh", place=place, role=role, **more)


def test_a_corrected_line_keeps_its_role_for_its_own_organization(alice: Organization, charlie: Organization) -> None:
    usual = tag(AD, "zh")
    assert usual[2][0][0] is Role.SELLING_POINT
    say(alice, 2, "demo")
    found = tagged(alice, AD, "zh")
    assert found[2] == ((Role.DEMO, 1.0),)
    assert (found[:2], found[3:]) == (usual[:2], usual[3:])
    assert tagged(charlie, AD, "zh") == usual
    assert tagged(alice, AD, "en")[2] != found[2]  # the same words in another language are another line


def test_of_two_words_on_a_line_the_later_counts_and_both_are_kept(alice: Organization) -> None:
    say(alice, 2, "demo", said=["selling_point", "demo", "no role"], by="alice")
    say(alice, 2, "social_proof", shared=True)
    assert known(alice, AD, "zh") == {AD[2]: Role.SOCIAL_PROOF}
    rows = RoleCorrection.objects.of(alice)
    assert [(row.role, row.said_roles, row.created_by, row.shared) for row in rows] == [
        ("demo", ["selling_point", "demo"], "alice", False),
        ("social_proof", [], "", True),
    ]


def test_a_line_is_kept_with_its_place_and_its_neighbours(alice: Organization) -> None:
    first, last = say(alice, 0, "pain"), say(alice, 4, "urgency")
    assert (first.position, first.count, first.previous_text, first.next_text) == (0, 5, "", AD[1])
    assert (last.position, last.count, last.previous_text, last.next_text) == (4, 5, AD[3], "")


def test_white_space_does_not_make_another_line(alice: Organization) -> None:
    correct(alice, text="  Tap\tthe \nlink ", lang="en", place=Place(0, 1), role="hook")
    assert tagged(alice, ["Tap the link"], "en") == (((Role.HOOK, 1.0),),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": " \n "}, "this one has 0"),
        ({"text": "长" * (LONGEST + 1)}, "this one has 501"),
        ({"lang": "de"}, "zh or en"),
        ({"role": "hero"}, "no role 'hero'"),
        ({"role": ""}, "no role"),
        ({"place": Place(5, 5)}, "line 5 is not one of 5"),
        ({"place": Place(-1, 5)}, "line -1 is not one of 5"),
    ],
)
def test_what_can_not_be_kept_is_refused(alice: Organization, change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"text": AD[2], "lang": "zh", "place": Place(2, 5), "role": "demo"} | change
    with pytest.raises(CorrectionInvalid, match=message) as caught:
        correct(alice, **given)
    assert caught.value.zh
    assert not RoleCorrection.objects.exists()


def test_an_analysis_of_before_is_read_with_the_corrections(alice: Organization, charlie: Organization) -> None:
    seen = learning.tagged(hit("v1"))
    learning.store(alice, seen)
    learning.store(charlie, seen)
    line = seen.lines[1]
    role = Role.URGENCY if line.role is not Role.URGENCY else Role.DEMO
    correct(alice, text=line.text, lang=seen.lang, place=Place(1, len(seen.lines)), role=role)
    (hers,), (his,) = learning.stored(alice), learning.stored(charlie)
    assert hers.lines[1].roles == ((role, 1.0),)
    assert hers.lines[0] == seen.lines[0]
    assert his == seen


def test_only_shared_lines_and_ones_own_become_lessons(alice: Organization, charlie: Organization) -> None:
    say(alice, 2, "demo")
    say(charlie, 3, "urgency", shared=True)
    assert [labelled(script) for script in lessons("zh")] == [(AD[3], "urgency")]
    assert [labelled(script) for script in lessons("zh", alice)] == [(AD[2], "demo"), (AD[3], "urgency")]
    assert (withheld("zh"), withheld("zh", alice), withheld("zh", charlie)) == (1, 0, 1)
    assert lessons("en") == ()


def labelled(script: CorpusScript) -> tuple[str, str]:
    (line,) = [line for line in script.lines if line.roles]
    return line.text, line.roles[0].value


def test_taking_the_consent_back_takes_the_line_back(alice: Organization) -> None:
    say(alice, 2, "demo", shared=True)
    say(alice, 2, "demo", shared=False)
    assert lessons("zh") == ()
    assert withheld("zh") == 1


def test_a_lesson_shows_the_line_in_its_place(alice: Organization) -> None:
    say(alice, 2, "demo", shared=True)
    (script,) = lessons("zh", weight=2.0)
    assert [(line.text, line.roles) for line in script.lines] == [
        ("…", ()), (AD[1], ()), (AD[2], (Role.DEMO,)), (AD[3], ()), ("…", ()),
    ]  # fmt: skip
    assert script.weight == 2.0


@pytest.mark.parametrize("position", [0, 1, 5_000, 9_998, 9_999])
def test_a_very_long_ad_is_told_at_a_smaller_scale(alice: Organization, position: int) -> None:
    place = Place(position, 10_000, "before" * bool(position), "after" * (position < 9_999))
    correct(alice, text="now", lang="en", place=place, role="cta", shared=True)
    (script,) = lessons("en")
    assert len(script.lines) <= 25
    at = [line.text for line in script.lines].index("now")
    assert (at == 0, at == len(script.lines) - 1) == (position == 0, position == 9_999)
    assert at / (len(script.lines) - 1) == pytest.approx(position / 9_999, abs=0.08)


def test_the_file_that_is_written_is_read_back_by_the_corpus(
    alice: Organization, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(alice, 0, "pain", shared=True)
    say(alice, 2, "demo", shared=True)
    say(alice, 3, "urgency")
    out = tmp_path / "zh_corrections.txt"
    call_command("export_corrections", out=out)
    assert capsys.readouterr().out == f"2 corrected lines in {out}; 1 stay with their owners\n"
    read = scripts("zh", tmp_path)
    assert [script.lines for script in read] == [script.lines for script in lessons("zh")]
    assert alice.name not in out.read_text(encoding="utf-8")
    call_command("export_corrections", out=out, organization=alice.pk)
    assert len(scripts("zh", tmp_path)) == 3
    assert files(tmp_path) == ["zh_corrections.txt"]


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file()]


def test_without_corrections_no_file_is_made(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("export_corrections", out=tmp_path / "en_corrections.txt")
    assert "0 corrected lines to write: no file was made" in capsys.readouterr().out
    assert files(tmp_path) == []


@pytest.mark.parametrize("name", ["corrections.txt", "de_corrections.txt", "zh_corrections.json"])
def test_a_file_that_the_corpus_would_not_find_is_refused(alice: Organization, tmp_path: Path, name: str) -> None:
    say(alice, 2, "demo", shared=True)
    with pytest.raises(CommandError, match=r"zh_<theme>\.txt"):
        call_command("export_corrections", out=tmp_path / name)
    with pytest.raises(CommandError, match="no organization 9999"):
        call_command("export_corrections", out=tmp_path / "zh_a.txt", organization=9999)
    assert files(tmp_path) == []


def test_an_unlabelled_line_of_the_corpus_has_no_role(tmp_path: Path) -> None:
    (tmp_path / "zh_a.txt").write_text("== zh | home | cup | corrected\n-\t前一句\nhook\t你好\n", encoding="utf-8")
    (script,) = scripts("zh", tmp_path)
    assert script.lines == (CorpusLine("前一句", ()), CorpusLine("你好", (Role.HOOK,)))


def test_options_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="above 0"):
        call_command("train_roles", corrections=True, weight=0.0, out=tmp_path / "out")
    with pytest.raises(CommandError, match="give --corrections"):
        call_command("train_roles", organization=1, out=tmp_path / "out")
    with pytest.raises(CommandError, match="no organization 9999"):
        call_command(
            "train_roles", corrections=True, organization=9_999, corpus=few(tmp_path / "few"), out=tmp_path / "out"
        )
    assert not (tmp_path / "out").exists()


def few(folder: Path) -> Path:
    folder.mkdir()
    for lang in ("zh", "en"):
        blocks = next(FOLDER.glob(f"{lang}_*.txt")).read_text(encoding="utf-8").split("\n\n")[:30]
        (folder / f"{lang}_few.txt").write_text("\n\n".join(blocks), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_shared_corrections_change_what_is_learned(
    alice: Organization, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [f"{word}，老板娘说了算" for word in ("今天", "明天", "后天", "大后天", "昨天", "前天")]
    for text in texts:
        correct(alice, text=text, lang="zh", place=Place(2, 6, AD[1], AD[3]), role="social_proof", shared=True)
    say(alice, 2, "demo")
    corpus = few(tmp_path / "corpus")
    call_command("train_roles", corpus=corpus, out=tmp_path / "without")
    capsys.readouterr()
    call_command("train_roles", corpus=corpus, out=tmp_path / "with", corrections=True)
    said = capsys.readouterr().out
    assert "zh: 6 corrected lines, each as 3; 1 stay with their owners" in said
    assert "en: 0 corrected lines, each as 3; 0 stay with their owners" in said
    asked = (AD[0], AD[1], "大前天，老板娘说了算", AD[3], AD[3], AD[4])
    before, after = (probability(tmp_path / name, asked) for name in ("without", "with"))
    assert after > before + 0.2
    assert (tmp_path / "with" / "roles_en.npz").read_bytes() == (tmp_path / "without" / "roles_en.npz").read_bytes()
    assert (tmp_path / "with" / NET).read_bytes() != (tmp_path / "without" / NET).read_bytes()


def probability(folder: Path, asked: tuple[str, ...]) -> float:
    """Of ``social_proof``, for the third line."""
    return float(load(folder / "roles_zh.npz").probabilities(asked, "zh")[2][ROLES.index(Role.SOCIAL_PROOF)])


def test_what_is_asked_for_many_lines_is_one_question(
    alice: Organization, django_assert_num_queries: Callable[[int], Any]
) -> None:
    say(alice, 2, "demo")
    with django_assert_num_queries(1):
        assert corrections.known(alice, [*AD, *(f"line {n}" for n in range(10_000))], "zh") == {AD[2]: Role.DEMO}
