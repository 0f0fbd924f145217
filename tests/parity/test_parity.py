"""The live bot and the backtest make the same trades of the same candles; `compare` has the causes' table."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from ict_lab.parity.both import Runs, lived_through
from ict_lab.parity.compare import Cause, Comparison
from ict_lab.parity.records import STOP, TARGET, Deal, PricePath, backtest_deals, live_deals
from ict_lab.parity.scenario import SCENARIOS

NAME = "at market"
SCENARIO = SCENARIOS[NAME]
MIN_TRADES = 15
# Some answers refuse what is so already: the margin type at every order (-4046), and cancelling the stop
# after an exit at the target, because this exchange has let it expire with its position (-2011).
EXPECTED_STATUSES = {200, 400}
EXPECTED_COMPLAINTS = ("Could not cancel stoploss order ", "Using 3 calls to get OHLCV.")
COMPLAINT = re.compile(r" - (?:WARNING|ERROR|CRITICAL) - (.*)")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return lived_through(tmp_path_factory.mktemp("parity"), NAME, SCENARIO.days)


@pytest.fixture(scope="module")
def path() -> PricePath:
    return PricePath(SCENARIO)


@pytest.fixture(scope="module")
def sides(runs: Runs) -> tuple[list[Deal], list[Deal]]:
    return live_deals(runs.live["trades"], SCENARIO), backtest_deals(runs.backtest["trades"], SCENARIO)


@pytest.fixture(scope="module")
def compared(sides: tuple[list[Deal], list[Deal]], path: PricePath) -> Comparison:
    return Comparison(*sides, path)


def test_every_difference_has_a_cause(compared: Comparison) -> None:
    assert compared.unexplained == []


def test_there_is_enough_to_compare(compared: Comparison) -> None:
    assert len(compared.pairs) >= MIN_TRADES
    assert {(pair.live.side, pair.live.reason) for pair in compared.pairs} >= {
        (side, reason) for side in (1, -1) for reason in (STOP, TARGET)
    }


def test_most_trades_are_the_same_but_for_the_fills(compared: Comparison) -> None:
    """All that differ in more than a few seconds of price go back to reversals inside a candle."""
    plain = [pair for pair in compared.pairs if pair.closes_together]
    assert len(plain) >= 0.9 * len(compared.pairs)
    assert len(compared.lonely) <= 0.2 * (len(compared.pairs) + len(compared.lonely))
    assert compared.causes[Cause.OPENING] + compared.causes[Cause.REVERSAL] >= len(compared.pairs)


# What a bot that trades otherwise would do, and the words that tell of it.
FAULTS: dict[str, tuple[Callable[[Deal], Deal | None], str]] = {
    "enters a look later": (
        lambda deal: replace(deal, opened=deal.opened + 5_000),
        "ms after the candle's open",
    ),
    "pays two dollars more": (lambda deal: replace(deal, entry=deal.entry + 2.0), "the fill is off the book"),
    "another stop": (lambda deal: replace(deal, stop=deal.stop + 1.0), "stop "),
    "another target": (lambda deal: replace(deal, target=deal.target + 1.0), "is not 2 R from the fill"),
    "three lots more": (lambda deal: replace(deal, amount=deal.amount + 0.003), "by rule"),
    "a minute late": (lambda deal: replace(deal, closed=deal.closed + 60_000), "off the path's event"),
    "another reason": (lambda deal: replace(deal, reason=TARGET), "left by target"),
    "no trade": (lambda _: None, "has no counterpart"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_comparison_sees_a_fault(
    fault: str, sides: tuple[list[Deal], list[Deal]], compared: Comparison, path: PricePath
) -> None:
    """Else that nothing is unexplained would prove nothing."""
    change, words = FAULTS[fault]
    spoilt = next(pair.live for pair in compared.pairs if pair.live.reason == STOP and pair.closes_together)
    live = [change(deal) if deal is spoilt else deal for deal in sides[0]]
    found = Comparison([deal for deal in live if deal], sides[1], path).unexplained
    assert any(words in sentence for sentence in found), found


def test_only_the_exchange_was_asked_and_understood(runs: Runs) -> None:
    assert runs.live["refusals"] == []
    assert set(runs.live["statuses"]) <= EXPECTED_STATUSES
    assert "Wallets synced" in runs.log  # there is a log
    complaints = COMPLAINT.findall(runs.log)
    assert [text for text in complaints if not text.startswith(EXPECTED_COMPLAINTS)] == []
