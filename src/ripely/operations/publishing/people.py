"""What becomes of those inside a journey when a new version of it is published."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from ripely.compiler.ruleset import Published
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import Journey, People
from ripely.operations.publishing.gate import Refusal
from ripely.operations.tallies import tallies

OLDER_MAX = 5
"""How many earlier versions of one journey people may still finish; those in older ones move."""

MOVE, FINISH, LEAVE = People("move"), People("finish"), People("leave")


class Plans(msgspec.Struct, frozen=True):
    """The plan for every journey that changes, unless there is one for it alone.

    `anyway`: what the company asks for before publishing is passed over, and that is recorded, with
    what was `passed` over already. `seen` are the versions in force that somebody looked at: what
    has changed since is not undone. None: whatever is in force.
    """

    all: People = MOVE
    one: Mapping[JourneyId, People] = {}
    anyway: bool = False
    passed: tuple[Refusal, ...] = ()
    seen: Mapping[str, int] | None = None

    def of(self, journey: JourneyId) -> People:
        return self.one.get(journey, self.all)


EVERYBODY_MOVES = Plans()
Misfit = tuple[JourneyId, str]
"""A journey, and what the plan says wrongly of it."""


class Fate(msgspec.Struct, frozen=True):
    """So many people are at a step now, and this becomes of them; `to` is the step they move to."""

    step: StepId
    inside: int
    becomes: Literal["move", "finish", "leave"]
    to: StepId | None = None


def with_people(after: Published, before: Published, plans: Plans) -> Published:
    """Return what is to be published with the plan for those inside, and the versions they still finish."""
    was = {journey.id: (number, journey) for number, journey in before.journeys}
    older: list[tuple[int, Journey]] = []
    people: dict[JourneyId, People] = {}
    for number, journey in after.journeys:
        if journey.id not in was:
            continue
        kept = [(n, j) for n, j in before.older if j.id == journey.id and n != number]
        plan, earlier = before.people.get(journey.id, MOVE), was[journey.id]
        if earlier[0] != number:
            plan = _following(plan, plans.of(journey.id), earlier[1])
            kept = [each for each in kept if each[0] != earlier[0]] + [earlier]
        if plan.plan == "finish":
            older += kept[-OLDER_MAX:]
        if plan != MOVE:
            people[journey.id] = plan
    return msgspec.structs.replace(after, older=tuple(older), people=people)


def fates(old: Journey, new: Journey | None, plan: People) -> Sequence[Fate]:
    """Return what would become of those inside, step by step."""
    counted = tallies("step", old.id).get(old.id, {})
    found = []
    for item, number in sorted(counted.items()):
        step, _, what = item.rpartition(":")
        if what == "inside" and number > 0:
            found.append(_fate(StepId(step), number, new, plan))
    return found


def misfits(changed: Mapping[JourneyId, tuple[Journey, Journey]], plans: Plans) -> list[Misfit]:
    """Return what a plan says of steps that are not there, or of which journey it does not say: a slip would let people go."""
    found: list[Misfit] = []
    meant = [journey for journey in changed if journey not in plans.one]
    if len(meant) > 1 and plans.all.steps:
        step, to = next(iter(plans.all.steps.items()))
        sentence = f"Several journeys change, {' and '.join(meant)}: say which one is meant, as {meant[0]}:{step}={to}."
        return [(meant[0], sentence)]
    for journey, (old, new) in changed.items():
        for step, to in plans.of(journey).steps.items():
            if step not in old.steps:
                found.append((journey, f'There was no step "{step}" to move people from.'))
            elif to not in new.steps:
                found.append((journey, f'There is no step "{to}" for the people at "{step}".'))
    return found


def back(plan: People) -> People:
    """Return the plan that undoes a move: people go back to where theirs came from."""
    return People("move", {to: step for step, to in plan.steps.items()})


def _fate(step: StepId, inside: int, new: Journey | None, plan: People) -> Fate:
    to = plan.steps.get(step, step)
    if new is None or plan.plan == "leave" or (plan.plan == "move" and to not in new.steps):
        return Fate(step, inside, "leave")
    if plan.plan == "finish":
        return Fate(step, inside, "finish")
    return Fate(step, inside, "move", to)


def _following(before: People, plan: People, old: Journey) -> People:
    """Return a plan that also holds for those whom the plan before it has not come to yet."""
    if plan.plan == "leave":
        return plan
    further = {
        step: plan.steps.get(to, to)
        for step, to in before.steps.items()
        if step not in old.steps
    }
    return People(plan.plan, {**further, **plan.steps})
