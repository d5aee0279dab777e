"""What is known of a contact that a condition asks about: numbers, values and moments."""

from collections.abc import Sequence
from math import fsum

import msgspec

from ripely.compiler.acts import chain_of
from ripely.compiler.kernel import Chain, Every, Gap, Kernel, Negated, Often, Picked, Total
from ripely.compiler.paths import lookup
from ripely.compiler.points import trend_id
from ripely.compiler.values import bounds, picked_of, total_of
from ripely.compiler.windows import open_window
from ripely.engine.facts import company_attribute
from ripely.engine.parts import part
from ripely.model.acts import Seen
from ripely.model.company import Company
from ripely.model.condition import (
    AttributeIs,
    CompanyIs,
    Condition,
    DataIs,
    DateIs,
    EntryIs,
    HasCart,
    HasConsent,
    HasDeal,
    HasQuote,
    HasTopic,
    InJourney,
    InList,
    InSegment,
    LifecycleIs,
    Near,
    OwnerIs,
    Place,
    ScoreIs,
    ScoreLevel,
    ScoreTrend,
    TopPart,
    TopScore,
    Touch,
    Uses,
)
from ripely.model.event import Value
from ripely.model.profile import Enrollment, Profile, Series


class Evidence(msgspec.Struct, frozen=True):
    known: Value = None
    moments_s: tuple[int, ...] = ()


NONE = Evidence()


class Asked(msgspec.Struct, frozen=True):
    """Of whom something is asked, when, and at which place."""

    profile: Profile
    now_s: int
    company: Company
    place: Enrollment


def of_acts(kernel: Kernel, asked: Asked) -> Evidence:
    profile, now, place = asked.profile, asked.now_s, asked.place
    match kernel:
        case Negated(inner):
            return of_acts(inner, asked)
        case Every((first, *_)):
            return of_acts(first, asked)
        case Often():
            return _often(kernel, asked)
        case Total():
            span = open_window(kernel.window, asked.company)
            series = profile.series.get(kernel.series, Series())
            begin, end = bounds(series, span, profile, now, place)
            total = total_of(kernel, span, profile, now, place)
            return Evidence(total, tuple(series.moments[begin:end]))
        case Picked():
            span = open_window(kernel.window, asked.company)
            picked = picked_of(kernel, span, profile, now, place)
            return NONE if picked is None else Evidence(_value(picked[1]), (picked[0],))
        case Chain():
            chain = chain_of(kernel, profile, now)
            return Evidence(len(chain), tuple(chain))
        case Gap(act):
            return Evidence(None, tuple(profile.counts.get(act, [])[-1:]))
        case Seen():
            return Evidence(None, (profile.visit.last_s,) if profile.visit.number else ())
        case _:
            return NONE


def of_facts(condition: Condition, asked: Asked) -> Evidence:
    attributes = asked.profile.attributes
    match condition:
        case AttributeIs(name) | DateIs(name):
            return Evidence(_value(attributes.get(name)))
        case CompanyIs(name):
            return Evidence(_value(attributes.get(company_attribute(name))))
        case Place():
            return Evidence(_several(asked, ("country", "region", "city")))
        case Near():
            return Evidence(_several(asked, ("latitude", "longitude")))
        case Uses():
            return Evidence(_several(asked, ("device", "os", "browser", "language")))
        case OwnerIs():
            return Evidence(_value(attributes.get("owner")))
        case LifecycleIs():
            return Evidence(asked.profile.lifecycle)
        case _:
            return _of_records(condition, asked)


def of_scores(condition: Condition, asked: Asked) -> Evidence:
    match condition:
        case ScoreIs(id=score, of=of) | ScoreLevel(id=score, of=of) | TopPart(id=score, of=of):
            return Evidence(asked.profile.points(part(score, of), asked.now_s))
        case TopScore(score):
            return Evidence(asked.profile.points(score, asked.now_s))
        case ScoreTrend(score, within):
            series = asked.profile.series.get(trend_id(score), Series())
            changes = [
                (at, value)
                for at, value in zip(series.moments, series.values, strict=True)
                if at > asked.now_s - within and isinstance(value, int | float)
            ]
            return Evidence(fsum(v for _, v in changes), tuple(at for at, _ in changes))
        case _:
            return NONE


def _of_records(condition: Condition, asked: Asked) -> Evidence:
    profile, place = asked.profile, asked.place
    match condition:
        case HasDeal() | HasQuote():
            known = profile.deals if isinstance(condition, HasDeal) else profile.quotes
            return Evidence(len(known))
        case HasCart():
            lines = profile.cart.lines.values()
            return Evidence(fsum(quantity * price for quantity, price, _ in lines))
        case Touch(which, name):
            touch = profile.first_touch if which == "first" else profile.last_touch
            return Evidence(touch.get(name))
        case EntryIs(name):
            return Evidence(_value(lookup(name)(place.entry)))
        case DataIs(step, name):
            return Evidence(_value(lookup(name)(place.data.get(step, {}))))
        case _:
            return _of_belonging(condition, profile)


def _of_belonging(condition: Condition, profile: Profile) -> Evidence:
    match condition:
        case HasConsent(name) | HasTopic(name):
            said = profile.consents if isinstance(condition, HasConsent) else profile.topics
            statement = said.get(name)
            return NONE if statement is None else Evidence(statement.granted, (statement.at_s,))
        case InSegment(segment):
            return Evidence(None, _since(profile.segments.get(segment)))
        case InList(name):
            return Evidence(None, _since(profile.lists.get(name)))
        case InJourney(journey):
            return Evidence(None, _since(profile.entered.get(journey)))
        case _:
            return NONE


def _often(often: Often, asked: Asked) -> Evidence:
    span = open_window(often.window, asked.company)
    floor = span.floor(asked.profile, asked.now_s, asked.place)
    moments = tuple(
        at
        for at in asked.profile.counts.get(often.predicate, ())
        if floor < at <= asked.now_s - span.older_s
    )
    return Evidence(len(moments), moments)


def _several(asked: Asked, names: Sequence[str]) -> Value:
    found = (_value(asked.profile.attributes.get(name)) for name in names)
    return ", ".join(str(value) for value in found if value is not None) or None


def _value(found: object) -> Value:
    """Return what is known as one value; the items of a list in a row."""
    if isinstance(found, list | tuple):
        return ", ".join(str(item) for item in found)
    return found if isinstance(found, str | int | float) else None


def _since(at_s: int | None) -> tuple[int, ...]:
    return () if at_s is None else (at_s,)
