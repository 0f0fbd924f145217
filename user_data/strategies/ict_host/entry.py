"""How an entry is sized and confirmed: Freqtrade's callbacks before an order, answered by a plan.

Freqtrade itself would continue with the full stake, or enter, where one of these raises: whatever goes
wrong, no trade.
"""

import logging
import math
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from freqtrade.enums import RunMode
from freqtrade.exceptions import DependencyException
from freqtrade.exchange import timeframe_to_seconds
from freqtrade.persistence import Order, Trade
from pandas import DataFrame, DatetimeIndex

from ict import IctError, Params
from ict.candles import Bools, absent
from ict.desk.levels import LevelError
from ict.desk.limits.account import limit_reached
from ict.desk.limits.entries import entries_of_day
from ict.desk.limits.facts import Account, OpenRisk, Reached
from ict.desk.limits.periods import day_start, next_day
from ict.desk.plan import EntryPlan, Signal, plan_entry
from ict.desk.sizing import SizeError
from ict.setups.entries import FindEntries, find_entries
from ict.words.trades import SetupFacts
from ict_host.account import AccountLimits, is_news
from ict_host.analyst import Analyst
from ict_host.book import forget_ended_locks, trades_between
from ict_host.calendar import Calendar, digest
from ict_host.contracts import (
    Ticks,
    grid_of_pair,
    grid_of_trade,
    leverage_of,
    maker_fee,
    taker_fee,
)
from ict_host.parts import WithLive
from ict_host.seams.access import exchange_of, transferred
from ict_host.sides import SIDES
from ict_host.signals import IsSpent, Signals, never
from ict_host.start_error import refusing
from ict_host.wanted import USED, Wanted

logger = logging.getLogger("ICTObFvgStrategy")

# How far the market may be, at the order, from the price that an entry is sized for: further away it was
# forced at a price.
MOST_OFF_R = 0.1


def _times_of(params: Params) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the settings that a calendar depends on, besides the blackout file, which is the bot's."""
    return params.entry_windows, params.entry_weekdays


@cache
def _length(timeframe: str) -> timedelta:
    return timedelta(seconds=timeframe_to_seconds(timeframe))


class IctEntry(WithLive):
    """The part of the strategy that decides on an entry's money."""

    # What a strategy trades at closes; one of your own may find other entries.
    find_entries: FindEntries = staticmethod(find_entries)
    # Whether all columns come with the candles, or those that are used: for one that reads others by name.
    ict_columns = USED

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        reports = self._is_live and self._reporter.settings.patterns
        self._wanted = Wanted(config, self.find_entries, own=self.ict_columns, reports_patterns=reports)
        self._analyst = Analyst(self._report_fault, self._wanted, live=self._is_live)
        self._signals: dict[str, Signals | None] = {}
        self._ticks = Ticks()
        # Taker fees of a backtest's pairs.
        self._fees: dict[str, float] = {}
        # Whether entries rest in zones (LIM-1), once the settings are applied.
        self._rests = False
        is_real = config.get("runmode") == RunMode.LIVE
        moves = self._transferred if is_real else None
        self._limits = AccountLimits(config, moves, self._planned, live=self._is_live)
        self._user_data = Path(config["user_data_dir"])
        # Freqtrade's cache of backtests compares the configuration alone, not what a file says.
        config["ict_blackouts"] = digest(self._user_data, self._longest_memory().blackout_file)

    def ft_load_hyper_params(self, hyperopt: bool = False) -> None:
        """Load the settings, and the times at which they allow entries."""
        super().ft_load_hyper_params(hyperopt)
        with refusing(self.config):
            self._calendar = Calendar(self.params(), self._user_data)
            each = self._groups.each(self.params())
            self._calendars = {_times_of(params): Calendar(params, self._user_data) for params in each}

    def _calendar_of(self, pair: str) -> Calendar:
        """Return the times at which a pair's settings allow entries."""
        return self._calendars[_times_of(self.params_of(pair))]

    def _times(self, pair: str, opens: DatetimeIndex) -> Bools:
        """Where an entry may follow each candle, or rest over the coming one (TIME-1, TIME-2)."""
        calendar = self._calendar_of(pair)
        if calendar.is_open_always:
            return np.ones(len(opens), np.bool_)
        allows = calendar.allows_rest if self._rests else calendar.allows_market
        return allows(opens, self._candle)

    @property
    def _candle(self) -> timedelta:
        return _length(self.timeframe)

    def leverage(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        max_leverage: float,
        side: str,
        **kwargs: Any,
    ) -> float:
        """Leverage as set, or less: the exchange's limit, and a stop well before the liquidation (RISK-1)."""
        try:
            if self.params_of(pair).position_leverage == 1:
                return 1.0
            plan = self._plan(pair, side, current_time, current_rate, max_leverage)
            return leverage_of(exchange_of(self.dp), pair, plan)
        except Exception:
            # Sizing has the same error, reports it and refuses the entry.
            return 1.0

    def custom_stake_amount(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        proposed_stake: float,
        min_stake: float | None,
        max_stake: float,
        leverage: float,
        side: str,
        **kwargs: Any,
    ) -> float:
        """Size the position by its stop (RISK-1), up to Freqtrade's own stake; 0 whatever goes wrong."""
        try:
            if self.params_of(pair).alerts_only:
                return 0.0
            exchange = exchange_of(self.dp)
            most = exchange.get_max_leverage(pair, proposed_stake)
            plan = self._plan(pair, side, current_time, current_rate, most)
            if leverage > leverage_of(exchange, pair, plan):
                raise LevelError(f"leverage {leverage:g} is above the setting, or above what the stop allows")
            # A forced entry may name another stake than Freqtrade's own.
            own = self._wallet().get_trade_stake_amount(pair, self.max_open_trades, update=False)
            # NumPy's minimum: where one limit is not known, neither is the lowest one.
            limit = float(np.min([proposed_stake, max_stake, own]))
            return plan.stake(leverage, current_rate, min_stake or 0.0, limit)
        except (SizeError, DependencyException) as error:
            self._refuse_size(pair, side, str(error))
        except IctError as error:
            self._refuse(pair, side, str(error))
        except Exception as error:
            logger.exception("No %s on %s: its size could not be computed", side, pair)
            self._reporter.failed(self.dp, pair, "size", error)
        return 0.0

    def confirm_trade_entry(
        self,
        pair: str,
        order_type: str,
        amount: float,
        rate: float,
        time_in_force: str,
        current_time: datetime,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> bool:
        """Refuse entries beyond the account's limits (RISK-2 to RISK-7), or where they can't be checked."""
        try:
            if self._guard and self._guard.awaits_stop:
                self._say("No %s on %s in this loop: the last entry waits for its stop", side, pair)
                return False
            if self._guard and (differs := self._guard.stops_entry(pair)):
                self._refuse(pair, side, differs)
                return False
            if self.params_of(pair).alerts_only:
                self._refuse(pair, side, "alerts_only is on: no entries")
                return False
            signal = self._signal(pair, side, current_time)
            if signal.zone is not None and self._spent(pair, side)(signal.zone):
                self._refuse(pair, side, "its zone was entered before")
                return False
            if self._is_live and (fault := self._off_market(pair, signal, order_type, rate)):
                self._refuse(pair, side, fault)
                return False
            account = self._account(pair, signal, current_time, rate, amount)
            reached = limit_reached(account, self.params_of(pair))
            if reached is None:
                self._write_down(pair, side, current_time, rate, entry_tag)
                return True
            self._end_entries(pair, reached, account)
        except Exception as error:
            logger.exception("No %s on %s: the account's limits could not be checked", side, pair)
            self._reporter.failed(self.dp, pair, "limits", error)
        return False

    def _off_market(self, pair: str, signal: Signal, order_type: str, rate: float) -> str | None:
        """Say why an order would not fill at the price it is sized for: one can be forced, at any price."""
        wanted = self.order_types["entry"]
        if order_type != wanted:
            return f"an entry must be a {wanted} order, was {order_type}"
        exchange, side = exchange_of(self.dp), signal.direction
        price = partial(exchange.get_rate, pair, side="entry", is_short=side < 0)
        # Freqtrade has just asked for the price of an entry that nobody forced.
        if signal.limit is None and price(refresh=False) == rate:
            return None
        market = price(refresh=True)
        if signal.limit is not None:
            fits = side * (market - rate) > 0
        else:
            risk = abs(rate - signal.stop_for(rate, grid_of_pair(exchange, pair)))
            fits = abs(market - rate) <= MOST_OFF_R * risk
        if fits:
            return None
        return f"it would fill at {market}, not at {rate}: a forced entry must name no price"

    def _spent(self, pair: str, side: str) -> IsSpent:
        """Return the check whether a zone was entered before and must not be entered again (ZONE-4)."""
        return (
            partial(self._levels.was_entered, pair, side)
            if self.params_of(pair).one_entry_per_zone
            else never
        )

    def _account(
        self,
        pair: str,
        signal: Signal,
        at: datetime,
        rate: float,
        amount: float,
        own_trade: int | None = None,
    ) -> Account:
        """Collect what the limits need about an entry; `own_trade` is its trade if it rests already.

        A resting one is judged at its limit price: a backtest places it a tick beyond (LIM-3).
        """
        exchange = exchange_of(self.dp)
        grid = grid_of_pair(exchange, pair, self._ticks.at(pair, at))
        price = signal.limit or rate
        stop = signal.stop_for(price, grid)
        leaves = self._taker_fee(pair)
        # Post-only is sure to be a maker; a backtest books one fee whatever it is.
        is_maker = self._is_live and self._rests and self.params().entry_post_only
        enters = maker_fee(exchange, pair) if is_maker else leaves
        return self._limits.account(
            at,
            OpenRisk(price, stop, amount, signal.direction),
            equity=self._equity(),
            fees=(enters, leaves),
            candle=self._candle,
            params=self.params_of(pair),
            own_trade=own_trade,
        )

    def _taker_fee(self, pair: str) -> float:
        """Fee of a market order; in a backtest, which asks at every close, it is always the same."""
        if self._is_live:
            return taker_fee(exchange_of(self.dp), pair)
        if pair not in self._fees:
            self._fees[pair] = taker_fee(exchange_of(self.dp), pair)
        return self._fees[pair]

    def _end_entries(self, pair: str, reached: Reached, account: Account) -> None:
        """Lock every pair for as long as a limit is sure to hold, and report it once a day."""
        if reached.until is not None:
            if not self._is_live:
                forget_ended_locks(account.now)
            # Freqtrade rounds a lock's end up to the next candle: a second earlier ends at a candle's open.
            self.lock_pair("*", reached.until - timedelta(seconds=1), reason=reached.reason)
        self._say("No entry on %s: %s", pair, reached.reason)
        if self._is_live and is_news(reached.cause, account.now):
            self._reporter.limit(self.dp, pair, reached, account, self.params_of(pair))

    def _planned(self, trade: Trade) -> tuple[float, float]:
        """Price and stop that the order of a trade's entry is planned with; NaN for a stop no longer known.

        A backtest places it a tick beyond that price (LIM-3).
        """
        plan = self._guard.plan_of(trade) if self._guard else None
        if plan:
            return trade.open_rate, float(plan["stop"])
        with suppress(IctError):
            order = next(order for order in trade.orders if order.ft_order_side == trade.entry_side)
            signal = self._signal_of(trade, order)
            price = signal.limit or trade.open_rate
            return price, signal.stop_for(price, grid_of_trade(trade))
        return trade.open_rate, math.nan

    def _transferred(self, since: datetime) -> float:
        return transferred(exchange_of(self.dp), since)

    def _find_signals(self, pair: str, frame: DataFrame, params: Params) -> Signals | None:
        """Find the entries of analysed candles; None where the candles are wrong."""
        # A live bot holds too few candles for last month's levels and the zones of a higher timeframe.
        alerts = {"htf_ob", "htf_fvg"} & {*self._reporter.settings.alerts}
        asks_chart = self._rests or params.aims_at_pools or alerts
        columns = self._analyst.columns(
            pair, frame, params, lambda: self._higher_candles(pair, params) if asks_chart else {}
        )
        if columns is None:
            return None
        opens = DatetimeIndex(frame["date"])
        tick = absent(len(opens))
        if self._rests:
            today = grid_of_pair(exchange_of(self.dp), pair).tick
            tick = self._ticks.of_candles(pair, opens, today)
        return Signals.find(opens, columns, self._times(pair, opens), tick, self.find_entries)

    def _tags(self, pair: str, signals: Signals) -> npt.NDArray[np.object_]:
        """Tags of a pair's signals; live the newest one's is of the zone that can be entered now (ZONE-4).

        A backtest learns only at a fill which zone it was: see `LevelRecords.fix`.
        """
        tag, newest = signals.tag, len(signals.opens) - 1
        if not (self._is_live and self.params_of(pair).one_entry_per_zone and newest >= 0):
            return tag
        for name, direction in SIDES.items():
            signal = signals.at(newest, direction, self._spent(pair, name))
            if signal is not None and signals.direction[newest] == direction:
                tag[newest] = signal.tag
        return tag

    def _higher_candles(self, pair: str, params: Params) -> dict[str, DataFrame]:
        return {name: self.dp.get_pair_dataframe(pair, name) for name in params.higher_timeframes}

    def _plan(self, pair: str, side: str, at: datetime, rate: float, max_leverage: float) -> EntryPlan:
        return self._plan_of(self._signal(pair, side, at), pair, at, rate, max_leverage)

    def _plan_of(
        self, signal: Signal, pair: str, at: datetime, rate: float, max_leverage: float
    ) -> EntryPlan:
        exchange = exchange_of(self.dp)
        return plan_entry(
            signal,
            rate,
            grid=grid_of_pair(exchange, pair, self._ticks.at(pair, at)),
            fee=self._taker_fee(pair),
            equity=self._equity(),
            max_leverage=max_leverage,
            params=self.params_of(pair),
        )

    def _write_down(self, pair: str, side: str, at: datetime, rate: float, tag: str | None) -> None:
        """Record the signal and its stop with the order: a restart must know them."""
        if self._guard:
            signal = self._signal(pair, side, at)
            stop = signal.stop_for(rate, grid_of_pair(exchange_of(self.dp), pair))
            self._guard.plan(pair, {"signal": asdict(signal), "stop": stop}, tag)

    def _signal_of(self, trade: Trade, order: Order) -> Signal:
        """Signal of a trade's entry: as recorded, or else from the candles."""
        plan = self._guard.plan_of(trade) if self._guard else None
        if plan:
            return Signal.from_record(plan["signal"])
        return self._signal(trade.pair, trade.trade_direction, order.order_date_utc)

    def _alert(self, pair: str, signals: Signals) -> None:
        """Send the alerts of a pair's newest candle; an error in them costs no trade."""
        if self._alerts is None or not self._reporter.settings.alerts:
            return
        try:
            grid = grid_of_pair(exchange_of(self.dp), pair)
            self._alerts.look(pair, self.timeframe, self._candle, signals, grid)
        except Exception:
            logger.exception("Alerts of %s could not be made", pair)

    def _setup(self, trade: Trade, signal: Signal, at: datetime) -> SetupFacts | None:
        """Say why there is an entry, for its message; None where that is not known any more."""
        try:
            signals = self._signals_on(trade.pair)
            row = signals.row_at(at - self._candle)
            today = trades_between(day_start(at), next_day(at), live=True)
            return SetupFacts(
                zone=signals.zone_at(row, signal.direction, signal.zone, self.timeframe),
                trends=signals.trends_at(row, self.timeframe),
                entries_today=entries_of_day(today, at),
                max_entries=self.params().max_daily_trades,
            )
        except Exception:
            logger.exception("The reasons for the entry on %s could not be added", trade.pair)
            return None

    def _signal(self, pair: str, side: str, at: datetime) -> Signal:
        """Signal of the newest candle that had closed at a time, or of the one before it."""
        return self._signals_on(pair).newest(SIDES[side], at - self._candle, self._spent(pair, side))

    def _signals_on(self, pair: str) -> Signals:
        signals = self._signals.get(pair)
        if signals is None:
            raise LevelError("the newest candles are not analysed yet, or wrong")
        return signals
