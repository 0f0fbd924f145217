"""Tags: what an entry rests on, as words only where these are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, overload

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Ints

Words = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Tags:
    """What entries rest on, such as ``ob+htf+fvg``: the trigger, then the facts in use that held.

    Read an index for a text, or None where there is no entry; read a slice or indices for an array of them.

    Attributes
    ----------
    way : Ints
        For each entry, shape (n,): its trigger's index times ``2 ** len(facts)``, plus a bit for each fact
        that held; -1 for no entry.
    triggers, facts : Sequence[str]
        Their names.
    """

    way: Ints
    triggers: Sequence[str]
    facts: Sequence[str] = ()

    @classmethod
    def none(cls, count: int, triggers: Sequence[str], facts: Sequence[str]) -> Self:
        """Make tags of candles without an entry; `put` adds those of entries."""
        return cls(np.full(count, -1), triggers, facts)

    @classmethod
    def of(cls, words: Words) -> Self:
        """Take texts as they are, None where there is no entry."""
        has_words = np.array([word is not None for word in words], np.bool_)
        return cls(np.where(has_words, np.arange(len(words)), -1), words.tolist())

    def put(self, at: Ints, which: Ints | npt.NDArray[np.int8], held: Mapping[str, Bools]) -> None:
        """Note entries in place.

        Parameters
        ----------
        at : Ints
            Their candles, shape (k,).
        which : Ints
            Index of the trigger of each.
        held : Mapping[str, Bools]
            Whether each fact held, in the order of `facts`.
        """
        way = which.astype(np.int64) << len(self.facts)
        for bit, holds in enumerate(held.values()):
            way |= holds.astype(np.int64) << bit
        self.way[at] = way

    def where(self, wanted: Bools) -> Self:
        """Keep some of the tags, shape (n,)."""
        return replace(self, way=np.where(wanted, self.way, -1))

    @overload
    def __getitem__(self, chosen: int | np.integer[Any]) -> str | None: ...
    @overload
    def __getitem__(self, chosen: slice | Bools | Ints) -> Words: ...
    def __getitem__(self, chosen: Any) -> str | Words | None:
        ways = self.way[chosen]
        if np.ndim(ways) == 0:
            return self._text(int(ways))
        words = np.full(len(ways), None, np.object_)
        entered = (ways >= 0).nonzero()[0]
        # One text for each of the few ways to agree, and not one for each of many entries.
        found = ways[entered].tolist()
        texts = {way: self._text(way) for way in set(found)}
        words[entered] = [texts[way] for way in found]
        return words

    def _text(self, way: int) -> str | None:
        if way < 0:
            return None
        held = (name for bit, name in enumerate(self.facts) if way >> bit & 1)
        return "+".join(dict.fromkeys((self.triggers[way >> len(self.facts)], *held)))
