"""Help and wrong options of the tools that speak a language are in that language."""

import importlib
import re
import sys
from pathlib import Path

import pytest
from ict_lab import command_line
from ict_lab.first_run.files import Answers, overlay

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


@pytest.mark.parametrize(("told", "words", "start"), [
    ("ko", [], "사용법: "), ("ko", ["--language", "en"], "usage: "), ("en", [], "usage: "),
    ("xx", [], "usage: "), (None, [], "usage: "),
])  # fmt: skip
@pytest.mark.parametrize("tool", ["now", "report.__main__", "tune.__main__", "journal"])
def test_without_a_language_it_is_that_of_make_setup(
    tool: str, told: str | None, words: list[str], start: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    mine = tmp_path / "my.local.json"
    if told:
        mine.write_text(overlay(Answers(told, "discord", 1.0, 3.0, False, {})), encoding="utf-8")
    monkeypatch.setattr(command_line, "OWN_OVERLAY", mine)
    monkeypatch.setattr(sys, "argv", ["tool", "-h", *words])
    assert said(tool, "-h", *words) == 0
    assert capsys.readouterr().out.startswith(start)
