"""Binance's refusals: HTTP status, code and text.

The codes and texts are those of Binance's error page for USDⓈ-M futures; each route uses the ones that the
live hosts were observed to answer.
"""

from http import HTTPStatus


class BinanceError(Exception):
    """A refusal in Binance's form, ``{"code": -1121, "msg": "Invalid symbol."}``.

    Parameters
    ----------
    code
        Binance's negative error code.
    message
        Its text; clients compare some texts exactly.
    status
        HTTP status.
    """

    def __init__(self, code: int, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.status = int(status)

    @property
    def body(self) -> dict[str, int | str]:
        """The JSON body."""
        return {"code": self.code, "msg": self.message}


def missing_parameter(name: str) -> BinanceError:
    """Say that a mandatory parameter is absent or empty."""
    return BinanceError(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def illegal_characters(name: str, pattern: str) -> BinanceError:
    """Say that a parameter has characters that its kind does not allow."""
    return BinanceError(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{pattern}'.")


def out_of_range(name: str) -> BinanceError:
    """Say that a number is outside of the route's range."""
    return BinanceError(-1130, f"Data sent for parameter '{name}' is not valid.")


def start_after_end() -> BinanceError:
    """Say that the window's start is later than its end."""
    return BinanceError(-1023, "Start time is greater than end time.")


def invalid_interval() -> BinanceError:
    """Say that there is no such candle interval."""
    return BinanceError(-1120, "Invalid interval.")


def invalid_symbol() -> BinanceError:
    """Say that there is no such contract."""
    return BinanceError(-1121, "Invalid symbol.")


def not_trading() -> BinanceError:
    """Say that the contract exists, but its trading has not begun."""
    return BinanceError(-1122, "Invalid symbol status.")


def invalid_depth_limit(limit: int) -> BinanceError:
    """Say that the order book has no such depth."""
    return BinanceError(-4021, f"{limit} is not valid depth limit")


def missing_api_key() -> BinanceError:
    """Say that a private route was called without a key in its header, or with one that cannot be."""
    return BinanceError(-2014, "API-key format invalid.", HTTPStatus.UNAUTHORIZED)


def unknown_path(path: str, method: str) -> BinanceError:
    """Say that the exchange has no such route."""
    return BinanceError(-5000, f"Path {path}, Method {method} is invalid", HTTPStatus.NOT_FOUND)


def unknown_key() -> BinanceError:
    """Say that this key does not exist."""
    return BinanceError(-2015, "Invalid API-key, IP, or permissions for action.", HTTPStatus.UNAUTHORIZED)


def wrong_signature() -> BinanceError:
    """Say that the signature is not that of the parameters."""
    return BinanceError(-1022, "Signature for this request is not valid.")


def too_old() -> BinanceError:
    """Say that the request took longer than its window."""
    return BinanceError(-1021, "Timestamp for this request is outside of the recvWindow.")


def too_early() -> BinanceError:
    """Say that the client's clock is ahead by more than a second."""
    return BinanceError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")


def window_too_long() -> BinanceError:
    """Say that no request may be valid for more than a minute."""
    return BinanceError(-1131, "recvWindow must be less than 60000")


def missing_both(one: str, other: str) -> BinanceError:
    """Say that one of two parameters is needed."""
    return BinanceError(-1102, f"Param '{one}' or '{other}' must be sent, but both were empty/null!")


def not_required(name: str) -> BinanceError:
    """Say that a parameter must not be sent with the others."""
    return BinanceError(-1106, f"Parameter '{name}' sent when not required.")


def invalid_choice(name: str) -> BinanceError:
    """Say that a parameter is not an allowed word."""
    known = {"timeInForce": (-1115, "timeInForce"), "type": (-1116, "orderType"), "side": (-1117, "side")}
    code, word = known.get(name, (-1130, ""))
    return BinanceError(code, f"Invalid {word}.") if word else out_of_range(name)


def too_precise() -> BinanceError:
    """Say that a number has more digits than the contract."""
    return BinanceError(-1111, "Precision is over the maximum defined for this asset.")


def filtered(code: int, message: str) -> BinanceError:
    """Say which of a contract's filters a price or quantity did not pass."""
    return BinanceError(code, message)


def notional_too_small(least: object) -> BinanceError:
    """Say that an order's notional in USDT is below the contract's minimum."""
    return BinanceError(
        -4164, f"Order's notional must be no smaller than {least} (unless you choose reduce only)."
    )


def no_such_order() -> BinanceError:
    """Say that the order never existed."""
    return BinanceError(-2013, "Order does not exist.")


def nothing_to_cancel() -> BinanceError:
    """Say that the order to cancel is not open, if it ever was."""
    return BinanceError(-2011, "Unknown order sent.")


def no_margin() -> BinanceError:
    """Say that the free balance is too small."""
    return BinanceError(-2019, "Margin is insufficient.")


def would_trigger() -> BinanceError:
    """Say that a conditional order would trigger at once."""
    return BinanceError(-2021, "Order would immediately trigger.")


def nothing_to_reduce() -> BinanceError:
    """Say that there is no position for a reduce-only order to reduce."""
    return BinanceError(-2022, "ReduceOnly Order is rejected.")


def too_many_orders() -> BinanceError:
    """Say that the account has as many open orders in the contract as allowed."""
    return BinanceError(-2025, "Reach max open order limit.")


def position_too_large() -> BinanceError:
    """Say that the leverage allows no position of that size."""
    return BinanceError(-2027, "Exceeded the maximum allowable position at current leverage.")


def margin_below_leverage() -> BinanceError:
    """Say that a crossed position could not be held at the lower leverage."""
    return BinanceError(-2028, "Leverage is smaller than permitted: insufficient margin balance.")


def invalid_client_id() -> BinanceError:
    """Say that a client's id has the wrong length or characters."""
    return BinanceError(-4015, "Client order id is not valid.")


def duplicate_client_id() -> BinanceError:
    """Say that an open order has this client's id."""
    return BinanceError(-4116, "ClientOrderId is duplicated.")


def invalid_leverage(leverage: int) -> BinanceError:
    """Say that the contract does not offer a leverage."""
    return BinanceError(-4028, f"Leverage {leverage} is not valid")


def same_margin_type() -> BinanceError:
    """Say that the margin type is already set; ccxt compares this text."""
    return BinanceError(-4046, "No need to change margin type.")


def margin_type_with_orders() -> BinanceError:
    """Say that open orders prevent a change of the margin type."""
    return BinanceError(-4047, "Margin type cannot be changed if there exists open orders.")


def margin_type_with_position() -> BinanceError:
    """Say that a position prevents a change of the margin type."""
    return BinanceError(-4048, "Margin type cannot be changed if there exists position.")


def same_position_mode() -> BinanceError:
    """Say that the position mode is already set."""
    return BinanceError(-4059, "No need to change position side.")


def wrong_position_side() -> BinanceError:
    """Say that an order's position side does not match the position mode."""
    return BinanceError(-4061, "Order's position side does not match user's setting.")


def position_mode_with_orders() -> BinanceError:
    """Say that open orders prevent a change of the position mode."""
    return BinanceError(-4067, "Position side cannot be changed if there exists open orders.")


def position_mode_with_position() -> BinanceError:
    """Say that a position prevents a change of the position mode."""
    return BinanceError(-4068, "Position side cannot be changed if there exists position.")


def belongs_to_algo_service() -> BinanceError:
    """Say that conditional orders have a route of their own."""
    return BinanceError(
        -4120,
        "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.",
    )


def lower_leverage_when_isolated() -> BinanceError:
    """Say that an isolated position's leverage cannot be lowered."""
    return BinanceError(
        -4161, "Leverage reduction is not supported in Isolated Margin Mode with open positions."
    )


def isolated_forbids_multi_assets() -> BinanceError:
    """Say that isolated margin requires the single-asset mode."""
    return BinanceError(
        -4167,
        "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.",
    )


def multi_assets_forbid_isolated() -> BinanceError:
    """Say that there is no isolated margin in the multi-assets mode."""
    return BinanceError(-4168, "Unable to adjust to isolated-margin mode under the Multi-Assets mode.")


def same_asset_mode() -> BinanceError:
    """Say that the asset mode is already set."""
    return BinanceError(
        -4171, "Adjusted asset mode is currently set and does not need to be adjusted repeatedly."
    )


def period_too_long() -> BinanceError:
    """Say that the window is longer than the route allows."""
    return BinanceError(-4165, "Invalid time interval")


def not_filled_at_once() -> BinanceError:
    """Say that a fill-or-kill order could not be filled whole."""
    return BinanceError(
        -5021, "Due to the order could not be filled immediately, the FOK order has been rejected."
    )


def not_a_maker() -> BinanceError:
    """Say that a post-only order would have taken."""
    return BinanceError(
        -5022, "Due to the order could not be executed as maker, the Post Only order will be rejected."
    )


def too_many_requests(limit: int) -> BinanceError:
    """Say that the address has used up its weight."""
    text = (
        f"Too many requests; current limit is {limit} requests per minute. "
        "Please use the websocket for live updates to avoid polling the API."
    )
    return BinanceError(-1003, text, HTTPStatus.TOO_MANY_REQUESTS)


def banned(until_ms: int) -> BinanceError:
    """Say until when (milliseconds UTC) the address is banned."""
    text = (
        f"Way too many requests; IP banned until {until_ms}. "
        "Please use the websocket for live updates to avoid bans."
    )
    return BinanceError(-1003, text, HTTPStatus.IM_A_TEAPOT)


def too_many_new_orders(limit: int, period: str) -> BinanceError:
    """Say that the account has sent too many orders in a period."""
    text = f"Too many new orders; current limit is {limit} orders per {period}."
    return BinanceError(-1015, text, HTTPStatus.TOO_MANY_REQUESTS)
