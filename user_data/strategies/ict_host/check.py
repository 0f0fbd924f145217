"""Say whether the bot could start: ``python -m ict_host.check``, with the words that ``freqtrade`` gets.

``python -m ict_host.check trade -c config.json --strategy ICTObFvgStrategy`` takes the same steps as
Freqtrade's own start, up to the first look at the account; nothing is changed there and no order is sent.
Freqtrade asks the exchange before it loads a strategy, so at its own start a wrong key is told in the
exchange's words. Here each fault is one sentence that says what to do.
"""

import logging
import os
import sys
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from freqtrade.commands import Arguments
from freqtrade.configuration import Configuration
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import Exchange
from freqtrade.resolvers import ExchangeResolver, StrategyResolver

from ict.desk.safety import trades_real_money, unlisted_pairs
from ict.desk.secrets import redacted, secrets_in
from ict.desk.start_faults import meaning, missing_keys
from ict_host.compare import differences
from ict_host.redaction import install

REFUSED = 2


class StartError(Exception):
    """The bot can't start; the text says why and what to do."""


def main(words: Sequence[str] | None = None) -> int:
    """Check a start and return the exit code: 0 if the bot could start, 2 if not.

    Parameters
    ----------
    words
        The words that `freqtrade` gets; the process's own if None. `trade` may be left out.
    """
    # Freqtrade's own account of all its steps would hide the one sentence.
    logging.disable(logging.WARNING)
    # The running bot alone writes its log file: two processes must not rotate one.
    os.environ["FREQTRADE__LOGFILE"] = ""
    try:
        found = check(configured(sys.argv[1:] if words is None else words))
    except StartError as error:
        print(f"The bot can't start: {error}", file=sys.stderr)
        return REFUSED
    print(f"The bot can start: {found}")
    return 0


def configured(words: Sequence[str]) -> dict[str, Any]:
    """Load the configuration as `freqtrade trade` does.

    Raises
    ------
    StartError
        If it can't be loaded.
    """
    line = [*words] if words[:1] == ["trade"] else ["trade", *words]
    try:
        return Configuration(Arguments(line).get_parsed_arg(), None).get_config()
    except FreqtradeException as error:
        raise StartError(" ".join(str(error).split())) from None


def check(config: dict[str, Any]) -> str:
    """Check a configuration and the account behind it; return what was found, in a line.

    Raises
    ------
    StartError
        If the bot could not start.
    """
    secrets = secrets_in(config)
    install(secrets)
    try:
        if missing := missing_keys(config):
            raise StartError(missing)
        # The strategy refuses what is wrong in the configuration before anybody is asked.
        strategy = StrategyResolver.load_strategy(config)
        exchange = ExchangeResolver.load_exchange(
            config, exchange_config=deepcopy(config["exchange"]), load_leverage_tiers=True
        )
    except FreqtradeException as error:
        raise StartError(redacted(meaning(str(error), config), secrets)) from None
    try:
        if unknown := unlisted_pairs(config, lambda pair: pair in exchange.markets):
            raise StartError(unknown)
        found = [strategy.get_strategy_name(), _account(exchange, config)]
        return ", ".join([*found, *_differences(exchange, config)])
    finally:
        exchange.close()


def _differences(exchange: Exchange, config: dict[str, Any]) -> list[str]:
    if config.get("dry_run"):
        return []
    try:
        return differences(exchange, config)
    except Exception as error:  # ccxt's own as well: orders are asked for by its own calls
        raise StartError(meaning(str(error), config)) from None


def _account(exchange: Exchange, config: dict[str, Any]) -> str:
    if config.get("dry_run"):
        return "a dry run, no order leaves"
    currency = config["stake_currency"]
    try:
        balance = exchange.get_balances().get(currency)
    except FreqtradeException as error:
        raise StartError(meaning(str(error), config)) from None
    held = balance["total"] or 0.0 if balance else 0.0
    if not held > 0:
        raise StartError(f"the account must hold {currency} in its futures wallet, it holds {held:g}")
    money = "REAL MONEY" if trades_real_money(config) else "play money"
    return f"{held:,.2f} {currency} of {money}, one-way mode"


if __name__ == "__main__":
    sys.exit(main())
