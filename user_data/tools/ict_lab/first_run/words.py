"""What the guide says, in English and Korean."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "ko")
CHANNELS = ("none", "discord", "telegram")
LANGUAGE_QUESTION = "Language / 언어"

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "hello": "A few questions. An empty answer keeps the value in brackets; files are written last.",
        "key": "API key of the testnet (demo.binance.com, API Management; empty: none yet)",
        "secret": "Secret of the key (not shown)",
        "channel": "Messages to",
        "webhook": "Address of the Discord webhook (not shown)",
        "token": "Token of the Telegram bot (not shown)",
        "chat": "Number of the Telegram chat",
        "api": "FreqUI on this machine, with a new password",
        "risk": "Loss of a trade at its stop, % of equity",
        "daily_loss": "Loss that ends the day, % of the day's first equity",
        "allowed": "must be {allowed}, was {given}",
        "was_secret": "must be {allowed}",
        "one_word": "one word of letters, digits, - and _",
        "address": "an address such as https://discord.com/api/webhooks/NUMBER/TOKEN",
        "telegram_token": "such as 123456:ABC-DEF",
        "whole": "a whole number",
        "yes_no": "y or n",
        "overwrite": "{file} exists already. Replace it, and keep the old one as {kept}?",
        "left": "{file} was not changed",
        "written": "{file} was written",
        "frequi": "FreqUI: http://127.0.0.1:8080, with make watch :8081; .env has user and password.",
        "check": "Checking the start",
        "no_key": "Without a key the start can't be checked. make watch needs none; or run make setup again.",
        "next": "Next: make trade starts the bot, make watch is a dry run, make status shows what runs.",
        "failed": "The files were written. Fix what is said above; make trade checks it again.",
        "ended": "the answers ended before the last question: nothing was written",
        "stopped": "stopped before the last question: nothing was written",
        "unchecked": "stopped before the start was checked; make trade checks it again",
        "unreadable": "an answer was no text in UTF-8: nothing was written",
    },
    "ko": {
        "hello": "몇 가지를 묻습니다. 빈 답은 괄호 안의 값입니다. 끝까지 답해야 저장합니다.",
        "key": "테스트넷 API 키 (demo.binance.com, API Management, 비우면 아직 없음)",
        "secret": "API 시크릿 (화면에 나오지 않음)",
        "channel": "메시지를 받을 곳",
        "webhook": "Discord 웹훅 주소 (화면에 나오지 않음)",
        "token": "Telegram 봇 토큰 (화면에 나오지 않음)",
        "chat": "Telegram 채팅 번호",
        "api": "이 컴퓨터에서 FreqUI 사용(새 비밀번호를 만듦)",
        "risk": "손절된 거래 하나가 잃어도 되는 금액, 자본의 %",
        "daily_loss": "그날 매매를 끝내는 손실, 그날 처음 자본의 %",
        "allowed": "허용 값: {allowed}, 입력 값: {given}",
        "was_secret": "허용 값: {allowed}",
        "one_word": "글자, 숫자, -, _ 로 된 한 단어",
        "address": "https://discord.com/api/webhooks/번호/토큰 형태의 주소",
        "telegram_token": "123456:ABC-DEF 형태",
        "whole": "정수",
        "yes_no": "y 또는 n",
        "overwrite": "{file} 파일이 이미 있습니다. 새로 쓰고 이전 파일을 {kept}(으)로 남길까요?",
        "left": "{file} 파일은 그대로 두었습니다",
        "written": "{file} 파일을 저장했습니다",
        "frequi": "FreqUI: http://127.0.0.1:8080, make watch는 :8081. 사용자와 비밀번호는 .env에 있음",
        "check": "시작 점검",
        "no_key": "키가 없어 아직 점검할 수 없습니다. make watch는 키 없이 됩니다.",
        "next": "다음: make trade는 봇 시작, make watch는 모의 매매, make status는 실행 상태입니다.",
        "failed": "파일은 저장했습니다. 위에 나온 문제를 고치세요. make trade가 다시 점검합니다.",
        "ended": "마지막 질문 전에 답이 끝났습니다. 아무것도 저장하지 않았습니다",
        "stopped": "마지막 질문 전에 중단했습니다. 아무것도 저장하지 않았습니다",
        "unchecked": "시작 점검을 마치지 않고 중단했습니다. make trade가 다시 점검합니다",
        "unreadable": "답이 UTF-8 글자가 아닙니다. 아무것도 저장하지 않았습니다",
    },
}
