"""Rolling windows: a stretch to search on, and right after it one to test on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ict_lab.errors import LabError, check_ranges

DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """One train and one test stretch.

    Attributes
    ----------
    number : int
        From 1, in the order of time.
    train_start, test_start, test_end : pandas.Timestamp
        Midnights UTC. The search ends where the test begins, and sees none of its candles.
    """

    number: int
    train_start: pd.Timestamp
    test_start: pd.Timestamp
    test_end: pd.Timestamp

    @property
    def train(self) -> str:
        """The search's days, the end not included: 20230101-20230701."""
        return _days(self.train_start, self.test_start)

    @property
    def test(self) -> str:
        """The test's days, the end not included."""
        return _days(self.test_start, self.test_end)

    @property
    def train_timerange(self) -> str:
        """The search's candles for Freqtrade, which takes the end's candle too: so a second less."""
        return _seconds(self.train_start, self.test_start)

    @property
    def test_timerange(self) -> str:
        """The test's candles for Freqtrade."""
        return _seconds(self.test_start, self.test_end)


def rolling_windows(start: pd.Timestamp, end: pd.Timestamp, train_days: int, test_days: int) -> list[Window]:
    """Lay windows over a range, each one test later than the one before; no two tests overlap.

    Parameters
    ----------
    start, end : pandas.Timestamp
        Midnights UTC, the end not included. Days at the end that make no whole test are left over.
    train_days, test_days : int
        Lengths.

    Raises
    ------
    LabError
        When a length is below a day, or not even one window fits.
    """
    check_ranges(1, train_days=train_days, test_days=test_days)
    there = (end - start) // DAY
    count = (there - train_days) // test_days
    if count < 1:
        raise LabError(
            f"train_days and test_days together must be between 2 and the {there} days of "
            f"{_days(start, end)}, were {train_days} + {test_days} = {train_days + test_days}"
        )
    tests = [start + (train_days + test_days * number) * DAY for number in range(count)]
    return [
        Window(number, test - train_days * DAY, test, test + test_days * DAY)
        for number, test in enumerate(tests, 1)
    ]


def _days(start: pd.Timestamp, end: pd.Timestamp) -> str:
    return f"{start:%Y%m%d}-{end:%Y%m%d}"


def _seconds(start: pd.Timestamp, end: pd.Timestamp) -> str:
    return f"{int(start.timestamp())}-{int(end.timestamp()) - 1}"
