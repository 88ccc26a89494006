"""Small statistics against values worked out on paper or published."""

import pytest

from core.statistics import Mean, bootstrap, calibration_error, holm, mcnemar, reliability, wilson


def test_wilson_against_published_values():
    # Newcombe 1998, Statistics in Medicine 17:857, table I: 81/263 and 15/148, method 3
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(0, 0) == (0.0, pytest.approx(0.7935, abs=1e-4))


def test_mcnemar_is_a_sign_test_on_the_rows_that_differ():
    first = [True] * 7 + [False] * 1 + [True] * 4 + [False] * 3
    second = [False] * 7 + [True] * 1 + [True] * 4 + [False] * 3
    assert mcnemar(first, second) == (7, 1, pytest.approx(2 * (1 + 8) / 2**8))
    assert mcnemar(second, first)[:2] == (1, 7)
    assert mcnemar([True, False], [True, False]) == (0, 0, 1.0)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0] and holm([]) == []


def test_calibration_by_hand():
    found = reliability([0.95, 0.95, 0.55, 0.55, 1.0], [True, False, True, True, True])
    assert [(one.low, one.count) for one in found] == [(0.5, 2), (0.9, 3)]
    assert found[1].right == pytest.approx(2 / 3) and found[1].confidence == pytest.approx(2.9 / 3)
    assert calibration_error(found) == pytest.approx((2 * 0.45 + 3 * (2.9 / 3 - 2 / 3)) / 5)
    assert calibration_error([]) == 0.0


def test_bootstrap_of_a_mean():
    assert bootstrap([2.0, 2.0, 2.0]) == (2.0, 2.0)
    low, high = bootstrap([0.0, 1.0] * 200)
    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.025, 0.5 + 1.96 * 0.025), abs=0.01)  # normal for many values
    assert bootstrap([1.0, 5.0, 9.0], seed=3) == bootstrap([1.0, 5.0, 9.0], seed=3)
    with pytest.raises(ValueError):
        bootstrap([])


def test_a_mean_leaves_out_what_does_not_apply():
    found = Mean.of([1.0, 2.0, None, 3.0])
    assert found is not None and (found.mean, found.n) == (2.0, 3)
    assert 1.0 <= found.low < 2.0 < found.high <= 3.0
    assert Mean.of([None]) is None
