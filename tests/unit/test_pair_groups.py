"""Settings for groups of pairs: which pair has which, and what is refused."""

from typing import Any

import pytest

from ict import Params
from ict.errors import ParameterError
from ict.pair_groups import PairGroups, is_of_a_pair

BTC, ETH, SOL = "BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT"
GROUPS = {
    "BTC/.*": {"risk_per_trade_percent": 0.5, "setup": {"windows": ["london"], "threshold": 3}},
    "(ETH|LTC)/.*": {"entry_threshold": 5.0},
}


@pytest.mark.parametrize(("pair", "risk", "threshold", "windows"), [
    (BTC, 0.5, 3.0, ("london",)),
    (ETH, 2.0, 5.0, ()),
    (SOL, 2.0, 4.0, ()),
    # All of the name counts.
    ("WBTC/USDT:USDT", 2.0, 4.0, ()),
])  # fmt: skip
def test_a_pair_has_its_groups_settings_over_the_others(
    pair: str, risk: float, threshold: float, windows: tuple[str, ...]
) -> None:
    params = PairGroups.parse(GROUPS).of(pair, Params(risk_per_trade_percent=2.0))
    assert (params.risk_per_trade_percent, params.entry_threshold) == (risk, threshold)
    assert params.entry_windows == windows


@pytest.mark.parametrize(("block", "said"), [
    ([], "pairs must be a block of groups, was []"),
    ({"BTC/(": {}}, 'pairs "BTC/(" must be a regular expression'),
    ({"BTC/.*": 0.5}, 'pairs "BTC/.*" must be a block of settings, was 0.5'),
    ({"BTC/.*": {"entry_treshold": 3}}, "did you mean entry_threshold?"),
    ({"BTC/.*": {"entry_threshold": 300}}, 'pairs "BTC/.*": entry_threshold must be between 0 and 100'),
    ({"BTC/.*": {"setup": {"zones": ["obb"]}}}, 'pairs "BTC/.*": setup.zones must be among ob, '),
    ({"BTC/.*": {"max_daily_trades": 1}}, "max_daily_trades counts all pairs together"),
    ({"BTC/.*": {"setup": {"entry": {"at": "zone"}}}}, "setup.entry.at is one for the whole bot"),
])  # fmt: skip
def test_a_wrong_group_is_named(block: Any, said: str) -> None:
    with pytest.raises(ParameterError) as error:
        PairGroups.parse(block)
    assert said in str(error.value)


def test_a_pair_must_be_in_one_group() -> None:
    groups = PairGroups.parse({"BTC/.*": {"entry_depth": 0.5}, ".*USDT": {"entry_depth": 0.2}})
    with pytest.raises(ParameterError, match=r"must be in one group, was in BTC/\.\* and \.\*USDT"):
        groups.of(BTC, Params())
    assert groups.of(ETH, Params()).entry_depth == 0.2


def test_each_setting_is_one_of_a_pair_or_of_all() -> None:
    """A further setting has to be thought about here."""
    assert is_of_a_pair("risk_per_trade_percent")
    assert not is_of_a_pair("max_open_risk_percent")
