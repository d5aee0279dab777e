"""Deals that journeys open, move and close. What becomes of one is an event, as when a colleague does it."""

from ripely.engine.performance import Performance
from ripely.engine.sales import record_deal
from ripely.model.action import Deal
from ripely.model.event import Value


def move_deal(act: Performance, step: Deal) -> None:
    deals = act.draft.profile.deals
    deal = _open_deal(act, step.pipeline)
    if not deal and step.outcome != "open":
        act.note("deal.missing", step.pipeline, f"no open deal to close, {act.by}")
    elif not deal:
        _tell(act, step, act.identity("deal"), "deal.opened")
    elif step.outcome != "open":
        _tell(act, step, deal, f"deal.{step.outcome}")
    elif step.stage in {"", deals[deal].stage} and step.value in {None, deals[deal].value}:
        act.note("deal.kept", deal, f"it is there already, {act.by}")
    else:
        _tell(act, step, deal, "deal.moved")


def _open_deal(act: Performance, pipeline: str) -> str:
    """Return the open deal of a pipeline that was touched last, or nothing."""
    found = [
        (deal.moved_s, name)
        for name, deal in act.draft.profile.deals.items()
        if deal.state == "open" and deal.pipeline == pipeline
    ]
    return max(found)[1] if found else ""


def _tell(act: Performance, step: Deal, deal: str, event: str) -> None:
    """Make the event, and know what it says at once: the next step of the same journey builds on it."""
    told: dict[str, Value] = {"deal": deal, "pipeline": step.pipeline, "stage": step.stage}
    told |= {"title": step.title, "value": step.value, "by": act.by}
    said = {name: value for name, value in told.items() if value not in {"", None}}
    act.note(event, deal, f"{step.stage or step.pipeline}, {act.by}")
    record_deal(act.draft, act.make(event, said))
