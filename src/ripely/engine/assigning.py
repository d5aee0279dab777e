"""Who is to look after a contact: a colleague by name, or one of a team."""

from collections.abc import Sequence

from ripely.engine.facts import set_attribute
from ripely.engine.performance import Performance
from ripely.engine.split import share
from ripely.model.action import Assign
from ripely.model.company import Member
from ripely.model.effect import AssignOwner
from ripely.model.ids import TeamId

_PLACES = ("country", "region", "city")
"""From the least particular to the most."""


def assign(act: Performance, step: Assign) -> None:
    """Give the contact an owner, or ask for one where others must be looked at. An owner stays, unless `again`."""
    owner = act.draft.profile.attributes.get("owner")
    if owner and not step.again:
        act.note("owner.kept", str(owner), act.by)
    elif step.how == "fixed":
        _give(act, step.to, act.by)
    elif step.team is None or step.team not in act.draft.rules.teams:
        act.note("owner.missing", act.enrollment.step, f"there is no team {step.team or ''}")
    elif step.how in {"turns", "capacity"}:
        act.ask(AssignOwner(**act.origin(), team=step.team, how=step.how, score=step.score))
        act.note("owner.asked", step.team, f"by {step.how}")
    else:
        _choose(act, step, step.team)


def _choose(act: Performance, step: Assign, team: TeamId) -> None:
    """Choose by what is known of this contact alone. Of several that fit alike, chance that sticks takes one."""
    profile, members = act.draft.profile, act.draft.rules.teams[team].members
    if step.how == "score":
        points = profile.points(step.score, act.draft.now_s) if step.score else 0
        found, why = _by_score(members, points), f"score {step.score} is {points}"
    else:
        found, why = _by_territory(members, places := _places(act)), f"in {', '.join(places)}"
    if not found:
        act.note("owner.missing", team, f"nobody takes it: {why}")
        return
    chosen = found[int(share(profile.contact, "assign", team) * len(found))]
    _give(act, chosen.who, f"{why}, {act.by}")


def _by_score(members: Sequence[Member], points: int) -> list[Member]:
    """Those of the highest band that the points reach."""
    bands = [(m.score_at_least, m) for m in members if m.score_at_least is not None]
    reached = max((least for least, _ in bands if least <= points), default=None)
    return [member for least, member in bands if least == reached]


def _by_territory(members: Sequence[Member], places: Sequence[str]) -> list[Member]:
    """Those of the most particular place that anybody takes."""
    for place in reversed(places):
        found = [
            m for m in members if place.casefold() in {t.casefold() for t in m.territories}
        ]
        if found:
            return found
    return []


def _places(act: Performance) -> list[str]:
    attributes = act.draft.profile.attributes
    return [str(attributes[place]) for place in _PLACES if attributes.get(place)]


def _give(act: Performance, who: str, why: str) -> None:
    set_attribute(act.draft, "owner", who)
    act.note("owner.assigned", who, why)
