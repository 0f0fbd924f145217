"""Which columns come with the candles, and that none of the others is missed without a word."""

import pickle
from typing import Any

import cloudpickle
import numpy as np
import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from ict_host.analyst import Analyst
from ict_host.wanted import Wanted

from ict import Params, analyse
from ict.columns import Columns
from ict.setups.entries import Entries, find_entries
from tests.strategy.support import BTC
from tests.support.compare import differences, names_of
from tests.support.markets import synthetic

FRAME = synthetic(900, seed=12)
# Worked out from what the settings say: trend of 4h, blocks, gaps and the OTE band, and what FreqUI plots.
BY_DEFAULT = {
    "ict_trend_4h", "ict_bull_ob_top", "ict_bear_ob_top", "ict_in_bull_fvg", "ict_in_bear_fvg",
    "ict_in_bull_ote", "ict_in_bear_ote",
    "ict_long_stop", "ict_short_stop", "ict_swing_high", "ict_swing_low", "ict_trend",
    "ict_long_score", "ict_short_score",
}  # fmt: skip
LIVE = {"runmode": RunMode.DRY_RUN}


def analyst(config: dict[str, Any] = LIVE, find: Any = find_entries, **options: Any) -> Analyst:
    return Analyst(print, Wanted(config, find, own=options.pop("own", "used"), **options), live=False)


def names_with(config: dict[str, Any], params: Params = Params(), **options: Any) -> set[str]:  # noqa: B008
    return {*names_of(analyst(config, **options).analysed(BTC, "15m", FRAME, params, {}))}


EVERY = {*Columns.in_use(Params())}


@pytest.mark.parametrize(("config", "names"), [
    ({"runmode": RunMode.LIVE}, BY_DEFAULT),
    ({"runmode": RunMode.DRY_RUN}, BY_DEFAULT),
    ({"runmode": RunMode.BACKTEST, "export": "trades"}, BY_DEFAULT),
    ({"runmode": RunMode.HYPEROPT, "analyze_per_epoch": True}, BY_DEFAULT),
    ({"runmode": RunMode.UTIL_NO_EXCHANGE, "ict_columns": "used"}, BY_DEFAULT),
    # Somebody else asks: a table of signals, an epoch with other facts, a bias analysis, a chart.
    ({"runmode": RunMode.BACKTEST, "export": "signals"}, EVERY),
    ({"runmode": RunMode.HYPEROPT}, EVERY),
    ({"runmode": RunMode.HYPEROPT, "ict_columns": "used"}, EVERY),
    ({"runmode": RunMode.UTIL_NO_EXCHANGE}, EVERY),
    ({"runmode": RunMode.PLOT}, EVERY),
    ({"runmode": RunMode.LIVE, "ict_columns": "all"}, EVERY),
])  # fmt: skip
def test_what_comes_with_the_candles(config: dict[str, Any], names: set[str]) -> None:
    assert names_with(config) == names


def test_what_else_asks_for_columns() -> None:
    """A strategy itself, what messages tell; a word that is none stops the start."""
    assert names_with(LIVE, own="all") == EVERY
    assert names_with({**LIVE, "ict_columns": "used"}, own="all") == BY_DEFAULT
    told = {
        "ict_bos", "ict_choch", "ict_sweep", "ict_ob_direction", "ict_ob_top", "ict_ob_bottom",
        "ict_fvg_direction", "ict_fvg_top", "ict_fvg_bottom",
    }  # fmt: skip
    assert names_with(LIVE, reports_patterns=True) == BY_DEFAULT | told
    with pytest.raises(OperationalException, match="ict_columns must be used or all, was 'some'"):
        analyst({"ict_columns": "some"})


USES = [
    (Params(use_cisd="points"), {"ict_cisd"}),
    (Params(entry_zones=("breaker",)), {"ict_bull_ob_top"}),
    (Params(use_bpr="required"), {"ict_bull_bpr_top", "ict_bear_bpr_top"}),
    (Params(use_discount="required"), {"ict_range_position"}),
    (Params(entry_events=("mss",)), {"ict_long_mss_stop", "ict_short_mss_stop"}),
    (Params(entry_at="zone", use_discount="required"), {"ict_bull_ote_top", "ict_bear_ote_bottom"}),
    (Params(min_stop_atr=1.0), {"ict_atr_4h"}),
    (Params(trail_timeframe="1h"), {"ict_swing_high_1h", "ict_swing_low_1h"}),
    (Params(max_volatility_percentile=50.0), {"ict_volatility_percentile_1d"}),
]


@pytest.mark.parametrize(("params", "names"), USES)
def test_what_the_settings_use_is_there(params: Params, names: set[str]) -> None:
    assert names <= names_with(LIVE, params)


def test_each_column_is_the_one_of_the_whole_analysis() -> None:
    alone = analyst().analysed(BTC, "15m", FRAME, Params(), {})
    whole = analyse(FRAME)
    assert not differences(alone, whole, names_of(alone))


def own_entries(columns: Columns) -> Entries:
    """Enter by a column that is asked for only where there is enough to see."""
    found = find_entries(columns)
    return found.where(columns.kill_zone == "london") if len(columns.kill_zone) > 500 else found


def failing_entries(columns: Columns) -> Entries:
    if len(columns.chart.candles) < 500:
        raise ValueError("too few candles")
    return find_entries(columns)


def test_own_entries_get_the_columns_that_they_ask_for() -> None:
    assert "ict_kill_zone" in names_with(LIVE, find=own_entries)
    assert names_with(LIVE, find=failing_entries) == EVERY


def test_a_column_that_the_frame_lacks_is_found_on_the_same_chart() -> None:
    ours = analyst()
    given = synthetic(60, seed=3)
    frame = ours.analysed(BTC, "15m", FRAME, Params(), {})
    assert "ict_mss" not in frame
    columns = ours.columns(BTC, frame, Params(), dict)
    assert columns is not None
    assert np.array_equal(columns.mss, analyse(FRAME)["ict_mss"])
    for other in (frame.iloc[:-1], frame.assign(close=frame["close"] * 1.0001), given):
        read = ours.columns(BTC, other, Params(), dict)
        assert read is None or _lacks(read)
    assert _lacks(ours.columns(BTC, frame, Params(max_touches=2), dict))
    assert _lacks(analyst().columns(BTC, frame, Params(), dict))


def _lacks(columns: Columns | None) -> bool:
    assert columns is not None
    with pytest.raises(LookupError, match="the analysed frame has no column ict_mss"):
        columns.mss  # noqa: B018
    return True


def test_after_a_failed_analysis_there_is_nothing_to_enter_by() -> None:
    """Zones of the chart would be there all the same."""
    ours, late = analyst(), FRAME.assign(close=FRAME["high"] * 2)
    frame = ours.analysed(BTC, "15m", FRAME, Params(), {"4h": late.iloc[:20]})
    assert ours.columns(BTC, frame, Params(), dict) is None


def test_what_is_kept_does_not_go_to_hyperopts_workers() -> None:
    """Freqtrade pickles the strategy: charts are heavy, and declarations are what they are by identity."""
    ours, asked = analyst(), (BTC, "15m", FRAME, Params(trail_timeframe="1h"), {})
    frame, text = ours.analysed(*asked), cloudpickle.dumps(ours)
    assert len(text) < 20_000
    assert names_of(pickle.loads(text).analysed(*asked)) == names_of(frame)
