"""Changes of one published document that need no editor: back to an earlier version, a pause, a winner."""

from collections.abc import Mapping

import msgspec

from ripely.compiler.ruleset import Published
from ripely.documents.encode import from_json, to_json
from ripely.documents.references import key_of
from ripely.model.definition import Definition
from ripely.model.ids import StepId
from ripely.model.journey import Experiment, Journey, People
from ripely.operations.publishing.people import FINISH, MOVE, Plans, back
from ripely.records.definitions.models import Version


class Revision(msgspec.Struct, frozen=True):
    """A document as it would be published, and the plan for those inside."""

    files: Mapping[str, bytes]
    plans: Plans

    def anyway(self) -> "Revision":
        """Return the same, to be published whatever speaks against it."""
        return Revision(self.files, msgspec.structs.replace(self.plans, anyway=True))


def rolled_back(
    current: Published,
    kind: str,
    document: str,
    number: int | None = None,
    people: People | None = None,
) -> Revision:
    """Return an earlier version, the one before unless said. Unless said, people go back to where they were.

    Raises:
        LookupError: there is no such version.
    """
    if number is None:
        number = current.versions.get(f"{kind}/{document}", 0) - 1
    found = Version.objects.filter(kind=kind, document=document, number=number).first()
    if found is None:
        raise LookupError(f"There is no version {number} of {kind} {document}.")
    if people is None:
        people = _back(current, from_json(found.body.encode()))
    return Revision({f"{kind}-{document}.json": found.body.encode()}, Plans(people))


def paused(current: Published, journey: str, *, pause: bool = True) -> Revision:
    """Return a journey that is paused, or resumed. Everybody stays in the version they are in.

    Raises:
        LookupError: there is no such journey, or it is so already.
    """
    found = published_journey(current, journey)
    if found.paused == pause:
        raise LookupError(
            f"Journey {journey} is {'paused already' if pause else 'not paused'}."
        )
    return _revision(msgspec.structs.replace(found, paused=pause), FINISH)


def won(current: Published, journey: str, step: str, arm: str) -> Revision:
    """Return a journey in which everybody goes the way that won an experiment.

    Raises:
        LookupError: there is no such journey, experiment or way.
    """
    found = published_journey(current, journey)
    experiment = found.steps.get(StepId(step))
    if not isinstance(experiment, Experiment) or arm not in {a.name for a in experiment.arms}:
        raise LookupError(
            f"Journey {journey} has no experiment {step} with an arm named {arm}."
        )
    decided = msgspec.structs.replace(experiment, winner=arm)
    steps = {**found.steps, StepId(step): decided}
    return _revision(msgspec.structs.replace(found, steps=steps), MOVE)


def published_journey(current: Published, journey: str) -> Journey:
    """Return a journey in force.

    Raises:
        LookupError: there is none of that name.
    """
    for _, found in current.journeys:
        if found.id == journey:
            return found
    raise LookupError(f"There is no journey {journey}.")


def _revision(definition: Definition, people: People) -> Revision:
    name = "-".join(key_of(definition))
    return Revision({f"{name}.json": to_json(definition)}, Plans(people))


def _back(current: Published, earlier: Definition) -> People:
    now = next((j for _, j in current.journeys if j.id == earlier.id), None)
    if now is None or not isinstance(earlier, Journey):
        return MOVE
    undone = back(current.people.get(now.id, MOVE)).steps.items()
    return People("move", {s: to for s, to in undone if s in now.steps and to in earlier.steps})
