"""The laws of the mirror and of scale: up is down reversed, and the unit of price is nobody's business."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ict import Params, analyse
from ict.candles import PRICES
from ict.catalogue.kinds import Kind
from tests.oracle.table import LABELS, mirrored_name
from tests.support.compare import declaration_of, differences, kind_of, names_of
from tests.support.fast import EVERY_COLUMN
from tests.support.markets import and_real, in_ticks, reflected, second_market, stretch, synthetic, traded

# Stops and gap heights are a share of the price, which has no mirror image.
EXACT = EVERY_COLUMN | {"min_gap_percent": 0.0, "stop_buffer": 0.0}
SETTINGS: dict[str, Params] = {
    "default": Params(**EXACT),
    "eager": Params(**EXACT, swing_strength_candles=1, pool_swing_strength_candles=2, equal_tolerance_atr=1.0,
        trend_timeframe="1h", max_touches=1, mean_threshold=True, ob_max_age_candles=30),
}  # fmt: skip
# Relative to the price itself, which a mirror changes.
NOT_MIRRORED = {Kind.PERCENT}


def market(name: str) -> pd.DataFrame:
    """Give a market on integer prices, where every sum of prices is exact."""
    if name == "odd":
        return synthetic(6000, seed=21)
    return in_ticks(stretch(traded(name), 10_001, 25_001), per_unit=100)


def mirrored(values: np.ndarray[Any, Any], column: str, c: float) -> np.ndarray[Any, Any]:
    kind = kind_of(column)
    if kind is Kind.PRICE:
        return c - values
    if kind is Kind.DIRECTION:
        return -values
    if kind is Kind.RATIO:
        return 1 - values
    if "HH" in declaration_of(column).words:
        # Where two confirm at once, the high's label stands first.
        return np.array([",".join(reversed([LABELS[word] for word in label.split(",")])) for label in values])
    return values


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("name", [*and_real("BTC", "LTC"), "odd"])
def test_mirror(name: str, settings: str) -> None:
    frame = market(name)
    turned, c = reflected(frame)
    second = second_market(frame)
    columns = analyse(frame, SETTINGS[settings], reference=second)
    other = analyse(turned, SETTINGS[settings], reference=reflected(second)[0])
    for column in names_of(columns):
        kind = kind_of(column)
        if kind in NOT_MIRRORED:
            continue
        expected = mirrored(columns[column].to_numpy(), column, c)
        is_rounded = kind is Kind.RATIO or "_ote_" in column
        both = {column: other[mirrored_name(column)]}, {column: expected}
        wrong = differences(*both, [column], relative=1e-9 if is_rounded else 0.0)
        assert not wrong, f"{mirrored_name(column)} is not the mirror of: {wrong}"


def test_a_mirror_twice_is_the_market() -> None:
    """The reflection itself is exact, so the law's other side is the product's doing."""
    frame = market("BTC")
    turned, c = reflected(frame)
    back, c_again = reflected(turned)
    assert c == c_again
    pd.testing.assert_frame_equal(back, frame, check_exact=True)
    assert not (turned["close"] == frame["close"]).all()


def test_the_mirror_finds_a_one_sided_rule() -> None:
    """A rule for one side only, and a comparison that forgets its equality, are both found."""
    frame = market("odd")
    turned, c = reflected(frame)
    flags = {"ict_in_bull_fvg": analyse(frame, SETTINGS["default"])["ict_in_bull_fvg"]}
    never = {"ict_in_bull_fvg": np.zeros(len(turned), bool)}
    assert differences(flags, never, ["ict_in_bull_fvg"])
    assert mirrored_name("ict_bull_ob_top") == "ict_bear_ob_bottom"
    assert mirrored(np.array(["HH,HL"]), "ict_swing_label", c).tolist() == ["LH,LL"]


@pytest.mark.parametrize("power", [-20, -3, 1, 30])
@pytest.mark.parametrize("name", [*and_real("ETH"), "odd"])
def test_scale(name: str, power: int) -> None:
    """Prices times a power of two: the levels scale exactly, nothing else changes."""
    frame = synthetic(6000, seed=22) if name == "odd" else stretch(traded(name), 101, 12_101)
    factor = 2.0**power
    params = Params(**EVERY_COLUMN)
    columns = analyse(frame, params)
    scaled = analyse(frame.assign(**{price: frame[price] * factor for price in PRICES}), params)
    for column in names_of(columns):
        unit = factor if kind_of(column) in {Kind.PRICE, Kind.HEIGHT} else 1
        values = columns[column].to_numpy()
        expected = values * unit if unit != 1 else values
        assert not differences(scaled, {column: expected}, [column])


def test_every_column_is_of_one_kind() -> None:
    frame = synthetic(300, seed=23)
    columns = names_of(analyse(frame, Params(**EVERY_COLUMN)))
    assert {kind_of(column) for column in columns} == set(Kind)
    with pytest.raises(AssertionError, match="ict_something_new"):
        kind_of("ict_something_new")
