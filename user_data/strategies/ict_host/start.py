"""What must be right before a strategy of ours may run; else it does not start where orders could be sent.

Freqtrade merges files, environment, the strategy's attributes and its JSON file. What counts is the result,
so it is looked at after that, on the strategy itself, and before anything is traded.
"""

import logging
import os
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import freqtrade
from freqtrade.enums import TRADE_MODES, RunMode
from freqtrade.persistence import Trade

from ict import __version__
from ict.desk.requirements import REQUIREMENTS, differences
from ict.desk.safety import address_faults, market_of, refusals, unlisted_pairs
from ict.desk.start_faults import empty_wallet, no_money, unseen_characters, unseen_settings
from ict.setups.entries import find_entries
from ict.setups.faults import second_market_faults, setup_faults
from ict.words.settings import SETTINGS_KEY
from ict.words.templates import template_faults
from ict_host.database import claim_book, market_fault, use_fault, write_fault
from ict_host.parts import WithSettings
from ict_host.seams import access, habits, names
from ict_host.start_error import spoken, start_error
from ict_host.uncopied import avoid_copies

logger = logging.getLogger("ICTObFvgStrategy")

SIMULATIONS = (RunMode.BACKTEST, RunMode.HYPEROPT)
_HEADS = {row.path.partition(".")[0] for row in REQUIREMENTS}
# A process of Freqtrade may start a strategy many times, for example a lookahead analysis.
_warned: set[str] = set()


class IctStart(WithSettings):
    """The checks of a start."""

    def __init__(self, config: dict[str, Any]) -> None:
        _check_version(config)
        logger.info("%s %s on Freqtrade %s", type(self).__name__, __version__, freqtrade.__version__)
        super().__init__(config)
        self._is_live = config.get("runmode") in TRADE_MODES
        if self._is_live:
            unwritable = [fault] if (fault := write_fault(config.get("db_url", ""))) else []
            strange = [*unseen_characters(os.environ), *unseen_settings(config)]
            faults = [*strange, *refusals(config), *template_faults(config), *unwritable]
            _refuse(config, [*names.missing(), *faults])
        self.start_notes: list[str] = []

    def version(self) -> str:
        """Return the version, which Freqtrade shows in its log, in FreqUI and for `/version`."""
        return __version__

    def ft_set_special_params_from_file(self) -> None:
        """Keep the strategy's own values, before its JSON file and the configuration override them."""
        self._own = {name: _plain(deepcopy(getattr(self, name))) for name in _HEADS if hasattr(self, name)}
        super().ft_set_special_params_from_file()

    def ft_bot_start(self, **kwargs: Any) -> None:
        """Check the merged configuration, then start as Freqtrade does."""
        _refuse(self.config, self._faults_of_setup())
        faults = self.start_faults()
        if self._is_live:
            _refuse(self.config, [*faults, *self._market_faults()])
        elif faults and self.config.get("runmode") in SIMULATIONS:
            said = spoken(self.config, *faults)
            fault = f"A bot would not start with this, and would trade differently: {said}"
            _warn(spoken(self.config, fault))
        if self.config.get("runmode") in SIMULATIONS:
            for change in habits.changed():
                _warn(change)
            avoid_copies(self)
        super().ft_bot_start(**kwargs)

    def _faults_of_setup(self) -> list[str]:
        """Say what rules out every entry: no money, or settings of all pairs or of a group (SIG-3, SIG-4)."""
        # Entries of one's own have no triggers and no points.
        is_own = getattr(self, "find_entries", find_entries) is not find_entries
        faults_of = second_market_faults if is_own else setup_faults
        common, *groups = (list(faults_of(params)) for params in self._groups.each(self._at_start))
        of_groups = zip(self._groups.groups, groups, strict=True)
        empty = [fault] if (fault := empty_wallet(self.config)) else []
        return empty + common + [
            f'ict.pairs "{pattern}": {fault}'
            for pattern, faults in of_groups for fault in faults if fault not in common
        ]  # fmt: skip

    def _faults_of_alerts(self) -> list[str]:
        """Return what prevents alerts_only from working."""
        if not (self._is_live and self._at_start.alerts_only):
            return []
        faults = []
        if not self.config["dry_run"]:
            faults.append("alerts_only needs dry_run true: add -c user_data/config/alerts.json")
        if not (self.config.get(SETTINGS_KEY) or {}).get("alerts"):
            faults.append("alerts_only needs ict_messages.alerts, such as signal and ob: nothing is sent")
        return faults

    def start_faults(self) -> list[str]:
        """Return why a bot would not start, a sentence each: what never trades, what removes a protection."""
        differences = [f"{fault}{self._place(fault)}" for fault in self._differences()]
        return [*self._faults_of_setup(), *self._faults_of_alerts(), *differences]

    def _differences(self) -> list[str]:
        rests = self._at_start.entry_at == "zone"
        return differences(self._in_force(), self._own, rests=rests)

    def _in_force(self) -> dict[str, Any]:
        """Merge configuration and strategy as Freqtrade has."""
        merged = {**self.config}
        for name in _HEADS & {*self._own}:
            if (value := getattr(self, name, None)) is not None:
                merged[name] = _plain(value)
        if not self._is_live:
            # Freqtrade turns it off in a backtest, whatever was said.
            said = self._said("order_types") or self._own["order_types"]
            on_exchange = said.get("stoploss_on_exchange", True)
            merged["order_types"] = {**merged["order_types"], "stoploss_on_exchange": on_exchange}
        return merged

    def _place(self, fault: str) -> str:
        """Name the JSON file if the value comes from there: it is easily overlooked."""
        name = fault.partition(" ")[0]
        from_file = self._ft_params_from_file and name in self._own and self._said(name) is None
        return " (the strategy's JSON file says so)" if from_file else ""

    def _said(self, name: str) -> Any:
        """Return the configuration's own values, without those that Freqtrade copied there."""
        return habits.given(self.config).get(name)

    def _market_faults(self) -> list[str]:
        """Return conflicts between the configuration, the exchange and the book."""
        if getattr(self, "dp", None) is None:
            return []  # no bot is around it
        clients = access.addresses_of(access.bot_of(self.dp).exchange)
        faults = [*dict.fromkeys(fault for api in clients for fault in address_faults(api))]
        if used := self._use_fault():
            return [*faults, used]
        simulated = self.config["dry_run"]
        market = market_of(clients[0], self.config)
        if mixed := market_fault(self.config["db_url"], market, simulated=simulated):
            return [*faults, mixed]
        claim_book(market)
        return [*faults, *self._faults_of_entries()]

    def _use_fault(self) -> str | None:
        return use_fault(self.config["db_url"])

    def _faults_of_entries(self) -> list[str]:
        """Return why no entry is possible; with open trades only as a note, because they must be watched."""
        unlisted = unlisted_pairs(self.config, lambda pair: self.dp.market(pair) is not None)
        faults = [fault for fault in (unlisted, self._no_money()) if fault]
        if not (faults and Trade.get_open_trades()):
            return faults
        self.start_notes += [
            f"{fault}. The bot starts anyway, because it has open trades" for fault in faults
        ]
        return []

    def _no_money(self) -> str | None:
        if self.config["dry_run"] or self.wallets is None:
            return None
        return no_money(self.wallets.get_total, self.config["stake_currency"])


def _plain(value: Any) -> Any:
    """Give an ROI table whole minutes, as Freqtrade does; leave anything else as it is."""
    if isinstance(value, Mapping) and all(str(key).isdecimal() for key in value):
        return {int(key): ratio for key, ratio in value.items()}
    return value


def _check_version(config: Mapping[str, Any]) -> None:
    fault = names.version_fault()
    if fault and names.is_too_old():
        raise start_error(config, fault)
    if fault:
        _warn(fault)


def _refuse(config: Mapping[str, Any], faults: list[str]) -> None:
    if faults:
        raise start_error(config, *faults)


def _warn(text: str) -> None:
    if text not in _warned:
        _warned.add(text)
        logger.warning(text)
