"""What the fees were: the rates that the backtest booked, entries and exits apart."""

from __future__ import annotations

from dataclasses import dataclass

from ict_lab.fees import MAKER_FEE
from ict_lab.runs.run import BacktestRun


@dataclass(frozen=True)
class Fees:
    """Fees of a backtest, in the stake currency.

    Attributes
    ----------
    entries, exits : float
        Sums of both kinds of orders.
    entry_percent, exit_percent : float
        Rates that were booked, percent of the notional; means where trades differ.
    rest : bool or None
        Whether entries rest as limit orders (LIM-1); None where the strategy does not say it.
    maker_percent, entries_as_maker : float
        Binance's fee of a maker, and what the entries would have paid at it.
    """

    entries: float
    exits: float
    entry_percent: float
    exit_percent: float
    rest: bool | None
    maker_percent: float
    entries_as_maker: float

    @classmethod
    def of(cls, run: BacktestRun) -> Fees:
        """Add up the fees of a backtest; Freqtrade books one rate, whether an order made or took."""
        trades, setup = run.trades, run.own_setup
        entries = trades["entry_fees_abs"]
        notional = trades["open_rate"] * trades["entered"]
        return cls(
            float(entries.sum()),
            float((trades["fees_abs"] - entries).sum()),
            100 * float(trades["fee_open"].mean()),
            100 * float(trades["fee_close"].mean()),
            None if setup is None else setup.params.entry_at == "zone",
            100 * MAKER_FEE,
            MAKER_FEE * float(notional.sum()),
        )
