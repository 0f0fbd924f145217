"""The words of the messages, in English and in Korean, a line each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Language = Literal["en", "ko"]
Words = Mapping[str, str]

# Each word in English and in Korean, the owner's words for the fields among them.
_WORDS: dict[str, tuple[str, str]] = {
    "unknown": ("not known", "알 수 없음"),
    "none": ("none", "없음"),
    "opened": ("Position opened", "포지션 진입"),
    "closed": ("Position closed", "포지션 종료"),
    "part_closed": ("Part of the position closed", "포지션 일부 종료"),
    "refused": ("Entry refused", "진입 거부"),
    "failed": ("Error", "오류"),
    "day_cap": ("No more entries today (UTC)", "오늘(UTC) 추가 진입 중단"),
    "patterns": ("Patterns", "패턴"),
    "pair": ("Pair", "심볼"),
    "side": ("Side", "방향"),
    "entry": ("Entry", "진입가"),
    "exit": ("Exit", "종료가"),
    "size": ("Size", "수량"),
    "stop": ("SL", "SL"),
    "target": ("TP", "TP"),
    "risk": ("Risk", "리스크"),
    "of_equity": ("{} of equity", "자본의 {}"),
    "pattern": ("Pattern", "패턴"),
    "score": ("Score", "점수"),
    "profit": ("PnL", "손익"),
    "multiple": ("R multiple", "R 배수"),
    "reason": ("Exit reason", "종료 사유"),
    "duration": ("Duration", "보유 시간"),
    "day": ("Day's total (UTC)", "오늘 누적 손익(UTC)"),
    "why": ("Reason", "사유"),
    "step": ("Step", "단계"),
    "error": ("Error", "오류 내용"),
    "entries": ("Entries", "진입 횟수"),
    "loss": ("Deepest loss / allowed", "일일 최대 손실 / 한도"),
    "resumes": ("Entries resume", "진입 재개"),
    "long": ("Long", "롱"),
    "short": ("Short", "숏"),
    "bullish": ("Bullish", "강세"),
    "bearish": ("Bearish", "약세"),
    "order_block": ("order block", "오더블록"),
    "gap": ("fair value gap", "FVG"),
    "bos": ("BOS", "BOS"),
    "choch": ("CHoCH", "CHoCH"),
    "sweep": ("liquidity sweep", "유동성 스윕"),
    "day_count": ("1 day", "{}일"),
    "day_counts": ("{} days", "{}일"),
    "hour_count": ("1 hour", "{}시간"),
    "hour_counts": ("{} hours", "{}시간"),
    "minute_count": ("1 minute", "{}분"),
    "minute_counts": ("{} minutes", "{}분"),
    "moment": ("under a minute", "1분 미만"),
    # Parts of an entry's tag, Freqtrade's exit reasons, steps of the strategy
    "is_ob": ("order block", "오더블록"),
    "is_htf": ("higher timeframe trend", "상위 타임프레임 추세"),
    "is_fvg": ("fair value gap", "FVG"),
    "is_ote": ("OTE", "OTE"),
    "is_sweep": ("liquidity sweep", "유동성 스윕"),
    "is_break": ("structure break", "구조 돌파"),
    "is_roi": ("target", "목표가 도달"),
    "is_stop_loss": ("stop loss", "손절"),
    "is_stoploss_on_exchange": ("stop loss on the exchange", "거래소 스톱 주문 체결"),
    "is_trailing_stop_loss": ("moved stop", "이동 손절"),
    "is_liquidation": ("liquidation", "강제 청산"),
    "is_exit_signal": ("exit signal", "종료 신호"),
    "is_force_exit": ("closed by hand", "수동 종료"),
    "is_emergency_exit": ("emergency exit", "비상 종료"),
    "is_stop_watch": ("stop loss, by the bot", "봇이 직접 손절"),
    "is_partial_exit": ("partial exit", "분할 종료"),
    "is_sold_on_exchange": ("closed on the exchange", "거래소에서 종료됨"),
    "is_size": ("position size", "포지션 크기 계산"),
    "is_day_caps": ("the day's caps", "일일 한도 확인"),
    "is_levels": ("stop and target", "손절가·목표가 설정"),
    "is_exchange": ("the exchange", "거래소 주문"),
}
WORDS: Mapping[Language, Words] = MappingProxyType(
    {
        "en": {name: english for name, (english, _) in _WORDS.items()},
        "ko": {name: korean for name, (_, korean) in _WORDS.items()},
    }
)
