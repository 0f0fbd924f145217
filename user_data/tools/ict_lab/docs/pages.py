"""The reference pages, and what makes each of their parts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from ict_lab.docs import columns, gaps, messages, parameters
from ict_lab.docs.markdown import filled
from ict_lab.places import REPOSITORY, STRATEGIES

PAGES = (
    REPOSITORY / "docs" / "columns.md",
    REPOSITORY / "docs" / "parameters.md",
    REPOSITORY / "docs" / "messages.md",
    STRATEGIES / "ict" / "README.md",
)
PARTS: dict[str, Callable[[], str]] = {
    "units": columns.units,
    "column_list": columns.short,
    "parameters": parameters.parameters,
    "presets": parameters.presets,
    "message_settings": parameters.messages,
    "drawing": parameters.drawing,
    "outage": messages.outage,
    "tags": messages.tags,
    "reasons": messages.reasons,
    "back": messages.taken_back,
    "steps": messages.steps,
    "findings": messages.findings,
    "actions": messages.actions,
    "advice": messages.advice,
    **{name: partial(messages.example, name) for name in messages.EXAMPLES},
}


def made(page: str, candles: Path | None = None) -> str:
    """Make a page again from what the code declares.

    Parameters
    ----------
    page : str
        Its text; what is not made stays, and so does what was measured, without candles.
    candles : pathlib.Path, optional
        Folder of candles on which to measure how often each column is set.
    """

    def part(name: str, now: str) -> str:
        if name == "columns":
            return columns.columns(columns.measured(candles) if candles else columns.stated(now))
        if name == "gaps":
            return gaps.counted(candles) if candles else now.strip("\n") + "\n"
        return PARTS[name]()

    return filled(page, part)
