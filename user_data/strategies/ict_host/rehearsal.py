"""The steps of Freqtrade's own start, taken before it does, up to the first look at the account.

Freqtrade asks the exchange before it loads a strategy, so at its own start a wrong key is reported in the
exchange's words. Here each fault is one sentence that says what to do. Nothing is changed, no order is sent.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from copy import deepcopy
from functools import partial
from typing import Any

from freqtrade.commands import Arguments
from freqtrade.configuration import Configuration, validate_config_consistency
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import Exchange
from freqtrade.resolvers import ExchangeResolver, StrategyResolver
from freqtrade.strategy.interface import IStrategy

from ict.desk.safety import address_faults, trades_real_money, unlisted_pairs
from ict.desk.secrets import redacted, secrets_in
from ict.desk.start_faults import key_faults, meaning, no_money, unseen_characters
from ict_host.compare import book_fault, differences
from ict_host.database import use_fault
from ict_host.redaction import install
from ict_host.seams.access import addresses_of
from ict_host.start_error import spoken


class StartError(Exception):
    """The bot can't start; the text says why and what to do."""


def configured(words: Sequence[str]) -> dict[str, Any]:
    """Load the configuration as `freqtrade trade` does.

    Parameters
    ----------
    words
        The words that `freqtrade` gets; `trade` may be left out.

    Raises
    ------
    StartError
        If it can't be loaded.
    """
    line = [*words] if words[:1] == ["trade"] else ["trade", *words]
    return loaded(Arguments(line).get_parsed_arg())


def loaded(arguments: dict[str, Any]) -> dict[str, Any]:
    """Load the configuration from the arguments that Freqtrade has parsed.

    Raises
    ------
    StartError
        If it can't be loaded.
    """
    if unseen := unseen_characters(os.environ):
        raise StartError("; ".join(unseen))
    try:
        return Configuration(arguments, None).get_config()
    except FreqtradeException as error:
        raise StartError(" ".join(str(error).split())) from None
    except TypeError as error:
        # Freqtrade's merge can't replace a number or a text by a block, and does not say where.
        raise StartError(f"two of the files set one key as a block and as a single value: {error}") from None


def rehearsed(config: dict[str, Any]) -> tuple[IStrategy, Exchange]:
    """Load strategy and exchange as Freqtrade does; the exchange must be closed.

    Raises
    ------
    StartError
        If the bot could not start.
    """
    secrets = secrets_in(config)
    install(secrets)
    try:
        if faults := key_faults(config):
            raise StartError(spoken(config, *faults))
        # The strategy refuses what is wrong in the configuration before anybody is asked.
        strategy = StrategyResolver.load_strategy(config)
        if faults := getattr(strategy, "start_faults", list)():
            raise StartError(spoken(config, *faults))
        validate_config_consistency(config)
        exchange = ExchangeResolver.load_exchange(
            config, exchange_config=deepcopy(config["exchange"]), load_leverage_tiers=True
        )
    except FreqtradeException as error:
        _close_half_made(error)
        raise StartError(redacted(spoken(config, meaning(str(error), config)), secrets)) from None
    faults = [fault for api in addresses_of(exchange) for fault in address_faults(api)]
    unlisted = unlisted_pairs(config, lambda pair: pair in exchange.markets)
    if faults := [*dict.fromkeys(faults), *([unlisted] if unlisted else [])]:
        exchange.close()
        raise StartError(spoken(config, *faults))
    return strategy, exchange


def _close_half_made(error: Exception) -> None:
    """Close the exchange that failed to start: only the frames of the error still know it."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if isinstance(exchange := frame.f_locals.get("self"), Exchange):
            exchange.close()


def check(config: dict[str, Any]) -> str:
    """Check a configuration and the account behind it; return what was found, in a line.

    Raises
    ------
    StartError
        If the bot could not start.
    """
    strategy, exchange = rehearsed(config)
    try:
        if fault := book_fault(exchange, config) or use_fault(config["db_url"], takes=False):
            raise StartError(spoken(config, fault))
        found = [_account(exchange, config), *_differences(exchange, config)]
        return ", ".join([strategy.get_strategy_name(), *(spoken(config, part) for part in found)])
    finally:
        exchange.close()


def _differences(exchange: Exchange, config: dict[str, Any]) -> list[str]:
    if config.get("dry_run"):
        return []
    try:
        return differences(exchange, config)
    except Exception as error:  # ccxt's own as well: orders are fetched by its own calls
        raise StartError(spoken(config, meaning(str(error), config))) from None


def _account(exchange: Exchange, config: dict[str, Any]) -> str:
    if config.get("dry_run"):
        return "a dry run, no orders are sent"
    currency = config["stake_currency"]
    try:
        balances = exchange.get_balances()
    except FreqtradeException as error:
        raise StartError(spoken(config, meaning(str(error), config))) from None
    if fault := no_money(partial(_held, balances), currency):
        raise StartError(spoken(config, fault))
    held = f"{_held(balances, currency):,.2f} {currency}"
    real, play = f"{held} of REAL MONEY, one-way mode", f"{held} of play money, one-way mode"
    return real if trades_real_money(config) else play


def _held(balances: Any, coin: str) -> float:
    return float((balances.get(coin) or {}).get("total") or 0.0)
