"""Passing over what changes nothing but the visit it is part of: most of what people do, for most rules."""

from ripely.engine.draft import Draft
from ripely.engine.facts import tells_facts
from ripely.engine.ruleset import Ruleset
from ripely.engine.visits import GAP_S, record_visit
from ripely.model.event import Event
from ripely.model.profile import Profile


class Glance:
    """Looks at the events of one contact before they are folded."""

    __slots__ = ("_draft", "_rules", "due_s")

    def __init__(self, rules: Ruleset, profile: Profile) -> None:
        self._rules = rules
        self._draft = Draft(rules, profile)
        self.due_s = 0

    def passes(self, event: Event) -> bool:
        """Take an event that no rule can react to, and that says no fact; false when it must be folded."""
        rules, profile = self._rules, self._draft.profile
        if 0 < self.due_s <= event.now_s or profile.merged_into is not None:
            return False
        if tells_facts(event.name) or rules.asks_seen:
            return False
        reaction = rules.react(event)
        if reaction.keys or reaction.points or reaction.triggers or reaction.heard:
            return False
        if rules.is_act(event.name):
            if event.occurred_s - profile.visit.last_s > GAP_S:
                return False
            record_visit(self._draft, event)
        return True
