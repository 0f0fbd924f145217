"""A start that is refused says why in the language of the messages."""

from typing import Any

import pytest
from freqtrade.exceptions import OperationalException
from ict_host.start_error import spoken, start_error

from tests.strategy.host import load

ENGLISH = "ob_max_age_candles must be a number, was 'x'; its zone was entered before"
KOREAN = {"ict_messages": {"language": "ko"}}


@pytest.mark.parametrize(("config", "said"), [
    (KOREAN, "ob_max_age_candles 값 오류: 허용 숫자, 현재 'x'; 이미 진입했던 존"),
    ({}, ENGLISH),
    # What can't be read is refused in English.
    ({"ict_messages": {"language": ["ko"]}}, ENGLISH),
    ({"ict_messages": "ko"}, ENGLISH),
])  # fmt: skip
def test_each_fault_is_said(config: dict[str, Any], said: str) -> None:
    faults = "ob_max_age_candles must be a number, was 'x'", "its zone was entered before"
    assert spoken(config, *faults) == said
    assert str(start_error(config, *faults)) == said


@pytest.mark.parametrize(("block", "said"), [
    ({"max_daily_trades": 0}, r"max_daily_trades 값 오류: 허용 1~\d+, 현재 0"),
    ({"max_daily_trade": 5}, "max_daily_trade은\\(는\\) ict 설정이 아님"),
    ({"pairs": []}, "pairs 값 오류: 허용 그룹 블록"),
    ("ko", "config.json의 ict 값 오류"),
])  # fmt: skip
def test_a_wrong_setting_is_refused_in_korean(block: Any, said: str) -> None:
    with pytest.raises(OperationalException, match=said):
        load(block, **KOREAN)
