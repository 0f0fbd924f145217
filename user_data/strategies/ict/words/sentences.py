"""Sentences that the code says in English, such as why an entry was refused, in another language."""

from __future__ import annotations

import re
from functools import cache

from ict.words.languages import SENTENCES, WORDS, Language

_ERROR = re.compile(r"\w*Error: ")


def translated(sentence: str, language: Language) -> str:
    """Say a sentence of the code in a language; as it is where that does not know it.

    What is filled in may be a sentence again, or what exchange and book differ by.
    """
    finding = f"finding_{sentence.replace(' ', '_')}"
    if finding in WORDS[language]:
        return WORDS[language][finding] if SENTENCES[language] else sentence
    for pattern, words in _patterns(language):
        if found := pattern.fullmatch(sentence):
            return words.format(*(translated(part, language) for part in found.groups()))
    if error := _ERROR.match(sentence):
        return sentence[: error.end()] + translated(sentence[error.end() :], language)
    return sentence


@cache
def _patterns(language: Language) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of the English sentences, those with the most fixed words first."""
    known = sorted(SENTENCES[language].items(), key=lambda item: -len(item[0].replace("{}", "")))
    return tuple(
        (re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), words)
        for english, words in known
    )
