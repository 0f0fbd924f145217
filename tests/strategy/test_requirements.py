"""What the product needs from Freqtrade's configuration: a key that takes a protection away is named."""

import ast
import inspect
import logging
from pathlib import Path
from typing import Any

import pytest
from freqtrade.config_schema.config_schema import CONF_SCHEMA
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.misc import deep_merge_dicts
from freqtrade.resolvers import StrategyResolver
from ict_host import start as host_start

from ict.desk.requirements import REQUIREMENTS, RESTING_ENTRIES, overlay
from tests.config.support import BASE, read
from tests.config.support import overlay as overlay_file
from tests.strategy import live
from tests.strategy.live import configuration
from tests.strategy.support import ict_block, strategies_with
from tests.support.places import STRATEGIES

pytestmark = pytest.mark.usefixtures("book")

PRESETS = sorted(path.stem for path in STRATEGIES.glob("ICT*.py"))
CONSUMER = "ICTConsumerStrategy"
# What a user's configuration says of a key -> how the sentence that it is refused with goes on.
WRONG: list[tuple[str, Any, str]] = [
    ("exchange.name", "bybit", '"binance", was "bybit"'),
    ("margin_mode", "cross", '"isolated", was "cross"'),
    ("margin_mode", "", '"isolated", was ""'),
    ("stake_currency", "USDC", '"USDT", was "USDC"'),
    ("proxy_coin", "BNFCR", 'left out, was "BNFCR"'),
    ("use_custom_stoploss", False, "true, was false"),
    ("order_types.stoploss_on_exchange", False, "true, was false"),
    ("order_types.stoploss", "limit", '"market", was "limit"'),
    ("order_types.stoploss_price_type", "mark", '"last", was "mark"'),
    ("order_types.stoploss_on_exchange_interval", 3600, "between 0 and 300, was 3600"),
    ("order_types.exit", "limit", '"market", was "limit"'),
    ("order_types.emergency_exit", "limit", '"market", was "limit"'),
    ("order_types.force_entry", "limit", '"market", was "limit"'),
    ("order_types.force_exit", "limit", '"market", was "limit"'),
    ("order_types.entry", "stop", '"market" or "limit", was "stop"'),
    ("entry_pricing.use_order_book", False, "true, was false"),
    ("exit_pricing.use_order_book", False, "true, was false"),
    ("exit_pricing.price_side", "same", '"other", was "same"'),
    ("entry_pricing.order_book_top", 20, "1, was 20"),
    ("unfilledtimeout", {"entry": 2, "exit": 600}, "a block whose exit is at most 10 minutes"),
    ("unfilledtimeout", {"unit": "seconds", "exit": 601}, "a block"),
    ("cancel_open_orders_on_exit", False, "true, was false"),
    ("minimal_roi", {"0": 0.01}, 'left to the strategy, {}, was {"0": 0.01}'),
    ("stoploss", -0.01, "left to the strategy, -0.05, was -0.01"),
    ("stoploss", -0.5, "left to the strategy, -0.05, was -0.5"),
    ("trailing_stop", True, "false, was true"),
    ("trailing_stop_positive", 0.01, "left to the strategy, null, was"),
    ("trailing_stop_positive_offset", 0.02, "left to the strategy, 0.0, was 0.02"),
    ("trailing_only_offset_is_reached", True, "left to the strategy, false, was true"),
    ("exit_profit_only", True, "false, was true"),
    ("exit_profit_offset", 0.5, "left to the strategy, 0.0, was 0.5"),
    ("ignore_roi_if_entry_signal", True, "false, was true"),
    ("ignore_buying_expired_candle_after", 86400, "left to the strategy, "),
    ("process_only_new_candles", False, "left to the strategy, true, was false"),
    ("startup_candle_count", 30, "left to the strategy, "),
    ("position_adjustment_enable", True, "left to the strategy, false, was true"),
    ("max_entry_position_adjustment", 3, "left to the strategy,"),
    ("order_time_in_force", {"entry": "FOK", "exit": "GTC"}, "left to the strategy, "),
    ("disable_dataframe_checks", True, "left to the strategy, false"),
    ("liquidation_buffer", 0.0, "between 0.01"),
    ("liquidation_buffer", 0.9, "between 0.01 and 0.3, was 0.9"),
    ("reduce_df_footprint", True, "false, was true"),
    ("position_stacking", True, "false, was true"),
    ("exchange.enable_ws", True, "false, was true"),
    ("exchange.skip_open_order_update", True, "false, was true"),
    ("exchange.outdated_offset", 600, "between"),
    ("exchange._ft_has_params", {"stoploss_on_exchange": False}, "left out, was {"),
    ("internals.process_throttle_secs", 3600, "between 0 and 30, was 3600"),
    ("internals.process_throttle_secs", "5", "between"),
]
every_wrong = pytest.mark.parametrize(("key", "value", "rest"), WRONG, ids=lambda one: str(one)[:40])


def saying(key: str, value: Any) -> dict[str, Any]:
    for name in reversed(key.split(".")):
        value = {name: value}
    return value  # type: ignore[no-any-return]


# Keys that take nothing away: the user's own limits and choices, what only other modes read, and texts.
HARMLESS = {
    "max_open_trades", "stake_amount", "tradable_balance_ratio", "available_capital",
    "amend_last_stake_amount", "last_stake_amount_min_ratio", "amount_reserve_percent", "dry_run_wallet",
    "dry_run", "fee", "timeframe", "fiat_display_currency", "strategy", "strategy_path", "user_data_dir",
    "datadir", "minimum_trade_amount", "targeted_trade_amount", "lookahead_analysis_exportfilename",
    "startup_candle", "liquidation_warn_ratio", "backtest_breakdown", "backtest_cache",
    "skip_wallet_history_migration", "hyperopt_path", "epochs", "early_stop", "spaces",
    "analyze_per_epoch", "print_all", "hyperopt_jobs", "hyperopt_random_state", "hyperopt_min_trades",
    "hyperopt_loss", "bot_name", "coingecko", "log_config", "freqaimodel", "freqaimodel_path", "freqai",
    "experimental", "pairlists", "telegram", "webhook", "discord", "db_url", "export",
    "disableparamexport", "initial_state", "force_entry_enable", "dataformat_ohlcv", "dataformat_trades",
    "new_pairs_days", "download_trades", "add_config_files", "orderflow",
    # These have checks of their own.
    "api_server", "external_message_consumer",
}  # fmt: skip


def started(runmode: RunMode, said: dict[str, Any], preset: str = "ICTObFvgStrategy", **more: Any) -> Any:
    """Start a strategy with a user's configuration on top of a sound one."""
    config = configuration(runmode, strategy=preset, **more)
    config["original_config"] = said
    # Strategy's own or the file's, where the user says nothing.
    del config["trailing_stop"]
    strategy = StrategyResolver.load_strategy(deep_merge_dicts(said, config))
    if runmode == RunMode.BACKTEST:
        # As Freqtrade does there.
        strategy.order_types = {**strategy.order_types, "stoploss_on_exchange": False}
    return live.started(strategy)


@every_wrong
def test_no_run_starts_without_its_protections_in_silence(
    key: str, value: Any, rest: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot does not start; a backtest says it once."""
    said, sentence = saying(key, value), f"{key} must be {rest}"
    for runmode in (RunMode.LIVE, RunMode.DRY_RUN):
        with pytest.raises(OperationalException) as caught:
            started(runmode, said)
        text = str(caught.value)
        assert text.startswith(sentence)
        assert ": " in text.removeprefix(sentence)
        assert ";" not in text
    monkeypatch.setattr(host_start, "_warned", set())
    with caplog.at_level(logging.WARNING, "ICTObFvgStrategy"):
        for _ in range(2 if key == WRONG[0][0] else 1):
            started(RunMode.BACKTEST, said)
    (told,) = [text for record in caplog.records if "would not start" in (text := record.getMessage())]
    assert told.startswith(f"A bot would not start with this, and would trade differently: {sentence}")


def test_a_live_bot_watches_its_stops() -> None:
    sentence = "use_exit_signal must be left to the strategy, true, was false"
    with pytest.raises(OperationalException, match=sentence):
        started(RunMode.LIVE, {"use_exit_signal": False})


@pytest.mark.parametrize(("said", "sentence"), [
    ({"unfilledtimeout": {"entry": 2, "exit": 2}}, "unfilledtimeout.entry must be left out, was 2: "),
    ({"custom_price_max_distance_ratio": 0.02}, "custom_price_max_distance_ratio must be 1.0, was 0.02: "),
])  # fmt: skip
def test_a_bot_whose_entries_rest_needs_more(said: dict[str, Any], sentence: str) -> None:
    ships = {"unfilledtimeout": {"exit": 2}, "custom_price_max_distance_ratio": 1.0}
    with pytest.raises(OperationalException) as caught:
        started(RunMode.LIVE, ships | said, ict=ict_block(entry_at="zone"))
    assert str(caught.value).startswith(sentence)
    assert ";" not in str(caught.value)
    started(RunMode.LIVE, ships | said)


# What rests in a zone has no events (LIM-1).
RESTING: dict[str, Any] = {"entry_at": "zone", "entry_events": []}
PARTS: dict[str, Any] = {"partial_exit_at_r": 1.0}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("runmode", [RunMode.LIVE, RunMode.DRY_RUN, RunMode.BACKTEST, RunMode.HYPEROPT])
def test_every_preset_starts_with_what_ships(
    preset: str, runmode: RunMode, caplog: pytest.LogCaptureFixture
) -> None:
    said = {name: one for name, one in read(BASE).items() if name not in ("exchange", "db_url", "dry_run")}
    more: dict[str, Any] = {}
    if preset == CONSUMER:
        more["external_message_consumer"] = {"enabled": True, "producers": [{"name": "default"}]}
    with caplog.at_level(logging.WARNING, "ICTObFvgStrategy"):
        strategy = started(runmode, said, preset, ict={}, **more)
        # A consumer's entries cannot rest: tests/symbols/test_consumer.py. Nor can those by events alone.
        rests = preset != CONSUMER and strategy.preset.entry_zones
        started(runmode, said, preset, ict=PARTS | (RESTING if rests else {}), **more)
    assert "would not start" not in caplog.text


FILE: dict[str, tuple[dict[str, Any], str]] = {
    "roi": ({"roi": {"0": 0.004}}, 'minimal_roi must be left to the strategy, {}, was {"0": 0.004}'),
    "stoploss": ({"stoploss": {"stoploss": -0.02}}, "stoploss must be left to the strategy, -0.05, was"),
    "trailing": ({"trailing": {"trailing_stop": True}}, "trailing_stop must be false, was true"),
    "trailing by": (
        {"trailing": {"trailing_stop_positive": 0.01}}, "trailing_stop_positive must be left to the strategy",
    ),
}  # fmt: skip


@pytest.mark.parametrize("block", FILE)
def test_a_block_of_the_json_file_is_named_with_its_place(tmp_path: Path, block: str) -> None:
    params, sentence = FILE[block]
    folder = strategies_with(tmp_path / "strategies", params)
    with pytest.raises(OperationalException) as caught:
        started(RunMode.LIVE, {}, strategy_path=str(folder))
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith("(the strategy's JSON file says so)")


def test_what_hyperopt_writes_of_the_strategys_own_is_no_fault(tmp_path: Path) -> None:
    """Freqtrade writes what was not searched into the same blocks."""
    trailing = {"trailing_stop": False, "trailing_stop_positive": None, "trailing_stop_positive_offset": 0.0}
    own = {
        "roi": {}, "stoploss": {"stoploss": -0.05}, "max_open_trades": {"max_open_trades": 1},
        "trailing": {**trailing, "trailing_only_offset_is_reached": False},
    }  # fmt: skip
    started(RunMode.LIVE, {}, strategy_path=str(strategies_with(tmp_path / "strategies", own)))


def test_every_fault_is_named_at_once_and_the_ready_overlay_is_the_table() -> None:
    with pytest.raises(OperationalException) as caught:
        started(RunMode.LIVE, {"margin_mode": "cross", "trailing_stop": True, "stoploss": -0.3})
    assert str(caught.value).count(" must be ") == 3
    assert read(overlay_file("required")) == overlay()


def test_the_ready_overlay_repairs_a_configuration_that_says_otherwise() -> None:
    said: dict[str, Any] = {
        "margin_mode": "cross", "use_custom_stoploss": False, "trailing_stop": True, "exit_profit_only": True,
        "order_types": {
            "entry": "limit", "exit": "limit", "stoploss": "limit", "stoploss_on_exchange": False,
        },
        "entry_pricing": {"price_side": "same"}, "unfilledtimeout": {"entry": 600, "exit": 600},
        "recursive_strategy_search": True, "ignore_roi_if_entry_signal": True,
    }  # fmt: skip
    started(RunMode.LIVE, deep_merge_dicts(read(overlay_file("required")), said))


def test_every_attribute_that_a_configuration_overrides_was_judged() -> None:
    """And every key of Freqtrade's schema."""
    source = inspect.getsource(inspect.getmodule(StrategyResolver) or StrategyResolver)
    assigned = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign))
    (attributes,) = [node.value for node in assigned if getattr(node.targets[0], "id", "") == "attributes"]
    assert isinstance(attributes, ast.List)
    names = {ast.literal_eval(pair.elts[0]) for pair in attributes.elts if isinstance(pair, ast.Tuple)}
    assert len(names) > 20
    assert names - HEADS <= HARMLESS
    assert set(CONF_SCHEMA["properties"]) - HEADS == HARMLESS


HEADS = {row.path.partition(".")[0] for row in (*REQUIREMENTS, *RESTING_ENTRIES)}
