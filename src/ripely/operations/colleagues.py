"""The teams of a story, whose turns go round as they do in the product."""

from datetime import UTC, datetime

from ripely.engine.ruleset import Ruleset
from ripely.model.effect import AssignOwner
from ripely.model.event import Event
from ripely.model.ids import TeamId
from ripely.ports import Workload
from ripely.runtime.assigning import answer, choose, give
from ripely.runtime.staff import Crew


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
