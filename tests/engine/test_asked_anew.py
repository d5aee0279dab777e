"""Asking of new rules only what they changed comes to the same as asking everything."""

import msgspec
from hypothesis import assume, given, settings, strategies as st

from company import ANN, START_S, event
from engine.test_whole_language import again, folded, happenings, rules, slow, told
from ripely.compiler.anew import asked_anew
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.step import new_profile
from ripely.model.acts import Page
from ripely.model.catalog import is_act
from ripely.model.event import RULES_CHANGED
from ripely.model.ids import RulesetId, SegmentId
from ripely.model.journey import Journey
from ripely.model.score import Score
from ripely.model.segment import Segment

PRICED = Segment(SegmentId("priced"), "Priced", Page("contains", "/pricing"))
OTHER = Segment(SegmentId("other"), "Other", Page("contains", "/other"))


def ruleset(published: Published, name: str):
    return compile_ruleset(published, RulesetId(name), is_act)


def anew(before: list, after: list) -> frozenset[str] | None:
    published = Published(tuple(after))
    return asked_anew(Published(tuple(before)), published, ruleset(published, "new"))


@settings(slow, max_examples=max(25, settings.default.max_examples // 4))
@given(rules, st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)), happenings)
def test_asking_what_changed_is_as_good_as_asking_everything(definitions, old, new, happened):
    """Two rulesets that differ by some of their segments and journeys, whatever these ask."""

    def without(left_out: set[int]) -> Published:
        return Published(
            tuple(
                one
                for number, one in enumerate(definitions)
                if number not in left_out or not isinstance(one, Segment | Journey)
            )
        )

    before, after = without(old), without(new)
    try:
        known, rules = ruleset(before, "old"), ruleset(after, "new")
    except KeyError:  # One that is left out is asked for by another.
        assume(False)
    lived = folded(known, new_profile(ANN, START_S), told(happened))
    asked = asked_anew(before, after, rules)
    assume(lived is not None and asked is not None)
    at_s = lived.profile.now_s
    everything = event(900, ANN, RULES_CHANGED, at_s)
    changed = event(900, ANN, RULES_CHANGED, at_s, since="old", asked=sorted(asked))
    all_asked = folded(rules, again(lived.profile), (everything,))
    some_asked = folded(rules, again(lived.profile), (changed,))
    assume(all_asked is not None)
    assert some_asked is not None
    one, other = some_asked.profile, all_asked.profile
    # When time is to be looked at again may be earlier where nothing was asked, never later.
    assert all(one.lapses[key] <= due_s for key, due_s in other.lapses.items())
    one.lapses = other.lapses = {}
    assert msgspec.to_builtins(one) == msgspec.to_builtins(other)


def test_only_a_new_definition_is_asked() -> None:
    assert anew([PRICED], [PRICED, OTHER]) == {"segment/other"}


def test_one_that_reads_otherwise_is_asked_again() -> None:
    changed = msgspec.structs.replace(PRICED, when=Page("contains", "/prices"))
    assert anew([PRICED, OTHER], [changed, OTHER]) == {"segment/priced"}


def test_a_new_score_lets_everything_be_asked() -> None:
    assert anew([PRICED], [PRICED, Score("interest", "Interest")]) is None


def test_who_comes_from_other_rules_is_asked_everything() -> None:
    """A contact that was away for two changes must not miss the first of them."""
    rules = ruleset(Published((PRICED, OTHER)), "new")
    profile = folded(ruleset(Published(()), "older"), new_profile(ANN, START_S), ()).profile
    profile.ruleset, profile.counts = "older", {key: [START_S] for key in rules.tracked}
    told_of_one = event(1, ANN, RULES_CHANGED, START_S, since="old", asked=["segment/other"])
    after = folded(rules, profile, (told_of_one,))
    assert set(after.profile.segments) == {"priced", "other"}
