"""What the league compares: the presets, setups of one's own, and variants of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from ict import IctError, Params
from ict.facts import FACTS
from ict.params import expanded
from ict_lab.errors import LabError
from ict_lab.places import STRATEGIES
from ict_lab.runs.settings import strategy_named, variants_tried
from ict_lab.tune.strategies import find_presets

CONSUMER, HOUSE = "ICTConsumerStrategy", "ICTObFvgStrategy"
Role = Literal["base", "twin", "without"]


@dataclass(frozen=True)
class Subject:
    """One variant that is traded.

    Attributes
    ----------
    model : str
        What it is of, as the table names it.
    role : str
        base; twin, which enters the other way; without, a required fact of it off.
    strategy : str
        Class that trades it.
    params : Params
        Its settings.
    fact : str
        Which fact is off; empty for none.
    file : Path or None
        Where a setup of one's own is from.
    """

    model: str
    role: Role
    strategy: str
    params: Params
    fact: str = ""
    file: Path | None = None

    @property
    def name(self) -> str:
        """What identifies it among the others."""
        how = {"base": "", "twin": f" at {self.params.entry_at}", "without": f" without {self.fact}"}
        return self.model + how[self.role]

    @property
    def rests(self) -> bool:
        """Whether its entries rest."""
        return self.params.entry_at == "zone"

    @property
    def tried_before(self) -> int:
        """Variants that its class says it was chosen among."""
        return variants_tried(self.strategy)

    @property
    def settings(self) -> dict[str, Any]:
        """What makes it this variant, whatever the candles."""
        return {"strategy": self.strategy, "settings": asdict(self.params)}


def presets(names: Sequence[str] = ()) -> list[Subject]:
    """Return the strategies that are shipped, or some of them by the names of their classes.

    Raises
    ------
    LabError
        For a name that is none of theirs.
    """
    found = {name: one for name, one in find_presets(STRATEGIES).items() if name != CONSUMER}
    if unknown := [name for name in names if name not in found]:
        raise LabError(f"--strategies must be of {', '.join(found)}, was {unknown[0]}")
    return [
        Subject(_short(name), "base", name, Params.parse(one.defaults))
        for name, one in found.items()
        if not names or name in names
    ]


def _short(name: str) -> str:
    return name.removeprefix("ICT").removesuffix("Strategy")


def own_setup(file: Path) -> Subject:
    """Read a setup: a JSON file with an `ict` block, or the block alone.

    Raises
    ------
    LabError
        When it can't be read.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
        block = content.get("ict", content)
        params = Params.parse(expanded(block))
    except (OSError, ValueError, AttributeError, TypeError, IctError) as error:
        raise LabError(f"the setup {file} can't be read: {error}") from error
    return Subject(file.stem, "base", HOUSE, params, file=file)


def variants_of(base: Subject) -> Iterator[Subject]:
    """Return the base, its twin if it enters by zones alone, and what it is without each required fact."""
    yield base
    params = base.params
    if params.entry_zones and not params.entry_events:
        other = "close" if params.entry_at == "zone" else "zone"
        off = False if other == "close" else params.entry_post_only
        yield replace(base, role="twin", params=replace(params, entry_at=other, entry_post_only=off))
    for fact in FACTS:
        if params.use(fact) == "required":
            less: dict[str, Any] = {f"use_{fact}": "off"}
            yield replace(base, role="without", fact=fact, params=replace(params, **less))


def find_entries_of(subject: Subject) -> Any:
    """Return what finds the market entries of a subject."""
    return strategy_named(subject.strategy).find_entries
