"""Stretches of time without entries, such as news, from a file of the user's (TIME-2)."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import numpy as np

from ict.candles import Bools, Ints
from ict.errors import ParameterError

COLUMNS = ("start", "end", "reason")


class BlackoutError(ParameterError):
    """The file of blackouts is missing, or one of its rows cannot be read."""


@dataclass(frozen=True, slots=True, order=True)
class Blackout:
    """A stretch of time without entries.

    Attributes
    ----------
    start, end : datetime
        UTC, the end excluded.
    reason : str
        The user's words.
    """

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Blackouts:
    """All of a file's, by their starts (TIME-2)."""

    rows: tuple[Blackout, ...] = ()

    @classmethod
    def parse(cls, text: str, name: str) -> Self:
        """Read the text of a file: a row each, with start, end and reason; UTC.

        Parameters
        ----------
        text : str
            CSV with a header of `COLUMNS`. Empty lines and lines that begin with # do not count.
        name : str
            The file's, for errors.

        Raises
        ------
        BlackoutError
            When the header is another one, or a row cannot be read; it names the row by its line.
        """
        lines = [
            (number, line)
            for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1)
            if line.strip() and not line.lstrip().startswith("#")
        ]
        table = [(_cells(line, at := f"{name}, line {number}"), at) for number, line in lines]
        if not table or tuple(cell.strip().lower() for cell in table[0][0]) != COLUMNS:
            raise BlackoutError(f"{name} must begin with the line {','.join(COLUMNS)}")
        return cls(tuple(sorted(_row(cells, at) for cells, at in table[1:])))

    def touch(self, opens: Ints, length: int) -> Bools:
        """Whether a blackout lies over a part of each candle (TIME-2).

        Parameters
        ----------
        opens : Ints
            Opening times, nanoseconds since 1970 in UTC, shape (n,).
        length : int
            Of a candle, nanoseconds.
        """
        touched = np.zeros(len(opens), np.bool_)
        for row in self.rows:
            touched |= (opens < _nanoseconds(row.end)) & (opens + length > _nanoseconds(row.start))
        return touched

    def ahead(self, now: datetime, span: timedelta) -> tuple[Blackout, ...]:
        """Those that run now or begin within a span of time."""
        return tuple(row for row in self.rows if row.end > now and row.start < now + span)


def _cells(line: str, where: str) -> list[str]:
    """Read one line: in a whole file an open quote would take the rows below it for its reason."""
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        raise BlackoutError(f"{where}: a quote must be closed in its line, was {line.strip()}") from None


def _row(cells: list[str], where: str) -> Blackout:
    if len(cells) != len(COLUMNS):
        raise BlackoutError(f"{where}: a row has {', '.join(COLUMNS)}, this one has {len(cells)} cells")
    start, end = (_moment(cell, where) for cell in cells[:2])
    if not start < end:
        raise BlackoutError(f"{where}: end must be after start, was {cells[1].strip()}")
    return Blackout(start, end, cells[2].strip())


def _moment(text: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BlackoutError(
            f"{where}: a time must look like 2026-01-30 13:30, was {text.strip()!r}"
        ) from None
    if moment.utcoffset() not in (None, timedelta()):
        raise BlackoutError(f"{where}: times are UTC, was {text.strip()}")
    return moment.replace(tzinfo=UTC)


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1000
