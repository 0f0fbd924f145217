"""Starts that must not happen: a sentence that says why, a failure for the one who started it, no order."""

import gc
import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import TCPConnector
from ict_host.database import _locked
from ict_host.rehearsal import StartError, check, configured
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, LONG
from ict_lab.bots.process import INTERRUPTED
from ict_lab.bots.shipped import KEY, SECRET, ShippedBot

from loopback.server import LoopbackServer
from tests.config.support import overlay, read
from tests.live.conftest import MakeBot, MakeServer
from tests.support.places import REPOSITORY, STRATEGIES

Prepare = Callable[[LoopbackServer], Any]
HALF_AN_HOUR_MS = 1_800_000


def nothing(server: LoopbackServer) -> None:
    """Leave the exchange as it is."""


def of_ours(given: dict[str, Any], sentence: str) -> tuple[Prepare, dict[str, Any], str, str]:
    """Make a case that our own code refuses, in the same words at both places."""
    return nothing, given, sentence, sentence


# What is wrong on the exchange, in the bot's arguments, what Freqtrade says, and what the check says.
CASES: dict[str, tuple[Prepare, dict[str, Any], str, str]] = {
    "hedge_mode": (lambda s: s.operator.set_modes(hedge_mode=True), {}, "Hedge Mode is not supported",
        "the account is in hedge mode: set its position mode to one-way at demo.binance.com"),
    "multi_assets": (lambda s: s.operator.set_modes(multi_assets=True), {},
        "Multi-Asset Mode is not supported",
        "the account is in multi-assets mode: set its asset mode to single-asset"),
    "wrong_key": (nothing, {"environment": {KEY: "k" * 64}}, "Invalid API-key",
        f"the API key is refused: {KEY} must be a key of demo.binance.com that may trade futures"),
    "no_key_at_all": (nothing, {"environment": {KEY: "not-a-key"}}, "API-key format invalid",
        f"the API key does not look like one: {KEY} must be"),
    "wrong_secret": (nothing, {"environment": {SECRET: "s" * 64}}, "Signature for this request is not valid",
        f"the API secret does not belong to the key: {SECRET} must be"),
    "missing_key": (nothing, {"environment": {KEY: "", SECRET: ""}}, 'requires "apiKey" credential',
        f"no API key: set {KEY} and {SECRET} in .env"),
    "clock": (lambda s: s.operator.shift_server_time(HALF_AN_HOUR_MS), {}, "Timestamp for this request",
        "this computer's clock is wrong: it must be within a second of the exchange's"),
    # The strategy's own sentences: the file's addresses without the file's sentence, and what it declares.
    "mainnet": of_ours({"extra": {"exchange": read(overlay("mainnet"))["exchange"]}},
        "real money would be at risk"),
    "template": of_ours({"extra": {"discord": {"entry_fill": [{"Stop": "{stop_loss}"}]}}},
        "unknown field {stop_loss}"),
    "parameter": of_ours({"ict": {"entry_threshold": 900.0}}, "entry_threshold must be between 0 and 100"),
    "unknown_pair": of_ours({"extra": {"exchange": {"pair_whitelist": ["NOPE/USDT:USDT"]}}},
        "pair_whitelist must name futures that the exchange lists"),
}  # fmt: skip
# A process each: refused by the exchange's class, and by the strategy.
AS_PROCESSES = ("hedge_mode", "mainnet")


def nothing_was_done(server: LoopbackServer) -> None:
    asked = [(entry.method, entry.path) for entry in server.exchange.record.entries]
    assert not [path for method, path in asked if method != "GET"]
    assert server.operator.state()["orders"] == []


@pytest.mark.parametrize("case", AS_PROCESSES)
def test_the_bot_refuses_to_start(make_bot: MakeBot, case: str) -> None:
    """Freqtrade by itself would run on without any pair, and start in production.

    With whole requests in the log, as the libraries below Freqtrade write them: no key may be there.
    """
    prepare, given, sentence, _ = CASES[case]
    bot, server = make_bot(verbosity="-vvv", **given)
    prepare(server)
    with bot:
        code = bot.ended()
    assert sentence in bot.file_log(), bot.file_log()[-3_000:]
    assert code not in (0, INTERRUPTED)
    nothing_was_done(server)


@pytest.mark.parametrize("case", CASES)
def test_the_check_says_why_and_what_to_do(
    make_server: MakeServer,
    discord: LoopbackDiscord,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: str,
) -> None:
    prepare, given, _, sentence = CASES[case]
    server = make_server({BTC: LONG})
    prepare(server)
    bot = ShippedBot(server, discord, tmp_path, **given)
    with pytest.raises(StartError) as caught:
        checked(bot, monkeypatch, given.get("environment"))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not [one for one in gc.get_objects() if isinstance(one, TCPConnector) and not one.closed]
    nothing_was_done(server)


def test_the_check_finds_nothing_wrong(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server({BTC: LONG})
    bot = ShippedBot(server, discord, tmp_path)
    found = checked(bot, monkeypatch)
    assert found == "ICTObFvgStrategy, 10,000.00 USDT of play money, one-way mode"
    nothing_was_done(server)
    with (
        closing(_locked(Path(f"{bot.database}.lock"))),
        pytest.raises(StartError, match=f"db_url sqlite:///{bot.database} is in use by another bot"),
    ):
        checked(bot, monkeypatch)
    server.operator.set_balance(0)
    (tmp_path / "poor").mkdir()
    with pytest.raises(StartError, match="the account must hold USDT in its futures wallet, it holds 0"):
        checked(ShippedBot(server, discord, tmp_path / "poor"), monkeypatch)


def checked(
    bot: ShippedBot, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str] | None = None
) -> str:
    """Check what a bot would start with, in this process and in the exchange's time."""
    account = bot.server.exchange.settings
    ours = {KEY: account.key, SECRET: account.secret, "FREQTRADE__DISCORD__WEBHOOK_URL": bot.discord.url}
    for name, value in {**ours, **(environment or {})}.items():
        monkeypatch.setenv(name, value)
    with bot.in_its_time():
        return check(configured(bot.words))


def test_compose_says_it_before_the_bot_starts(make_bot: MakeBot, tmp_path: Path) -> None:
    """The container's own line, in a shell here; it goes on to Freqtrade only where nothing is wrong."""
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
    shell, option, line, name = compose["services"]["freqtrade"]["entrypoint"]
    here = line.replace("$$", "$").replace("python ", f"{sys.executable} ").replace("freqtrade ", "echo ran ")
    bot, server = make_bot(environment={KEY: "k" * 64})
    path = os.pathsep.join((str(tmp_path / "guard"), str(STRATEGIES)))
    run = bot.run_instead([shell, option, here, name, *bot.words], PYTHONPATH=path)
    assert (run.returncode, run.stdout) == (2, "Checking configuration, keys, clock and account ...\n")
    assert run.stderr == f"The bot can't start: {CASES['wrong_key'][3]} from this computer's address\n"
    nothing_was_done(server)
