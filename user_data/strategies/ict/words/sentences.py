"""Sentences that the code says in English, such as why an entry was refused, in another language."""

from __future__ import annotations

import re
from functools import cache

from ict.words.languages import SENTENCES, WORDS, Language

_ERROR = re.compile(r"\w*Error: ")
# The group of pairs that a sentence is about comes before it.
_GROUP = re.compile(r'(ict\.)?pairs ".*?": ')


def translated(sentence: str, language: Language, more: tuple[tuple[str, str], ...] = ()) -> str:
    """Say a sentence of the code in a language; as it is where that does not know it.

    What is filled in may be a sentence again, or what exchange and book differ by.

    Parameters
    ----------
    sentence : str
        In English.
    language : Language
        One of `LANGUAGES`.
    more : tuple[tuple[str, str], ...]
        Further sentences of a caller's own, as `SENTENCES` has them.
    """
    finding = f"finding_{sentence.replace(' ', '_')}"
    if finding in WORDS[language]:
        return WORDS[language][finding] if SENTENCES[language] else sentence
    if group := _GROUP.match(sentence):
        said = translated(about := sentence[group.end() :], language, more)
        if said != about:
            return group[0] + said
    for pattern, words in _patterns(language, more):
        if found := pattern.fullmatch(sentence):
            return words.format(*(translated(part, language, more) for part in found.groups()))
    if error := _ERROR.match(sentence):
        return sentence[: error.end()] + translated(sentence[error.end() :], language, more)
    return sentence


@cache
def _patterns(
    language: Language, more: tuple[tuple[str, str], ...]
) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of the English sentences, those with the most fixed words first."""
    sentences = (*SENTENCES[language].items(), *more)
    known = sorted(sentences, key=lambda item: -len(item[0].replace("{}", "")))
    return tuple(
        (re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), words)
        for english, words in known
    )
