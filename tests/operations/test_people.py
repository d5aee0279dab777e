"""Publishing while people are inside: told before, done after, on a real database."""

from datetime import timedelta

import pytest

from happenings import NOW, World, person
from ripely.model.event import timer_fired
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import People
from ripely.runtime.seeding import past_from
from ripely.runtime.sweep import Sweeper
from ripely.settings import read_settings
from ripely.wiring import assemble

DAY_S = 86_400
LATER = NOW + timedelta(days=1)
LATER_S = round(LATER.timestamp())
FIRST = """
kind: journey
id: welcome
name: Welcome
triggers: [{on: event, event: order.completed}]
start: rest
steps:
  rest: {do: wait, for: 1d, then: tag}
  tag: {do: update, add_tags: [welcomed], then: again}
  again: {do: wait, for: 1d}
"""
RENAMED = FIRST.replace("rest", "pause")


class Clock:
    def now(self):
        return NOW


class Company(World):
    """A world in which rules that change reach everybody at once."""

    def apply(self, text, plans=None, **more):
        from ripely.operations.publishing.definitions import apply
        from ripely.operations.publishing.people import Plans

        files = {"a.yaml": text.encode()} if isinstance(text, str) else text
        outcome = apply(files, "ann", self.app.rulesets, "UTC", plans or Plans(), **more)
        assert not outcome.plan.errors, outcome.plan.errors
        self.sweep()
        return outcome

    def revise(self, revision):
        return self.apply(revision.files, revision.plans)

    def sweep(self):
        app = self.app
        sweeper = Sweeper(app.sweeps, app.rulesets, past_from(app.history), Clock())
        self.fold()
        while sweeper.turn():
            self.fold()
        self.fold()

    def current(self):
        from ripely.operations.publishing.definitions import in_force

        return in_force(self.app.rulesets)

    def place(self, who):
        profile = self.app.profiles.load([person(who)]).profiles[person(who)]
        return [(e.step, e.version) for e in profile.enrollments]

    def enter(self, *people):
        for who in people:
            self.tell(who, "order.completed", 3600)
        self.fold()


@pytest.fixture
def company(django_database):
    with assemble(read_settings(), django_database) as app:
        yield Company(app)


def plans(**of_all):
    from ripely.operations.publishing.people import Plans

    return Plans(People(**of_all))


def fates(company, text, plan):
    from ripely.operations.publishing.definitions import diff

    (change,) = diff({"a.yaml": text.encode()}, company.app.rulesets, plan).changes
    return [(fate.step, fate.inside, fate.becomes, fate.to) for fate in change.people]


def test_what_would_become_of_those_inside_is_told_before(company):
    company.apply(FIRST)
    company.enter("bob", "carol")
    moves = plans(steps={StepId("rest"): StepId("pause")})
    assert fates(company, RENAMED, plans()) == [("rest", 2, "leave", None)]
    assert fates(company, RENAMED, moves) == [("rest", 2, "move", "pause")]
    assert fates(company, RENAMED, plans(plan="finish")) == [("rest", 2, "finish", None)]
    assert fates(company, RENAMED, plans(plan="leave")) == [("rest", 2, "leave", None)]
    assert fates(company, FIRST, plans()) == []


@pytest.mark.parametrize(
    ("plan", "after"),
    [
        ({}, []),
        ({"steps": {StepId("rest"): StepId("pause")}}, [("pause", 2)]),
        ({"plan": "finish"}, [("rest", 1)]),
        ({"plan": "leave"}, []),
    ],
)
def test_it_becomes_of_them_what_was_told(company, plan, after):
    company.apply(FIRST)
    company.enter("bob")
    company.apply(RENAMED, plans(**plan))
    assert company.place("bob") == after


def test_counters_follow_those_who_move(company):
    from ripely.operations.tallies import tallies

    company.apply(FIRST)
    company.enter("bob", "carol")
    company.apply(RENAMED, plans(steps={StepId("rest"): StepId("pause")}))
    counted = tallies("step", "welcome")["welcome"]
    assert (counted["rest:inside"], counted["pause:inside"]) == (0, 2)


@pytest.mark.parametrize("move", [("rest", "gone"), ("gone", "pause")])
def test_a_slip_in_the_plan_is_a_problem_and_nothing_is_published(company, move):
    from ripely.operations.publishing.definitions import apply

    company.apply(FIRST)
    slip = plans(steps={StepId(move[0]): StepId(move[1])})
    outcome = apply({"a.yaml": RENAMED.encode()}, "ann", company.app.rulesets, "UTC", slip)
    assert [error.code for error in outcome.plan.errors] == ["missing_target"]
    assert outcome.ruleset is None


def test_an_earlier_version_comes_back_and_its_people_too(company):
    from ripely.operations.publishing.revisions import rolled_back

    company.apply(FIRST)
    company.enter("bob")
    company.apply(RENAMED, plans(steps={StepId("rest"): StepId("pause")}))
    company.revise(rolled_back(company.current(), "journey", "welcome"))
    assert company.current().versions == {"journey/welcome": 1}
    assert company.place("bob") == [("rest", 1)]


def test_there_is_nothing_before_the_first_version(company):
    from ripely.operations.publishing.revisions import rolled_back

    company.apply(FIRST)
    with pytest.raises(LookupError):
        rolled_back(company.current(), "journey", "welcome")


def test_a_pause_holds_everybody_and_says_who_is_overdue(company):
    from ripely.operations.pauses import overdue
    from ripely.operations.publishing.revisions import paused, published_journey

    company.apply(FIRST)
    company.enter("bob", "carol")
    company.revise(paused(company.current(), "welcome"))
    assert company.place("bob") == [("rest", 1)]
    company.app.log.append([timer_fired(person("bob"), LATER_S)])
    company.fold()
    found = overdue(published_journey(company.current(), "welcome"), LATER)
    assert (found.steps, found.late) == ({"rest": 1}, 0)
    assert found.since.timestamp() == LATER_S - 3600
    company.revise(paused(company.current(), "welcome", pause=False))
    assert company.place("bob") == [("again", 1)]
    assert overdue(published_journey(company.current(), "welcome"), NOW).since is None


def test_how_many_would_leave_on_resume_is_told(company):
    from ripely.operations.pauses import overdue
    from ripely.operations.publishing.revisions import paused, published_journey

    company.apply(FIRST + "overdue_after: 2h\n")
    company.enter("bob")
    company.revise(paused(company.current(), "welcome"))
    company.app.log.append([timer_fired(person("bob"), LATER_S)])
    company.fold()
    journey = published_journey(company.current(), "welcome")
    told = []
    for minutes in (0, 59, 60, 61, 119, 120, 121, 180):
        found = overdue(journey, LATER + timedelta(minutes=minutes))
        assert found.total == 1
        told.append((minutes, found.leaving))
    # The wait ended at the beginning of an hour that ends an hour after: until then nobody knows.
    assert told == [
        (0, ""), (59, ""), (60, "up to 1"), (61, "up to 1"), (119, "up to 1"), (120, "1"), (121, "1"), (180, "1"),
    ]  # fmt: skip


def test_only_the_latest_earlier_versions_are_kept(company):
    from ripely.operations.publishing.people import OLDER_MAX

    for days in range(1, OLDER_MAX + 4):
        company.apply(
            FIRST.replace("1d, then: tag", f"{days}d, then: tag"), plans(plan="finish")
        )
    latest = OLDER_MAX + 3
    assert [n for n, _ in company.current().older] == list(range(latest - OLDER_MAX, latest))
    company.apply(FIRST, plans())
    assert company.current().older == ()
    assert company.current().people == {}


def test_who_was_not_yet_moved_when_their_wait_ended_is_moved_first(company):
    company.apply(FIRST)
    company.enter("bob")
    company.app.log.append([timer_fired(person("bob"), LATER_S)])  # Folded under the new rules.
    company.apply(RENAMED, plans(steps={StepId("rest"): StepId("pause")}))
    assert company.place("bob") == [("again", 2)]


def test_who_is_not_yet_moved_moves_by_both_maps(company):
    company.apply(FIRST)
    company.apply(RENAMED, plans(steps={StepId("rest"): StepId("pause")}))
    third = FIRST.replace("rest", "sleep")
    company.apply(third, plans(steps={StepId("pause"): StepId("sleep")}))
    steps = company.current().people[JourneyId("welcome")].steps
    assert steps == {"rest": "sleep", "pause": "sleep"}
