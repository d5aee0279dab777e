"""Laws that hold when two people become one, and rules change, in the middle of whatever documents say."""

from collections.abc import Sequence

from hypothesis import given, strategies as st
from msgspec.structs import replace

from company import ANN, BOB, START_S
from engine.test_merge import People
from engine.test_whole_language import NAMES, again, compiled, facts, rules, slow
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import MOMENTS_PER_EVENT_MAX, TooManyRoundsError
from ripely.engine.walk import TooManyStepsError
from ripely.model.effect import EmitEvent
from ripely.model.event import timer_fired
from ripely.model.ids import ContactId, RulesetId

WHO = (ANN, BOB)
who = st.sampled_from(WHO)
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("event"), who, st.sampled_from(NAMES), facts),
        st.tuples(st.just("merge"), who),
        st.tuples(st.just("unmerge"), who),
        st.tuples(st.just("rules")),
        st.tuples(st.just("timer"), who, st.sampled_from([-90_000, -1, 0, 1, 50_000])),
        st.tuples(st.just("later"), st.sampled_from([60, 4_000, 86_400, 5 * 86_400])),
    ),
    min_size=2,
    max_size=15,
)


def other(contact: ContactId) -> ContactId:
    return BOB if contact == ANN else ANN


class Lives(People):
    """Ann and Bob, whose profiles are stored after each thing that happens, under one of two sets of rules."""

    def __init__(self, one: Ruleset, two: Ruleset) -> None:
        super().__init__(one)
        self.next_rules, self.at_s = two, START_S
        for contact in WHO:
            said = {"email": f"{contact}@example.com", "city": "Kyiv", "birthday": "1990-01-05"}
            self.tell(contact, "contact.identified", self.at_s, **said)
            self.tell(contact, "consent.granted", self.at_s)

    def happen(self, what: str, *more) -> None:
        self.at_s += 1
        match what, more:
            case "event", (contact, name, properties):
                said = {k: v for k, v in properties.items() if k != "late_s"}
                self.tell(contact, name, self.at_s, **said)
            case "merge", (contact,):
                self.tell(contact, "contact.merged", self.at_s, into=other(contact))
            case "unmerge", (contact,):
                self.tell(contact, "contact.unmerged", self.at_s, **{"from": other(contact)})
            case "rules", ():
                self.rules, self.next_rules = self.next_rules, self.rules
            case "timer", (contact, off_s):
                self.take(timer_fired(contact, self.at_s + off_s))
            case "later", (seconds,):
                self.at_s += seconds
                self.pass_time()
        self.profiles = {contact: again(profile) for contact, profile in self.profiles.items()}

    def pass_time(self) -> None:
        for contact in WHO:
            for _ in range(MOMENTS_PER_EVENT_MAX):
                due_s = self.profiles[contact].due_s
                if not 0 < due_s <= self.at_s:
                    break
                self.take(timer_fired(contact, due_s))
            else:
                raise AssertionError("a timer is set to the past for ever")


def lived(one, two, happened: Sequence[tuple]) -> Lives | None:
    """Live it, or return nothing where a contact would be stopped: rules may go round without end."""
    try:
        lives = Lives(compiled(one), replace(compiled(two), id=RulesetId("other")))
        for happening in happened:
            lives.happen(*happening)
    except (TooManyRoundsError, TooManyStepsError):
        return None
    return lives


@slow
@given(rules, rules, happenings)
def test_merges_and_new_rules_in_the_middle_decide_nothing_twice_and_end(one, two, happened):
    lives = lived(one, two, happened)
    if lives is None:
        return
    decided = [effect.id for effect in lives.effects if not isinstance(effect, EmitEvent)]
    assert len(set(decided)) == len(decided)
    for profile in lives.profiles.values():
        if profile.merged_into is not None:  # It is nowhere, and waits for nothing.
            assert (profile.enrollments, profile.segments, profile.due_s) == ([], {}, 0)
