"""What became of each entry signal of a backtest: from its own journal, its trades and its locks."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd
from freqtrade.exchange import timeframe_to_msecs

from ict_lab.errors import LabError
from ict_lab.runs.export import Export

KEY, SCHEMA = "ict_journal", 1
OUTCOMES = (
    "traded", "taken_back", "unfilled", "refused", "open_trade", "locked", "slots", "last_candle",
)  # fmt: skip
SIDES = {1: "long", -1: "short"}
NO_SIZE = "its size came to nothing"
# Refusals differ in their prices alone.
_FIGURES = re.compile(r"\d[\d.,:]*\d|\d")
COLUMNS = ("pair", "signal_date", "side", "tag", "outcome", "reason")


@dataclass(frozen=True)
class Journal:
    """The signals of one backtest.

    Attributes
    ----------
    signals : pandas.DataFrame
        A row each, oldest first: `COLUMNS`; `signal_date` is the close of its candle.
    trades, rejected : int
        Trades of the export, and the signals that Freqtrade counted as rejected for want of a place.
    """

    signals: pd.DataFrame
    trades: int
    rejected: int

    @property
    def counts(self) -> dict[str, int]:
        """Signals by what became of them, in the order of `OUTCOMES`."""
        found = self.signals["outcome"].value_counts()
        return {outcome: int(found.get(outcome, 0)) for outcome in OUTCOMES}

    @property
    def short(self) -> dict[str, int]:
        """How many were traded, not filled, refused and missed; only what there was."""
        counts = self.counts
        missed = sum(counts[name] for name in ("open_trade", "locked", "slots", "last_candle"))
        parts = {
            "traded": counts["traded"],
            "not_filled": counts["taken_back"] + counts["unfilled"],
            "refused": counts["refused"],
            "missed": missed,
        }
        return {name: count for name, count in parts.items() if count}

    @property
    def reasons(self) -> list[tuple[str, str, int]]:
        """Outcome, reason and how often, by the order of `OUTCOMES`; figures in a reason are left open."""
        kinds = zip(self.signals["outcome"], self.signals["reason"].fillna(""), strict=True)
        counts = Counter((outcome, _FIGURES.sub("…", reason)) for outcome, reason in kinds)
        rows = [(outcome, reason, count) for (outcome, reason), count in counts.items()]
        return sorted(rows, key=lambda row: (OUTCOMES.index(row[0]), -row[2], row[1]))

    def differences(self) -> list[str]:
        """Say where it does not add up with what Freqtrade exported, a sentence each; none where it does."""
        counts = self.counts
        pairs = (
            ("traded", self.trades, "trades in the export"),
            ("slots", self.rejected, "rejected signals in the export"),
        )
        return [
            f"{counts[outcome]} signals are {outcome}, but there are {known} {what}"
            for outcome, known, what in pairs
            if counts[outcome] != known
        ]


def journal_of(export: Export) -> Journal:
    """Find the outcome of each signal.

    Raises
    ------
    LabError
        When the export has no journal: of another strategy, of several at once, or of an older release.
    """
    record = (export.config.get(KEY) or {}).get(export.strategy)
    if not isinstance(record, Mapping) or record.get("schema") != SCHEMA:
        raise LabError(
            f"{export.source} has no journal of {export.strategy}: a backtest of one of our strategies, "
            "alone and by this release, writes it"
        )
    rows = list(_Outcomes(export, record).rows())
    table = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(["signal_date", "pair"], kind="stable")
    results = export.results
    return Journal(
        table.reset_index(drop=True), len(results["trades"]), int(results.get("rejected_signals", 0))
    )


def contracts_of(export: Export) -> Mapping[str, Mapping[str, Any]]:
    """Find what the exchange said of each pair's sizes; nothing where no journal of the export says it."""
    records = (export.config.get(KEY) or {}).values()
    known = [record["contracts"] for record in records if "contracts" in record]
    return known[0] if known else {}


def live_journal(folder: Path) -> pd.DataFrame:
    """Read the signals that the bots of a folder noted, oldest first: `COLUMNS`.

    Raises
    ------
    LabError
        When there are none, or a file is damaged.
    """
    files = sorted(folder.glob("journal-*.jsonl"))
    if not files:
        raise LabError(f"no bot has recorded a signal in {folder} yet")
    try:
        lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        table = pd.DataFrame(lines)[list(COLUMNS)]
    except (OSError, ValueError, KeyError) as error:
        raise LabError(f"the journal in {folder} can't be read: {error}") from error
    return table.sort_values(["signal_date", "pair"], kind="stable", ignore_index=True)


class _Outcomes:
    """Goes through the signals as Freqtrade's backtest did.

    Parameters
    ----------
    export : Export
        Trades, locks and time of the backtest.
    record : Mapping
        The strategy's journal; see `ict_host.journal.Journal`.
    """

    def __init__(self, export: Export, record: Mapping[str, Any]) -> None:
        results = export.results
        self._record, self._results = record, results
        self._step = timeframe_to_msecs(results["timeframe"])
        self._start, self._end = results["backtest_start_ts"], results["backtest_end_ts"]
        self._asked = {(pair, at, side): (answer, why) for pair, at, side, answer, why in record["asked"]}
        self._placed = self._placed_entries()

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Return each signal that Freqtrade saw, with what became of it."""
        for pair, (opens, sides, tags) in self._record["signals"].items():
            for opened, side, tag in zip(opens, sides, tags, strict=True):
                at = opened + self._step
                # The first candle after the start has the first signal that is looked at.
                if self._start + self._step <= at <= self._end:
                    date = pd.Timestamp(at, unit="ms", tz="UTC")
                    yield pair, date, SIDES[side], tag, *self._outcome(pair, at, SIDES[side])

    def _outcome(self, pair: str, at: int, side: str) -> tuple[str, str]:
        if (pair, at, side) in self._asked:
            answer, why = self._asked[pair, at, side]
            placed = answer == "placed"
            return (self._placed[pair, at][1], "") if placed else ("refused", why or NO_SIZE)
        if at == self._end:
            return "last_candle", ""
        if self._is_occupied(pair, at):
            return "open_trade", ""
        if (lock := self._lock(pair, at, side)) is not None:
            return "locked", lock
        return "slots", ""

    def _placed_entries(self) -> dict[tuple[str, int], tuple[float, str]]:
        """Until when the pair of each placed entry was taken, and what became of it."""
        trades = self._results["trades"]
        closes = {(trade["pair"], trade["open_timestamp"]): trade["close_timestamp"] for trade in trades}
        found: dict[tuple[str, int], tuple[float, str]] = {}
        for pair in self._record["signals"]:
            asked = (row for row in self._record["asked"] if row[0] == pair)
            placed = [at for _, at, _, answer, _ in asked if answer == "placed"]
            ended = [(when, how) for of, when, how in self._record["ended"] if of == pair]
            # A pair has one entry at a time: the first that was placed is the first that ended.
            for at, end in zip_longest(placed, ended):
                found[pair, at] = _until(pair, at, end, closes)
        return found

    def _is_occupied(self, pair: str, at: int) -> bool:
        # An exit of a candle comes after its entries.
        return any(of == pair and begin < at <= until for (of, begin), (until, _) in self._placed.items())

    def _lock(self, pair: str, at: int, side: str) -> str | None:
        return next((why for begin, until, why in self._locks(pair, side) if begin <= at < until), None)

    def _locks(self, pair: str, side: str) -> Iterable[tuple[int, int, str]]:
        yield from (tuple(row) for row in self._record["locks"])
        for lock in self._results.get("locks", []):
            if lock["pair"] in (pair, "*") and lock["side"] in (side, "*"):
                yield lock["lock_timestamp"], lock["lock_end_timestamp"], lock["reason"]


def _until(
    pair: str, at: int, end: tuple[int, str] | None, closes: Mapping[tuple[str, int], int]
) -> tuple[float, str]:
    """Until when a placed entry took its pair, and what became of it."""
    if end is None:
        return float("inf"), "unfilled"
    when, how = end
    if how == "taken_back":
        # It is out of the way before that candle's entries.
        return when - 1, how
    return closes.get((pair, at), closes.get((pair, when), float("inf"))), "traded"
