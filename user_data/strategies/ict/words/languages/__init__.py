"""The languages of the messages: each is a module of this package, so a further one is one file."""

from collections.abc import Mapping
from pkgutil import iter_modules, resolve_name
from types import MappingProxyType

Language = str
Words = Mapping[str, str]

_PACKAGE, _FOLDER = "ict.words.languages", __file__.removesuffix("__init__.py")
LANGUAGES: tuple[Language, ...] = tuple(sorted(module.name for module in iter_modules([_FOLDER])))
WORDS: Mapping[Language, Words] = MappingProxyType(
    {name: MappingProxyType(resolve_name(f"{_PACKAGE}.{name}:WORDS")) for name in LANGUAGES}
)
# Sentences of the code by their English, with {} for what is filled in.
SENTENCES: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {name: MappingProxyType(resolve_name(f"{_PACKAGE}.{name}:SENTENCES")) for name in LANGUAGES}
)
