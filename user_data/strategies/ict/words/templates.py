"""Whether every message template of a configuration can be sent: found at the start, not hours later.

Freqtrade formats a template when its event happens. A wrong field in it then loses the message, and in
`strategy_msg` ends the bot. Discord besides refuses a message with an empty or too long text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from string import Formatter
from types import MappingProxyType
from typing import Any

# Limits of a Discord message, in characters.
FIELD_NAME_LIMIT, FIELD_VALUE_LIMIT, EMBED_LIMIT, FIELDS_LIMIT = 256, 1024, 6000, 25
_TAG_LIMIT, _PAIR_LIMIT, _UNBOUNDED = 255, 40, 100_000

# A kind of value: an ordinary one, the one for an absent value, and the longest.
_Samples = tuple[Any, Any, Any]
_FLOAT: _Samples = (1.5, 0.0, -1.2345678901234567e-05)
_FLOAT_OR_NONE: _Samples = (1.5, None, -1.2345678901234567e-05)
_INT: _Samples = (1, 0, 9_999_999_999_999)
_BOOL: _Samples = (True, False, False)
_DATE: _Samples = (datetime(2026, 9, 30, 23, 59, 59, 123456, UTC),) * 3
_WORD: _Samples = ("word", "word", "w" * _PAIR_LIMIT)
_WORD_OR_NONE: _Samples = ("word", None, "w" * _PAIR_LIMIT)
_TAG: _Samples = ("ob+htf", None, "t" * _TAG_LIMIT)
_LONG: _Samples = ("text", "text", "x" * _UNBOUNDED)
_DATA: _Samples = (("BTC/USDT:USDT", "15m"), ("BTC/USDT:USDT", "15m"), ["p" * _PAIR_LIMIT] * 2500)

_STATUS = {"type": _WORD, "status": _LONG}
_ENTRY = {
    "type": _WORD, "trade_id": _INT, "buy_tag": _TAG, "enter_tag": _TAG, "exchange": _WORD,
    "pair": _WORD, "base_currency": _WORD, "quote_currency": _WORD, "leverage": _FLOAT_OR_NONE,
    "direction": _WORD, "limit": _FLOAT, "order_rate": _FLOAT, "open_rate": _FLOAT, "order_type": _WORD,
    "stake_amount": _FLOAT, "stake_currency": _WORD, "fiat_currency": _WORD_OR_NONE, "amount": _FLOAT,
    "open_date": _DATE, "current_rate": _FLOAT_OR_NONE, "sub_trade": _BOOL,
}  # fmt: skip
_OUTCOME = {
    "gain": _WORD, "profit_amount": _FLOAT, "profit_ratio": _FLOAT, "exit_reason": _TAG, "close_date": _DATE,
}  # fmt: skip
_CANCEL = {"reason": _TAG}
_EXIT = {
    **_ENTRY, **_OUTCOME, "cumulative_profit": _FLOAT, "close_rate": _FLOAT,
    "final_profit_ratio": _FLOAT_OR_NONE, "is_final_exit": _BOOL,
}  # fmt: skip
_LOCK = {
    "type": _WORD, "id": _INT, "pair": _WORD, "base_currency": _WORD_OR_NONE, "lock_time": _WORD,
    "lock_timestamp": _INT, "lock_end_time": _WORD, "lock_end_timestamp": _INT, "reason": _TAG,
    "side": _WORD, "active": _BOOL,
}  # fmt: skip
_LIQUIDATION = {
    "type": _WORD, "exchange": _WORD, "margin_mode": _WORD, "trade_id": _INT, "pair": _WORD,
    "base_currency": _WORD, "quote_currency": _WORD, "direction": _WORD, "leverage": _FLOAT_OR_NONE,
    "current_rate": _FLOAT, "liquidation_price": _FLOAT, "remaining_ratio": _FLOAT, "warn_ratio": _FLOAT,
    "positions_at_risk": _INT, "open_positions": _INT,
}  # fmt: skip
FIELDS: Mapping[str, Mapping[str, _Samples]] = MappingProxyType(
    {
        "status": _STATUS,
        "warning": _STATUS,
        "exception": _STATUS,
        "startup": _STATUS,
        "entry": _ENTRY,
        "entry_fill": _ENTRY,
        "entry_cancel": _ENTRY | _CANCEL,
        "exit": _EXIT,
        "exit_fill": _EXIT,
        "exit_cancel": _ENTRY | _OUTCOME | _CANCEL,
        "protection_trigger": _LOCK,
        "protection_trigger_global": _LOCK,
        "liquidation_warning": _LIQUIDATION,
        "strategy_msg": {"type": _WORD, "msg": _LONG},
        "whitelist": {"type": _WORD, "data": _DATA},
        "analyzed_df": {"type": _WORD, "data": _DATA},
        "new_candle": {"type": _WORD, "data": _DATA},
    }
)
_SHARED_KEYS = ("enabled", "timeout", "allow_custom_messages")
_DISCORD_KEYS = (*_SHARED_KEYS, "webhook_url")
_WEBHOOK_KEYS = (*_SHARED_KEYS, "url", "format", "retries", "retry_delay")
# Names that Freqtrade still reads for its older messages.
_WEBHOOK_OLD = {
    "webhookentry": "entry", "webhookentryfill": "entry_fill", "webhookentrycancel": "entry_cancel",
    "webhookexit": "exit", "webhookexitfill": "exit_fill", "webhookexitcancel": "exit_cancel",
    "webhookstatus": "status",
}  # fmt: skip
_LOUDNESS = ("on", "off", "silent")
# Of the samples, in their order.
_CASES = ("with an ordinary value", "when there is no value", "with the longest value")


def template_faults(config: Mapping[str, Any]) -> list[str]:
    """Say what would lose a message or end the bot, a sentence each; none where all can be sent.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration, all files and the environment merged. Only blocks that are enabled
        are looked at: discord, webhook and telegram.
    """
    faults: list[str] = []
    for name, check in {"discord": _discord, "webhook": _webhook, "telegram": _telegram}.items():
        block = config.get(name) or {}
        if not isinstance(block, Mapping):
            faults.append(f"{name}: must be a block, was {block!r:.80}")
        elif block.get("enabled") is True:
            faults.extend(check(block, config))
    return faults


def _discord(block: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[str]:
    yield from _address("discord.webhook_url", block.get("webhook_url"))
    yield from _unknown_keys("discord", block, (*_DISCORD_KEYS, *FIELDS))
    yield from _custom_messages("discord", block)
    added = {name: (str(config.get(name) or "word"),) * 3 for name in ("strategy", "timeframe")}
    added["bot_name"] = (str(config.get("bot_name") or ""),) * 3
    for kind in FIELDS:
        if block.get(kind) not in (None, []):
            yield from _embed(f"discord.{kind}", block[kind], {**FIELDS[kind], **added})


def _embed(where: str, fields: Any, known: Mapping[str, _Samples]) -> Iterator[str]:
    if not isinstance(fields, list) or not all(isinstance(field, Mapping) for field in fields):
        yield f'{where}: must be a list of {{"name": "text"}}, was {fields!r:.80}'
        return
    pairs = [pair for field in fields for pair in field.items()]
    if len(pairs) > FIELDS_LIMIT:
        yield f"{where}: {len(pairs)} fields, Discord takes {FIELDS_LIMIT}"
    longest = len(where) + _PAIR_LIMIT
    for name, template in pairs:
        yield from _field_name(where, name)
        texts, faults = _formatted(where, template, known)
        yield from faults or _field_value(where, name, texts)
        longest += len(name) + min(max(map(len, texts), default=0), FIELD_VALUE_LIMIT)
    if longest > EMBED_LIMIT:
        yield f"{where}: up to {longest} characters, Discord takes {EMBED_LIMIT} in a message"


def _field_name(where: str, name: str) -> Iterator[str]:
    if not name.strip():
        yield f"{where}: the name of a field is empty"
    if len(name) > FIELD_NAME_LIMIT:
        yield f"{where}: field name {name:.20}... has {len(name)} characters, {FIELD_NAME_LIMIT} are allowed"


def _field_value(where: str, name: str, texts: Sequence[str]) -> Iterator[str]:
    if not all(text.strip() for text in texts):
        yield f"{where}: the value of {name!r:.40} is empty or can be, and Discord refuses an empty one"
    longest = max(map(len, texts))
    if longest > FIELD_VALUE_LIMIT:
        yield (
            f"{where}: the value of {name!r:.40} can exceed Discord's {FIELD_VALUE_LIMIT} characters; "
            "shorten its text, as in {status:.1000}"
        )


def _formatted(where: str, template: Any, known: Mapping[str, _Samples]) -> tuple[list[str], list[str]]:
    """Texts that a template gives for ordinary, absent and longest values; and what is wrong with it."""
    if not isinstance(template, str):
        return [], [f"{where}: a value must be a text, was {template!r:.80}"]
    try:
        parts = [(field, spec) for _, field, spec, _ in Formatter().parse(template) if field is not None]
    except ValueError as error:
        return [], [f"{where}: {template!r:.80} is no format: {error}"]
    faults = [fault for field, spec in parts for fault in _reference(where, field, spec or "", known)]
    if faults:
        return [], faults
    texts: list[str] = []
    for index, case in enumerate(_CASES):
        values = {name: samples[index] for name, samples in known.items()}
        try:
            texts.append(template.format(**values))
        except Exception as error:  # a format may raise anything, and would raise it again when it is sent
            return [], [f"{where}: {template!r:.80} can't be formatted {case}: {error}"]
    return texts, []


def _reference(where: str, field: str, spec: str, known: Mapping[str, _Samples]) -> Iterator[str]:
    name = re.split(r"[.\[]", field, maxsplit=1)[0]
    if name not in known:
        yield f"{where}: unknown field {{{name}}}; known are: {', '.join(sorted(known))}"
    elif name != field:
        yield f"{where}: {{{field}}} looks inside {{{name}}}, which a template must not"
    if "{" in spec:
        yield f"{where}: {{{field}:{spec}}} has a field inside its format, which a template must not"
    width = re.search(r"\d{5,}", spec)
    if width:
        yield f"{where}: {{{field}:{spec}}} has the width {width[0]}, Discord takes {FIELD_VALUE_LIMIT}"


def _webhook(block: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[str]:
    yield from _address("webhook.url", block.get("url"))
    yield from _unknown_keys("webhook", block, (*_WEBHOOK_KEYS, *FIELDS, *_WEBHOOK_OLD))
    yield from _custom_messages("webhook", block)
    for key, kind in ({kind: kind for kind in FIELDS} | _WEBHOOK_OLD).items():
        where = f"webhook.{key}"
        if not block.get(key):
            continue
        if not isinstance(block[key], Mapping):
            yield f"{where}: must be a block, was {block[key]!r:.80}"
        elif block.get("format") == "raw" and "data" not in block[key]:
            yield f'{where}: format raw sends the text "data", and there is none'
        for template in _leaves(block[key]):
            yield from _formatted(where, template, FIELDS[kind])[1]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(inner)


def _telegram(block: Mapping[str, Any], _: Mapping[str, Any]) -> Iterator[str]:
    for name in ("token", "chat_id"):
        if not block.get(name):
            yield f"telegram.{name} is missing: set FREQTRADE__TELEGRAM__{name.upper()}"
    settings = block.get("notification_settings") or {}
    if not isinstance(settings, Mapping):
        yield f"telegram.notification_settings: must be a block, was {settings!r:.80}"
        return
    yield from _unknown_keys("telegram.notification_settings", settings, (*FIELDS, "show_candle"))
    for kind, loudness in settings.items():
        by_reason = loudness if isinstance(loudness, Mapping) and kind.startswith("exit") else {"": loudness}
        for reason, value in by_reason.items() if kind in FIELDS else ():
            if value not in _LOUDNESS:
                where = ".".join(filter(None, ("telegram.notification_settings", kind, reason)))
                yield f"{where} must be one of {', '.join(_LOUDNESS)}, was {value!r}"


def _address(where: str, url: Any) -> Iterator[str]:
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        # The value is a secret, even a wrong one.
        yield f"{where} is no web address: set FREQTRADE__{where.replace('.', '__').upper()}"


def _unknown_keys(where: str, block: Mapping[str, Any], known: Sequence[str]) -> Iterator[str]:
    for name in block:
        if name not in known:
            yield f"{where}.{name} is no message type; known are: {', '.join(FIELDS)}"


def _custom_messages(where: str, block: Mapping[str, Any]) -> Iterator[str]:
    if bool(block.get("strategy_msg")) != (block.get("allow_custom_messages") is True):
        yield f"{where}: the strategy's messages need both strategy_msg and allow_custom_messages: true"
