"""Moving along the candles."""

import pytest
from ict_lab.tune.view import View, around, newest, step

COUNT = 1_000


@pytest.mark.parametrize(("view", "expected"), [
    (newest(300, COUNT), View(700, 1_000)),
    (newest(0, COUNT), View(0, 1_000)),
    (newest(5_000, COUNT), View(0, 1_000)),
    (newest(300, 120), View(0, 120)),
    (newest(1, COUNT), View(980, 1_000)),
    (around(500, 300, COUNT), View(350, 650)),
    (around(3, 300, COUNT), View(0, 300)),
    (around(2_000, 300, COUNT), View(700, 1_000)),
])  # fmt: skip
def test_a_view_stays_on_the_candles(view: View, expected: View) -> None:
    assert view == expected


def test_one_goes_from_entry_to_entry_and_back() -> None:
    rows = [200, 420, 421, 800]
    seen, view = [], around(0, 100, COUNT)
    for _ in range(5):
        view = step(view, rows, ahead=True, count=COUNT)
        seen.append(view.start + 50)
    assert seen == [200, 420, 421, 800, 800]
    back = [view := step(view, rows, ahead=False, count=COUNT) for _ in range(4)]
    assert [one.start + 50 for one in back] == [421, 420, 200, 200]
