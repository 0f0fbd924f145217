"""From a signal to closed trades: entries, stops on the exchange, target and stop, words on Discord."""

from typing import Any

import pytest
from ict_lab.bots import looks
from ict_lab.bots.discord import LoopbackDiscord, RateLimited, Refused
from ict_lab.bots.looks import BTC, ETH, RESTING_STOPS
from ict_lab.bots.process import INTERRUPTED
from ict_lab.bots.retest import Retest, Side
from ict_lab.bots.shipped import ShippedBot

from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeBot

MARGIN_CAP = 950.0  # a tenth of the 95 % that the shipped configuration lets the bot use
LTC, SOL, LEVERAGE = "LTCUSDT", "SOLUSDT", 5
PRICES = {BTC: 60_000.0, ETH: 3_000.0, LTC: 80.0, SOL: 150.0}
SIDES: dict[str, Side] = {BTC: "long", ETH: "short", LTC: "short", SOL: "long"}
RETESTS = {symbol: Retest(PRICES[symbol], side) for symbol, side in SIDES.items()}
PAIRS = {symbol: SPECS[symbol].pair for symbol in SIDES}


def test_trades_to_their_targets_and_to_their_stops(make_bot: MakeBot, discord: LoopbackDiscord) -> None:
    bot, server = make_bot(RETESTS, ict={"position_leverage": LEVERAGE})
    server.operator.set_rules(keep_orphans=True)
    # What Freqtrade says of itself at its start meets a bad day; nothing of the trades does.
    discord.moods.extend([Refused(400), RateLimited(), Refused(429), Refused(500)])
    with bot:
        bot.wait_for("the stops known", lambda: len(bot.rows(RESTING_STOPS)) == 4)
        for symbol in RETESTS:
            check_protected(server, symbol)
            said = check_told_of_entry(bot, symbol)
            assert number(said["Stop"]) == float(looks.waiting_stops(server, symbol)[0]["triggerPrice"])
        to_the_target(bot, BTC)
        to_the_target(bot, LTC)
        to_the_stop(bot, ETH)
        to_the_stop(bot, SOL)
        total = sum(row["close_profit_abs"] for row in bot.trades())
        told = fields(bot.told("Position closed")[-1])
        assert number(told["Day's total (UTC)"]) == pytest.approx(total, abs=0.01)
        assert len(bot.told("Position closed")) == 4
        assert bot.stop() == INTERRUPTED
    assert [(row["is_open"], row["leverage"]) for row in bot.trades()] == [(0, LEVERAGE)] * 4
    assert len(discord.refusals) == 4


def trade_of(bot: ShippedBot, symbol: str) -> dict[str, Any]:
    (trade,) = bot.trades(f"pair = '{PAIRS[symbol]}'")
    return trade


def check_protected(server: LoopbackServer, symbol: str) -> None:
    """Require an entry at market, and a stop for all of it that ends the position at the zone's stop."""
    (entry,), (position,) = looks.orders(server, symbol), looks.positions(server, symbol)
    (stop,), retest = looks.waiting_stops(server, symbol), RETESTS[symbol]
    is_long = retest.side == "long"
    assert (entry["type"], entry["side"]) == ("MARKET", "BUY" if is_long else "SELL")
    assert (stop["orderType"], stop["side"]) == ("STOP_MARKET", "SELL" if is_long else "BUY")
    assert (stop["reduceOnly"], stop["workingType"]) == (True, "CONTRACT_PRICE")
    assert float(stop["quantity"]) == float(entry["executedQty"]) == abs(float(position["positionAmt"]))
    # The stop's price is the same at every leverage.
    assert abs(float(stop["triggerPrice"]) - looks.stop_price(retest)) < float(SPECS[symbol].tick)
    assert (position["leverage"], position["marginType"]) == (str(LEVERAGE), "isolated")
    notional = float(entry["cumQuote"])
    assert float(position["isolatedWallet"]) == pytest.approx(notional / LEVERAGE, rel=0.001)
    assert 0.9 * MARGIN_CAP < notional / LEVERAGE <= MARGIN_CAP


def check_told_of_entry(bot: ShippedBot, symbol: str) -> dict[str, str]:
    """Require one message with entry, stop and target, the same prices as the strategy's own record."""
    trade, retest = trade_of(bot, symbol), RETESTS[symbol]
    assert trade["stake_amount"] == pytest.approx(trade["open_rate"] * trade["amount"] / LEVERAGE)
    text = bot.wait_told("Position opened", SPECS[symbol].pair)
    said = fields(text)
    assert said["Side"] == f"{retest.side.capitalize()} {LEVERAGE}x"
    # On the pair's grid, a stop can be a tick off, and its target two and its own.
    for name, price, ticks in (
        ("Entry", trade["open_rate"], 1),
        ("Stop", looks.stop_price(retest), 1),
        ("Target", looks.target_price(retest, trade["open_rate"]), 3),
    ):
        assert abs(number(said[name]) - price) <= ticks * float(SPECS[symbol].tick)
    assert len(bot.told("Position opened", SPECS[symbol].pair)) == 1
    return said


def to_the_target(bot: ShippedBot, symbol: str) -> None:
    """Ramp the price over the target and require the exit, the cleared stop and the message."""
    server, retest = bot.server, RETESTS[symbol]
    target = looks.target_price(retest, trade_of(bot, symbol)["open_rate"])
    sign = 1 if retest.side == "long" else -1
    (stop,) = looks.waiting_stops(server, symbol)
    # Clear of the tick between both sides of the book.
    looks.move(server, target * (1 + sign * 0.0003), symbol, over_ms=1_000)
    said = fields(bot.wait_told("Position closed", PAIRS[symbol]))
    _, exit_order = looks.orders(server, symbol)
    assert (exit_order["type"], exit_order["reduceOnly"]) == ("MARKET", True)
    bot.wait_for("the stop cleared away", lambda: not looks.waiting_stops(server, symbol))
    assert (looks.stop_status(server, stop), looks.positions(server, symbol)) == ("CANCELED", [])
    trade = trade_of(bot, symbol)
    assert (trade["is_open"], trade["exit_reason"]) == (0, "roi")
    assert sign * (trade["close_rate"] - target) >= 0
    assert number(said["R multiple"]) == pytest.approx(in_r(trade, retest), abs=0.01)
    assert 1.8 < number(said["R multiple"]) < 2.1
    assert len(bot.told(f"Pair: {PAIRS[symbol]}", "Exit: ")) == 1


def to_the_stop(bot: ShippedBot, symbol: str) -> None:
    """Ramp the price to the stop and require what the exchange did to be told."""
    server = bot.server
    (stop,) = looks.waiting_stops(server, symbol)
    looks.move(server, float(stop["triggerPrice"]), symbol, over_ms=1_000)
    said = fields(bot.wait_told("Position closed", PAIRS[symbol]))
    trade = trade_of(bot, symbol)
    assert (trade["is_open"], trade["exit_reason"]) == (0, "stoploss_on_exchange")
    assert looks.stop_status(server, stop) == "FINISHED"
    # Fees of both sides are a seventh of this stop's distance.
    assert number(said["R multiple"]) == pytest.approx(in_r(trade, RETESTS[symbol]), abs=0.01)
    assert -1.2 < number(said["R multiple"]) < -1.0


def in_r(trade: dict[str, Any], retest: Retest) -> float:
    risk = trade["amount"] * abs(trade["open_rate"] - looks.stop_price(retest))
    return float(trade["close_profit_abs"] / risk)


def fields(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def number(text: str) -> float:
    return float(text.split()[0].replace(",", "").rstrip("R"))
