"""No secret in the log file: the real Discord class, urllib3, ccxt and tracebacks, each at DEBUG level."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import ccxt
import ict_host.redaction as ict_logging
import pytest
import requests
from ict_lab.bots.discord import Delayed, Dropped, LoopbackDiscord, Mood, RateLimited, Refused

from ict.desk.secrets import HIDDEN, secrets_in
from tests.conftest import DISCORD_TOKEN as TOKEN
from tests.discord.bot import manager, messages

Configure = Callable[..., dict[str, Any]]
KEY, SECRET = "api-key-0123456789", "api-secret-0123456789"
LOGGER = logging.getLogger("some.library")


@pytest.fixture
def ordinary_logging() -> None:
    # A strategy that another test of this process started has installed it already.
    ict_logging.uninstall()


@pytest.fixture
def safe(configured: Configure, ordinary_logging: None) -> dict[str, Any]:
    """Configure Freqtrade, its secrets kept out of the log."""
    settings = configured("discord")
    settings["exchange"] |= {"key": KEY, "secret": SECRET}
    ict_logging.install(secrets_in(settings))
    return settings


def assert_silent(path: Path, *expected: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert not [secret for secret in (TOKEN, KEY, SECRET) if secret in content]
    for part in expected:
        assert part in content


MOODS = [Refused(400), Refused(404), Refused(503), RateLimited(0.05), Dropped(), Delayed(0.3)]


@pytest.mark.parametrize("mood", MOODS, ids=repr)
def test_discord_in_any_mood(
    mood: Mood, safe: dict[str, Any], discord: LoopbackDiscord, log_file: Path
) -> None:
    discord.moods.extend([mood, mood])
    if isinstance(mood, Delayed):
        safe["discord"]["timeout"] = mood.seconds / 3
    manager(safe).send_msg(messages()["warning"])
    expected = ["Could not call webhook url", "Retrying webhook"]
    if not isinstance(mood, Dropped | Delayed):  # of those two, requests tells the host alone
        expected += ["for url: REDACTED", "POST REDACTED"]  # Freqtrade's line and urllib3's
    assert_silent(log_file, *expected)


def test_a_refused_connection_and_a_wrong_address(safe: dict[str, Any], log_file: Path) -> None:
    for url in (f"http://127.0.0.1:1/api/webhooks/1/{TOKEN}", f"127.0.0.1/api/webhooks/1/{TOKEN}"):
        safe["discord"]["webhook_url"] = url
        ict_logging.install(secrets_in(safe))
        manager(safe).send_msg(messages()["warning"])
    assert_silent(log_file, "Connection refused", f"with url: {HIDDEN}", "Invalid URL 'REDACTED'")


def test_a_delivered_message(safe: dict[str, Any], discord: LoopbackDiscord, log_file: Path) -> None:
    manager(safe).send_msg(messages()["warning"])
    assert len(discord.messages) == 1
    assert_silent(log_file, "urllib3.connectionpool", f"POST {HIDDEN}")


def test_the_control_without_it_the_secret_is_in_the_log(
    configured: Configure, discord: LoopbackDiscord, log_file: Path
) -> None:
    discord.moods.append(Refused(400))
    manager(configured("discord")).send_msg(messages()["warning"])
    assert log_file.read_text(encoding="utf-8").count(TOKEN) >= 2


def test_ccxt_requests_with_their_headers(
    safe: dict[str, Any], discord: LoopbackDiscord, log_file: Path
) -> None:
    exchange = ccxt.binance({"apiKey": KEY, "secret": SECRET})
    with pytest.raises(ccxt.BaseError):
        exchange.fetch(discord.url.replace("/api/", "/other/"), "POST", {"X-MBX-APIKEY": KEY}, "{}")
    exchange.session.close()
    assert_silent(log_file, "ccxt.base.exchange", f"'X-MBX-APIKEY': '{HIDDEN}'")


def test_tracebacks_of_chained_exceptions(safe: dict[str, Any], log_file: Path) -> None:
    try:
        try:
            raise requests.HTTPError(f"for url: {safe['discord']['webhook_url']}")
        except requests.HTTPError as error:
            raise RuntimeError(f"{KEY}\nand {SECRET!r}") from error
    except RuntimeError:
        LOGGER.exception("Fatal exception!")
    assert_silent(
        log_file, "Traceback", "The above exception was the direct cause", "Fatal exception!",
        f"url: {HIDDEN}",
    )  # fmt: skip


def test_messages_arguments_and_stacks(safe: dict[str, Any], log_file: Path) -> None:
    half = len(KEY) // 2
    LOGGER.debug("%s%s", KEY[:half], KEY[half:])
    LOGGER.info("only the start: %.3s", SECRET)
    LOGGER.warning("%(key)s", {"key": KEY})
    LOGGER.error({"error": ValueError(SECRET)})
    LOGGER.critical("stack of api-key-0123456789", stack_info=True)
    assert_silent(log_file, f"WARNING - {HIDDEN}", "only the start: api", "Stack (most recent call last)")


def test_arguments_do_not_keep_it_for_other_handlers(
    safe: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    LOGGER.warning("only the start: %.3s of %d", SECRET, 5)
    LOGGER.warning("nothing secret: %s of %d", "word", 5)
    try:
        raise ValueError(SECRET)
    except ValueError:
        LOGGER.exception("failed")
    first, second, third = caplog.records[-3:]
    assert (first.getMessage(), first.args) == ("only the start: api of 5", None)
    assert second.args == ("word", 5)  # what is not secret is left alone
    assert third.exc_info is None
    assert HIDDEN in str(third.exc_text)


def test_handlers_loggers_and_threads_that_come_later(safe: dict[str, Any], tmp_path: Path) -> None:
    late = logging.getLogger("made.later")
    handler = logging.FileHandler(tmp_path / "late.log", encoding="utf-8")
    late.addHandler(handler)
    thread = threading.Thread(target=lambda: late.error("key %s", KEY))
    thread.start()
    thread.join()
    late.removeHandler(handler)
    handler.close()
    assert_silent(tmp_path / "late.log", f"key {HIDDEN}")


def test_a_wrong_call_of_the_logger(
    safe: dict[str, Any], log_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", True)
    LOGGER.propagate = False
    handler = logging.StreamHandler()
    LOGGER.addHandler(handler)
    try:
        LOGGER.error("%d apples of %s", KEY, SECRET, 3)
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.propagate = True
    assert KEY not in capsys.readouterr().err


def test_what_cannot_be_cleaned_is_withheld(
    safe: dict[str, Any], log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ict_logging, "redacted", Mock(side_effect=RuntimeError(KEY)))
    LOGGER.error("key %s", KEY)
    assert "a log line was withheld" in log_file.read_text(encoding="utf-8")
    assert KEY not in log_file.read_text(encoding="utf-8")


def test_installing_twice_and_taking_it_off(ordinary_logging: None, log_file: Path) -> None:
    before = logging.getLogRecordFactory()
    ict_logging.install(["first-secret"])
    ict_logging.install(["second-secret"])
    installed: Any = logging.getLogRecordFactory()
    assert (installed.inner, installed.secrets) == (before, ("second-secret",))
    LOGGER.error("first-secret second-secret")
    ict_logging.uninstall()
    assert logging.getLogRecordFactory() is before
    ict_logging.uninstall()
    assert logging.getLogRecordFactory() is before
    assert f"first-secret {HIDDEN}\n" in log_file.read_text(encoding="utf-8")
