"""What the running bot would do now, written in each loop: see `ict.now`."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import numpy as np
from freqtrade.persistence import Trade
from pandas import Timestamp

from ict.desk.limits.account import limits_in_use
from ict.desk.limits.facts import Account, Limit, OpenRisk, Reached
from ict.desk.limits.periods import next_day
from ict.now.facts import AccountNow, Block, LimitNow, Now, OrderNow, PairNow, TradeNow
from ict.now.text import summary_text
from ict_host.account import is_new
from ict_host.board import Board
from ict_host.book import profit_of_day
from ict_host.contracts import grid_of_pair, maker_fee, taker_fee
from ict_host.funding import Funding
from ict_host.outlook import pair_outlook
from ict_host.parts import WithEntries
from ict_host.seams.access import bot_of, exchange_of
from ict_host.sides import SIDES

logger = logging.getLogger("ICTObFvgStrategy")

_PERIODS = {"hourly": "%Y-%m-%d %H", "daily": "%Y-%m-%d"}


class IctNow(WithEntries):
    """The part of the strategy that reports what it would do now."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._board: Board | None = None
        self._funding = Funding()
        # Why the signal of a pair's candle was refused last.
        self._refusals: dict[str, tuple[Timestamp, str]] = {}

    def bot_start(self, **kwargs: Any) -> None:
        """Write what the bot would do, from now on."""
        super().bot_start(**kwargs)
        if self._is_live:
            self._board = self._new_board()

    def _new_board(self) -> Board | None:
        return Board(self, bot_of(self.dp), self._user_data)

    def bot_loop_start(self, current_time: datetime, **kwargs: Any) -> None:
        """Take the time of the loop."""
        if self._board is not None:
            self._board.begin()
        super().bot_loop_start(current_time, **kwargs)

    def _loop_failed(self) -> None:
        if self._board is not None:
            self._board.loop_failed()
        super()._loop_failed()

    def ft_bot_cleanup(self) -> None:
        """End in order, and be no longer shown."""
        super().ft_bot_cleanup()
        if self._board is not None:
            self._board.end()

    def _refuse(self, pair: str, side: str, reason: str) -> None:
        self._note_refusal(pair, reason)
        super()._refuse(pair, side, reason)

    def _end_entries(self, pair: str, reached: Reached, account: Account) -> None:
        self._note_refusal(pair, reached.reason)
        super()._end_entries(pair, reached, account)

    def _note_refusal(self, pair: str, reason: str) -> None:
        signals = self._signals.get(pair)
        if self._board is not None and signals is not None:
            self._refusals[pair] = signals.opens[-1], self._reporter.clean(reason)

    def tell_now(self, now: Now) -> None:
        """Send what the bot would do now, where an hour or a day has begun and the setting is on."""
        settings = self._reporter.settings
        period = _PERIODS.get(settings.now)
        if period and is_new("now", now.written_at.strftime(period)):
            self.dp.send_msg(summary_text(now, settings.language), always_send=True)

    def signals_of(self, pair: str) -> object:
        """Return what a pair's candles signal, to see whether it is new; None where it is not known."""
        return self._signals.get(pair)

    def tag_now(self, pair: str) -> str | None:
        """Return the tag of a pair's newest signal; None for none."""
        signals = self._signals.get(pair)
        return None if signals is None or not len(signals.opens) else self._tags(pair, signals)[-1]

    def outlook(self, pair: str) -> PairNow:
        """Say what the chart of a pair says now, and what the setup lacks."""
        signals, exchange = self._signals.get(pair), exchange_of(self.dp)
        leaves = taker_fee(exchange, pair)
        is_maker = self._rests and self.params().entry_post_only
        tick = grid_of_pair(exchange, pair).tick
        count = 0 if signals is None else len(signals.opens)
        return pair_outlook(
            pair,
            self.timeframe,
            self._candle,
            signals,
            self._calendar_of(pair),
            fees=(maker_fee(exchange, pair) if is_maker else leaves, leaves),
            tick=np.full(count, tick),
            # A resting entry saves half of it.
            spread=_spread(exchange, pair) * (0.5 if is_maker else 1.0),
            funding_hourly=self._funding.hourly(exchange, pair),
            held_hours=self._funding.held_hours,
        )

    def account_now(self, now: datetime) -> tuple[AccountNow, tuple[Block, ...]]:
        """Return how much of the account's limits is used, and which of them forbid every entry."""
        nothing = OpenRisk(1.0, 1.0, 0.0, 1)
        account = self._limits.account(
            now, nothing, equity=self._equity(), fees=(0.0, 0.0), candle=self._candle, params=self.params()
        )
        # The cost of an entry depends on the entry.
        limits = [limit for limit in limits_in_use(self.params()) if limit.cause != "cost"]
        shown = AccountNow(
            currency=str(self.config["stake_currency"]),
            equity=account.equity,
            open_risk=sum(one.loss for one in account.open_risks),
            day_profit=profit_of_day(now),
            open_trades=len(account.open_risks),
            max_open_trades=float(self.config["max_open_trades"]),
            limits=tuple(
                LimitNow(cause=limit.cause, used=float(limit.used(account)), allowed=float(limit.allowed))
                for limit in limits
            ),
            day_ends_at=next_day(now),
        )
        # Without equity nothing is a share of it.
        if not account.equity > 0:
            about = {"equity": account.equity, "currency": shown.currency}
            return shown, (Block(cause="no_money", about=about),)
        return shown, tuple(block for limit in limits if (block := _reached(limit, account)))

    def blocks_of(self, pair: str, now: datetime) -> list[Block]:
        """Return the strategy's own obstacles to an entry on a pair, besides limits of the account."""
        blocks = []
        if self._guard and (differs := self._guard.stops_entry(pair)):
            blocks.append(Block(cause="differs", about={"reason": self._reporter.clean(differs)}))
        signals, refused = self._signals.get(pair), self._refusals.get(pair)
        if signals is not None and refused is not None and refused[0] == signals.opens[-1]:
            blocks.append(Block(cause="refused", about={"reason": refused[1]}))
        return blocks

    def order_now(self, trade: Trade) -> OrderNow:
        """Describe an entry that has not filled."""
        price, stop = self._planned(trade)
        return OrderNow(
            side=SIDES[trade.trade_direction],
            price=price,
            stop=stop,
            amount=sum(order.safe_amount for order in trade.orders if order.ft_is_open),
            placed_at=trade.open_date_utc,
        )

    def trade_now(self, trade: Trade, price: float) -> TradeNow:
        """Describe an open trade at a price; NaN where it is not known."""
        levels, side = self._levels.of(trade), SIDES[trade.trade_direction]
        gain = float("nan")
        if levels is not None and levels.risk:
            gain = side * (price - levels.entry) / levels.risk
        target = levels.target if levels is not None else None
        part = levels.part if levels is not None and not trade.nr_of_successful_exits else None
        return TradeNow(
            side=side,
            opened_at=trade.date_entry_fill_utc or trade.open_date_utc,
            entry=trade.open_rate,
            stop=trade.stop_loss,
            target=float("nan") if target is None else target,
            part=float("nan") if part is None else part,
            gain_r=gain,
            amount=trade.amount,
        )

    def differs_now(self) -> str:
        """Return where exchange and book differ; empty where they agree, or are not compared."""
        return self._reporter.clean((self._guard.differs if self._guard else None) or "")

    def error_now(self) -> tuple[datetime, str] | None:
        """Return the newest error that was reported, and when."""
        return self._reporter.newest_error

    def waiting_now(self) -> int:
        """How many texts wait to be sent."""
        return self._outbox.waiting if self._outbox is not None else 0

    def next_entry_time(self, now: datetime) -> datetime | None:
        """Find when windows and blackouts allow entries again; None where they do, or don't for days."""
        newest = Timestamp(now).floor(self._candle).to_pydatetime() - self._candle
        if not self._calendar.closed_by(newest, self._candle, rests=self._rests):
            return None
        return self._calendar.opens_at(newest, self._candle, rests=self._rests)


def _spread(exchange: Any, pair: str) -> float:
    """Difference of the best ask and the best bid, some minutes old at most; NaN where it is not known."""
    try:
        best = exchange.fetch_bids_asks(cached=True)[pair]
        return float(best["ask"]) - float(best["bid"])
    except Exception as error:
        logger.debug("The spread of %s is not known: %s", pair, error)
        return float("nan")


def _reached(limit: Limit, account: Account) -> Block | None:
    reached = limit.reached(account)
    if reached is None:
        return None
    until = reached.until.isoformat() if reached.until else None
    return Block(
        cause=reached.cause, about={"used": reached.value, "allowed": reached.allowed, "until": until}
    )
