"""Scenarios are their seeds', failures shrink, what has to hold is seen; and a handful of them runs."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots.agreement import Books, Row
from ict_lab.chaos import __main__ as program
from ict_lab.chaos.acts import ACTS
from ict_lab.chaos.campaign import Outcome, counted, live, shortest
from ict_lab.chaos.catalogue import ANSWERS, FAULTS, HOLDS, PHASES, ROUTES
from ict_lab.chaos.checks import doubled, foreign_orders, misreported, rounds, secrets_in, uncapped
from ict_lab.chaos.reaching import REACHED
from ict_lab.chaos.scenario import made_from
from ict_lab.chaos.steps import Steps
from ict_lab.chaos.watch import bare

from loopback import app

PAIR = "BTC/USDT:USDT"
HUNDRED = [made_from(seed) for seed in range(1, 101)]


# --- scenarios


def test_a_seed_is_one_scenario() -> None:
    assert made_from(7).lines() == made_from(7).lines()
    assert len({"\n".join(scenario.lines()[1:]) for scenario in HUNDRED}) == 100


def test_a_hundred_scenarios_are_of_many_kinds() -> None:
    met = {(step.name, row.phase.name) for row in HUNDRED for step in row.steps if step.verb == "fault"}
    kills = [row.phase for row in HUNDRED for step in row.steps if step.verb == "kill"]
    assert len(met) >= 60
    assert {phase.name for phase in PHASES} == {row.phase.name for row in HUNDRED}
    assert len(kills) >= 100
    assert sum(bool(phase.holds) for phase in kills) >= 60


def test_some_steps_are_run_alone() -> None:
    whole = HUNDRED[0]
    assert [str(step) for step in whole.only([1, 3]).steps] == [str(whole.steps[0]), str(whole.steps[2])]


def test_every_word_of_a_scenario_is_known_to_its_steps() -> None:
    steps = [step for scenario in HUNDRED for step in scenario.steps]
    assert all(hasattr(Steps, f"do_{step.verb}") for step in steps)
    assert {step.name for step in steps if step.verb == "reach"} <= set(REACHED)
    assert {*FAULTS, *HOLDS, *ANSWERS, "no stop accepted"} == set(ACTS)


def test_every_route_is_one_of_the_exchange() -> None:
    served = {
        (method, route.path)
        for module in app.MODULES
        for route in module.router.routes
        for method in route.methods
    }
    assert set(ROUTES.values()) <= served


# --- shrinking


def test_a_failure_shrinks_to_the_steps_that_it_needs() -> None:
    """And pairs are counted."""
    tried = []

    def attempt(seed: int, numbers: tuple[int, ...]) -> Outcome:
        tried.append(numbers)
        wrong = ("BTCUSDT: held 0.016",) if {2, 5} <= set(numbers) else ("something else",)
        return Outcome(seed, numbers, wrong)

    found = shortest(Outcome(9, (1, 2, 3, 4, 5, 6), ("BTCUSDT: held 0.01",)), attempt)
    assert (found.numbers, len(tried)) == ((2, 5), 6)
    met = (("kill -9", "just closed"), ("not reached", "just closed"))
    outcomes = [Outcome(1, (), (), met), Outcome(2, (), (), met[:1])]
    assert list(counted(outcomes)) == [("kill -9", "just closed", 2)]


# --- what has to hold


def fill(order: int, side: str, qty: str, realised: str, symbol: str = "BTCUSDT") -> Row:
    row = {"orderId": order, "symbol": symbol, "side": side, "qty": qty}
    return row | {"realizedPnl": realised, "commission": "0.50"}


def order(number: int, reduce_only: bool, client: str = "x-1") -> Row:
    return {"orderId": number, "reduceOnly": reduce_only, "clientOrderId": client}


def sound() -> tuple[Row, list[Row], list[str]]:
    """Make one long closed in two parts for -4.00 and fees of 1.50, and what was told of it."""
    fills = [fill(1, "BUY", "0.010", "0"), fill(2, "SELL", "0.004", "1"), fill(3, "SELL", "0.006", "-5")]
    state = {"trades": fills, "orders": [order(1, False), order(2, True), order(3, True)]}
    trades = [{"pair": PAIR, "is_open": 0, "close_profit_abs": -5.50}]
    told = [f"Position opened\nPair: {PAIR}", f"Position closed\nPair: {PAIR}\nProfit: -5.50 USDT (-0.55%)"]
    return state, trades, told


def wrong_with(state: Row, trades: list[Row], told: list[str]) -> list[str]:
    found = rounds(state)
    return [*doubled(state, found), *misreported(Books(state, trades, []), found, told)]


def test_a_sound_trade_is_not_complained_of() -> None:
    """What was opened by hand is left out."""
    assert wrong_with(*sound()) == []
    state, _, _ = sound()
    state["trades"].insert(1, fill(9, "BUY", "1", "0"))
    assert [own.net for own in rounds(state, {9})] == [own.net for own in rounds(sound()[0])]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda s, b, t: s["orders"][1].update(reduceOnly=False), "BTCUSDT: 2 entries into one position"),
        (lambda s, b, t: b.clear(), "the exchange paid -5.50, booked is nothing"),
        (lambda s, b, t: b[0].update(close_profit_abs=-5.40), "the exchange paid -5.50, booked is -5.40"),
        (lambda s, b, t: t.pop(), "the exchange paid -5.50, reported is nothing"),
        (lambda s, b, t: t.append(t[1]), "the exchange paid -5.50, reported is -5.50 and -5.50"),
        (lambda s, b, t: t.append(t[0]), "1 trades, 2 reports of an entry"),
        (lambda s, b, t: s["trades"].pop(), "the exchange paid nothing, booked is -5.50"),
    ],
    ids=["doubled", "not booked", "other result", "untold", "told twice", "entry told twice", "still open"],
)
def test_what_is_wrong_with_a_trade_is_seen(spoil: Any, sentence: str) -> None:
    state, trades, told = copy.deepcopy(sound())
    spoil(state, trades, told)
    assert any(sentence in said for said in wrong_with(state, trades, told))


@pytest.mark.parametrize(("realised", "entries"), [("-5", 1), ("-4", 0)])
def test_a_loss_beyond_the_cap_ends_the_day(realised: str, entries: int) -> None:
    state, _, _ = sound()
    state["trades"][2]["realizedPnl"] = realised
    state["trades"].append(fill(4, "SELL", "1", "0", "ETHUSDT"))
    state["orders"].append(order(4, False))
    for row in state["orders"]:
        row["time"] = row["orderId"]
    assert len([*uncapped(state, rounds(state))]) == entries


@pytest.mark.parametrize(("change", "is_seen"), [
    ({}, True), ({"status": "CANCELED"}, False), ({"reduceOnly": False}, False),
    ({"clientOrderId": "x-cvBPrNm9"}, False),
])  # fmt: skip
def test_an_order_of_somebody_else_is_seen(change: Row, is_seen: bool) -> None:
    row = {"status": "NEW", "type": "LIMIT", "reduceOnly": True, "clientOrderId": "web_5"}
    row |= {"symbol": "BTCUSDT", "orderId": 5, **change}
    assert [*foreign_orders({"orders": [row]})] == ["BTCUSDT: order 5 of somebody else rests"] * is_seen


@pytest.mark.parametrize(("change", "expected"), [
    ({}, []), ({"quantity": "0.009"}, ["BTCUSDT"]), ({"side": "BUY"}, ["BTCUSDT"]),
    ({"algoStatus": "CANCELED"}, ["BTCUSDT"]),
])  # fmt: skip
def test_a_position_is_bare_without_a_stop_for_all_of_it(change: Row, expected: list[str]) -> None:
    stop = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "0.010", "algoStatus": "NEW", **change}
    state = {"positions": [{"symbol": "BTCUSDT", "positionAmt": "0.010"}], "algo_orders": [stop]}
    assert bare(state, {}) == expected


def test_secrets_are_found_in_any_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "trades.sqlite").write_bytes(b"\x00a-secret\xff")
    (found,) = secrets_in(tmp_path, ["a-secret", "another"])
    assert found == "a secret that begins with a-se is in deep/trades.sqlite"


# --- the program


@pytest.mark.parametrize(("words", "sentence"), [
    (["--seed", "-1"], "seed must be between 0 and 2147483648, was -1"),
    (["--count", "0"], "count must be between 1 and 10000, was 0"),
    (["--jobs", "0"], "jobs must be between 1 and 64, was 0"),
    (["--count", "1", "--steps", "1,99"], r"--steps must be numbers from 1 to \d+, was 1,99"),
    (["--count", "2", "--steps", "1"], "--steps must be of one scenario, was of 2"),
])  # fmt: skip
def test_a_bad_option_gets_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        program.parse(words)
    assert caught.value.code == 2
    assert re.fullmatch(f"make chaos: {sentence}\n", capsys.readouterr().err)


# Killed inside the call of an entry and of an exit, of a part, of a stop, and of taking a resting entry back;
# and a stop's call that hangs while it is moved, then the database.
HANDFUL = (2, 16, 58, 32, 77)


@pytest.mark.parametrize("seed", HANDFUL)
def test_a_handful(seed: int) -> None:
    outcome = live(seed)
    assert outcome.complaints == (), "\n".join(
        [*made_from(seed).lines(), *outcome.complaints, outcome.folder]
    )
