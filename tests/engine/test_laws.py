"""Laws of the fold, for any history."""

import msgspec
from hypothesis import given, strategies as st

from company import ANN, BOB, START_S, event, rules
from ripely.engine.step import fold, new_profile, step
from ripely.engine.timeline import live
from ripely.model.event import DERIVED, Event
from ripely.model.ids import ContactId
from ripely.model.profile import Profile
from ripely.model.transition import Transition

RULES = rules()
PAGES = ("/pricing", "/pricing/plans", "/boots", "/")

acts = st.one_of(
    st.sampled_from(PAGES).map(
        lambda path: ("page.viewed", {"url": f"https://shop.example{path}", "path": path})
    ),
    st.sampled_from(["order.completed", "email.opened", "email.clicked"]).map(
        lambda n: (n, {})
    ),
    st.sampled_from(
        [{"city": "Kyiv"}, {"city": "Lviv"}, {"role": "owner"}, {"role": None}]
    ).map(lambda facts: ("contact.identified", facts)),
)
happenings = st.lists(
    st.tuples(acts, st.integers(0, 4000), st.sampled_from([0, 0, 0, 60, 5000])), max_size=25
)


def told(happened, contact: ContactId = ANN) -> list[Event]:
    at_s, events = START_S, []
    for number, ((name, properties), gap_s, late_s) in enumerate(happened):
        at_s += gap_s
        events.append(event(number, contact, name, at_s, late_s=late_s, **properties))
    return events


def packed(profile: Profile) -> bytes:
    return msgspec.msgpack.encode(profile)


def outcome(after: Transition) -> tuple[bytes, list[str]]:
    return packed(after.profile), [effect.id for effect in after.effects]


@given(happenings, st.integers(0, 25))
def test_batch_boundaries_do_not_matter(happened, cut) -> None:
    events = told(happened)
    whole = fold(RULES, new_profile(ANN, START_S), events)
    first = fold(RULES, new_profile(ANN, START_S), events[:cut])
    second = fold(RULES, first.profile, events[cut:])
    assert packed(whole.profile) == packed(second.profile)
    assert whole.effects == first.effects + second.effects
    assert whole.notes == first.notes + second.notes


@given(happenings, st.data())
def test_a_repeated_event_changes_nothing(happened, data) -> None:
    events = told(happened)
    once = live(RULES, new_profile(ANN, START_S), events)
    repeats = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    twice = fold(RULES, once.profile, repeats)
    assert twice.effects == []
    assert twice.events == []
    again = live(RULES, new_profile(ANN, START_S), events)
    assert packed(twice.profile) == packed(again.profile)


@given(happenings)
def test_a_step_leaves_its_profile_as_it_was(happened) -> None:
    profile = new_profile(ANN, START_S)
    for each in told(happened):
        before = packed(profile)
        after = step(RULES, profile, each)
        assert packed(profile) == before
        profile = after.profile


@given(happenings, st.integers(0, 20_000))
def test_live_equals_replay(happened, rest_s) -> None:
    events = told(happened)
    until_s = START_S + sum(gap for _, gap, _ in happened) + rest_s
    lived = live(RULES, new_profile(ANN, START_S), events, until_s)
    history = [e for e in lived.events if e.source != DERIVED]
    replayed = fold(RULES, new_profile(ANN, START_S), history)
    assert outcome(replayed) == outcome(lived)


@given(happenings)
def test_no_two_decisions_share_an_id(happened) -> None:
    lived = live(RULES, new_profile(ANN, START_S), told(happened), START_S + 500_000)
    ids = [effect.id for effect in lived.effects]
    assert len(ids) == len(set(ids))


@given(happenings, happenings)
def test_one_contact_knows_nothing_of_another(hers, his) -> None:
    alone = live(RULES, new_profile(ANN, START_S), told(hers))
    live(RULES, new_profile(BOB, START_S), told(his, BOB))
    assert outcome(live(RULES, new_profile(ANN, START_S), told(hers))) == outcome(alone)
