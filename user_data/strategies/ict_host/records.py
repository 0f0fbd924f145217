"""The levels of a trade, fixed at its entry in Freqtrade's own record: a restart and a backtest agree."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from freqtrade.persistence import LocalTrade, Order, Trade

from ict.desk.levels import Levels
from ict.zone_key import ZoneKey

LEVELS_KEY, ZONE_KEY, MOVED_KEY = "ict_levels", "ict_zone", "ict_moved_stop"
# In each record; those from before 0.2.0 have none. Names are added to a record and never change, so that a
# trade opened by another version is managed by this one.
SCHEMA = 2


class LevelRecords:
    """Stop and target of each trade.

    The trade's custom data is the record. What is kept here beside it only spares reading it at every
    candle, and is the same after a restart.

    Parameters
    ----------
    live : bool
        Whether the records are in a database. A backtest looks through all of them whenever it wants
        one, so those of closed trades are dropped there.
    """

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._levels: dict[int, Levels] = {}
        self._zones: set[tuple[str, str, ZoneKey | None]] = set()
        self._target_profit: dict[int, tuple[tuple[Any, ...], float]] = {}
        self._moved: dict[int, float] = {}

    def fix(self, trade: Trade, levels: Levels, zone: ZoneKey | None, tag: str | None = None) -> None:
        """Keep a trade's levels for as long as it lives, and its zone for good (ZONE-4).

        A backtest's candles are tagged before it is known which zones are entered: where a resting entry went
        to the next zone, the trade gets that one's tag.
        """
        record = {"schema": SCHEMA, **asdict(levels)}
        trade.set_custom_data(LEVELS_KEY, record)
        self._levels[trade.id] = levels
        self._moved.pop(trade.id, None)
        self._remember(trade, zone)
        if not self._live:
            _export(trade, levels.stop, tag)

    def _remember(self, trade: Trade, zone: ZoneKey | None) -> None:
        if self._live:
            trade.set_custom_data(ZONE_KEY, None if zone is None else asdict(zone))
            return
        self._zones.add((trade.pair, trade.trade_direction, zone))

    def forget_zones(self, pair: str) -> None:
        """Let a pair's zones be entered again: a backtest begins, as each of hyperopt's epochs does."""
        self._zones = {entered for entered in self._zones if entered[0] != pair}

    def was_entered(self, pair: str, side: str, zone: ZoneKey) -> bool:
        """Whether a trade was entered in a zone (ZONE-4), at any time."""
        if not self._live:
            return (pair, side, zone) in self._zones
        # A zone can't have been entered before it was known.
        known = datetime.fromtimestamp(zone.known / 1e9, UTC)
        trades = Trade.get_trades_proxy(pair=pair, open_date=known)
        return any(
            trade.trade_direction == side and trade.get_custom_data(ZONE_KEY) == asdict(zone)
            for trade in trades
        )

    def of(self, trade: LocalTrade) -> Levels | None:
        """Return a trade's levels; None where it has none."""
        if trade.id not in self._levels:
            levels = self.read(trade)
            if levels is None:
                return None
            self._levels[trade.id] = levels
        return self._levels[trade.id]

    def read(self, trade: LocalTrade) -> Levels | None:
        """Return what the record itself says, whatever is in memory."""
        record = trade.get_custom_data(LEVELS_KEY)
        if record is None:
            return None
        # A record of an older version has no part.
        return Levels(record["entry"], record["stop"], record["target"], record.get("part"))

    def move_stop(self, trade: Trade, stop: float) -> None:
        """Keep the stop that a trade has earned (EXIT-3, EXIT-4)."""
        self._moved[trade.id] = stop
        if self._live:
            trade.set_custom_data(MOVED_KEY, stop)

    def moved_stop(self, trade: Trade) -> float | None:
        """Return the stop that a trade has earned last; None where it never earned one."""
        if self._live and trade.id not in self._moved:
            kept: float | None = trade.get_custom_data(MOVED_KEY)
            return kept
        return self._moved.get(trade.id)

    def target_profit(self, trade: Trade) -> float | None:
        """Profit ratio at a trade's target, with leverage, fees and the funding paid so far."""
        levels = self.of(trade)
        if levels is None or levels.target is None:
            return None
        # Only these change it, and Freqtrade asks at every candle.
        key = (trade.open_trade_value, trade.amount, trade.funding_fees, trade.fee_close, levels.target)
        known = self._target_profit.get(trade.id)
        if known is None or known[0] != key:
            known = self._target_profit[trade.id] = key, trade.calc_profit_ratio(levels.target)
        return known[1]

    def forget_closed(self, trade: Trade, last_exit: Order) -> None:
        """Forget a trade that its last exit has closed."""
        if trade.is_open and last_exit.safe_filled < trade.amount:
            return
        self._levels.pop(trade.id, None)
        self._target_profit.pop(trade.id, None)
        self._moved.pop(trade.id, None)
        if not self._live:
            trade.delete_custom_data(LEVELS_KEY)


def _export(trade: Trade, stop: float, tag: str | None) -> None:
    """Have a backtest's export name stop and tag of the entry: Freqtrade's initial stop is its static one.

    What a callback is handed may be a copy of the trade.
    """
    for own in Trade.get_trades_proxy(pair=trade.pair, is_open=True):
        if own.id == trade.id:
            own.initial_stop_loss = stop
            own.enter_tag = tag or own.enter_tag
            for order in own.orders:
                order.ft_order_tag = own.enter_tag
