"""The Korean pages say what the English ones say: the same headings, tables, figures, commands and links."""

import re

import pytest
from ict_lab.docs.commands import KOREAN, README, blocks, commands, prose, read

from tests.docs.markdown import anchor, headings, links, tables
from tests.support.places import REPOSITORY as ROOT

ENGLISH_TEXT, KOREAN_TEXT = read(README), read(KOREAN)
# What each heading is in Korean, in order: read the two columns.
HEADINGS = {
    "ICT OB/FVG for Freqtrade": "Freqtrade용 ICT 오더블록·FVG 전략",
    "Quick start": "빠른 시작",
    "With Docker Compose": "Docker Compose로 시작하기",
    "In a Freqtrade that you have": "이미 쓰고 있는 Freqtrade에 넣기",
    "Download and backtest": "다운로드와 백테스트",
    "Strategies": "전략",
    "Parameters": "파라미터",
    "What the numbers are": "숫자의 의미",
    "The verdict": "판정",
    "Trade on the testnet": "테스트넷에서 매매하기",
    "What you see": "화면에 보이는 것",
    "What it reports": "봇이 알려 주는 것",
    "What it guards against": "봇이 막아 주는 것",
    "Documentation": "문서",
    "Develop": "개발",
}


def test_the_headings_are_the_same_in_the_same_order_and_on_the_same_level() -> None:
    translated = [(level, HEADINGS.get(words)) for level, words in headings(ENGLISH_TEXT)]
    assert translated == headings(KOREAN_TEXT)


def test_every_block_of_code_is_the_same() -> None:
    # But for its comments, whose words are translated.
    english, korean = (
        [(block.language, re.sub(r"(?m)[ \t]+#.*$", "", block.text)) for block in blocks(text)]
        for text in (ENGLISH_TEXT, KOREAN_TEXT)
    )
    assert english == korean
    assert len(commands(KOREAN_TEXT)) > 15


def sections(text: str) -> list[str]:
    return re.split(r"(?m)^#+ .*$", prose(text))


SECTIONS = list(zip(HEADINGS, sections(ENGLISH_TEXT)[1:], sections(KOREAN_TEXT)[1:], strict=False))


@pytest.mark.parametrize(("heading", "english", "korean"), SECTIONS, ids=[name for name, *_ in SECTIONS])
def test_what_is_not_words_is_the_same_in_each_section(heading: str, english: str, korean: str) -> None:
    """Code in the text, links, and how many tables, rows, points and pictures there are."""
    assert not_words(english) == not_words(korean)


def not_words(text: str) -> dict[str, object]:
    """Give what is the same in both languages; a link may lead to the page in its own."""
    own = {README.name, ""}
    places = [target.partition("#")[0].replace(".ko.md", ".md") for target in links(text)]
    return {
        "codes": {" ".join(code.split()) for code in re.findall(r"`[^`]+`", text)},
        "links": sorted(place for place in places if place not in own),
        "tables": [[len(row) for row in rows] for rows in tables(text)],
        "points": re.findall(r"(?m)^(?:-|\d+\.) ", text),
    }


@pytest.mark.parametrize("name", ["testnet", "now", "setups", "risk", "league"])
def test_a_translated_page_is_the_english_one_in_korean(name: str) -> None:
    english, korean = (read(ROOT / "docs" / f"{name}{ending}") for ending in (".md", ".ko.md"))
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(korean)]
    typed = [[one for one in blocks(text) if one.language != "text"] for text in (english, korean)]
    assert typed[0] == typed[1]
    assert [not_words(one) for one in sections(english)] == [not_words(one) for one in sections(korean)]
    assert_formal(korean, sentences=20)


def test_what_is_not_protected_is_all_said_in_korean() -> None:
    """The tables before it are for those who read tests."""
    english, korean = (sections(read(ROOT / "docs" / f"safety{ending}"))[-1] for ending in (".md", ".ko.md"))
    assert not_words(english) == not_words(korean)
    assert_formal(korean, sentences=10)


def test_the_figures_are_the_same() -> None:
    """Every number of the results, in the tables and below them."""
    for section in ("The verdict", "What the numbers are"):
        both = next(texts for name, *texts in SECTIONS if name == section)
        tabled = [[row[1:] for row in tables(text)[0][1:]] for text in both]
        assert tabled[0] == tabled[1]
    # Numbers with a unit or a decimal point: words for small ones differ between the languages.
    below = [text[text.rindex("|\n") :] for text in both]
    figures = [re.findall(r"\d+\.\d+|\d+(?= %)|\d{3,}", text) for text in below]
    assert all({"0.16", "188", "500"} <= set(found) for found in figures)
    dates = [re.findall(r"20\d\d-\d\d-\d\d", text) for text in both]
    assert dates[0] == dates[1]
    assert all("118 %" in text for text in both)


def test_the_two_lead_to_each_other_and_one_is_korean_and_formal() -> None:
    """Sentences end as formal Korean does; none ends in the plain form."""
    assert f"]({KOREAN.name})" in ENGLISH_TEXT
    assert f"]({README.name})" in KOREAN_TEXT
    inner = [target[1:] for target in links(KOREAN_TEXT) if target.startswith("#")]
    assert inner
    assert set(inner) <= {anchor(words) for _, words in headings(KOREAN_TEXT)}
    assert_formal(KOREAN_TEXT, sentences=70)


def assert_formal(page: str, sentences: int) -> None:
    text = prose(page)
    assert len(re.findall(r"(?:니다|십시오)[.)]", text)) > sentences
    assert re.findall(r"(?:[았었겠한된있없]다|는다|해요|이에요|예요)\.", text) == []
