"""Sizes of positions in a replay (RISK-1): those of `ict.desk.sizing`, faster where nothing is borrowed."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract
from ict_lab.replay.grids import QuickGrid
from ict_lab.replay.positions import Order

NO_MAINTENANCE = Maintenance(0.0, 0.0)
# Lots of which `NUDGE` is less than one.
FEW_LOTS = 1e8


class Sizer:
    """Sizes positions by their stops, within what wallet and exchange allow.

    Parameters
    ----------
    account : Account
        The wallet.
    params : Params
        Settings of size and leverage.
    contracts : Sequence[Contract]
        By the pair's number.
    """

    def __init__(self, account: Account, params: Params, contracts: Sequence[Contract]) -> None:
        self._account, self._params, self._contracts = account, params, contracts
        # No price is put on this grid.
        self._grids = [QuickGrid(1.0, contract.lot) for contract in contracts]
        self._most = [contract.most_notional(1.0) for contract in contracts]
        self._risked, self._used = params.risk_per_trade_percent, params.max_position_percent
        # A stop so near, as a ratio of the price, lies far before the liquidation of what borrows nothing.
        near = min(LIQUIDATION_SHARE, 1 - account.liquidation_buffer) / 2
        self._near = near if params.position_leverage <= 1 else -math.inf

    def size(self, order: Order, available: float, tied: float) -> tuple[float, float] | None:
        """Return amount and leverage; None for no size.

        Parameters
        ----------
        order : Order
            What is entered.
        available, tied : float
            What is free to be used, and what positions hold, in the stake currency.
        """
        equity, proposed = available + tied, self._account.stake
        if proposed == math.inf:
            proposed = min(equity / self._account.slots, available)
        if proposed > available:
            return None
        if abs(order.planned - order.stop) <= self._near * order.planned:
            amount = self._unborrowed(order, equity, min(proposed, available, self._most[order.pair]))
            return (amount, 1.0) if amount else None
        return self._borrowed(order, equity, available, proposed)

    def part(self, order: Order, amount: float) -> float:
        """Amount that a partial exit closes (EXIT-5)."""
        return self._grids[order.pair].amount(amount * self._params.partial_exit_percent / 100 * NUDGE)

    def _unborrowed(self, order: Order, equity: float, limit: float) -> float:
        """Do what `_borrowed` does, step by step, at a leverage of 1 that is safe; 0 for no size."""
        planned, stop, rate = order.planned, order.stop, order.entry
        loss = abs(planned - stop) + order.fee * (planned + stop)
        by_risk = equity * self._risked / 100 / loss * planned
        by_position = equity * self._used / 100
        if not (0 < by_risk < math.inf and 0 < by_position < math.inf):
            return 0.0
        notional = by_risk if by_risk < by_position else by_position
        by_stop, by_wallet = notional / planned, limit / rate
        most = by_stop if by_stop < by_wallet else by_wallet
        grid = self._grids[order.pair]
        amount = grid.amount(most * NUDGE) if most > 0 else 0.0
        stake = amount * rate * NUDGE
        if stake > limit or amount > FEW_LOTS * grid.lot:
            amount = grid.amount(min(stake, limit) / rate)
        return amount

    def _borrowed(
        self, order: Order, equity: float, available: float, proposed: float
    ) -> tuple[float, float] | None:
        account, contract, params = self._account, self._contracts[order.pair], self._params
        wanted = params.position_leverage
        leverage = max(min(float(wanted), contract.max_leverage(proposed)), 1.0) if wanted > 1 else 1.0
        levels, grid = Levels(order.planned, order.stop, None), self._grids[order.pair]
        try:
            notional = notional_for_risk(
                levels, fee=order.fee, equity=equity, leverage=leverage, params=params
            )
            kept = contract.maintenance(notional) if leverage > 1 else NO_MAINTENANCE
            safe = safe_leverage(levels, order.side, notional, kept, account.liquidation_buffer)
            if safe < 1:
                return None
            leverage = min(leverage, float(safe))
            limit = min(proposed, available, contract.most_notional(leverage) / leverage)
            stake = whole_stake(
                notional, entry=order.planned, rate=order.entry, grid=grid, leverage=leverage,
                min_stake=0.0, max_stake=limit,
            )  # fmt: skip
        except LevelError:
            return None
        amount = grid.amount(stake / order.entry * leverage)
        return (amount, leverage) if amount else None
