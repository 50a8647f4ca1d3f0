"""What a soak's citizens will do."""

from __future__ import annotations

from collections import Counter

import pytest

from evaluation.soak.plan import ACTS_EACH, WAVE, Act, Repeat, Wish, acts, moments

NAMES = [f"事项{n}" for n in range(30)]


def test_shares_are_exact_and_slow_ones_are_questions() -> None:
    planned = acts(Wish(), NAMES)
    assert len(planned) == 2000
    repeats = Counter(act.repeat for act in planned)
    assert repeats[Repeat.DURING] + repeats[Repeat.AFTER] == 200 and all(repeats.values())
    slow = [act for act in planned if act.is_slow]
    assert len(slow) == 40
    assert all(act.text.startswith("事项") and not act.is_tap for act in slow)
    assert any(act.is_tap for act in planned) and any(act.text == "1" for act in planned)


def test_the_same_seed_plans_the_same() -> None:
    assert acts(Wish(), NAMES) == acts(Wish(), NAMES) != acts(Wish(seed=1), NAMES)
    assert list(moments(Wish())) == list(moments(Wish()))


def test_nobody_says_the_same_twice_and_each_has_a_whole_script() -> None:
    by_citizen: dict[int, list[Act]] = {}
    for act in acts(Wish(messages=ACTS_EACH * WAVE * 2, slow=0), NAMES):
        by_citizen.setdefault(act.citizen, []).append(act)
    for said in by_citizen.values():
        assert len({act.text for act in said}) == len(said) == ACTS_EACH


def test_citizens_of_a_wave_take_turns() -> None:
    planned = acts(Wish(messages=ACTS_EACH * WAVE * 2), NAMES)
    assert [act.citizen for act in planned[: WAVE * 2]] == [*range(WAVE), *range(WAVE)]
    assert {act.citizen for act in planned[ACTS_EACH * WAVE :]} == set(range(WAVE, WAVE * 2))


def test_no_more_than_wished() -> None:
    assert len(acts(Wish(messages=17), NAMES)) == 17


@pytest.mark.parametrize("seed", range(20))
def test_each_kill_lies_in_a_stretch_of_its_own(seed: int) -> None:
    planned = list(moments(Wish(seed=seed)))
    assert sorted(what for _, what in planned) == ["app", "app", "rasa"]
    for n, (after, _) in enumerate(planned):
        assert 2000 / 3 * n < after < 2000 / 3 * (n + 0.61)


def test_nothing_is_killed_if_nothing_is_wished() -> None:
    assert list(moments(Wish(app_kills=0, rasa_kills=0))) == []
