"""Every limit on money in Freqtrade's configuration holds over RISK-1, by Freqtrade's own code.

The bot's and the backtest's last step before an order is run here with Freqtrade's own wallet, and gives the
margin that the order would have. Limits are `stake_amount`, `max_open_trades`, `tradable_balance_ratio`,
`available_capital`, `amend_last_stake_amount`, `last_stake_amount_min_ratio`, `amount_reserve_percent` and
`dry_run_wallet`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from freqtrade.enums import RunMode, TradingMode
from freqtrade.exceptions import DependencyException
from freqtrade.exchange import Exchange as FreqtradesExchange
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.persistence import LocalTrade, Trade, disable_database_use, enable_database_use
from freqtrade.strategy.interface import IStrategy
from freqtrade.wallets import Wallets

from tests.strategy.host import ENTRY, LOT, NOW, Exchange, Provider, load, memory_database, opened, signal
from tests.strategy.support import BTC, ict_block

# A stop 1 % away, and so much at risk that only limits make the size.
BOLD = ict_block(risk_per_trade_percent=100.0, max_position_percent=100.0)
SHIPPED = {
    "stake_currency": "USDT", "stake_amount": "unlimited", "max_open_trades": 1,
    "tradable_balance_ratio": 0.95, "amend_last_stake_amount": False, "last_stake_amount_min_ratio": 0.5,
    "dry_run_wallet": 10_000.0, "trading_mode": TradingMode.FUTURES, "margin_mode": "isolated",
    "dry_run": True, "runmode": RunMode.BACKTEST,
}  # fmt: skip
LOT_USDT = LOT * ENTRY


@dataclass
class Market(Exchange):
    """The stand-in, with Freqtrade's own reckoning of limits: at least 0.001 BTC and 100 USDT."""

    _config: dict[str, Any] | None = None

    @property
    def markets(self) -> dict[str, Any]:
        least, most = {"amount": LOT, "cost": 100.0}, {"amount": 1000.0, "cost": None}
        return {BTC: {"limits": {name: {"min": least[name], "max": most[name]} for name in least}}}

    def get_min_pair_stake_amount(
        self, pair: str, price: float, stoploss: float, leverage: float = 1.0
    ) -> Any:
        return FreqtradesExchange._get_stake_amount_limit(self, pair, price, stoploss, "min", leverage)

    def get_max_pair_stake_amount(self, pair: str, price: float, leverage: float = 1.0) -> Any:
        return FreqtradesExchange._get_stake_amount_limit(self, pair, price, 0.0, "max", leverage)

    def _contracts_to_amount(self, pair: str, contracts: float) -> float:
        return contracts

    def _get_max_notional_from_tiers(self, pair: str, leverage: float) -> None:
        return None

    def _get_stake_amount_considering_leverage(self, stake: float, leverage: float) -> float:
        return stake / leverage


@dataclass
class Desk:
    strategy: IStrategy
    wallets: Wallets
    config: dict[str, Any]
    exchange: Market
    forced: float | None = None

    def margin(self, caller: str) -> float:
        try:
            return {"bot": self._by_the_bot, "backtest": self._by_the_backtest}[caller]()
        except DependencyException:
            return 0.0

    def _by_the_bot(self) -> float:
        bot = SimpleNamespace(
            exchange=self.exchange, strategy=self.strategy, wallets=self.wallets, config=self.config,
            trading_mode=TradingMode.FUTURES, get_valid_price=lambda custom, proposed: proposed,
        )  # fmt: skip
        stake = self.forced or self.wallets.get_trade_stake_amount(BTC, self.config["max_open_trades"])
        _, margin, _ = FreqtradeBot.get_valid_enter_price_and_stake(
            bot, BTC, None, stake, "long", "ob", None, "initial", None
        )
        return float(margin)

    def _by_the_backtest(self) -> float:
        backtest = SimpleNamespace(
            exchange=self.exchange, strategy=self.strategy, wallets=self.wallets, config=self.config,
            trading_mode=TradingMode.FUTURES,
        )  # fmt: skip
        row = (NOW, ENTRY, ENTRY, ENTRY, ENTRY)
        _, margin, _, least = Backtesting.get_valid_entry_price_and_stake(
            backtest, BTC, row, ENTRY, 0.0, "long", NOW, "ob", None, "market", 0.1, 4
        )
        return float(margin) if margin >= least else 0.0


@pytest.fixture(params=["bot", "backtest"])
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., float]]:
    """Give the margin of an order by a configuration, with positions open already."""
    # The bot asks at its own time: the signal's.
    monkeypatch.setattr("freqtrade.freqtradebot.datetime", SimpleNamespace(now=lambda zone: NOW))

    def margin(
        *tied: float, block: dict[str, Any] = BOLD, forced: float | None = None, **changed: Any
    ) -> float:
        config = {**SHIPPED, **changed}
        exchange = Market(_config=config, fee=0.0)
        for number, stake in enumerate(tied):
            tie(request.param, number, stake)
        strategy = load(block)
        strategy.dp = Provider(_exchange=exchange)
        signal(strategy, "long")
        strategy.wallets = Wallets(config, exchange, is_backtest=request.param == "backtest")
        strategy.max_open_trades = config["max_open_trades"]
        return Desk(strategy, strategy.wallets, config, exchange, forced).margin(request.param)

    if request.param == "bot":
        with memory_database():
            yield margin
    else:
        disable_database_use("15m")
        LocalTrade.reset_trades()
        yield margin
        LocalTrade.reset_trades()
        enable_database_use()


def tie(caller: str, number: int, stake: float) -> None:
    if caller == "bot":
        trade, _ = opened(at=NOW - timedelta(hours=number))
        trade.stake_amount = stake
        Trade.commit()
        return
    trade = LocalTrade(
        id=number, pair="ETH/USDT:USDT", stake_amount=stake, amount=1.0, open_rate=stake, open_date=NOW,
        is_open=True, fee_open=0.0, fee_close=0.0, exchange="binance", trading_mode=TradingMode.FUTURES,
    )  # fmt: skip
    LocalTrade.add_bt_trade(trade)


@pytest.mark.parametrize(("config", "most"), [
    ({}, 9500.0),
    ({"dry_run_wallet": 5000.0}, 4750.0),
    ({"tradable_balance_ratio": 0.5}, 5000.0),
    ({"available_capital": 3000.0}, 3000.0),
    ({"available_capital": 30_000.0}, 10_000.0),  # more than there is
    ({"max_open_trades": 4}, 2375.0),
    ({"stake_amount": 1000.0}, 1000.0),
    ({"stake_amount": 130.0}, 120.0),  # faults/fixed_stake.json, in whole lots
    ({"stake_amount": 1000.0, "max_open_trades": 4}, 1000.0),
    ({"stake_amount": 20_000.0}, 0.0),  # Freqtrade itself refuses
    ({"stake_amount": 12_000.0, "amend_last_stake_amount": True}, 9500.0),
    ({"stake_amount": 20_000.0, "amend_last_stake_amount": True}, 0.0),  # less than half is left
    ({"stake_amount": 20_000.0, "amend_last_stake_amount": True, "last_stake_amount_min_ratio": 0.2}, 9500.0),
])  # fmt: skip
def test_no_limit_is_exceeded(desk: Callable[..., float], config: dict[str, Any], most: float) -> None:
    """And each is used up, to the lot."""
    margin = desk(**config)
    assert margin <= most * (1 + 1e-8)
    assert margin > most - LOT_USDT if most else margin == 0


def test_what_open_trades_hold_is_not_there_twice(desk: Callable[..., float]) -> None:
    """Two of at most four trades hold 8 000 of 10 000, so 1 500 are left of 9 500."""
    assert desk(4000.0, 4000.0, max_open_trades=4) == pytest.approx(1500.0, abs=LOT_USDT)


@pytest.mark.parametrize("desk", ["bot"], indirect=True)
@pytest.mark.parametrize(
    ("config", "most"), [({"stake_amount": 1000.0}, 1000.0), ({"max_open_trades": 4}, 2375.0)]
)
def test_a_stake_that_is_forced_exceeds_no_limit(
    desk: Callable[..., float], config: dict[str, Any], most: float
) -> None:
    """The API may name one; a smaller one holds, and with less than Freqtrade's own there is none."""
    assert desk(forced=9000.0, **config) == pytest.approx(most, abs=LOT_USDT)
    assert desk(forced=500.0, **config) == pytest.approx(500.0, abs=LOT_USDT)
    assert desk(9000.0, forced=500.0, stake_amount=1000.0) == 0


@pytest.mark.parametrize(
    ("config", "equity"),
    [({}, 9500.0), ({"tradable_balance_ratio": 0.5}, 5000.0), ({"available_capital": 3000.0}, 3000.0)],
)
def test_the_risk_is_a_share_of_what_the_bot_may_use(
    desk: Callable[..., float], config: dict[str, Any], equity: float
) -> None:
    """RISK-1: 0.2 % over a distance of 1 % is a fifth of the equity."""
    size = desk(block=ict_block(risk_per_trade_percent=0.2, max_position_percent=100.0), **config)
    assert equity / 5 - LOT_USDT < size <= equity / 5 * (1 + 1e-8)


@pytest.mark.parametrize(("stake", "reserve", "is_entered"), [
    (120.0, 0.05, True),  # the least is 100 and a reserve of 5 % on a stop at 5 %: 110.53
    (110.0, 0.05, False),  # Freqtrade would raise 60, or 110, by up to 30 %
    (110.0, 0.0, False),  # 105.26, but 110 are one lot, 60
    (180.0, 0.5, True),  # the reserve is bounded at 50 %: 150
    (170.0, 0.5, False),
])  # fmt: skip
def test_the_minimum_is_never_reached_by_raising(
    desk: Callable[..., float], stake: float, reserve: float, is_entered: bool
) -> None:
    """RISK-1, `amount_reserve_percent`: in whole lots or not at all."""
    margin = desk(stake_amount=stake, amount_reserve_percent=reserve)
    assert margin == pytest.approx(stake // LOT_USDT * LOT_USDT if is_entered else 0.0)
