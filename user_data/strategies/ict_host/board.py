"""Writes what the bot would do now into a file at the end of each loop, for `make now` and its page.

A file, because Freqtrade's API has no place for it: whole or not at all, one a database, without a secret.
What goes wrong here is logged and never reaches the trade.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from freqtrade.persistence import PairLocks, Trade
from sqlalchemy import make_url

from ict.desk.safety import money_of, prices_of
from ict.now.facts import AccountNow, Block, HealthNow, Now, PairNow, to_record
from ict_host.refused import Hourly
from ict_host.signal_log import SignalLog

logger = logging.getLogger(__name__)

# Time that a loop may spend on charts: those of many pairs are spread over several loops.
CHART_SECONDS = 0.2
# The account is read again when trades have come or gone, and as often as this.
ACCOUNT_SECONDS, FAILED_SECONDS = 15.0, 60.0
_ANY_PAIR = "*"


class Board:
    """Writes the file of one bot.

    Parameters
    ----------
    strategy
        The strategy, an `IctNow`.
    bot
        Freqtrade's bot.
    folder : Path
        Where the file goes; Freqtrade's user_data.
    """

    def __init__(self, strategy: Any, bot: Any, folder: Path) -> None:
        self._strategy, self._bot = strategy, bot
        database = Path(make_url(bot.config["db_url"]).database or "trades").stem
        self.file = folder / f"now-{database}.json"
        self._log = SignalLog(folder / f"journal-{database}.jsonl")
        self._began, self._answers = time.monotonic(), True
        self._outlooks: dict[str, tuple[object, PairNow]] = {}
        self._account = _Account(strategy)
        self._hourly = Hourly()
        inner = bot.rpc.process_msg_queue

        def at_the_end(queue: Any) -> None:
            inner(queue)
            self.write()

        bot.rpc.process_msg_queue = at_the_end

    def begin(self) -> None:
        """Record the time at which a loop begins to trade; the exchange has sent its candles."""
        self._began, self._answers = time.monotonic(), True

    def loop_failed(self) -> None:
        """Record that Freqtrade aborted a loop: the exchange did not answer."""
        self._answers = False
        self.write()

    def end(self) -> None:
        """Remove the file: what ended in order is no bot that is silent."""
        self.file.unlink(missing_ok=True)

    def write(self) -> None:
        """Write the file again, and send it if that is due; an error is logged once an hour."""
        try:
            now = self.now(datetime.now(UTC))
            _replace(self.file, json.dumps(to_record(now), allow_nan=False))
            for pair in now.pairs:
                self._log.look(pair, self._strategy.tag_now(pair.pair))
            self._strategy.tell_now(now)
        except Exception as error:
            with suppress(Exception):
                Trade.rollback()
            if self._hourly.is_due("board", repr(error), time.monotonic()):
                logger.exception("What the bot would do now could not be written to %s", self.file)

    def now(self, at: datetime) -> Now:
        """Say what the bot would do at a time, timezone-aware."""
        trades, pairs = Trade.get_open_trades(), list(self._bot.active_pair_whitelist)
        self._look_at(pairs)
        account, spent = self._account.at(at, len(trades))
        config = self._bot.config
        # Without entries, of which alerts speak, none is missing.
        slots = () if self._strategy.params().alerts_only else _slots(trades, config)
        blocks = [*self._state(), *slots, *spent]
        locks = PairLocks.get_pair_locks(None, at)
        others = [trade.pair for trade in trades if trade.pair not in pairs]
        return Now(
            written_at=at,
            bot=str(config.get("bot_name", "freqtrade")),
            strategy=str(config["strategy"]),
            state=self._bot.state.name.lower(),
            mode=money_of(config),
            prices=prices_of(config),
            pairs=tuple(self._pair(pair, at, trades, locks, blocks) for pair in [*pairs, *others]),
            next_window=self._strategy.next_entry_time(at),
            account=account,
            health=self._health(at),
        )

    def _look_at(self, pairs: Sequence[str]) -> None:
        """Read the charts that are new, as many as a loop may."""
        end = time.monotonic() + CHART_SECONDS
        for pair in pairs:
            signals = self._strategy.signals_of(pair)
            if pair not in self._outlooks or self._outlooks[pair][0] is not signals:
                self._outlooks[pair] = signals, self._strategy.outlook(pair)
                if time.monotonic() > end:
                    return

    def _pair(
        self, pair: str, at: datetime, trades: Sequence[Trade], locks: Sequence[Any], blocks: list[Block]
    ) -> PairNow:
        outlook = self._outlooks.get(pair, (None, None))[1] or self._strategy.outlook(pair)
        trade = next((one for one in trades if one.pair == pair), None)
        price = outlook.market.price if outlook.market else float("nan")
        rests = trade is not None and not trade.has_open_position
        order = self._strategy.order_now(trade) if trade is not None and rests else None
        position = self._strategy.trade_now(trade, price) if trade is not None and not rests else None
        own: list[Block] = []
        if order:
            own.append(Block(cause="order", about={"side": order.side, "price": order.price}))
        if position:
            own.append(Block(cause="open_trade", about={"side": position.side}))
        held = any(block.about.get("until") for block in blocks)
        own += [*blocks, *([] if held else _locked(pair, outlook.signal, locks))]
        own += [*self._strategy.blocks_of(pair, at), *self._late(outlook, at), *outlook.blocks]
        return replace(outlook, blocks=tuple(own), order=order, trade=position)

    def _late(self, outlook: PairNow, at: datetime) -> Iterator[Block]:
        """Report that the candles are old, or that the signal has expired."""
        if outlook.market is None:
            return
        age = (at - outlook.market.closed_at).total_seconds()
        longest = self._strategy.ignore_buying_expired_candle_after
        if age > 2 * self._strategy._candle.total_seconds():
            yield Block(cause="old_candles", about={"age": age})
        elif outlook.signal and age > longest:
            yield Block(cause="expired", about={"seconds": longest})

    def _state(self) -> Iterator[Block]:
        state = self._bot.state.name.lower()
        if state != "running":
            yield Block(cause="state", about={"state": state})

    def _health(self, at: datetime) -> HealthNow:
        error_at, error = self._strategy.error_now() or (None, "")
        return HealthNow(
            looped_at=at,
            loop_seconds=time.monotonic() - self._began,
            answers=self._answers,
            waiting=self._strategy.waiting_now(),
            agrees=self._strategy.differs_now(),
            error=error,
            error_at=error_at,
        )


class _Account:
    """The account, requested no more often than it may change: deposits and withdrawals cost a request.

    Parameters
    ----------
    strategy
        The strategy, an `IctNow`.
    """

    def __init__(self, strategy: Any) -> None:
        self._strategy = strategy
        self._until, self._trades = -float("inf"), -1
        self._known: tuple[AccountNow | None, tuple[Block, ...]] = None, ()

    def at(self, now: datetime, trades: int) -> tuple[AccountNow | None, tuple[Block, ...]]:
        """Return the account at a time, and which limits forbid every entry."""
        if time.monotonic() < self._until and trades == self._trades:
            return self._known
        wait = ACCOUNT_SECONDS
        try:
            self._known = self._strategy.account_now(now)
        except Exception as error:
            wait = FAILED_SECONDS
            logger.info("The account's limits could not be checked: %s", error)
            self._known = None, (Block(cause="not_checked", about={"reason": type(error).__name__}),)
        self._until, self._trades = time.monotonic() + wait, trades
        return self._known


def _slots(trades: Sequence[Trade], config: Any) -> Iterator[Block]:
    most = float(config["max_open_trades"])
    if 0 <= most <= len(trades):
        yield Block(cause="slots", about={"used": len(trades), "allowed": int(most)})


def _locked(pair: str, signal: int, locks: Sequence[Any]) -> Iterator[Block]:
    """Find the lock that ends last, of those that block a pair's signal, or any."""
    side = {1: "long", -1: "short"}.get(signal, _ANY_PAIR)
    fitting = [lock for lock in locks if lock.pair in (pair, _ANY_PAIR) and lock.side in (_ANY_PAIR, side)]
    if fitting:
        last = max(fitting, key=lambda lock: lock.lock_end_time)
        until = last.lock_end_time.replace(tzinfo=UTC).isoformat()
        yield Block(cause="lock", about={"until": until, "reason": last.reason or _ANY_PAIR})


def _replace(file: Path, text: str) -> None:
    """Replace a file atomically; a reader sees the old or the new one."""
    new = file.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, file)
