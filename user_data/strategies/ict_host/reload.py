"""`/reload_config` with a wrong value must not end a bot that has a trade open.

Freqtrade drops the running bot before it reads the new configuration, and ends where that does not start.
So the new one is rehearsed first: where it could not start, the running bot keeps what it had.
"""

import logging
import time
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from freqtrade.enums import RPCMessageType, State
from freqtrade.loggers import setup_logging
from freqtrade.worker import Worker

from ict.desk.secrets import redacted, secrets_in
from ict_host.rehearsal import StartError, loaded, rehearsed
from ict_host.seams.access import arguments_of, replace_reconfigure, start_anew, wait_of
from ict_host.start_error import spoken

logger = logging.getLogger("ICTObFvgStrategy")

RETRY_SECONDS = 5.0
# What a book and its open trades belong to: with another of these they would be abandoned.
OF_THE_MARKET = ("dry_run", "db_url", "exchange.name", "exchange.ccxt_config.urls")


def guard_reloads() -> None:
    """Rehearse each reload of this process from now on."""
    replace_reconfigure(_reconfigure)


def _reconfigure(worker: Worker, reconfigure: Any) -> None:
    bot = worker.freqtrade
    config, fault = _rehearsed(arguments_of(worker), bot.config)
    if config is not None:
        _reload(worker, reconfigure, config)
        return
    setup_logging(bot.config)
    # These are not the trader's new settings: the bot manages open trades, and no more.
    bot.state = State.PAUSED
    text = spoken(
        bot.config,
        f"The new configuration could not start, so the bot keeps the one that it had: {fault}. "
        "No entries until a reload succeeds or /start allows them again; open trades continue",
    )
    logger.error(text)
    bot.notify_status(text, msg_type=RPCMessageType.WARNING)


def _reload(worker: Worker, reconfigure: Any, config: dict[str, Any]) -> None:
    """Reload; during an outage try again until it is over: the old bot is gone by now."""
    begun = time.monotonic()
    try:
        reconfigure(worker)
        return
    except Exception:
        logger.exception("The reload met an outage; it is tried again")
    while True:
        wait_of(worker, RETRY_SECONDS)
        try:
            # Freqtrade removes the keys from its argument.
            start_anew(worker, deepcopy(config))
            break
        except Exception as error:
            logger.error("The bot can't start yet, it is tried again: %s", error)
    text = spoken(
        config,
        f"Reloaded after an outage: for {time.monotonic() - begun:.0f} s only the stops on the "
        "exchange protected open trades",
    )
    worker.freqtrade.notify_status(text, msg_type=RPCMessageType.WARNING)


def _rehearsed(arguments: dict[str, Any], running: Mapping[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """Load the new configuration and start with it in part; None and why where the bot would end."""
    secrets = secrets_in(running)
    try:
        config = loaded(arguments)
        secrets = (*secrets, *secrets_in(config))
        if moved := [name for name in OF_THE_MARKET if _at(config, name) != _at(running, name)]:
            fault = f"{', '.join(moved)} can't change while the bot runs: stop it and start it again"
            return None, spoken(running, fault)
        rehearsed(deepcopy(config))[1].close()
    except StartError as error:
        return None, redacted(str(error), secrets)
    except Exception as error:  # whatever it is, Freqtrade would end with it
        logger.exception("The new configuration could not be read")
        return None, redacted(f"{type(error).__name__}: {error}", secrets)
    return config, ""


def _at(config: Mapping[str, Any], path: str) -> Any:
    found: Any = config
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
