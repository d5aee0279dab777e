"""The ready-made automations: each is sound, whole and has its stories; all of them fit together."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.rulesets import MemoryRulesets
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.documents.references import references
from ripely.model.action import Send
from ripely.model.catalog import is_act
from ripely.model.duration import Duration
from ripely.model.ids import RulesetId
from ripely.model.journey import Repeat, Together
from ripely.model.template import Template
from ripely.operations.library import (
    UnknownAutomationError,
    automation,
    automations,
    changed,
    documents_of,
    events_of,
    facts_of,
    shelf,
)
from ripely.operations.publishing.review import review
from ripely.operations.wording.names import names_of

STORIES = Path(__file__).parent.parent / "scenarios" / "library"
EACH = pytest.mark.parametrize("one", automations(), ids=lambda one: one.id)
LONGEST_S = Duration.parse("400d")


def review_of(chosen):
    return review(documents_of(chosen, Published()))


@EACH
def test_each_is_sound_by_itself(one):
    assert review_of([one])[1] == []


@EACH
def test_each_says_what_it_does_and_for_whom(one):
    assert one.name
    assert len(one.about) > 40
    assert one.group
    assert set(one.audience) <= {"B2B", "B2C"}
    assert one.audience


@EACH
def test_each_is_drawn_by_journeys_of_its_own_and_brings_what_they_name(one):
    assert one.journeys
    own = {paper.key for paper in one.papers}
    for definition in one.definitions:
        assert {key for _, key in references(definition)} <= own


@EACH
def test_each_has_stories_that_are_played(one):
    text = (STORIES / f"{one.id}.txt").read_text()
    assert f"Library: {one.id}\n" in text
    assert "\nStory: " in text


def test_every_story_belongs_to_an_automation():
    assert {path.stem for path in STORIES.glob("*.txt")} == {one.id for one in automations()}


def test_every_file_of_the_library_is_on_the_shelf():
    there = {path.name for path in files("ripely.library").joinpath("automations").iterdir()}
    assert there == {f"{one.id}.yaml" for one in automations()}


def test_no_two_have_a_document_in_common_but_what_is_shared():
    own = [paper.key for one in automations() for paper in one.papers if not paper.shared]
    assert len(own) == len(set(own))
    assert len({one.id for one in automations()}) == len(automations())


def test_there_are_enough_for_companies_and_for_shops():
    for audience in ("B2B", "B2C"):
        assert sum(audience in one.audience for one in automations()) >= 30


def test_all_of_them_together_can_be_put_in_force():
    documents, findings = review_of(automations())
    assert findings == []
    rules = compile_ruleset(
        Published(tuple(d.definition for d in documents)), RulesetId("all"), is_act
    )
    journeys = {journey.id for one in automations() for journey in one.journeys}
    assert set(rules.programs) == journeys


@EACH
def test_each_journey_comes_to_an_end_within_a_year_or_so(one):
    for journey in one.journeys:
        assert longest(journey) <= LONGEST_S


def longest(journey):
    """How long the waits of a journey take, one after another, at most; waits for a day count for themselves."""
    rounds = 1
    for step in journey.steps.values():
        if isinstance(step, Repeat):
            rounds *= step.at_most + 1
    waits = sum(
        getattr(step, "period", 0) + getattr(step, "timeout", 0)
        for step in journey.steps.values()
    )
    return rounds * waits


@EACH
def test_every_letter_that_needs_consent_says_how_to_leave(one):
    templates = {d.id: d for d in one.definitions if isinstance(d, Template)}
    sends = [
        action
        for journey in one.journeys
        for step in journey.steps.values()
        for action in (step.actions if isinstance(step, Together) else (step,))
        if isinstance(action, Send)
    ]
    for send in sends:
        says = "unsubscribe_url" in templates[send.template].body
        assert says == (send.purpose != "transactional"), send.template


@EACH
def test_nobody_is_told_that_they_are_watched(one):
    spoken = [d.body + d.subject for d in one.definitions if isinstance(d, Template)]
    spoken += [
        action.script
        for journey in one.journeys
        for step in journey.steps.values()
        for action in (step.actions if isinstance(step, Together) else (step,))
        if getattr(action, "script", "")
    ]
    for text in spoken:
        assert not re.search(
            r"\b(we|I) (saw|see you|noticed|have seen|have noticed|are watching|track)", text
        )


@EACH
def test_every_call_asks_a_question(one):
    for journey in one.journeys:
        for step in journey.steps.values():
            for action in step.actions if isinstance(step, Together) else (step,):
                if getattr(action, "type", "") == "call":
                    assert action.script.endswith("?"), action.title


def test_what_an_automation_must_be_told_is_named():
    assert [name for name, _ in events_of(automation("first-steps"))] == [
        "order.completed",
        "signup.completed",
    ]
    assert "product.added" in dict(events_of(automation("abandoned-cart")))
    assert facts_of(automation("renewal")) == ("renews_on",)
    assert facts_of(automation("competitor-customers")) == ("current_supplier",)
    assert facts_of(automation("purchase-anniversary")) == ()


def test_an_unknown_name_is_told_with_those_that_there_are():
    with pytest.raises(UnknownAutomationError, match=r"There is no automation .*win-back"):
        automation("winback")


@pytest.fixture
def company(django_database):
    return Company()


class Company:
    """An installation, and what is put in force in it."""

    def __init__(self):
        self.rulesets = MemoryRulesets(MemoryLog())

    @property
    def current(self):
        from ripely.operations.publishing.definitions import in_force

        return in_force(self.rulesets)

    def publish(self, documents):
        from ripely.operations.publishing.definitions import apply

        outcome = apply(documents, "ann", self.rulesets, "UTC")
        assert not outcome.plan.errors
        return outcome

    def take(self, *names, again=False):
        chosen = [automation(name) for name in names]
        return self.publish(documents_of(chosen, self.current, again=again))

    def names(self):
        return names_of(self.current.definitions)

    def on_shelf(self):
        lines = [line for _, lines in shelf(self.names()) for line in lines]
        return {line.automation.id for line in lines if line.in_force}


def test_some_are_put_in_force_with_what_they_need(company):
    company.take("ripe-to-sales", "win-back")
    assert company.on_shelf() == {"ripe-to-sales", "win-back"}
    keys = {(type(d).__name__, d.id) for d in company.current.definitions}
    assert {("Score", "engagement"), ("Team", "sales"), ("Template", "come-back")} <= keys


def test_twice_is_once(company):
    first = company.take("welcome")
    again = company.take("welcome")
    assert again.ruleset == first.ruleset
    assert again.position is None


def test_what_is_there_under_the_same_id_stays_and_is_used(company):
    mine = b"""
kind: team
id: sales
name: My people
members: [{who: olga}]
---
kind: template
id: from-a-person
name: My letter
subject: Mine
body: <mjml><mj-body></mj-body></mjml>
"""
    company.publish({"mine.yaml": mine})
    company.take("ripe-to-sales")
    names = {d.id: d.name for d in company.current.definitions}
    assert names["sales"] == "My people"
    assert names["from-a-person"] == "My letter"
    assert company.on_shelf() == {"ripe-to-sales"}
    assert changed([automation("ripe-to-sales")], company.current) == (
        ("template", "from-a-person"),
    )


def test_what_was_changed_is_put_back_when_asked_but_not_what_others_share(company):
    company.take("ripe-to-sales")
    mine = {
        "a.yaml": b"{kind: team, id: sales, name: My people, members: [{who: olga}]}",
        "b.yaml": b"{kind: template, id: from-a-person, name: Mine, subject: x, body: <mjml><mj-body></mj-body></mjml>}",
    }
    company.publish(mine)
    company.take("ripe-to-sales")
    assert company.names().templates["from-a-person"].name == "Mine"
    company.take("ripe-to-sales", again=True)
    assert company.names().templates["from-a-person"].name == "A letter from a person"
    assert changed([automation("ripe-to-sales")], company.current) == ()
    assert {d.id: d.name for d in company.current.definitions}["sales"] == "My people"


def test_all_of_them_are_put_in_force_at_once(company):
    company.take(*(one.id for one in automations()))
    assert company.on_shelf() == {one.id for one in automations()}
