"""What is known of a contact, its scores and its clock, as clauses."""

from typing import assert_never

from ripely.model.condition import (
    AttributeIs,
    CompanyIs,
    DataIs,
    DateIs,
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
    Now,
    OfFacts,
    OfScores,
    OfTime,
    OwnerIs,
    Place,
    Reachable,
    Rfm,
    ScoreIs,
    ScoreLevel,
    ScoreTrend,
    TopPart,
    TopScore,
    Touch,
    Uses,
)
from ripely.operations.wording.names import Names, spoken, text
from ripely.operations.wording.phrases import (
    between,
    compared,
    either,
    last,
    long_duration,
    one_of,
)

_Compared = AttributeIs | CompanyIs | Touch | EntryIs | DataIs
_Somewhere = Place | Near | Uses
_Belongs = InSegment | InList | HasTag | HasConsent | HasTopic | Reachable | InJourney
_Trades = HasDeal | HasQuote | HasCart | Rfm
_Stands = OwnerIs | LifecycleIs | InShare


def say_fact(fact: OfFacts, names: Names) -> str:
    match fact:
        case AttributeIs() | CompanyIs() | Touch() | EntryIs() | DataIs():
            return f"{_subject(fact)} {compared(fact.op, fact.value)}"
        case Place() | Near() | Uses():
            return _somewhere(fact)
        case HasDeal() | HasQuote() | HasCart() | Rfm():
            return _trades(fact)
        case OwnerIs() | LifecycleIs() | InShare():
            return _stands(fact)
        case _:
            return _belongs(fact, names)


def say_score(fact: OfScores, names: Names) -> str:
    match fact:
        case ScoreIs(id=score, at_least=low, at_most=high, of=part):
            return f"{_score(names, score, part)} is {between(low, high)}"
        case ScoreLevel(id=score, levels=levels, of=part):
            return f"{_score(names, score, part)} is at the level {either(levels)}"
        case ScoreTrend(id=score, within=within, at_least=low, at_most=high):
            by = between(low, high)
            return f"{names.score(score)} changed by {by} points in {last(within)}"
        case TopScore(id=score, among=others, lead=lead):
            of = f" of {either([names.score(other) for other in others])}" if others else ""
            more = f" by {lead} points" if lead > 1 else ""
            return f"{names.score(score)} is the highest score{of}{more}"
        case TopPart(id=score, of=part):
            return f"{names.score(score)} is highest for “{part}”"
        case unknown:
            assert_never(unknown)


def say_time(fact: OfTime) -> str:
    match fact:
        case DateIs(attribute, low, high, yearly):
            day = f"{'the anniversary of ' if yearly else ''}the date in “{spoken(attribute).lower()}”"
            if low == high:
                return f"today is {_days(low)}{day}"
            return f"today is from {_days(low)}{day} to {_days(high)}it"
        case Now():
            return f"for the contact it is {' and '.join(_clock(fact)) or 'any time'}"
        case unknown:
            assert_never(unknown)


def _score(names: Names, score: str, part: str) -> str:
    return f"{names.score(score)} for “{part}”" if part else names.score(score)


def _subject(fact: _Compared) -> str:
    match fact:
        case AttributeIs(name):
            return spoken(name).lower()
        case CompanyIs(name):
            return f"the company's {spoken(name).lower()}"
        case Touch(which, name):
            return f"the {which} {spoken(name).lower()} that brought the contact"
        case EntryIs(name):
            return f"{spoken(name).lower()} of the event that began this journey"
        case DataIs(step, name):
            return f"{spoken(name).lower()} kept by the step “{spoken(step)}”"
        case unknown:
            assert_never(unknown)


def _somewhere(fact: _Somewhere) -> str:
    match fact:
        case Place(country, region, city):
            kinds = {"country": country, "region": region, "city": city}
        case Uses(device, os, browser, language):
            kinds = {
                "device": device, "operating system": os, "browser": browser, "language": language
            }  # fmt: skip
        case Near(latitude, longitude, km):
            return f"the contact is within {text(km)} km of {latitude:g}, {longitude:g}"
        case unknown:
            assert_never(unknown)
    return " and ".join(f"the {kind} is {either(of)}" for kind, of in kinds.items() if of)


def _belongs(fact: _Belongs, names: Names) -> str:
    match fact:
        case InSegment(id=segment):
            words = f"is in the segment “{names.segment(segment)}”"
        case InList(name):
            words = f"is on the list “{spoken(name)}”"
        case HasTag(name):
            words = f"has the tag “{name}”"
        case HasConsent(purpose):
            words = f"agreed to {spoken(purpose).lower()}"
        case HasTopic(name):
            words = f"asked for the topic “{spoken(name)}”"
        case Reachable(channel, purpose):
            words = f"can be reached by {spoken(channel).lower()} for {spoken(purpose).lower()}"
        case InJourney():
            words = _in_journey(fact, names)
        case unknown:
            assert_never(unknown)
    return f"the contact {words}"


def _in_journey(fact: InJourney, names: Names) -> str:
    states = {"inside": "is in", "been": "has been in", "goal": "reached the goal of"}
    journey = f"{states[fact.state]} the journey “{names.journey(fact.id)}”"
    at = f" at the step “{spoken(fact.step)}”" if fact.step else ""
    return f"{journey}{at}{f' in {last(fact.within)}' if fact.within else ''}"


def _trades(fact: _Trades) -> str:
    match fact:
        case HasDeal():
            words = f"{_article(fact.state)} deal"
            words += f" in {spoken(fact.pipeline).lower()}" if fact.pipeline else ""
            words += f" at {either(fact.stages)}" if fact.stages else ""
        case HasQuote(states):
            words = f"a quote that is {either(states)}"
        case HasCart():
            words = "something in the cart"
            words += f" of “{fact.category}”" if fact.category else ""
            words += f": “{fact.product}”" if fact.product else ""
        case Rfm():
            return _rfm(fact)
        case unknown:
            assert_never(unknown)
    value, idle = fact.value_at_least, fact.idle_for
    words += f", worth {text(value)} or more" if value is not None else ""
    words += f", untouched for {long_duration(idle)}" if idle else ""
    none = not isinstance(fact, HasCart) and fact.at_most == 0
    return f"the contact has {'not ' if none else ''}{words}"


def _article(state: str | None) -> str:
    return "a" if state is None else f"{'an' if state == 'open' else 'a'} {state}"


def _rfm(fact: Rfm) -> str:
    classes = {
        "recency": (fact.recency_at_least, fact.recency_at_most),
        "frequency": (fact.frequency_at_least, fact.frequency_at_most),
        "money": (fact.money_at_least, fact.money_at_most),
    }
    said = [f"{name} is {between(*b)}" for name, b in classes.items() if b != (None, None)]
    return f"of 5 classes, {' and '.join(said)}"


def _stands(fact: _Stands) -> str:
    match fact:
        case OwnerIs(owners):
            return f"the owner is {either(owners)}" if owners else "nobody owns the contact"
        case LifecycleIs(levels):
            return f"the contact is a {one_of([spoken(level).lower() for level in levels])}"
        case InShare(percent):
            return f"the contact is in a fixed {text(percent)}% of all by chance"
        case unknown:
            assert_never(unknown)


def _clock(now: Now) -> list[str]:
    parts = [one_of([day.capitalize() for day in now.weekdays])] if now.weekdays else []
    parts += [f"from {now.start}"] if now.start else []
    parts += [f"until {now.end}"] if now.end else []
    for asked, words in ((now.business_hours, "in business hours"), (now.holiday, "a holiday")):
        if asked is not None:
            parts.append(words if asked else f"not {words}")
    return parts


def _days(days: int) -> str:
    if not days:
        return ""
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f"{count} {'before' if days < 0 else 'after'} "
