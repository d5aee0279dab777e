"""A world for tests of the pages: a small company, and people to whom things happen."""

from datetime import UTC, datetime

from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, derive
from ripely.runtime.rules import open_rules
from ripely.runtime.worker import work_once
from ripely.wiring import App

NOW = datetime(2030, 3, 4, 12, tzinfo=UTC)
LOGIN, PASSWORD = "ann@example.com", "correct horse battery"
DEFINITIONS = b"""
kind: segment
id: hot
name: Hot people
when: {if: all, conditions: [{if: page, match: contains, value: /pricing, at_least: 2}, {if: not, condition: {if: tag, name: partner}}]}
---
kind: score
id: interest
name: Interest
levels: [{name: cold, at_least: 0}, {name: ripe, at_least: 20}]
events: [{on: page.viewed, points: 10, name: read a page}]
---
kind: journey
id: welcome
name: Welcome call
triggers: [{on: segment, id: hot}]
goal: {when: {if: did, event: order.completed}}
start: call
steps:
  call: {do: task, title: Call the reader, script: "Good day.\\nMay I help?", then: later}
  later: {do: wait, for: 2d, then: choose}
  choose:
    do: branch
    cases: [{when: {if: attribute, name: phone, op: exists}, then: bye}]
    otherwise: bye
  bye: {do: exit, reason: all is said}
"""


class Stopped:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


class World:
    """Tells events, and has them folded at once."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.told = 0

    def publish(self, documents: bytes = DEFINITIONS) -> None:
        from ripely.operations.publishing.definitions import apply

        outcome = apply({"all.yaml": documents}, "ann", self.app.rulesets, "UTC")
        assert not outcome.plan.errors, outcome.plan.errors

    def tell(self, who: str, name: str, seconds_ago: int = 60, /, **properties) -> ContactId:
        contact, at = person(who), int(NOW.timestamp() - seconds_ago) * 1000
        self.told += 1
        identity = EventId(derive("event", str(self.told)))
        self.app.log.append([Event(identity, contact, name, at, at, properties)])
        return contact

    def fold(self) -> None:
        rules_of = open_rules(self.app.rulesets)
        with self.app.fold_store() as store:
            while work_once(self.app.log, store, rules_of):
                pass


def person(who: str) -> ContactId:
    return ContactId(derive("person", who))
