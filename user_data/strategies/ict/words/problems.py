"""Messages about an entry that was refused, and about what went wrong."""

from dataclasses import dataclass

from ict.direction import Direction
from ict.words.formatting import (
    known_word,
    message_text,
    plain_text,
    side_word,
)
from ict.words.languages import WORDS, Language
from ict.words.sentences import translated

_REASON_CHARACTERS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalFacts:
    """An entry that was not made, and why, as the strategy's own errors say it."""

    pair: str
    side: Direction
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFacts:
    """A step that failed (size, limits, levels or another word) and its error; secrets removed."""

    pair: str | None
    step: str
    error: str


def refusal_message(facts: RefusalFacts, language: Language) -> str:
    """Say that an entry was refused."""
    words = WORDS[language]
    values = {
        "pair": plain_text(facts.pair, words),
        "side": side_word(facts.side, words),
        "why": plain_text(translated(facts.reason, language), words, _REASON_CHARACTERS),
    }
    return message_text(words["refused"], values, words)


def error_message(facts: ErrorFacts, language: Language) -> str:
    """Say that something went wrong, and where."""
    words = WORDS[language]
    of_pair = {"pair": plain_text(facts.pair, words)} if facts.pair else {}
    values = of_pair | {
        "step": known_word(facts.step, words),
        "error": plain_text(translated(facts.error, language), words, _REASON_CHARACTERS),
    }
    return message_text(words["failed"], values, words)
