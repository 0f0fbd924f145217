"""A resting scenario compared: its orders one by one, and the trades that came of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from ict_lab.parity.both import Runs
from ict_lab.parity.compare import RestingComparison
from ict_lab.parity.orders import Ending, OrderComparison, Rest, backtest_orders, live_orders
from ict_lab.parity.records import Deal, PricePath, backtest_deals, live_deals
from ict_lab.parity.scenario import Scenario


@dataclass(frozen=True)
class Sides:
    """What either side did, in the order of time, and the way of the price."""

    live: list[Rest]
    backtest: list[Rest]
    live_deals: list[Deal]
    backtest_deals: list[Deal]
    path: PricePath
    scenario: Scenario

    @classmethod
    def of(cls, runs: Runs, scenario: Scenario) -> Self:
        """Read both sides' own records."""
        here = live_deals(runs.live["trades"], scenario)
        there = backtest_deals(runs.backtest["trades"], scenario)
        return cls(
            live_orders(runs.live["orders"], here, scenario),
            backtest_orders(runs.backtest["orders"], there, scenario),
            here,
            there,
            PricePath(scenario),
            scenario,
        )

    def orders(self) -> OrderComparison:
        """Compare order by order."""
        deals, cap = (self.live_deals, self.backtest_deals), self.scenario.ict["max_daily_trades"]
        return OrderComparison(self.live, self.backtest, deals, self.path, cap)

    def trades(self) -> RestingComparison:
        """Compare the trades of the orders that filled."""
        differing = self.orders().differing
        return RestingComparison(self.live_deals, self.backtest_deals, self.path, differing)

    def report(self) -> Iterator[str]:
        """Give the figures, a line each, and what nothing explains."""
        orders, trades = self.orders(), self.trades()
        yield f"{self.scenario.days} simulated days"
        for name, side in (("live", self.live), ("backtest", self.backtest)):
            ended = [order.ending for order in side]
            counts = ", ".join(f"{ended.count(ending)} {ending}" for ending in Ending)
            yield f"{name}: {len(side)} orders placed, {anew(side)} of them anew; {counts}"
        yield f"{len(orders.same)} orders alike in close, side and end; {len(orders.lonely)} on one side"
        yield from (f"  {count:>4}  {cause}" for cause, count in orders.causes.items() if count)
        together = sum(pair.closes_together for pair in trades.pairs)
        yield f"{len(trades.pairs)} trades on both sides, {together} with the same candle and exit"
        yield f"{len(trades.lonely)} trades on one side alone"
        yield from (f"  {count:>4}  {cause}" for cause, count in trades.causes.items() if count)
        yield from (f"UNEXPLAINED: {text}" for text in (*orders.unexplained, *trades.unexplained))


def anew(orders: list[Rest]) -> int:
    """Count the orders that were placed at the close at which the one before was taken back."""
    ends = {order.last_candle for order in orders if order.ending is Ending.TAKEN_BACK}
    return sum(order.candle in ends for order in orders)
