"""Events on the exchange: manual trades of its owner, forced ones, and the price."""

from decimal import Decimal

from ict_lab.bots.looks import BTC, ETH, move, positions, waiting_stops
from ict_lab.chaos.acts import acts
from ict_lab.chaos.world import World
from loopback.symbols import SPECS


@acts("closed by hand")
def _closed_by_hand(world: World) -> bool:
    return world.operator.close_by_hand(BTC) is not None


def _part(world: World, share: str) -> Decimal:
    return SPECS[BTC].to_step(world.held() * Decimal(share))


@acts("partly closed by hand")
def _partly_closed_by_hand(world: World, share: str) -> bool:
    part = _part(world, share)
    return bool(part) and world.operator.close_by_hand(BTC, part) is not None


@acts("added by hand")
def _added_by_hand(world: World, share: str) -> bool:
    return _open_by_hand(world, BTC, _part(world, share))


@acts("foreign position")
def _foreign_position(world: World) -> bool:
    return not positions(world.server, ETH) and _open_by_hand(world, ETH, Decimal("0.100"))


def _open_by_hand(world: World, symbol: str, quantity: Decimal) -> bool:
    if not quantity:
        return False
    long = world.scenario.side == "long"
    order = world.operator.trade_by_hand(symbol, "BUY" if long else "SELL", quantity)
    world.by_hand.add(order["orderId"])
    world.foreign[symbol] = quantity if long else -quantity
    return True


@acts("liquidated")
def _liquidated(world: World) -> bool:
    return world.operator.liquidate(BTC) is not None


@acts("deleveraged")
def _deleveraged(world: World) -> bool:
    return world.operator.deleverage(BTC) is not None


@acts("partly deleveraged")
def _partly_deleveraged(world: World, share: str) -> bool:
    part = _part(world, share)
    return bool(part) and world.operator.deleverage(BTC, part) is not None


def _end_stop(world: World, status: str) -> bool:
    waiting = waiting_stops(world.server)
    for stop in waiting:
        world.operator.end_algo_order(stop["algoId"], status)
    return bool(waiting)


@acts("stop cancelled")
def _stop_cancelled(world: World) -> bool:
    return _end_stop(world, "CANCELED")


@acts("stop expired")
def _stop_expired(world: World) -> bool:
    return _end_stop(world, "EXPIRED")


@acts("stop's order expires")
def _stops_order_expires(world: World) -> bool:
    return _stop_filled_in_part(world, "0")


@acts("stop filled in part")
def _stop_filled_in_part(world: World, share: str) -> bool:
    if not waiting_stops(world.server):
        return False
    world.operator.fill_in_parts(BTC, share, side=world.closing)
    return price_through_the_stop(world)


@acts("price through the stop")
def price_through_the_stop(world: World) -> bool:
    """Move the price to where the stop fills."""
    away = 0.9995 if world.scenario.side == "long" else 1.0005
    move(world.server, world.stop_level() * away)
    return True


@acts("foreign stop")
def _foreign_stop(world: World) -> bool:
    level = SPECS[BTC].to_tick(world.at_r(-0.5))
    return bool(world.held()) and bool(
        world.operator.stop_by_hand(BTC, world.closing, _part(world, "0.5") or world.held(), level)
    )


@acts("foreign limit")
def _foreign_limit(world: World) -> bool:
    level = SPECS[BTC].to_tick(world.at_r(1.5))
    return bool(world.held()) and bool(
        world.operator.limit_by_hand(BTC, world.closing, _part(world, "0.5") or world.held(), level)
    )


@acts("price through the entry")
def _price_through_the_entry(world: World) -> bool:
    return world.fill_entry()


@acts("zone ends")
def _zone_ends(world: World) -> None:
    world.end_zone()


@acts("entry cancelled by hand")
def _entry_cancelled_by_hand(world: World) -> bool:
    resting = world.resting_entries()
    for order in resting:
        world.operator.end_order(order["orderId"])
    return bool(resting)


@acts("deposit")
def _deposit(world: World) -> None:
    world.operator.transfer(5_000)


@acts("withdrawal")
def _withdrawal(world: World) -> None:
    world.operator.transfer(-3_000)


@acts("hedge mode")
def _hedge_mode(world: World) -> None:
    world.operator.set_modes(hedge_mode=True)


@acts("cross margin")
def _cross_margin(world: World) -> bool:
    world.operator.set_terms(BTC, margin_type="CROSSED")
    return bool(world.held())


@acts("entry filled in part")
def _entry_filled_in_part(world: World, share: str) -> None:
    world.operator.fill_in_parts(BTC, share, side="BUY" if world.scenario.side == "long" else "SELL")
