"""A bot does not start where it should not: each reason is named; backtests never mind."""

import logging
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.resolvers import StrategyResolver
from freqtrade.strategy.interface import IStrategy

from tests.strategy import live
from tests.strategy.host import opened
from tests.strategy.live import OPTIONS, SECRET, URL_NAMES, LiveProvider
from tests.strategy.support import BTC

pytestmark = pytest.mark.usefixtures("book")

SENTENCE = "I accept that real money is at risk"
MAINNET = "https://fapi.binance.com/fapi/v1"
SERVER = {"enabled": True, "password": "a-long-password", "jwt_secret_key": "k" * 32}
WEBHOOK = f"https://discord.com/api/webhooks/1/{SECRET}"


def exchange(urls: dict[str, str], **options: Any) -> dict[str, Any]:
    client = {"urls": {"api": urls}, "options": OPTIONS | options}
    return {"name": "binance", "enable_ws": False, "ccxt_config": client}


def urls(**changed: str) -> dict[str, str]:
    return {**dict.fromkeys(URL_NAMES, "https://demo-fapi.binance.com/fapi/v1"), **changed}


def server(**changed: Any) -> dict[str, Any]:
    return {"api_server": {**SERVER, **changed}}


def discord(**kinds: Any) -> dict[str, Any]:
    return {"discord": {"enabled": True, "webhook_url": WEBHOOK, **kinds}}


OF_MAINNET = {"exchange": exchange(dict.fromkeys(URL_NAMES, MAINNET))}
PASSWORD, JWT_SECRET = "FREQTRADE__API_SERVER__PASSWORD", "FREQTRADE__API_SERVER__JWT_SECRET_KEY"
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "mainnet": (OF_MAINNET, "ict_mainnet"),
    "no urls": ({"exchange": {"name": "binance", "enable_ws": False}}, "ict_mainnet"),
    "async client elsewhere": (
        {"exchange": exchange(urls()) | {"ccxt_async_config": {"urls": {"api": {"fapiPrivate": MAINNET}}}}},
        "ict_mainnet"),
    "almost the sentence": (
        {"exchange": exchange(urls(fapiPrivate=MAINNET)), "ict_mainnet": SENTENCE.lower()}, "ict_mainnet"),
    "dry run's database": ({"db_url": "sqlite:///user_data/tradesv3.dryrun.sqlite"}, "dryrun.sqlite"),
    "dry run's database, spelt": ({"db_url": "sqlite:///my_Dry-Run.sqlite"}, "db_url"),
    "a database in memory": ({"db_url": "sqlite://"}, "db_url must be a file, was sqlite://: "),
    "no folder for the database": ({"db_url": "sqlite:////no/x.sqlite"}, "no such folder: /no"),
    **{
        f"{name} of production": (
            {"exchange": exchange(urls(), **{name: value})}, f"exchange.ccxt_config.options.{name} must be ")
        for name, value in {
            "fetchCurrencies": True, "fetchMargins": None, "fetchMarkets": {"types": ["spot"]},
        }.items()
    },
    "a portfolio margin account": ({"exchange": exchange(urls(), portfolioMargin=True)},
        "exchange.ccxt_config.options.portfolioMargin must be left out, was true: "),
    "a portfolio margin account for one call of one client": (
        {"exchange": exchange(urls()) | {"ccxt_sync_config": {"options": {"createOrder": {"papi": True}}}}},
        "exchange.ccxt_sync_config.options.createOrder.papi must be left out, was true: "),
    "currencies of production for one client": (
        {"exchange": exchange(urls()) | {"ccxt_sync_config": {"options": {"fetchCurrencies": True}}}},
        "exchange.ccxt_sync_config.options.fetchCurrencies must be false, was true: "),
    "no password": (server(password=""), PASSWORD),
    "short password": (server(password="seven77"), PASSWORD),
    "placeholder password": (server(password="✗ set the password"), PASSWORD),
    "no secret": (server(jwt_secret_key=""), JWT_SECRET),
    "short secret": (server(jwt_secret_key="k" * 31), JWT_SECRET),
    "placeholder secret": (
        server(jwt_secret_key="ssh-rsa is no token secret: set it in the environment"), JWT_SECRET),
    "unknown field": (discord(entry=[{"Pair": "{pair} {colour}"}]), "colour"),
    "messages are no block": ({"ict_messages": ["en"]}, "ict_messages"),
    "unknown language": ({"ict_messages": {"language": "de"}}, "ict_messages.language"),
    "unknown message setting": ({"ict_messages": {"lang": "en"}}, "ict_messages.lang"),
    "patterns are a number": ({"ict_messages": {"patterns": 1}}, "ict_messages.patterns"),
}  # fmt: skip
IN_A_DRY_RUN = ("no password", "short secret", "unknown field")


@pytest.mark.parametrize("case", REFUSED)
def test_a_live_bot_is_refused(case: str) -> None:
    """A backtest is not, but for a bad block of messages, which is named at every start."""
    changed, named = REFUSED[case]
    with pytest.raises(OperationalException) as caught:
        live.start(**changed)
    assert named in str(caught.value)
    assert SECRET not in str(caught.value)
    if "ict_messages" not in changed:
        live.start(RunMode.BACKTEST, **changed)


@pytest.mark.parametrize("runmode", [RunMode.DRY_RUN, RunMode.BACKTEST])
@pytest.mark.parametrize("wallet", [0, -1, {"USDT": 0}, {"BNB": 5}])
def test_a_simulation_needs_money(runmode: RunMode, wallet: Any) -> None:
    with pytest.raises(OperationalException, match=r"^dry_run_wallet must be above 0, was "):
        live.start(runmode, dry_run_wallet=wallet)


@pytest.mark.parametrize("case", ["mainnet", "no urls", "dry run's database", *IN_A_DRY_RUN])
def test_a_dry_run_needs_no_testnet_and_is_refused_what_is_wrong_there(case: str) -> None:
    with pytest.raises(OperationalException) if case in IN_A_DRY_RUN else nullcontext():
        live.start(RunMode.DRY_RUN, **REFUSED[case][0])


def test_an_unseen_character_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREQTRADE__DISCORD__WEBHOOK_URL", f"{WEBHOOK}\r")
    with pytest.raises(OperationalException, match="WEBHOOK_URL contains a Windows line ending") as caught:
        live.start(RunMode.DRY_RUN)
    assert SECRET not in str(caught.value)


def test_every_fault_is_named_at_once_and_a_sound_configuration_starts() -> None:
    """A server that is off needs no password."""
    wrong = server(password="", jwt_secret_key="") | OF_MAINNET | discord(entry=[{"a": "{b}"}])
    with pytest.raises(OperationalException) as caught:
        live.start(**wrong)
    for named in ("ict_mainnet", "PASSWORD", "JWT_SECRET_KEY", "discord.entry"):
        assert named in str(caught.value)
    live.start(**server(), **discord(entry=[{"Pair": "{pair}"}]))
    live.start(**server(enabled=False, password="", jwt_secret_key=""))


def test_the_sentence_allows_real_money_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    mainnet = {**OF_MAINNET, "ict_mainnet": SENTENCE}
    with caplog.at_level(logging.WARNING):
        live.running(**mainnet)
    assert [record for record in caplog.records if record.getMessage().startswith("MAINNET")]
    caplog.clear()
    live.running()
    assert not [record for record in caplog.records if record.getMessage().startswith("MAINNET")]


@pytest.mark.parametrize("runmode", [RunMode.LIVE, RunMode.DRY_RUN, RunMode.BACKTEST])
def test_secrets_are_in_no_log_after_a_start(runmode: RunMode, caplog: pytest.LogCaptureFixture) -> None:
    password, secret = "a-long-password", "jwt-secret-" + "k" * 32
    settings = {**server(password=password, jwt_secret_key=secret), **discord(entry=[{"Pair": "{pair}"}])}
    live.start(runmode, **settings)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        for logger in ("freqtrade.worker", "urllib3.connectionpool", "ccxt", "ICTObFvgStrategy"):
            logging.getLogger(logger).warning("%s %s", WEBHOOK, {"password": password, "jwt": secret})
            try:
                raise ValueError(f"key {SECRET} of {live.configuration(runmode, **settings)}")
            except ValueError:
                logging.getLogger(logger).exception("It failed")
    assert len(caplog.records) == 8
    assert not [part for part in (SECRET, password, secret) if part in caplog.text]


@pytest.mark.parametrize("has_trade", [True, False])
def test_a_delisted_pair_stops_the_start_unless_a_trade_is_open(
    has_trade: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stop of an open trade rests, and other trades must not lose their watch."""
    monkeypatch.setattr(LiveProvider, "market", lambda provider, pair: None, raising=False)
    delisted = {"exchange": {**exchange(urls()), "pair_whitelist": [BTC]}}
    if has_trade:
        opened()
        (told,) = live.start(**delisted).dp.sent
        assert f"was {BTC}. The bot starts anyway, because it has open trades" in told
    else:
        with pytest.raises(OperationalException, match=f"was {BTC}$"):
            live.start(**delisted)


def start_with(**held: float) -> IStrategy:
    strategy = StrategyResolver.load_strategy(live.configuration())
    strategy.wallets = SimpleNamespace(get_total=lambda coin: held.get(coin, 0.0))
    return live.started(strategy)


BESIDE = "; its BNFCR and BFUSD can't be traded with isolated margin"


@pytest.mark.parametrize(
    ("held", "said"),
    [({"USDT": 0.01}, None), ({}, ""), ({"BNB": 1.0}, ""), ({"BNFCR": 5.0, "BFUSD": 1.0}, BESIDE)],
    ids=["USDT", "nothing", "another coin", "Binance's own"],
)
def test_an_account_without_money_does_not_start(held: dict[str, float], said: str | None) -> None:
    """Otherwise every entry would be refused for its size (M22)."""
    if said is None:
        assert start_with(**held).start_notes == []
        return
    with pytest.raises(OperationalException) as caught:
        start_with(**held)
    assert str(caught.value) == f"the account must hold USDT in its futures wallet, it holds 0{said}"


def test_an_account_without_money_starts_for_its_open_trades() -> None:
    opened()
    (note,) = start_with().start_notes
    assert note.endswith("it holds 0. The bot starts anyway, because it has open trades")
