"""Deals that journeys open, move and close. What becomes of one is an event, as when a colleague does it."""

from ripely.engine.performance import Performance
from ripely.model.action import Deal
from ripely.model.event import Value
from ripely.model.profile import Deal as KnownDeal


def move_deal(act: Performance, step: Deal) -> None:
    found = _open_deal(act, step.pipeline)
    if found is None:
        _open(act, step)
        return
    deal, known = found
    closes = step.outcome != "open"
    same_stage = known is not None and step.stage in {"", known.stage}
    same_value = known is not None and step.value in {None, known.value}
    if not closes and same_stage and same_value:
        act.note("deal.kept", deal, f"it is there already, {act.by}")
        return
    _tell(act, step, deal, f"deal.{step.outcome if closes else 'moved'}")


def _open(act: Performance, step: Deal) -> None:
    """Open a deal. One that is not there cannot be closed."""
    if step.outcome != "open":
        act.note("deal.missing", step.pipeline, f"no open deal to close, {act.by}")
        return
    _tell(act, step, act.identity("deal"), "deal.opened")


def _open_deal(act: Performance, pipeline: str) -> tuple[str, KnownDeal | None] | None:
    """Return the deal that was touched last; or one that this entry opened and that is not known yet."""
    deals = act.draft.profile.deals
    found = [
        (deal.moved_s, name, deal)
        for name, deal in deals.items()
        if deal.state == "open" and deal.pipeline == pipeline
    ]
    if found:
        _, name, deal = max(found, key=lambda each: each[:2])
        return name, deal
    for kept in act.enrollment.data.values():
        name = str(kept.get("deal", ""))
        if name and kept.get("pipeline") == pipeline and name not in deals:
            return name, None
    return None


def _tell(act: Performance, step: Deal, deal: str, event: str) -> None:
    told: dict[str, Value] = {"deal": deal, "pipeline": step.pipeline, "stage": step.stage}
    told |= {"title": step.title, "value": step.value, "by": act.by}
    if event == "deal.opened":
        act.enrollment.data[act.enrollment.step] = {"deal": deal, "pipeline": step.pipeline}
    act.note(event, deal, f"{step.stage or step.pipeline}, {act.by}")
    act.make(event, {name: value for name, value in told.items() if value not in {"", None}})
