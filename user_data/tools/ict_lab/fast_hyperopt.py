"""Freqtrade's own hyperopt, whose epochs are traded by the replay: same options, same files, same best.

    python -m ict_lab.fast_hyperopt hyperopt [Freqtrade's options]

Spaces, sampler, loss and results are Freqtrade's; only its backtest is not. It begins with the base variant,
by both, and stops where they differ. The best epoch is still to be backtested by Freqtrade before it is
reported.
"""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout
from freqtrade.commands import Arguments
from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.data.btanalysis import BT_DATA_COLUMNS
from freqtrade.data.converter import trim_dataframes
from freqtrade.data.history import get_timerange
from freqtrade.data.metrics import calculate_market_change
from freqtrade.enums import RunMode
from freqtrade.exceptions import FreqtradeException, OperationalException
from freqtrade.loggers import setup_logging_pre
from freqtrade.optimize.hyperopt import Hyperopt
from freqtrade.util import get_dry_run_wallet
from ict_host.contracts import size_rules
from joblib import load  # type: ignore[import-untyped]

from ict.analysis import Analysis
from ict.columns import Columns
from ict.params import Params
from ict_lab.agreement import compared
from ict_lab.errors import LabError
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract, tiers_of
from ict_lab.replay.engine import Replayed, Setup, as_trades, replay
from ict_lab.replay.markets import Market, funding_of, higher_of, second_market_of
from ict_lab.replay.positions import Orders, Taken
from ict_lab.replay.scene import Scene
from ict_lab.replay.tape import Tape, tape_of
from ict_lab.runs.run import BALANCE_RATIO, LIQUIDATION_BUFFER, RESERVE

logger = logging.getLogger("freqtrade")
FAILED = 2
# With fewer trades the same, a search would choose among other strategies.
LEAST_AGREEMENT = 0.995


class FastBacktest:
    """Replaces `Backtesting.backtest` in a search.

    Parameters
    ----------
    backtesting
        Freqtrade's, with strategy, exchange and configuration.
    """

    def __init__(self, backtesting: Any) -> None:
        self._backtesting = backtesting
        self._folder = Path(backtesting.config["datadir"])
        self._candles: dict[str, tuple[Market, dict[str, pd.DataFrame]]] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Candles are loaded again in each process."""
        return {**vars(self), "_candles": {}}

    def __call__(
        self, processed: Mapping[str, pd.DataFrame], start_date: Any, end_date: Any
    ) -> dict[str, Any]:
        """Trade the settings that the strategy has, as Freqtrade would; give what it gives."""
        params = self._backtesting.strategy.params_anew()
        markets = [
            self._market(pair, frame, start_date, end_date, params) for pair, frame in processed.items()
        ]
        tape = tape_of(markets, params.trail_timeframe)
        setup = Setup(params, self._backtesting.strategy.find_entries)
        contracts = [self._contract(market.pair) for market in markets]
        scene = Scene(markets, tape, self.account, contracts, self._backtesting.fee)
        results = as_results(replay(scene, setup), tape, self._backtesting.strategy.stoploss)
        return self._content(results)

    @property
    def account(self) -> Account:
        """What may be spent."""
        config, stake = self._backtesting.config, self._backtesting.config["stake_amount"]
        slots = self._backtesting.strategy.max_open_trades
        return Account(
            balance=get_dry_run_wallet(config),
            slots=math.inf if slots <= 0 else float(slots),
            balance_ratio=float(config.get("tradable_balance_ratio", BALANCE_RATIO)),
            stake=math.inf if isinstance(stake, str) else float(stake),
            liquidation_buffer=float(config.get("liquidation_buffer", LIQUIDATION_BUFFER)),
            reserve=float(config.get("amount_reserve_percent", RESERVE)),
            capital=config.get("available_capital"),
        )

    def _contract(self, pair: str) -> Contract:
        return Contract.said(size_rules(self._backtesting.exchange, pair), tiers_of(pair))

    def _market(self, pair: str, frame: pd.DataFrame, start: Any, end: Any, params: Params) -> Market:
        if pair not in self._candles:
            prices = frame[["date", "open", "high", "low", "close", "volume"]]
            prices = prices[prices["date"] <= end].reset_index(drop=True)
            first = int(prices["date"].searchsorted(start))
            paid, tick = funding_of(self._folder, pair, prices["date"]), self._contract(pair).tick
            market = Market(pair, prices, {}, first, *paid, tick=tick)
            self._candles[pair] = market, {}
        market, higher = self._candles[pair]
        for name in params.higher_timeframes:
            if name not in higher:
                memory = self._backtesting.required_startup
                higher |= higher_of(self._folder, pair, [name], pd.Timestamp(start), memory)
        seen = {name: higher[name] for name in params.higher_timeframes if name in higher}
        begin, memory = pd.Timestamp(start), self._backtesting.required_startup
        second = second_market_of(self._folder, pair, self._backtesting.timeframe, params, begin, memory)
        columns: Columns = Analysis(market.frame, params, seen, second).columns()
        return replace(market, higher=seen, columns=columns)

    def _content(self, results: pd.DataFrame) -> dict[str, Any]:
        made = float(results["profit_abs"].sum())
        counts = (
            "rejected_signals", "timedout_entry_orders", "timedout_exit_orders", "canceled_trade_entries",
            "canceled_entry_orders", "replaced_entry_orders",
        )  # fmt: skip
        return {
            **dict.fromkeys(counts, 0),
            "results": results,
            "config": self._backtesting.strategy.config,
            "locks": [],
            "final_balance": self.account.balance + made,
            "wallet_summary": None,
        }


def as_results(replayed: Replayed, tape: Tape, static_stop: float) -> pd.DataFrame:
    """Return trades in Freqtrade's columns, its orders among them."""
    trades = as_trades(replayed, tape).sort_values(["close_date", "open_date"], kind="stable")
    rows = trades.index.to_numpy(np.int64)
    taken, orders, results = replayed.taken[rows], replayed.orders[rows], replayed.results[rows]
    fee = orders.fee
    margin = trades["entered"] * trades["open_rate"] / trades["leverage"]
    minutes = (trades["close_date"] - trades["open_date"]).dt.total_seconds() // 60
    paid = margin * trades["leverage"] * (1 + np.where(trades["is_short"], -fee, fee))
    moved = results.reason == 1
    columns = {
        "stake_amount": margin, "max_stake_amount": margin, "amount": trades["entered"], "fee_open": fee,
        "fee_close": fee, "trade_duration": minutes.astype(int),
        "profit_ratio": trades["profit_abs"] / paid * trades["leverage"],
        "initial_stop_loss_abs": trades["first_stop"], "initial_stop_loss_ratio": static_stop,
        "stop_loss_abs": np.where(moved, trades["close_rate"], trades["first_stop"]),
        "stop_loss_ratio": static_stop, "min_rate": trades[["open_rate", "close_rate"]].min(axis=1),
        "max_rate": trades[["open_rate", "close_rate"]].max(axis=1), "is_open": False,
        "open_timestamp": trades["open_date"].dt.as_unit("ms").astype("int64"),
        "close_timestamp": trades["close_date"].dt.as_unit("ms").astype("int64"),
        "orders": _orders(orders, taken),
        "funding_fees": results.funding * trades["entered"],
    }  # fmt: skip
    return trades.assign(**columns)[BT_DATA_COLUMNS].reset_index(drop=True)


def _orders(orders: Orders, taken: Taken) -> list[list[dict[str, Any]]]:
    """List entry and exits of each trade, as far as results are made of them."""
    fills = np.stack([orders.opened, orders.parted, orders.closed], axis=1) // 1_000_000
    prices = np.stack([orders.entry, orders.part_price, orders.exit], axis=1)
    amounts = np.stack([taken.amount, taken.part, taken.amount - taken.part], axis=1)
    rows = zip(orders.side.tolist(), fills.tolist(), prices.tolist(), amounts.tolist(), strict=True)
    return [
        [
            {
                "amount": amount, "safe_price": price, "cost": amount * price,
                "ft_order_side": "buy" if enters == (side > 0) else "sell",
                "order_filled_timestamp": at, "ft_is_entry": enters, "ft_order_tag": None,
            }
            for enters, at, price, amount in zip((True, False, False), *of_trade, strict=True)
            if amount
        ]
        for side, *of_trade in rows
    ]  # fmt: skip


class _Given:
    """Hands candles on as they are: the replay analyses them itself."""

    def __call__(self, data: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        return data


def search(config: dict[str, Any]) -> None:
    """Run Freqtrade's hyperopt with the replay in the place of its backtest."""
    hyperopt = Hyperopt(config)
    optimizer: Any = hyperopt.hyperopter
    prepare = optimizer.prepare_hyperopt

    def prepared() -> None:
        prepare()
        # The optimizer goes to other processes, which this function can't.
        del optimizer.prepare_hyperopt
        _put_in_place(optimizer)

    optimizer.prepare_hyperopt = prepared
    hyperopt.start()


def _put_in_place(optimizer: Any) -> None:
    """Trade the base variant by both, and hand the search to the replay where they agree."""
    backtesting = optimizer.backtesting
    data = load(optimizer.data_pickle_file)
    trimmed = trim_dataframes(data, optimizer.timerange, backtesting.required_startup)
    dates = get_timerange(trimmed)
    fast = FastBacktest(backtesting)
    ours = fast(data, *dates)["results"]
    theirs = backtesting.backtest(optimizer.advise_and_trim(dict(data)), *dates)["results"]
    entered = [trades.assign(entered=trades["amount"]) for trades in (ours, theirs)]
    found = compared(*entered)
    said = f"the base variant has {found.trades:,} trades, {found.share:.2%} of them the same by both"
    if found.share < LEAST_AGREEMENT:
        causes = ", ".join(f"{count} {cause}" for cause, count in found.causes.items())
        raise OperationalException(f"The replay can't search this: {said}; the others: {causes}")
    logger.info("Epochs are traded by the replay: %s", said)
    optimizer.min_date, optimizer.max_date = dates
    optimizer.market_change = calculate_market_change(trimmed, "close")
    optimizer.advise_and_trim, backtesting.backtest = _Given(), fast


def main(arguments: Sequence[str]) -> int:
    """Search and return the exit code: 0, or 2 after an error that Freqtrade or the replay names."""
    setup_logging_pre()
    try:
        config: Any = setup_optimize_configuration(
            Arguments(list(arguments)).get_parsed_arg(), RunMode.HYPEROPT
        )
        with FileLock(Hyperopt.get_lock_filename(config)).acquire(timeout=1):
            search(config)
    except Timeout:
        logger.error("Another hyperopt runs in the same folder")
        return FAILED
    except (FreqtradeException, LabError) as error:
        logger.error(str(error))
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
