"""Why there is no entry now, and what an entry would need: one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ict.direction import Direction
from ict.now.facts import Block, PairNow, SideNow
from ict.words.formatting import (
    duration_words,
    known_word,
    number_text,
    or_nan,
    price_text,
    side_word,
    utc_text,
)
from ict.words.languages import WORDS, Language, Words


def reason(pair: PairNow, language: Language) -> str:
    """Say in one sentence what is entered now, or why nothing is.

    Parameters
    ----------
    pair : PairNow
        What is known of the pair.
    language : Language
        One of `LANGUAGES`.
    """
    words = WORDS[language]
    if pair.blocks:
        return words["now_no_entry"].format(reasons=_joined("why", pair.blocks, 0, words))
    if pair.enters:
        side = next(one for one in pair.sides if one.side == pair.enters)
        return words["now_entry"].format(
            side=side_word(side.side, words).lower(),
            price=price_text(side.price, None, words),
            stop=price_text(side.stop, None, words),
        )
    near = nearer(pair.sides)
    return words["now_no_side"].format(
        side=side_word(near.side, words).lower(), reasons=_joined("why", near.blocks, near.side, words)
    )


def nearer(sides: Sequence[SideNow]) -> SideNow:
    """Return the side that lacks least; of equals the one that triggers, then the one with more points."""
    return min(sides, key=lambda side: (len(side.blocks), side.trigger is None, -side.score))


def needs(side: SideNow, language: Language) -> str:
    """Say in one sentence what would have to happen for an entry on a side."""
    words = WORDS[language]
    name = side_word(side.side, words)
    if not side.blocks:
        return words["now_has_all"].format(side=name)
    return words["now_needs"].format(side=name, needs=_joined("need", side.blocks, side.side, words))


def trend_word(trend: Direction, words: Words) -> str:
    """Say up, down or none."""
    return words[{1: "now_up", -1: "now_down"}.get(trend, "now_flat")]


def zone_name(kind: str, side: Direction, words: Words) -> str:
    """Name a zone, such as bullish order block."""
    return words["now_zone"].format(
        side=words["bullish" if side > 0 else "bearish"].lower(), kind=known_word(kind, words)
    )


def _joined(form: str, blocks: Sequence[Block], side: Direction, words: Words) -> str:
    return words["now_and"].join(_said(form, block, side, words) for block in blocks)


def _said(form: str, block: Block, side: Direction, words: Words) -> str:
    """Say what prevents an entry (why), or what would allow it (need)."""
    about = dict(block.about)
    if block.cause == "no_trigger":
        return _of_trigger(form, about, side, words)
    if block.cause == "gate":
        must = form == "need" and about["must"]
        return words[f"{form}_gate{'_must' if must else ''}"].format(
            timeframe=about["timeframe"],
            trend=trend_word(about["trend"], words),
            against=trend_word(-side, words),
            along=trend_word(side, words),
        )
    shown = {name: _SHOWN.get(name, _figure)(value, words) for name, value in about.items()}
    if block.cause == "threshold":
        shown["more"] = _figure(about["threshold"] - about["score"], words)
    return words[f"{form}_{block.cause}"].format(**shown)


def _of_trigger(form: str, about: Mapping[str, Any], side: Direction, words: Words) -> str:
    either = words["now_or"]
    zones = either.join(zone_name(kind, side, words) for kind in about["zones"])
    events = either.join(known_word(event, words) for event in about["events"])
    said = []
    if zones:
        said.append(_of_zones(form, about, zones, side, words))
    if events:
        said.append(words[f"{form}_{'no_' * (form == 'why')}event"].format(events=events))
    return (words["now_and"] if form == "why" else either).join(said)


def _of_zones(form: str, about: Mapping[str, Any], zones: str, side: Direction, words: Words) -> str:
    if about["rests"]:
        return words["why_no_resting" if form == "why" else "need_resting"].format(zones=zones)
    if form == "why":
        return words["why_no_zone"].format(zones=zones)
    if "nearest" not in about:
        return words["need_new_zone"].format(zones=zones)
    return words["need_zone"].format(
        zone=zone_name(about["nearest"], side, words),
        bottom=price_text(about["bottom"], None, words),
        top=price_text(about["top"], None, words),
        away=number_text(about["away_percent"], "+z,.2f", words),
    )


def _figure(value: Any, words: Words) -> str:
    if isinstance(value, int | float):
        return number_text(float(value), "z,.4g", words)
    return str(value)


def _moment(value: Any, words: Words) -> str:
    return utc_text(datetime.fromisoformat(value)) if value else words["unknown"]


def _facts(value: Any, words: Words) -> str:
    return words["now_or"].join(known_word(name, words) for name in value) or words["none"]


_SHOWN: dict[str, Callable[[Any, Words], str]] = {
    "fact": known_word,
    "missing": _facts,
    "opens_at": _moment,
    "until": _moment,
    "side": lambda value, words: side_word(value, words).lower(),
    "price": lambda value, words: price_text(or_nan(value), None, words),
    "age": lambda value, words: duration_words(timedelta(seconds=value), words),
    "state": lambda value, words: words.get(f"state_{value}", str(value)),
}
