"""What Discord accepts of a webhook's message: its published limits, and the error that it answers."""

from collections.abc import Iterator
from typing import Any

MESSAGE_KEYS = {
    "content", "username", "avatar_url", "tts", "embeds", "allowed_mentions", "flags", "thread_name",
}  # fmt: skip
EMBED_KEYS = {
    "title", "type", "description", "url", "timestamp", "color", "footer", "image", "thumbnail", "author",
    "fields",
}  # fmt: skip
FIELD_KEYS = {"name", "value", "inline"}

Fault = tuple[tuple[str, ...], str]


def faults_of(message: Any) -> list[Fault]:
    """Places and reasons of what Discord would refuse."""
    if not isinstance(message, dict):
        return [((), "not an object")]
    return list(_message(message))


def error_of(faults: list[Fault]) -> dict[str, Any]:
    """Discord's answer to a message that it refuses."""
    errors: dict[str, Any] = {}
    for path, reason in faults:
        at = errors
        for name in path:
            at = at.setdefault(name, {})
        at.setdefault("_errors", []).append({"code": "INVALID", "message": reason})
    return {"message": "Invalid Form Body", "code": 50035, "errors": errors}


def _message(message: dict[str, Any]) -> Iterator[Fault]:
    yield from _keys((), message, MESSAGE_KEYS)
    embeds = message.get("embeds", [])
    if not message.get("content") and not embeds:
        yield (), "empty message"
    if len(embeds) > 10:
        yield ("embeds",), "more than 10"
    for index, embed in enumerate(embeds):
        yield from _embed(("embeds", str(index)), embed)
    if sum(_size(embed) for embed in embeds) > 6000:
        yield ("embeds",), "more than 6000 characters"


def _embed(at: tuple[str, ...], embed: dict[str, Any]) -> Iterator[Fault]:
    yield from _keys(at, embed, EMBED_KEYS)
    if len(embed.get("title", "")) > 256:
        yield (*at, "title"), "more than 256 characters"
    if not 0 <= embed.get("color", 0) <= 0xFFFFFF:
        yield (*at, "color"), "no colour"
    fields = embed.get("fields", [])
    if len(fields) > 25:
        yield (*at, "fields"), "more than 25"
    for index, field in enumerate(fields):
        yield from _field((*at, "fields", str(index)), field)


def _field(at: tuple[str, ...], field: dict[str, Any]) -> Iterator[Fault]:
    yield from _keys(at, field, FIELD_KEYS)
    for name, limit in {"name": 256, "value": 1024}.items():
        text = field.get(name)
        if not isinstance(text, str) or not text.strip():
            yield (*at, name), "This field is required"
        elif len(text) > limit:
            yield (*at, name), f"Must be {limit} or fewer in length."


def _keys(at: tuple[str, ...], block: dict[str, Any], known: set[str]) -> Iterator[Fault]:
    for name in block.keys() - known:
        yield (*at, name), "unknown key"


def _size(embed: dict[str, Any]) -> int:
    texts = [embed.get("title", ""), embed.get("description", "")]
    texts += [str(field.get(name, "")) for field in embed.get("fields", []) for name in ("name", "value")]
    return sum(map(len, texts))
