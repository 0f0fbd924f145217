"""Trade on another process's analysis: Freqtrade's own producer and consumer, made safe for money.

The producer is any bot with the same strategy and settings. It analyses; this bot loads its own candles, lays
the producer's columns on them, and finds entries, sizes, stops and targets as ever. Where the newest candle's
analysis is missing, late or not what this bot's own settings give, there is no entry; open trades keep their
stops. A backtest has no producer: there the strategy analyses by itself.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from datetime import datetime
from typing import Any

from pandas import DataFrame, DatetimeIndex, Timestamp

from ict.analysis import with_columns
from ict.catalogue.table import Arrays
from ict.columns import Columns
from ict_host.parts import WithEntries
from ict_host.received import AnalysisError, LateAnalysisError, Received
from ict_host.start_error import start_error

logger = logging.getLogger(__name__)

BLOCK = "external_message_consumer"
EPOCH = Timestamp(0, tz="UTC")


class FromProducer(WithEntries):
    """Take the analysis from a producer; comes before the strategy that it changes."""

    # The analysis comes after the candle: each loop checks whether it has arrived.
    process_only_new_candles = False
    # How late it may be before that is reported.
    patience_seconds = 60.0

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        if self._is_live and (faults := faults_of(config)):
            raise start_error(config, *faults)
        if self._is_live and self._at_start.entry_at == "zone":
            # Resting entries need zones from start to end, and a producer sends columns.
            raise start_error(config, "entry_at must be close where a producer analyses, was zone")
        self._producers = [producer["name"] for producer in config.get(BLOCK, {}).get("producers", [])]
        self._outages = Outages(self.patience_seconds)
        # The result for the newest analysis of each pair, and which analysis on which candle it was.
        self._taken: dict[str, tuple[tuple[Timestamp, datetime], Arrays | AnalysisError]] = {}
        self._checked: set[str] = set()

    def informative_pairs(self) -> list[Any]:
        """None where a producer analyses the higher timeframes."""
        return [] if self._is_live else super().informative_pairs()

    def bot_loop_start(self, current_time: datetime, **kwargs: Any) -> None:
        """Report what has changed: which pairs have no analysis, and which have one again."""
        super().bot_loop_start(current_time, **kwargs)
        for text in self._outages.begun():
            logger.warning(text)
            self._reporter.fault(self.dp, text)
        for text in self._outages.ended():
            logger.info(text)
            self.dp.send_msg(text, always_send=True)

    def populate_indicators(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Add the producer's `ict_*` columns, without any value where they must not be traded on."""
        if not self._is_live:
            return super().populate_indicators(dataframe, metadata)
        pair = metadata["pair"]
        analysed = with_columns(dataframe, dict(self._columns(pair, dataframe)))
        if not self._outages.has(pair):
            self._reporter.patterns(self.dp, pair, self.timeframe, None, analysed)
        return analysed

    def _columns(self, pair: str, candles: DataFrame) -> Arrays:
        sent, at = self._newest_sent(pair)
        key = DatetimeIndex(candles["date"])[-1], at
        if pair not in self._taken or self._taken[pair][0] != key:
            self._taken[pair] = key, self._received(pair, candles, sent)
        taken = self._taken[pair][1]
        self._outages.note(pair, taken if isinstance(taken, AnalysisError) else None)
        return (
            Columns.absent(len(candles), self.params_of(pair)) if isinstance(taken, AnalysisError) else taken
        )

    def _received(self, pair: str, candles: DataFrame, sent: DataFrame) -> Arrays | AnalysisError:
        """Return the columns if all is correct, else what is not."""
        try:
            if not len(sent):
                raise LateAnalysisError(f"no analysis has come from {' or '.join(self._producers)}")
            received = Received(candles, sent, self.params_of(pair), self._wanted)
            received.check_newest(self.find_entries)
            if pair not in self._checked:
                received.check_past(self.startup_candle_count, self.find_entries)
                self._checked.add(pair)
        except AnalysisError as error:
            return error
        except Exception as error:
            logger.exception("The producer's analysis of %s could not be read", pair)
            return AnalysisError(f"the producer's analysis could not be read ({type(error).__name__})")
        return received.arrays

    def _newest_sent(self, pair: str) -> tuple[DataFrame, datetime]:
        """Return the analysis that reaches furthest, of the producers that have sent one."""
        sent = [self.dp.get_producer_df(pair, self.timeframe, producer_name=name) for name in self._producers]
        return max(sent, key=lambda one: _reach(one[0]))


def _reach(sent: DataFrame) -> Timestamp:
    """Time of the newest candle received; the epoch where there is none."""
    dated = len(sent) and "date" in sent and sent["date"].dtype.kind == "M"
    return DatetimeIndex(sent["date"])[-1] if dated else EPOCH


class Outages:
    """Pairs without an analysis to trade on, and why; each is reported once, and again when it is over.

    Parameters
    ----------
    patience_seconds : float
        How long an analysis may be late before that is reported.
    """

    def __init__(self, patience_seconds: float) -> None:
        self._patience = patience_seconds
        self._errors: dict[str, tuple[AnalysisError, float]] = {}
        self._reported: dict[str, type[AnalysisError]] = {}

    def note(self, pair: str, error: AnalysisError | None) -> None:
        """Record a pair's fault, None for none."""
        if error is None:
            self._errors.pop(pair, None)
            return
        before, since = self._errors.get(pair, (None, 0.0))
        self._errors[pair] = error, since if type(before) is type(error) else time.monotonic()

    def has(self, pair: str) -> bool:
        """Whether a pair has a fault."""
        return pair in self._errors

    def begun(self) -> list[str]:
        """Texts about what has not been reported yet, a text for all pairs with the same reason."""
        pairs: dict[str, list[str]] = defaultdict(list)
        for pair, (error, since) in self._errors.items():
            late = isinstance(error, LateAnalysisError)
            patient = late and time.monotonic() - since < self._patience
            if not patient and self._reported.get(pair) is not type(error):
                self._reported[pair] = type(error)
                pairs[str(error)].append(pair)
        return [f"No entries on {', '.join(names)}: {reason}" for reason, names in pairs.items()]

    def ended(self) -> list[str]:
        """Text about reported pairs that are correct again, if there are any."""
        over = [pair for pair in self._reported if pair not in self._errors]
        for pair in over:
            del self._reported[pair]
        return [f"Entries again on {', '.join(over)}: the producer's analysis is back"] if over else []


def faults_of(config: dict[str, Any]) -> list[str]:
    """Say what forbids a start as a consumer, a sentence each; none where it may start.

    Parameters
    ----------
    config : dict
        Freqtrade's configuration, all files and the environment merged.
    """
    block, faults = config.get(BLOCK, {}), []
    if not block.get("enabled"):
        faults.append(f"{BLOCK}.enabled must be true: add -c user_data/config/consumer.json")
    if not block.get("producers"):
        faults.append(f"{BLOCK}.producers must name a producer: set FREQTRADE__{BLOCK.upper()}__PRODUCERS")
    if block.get("remove_entry_exit_signals"):
        faults.append(f"{BLOCK}.remove_entry_exit_signals must be false: the producer's entries are compared")
    if config.get("process_only_new_candles"):
        faults.append("process_only_new_candles must be false: the analysis comes after the candle")
    return faults
