"""Questions about what is known of a contact."""

from ripely.compiler.operators import check
from ripely.engine.ruleset import Condition, Key, Test
from ripely.model.company import Company
from ripely.model.condition import (
    AttributeIs,
    HasConsent,
    HasTag,
    InJourney,
    InSegment,
    OfFacts,
)


def compile_fact(asked: OfFacts, _company: Company) -> Condition:
    match asked:
        case AttributeIs(name, op, value):
            passes = check(op, value)
            return _fact(
                f"attribute/{name}",
                lambda profile, _now, _place: passes(profile.attributes.get(name)),
            )
        case InSegment(segment):
            return _fact(
                f"segment/{segment}", lambda profile, _now, _place: segment in profile.segments
            )
        case HasTag(tag):
            return _fact(f"tag/{tag}", lambda profile, _now, _place: tag in profile.tags)
        case HasConsent(purpose):
            return _fact(
                f"consent/{purpose}",
                lambda profile, _now, _place: (
                    (consent := profile.consents.get(purpose)) is not None and consent.granted
                ),
            )
        case InJourney(journey):
            return _fact(
                f"journey/{journey}",
                lambda profile, _now, _place: any(
                    e.journey == journey for e in profile.enrollments
                ),
            )
        case _:
            raise NotImplementedError(asked)


def _fact(key: Key, test: Test) -> Condition:
    """A fact that time alone does not change."""
    return Condition(test, None, frozenset({key}))
