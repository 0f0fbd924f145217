"""The loopback Discord refuses what the real one refuses, so that its silence means something."""

from typing import Any

import pytest
import requests
from ict_lab.bots.discord import Delayed, Dropped, LoopbackDiscord, RateLimited, Refused
from ict_lab.bots.discord_limits import faults_of

from tests.support.patience import PATIENCE

FIELD = {"name": "Pair", "value": "BTC", "inline": True}


def embed(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"embeds": [{"title": "t", "color": 255, "fields": list(fields), **more}]}


@pytest.mark.parametrize(("message", "place"), [
    ([], ()), ({}, ()), ({"embeds": [{"title": "t"}] * 11}, ("embeds",)),
    ({"embed": {}, "content": "c"}, ("embed",)), (embed(FIELD, titel="t"), ("embeds", "0", "titel")),
    (embed(title="t" * 257), ("embeds", "0", "title")),
    (embed(color=0x1000000), ("embeds", "0", "color")),
    (embed(*[FIELD] * 26), ("embeds", "0", "fields")),
    (embed(FIELD | {"name": "n" * 257}), ("embeds", "0", "fields", "0", "name")),
    (embed(FIELD, FIELD | {"value": ""}), ("embeds", "0", "fields", "1", "value")),
    (embed(FIELD | {"value": " \n"}), ("embeds", "0", "fields", "0", "value")),
    (embed(FIELD | {"value": "v" * 1025}), ("embeds", "0", "fields", "0", "value")),
    (embed(*[FIELD | {"value": "v" * 1000}] * 6), ("embeds",)),
])  # fmt: skip
def test_refuses(message: Any, place: tuple[str, ...]) -> None:
    assert place in [at for at, _ in faults_of(message)]


@pytest.mark.parametrize("message", [
    embed(FIELD), embed(*[FIELD] * 25), embed(FIELD | {"name": "n" * 256, "value": "v" * 1024}),
    {"content": "c"},
])  # fmt: skip
def test_accepts(message: Any) -> None:
    assert faults_of(message) == []


def posted(url: str, message: Any) -> requests.Response:
    return requests.post(url, json=message, timeout=PATIENCE)


def test_answers_as_discord_does(discord: LoopbackDiscord) -> None:
    assert posted(discord.url, embed(FIELD)).status_code == 204
    refused = posted(discord.url, embed(FIELD | {"value": ""}))
    assert (refused.status_code, refused.json()["code"]) == (400, 50035)
    assert refused.json()["errors"]["embeds"]["0"]["fields"]["0"]["value"]["_errors"]
    assert posted(discord.url.replace("/api/", "/other/"), embed(FIELD)).json()["code"] == 10015
    assert discord.messages == [embed(FIELD)]


def test_misbehaves_when_told_to(discord: LoopbackDiscord) -> None:
    discord.moods.extend([RateLimited(0.2), Refused(503), Dropped(), Delayed(0.01)])
    limited = posted(discord.url, embed(FIELD))
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "0.2")
    assert posted(discord.url, embed(FIELD)).status_code == 503
    with pytest.raises(requests.ConnectionError):
        posted(discord.url, embed(FIELD))
    assert posted(discord.url, embed(FIELD)).status_code == 204
