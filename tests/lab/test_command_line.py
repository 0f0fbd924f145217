"""Help and wrong options of the tools that speak a language are in that language."""

import importlib
import re
import sys

import pytest

# Three words of English in a row are a sentence of it; names of options are single ones.
ENGLISH = re.compile(r"[a-z]+ [a-z]+ [a-z]+")


def said(tool: str, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(f"ict_lab.{tool}").main(words)
    return int(ended.value.code or 0)


@pytest.mark.parametrize("tool", ["now", "report.__main__", "tune.__main__", "journal"])
def test_help_is_in_the_language(
    tool: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tool", "-h"])
    assert said(tool, "-h") == 0
    assert ENGLISH.search(capsys.readouterr().out)
    monkeypatch.setattr(sys, "argv", ["tool", "-h", "--language", "ko"])
    assert said(tool, "-h") == 0
    korean = capsys.readouterr().out
    assert korean.startswith("사용법: ")
    assert not ENGLISH.search(korean), korean


@pytest.mark.parametrize(("words", "error"), [
    (["--language", "ko", "--nonsense"], "make now: 알 수 없는 인자: --nonsense\n"),
    (["--language=ko", "--pair"], "make now: --pair: 값이 하나 필요함\n"),
    (["--language", "xx"], "make now: argument --language: invalid choice: 'xx' (choose from 'en', 'ko')\n"),
])  # fmt: skip
def test_a_wrong_option_is_a_sentence_in_the_language(
    words: list[str], error: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tool", *words])
    assert said("now", *words) == 2
    assert capsys.readouterr().err == error
