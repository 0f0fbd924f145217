"""Sizes of positions in a replay (RISK-1): those of `ict.desk.sizing`, faster where nothing is borrowed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ict.candles import Floats
from ict.desk.levels import LevelError, Levels
from ict.desk.sizing import (
    LIQUIDATION_SHARE,
    NUDGE,
    Maintenance,
    notional_for_risk,
    safe_leverage,
    whole_stake,
)
from ict.params import Params
from ict_lab.replay.account import ENTRY_STOP, PART_STOP, Account
from ict_lab.replay.contracts import Contract
from ict_lab.replay.grids import QuickGrid
from ict_lab.replay.positions import Orders

NO_MAINTENANCE = Maintenance(0.0, 0.0)
# Lots of which `NUDGE` is less than one.
FEW_LOTS = 1e8


class Sizer:
    """Sizes positions by their stops, within what wallet and exchange allow.

    Parameters
    ----------
    orders : Orders
        What may be entered.
    account : Account
        The wallet.
    params : Params
        Settings of size and leverage.
    contracts : Sequence[Contract]
        By the pair's number.
    """

    def __init__(
        self, orders: Orders, account: Account, params: Params, contracts: Sequence[Contract]
    ) -> None:
        self._orders, self._account, self._params, self._contracts = orders, account, params, contracts
        # No price is put on this grid.
        self._grids = [QuickGrid(1.0, contract.lot) for contract in contracts]
        self._stake, self._slots = account.stake, account.slots
        self._risked, self._used = params.risk_per_trade_percent, params.max_position_percent
        self._pair, self._rate = orders.pair.data, orders.entry.data
        self._least, self._most = (bound.data for bound in _bounds(orders, account, contracts))
        planned, risk = orders.planned, np.abs(orders.planned - orders.stop)
        self._planned = planned.data
        self._loss = (risk + orders.fee * (planned + orders.stop)).data
        # A stop so near, as a ratio of the price, lies far before the liquidation of what borrows nothing.
        near = min(LIQUIDATION_SHARE, 1 - account.liquidation_buffer) / 2
        self._is_safe = ((risk <= near * planned) & (params.position_leverage <= 1)).data

    def size(self, number: int, available: float, tied: float) -> tuple[float, float] | None:
        """Return amount and leverage; None for no size.

        Parameters
        ----------
        number : int
            Of the order that is entered.
        available, tied : float
            What is free to be used, and what positions hold, in the stake currency.
        """
        equity, proposed = available + tied, self._stake
        if proposed == math.inf:
            proposed = equity / self._slots
            if proposed > available:
                proposed = available
        if proposed > available:
            return None
        if self._is_safe[number]:
            amount = self._unborrowed(number, equity, proposed)
            return (amount, 1.0) if amount else None
        return self._borrowed(number, equity, available, proposed)

    def part(self, number: int, amount: float) -> float:
        """Amount that a partial exit closes (EXIT-5); 0 where the rest is below the exchange's minimum."""
        contract, grid = self._contracts[self._pair[number]], self._grids[self._pair[number]]
        price, account = self._orders.part_price.item(number), self._account
        part = grid.amount(amount * self._params.partial_exit_percent / 100 * NUDGE)
        by_cost = contract.least_cost * account.stop_reserve(PART_STOP)
        least = max(by_cost, contract.least_amount * price * (1 + account.reserve))
        return part if (amount - part) * price >= least else 0.0

    def _unborrowed(self, number: int, equity: float, proposed: float) -> float:
        """Do what `_borrowed` does, step by step, at a leverage of 1 that is safe; 0 for no size."""
        pair, planned, rate = self._pair[number], self._planned[number], self._rate[number]
        most_notional = self._most[number]
        limit = proposed if proposed < most_notional else most_notional
        by_risk = equity * self._risked / 100 / self._loss[number] * planned
        by_position = equity * self._used / 100
        if not (0 < by_risk < math.inf and 0 < by_position < math.inf):
            return 0.0
        notional = by_risk if by_risk < by_position else by_position
        by_stop, by_wallet = notional / planned, limit / rate
        most = by_stop if by_stop < by_wallet else by_wallet
        grid = self._grids[pair]
        amount = grid.amount(most * NUDGE) if most > 0 else 0.0
        if amount * rate < self._least[number]:
            return 0.0
        stake = amount * rate * NUDGE
        if stake > limit or amount > FEW_LOTS * grid.lot:
            amount = grid.amount(min(stake, limit) / rate)
        return amount

    def _borrowed(
        self, number: int, equity: float, available: float, proposed: float
    ) -> tuple[float, float] | None:
        account, orders, params = self._account, self._orders, self._params
        contract, grid = self._contracts[self._pair[number]], self._grids[self._pair[number]]
        wanted, rate = params.position_leverage, self._rate[number]
        leverage = max(min(float(wanted), contract.max_leverage(proposed)), 1.0) if wanted > 1 else 1.0
        levels = Levels(self._planned[number], orders.stop.item(number), None)
        try:
            notional = notional_for_risk(
                levels, fee=orders.fee.item(number), equity=equity, leverage=leverage, params=params
            )
            kept = contract.maintenance(notional) if leverage > 1 else NO_MAINTENANCE
            side = 1 if orders.side[number] > 0 else -1
            safe = safe_leverage(levels, side, notional, kept, account.liquidation_buffer)
            if safe < 1:
                return None
            leverage = min(leverage, float(safe))
            most = min(contract.most_notional(leverage), contract.most_cost, contract.most_amount * rate)
            limit = min(proposed, available, most / leverage)
            stake = whole_stake(
                notional, entry=levels.entry, rate=rate, grid=grid, leverage=leverage,
                min_stake=self._least[number] / leverage, max_stake=limit,
            )  # fmt: skip
        except LevelError:
            return None
        amount = grid.amount(stake / rate * leverage)
        return (amount, leverage) if amount else None


def _bounds(orders: Orders, account: Account, contracts: Sequence[Contract]) -> tuple[Floats, Floats]:
    """Least and largest position that Freqtrade enters by each order where nothing is borrowed."""
    least_cost, least_amount, most_cost, most_amount = (
        np.array([getattr(contract, name) for contract in contracts], np.float64)[orders.pair]
        for name in ("least_cost", "least_amount", "most_cost", "most_amount")
    )
    tiers = np.array([contract.most_notional(1.0) for contract in contracts], np.float64)[orders.pair]
    by_cost = least_cost * account.stop_reserve(ENTRY_STOP)
    least = np.maximum(by_cost, least_amount * orders.entry * (1 + account.reserve))
    return least, np.minimum(tiers, np.minimum(most_cost, most_amount * orders.entry))
