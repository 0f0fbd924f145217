"""Each way in which a template can be wrong is found at the start, with its message type and its field."""

import re
import types
import typing
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from freqtrade.enums import RPCMessageType
from freqtrade.rpc import rpc_types
from freqtrade.rpc.discord import Discord
from hypothesis import given, settings
from hypothesis import strategies as st
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.discord_limits import faults_of

from ict.words.templates import FIELDS, template_faults
from tests.discord.bot import manager, messages

URL = "http://127.0.0.1:1/api/webhooks/1/token"
REAL = messages()


def discord_faults(kind: str, *fields: Any, **more: Any) -> list[str]:
    custom = {"strategy_msg": [{"Text": "{msg:.1024}"}], "allow_custom_messages": True}
    block = {"enabled": True, "webhook_url": URL, **custom, kind: list(fields), **more}
    return template_faults({"bot_name": "bot", "discord": block})


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_every_known_field_of_every_type_is_accepted_and_formats(kind: str, discord: LoopbackDiscord) -> None:
    names = [*FIELDS[kind], "strategy", "timeframe", "bot_name"]
    fields = [{name: f"{name}: {{{name}!s:.30}}"} for name in names]
    for start in range(0, len(fields), 25):
        part = fields[start : start + 25]
        assert discord_faults(kind, *part, allow_custom_messages=True) == []
        block = {"enabled": True, "webhook_url": discord.url, kind: part}
        config = {"strategy": "s", "timeframe": "15m", "bot_name": "bot", "discord": block}
        manager(config).send_msg(messages()[kind])
    assert discord.refusals == []
    assert sum(len(message["embeds"][0]["fields"]) for message in discord.messages) == len(names)


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_an_unknown_field_is_named(kind: str) -> None:
    (fault,) = discord_faults(kind, {"SL": "{stop_loss}"})
    assert fault.startswith(f"discord.{kind}: unknown field {{stop_loss}}; known are: ")
    assert set(FIELDS[kind]) <= set(fault.partition("known are: ")[2].split(", "))


@pytest.mark.parametrize(("field", "fault"), [
    ({"Pair": "{}"}, "unknown field {}"),
    ({"Pair": "{0}"}, "unknown field {0}"),
    ({"Pair": "{pair.__class__}"}, "{pair.__class__} looks inside {pair}"),
    ({"Pair": "{pair[0]}"}, "{pair[0]} looks inside {pair}"),
    ({"Pair": "{pair:{amount}}"}, "{pair:{amount}} has a field inside its format"),
    ({"Pair": "{pair"}, "'{pair' is no format"),
    ({"Pair": "pair}"}, "'pair}' is no format"),
    ({"Pair": "{pair!x}"}, "'{pair!x}' can't be formatted"),
    ({"Pair": "{pair:.2f}"}, "'{pair:.2f}' can't be formatted"),
    ({"Open": "{open_rate:%Y}"}, "'{open_rate:%Y}' can't be formatted"),
    ({"Id": "{trade_id:99999}"}, "has the width 99999"),
    ({"Rate": "{current_rate:.2f}"}, "'{current_rate:.2f}' can't be formatted when there is no value"),
    ({"Pair": ""}, "the value of 'Pair' is empty"),
    ({"Pair": " \n"}, "the value of 'Pair' is empty"),
    ({"Pair": "v" * 1025}, "the value of 'Pair' can exceed Discord's 1024"),
    ({"Pair": 5}, "a value must be a text, was 5"),
    ({"": "{pair}"}, "the name of a field is empty"),
    ({"n" * 257: "{pair}"}, "has 257 characters"),
    ({str(number): "{pair}" for number in range(26)}, "26 fields, Discord takes 25"),
    ({str(number): "v" * 1000 for number in range(6)}, "up to 60"),
    ("{pair}", "must be a list of"),
], ids=str)  # fmt: skip
def test_a_wrong_template_is_named(field: Any, fault: str) -> None:
    (found,) = discord_faults("entry_fill", field)
    assert found.startswith("discord.entry_fill: ")
    assert fault in found


@pytest.mark.parametrize("kind", ["status", "warning", "exception", "startup"])
def test_a_long_text_must_be_shortened(kind: str) -> None:
    assert "{status:.1000}" in discord_faults(kind, {"Text": "{status}"})[0]
    assert "Text" in discord_faults(kind, {"Text": "{status:.1000} and {status:.100}"})[0]
    assert discord_faults(kind, {"Text": "{status:.1000}"}) == []


def test_a_name_that_is_not_set_leaves_a_value_empty() -> None:
    block = {"enabled": True, "webhook_url": URL, "status": [{"Bot": "{bot_name}"}]}
    assert template_faults({"bot_name": "bot", "discord": block}) == []
    assert "empty" in template_faults({"discord": block})[0]


def test_an_unknown_key_is_named_with_the_types() -> None:
    (fault,) = discord_faults("entry_filled", {"Pair": "{pair}"})
    assert fault.startswith("discord.entry_filled is no message type; known are: status, warning")
    assert all(kind.value in fault for kind in RPCMessageType)


@pytest.mark.parametrize("allowed", [False, None])
def test_texts_of_the_strategy_need_both_settings(allowed: bool | None) -> None:
    (fault,) = discord_faults("status", {"S": "{status:.9}"}, allow_custom_messages=allowed)
    assert "allow_custom_messages" in fault


@pytest.mark.parametrize("url", [None, "", "discord.com/api/webhooks/1/secret-token", 5])
def test_an_address_that_is_none_is_named_and_not_shown(url: Any) -> None:
    (fault,) = discord_faults("status", {"S": "{status:.9}"}, webhook_url=url)
    assert "FREQTRADE__DISCORD__WEBHOOK_URL" in fault
    assert "secret-token" not in fault


@pytest.mark.parametrize(("block", "fault"), [
    ({"entry": {"text": "{stop_loss}"}}, "webhook.entry: unknown field {stop_loss}"),
    ({"entry": {"embeds": [{"title": "{strategy}"}]}}, "webhook.entry: unknown field {strategy}"),
    ({"webhookexit": {"text": "{stop_loss}"}}, "webhook.webhookexit: unknown field {stop_loss}"),
    ({"exit_fill": {"text": "{current_rate:.1f}"}}, "when there is no value"),
    ({"entry": "text"}, "webhook.entry: must be a block"),
    ({"format": "raw", "status": {"text": "{status}"}}, 'format raw sends the text "data"'),
    ({"entri": {}}, "webhook.entri is no message type"),
    ({"url": ""}, "FREQTRADE__WEBHOOK__URL"),
], ids=str)  # fmt: skip
def test_a_wrong_webhook_is_named(block: dict[str, Any], fault: str) -> None:
    (found,) = template_faults({"webhook": {"enabled": True, "url": URL, **block}})
    assert fault in found


def test_a_right_webhook_is_accepted() -> None:
    embed = {"color": 5, "fields": [{"name": "n", "value": "{amount:.3f}"}]}
    kinds = {"entry_fill": {"content": "{pair}", "embeds": [embed]}, "status": {"t": "{status}"}}
    assert template_faults({"webhook": {"enabled": True, "url": URL, "format": "json", **kinds}}) == []


@pytest.mark.parametrize(("loudness", "fault"), [
    ({"entry": "loud"},
     "telegram.notification_settings.entry must be one of on, off, silent, was 'loud'"),
    ({"exit_fill": {"roi": "no"}}, "telegram.notification_settings.exit_fill.roi must be one of"),
    ({"entri": "on"}, "telegram.notification_settings.entri is no message type"),
    ("on", "telegram.notification_settings: must be a block"),
], ids=str)  # fmt: skip
def test_a_wrong_telegram_setting_is_named(loudness: Any, fault: str) -> None:
    block = {"enabled": True, "token": "1:t", "chat_id": "1", "notification_settings": loudness}
    (found,) = template_faults({"telegram": block})
    assert fault in found


# Any templates

PIECES = st.sampled_from(
    [
        "{pair}", "{amount:.3f}", "{status:.500}", "{status}", "{msg:.600}", "{reason}", "{current_rate:.2f}",
        "{leverage}", "{trade_id:c}", "{open_date:%H:%M}", "{open_date:%n}", "{bot_name}", "{", "}", "{}",
        "{pair!r:>1500}", "{pair:d}", "{strategy:^40}", "{enter_tag:.9}", "{enter_tag!s:.9}",
        "{lock_end_time}", " ", "", "text", "{{pair}}", "{profit_ratio:.2%}", "{is_final_exit:%}",
        "{data!s:.900}", "{close_date:%}",
    ]
)  # fmt: skip
TEMPLATES = st.lists(PIECES, min_size=1, max_size=2).map("".join)
NAMES = st.sampled_from(["Name", "이름", " ", "n" * 256, "n" * 257])
FIELD_LISTS = st.lists(st.dictionaries(NAMES, TEMPLATES, min_size=1, max_size=1), min_size=1, max_size=2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(list(FIELDS)), one, max_size=3),
    max_leaves=10,
)


@settings(max_examples=200)
@given(kind=st.sampled_from(sorted(FIELDS)), fields=FIELD_LISTS)
def test_what_passes_is_formatted_by_freqtrade_and_taken_by_discord(kind: str, fields: Any) -> None:
    if discord_faults(kind, *fields):
        return
    block = {"webhook_url": URL, kind: fields}
    sent: list[Any] = []
    channel = Discord(None, {"strategy": "s", "timeframe": "15m", "bot_name": "bot", "discord": block})
    channel._send_msg = sent.append
    channel.send_msg(dict(REAL[kind]))
    assert faults_of(sent[0]) == []


@settings(max_examples=80)
@given(block=st.dictionaries(st.sampled_from([*FIELDS, "notification_settings", "url", "format"]), JSON))
def test_no_block_breaks_the_check(block: dict[str, Any]) -> None:
    for name in ("discord", "webhook", "telegram"):
        assert all(fault.startswith(name) for fault in template_faults({name: block | {"enabled": True}}))


@pytest.mark.parametrize("name", ["discord", "webhook", "telegram"])
def test_what_is_off_is_not_looked_at(name: str) -> None:
    assert template_faults({name: {"enabled": False, "entry": "nonsense"}}) == []
    assert template_faults({}) == []
    assert re.match(f"{name}: must be a block", template_faults({name: "on"})[0])


# Templates may name what Freqtrade sends: a new version that sends something else fails here


DECLARED = {
    str(kind): message
    for message in typing.get_args(rpc_types.RPCSendMsg)
    for kind in typing.get_args(typing.get_type_hints(message)["type"])
}


def test_every_message_type_is_known() -> None:
    assert set(FIELDS) == {kind.value for kind in RPCMessageType}


@pytest.mark.parametrize("kind", sorted(DECLARED))
def test_fields_are_the_declared_ones(kind: str) -> None:
    hints = typing.get_type_hints(DECLARED[kind])
    assert set(FIELDS[kind]) == set(hints)
    for name, hint in hints.items():
        may_be_none = isinstance(hint, types.UnionType) and type(None) in typing.get_args(hint)
        assert not may_be_none or FIELDS[kind][name][1] is None, name


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_fields_are_the_ones_of_a_real_message(kind: str) -> None:
    message = messages()[kind]
    assert set(message) == set(FIELDS[kind])
    for name, value in message.items():
        assert _of_one_kind(value, FIELDS[kind][name]), (name, value)


def _of_one_kind(value: Any, samples: tuple[Any, Any, Any]) -> bool:
    if value is None:
        return None in samples
    kinds: dict[type, Any] = {bool: bool, int: int, float: (int, float), datetime: datetime, str: str}
    return isinstance(value, kinds.get(type(samples[0]), object))


# What becomes of a wrong one: Freqtrade loses the message, and the start names it before


Configure = Callable[..., dict[str, Any]]


def test_a_wrong_field_loses_the_message_and_is_found_before(
    configured: Configure, discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configured("discord")
    settings["discord"]["entry_fill"] = [{"SL": "{stop_loss}"}]
    manager(settings).send_msg(messages()["entry_fill"])
    assert discord.messages == []
    assert "Exception occurred within RPC module discord" in caplog.text
    (fault,) = template_faults(settings)
    assert fault.startswith("discord.entry_fill: unknown field {stop_loss}; known are: amount, base_currency")


def test_a_wrong_field_in_strategy_msg_ends_the_bot_and_is_found_before(configured: Configure) -> None:
    settings = configured("discord")
    settings["discord"]["strategy_msg"] = [{"SL": "{stop_loss}"}]
    with pytest.raises(KeyError, match="stop_loss"):
        manager(settings).process_msg_queue(deque(["text"]))
    (fault,) = template_faults(settings)
    assert fault.startswith("discord.strategy_msg: unknown field {stop_loss}; known are: bot_name, msg")


def test_a_too_long_text_is_refused_by_discord_and_found_before(
    configured: Configure, discord: LoopbackDiscord
) -> None:
    settings = configured("discord")
    settings["discord"]["exception"] = [{"Error": "{status}"}]
    manager(settings).send_msg(messages()["exception"])
    assert discord.messages == []
    assert [status for status, _ in discord.refusals] == [400, 400]
    (fault,) = template_faults(settings)
    assert "discord.exception: the value of 'Error' can exceed Discord's 1024 characters" in fault
