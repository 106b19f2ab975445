"""Which job a line does: the corpus, the model, the verb and the commands."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from templates_engine.domain.beats import Role
from templates_engine.errors import CorpusInvalid, LinesInvalid
from templates_engine.roles import net, rules
from templates_engine.roles.corpus import FOLDER, scripts
from templates_engine.roles.features import ROLES, of_lines
from templates_engine.roles.model import load
from templates_engine.roles.reader import NET, shipped
from templates_engine.roles.tagging import played, tag, tag_rows

AD = (
    "你家的砧板是不是也发黑了",
    "就换这块竹砧板吧",
    "两面都能用，切菜不打滑",
    "价格只要39块9，还包邮",
    "点下面的链接带走它",
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_corpus_is_several_thousand_lines_of_every_role(lang: str) -> None:
    found = scripts(lang)
    lines = [line for script in found for line in script.lines]
    assert len(lines) >= 4_000
    assert {script.lang for script in found} == {lang}
    for role in Role:
        assert sum(line.roles[0] is role for line in lines) >= 150, role


@pytest.mark.slow
def test_no_line_of_the_corpus_stands_in_two_scripts() -> None:
    lines = [line.text for lang in ("zh", "en") for script in scripts(lang) for line in script.lines]
    assert len(set(lines)) / len(lines) > 0.998  # "link below" may come twice


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hook\tno head", "under a head"),
        ("== zh | home | cup\nhook\ta", "a head is"),
        ("== zh | home | cup | live\nhoook\ta", "hoook"),
        ("== zh | home | cup | live\nhook a", "a line is"),
        ("== zh | home | cup | live\nhook hook\ta", "different roles"),
        ("== zh | home | cup | live\nhook pain cta offer\ta", "one to three"),
    ],
)
def test_a_line_in_the_wrong_form_is_named(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "zh_bad.txt").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusInvalid, match=problem) as caught:
        scripts("zh", tmp_path)
    assert "zh_bad.txt:" in str(caught.value)


def test_a_plain_ad_is_read_as_anyone_would() -> None:
    assert [roles[0][0] for roles in tag(AD, "zh")] == [
        Role.HOOK, Role.REVEAL, Role.SELLING_POINT, Role.OFFER, Role.CTA,
    ]  # fmt: skip
    english = (
        "Still scrubbing pans by hand?",
        "This is the Foamy brush.",
        "It comes with two heads.",
        "Tap the link below.",
    )
    assert [roles[0][0] for roles in tag(english, "en")] == [Role.HOOK, Role.REVEAL, Role.SELLING_POINT, Role.CTA]


def test_each_line_gets_probabilities_that_sum_to_one_the_likeliest_first() -> None:
    for roles in tag(AD, "zh"):
        shares = [share for _, share in roles]
        assert sum(shares) == pytest.approx(1)
        assert shares == sorted(shares, reverse=True)
    assert tag((), "zh") == ()


def test_a_second_role_counts_where_it_is_likely() -> None:
    roles = ((Role.OFFER, 0.5), (Role.URGENCY, 0.3), (Role.CTA, 0.2))
    assert played(roles) == (Role.OFFER, Role.URGENCY)
    assert played(((Role.CTA, 0.2),)) == (Role.CTA,)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_rules_alone_are_probabilities_too(lang: str) -> None:
    found = rules.probabilities(AD, lang)
    assert found.shape == (len(AD), len(ROLES))
    assert np.allclose(found.sum(1), 1)


def test_a_model_is_the_same_after_it_was_saved(tmp_path: Path) -> None:
    model = shipped("zh").words
    assert model.save(tmp_path / "a.npz") < 3_000_000
    assert np.allclose(load(tmp_path / "a.npz").probabilities(AD, "zh"), model.probabilities(AD, "zh"), atol=1e-3)
    assert [path.name for path in tmp_path.glob("*.npz")] == ["a.npz"]


def test_words_that_the_model_never_saw_are_no_error() -> None:
    assert len(tag(("🜚🜛", "", " "), "en")) == 3
    assert of_lines(("",), "zh")


def rows() -> list[dict[str, object]]:
    made = [{"script": "a", "i": i, "n": 5, "lang": "zh", "text": text, "mine": i} for i, text in enumerate(AD)]
    return [made[3], made[0], made[4], made[1], made[2]]


def test_rows_in_any_order_are_tagged_in_the_order_of_their_script() -> None:
    found = tag_rows(rows())
    assert [row["mine"] for row in found] == [3, 0, 4, 1, 2]
    assert [row["role"] for row in found] == ["offer", "hook", "cta", "reveal", "selling_point"]
    assert all(abs(sum(row["roles"].values()) - 1) < 0.01 for row in found)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "problem"),
    [({"lang": "de"}, "zh or en"), ({"text": None}, "'text' is missing"), ({"i": True}, "'i'"), ({"i": "0"}, "'i'")],
)
def test_a_row_that_is_not_in_its_form_is_named(change: dict[str, object], problem: str) -> None:
    with pytest.raises(LinesInvalid, match=f"line 2: .*{problem}"):
        tag_rows([rows()[0], rows()[1] | change])


def test_the_command_tags_a_file_or_writes_nothing(tmp_path: Path) -> None:
    given, out = tmp_path / "lines.jsonl", tmp_path / "out.jsonl"
    given.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows()), encoding="utf-8")
    call_command("tag_lines", str(given), out=out)
    written = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in written] == [row["text"] for row in rows()]
    out.unlink()
    given.write_text('{"script": "a"}\nno json')
    with pytest.raises(CommandError, match=r"lines\.jsonl, line 2"):
        call_command("tag_lines", str(given), out=out)
    given.write_bytes(b"\xff\xfe{")
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("tag_lines", str(given), out=out)
    assert not out.exists()


@pytest.mark.slow
def test_what_is_learned_twice_is_the_same(tmp_path: Path) -> None:
    few = tmp_path / "corpus"
    few.mkdir()
    for lang in ("zh", "en"):
        blocks = next(FOLDER.glob(f"{lang}_*.txt")).read_text(encoding="utf-8").split("\n\n")[:30]
        (few / f"{lang}_few.txt").write_text("\n\n".join(blocks), encoding="utf-8")
    call_command("train_roles", corpus=few, out=tmp_path / "one")
    call_command("train_roles", corpus=few, out=tmp_path / "two")
    for lang in ("zh", "en"):
        one, two = (load(tmp_path / folder / f"roles_{lang}.npz") for folder in ("one", "two"))
        assert np.array_equal(one.probabilities(AD, lang), two.probabilities(AD, lang))
    nets = [net.load(tmp_path / folder / NET) for folder in ("one", "two")]
    assert np.array_equal(nets[0].probabilities(AD), nets[1].probabilities(AD))


def test_an_empty_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"zh_\*\.txt"):
        call_command("train_roles", corpus=tmp_path, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
