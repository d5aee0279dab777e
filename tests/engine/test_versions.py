"""Versions of a journey and pauses: people inside are moved, finish, or are held, and nothing is lost or doubled."""

from types import SimpleNamespace

import msgspec
from hypothesis import given, strategies as st

from company import ANN, BOB, HOUR, START_S, event
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Send
from ripely.model.acts import Did
from ripely.model.catalog import is_act
from ripely.model.condition import HasTag, InJourney
from ripely.model.duration import Duration
from ripely.model.effect import EmitEvent, SendMessage
from ripely.model.event import RULES_CHANGED, Event
from ripely.model.ids import (
    EventId,
    JourneyId,
    RulesetId,
    SegmentId,
    StepId,
    TemplateId,
    derive,
)
from ripely.model.journey import Await, Goal, Journey, People, Repeat, Together, Wait
from ripely.model.profile import Profile
from ripely.model.segment import Segment
from ripely.model.transition import Transition
from ripely.model.trigger import OnEvent
from ripely.runtime.tally import tally

J = JourneyId("j")
DAY_S = 86_400
WAIT, MAIL, READ, LAST, OTHER, AGAIN = map(
    StepId, ("wait", "mail", "read", "last", "other", "again")
)


def send(template: str, then: StepId | None = None) -> Send:
    return Send(TemplateId(template), purpose="transactional", then=then)


STEPS = {
    WAIT: Wait(HOUR, MAIL),
    MAIL: send("first", READ),
    READ: Await(
        Did("email.opened", at_least=2), Duration(2 * 3600), then=LAST, otherwise=OTHER
    ),
    LAST: send("read"),
    OTHER: send("unread"),
}


def journey(steps=STEPS, **more) -> Journey:
    more = {"name": "J", **more}
    return Journey(J, triggers=(OnEvent("order.completed"),), start=WAIT, steps=steps, **more)


def ruleset(current: Journey, version: int = 1, name: str = "", **more) -> Ruleset:
    published = Published((current,), {f"journey/{J}": version}, **more)
    return compile_ruleset(published, RulesetId(name or f"version {version}"), is_act)


RUNNING = ruleset(journey())
PAUSED = ruleset(journey(paused=True), 2, older=((1, journey()),), people={J: People("finish")})


def asked(number: int, at_s: int, contact=ANN) -> Event:
    """The event by which every contact is asked about changed rules."""
    identity = EventId(derive("asked", str(number)))
    told = {"counts": {}}
    return Event(identity, contact, RULES_CHANGED, at_s * 1000, at_s * 1000, told, "sweep")


def opened(number: int, at_s: int) -> Event:
    return event(number, ANN, "email.opened", at_s)


def entered(rules: Ruleset = RUNNING) -> Profile:
    told = [
        event(0, ANN, "contact.identified", START_S, email="ann@example.com"),
        event(1, ANN, "order.completed", START_S),
    ]
    profile = fold(rules, new_profile(ANN, START_S), told).profile
    assert [e.step for e in profile.enrollments] == [WAIT]
    return profile


def sent(told: Transition) -> list[str]:
    return [effect.template for effect in told.effects if isinstance(effect, SendMessage)]


def notes(told: Transition, kind: str) -> list[str]:
    return [note.reason for note in told.notes if note.kind == kind]


# Pauses


def test_nobody_enters_a_paused_journey() -> None:
    told = fold(PAUSED, new_profile(BOB, START_S), [event(1, BOB, "order.completed", START_S)])
    assert told.profile.enrollments == []
    assert notes(told, "journey.refused") == ["the journey is paused"]


def test_a_wait_that_ends_in_a_pause_is_held_and_no_timer_is_set() -> None:
    told = live(PAUSED, entered(), [asked(1, START_S + 60)], START_S + DAY_S)
    (place,) = told.profile.enrollments
    assert (place.step, place.overdue_s, told.profile.due_s) == (WAIT, START_S + HOUR, 0)
    assert notes(told, "journey.overdue") == ["wait: waited"]
    assert sent(told) == []


def test_on_resume_what_is_overdue_goes_on_at_once() -> None:
    profile = live(PAUSED, entered(), [asked(1, START_S + 60)], START_S + DAY_S).profile
    told = live(RUNNING, profile, [asked(2, START_S + DAY_S)], START_S + DAY_S)
    assert sent(told) == ["first"]
    assert told.profile.enrollments[0].due_s == START_S + DAY_S + 2 * HOUR


def test_what_is_later_than_the_journey_allows_leaves_on_resume() -> None:
    strict = ruleset(journey(overdue_after=HOUR), 3)
    for late_s, outcome in ((HOUR, ["first"]), (HOUR + 1, [])):
        profile = live(PAUSED, entered(), [asked(1, START_S + 60)], START_S + HOUR).profile
        told = fold(strict, profile, [asked(2, START_S + HOUR + late_s)])
        assert sent(told) == outcome
        assert notes(told, "journey.exited") == (
            [] if outcome else ["wait: overdue while paused"]
        )


def test_a_goal_ends_a_paused_journey_for_those_who_reach_it() -> None:
    goal = Goal(HasTag("vip"))
    paused = ruleset(journey(goal=goal, paused=True), 2)
    profile = live(paused, entered(ruleset(journey(goal=goal))), [], START_S + DAY_S).profile
    told = fold(paused, profile, [event(5, ANN, "tag.added", START_S + DAY_S, tag="vip")])
    assert told.profile.enrollments == []
    assert [n.value for n in told.notes if n.kind == "journey.goal"] == [1]
    assert notes(told, "journey.released") == ["wait: waited"]


def test_what_was_awaited_and_came_in_a_pause_decides_the_way() -> None:
    """It holds although the time-out has passed as well when the journey is resumed."""
    reading = live(RUNNING, entered(), [opened(2, START_S + 60)], START_S + HOUR).profile
    assert [e.step for e in reading.enrollments] == [READ]
    paused = [asked(1, START_S + HOUR + 60), opened(3, START_S + HOUR + 120)]
    held = live(PAUSED, reading, paused, START_S + DAY_S).profile
    assert sent(fold(RUNNING, held, [asked(2, START_S + DAY_S)])) == ["read"]


def test_a_time_out_in_a_pause_stays_a_time_out() -> None:
    reading = live(RUNNING, entered(), [opened(2, START_S + 60)], START_S + HOUR).profile
    paused = [asked(1, START_S + HOUR + 60), opened(3, START_S + DAY_S)]
    held = live(PAUSED, reading, paused, START_S + DAY_S).profile
    assert sent(fold(RUNNING, held, [asked(2, START_S + DAY_S)])) == ["unread"]


def test_who_is_overdue_stays_so_through_a_merge() -> None:
    profile = live(PAUSED, entered(), [asked(1, START_S + 60)], START_S + DAY_S).profile
    merged = event(9, ANN, "contact.merged", START_S + DAY_S, into=BOB, by="email")
    told = fold(PAUSED, profile, [merged])
    (handed,) = [e for e in told.effects if isinstance(e, EmitEvent)]
    assert notes(told, "journey.released") == ["wait: waited"]
    absorbed = event(10, BOB, handed.name, START_S + DAY_S, **handed.properties)
    winner = fold(PAUSED, new_profile(BOB, START_S), [absorbed])
    assert notes(winner, "journey.overdue") == ["wait: waited"]
    after = fold(RUNNING, winner.profile, [asked(2, START_S + 2 * DAY_S, BOB)])
    assert sent(after) == ["first"]


@given(
    st.lists(st.integers(60, 6 * HOUR), max_size=4, unique=True),
    st.lists(st.integers(0, 6 * HOUR), max_size=8, unique=True),
)
def test_pauses_at_any_moments_lose_and_double_no_message(opens, toggles) -> None:
    """The same messages as without a pause, whenever they come. What is read until a later moment may differ."""
    mails = [(START_S + at, opened(10 + n, START_S + at)) for n, at in enumerate(sorted(opens))]
    without = live(RUNNING, entered(), [mail for _, mail in mails], START_S + DAY_S)
    effects = _through_pauses(mails, [START_S + at for at in sorted(toggles)])
    assert len({effect.id for effect in effects}) == len(effects)
    first, second = (effect.template for effect in effects)
    assert first == "first"
    assert second == "read" or sent(without) == ["first", "unread"] == ["first", second]
    assert effects[0].id == without.effects[0].id
    if not opens:
        assert [e.id for e in effects] == [e.id for e in without.effects]


def _through_pauses(mails, toggles):
    """Return what is decided when the journey is paused and resumed at these moments, and at last runs."""
    happen = [(at_s, asked(at_s, at_s)) for at_s in toggles] + mails
    told, effects, rules = Transition(entered(), [], [], []), [], RUNNING
    for at_s, what in sorted(happen, key=lambda each: each[0]):
        # What was due before the rules changed happens under the rules before.
        told = live(rules, told.profile, [], at_s)
        effects += told.effects
        if what.name == RULES_CHANGED:
            rules = PAUSED if rules is RUNNING else RUNNING
        told = live(rules, told.profile, [what])
        effects += told.effects
    for at_s in (START_S + DAY_S, START_S + 2 * DAY_S):
        told = live(RUNNING, told.profile, [asked(at_s, at_s)], at_s)
        effects += told.effects
    assert told.profile.enrollments == []
    return effects


# Versions


def test_who_moves_goes_on_from_where_the_wait_ends_under_the_new_version() -> None:
    steps = {**STEPS, MAIL: send("better", READ)}
    told = live(ruleset(journey(steps), 2), entered(), [asked(1, START_S + 60)], START_S + HOUR)
    assert sent(told) == ["better"]
    assert {effect.version for effect in told.effects} == {2}
    assert told.profile.enrollments[0].version == 2


def test_who_finishes_goes_on_under_the_version_they_entered() -> None:
    steps = {WAIT: Wait(HOUR, MAIL), MAIL: send("better")}
    older = ((1, journey()),)
    new = ruleset(journey(steps), 2, older=older, people={J: People("finish")})
    told = live(new, entered(), [asked(1, START_S + 60)], START_S + 4 * HOUR)
    assert sent(told) == ["first", "unread"]
    assert {effect.version for effect in told.effects} == {1}
    fresh = live(new, new_profile(BOB, START_S), [event(1, BOB, "order.completed", START_S)], START_S + HOUR)  # fmt: skip
    assert sent(fresh) == ["better"]


def test_what_only_an_older_version_asks_is_still_counted() -> None:
    steps = {WAIT: Wait(HOUR, MAIL), MAIL: send("better")}
    new = ruleset(journey(steps), 2, older=((1, journey()),), people={J: People("finish")})
    opens = [opened(10 + n, START_S + HOUR + 60 * n) for n in (1, 2)]
    told = live(new, entered(), [asked(1, START_S + 60), *opens], START_S + 4 * HOUR)
    assert sent(told) == ["first", "read"]


def test_who_entered_a_version_that_is_kept_no_more_moves() -> None:
    new = ruleset(journey({**STEPS, MAIL: send("better")}), 9, people={J: People("finish")})
    told = live(new, entered(), [asked(1, START_S + 60)], START_S + HOUR)
    assert sent(told) == ["better"]


def test_who_is_in_a_journey_that_is_gone_leaves_and_hears_why() -> None:
    nothing = compile_ruleset(Published(()), RulesetId("nothing"), is_act)
    told = fold(nothing, entered(), [asked(1, START_S + 60)])
    assert told.profile.enrollments == []
    assert notes(told, "journey.exited") == ["wait: the journey is no longer published"]


def test_where_a_new_version_moves_them_they_are_for_segments_too() -> None:
    pause = StepId("pause")
    there = Segment(SegmentId("there"), "There", InJourney(J, step=pause))
    renamed = journey({pause: Wait(HOUR, MAIL), MAIL: send("better")})
    published = Published(
        (msgspec.structs.replace(renamed, start=pause), there), {f"journey/{J}": 2},
        people={J: People(steps={WAIT: pause})},
    )  # fmt: skip
    told = fold(
        compile_ruleset(published, RulesetId("2"), is_act), entered(), [asked(1, START_S + 60)]
    )
    assert set(told.profile.segments) == {"there"}


def test_with_the_plan_to_leave_everybody_leaves_and_nobody_new_does() -> None:
    new = ruleset(journey(), 2, people={J: People("leave")})
    told = fold(new, entered(), [asked(1, START_S + 60)])
    assert told.profile.enrollments == []
    assert notes(told, "journey.exited") == ["wait: the plan of version 2"]
    fresh = fold(new, new_profile(BOB, START_S), [event(1, BOB, "order.completed", START_S)])
    assert len(fresh.profile.enrollments) == 1


def test_a_step_that_is_named_otherwise_keeps_its_people_and_their_moment() -> None:
    pause = StepId("pause")
    steps = {pause: Wait(Duration(9 * 3600), MAIL), MAIL: send("better")}
    renamed = msgspec.structs.replace(journey(steps), start=pause)
    new = ruleset(renamed, 2, people={J: People(steps={WAIT: pause})})
    told = live(new, entered(), [asked(1, START_S + 60)], START_S + HOUR)
    assert notes(told, "journey.moved") == ["wait: pause"]
    assert sent(told) == ["better"]


def test_who_is_overdue_is_counted_where_a_new_version_moves_them() -> None:
    profile = live(PAUSED, entered(), [asked(1, START_S + 60)], START_S + DAY_S).profile
    pause = StepId("pause")
    renamed = journey({pause: Wait(HOUR, MAIL), MAIL: send("better")}, paused=True)
    renamed = msgspec.structs.replace(renamed, start=pause)
    new = ruleset(renamed, 3, people={J: People(steps={WAIT: pause})})
    told = fold(new, profile, [asked(2, START_S + DAY_S)])
    hour = (START_S + HOUR) // 3_600
    assert tally([SimpleNamespace(story=told)]) == {
        ("event", str(START_S // DAY_S + 1), RULES_CHANGED): 1,
        ("step", J, "wait:inside"): -1,
        ("step", J, "pause:inside"): 1,
        ("overdue", J, f"wait:{hour}"): -1,
        ("overdue", J, f"pause:{hour}"): 1,
    }


def test_a_step_that_is_gone_lets_its_people_go() -> None:
    steps = {StepId("pause"): Wait(HOUR, MAIL), MAIL: send("better")}
    new = ruleset(msgspec.structs.replace(journey(steps), start=StepId("pause")), 2)
    told = live(new, entered(), [asked(1, START_S + 60)], START_S + HOUR)
    assert (sent(told), told.profile.enrollments) == ([], [])
    assert notes(told, "journey.exited") == ["wait: its step is no longer in the journey"]


def test_whose_step_is_gone_holds_nobody_up_elsewhere() -> None:
    triggers = (OnEvent("order.completed"),)
    other = Journey(
        JourneyId("z"), "Z", triggers, WAIT, {WAIT: Wait(HOUR, MAIL), MAIL: send("z")}
    )
    gone = journey({LAST: Wait(HOUR)})

    def both(one: Journey, version: int) -> Ruleset:
        published = Published((one, other), {f"journey/{J}": version})
        return compile_ruleset(published, RulesetId(str(version)), is_act)

    profile = fold(
        both(journey(), 1),
        new_profile(ANN, START_S),
        [
            event(0, ANN, "contact.identified", START_S, email="ann@example.com"),
            event(1, ANN, "order.completed", START_S),
        ],
    ).profile
    assert [e.journey for e in profile.enrollments] == [J, "z"]
    after = both(msgspec.structs.replace(gone, start=LAST), 2)
    told = fold(after, profile, [asked(1, START_S + HOUR)])
    assert sent(told) == ["z"]


def test_people_move_once() -> None:
    swap = People(steps={WAIT: READ, READ: WAIT})
    new = ruleset(journey(), 2, people={J: swap})
    again = ruleset(journey(), 2, "the same version among other rules", people={J: swap})
    profile = fold(new, entered(), [asked(1, START_S + 60)]).profile
    assert [e.step for e in profile.enrollments] == [READ]
    profile = fold(again, profile, [asked(2, START_S + 90)]).profile
    assert [e.step for e in profile.enrollments] == [READ]


def test_what_was_done_before_the_move_is_not_done_again() -> None:
    profile = live(RUNNING, entered(), [], START_S + HOUR).profile
    back = ruleset(journey(), 2, people={J: People(steps={READ: WAIT})})
    told = live(back, profile, [asked(1, START_S + HOUR + 60)], START_S + DAY_S)
    assert sent(told) == ["unread"]


def test_what_is_done_again_and_again_goes_on_being_done() -> None:
    steps = {WAIT: Wait(HOUR, MAIL), MAIL: send("first", AGAIN), AGAIN: Repeat(WAIT, at_most=3)}
    first, second = ruleset(journey(steps)), ruleset(journey(steps, name="Renamed"), 2)
    profile = live(first, entered(first), [], START_S + HOUR).profile
    told = live(second, profile, [asked(1, START_S + HOUR + 60)], START_S + DAY_S)
    assert sent(told) == ["first"] * 3


def test_a_rollback_brings_people_back_under_their_first_version() -> None:
    pause = StepId("pause")
    renamed = journey(
        {pause: Wait(HOUR, MAIL), **{n: s for n, s in STEPS.items() if n != WAIT}}
    )
    renamed = msgspec.structs.replace(renamed, start=pause)
    second = ruleset(renamed, 2, people={J: People(steps={WAIT: pause})})
    back = ruleset(journey(), 1, "rolled back", people={J: People(steps={pause: WAIT})})
    profile = fold(second, entered(), [asked(1, START_S + 60)]).profile
    told = live(back, profile, [asked(2, START_S + 90)], START_S + HOUR)
    assert sent(told) == ["first"]
    assert {effect.version for effect in told.effects} == {1}


def test_an_absorbed_contact_comes_in_under_the_version_in_force() -> None:
    profile = entered()
    merged = event(9, ANN, "contact.merged", START_S + 60, into=BOB, by="email")
    (handed,) = [
        e for e in fold(RUNNING, profile, [merged]).effects if isinstance(e, EmitEvent)
    ]
    pause = StepId("pause")
    renamed = journey({pause: Wait(HOUR, MAIL), MAIL: send("better")})
    new = ruleset(
        msgspec.structs.replace(renamed, start=pause),
        2,
        people={J: People(steps={WAIT: pause})},
    )
    absorbed = event(10, BOB, handed.name, START_S + 90, **handed.properties)
    told = live(new, new_profile(BOB, START_S), [absorbed], START_S + HOUR)
    assert sent(told) == ["better"]
    first = fold(new, new_profile(BOB, START_S), [absorbed])
    counts = tally([SimpleNamespace(story=first)])
    steps = {item: n for (kind, _, item), n in counts.items() if kind == "step"}
    assert steps == {"pause:inside": 1}


def test_what_was_done_together_is_not_done_again_after_a_move() -> None:
    """The new version waits first, and would do after the wait what they have behind them."""
    both = (send("first"), send("read"))
    first = {MAIL: Together(both, then=WAIT), WAIT: Wait(HOUR)}
    then = {WAIT: Wait(HOUR, MAIL), MAIL: Together(both, then=LAST), LAST: send("unread")}
    triggers = (OnEvent("order.completed"),)
    told = [
        event(0, ANN, "contact.identified", START_S, email="ann@example.com"),
        event(1, ANN, "order.completed", START_S),
    ]
    old = ruleset(Journey(J, "J", triggers, MAIL, first))
    before = fold(old, new_profile(ANN, START_S), told)
    assert sent(before) == ["first", "read"]
    new = ruleset(Journey(J, "J", triggers, WAIT, then), 2)
    after = live(new, before.profile, [asked(1, START_S + 60)], START_S + DAY_S)
    assert sent(after) == ["unread"]
