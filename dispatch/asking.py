"""Requests: open lines on an item that somebody else decides; work and clocks go on meanwhile.

A return (派单异议) and an extension (延期) are decided by a dispatcher, the second of one item by the supervisor; a
suspension (挂账) always by the supervisor.
"""

from dataclasses import replace

from dispatch.account import Account
from dispatch.arguments import Args, flag, later, text, unit
from dispatch.change import Change
from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.item import Handler, Hold, Item, Request
from dispatch.sending import reassigned, wind
from dispatch.world import World


def waiting(item: Item, kind: str) -> Request | None:
    """The request of that kind that nobody decided yet, or None."""
    return next((r for r in item.requests if r.kind == kind and r.decision is None), None)


def is_second(item: Item, kind: str) -> bool:
    """Whether one of that kind was decided before, so that the next goes to the supervisor."""
    return any(r.kind == kind and r.decision is not None for r in item.requests)


def request_return(item: Item, account: Account, args: Args, world: World) -> Change:
    """A handler holds that the item is not its own; it stays until somebody rules. ``unit`` says whose
    it is instead."""
    elsewhere = unit(args["unit"], "unit", item.lead.code, world) if args.get("unit") else None
    return _asked(item, account, "return", text(args, "reason"), world, unit=elsewhere)


def request_extension(item: Item, account: Account, args: Args, world: World) -> Change:
    """More time ``until``, asked for before the settlement is due."""
    until, reason = later(args, "until", world), text(args, "reason")
    due = next((clock.due_at for clock in item.clocks if clock.stage == "settle"), None)
    if due is None or world.now > due:
        raise WrongState("An extension is asked for before the settlement is due; it is due already.", allowed=[])
    if until <= due:
        raise BadArguments("until", f"until lies before the deadline that holds, {due.isoformat()}.")
    return _asked(item, account, "extension", reason, world, until=until)


def request_suspension(item: Item, account: Account, args: Args, world: World) -> Change:
    """What cannot be settled now, with its evidence as ``reason`` and the day of review as ``until``."""
    return _asked(item, account, "suspension", text(args, "reason"), world, until=later(args, "until", world))


def decide_return(item: Item, account: Account, args: Args, world: World) -> Change:
    """``grant``: ``main`` (else the unit that the handler named, else the lead) takes its place; or it stays."""
    request, granted = _decider(item, account, "return"), flag(args, "grant")
    reason = text(args, "reason")
    ruled = _decided(item, request, account, granted, world)
    if granted:
        named = args.get("main") or request.unit or item.lead.code
        ruled = _replaced(ruled, request.by_unit, unit(named, "main", item.lead.code, world), world)
    return Change(ruled, {"request": request.n, "grant": granted}, reason)


def decide_extension(item: Item, account: Account, args: Args, world: World) -> Change:
    """``grant``: settlement and answer are due at the instant that was asked for; or nothing moves."""
    request, granted = _decider(item, account, "extension"), flag(args, "grant")
    reason = text(args, "reason")
    ruled = _decided(item, request, account, granted, world)
    if granted:
        ruled = wind(replace(ruled, extended_until=request.until), world)
    return Change(ruled, {"request": request.n, "grant": granted}, reason)


def decide_suspension(item: Item, account: Account, args: Args, world: World) -> Change:
    """``grant``: clocks stand until it is resumed; the review date is the one that was asked for."""
    request, granted = _decider(item, account, "suspension"), flag(args, "grant")
    reason = text(args, "reason")
    ruled = _decided(item, request, account, granted, world)
    if granted:
        hold = Hold("suspension", world.now, request.until or world.now)
        ruled = wind(replace(ruled, status="suspended", hold=hold), world)
    return Change(ruled, {"request": request.n, "grant": granted}, reason)


def _asked(item: Item, account: Account, kind: str, reason: str, world: World, **values: object) -> Change:
    if waiting(item, kind) is not None:
        raise WrongState(f"A request for {kind} waits for its decision already.", allowed=[])
    request = Request(len(item.requests) + 1, kind, account.role, account.unit or "", reason, world.now)
    request = replace(request, **values)  # type: ignore[arg-type]
    return Change(replace(item, requests=(*item.requests, request)), {"request": request.n}, reason)


def _decider(item: Item, account: Account, kind: str) -> Request:
    """The request to be decided. Raises WrongState where none waits, Forbidden where the supervisor decides."""
    request = waiting(item, kind)
    if request is None:
        raise WrongState(f"No request for {kind} waits for a decision.", allowed=[])
    if account.role != "supervisor" and (kind == "suspension" or is_second(item, kind)):
        raise Forbidden(f"The supervisor decides this request for {kind}.")
    return request


def _decided(item: Item, request: Request, account: Account, granted: bool, world: World) -> Item:
    decision = "granted" if granted else "refused"
    done = replace(request, decision=decision, decided_at=world.now, decided_by=account.role)
    return replace(item, requests=tuple(done if r.n == request.n else r for r in item.requests))


def _replaced(item: Item, out: str, into: str, world: World) -> Item:
    """The item with handler ``out`` gone (returned); where that was the main one, ``into`` is it now."""
    main = item.main
    if main is None or main.unit != out:
        kept = tuple(replace(h, state="returned") if h.unit == out else h for h in item.handlers)
        return replace(item, handlers=kept)
    if into == out:
        raise BadArguments("main", "The unit that is to be relieved cannot be the one that takes over.")
    others = tuple(h for h in item.handlers if h.unit not in (out, into))
    gone = replace(main, role="assist", state="returned")
    return wind(replace(reassigned(item, (Handler(into, "main"), *others, gone), world), assigned=True), world)
