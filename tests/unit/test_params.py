"""Settings: every bound, type and choice is enforced, and the message says what would be right."""

import dataclasses
import math
import re
from typing import Any

import numpy as np
import pytest

from ict import IctError, ParameterError, Params, analyse
from ict.pair_groups import PairGroups, is_of_a_pair
from ict.params import settings
from tests.support.markets import synthetic

NUMBERS = [name for name, setting in settings().items() if not (setting.choices or setting.is_text)]
CHOICES = [name for name, setting in settings().items() if setting.choices and not setting.several]
LISTS = [name for name, setting in settings().items() if setting.several]


def kind_of(name: str) -> type:
    return type(getattr(Params(), name))


def refusal(**given: Any) -> str:
    try:
        Params(**given)
    except ParameterError as error:
        return str(error)
    return ""


def test_bounds() -> None:
    """A bound itself is allowed, the next value beyond is not; the message names field, range and value."""
    for name in NUMBERS:
        low, high, kind = settings()[name].low, settings()[name].high, kind_of(name)
        if kind is bool:
            continue
        assert [getattr(Params(**{name: kind(at)}), name) for at in (low, high)] == [low, high]
        for at, way in ((low, -1), (high, 1)):
            beyond = int(at) + way if kind is int else math.nextafter(at, way * math.inf)
            said = f"{name} must be between {low:g} and {high:g}, was {beyond}"
            assert refusal(**{name: beyond}) == said


def test_wrong_type() -> None:
    """Nor is true a number, or one a truth; NaN and infinity lie outside of every range."""
    none = [math.nan, math.inf, -math.inf]
    wrong = {
        bool: ("true or false", ["1", None, [1], 1j, 1]),
        int: ("a whole number", ["1", None, [1], 1j, True, 2.0]),
        float: ("a number", ["1", None, [1], 1j, True]),
    }
    for name in NUMBERS:
        words, values = wrong[kind_of(name)]
        for value in values:
            assert refusal(**{name: value}).startswith(f"{name} must be {words}, was "), value
        for value in none:
            assert re.fullmatch(rf"{name} must be .*, was {value}", refusal(**{name: value}))


@pytest.mark.parametrize(("name", "given", "plain"), [
    ("min_body_ratio", np.float64(0.5), 0.5), ("min_body_ratio", np.float32(0.5), 0.5),
    ("entry_threshold", np.int64(4), 4.0), ("max_touches", np.int64(5), 5), ("max_touches", np.uint8(5), 5),
    ("htf_gate", np.False_, False), ("trend_timeframe", np.str_("1h"), "1h"), ("entry_threshold", 4, 4.0),
])  # fmt: skip
def test_numpys_own_numbers(name: str, given: object, plain: object) -> None:
    """They are taken for what they are, and kept as Python's own, so that settings can be compared."""
    params = Params(**{name: given})
    assert getattr(params, name) == plain
    assert type(getattr(params, name)) is type(plain)
    assert hash(params) == hash(Params(**{name: plain}))


@pytest.mark.parametrize(("name", "given"), [
    *(("max_touches", one) for one in (np.float64(5), np.True_, np.timedelta64(5, "ns"), 10**400)),
    *(("min_body_ratio", one) for one in (np.True_, np.float64("nan"), np.complex128(0.5), np.array(0.5))),
    ("risk_reward", 10**400), ("htf_gate", np.int64(1)),
])  # fmt: skip
def test_what_numpy_calls_a_number_and_a_trader_does_not(name: str, given: object) -> None:
    assert refusal(**{name: given}).startswith(f"{name} must be ")


def test_choice() -> None:
    for name in CHOICES:
        choices = settings()[name].choices
        assert [getattr(Params(**{name: choice}), name) for choice in choices] == list(choices)
        assert re.fullmatch(rf"{name} must be one of .*{choices[-1]}, was 2h", refusal(**{name: "2h"}))
        assert refusal(**{name: 4}).startswith(f"{name} must be a word, was 4")


def test_list() -> None:
    for name in LISTS:
        choices = settings()[name].choices
        for given in ([], choices[:1], list(reversed(choices))):
            assert getattr(Params.parse({name: given}), name) == tuple(given)
        said = refusal(**{name: ["hour"]})
        assert re.match(rf"{name} must be among .*{choices[-1]}.*, was 'hour'", said)
        assert refusal(**{name: 4}).startswith(f"{name} must be a list of words, was 4")


def test_parse_takes_what_the_constructor_takes() -> None:
    assert Params.parse({}) == Params()
    assert Params.parse({"max_touches": 5, "htf_gate": False}) == Params(max_touches=5, htf_gate=False)
    for block, said in (
        ({"max_touches": 0}, r"^max_touches must be between 1 and 100, was 0$"),
        ({"min_body": 0.7}, r"^min_body is not a setting of ict; known are: min_body_ratio, "),
    ):
        with pytest.raises(ParameterError, match=said):
            Params.parse(block)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Params().max_touches = 4  # type: ignore[misc]


def test_every_setting_is_declared_in_full() -> None:
    """Unit, meaning with a rule's ID, space, and a search range that lies inside the allowed one."""
    for name, setting in settings().items():
        low, high = setting.search or (setting.low, setting.high)
        assert setting.low <= low <= high <= setting.high, name
        assert setting.unit, name
        assert setting.space in {"patterns", "setup", "confluence", "facts", "exits", "risk"}, name
        assert re.match(r"^[A-Z]+-\d", setting.about), name


def test_defaults_of_the_rulebook() -> None:
    rulebook = {
        "min_body_ratio": 0.7, "min_gap_percent": 0.1, "max_touches": 3, "ob_max_age_candles": 100,
        "fvg_max_age_candles": 50, "mean_threshold": False, "swing_strength_candles": 3,
        "equal_tolerance_atr": 0.1, "pool_max_age_candles": 400, "sweep_memory_candles": 16,
        "entry_threshold": 4.0, "htf_gate": True, "stop_buffer": 0.002, "risk_reward": 2.0,
        "risk_per_trade_percent": 1.0, "max_position_percent": 10.0, "max_daily_trades": 5,
        "max_daily_loss_percent": 3.0, "position_leverage": 1, "trend_timeframe": "4h",
    }  # fmt: skip
    assert {name: getattr(Params(), name) for name in rulebook} == rulebook


def test_what_nobody_knows_is_said_so_and_not_met_with_a_bare_key_error() -> None:
    frame = synthetic(20, seed=1)
    with pytest.raises(IctError, match="2h"):
        analyse(frame, higher={"2h": frame})
    for wrong, sentence in (
        ({"groups": ["gaps", "news"]}, "^groups must be among order_blocks, .*, was 'news'"),
        ({"groups": "gaps"}, "^groups must be a list of words, was 'gaps'$"),
        ({"groups": None}, "^groups must be a list of words, was None$"),
        ({"params": {"risk_reward": 2.0}}, "^params must be ict.Params, was dict: "),
        ({"higher": [frame]}, "^higher must map timeframes to candles, was list$"),
    ):
        with pytest.raises(ParameterError, match=sentence):
            analyse(frame, **wrong)
    assert issubclass(ParameterError, IctError)
    assert issubclass(IctError, ValueError)


def test_a_list_may_have_words_of_the_users_own_form() -> None:
    """Each once, in the order in which they are given; another form is refused."""
    given = Params(entry_windows=("09:30-11:00", "pm", "asia", "09:30-11:00"))
    assert given.entry_windows == ("09:30-11:00", "pm", "asia")
    for wrong in (("9:30-11:00",), ("24:00-01:00",), (None,), "asia"):
        with pytest.raises(ParameterError, match=r"^entry_windows must be "):
            Params(entry_windows=wrong)  # type: ignore[arg-type]


def test_a_text_is_any_text_and_nothing_else() -> None:
    assert Params(blackout_file="news.csv").blackout_file == "news.csv"
    with pytest.raises(ParameterError, match=r"^blackout_file must be a word, was 3$"):
        Params(blackout_file=3)  # type: ignore[arg-type]


# Settings for groups of pairs


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
