"""The live bot and the backtest make the same trades of the same candles; `compare` has the causes' table."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import pytest
from ict_lab.bots.isolation import NETWORK_GUARD

from tests.parity.backtest import backtested
from tests.parity.compare import Cause, Comparison
from tests.parity.records import STOP, TARGET, Deal, PricePath, backtest_deals, live_deals
from tests.parity.scenario import BEGIN, END
from tests.support.places import REPOSITORY, SHIPPED

REPLAY_SECONDS = 400
MIN_TRADES, MIN_DAYS = 20, 7
# Some answers refuse what is so already: the margin type at every order (-4046), and cancelling the stop
# after an exit at the target, because this exchange has let it expire with its position (-2011).
EXPECTED_STATUSES = {200, 400}
EXPECTED_COMPLAINTS = ("Could not cancel stoploss order ", "Using 3 calls to get OHLCV.")
COMPLAINT = re.compile(r" - (?:WARNING|ERROR|CRITICAL) - (.*)")

pytestmark = pytest.mark.xdist_group("parity")


@dataclass(frozen=True)
class Runs:
    """What the live side wrote and logged, and what the backtest exported."""

    live: dict[str, Any]
    log: str
    backtest: list[dict[str, Any]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Run both sides, each as a process of its own without a way to the network, at the same time."""
    folder = tmp_path_factory.mktemp("live")
    guard = folder / "guard" / "sitecustomize.py"
    guard.parent.mkdir()
    guard.write_text(NETWORK_GUARD, encoding="utf-8")
    log = folder / "output.log"
    with log.open("wb") as output, _started(folder, output) as process:
        try:
            rows = backtested(tmp_path_factory.mktemp("backtest"))
            code = process.wait(REPLAY_SECONDS)
        finally:
            process.kill()
    text = log.read_text(encoding="utf-8")
    assert code == 0, text[-4000:]
    assert not (folder / "guard" / "sitecustomize.py.refused").exists()
    return Runs(json.loads((folder / "live.json").read_text(encoding="utf-8")), text, rows)


def _started(folder: Path, output: IO[bytes]) -> subprocess.Popen[bytes]:
    # Freqtrade keeps no log where it believes that it is tested itself.
    unwanted = ("FREQTRADE__", "PYTEST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    paths = (str(folder / "guard"), SHIPPED, str(REPOSITORY), kept.get("PYTHONPATH", ""))
    environment = kept | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
    line = [sys.executable, "-m", "tests.parity.replay", str(folder)]
    return subprocess.Popen(line, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)


@pytest.fixture(scope="module")
def path() -> PricePath:
    return PricePath()


@pytest.fixture(scope="module")
def sides(runs: Runs) -> tuple[list[Deal], list[Deal]]:
    return live_deals(runs.live["trades"]), backtest_deals(runs.backtest)


@pytest.fixture(scope="module")
def compared(sides: tuple[list[Deal], list[Deal]], path: PricePath) -> Comparison:
    return Comparison(*sides, path)


def test_every_difference_has_a_cause(compared: Comparison) -> None:
    assert compared.unexplained == []


def test_there_is_enough_to_compare(compared: Comparison) -> None:
    assert (END - BEGIN).days >= MIN_DAYS
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
