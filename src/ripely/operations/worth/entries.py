"""The moments at which a journey would have begun, and at which its goal was reached, as SQL over history."""

from collections.abc import Sequence

from ripely.model.acts import Bought, Did, Where
from ripely.model.condition import All, AnyOf, Condition
from ripely.model.journey import Journey
from ripely.model.trigger import OnEvent, OnScore, OnSegment, Trigger
from ripely.operations.questions.asking import Sql, quoted

ORDER = "order.completed"


class UntoldError(Exception):
    """History has no plain record of this."""


def entries_of(journey: Journey) -> Sql:
    """Return the contacts and moments of all triggers. Raises `UntoldError` for those that leave no trace."""
    return Sql("\nUNION ALL ".join(_entry(trigger) for trigger in journey.triggers))


def goal_of(journey: Journey) -> tuple[Sql, str]:
    """Return the test of an event that the goal is, and its name; an order, if no event is the goal."""
    goal = _event(journey.goal.condition) if journey.goal else None
    if goal is None:
        return Sql(f"e.name = {quoted(ORDER)}"), ORDER
    try:
        return Sql(_act(goal.event, goal.where)), goal.event
    except UntoldError:
        return Sql(f"e.name = {quoted(goal.event)}"), goal.event


def _event(condition: Condition) -> Did | None:
    """Find the event that a goal waits for: alone, or among other conditions."""
    match condition:
        case Did():
            return condition
        case Bought():
            return Did(ORDER)
        case All(parts) | AnyOf(parts):
            return next((found for part in parts if (found := _event(part))), None)
        case _:
            return None


def _entry(trigger: Trigger) -> str:
    match trigger:
        case OnEvent(event, where, nth=None):
            return f'SELECT e.contact, e.occurred_at AS "at" FROM events AS e WHERE {_act(event, where)}'  # noqa: S608
        case OnSegment(segment, change):
            return _decided(f"segment.{change}", segment)
        case OnScore(score, reaches=int(points), of=""):
            given = "TRY_CAST(split_part(reason, ' ', 1) AS BIGINT)"
            crossed = f"value >= {points} AND value - {given} < {points}"
            return f"{_decided('score.changed', score)} AND {crossed}"
        case _:
            raise UntoldError(type(trigger).__name__)


def _decided(kind: str, subject: str) -> str:
    return f'SELECT contact, "at" FROM decisions WHERE kind = {quoted(kind)} AND subject = {quoted(subject)}'  # noqa: S608


def _act(event: str, where: Sequence[Where]) -> str:
    return " AND ".join([f"e.name = {quoted(event)}", *map(_test, where)])


def _test(where: Where) -> str:
    """Test a property as rules do, without regard to case."""
    texts = f"e.properties[{quoted(where.property)}]" if where.property != "url" else "[e.url]"
    if isinstance(where.value, str | int) and not isinstance(where.value, bool):
        wanted = f"lower({quoted(str(where.value))})"
        if where.op == "equals":
            return f"list_contains(list_transform({texts}, lambda one: lower(one)), {wanted})"
        if where.op == "contains":
            return f"len(list_filter({texts}, lambda one: contains(lower(one), {wanted}))) > 0"
    if where.op == "exists":
        return f"len({texts}) > 0"
    raise UntoldError(where.op)
