"""What lines mean, the network that reads it, and both readers together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from templates_engine.domain.beats import Role
from templates_engine.roles import net
from templates_engine.roles.corpus import CorpusLine, CorpusScript
from templates_engine.roles.features import ROLES
from templates_engine.roles.meaning import LONGEST, WIDTH, vectors
from templates_engine.roles.net import VIEWS, around, back_from_around, places
from templates_engine.roles.net_training import Lesson, learn_net, lessons_of
from templates_engine.roles.reader import shipped, together

AD = ("Still scrubbing pans by hand?", "This is the Foamy brush.", "It comes with two heads.", "Tap the link below.")
SAME_AD = ("还在用手刷锅吗？", "这是泡泡牌刷子。", "它带两个刷头。", "点击下面的链接。")


def test_a_line_and_its_translation_mean_much_the_same() -> None:
    alike = vectors(AD) @ vectors(SAME_AD).T / WIDTH
    assert alike.argmax(1).tolist() == [0, 1, 2, 3]
    assert np.allclose(np.linalg.norm(vectors(AD), axis=1), WIDTH**0.5, rtol=1e-4)


def test_every_line_has_a_vector_even_one_without_words() -> None:
    found = vectors(["", " ", "🜚🜛", "长" * 100_000])
    assert found.shape == (4, WIDTH)
    assert np.isfinite(found).all()
    assert np.array_equal(vectors(["长" * LONGEST])[0], vectors(["长" * (LONGEST + 1)])[0])
    assert vectors([]).shape == (0, WIDTH)


def test_each_line_sees_two_before_and_behind_and_the_means_of_all() -> None:
    seen = around(np.array([[1], [2], [3], [4]], np.float32))
    assert seen.tolist() == [
        [0, 0, 1, 2, 3, 0, 3],
        [0, 1, 2, 3, 4, 1, 3.5],
        [1, 2, 3, 4, 0, 1.5, 4],
        [2, 3, 4, 0, 0, 2, 0],
    ]
    assert around(np.array([[5]], np.float32)).tolist() == [[0, 0, 5, 0, 0, 0, 0]]


@given(st.integers(1, 12), st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_the_way_back_is_the_transpose(count: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    drawn = chance.normal(size=(count, 3)).astype(np.float32)
    slope = chance.normal(size=(count, 3 * VIEWS)).astype(np.float32)
    assert float((around(drawn) * slope).sum()) == pytest.approx(
        float((drawn * back_from_around(slope)).sum()), rel=1e-3, abs=1e-3
    )


def test_the_place_is_told_at_both_ends() -> None:
    assert places(1)[0].tolist() == pytest.approx([1, 0, 0, 0, 0, 1, 0, 1, 0.05])
    assert places(5)[4].tolist() == pytest.approx([0, 0, 0, 0, 1, 0, 0, 1, 0.25])


def toy(count: int, seed: int) -> list[Lesson]:
    """The line behind a loud one is a demo, each other one a selling point; nothing of it is in the line itself."""
    chance = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        told = chance.normal(size=(6, WIDTH)).astype(np.float32)
        loud = int(chance.integers(0, 5))
        told[loud, :40] += 2.5
        shares = np.zeros((6, len(ROLES)), np.float32)
        shares[:, ROLES.index(Role.SELLING_POINT)] = 1
        shares[loud + 1] = 0
        shares[loud + 1, ROLES.index(Role.DEMO)] = 1
        made.append(Lesson(told, shares))
    return made


def right(found: net.RoleNet, asked: Sequence[Lesson]) -> float:
    return float(np.mean([found.of_vectors(a.told).argmax(1) == a.shares.argmax(1) for a in asked]))


@pytest.mark.slow
def test_the_network_learns_from_a_neighbour_and_twice_the_same(tmp_path: Path) -> None:
    learned = learn_net(toy(640, 0), members=2)
    assert right(learned, toy(100, 1)) > 0.95  # selling points alone would be 0.83
    again = learn_net(toy(640, 0), members=2)
    assert np.array_equal(learned.of_vectors(toy(1, 2)[0].told), again.of_vectors(toy(1, 2)[0].told))
    assert not np.array_equal(learned.members[0]["say"], learned.members[1]["say"])


def test_lessons_are_the_lines_of_each_script_with_their_shares() -> None:
    lines = (CorpusLine(AD[0], (Role.HOOK, Role.PAIN)), CorpusLine(AD[1], ()))
    first = CorpusScript("en", "home", "brush", "plain", "here:1", lines, weight=2.0)
    second = CorpusScript("zh", "home", "刷子", "plain", "here:2", (CorpusLine(SAME_AD[3], (Role.CTA,)),))
    one, two = lessons_of((first, second))
    assert np.allclose(one.told, vectors(AD[:2]), atol=1e-4)
    assert np.allclose(two.told, vectors(SAME_AD[3:]), atol=1e-4)
    assert one.shares[0, ROLES.index(Role.HOOK)] == pytest.approx(1.3)
    assert one.shares.sum(1).tolist() == pytest.approx([2, 0])
    assert two.shares.sum(1).tolist() == pytest.approx([1])


def test_what_is_shipped_reads_either_language_and_survives_saving(tmp_path: Path) -> None:
    shipped_net = shipped("zh").meaning
    assert shipped("en").meaning is shipped_net
    assert shipped_net.save(tmp_path / "net.npz") < 2_000_000
    loaded = net.load(tmp_path / "net.npz")
    for ad in (AD, SAME_AD):
        found = shipped_net.probabilities(ad)
        assert [ROLES[k] for k in found.argmax(1)] == [Role.HOOK, Role.REVEAL, Role.SELLING_POINT, Role.CTA]
        assert np.allclose(found.sum(1), 1)
        assert np.allclose(loaded.probabilities(ad), found, atol=2e-3)
    assert shipped_net.probabilities(()).shape == (0, len(ROLES))


def shares(**given_shares: float) -> NDArray[np.float64]:
    return np.array([[given_shares.get(role.value, 0.0) for role in ROLES]])


def test_a_role_that_one_reader_rules_out_is_hardly_said() -> None:
    found = together(shares(hook=0.6, cta=0.4), shares(pain=0.6, cta=0.4))
    assert ROLES[int(found[0].argmax())] is Role.CTA
    assert found[0, ROLES.index(Role.CTA)] > 0.99
    assert np.allclose(together(shares(hook=0.7, pain=0.3), shares(hook=0.7, pain=0.3)), shares(hook=0.7, pain=0.3))
