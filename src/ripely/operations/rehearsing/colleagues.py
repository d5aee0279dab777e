"""Who answers a journey in a play: teams, whose turns go round as they do in the product, and other systems."""

from collections.abc import Mapping
from datetime import UTC, datetime

from ripely.engine.ruleset import Ruleset
from ripely.model.effect import AssignOwner, CallWebhook, Effect
from ripely.model.event import Event
from ripely.model.ids import TeamId
from ripely.ports import Workload
from ripely.runtime.assigning import answer, choose, give
from ripely.runtime.staff import Crew

ANSWERS = frozenset({"webhook.answered", "webhook.failed"})
"""What other systems say to the webhooks of a journey."""
_ENVELOPE = frozenset({"journey", "step", "call", "answer"})


class Colleagues:
    def __init__(self, rules: Ruleset) -> None:
        self.rules = rules
        self.workloads: dict[TeamId, Workload] = {}

    def choose(self, effect: AssignOwner, at_s: int) -> Event:
        """Return the event that tells who becomes the owner."""
        now = datetime.fromtimestamp(at_s, UTC)
        crew = Crew(self.rules.teams[effect.team], self.rules.company)
        workload = self.workloads.get(effect.team, Workload())
        who = choose(crew, workload, effect.how, now)
        if who:
            self.workloads[effect.team] = give(workload, who, effect.how)
        return answer(effect, who, now)


class Calls:
    """The calls of other systems whose answers a journey waits for."""

    def __init__(self) -> None:
        self.open: dict[str, CallWebhook] = {}

    def made(self, effect: Effect) -> None:
        if isinstance(effect, CallWebhook) and effect.keep:
            self.open[effect.id] = effect

    def completed(self, said: Mapping[str, object]) -> dict[str, object]:
        """Say of an answer to which call it is: to the last one, of its step if it names one."""
        step = said.get("step")
        calls = [one for one in self.open.values() if step in {None, one.step}]
        if not calls:
            return dict(said)
        call = self.open.pop(calls[-1].id)
        return {
            "status": 200,
            **said,
            "journey": call.journey,
            "step": call.step,
            "call": call.id,
        }


def answer_told(said: Mapping[str, object]) -> dict[str, object]:
    """Return an answer as the line of a story says it: of which step it is, and what it says."""
    content = said.get("answer")
    kept = {name: value for name, value in said.items() if name not in _ENVELOPE}
    return {"step": said.get("step"), **kept, **(content if isinstance(content, dict) else {})}
