"""Questions about what is known of a contact."""

from ripely.compiler.comparisons import compare
from ripely.compiler.operators import check
from ripely.compiler.paths import lookup
from ripely.compiler.reach import compile_permission
from ripely.compiler.sales import compile_sales
from ripely.compiler.stays import compile_stay
from ripely.compiler.whereabouts import compile_whereabouts
from ripely.engine.facts import company_attribute
from ripely.engine.ruleset import Condition, Key, Test
from ripely.engine.split import share
from ripely.model.company import Company
from ripely.model.condition import (
    AttributeIs,
    CompanyIs,
    DataIs,
    EntryIs,
    HasCart,
    HasConsent,
    HasDeal,
    HasQuote,
    HasTag,
    HasTopic,
    InJourney,
    InList,
    InSegment,
    InShare,
    LifecycleIs,
    Near,
    OfFacts,
    OwnerIs,
    Place,
    Reachable,
    Rfm,
    Touch,
    Uses,
)

BY_CHANCE = "contact"
"""What chance that sticks depends on: who it is, and that never changes."""
_Compared = AttributeIs | CompanyIs | Touch | EntryIs | DataIs
_Belonging = InSegment | InList | HasTag | OwnerIs | LifecycleIs


def compile_fact(asked: OfFacts, company: Company) -> Condition:
    match asked:
        case AttributeIs() | CompanyIs() | Touch() | EntryIs() | DataIs():
            return _compared(asked, company)
        case InSegment() | InList() | HasTag() | OwnerIs() | LifecycleIs():
            return _belonging(asked)
        case Place() | Near() | Uses():
            return compile_whereabouts(asked)
        case HasConsent() | HasTopic() | Reachable():
            return compile_permission(asked)
        case HasDeal() | HasQuote() | HasCart():
            return compile_sales(asked)
        case InJourney():
            return compile_stay(asked)
        case InShare(percent, key):
            return Condition(
                lambda profile, _now, _place: (
                    share(profile.contact, "share", key) < percent / 100
                ),
                None,
                frozenset({BY_CHANCE}),
            )
        case Rfm():
            raise AssertionError("written in the conditions that it is made of")


def _compared(asked: _Compared, company: Company) -> Condition:
    op, value = asked.op, asked.value
    match asked:
        case AttributeIs(name):
            return _attribute(name, asked, company)
        case CompanyIs(name):
            return _attribute(company_attribute(name), asked, company)
        case Touch("first", name):
            return compare(
                lambda profile, _place: profile.first_touch.get(name),
                op,
                value,
                "touch/first",
                company,
            )
        case Touch(_, name):
            return compare(
                lambda profile, _place: profile.last_touch.get(name),
                op,
                value,
                "touch/last",
                company,
            )
        case EntryIs(name):  # What is known of an entry never changes.
            find = lookup(name)
            return compare(lambda _profile, place: find(place.entry), op, value, None, company)
        case DataIs(step, name):
            find = lookup(name)
            return compare(
                lambda _profile, place: find(place.data.get(step, {})),
                op, value, f"data/{step}", company,
            )  # fmt: skip


def _attribute(name: str, asked: AttributeIs | CompanyIs, company: Company) -> Condition:
    return compare(
        lambda profile, _place: profile.attributes.get(name),
        asked.op, asked.value, f"attribute/{name}", company,
    )  # fmt: skip


def _belonging(asked: _Belonging) -> Condition:
    match asked:
        case InSegment(segment):
            return _fact(
                f"segment/{segment}", lambda profile, _now, _place: segment in profile.segments
            )
        case InList(name):
            return _fact(f"list/{name}", lambda profile, _now, _place: name in profile.lists)
        case HasTag(tag):
            return _fact(f"tag/{tag}", lambda profile, _now, _place: tag in profile.tags)
        case OwnerIs(names):
            passes = check("in", names) if names else check("empty", None)
            return _fact(
                "attribute/owner",
                lambda profile, _now, _place: passes(profile.attributes.get("owner")),
            )
        case LifecycleIs(levels):
            return _fact("lifecycle", lambda profile, _now, _place: profile.lifecycle in levels)


def _fact(key: Key, test: Test) -> Condition:
    """A fact that time alone does not change."""
    return Condition(test, None, frozenset({key}))
