"""What the pages of tune and report say; the words are in `languages`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pkgutil import iter_modules, resolve_name
from typing import Any

from ict.facts import FACTS
from ict.params import settings
from ict.setups.windows import WINDOWS
from ict.words.languages import WORDS as MESSAGES
from ict.words.sentences import translated

_PACKAGE = f"{__name__}.languages"
LANGUAGES = tuple(sorted(module.name for module in iter_modules(resolve_name(_PACKAGE).__path__)))
UNITS_IN_NAMES = ("_percent", "_candles", "_atr", "_at_r")
# Where the words of choices come from that the messages know, too.
_KNOWN = ("pool", "session", "is")
_CLOCK = "{:02d}:{:02d}"


@dataclass(frozen=True)
class Wording:
    """Says everything on a page in one language.

    Attributes
    ----------
    language : str
        One of `LANGUAGES`.
    """

    language: str = "en"

    def __call__(self, key: str, **filled: Any) -> str:
        """Say a text of the page by its key, with what is filled in."""
        text: str = self._of("WORDS")[key]
        return text.format(**filled) if filled else text

    def said(self, sentence: str) -> str:
        """Say a sentence of the code, as of an error; as it is where the language does not know it."""
        return translated(sentence, self.language, tuple(self._of("SENTENCES").items()))

    def label(self, name: str) -> str:
        """Name a setting, without its unit."""
        if known := self._of("SETTINGS").get(name):
            return str(known[0])
        for unit in UNITS_IN_NAMES:
            name = name.removesuffix(unit)
        return name.replace("_", " ")

    def about(self, name: str) -> str:
        """Say in a line what a setting does, without its rule."""
        known = self._of("SETTINGS").get(name)
        return str(known[1]) if known else settings()[name].about.partition(": ")[2]

    def unit(self, unit: str) -> str:
        """Name a unit."""
        return str(self._of("UNITS").get(unit, unit))

    def fact(self, name: str) -> str:
        """Name a fact, or an event that enters, as messages do; what is another's keeps its name."""
        named = MESSAGES[self.language].get(f"is_{name}")
        return named[0].upper() + named[1:] if named else name

    def fact_about(self, name: str) -> str:
        """Say when a fact holds."""
        return str(self._of("FACTS").get(name, FACTS[name].about))

    def exit(self, reason: str) -> str:
        """Name what ended a trade, as messages do; as Freqtrade has it where they do not know it."""
        return MESSAGES[self.language].get(f"is_{reason}", reason)

    def choice(self, setting: str, word: str) -> str:
        """Name one of the words that a setting may have."""
        own, messages = self._of("WORDS"), MESSAGES[self.language]
        named = own.get(f"{setting}_{word}") or own.get(f"choice_{word}")
        named = named or next(
            (messages[key] for kind in _KNOWN if (key := f"{kind}_{word}") in messages), word
        )
        return f"{named} {_hours(word)}" if setting == "entry_windows" and word in WINDOWS else named

    def _of(self, kind: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = resolve_name(f"{_PACKAGE}.{self.language}:{kind}")
        return found


ENGLISH = Wording()


def _hours(window: str) -> str:
    """Hours of a window on New York's clock."""
    spans = ((one.start, (one.start + one.length) % 1440) for one in WINDOWS[window])
    return ", ".join("–".join(_CLOCK.format(*divmod(minute, 60)) for minute in span) for span in spans)
