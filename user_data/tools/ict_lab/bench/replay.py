"""The fast replay beside Freqtrade's whole backtest: the same trades of the same pairs."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ict.analysis import Analysis
from ict_lab.agreement import LEAST, compared
from ict_lab.bench.backtest import ROUNDS, STRATEGY, BenchError, Workplace, check_same
from ict_lab.bench.candles import TIMEFRAME, find_source
from ict_lab.bench.rows import Bar, Row, Sample, at_least
from ict_lab.bench.timing import seconds_of
from ict_lab.places import STRATEGIES
from ict_lab.replay.engine import Replayed, as_trades, replay
from ict_lab.replay.markets import load_market
from ict_lab.replay.scene import Scene
from ict_lab.replay.tape import tape_of
from ict_lab.runs.run import BacktestRun, read_runs
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.source import Kind
from loopback.server import LoopbackServer
from loopback.symbols import SPECS

SYMBOLS = ("BTCUSDT", "ETHUSDT", "LTCUSDT")
EACH_ROUND = 10
AS_IT_COMES = "AsItComes"


def replay_rows(folder: Path, say: Callable[[str], None]) -> list[Row]:
    """Backtest three pairs by Freqtrade and by the replay in turns; both have loaded their candles before.

    The bars are for Freqtrade as it comes, with all that it does for any strategy.
    """
    source = find_source(folder / "three", SYMBOLS)
    place = Workplace(folder, source, [SPECS[symbol].pair for symbol in SYMBOLS])
    end_ms = source.market.candles(SYMBOLS[0], Kind.LAST, TIMEFRAME).end_ms
    plain = folder / AS_IT_COMES
    plain.mkdir()
    shutil.copy(Path(__file__).with_name("as_it_comes.py"), plain / f"{AS_IT_COMES}.py")
    theirs: list[float] = []
    ours: list[float] = []
    whole: list[float] = []
    at_hand: list[float] = []
    with LoopbackServer(Exchange(source.market, FixedClock(end_ms))) as server:
        server.write_overlay(place.overlay)
        say(f"Backtesting {len(SYMBOLS)} pairs with the real Freqtrade and by the replay, {ROUNDS} rounds")
        for _ in range(ROUNDS):
            as_it_comes = place.run(AS_IT_COMES, plain)
            theirs.append(as_it_comes.traded)
            product = place.run(STRATEGY, STRATEGIES)
            check_same(product.trades, as_it_comes.trades)
            ours.append(product.traded)
            (run,) = read_runs(place.results)
            fast = _Fast(run, source.datadir)
            whole += [seconds_of(fast.whole) for _ in range(EACH_ROUND)]
            at_hand += [seconds_of(fast.on_columns) for _ in range(EACH_ROUND)]
    what = f"replay with its analysis, vs Freqtrade's whole backtest ({fast.agreement}), loading apart"
    on_columns, shortened = "the same on columns in memory", ", vs the product's, which spares Freqtrade work"
    return [
        _times_faster(name + beside, Sample(tuple(quick)), Sample(tuple(slow)), bar)
        for name, quick, least in ((what, whole, 200), (on_columns, at_hand, 500))
        for beside, slow, bar in (("", theirs, at_least(least)), (shortened, ours, None))
    ]


def _times_faster(what: str, ours: Sample, theirs: Sample, bar: Bar | None) -> Row:
    return Row(what, str(ours), str(theirs), theirs.least / ours.least, bar)


class _Fast:
    """Replays a backtest whose candles are loaded, with what Freqtrade loads besides: funding and ticks."""

    def __init__(self, run: BacktestRun, datadir: Path) -> None:
        setup = run.own_setup
        assert setup is not None
        load = partial(load_market, datadir, timeframe=run.timeframe, start=run.start, end=run.end)
        markets = [load(pair=pair, params=setup.params) for pair in run.pairs]
        tape, contracts = tape_of(markets, setup.params.trail_timeframe), [*map(run.contract, run.pairs)]
        self._setup = setup
        self._scene = Scene(markets, tape, run.account, contracts, float(run.trades["fee_open"].mean()))
        # What is found of candles alone, and the columns, are in memory from here on.
        trades = as_trades(self.on_columns(), self._scene.tape)
        found = compared(trades, run.trades)
        if found.share < LEAST:
            raise BenchError(f"only {found.same} of {found.trades} trades are Freqtrade's")
        self.agreement = f"{found.same:,} of {found.trades:,} trades equal"

    def whole(self) -> Replayed:
        """Analyse and trade."""
        params = self._setup.params
        fresh = [Analysis(market.frame, params, market.higher).columns() for market in self._scene.markets]
        return replay(self._scene.analysed_as(fresh), self._setup)

    def on_columns(self) -> Replayed:
        """Trade alone."""
        return replay(self._scene, self._setup)
