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
    "limit_weekly_loss": ("No more entries this week (UTC)", "이번 주(UTC) 추가 진입 중단"),
    "limit_drawdown": ("No entries in this drawdown", "드로다운 한도 도달, 진입 중단"),
    "limit_losing_streak": ("Entries pause after a losing streak", "연속 손실로 진입 일시 중단"),
    "limit_open_risk": ("Entry refused: open risk", "진입 거부: 전체 포지션 리스크 한도"),
    "limit_cost": ("Entry refused: fees too high for its stop", "진입 거부: 손절 폭에 비해 높은 수수료"),
    "limit_of_weekly_loss": ("Week's deepest loss / allowed", "주간 최대 손실 / 한도"),
    "limit_of_drawdown": ("Drawdown / allowed", "드로다운 / 한도"),
    "limit_of_losing_streak": ("Losing trades in a row / pause at", "연속 손실 거래 / 중단 기준"),
    "limit_of_open_risk": ("Open risk with this entry / allowed", "이 진입 포함 전체 리스크 / 한도"),
    "limit_of_cost": ("Fees of both sides / allowed", "왕복 수수료 / 한도"),
    "fees": ("Fees", "수수료"),
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
    "late_at": ("Happened at", "발생 시각"),
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
    "is_time_stop": ("held for the longest time allowed", "최대 보유 시간 도달"),
    "is_sold_on_exchange": ("closed on the exchange", "거래소에서 종료됨"),
    "is_size": ("position size", "포지션 크기 계산"),
    "is_limits": ("the account's limits", "계좌 한도 확인"),
    "is_levels": ("stop and target", "손절가·목표가 설정"),
    "is_exchange": ("the exchange", "거래소 주문"),
    # Exchange and book compared: labels, then what was found, what it means, what is done about it
    "found": ("Found", "확인 내용"),
    "does": ("Bot", "봇 조치"),
    "advice": ("To do", "할 일"),
    "long_position": ("{} long", "롱 {}"),
    "short_position": ("{} short", "숏 {}"),
    "finding_position_without_trade": ("Position without a trade", "거래 기록에 없는 포지션"),
    "finding_trade_without_position": ("Trade without a position", "포지션이 없는 거래"),
    "finding_sizes_differ": ("Sizes differ", "수량 불일치"),
    "finding_no_resting_stop": ("No stop on the exchange", "거래소에 스톱 주문 없음"),
    "finding_order_without_trade": ("Order without a trade", "거래 기록에 없는 주문"),
    "finding_two_stops": ("Two stops for one trade", "한 거래에 스톱 주문 2개"),
    "finding_hedge_mode": ("Hedge mode is on", "헤지 모드 켜짐"),
    "finding_cross_mode": ("Cross margin is on", "교차 마진 켜짐"),
    "finding_lookup_failed": ("The exchange can't be asked", "거래소 조회 실패"),
    "finding_stop_unseen": ("A stop can't be looked up", "스톱 주문 조회 실패"),
    "finding_intent_unclear": ("What became of an order is not known", "주문 결과 불명"),
    "finding_clock_jumped": ("The clock jumped", "시스템 시각 급변"),
    "finding_agree_again": ("Exchange and book agree again", "거래소와 거래 기록 다시 일치"),
    "means_position_without_trade": (
        "The exchange holds {held}, and no trade of the bot knows of it.",
        "거래소에 {held} 포지션이 있지만 봇의 거래 기록에는 없습니다.",
    ),
    "means_trade_without_position": (
        "The bot has a trade of {booked} open, and the exchange holds nothing of it: it was closed by hand, "
        "liquidated, or the answer to its exit was lost.",
        "봇에는 {booked} 거래가 열려 있지만 거래소에는 포지션이 없습니다. 수동 종료, 강제 청산 또는 종료 "
        "주문의 응답 유실입니다.",
    ),
    "means_sizes_differ": (
        "The exchange holds {held}, the bot's trades {booked}.",
        "거래소 수량은 {held}, 봇의 거래 수량은 {booked}입니다.",
    ),
    "means_no_resting_stop": (
        "The position of {held} has no stop order on the exchange; its stop is {stop}.",
        "{held} 포지션에 거래소 스톱 주문이 없습니다. 손절가는 {stop}입니다.",
    ),
    "means_order_without_trade": (
        "Order {order} on the exchange closes positions on this pair and belongs to no trade of the bot.",
        "거래소의 주문 {order}은(는) 이 심볼의 포지션을 닫는 주문인데 봇의 어느 거래에도 속하지 않습니다.",
    ),
    "means_two_stops": (
        "Order {order} rests beside the trade's own stop and would close the next position.",
        "이 거래의 스톱 주문 외에 {order} 주문이 더 있어 다음 포지션을 닫을 수 있습니다.",
    ),
    "means_hedge_mode": (
        "The account is in hedge mode; the bot's orders are right in one-way mode alone.",
        "계정이 헤지 모드입니다. 봇의 주문은 단방향 모드에서만 올바르게 동작합니다.",
    ),
    "means_cross_mode": (
        "The margin mode is cross: a loss can take the whole wallet, not this position's margin alone.",
        "마진 모드가 교차입니다. 손실이 이 포지션의 증거금을 넘어 지갑 전체에 미칠 수 있습니다.",
    ),
    "means_lookup_failed": (
        "Positions and orders can't be compared with the bot's trades: {detail}",
        "포지션과 주문을 봇의 거래와 비교할 수 없습니다: {detail}",
    ),
    "means_stop_unseen": (
        "The exchange does not say whether stop order {order} still rests: {detail}",
        "거래소가 스톱 주문 {order}의 상태를 알려 주지 않습니다: {detail}",
    ),
    "means_intent_unclear": (
        "The answer to order {order} was lost, and the exchange has not said yet what became of it.",
        "주문 {order}의 응답이 유실되었고, 거래소가 아직 결과를 알려 주지 않았습니다.",
    ),
    "means_clock_jumped": (
        "This machine's clock jumped: {detail}. Candles and orders can't be dated until it is right.",
        "이 컴퓨터의 시각이 갑자기 바뀌었습니다: {detail}. 맞을 때까지 캔들과 주문 시각을 믿을 수 없습니다.",
    ),
    "means_agree_again": (
        "Positions, sizes and stops on the exchange are those of the bot's trades.",
        "거래소의 포지션, 수량, 스톱 주문이 봇의 거래와 같습니다.",
    ),
    "does_pair_stopped": ("no entries on this pair until both agree", "일치할 때까지 이 심볼 진입 중단"),
    "does_all_stopped": ("no entries on any pair until both agree", "일치할 때까지 모든 심볼 진입 중단"),
    "does_entries_resume": ("entries are allowed again", "진입 재개"),
    "does_stop_placed": ("placed the stop at {stop}", "{stop}에 스톱 주문 설정"),
    "does_order_cancelled": ("cancelled order {order}", "주문 {order} 취소"),
    "does_position_closed": ("closed the position at market", "포지션을 시장가로 종료"),
    "does_close_recorded": (
        "recorded the close; its result counts for the day",
        "종료를 기록하고 오늘 손익에 반영",
    ),
    "does_price_watched": (
        "watches the price and closes at {stop}",
        "가격을 직접 감시하여 {stop}에서 종료",
    ),
    "does_asks_again": ("asks the exchange again in each loop", "매 주기 거래소에 다시 조회"),
    "does_changed_nothing": ("changed nothing", "변경 없음"),
    "do_close_or_protect": (
        "on Binance, close this position or give it a stop; entries resume when it is closed",
        "바이낸스에서 이 포지션을 종료하거나 손절을 설정하십시오. 종료되면 진입이 재개됩니다",
    ),
    "do_check_history": (
        "look at Binance's order history; if the trade stays open in the bot, send /reload_trade",
        "바이낸스 주문 내역을 확인하십시오. 거래가 봇에 계속 열려 있으면 /reload_trade를 보내십시오",
    ),
    "do_compare_sizes": (
        "compare the size on Binance with /status; close on Binance what is too much",
        "바이낸스의 수량을 /status와 비교하고, 초과분은 바이낸스에서 종료하십시오",
    ),
    "do_place_stop": (
        "if this comes again, set a stop at {stop} on Binance",
        "이 메시지가 반복되면 바이낸스에서 {stop}에 손절을 설정하십시오",
    ),
    "do_cancel_order": (
        "if this comes again, cancel the order on Binance",
        "이 메시지가 반복되면 바이낸스에서 주문을 취소하십시오",
    ),
    "do_set_one_way": (
        "close all positions, then set the position mode to one-way on Binance",
        "모든 포지션을 종료한 뒤 바이낸스에서 포지션 모드를 단방향으로 바꾸십시오",
    ),
    "do_set_isolated": (
        "close the position, then set the pair's margin mode to isolated on Binance",
        "포지션을 종료한 뒤 바이낸스에서 이 심볼의 마진 모드를 격리로 바꾸십시오",
    ),
    "do_check_connection": (
        "watch your positions on Binance; check the connection, the API key and Binance's status",
        "바이낸스에서 포지션을 지켜보고 연결, API 키, 바이낸스 상태를 확인하십시오",
    ),
    "do_look_for_stop": (
        "look on Binance whether the stop order still rests",
        "바이낸스에 스톱 주문이 남아 있는지 확인하십시오",
    ),
    "do_wait": (
        "wait; if this comes again, compare orders and positions on Binance with /status",
        "기다리십시오. 이 메시지가 반복되면 바이낸스의 주문과 포지션을 /status와 비교하십시오",
    ),
    "do_set_clock": (
        "turn on time synchronisation (NTP) on this machine",
        "이 컴퓨터의 시각 동기화(NTP)를 켜십시오",
    ),
    "do_nothing": ("nothing", "없음"),
}
WORDS: Mapping[Language, Words] = MappingProxyType(
    {
        "en": {name: english for name, (english, _) in _WORDS.items()},
        "ko": {name: korean for name, (_, korean) in _WORDS.items()},
    }
)
