"""Questions about what is known of a contact, asked of people."""

from math import ceil

from ripely.compiler.query.asking import Asking
from ripely.compiler.query.build import (
    Sql,
    among,
    case,
    compared,
    concatenated,
    every,
    negated,
    no,
    number,
    text,
    yes,
)
from ripely.compiler.query.sales import sales
from ripely.compiler.query.texts import Texts, passes
from ripely.compiler.query.times import compare
from ripely.compiler.query.whereabouts import near, place, uses
from ripely.engine.facts import company_attribute
from ripely.engine.guards import ADDRESS, CALL, TRANSACTIONAL
from ripely.engine.split import SPLIT, SPLIT_DIGITS
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

_Belonging = InSegment | InList | HasTag | OwnerIs | LifecycleIs | HasConsent | HasTopic


def fact(asked: OfFacts, asking: Asking) -> Sql:
    match asked:
        case AttributeIs() | CompanyIs() | Touch() | EntryIs() | DataIs():
            return compare(_read(asked, asking), asked.op, asked.value, asking)
        case Place():
            return place(asked, asking)
        case Near():
            return near(asked, asking)
        case Uses():
            return uses(asked, asking)
        case Reachable():
            return _reachable(asked, asking)
        case HasDeal() | HasQuote() | HasCart():
            return sales(asked, asking)
        case InJourney():
            return _stay(asked, asking)
        case InShare():
            return _share(asked, asking)
        case Rfm():
            raise AssertionError("written in the conditions that it is made of")
        case _:
            return _belonging(asked, asking)


def _read(asked: AttributeIs | CompanyIs | Touch | EntryIs | DataIs, asking: Asking) -> Texts:
    speech = asking.speech
    match asked:
        case AttributeIs(name):
            return asking.attribute(name)
        case CompanyIs(name):
            return asking.attribute(company_attribute(name))
        case Touch(which, name):
            touch = asking.person(f"{which}_touch")
            said = speech.listed([speech.entry(touch.copy(), name, text(""))])
            return Texts(
                speech, case([(speech.has(touch, name), said)], speech.nothing("text"))
            )
        case EntryIs() | DataIs():  # Asked outside any journey, nothing is known of them.
            return Texts(speech, speech.nothing("text"))


def _belonging(asked: _Belonging, asking: Asking) -> Sql:
    speech = asking.speech
    match asked:
        case InSegment(segment):
            return speech.has(asking.person("segments"), segment)
        case InList(name):
            return speech.has(asking.person("lists"), name)
        case HasTag(tag):
            return speech.some_of(
                asking.person("tags"), lambda one: compared(one, "=", text(tag))
            )
        case OwnerIs(names):
            owner = asking.attribute("owner")
            return passes(owner, "in", names) if names else passes(owner, "empty", None)
        case LifecycleIs(levels):
            return among(asking.person("lifecycle"), list(map(text, levels)))
        case HasConsent(purpose):
            return _granted("consents", purpose, asking)
        case HasTopic(topic):
            return _granted("topics", topic, asking)


def _granted(column: str, name: str, asking: Asking) -> Sql:
    return asking.speech.entry(asking.person(column), name, no())


def _reachable(asked: Reachable, asking: Asking) -> Sql:
    speech = asking.speech
    tests = [negated(speech.has(asking.person("suppressed"), asked.channel))]
    if address := ADDRESS.get(asked.channel):
        tests.append(compared(speech.first(asking.attribute(address).sql), "<>", text("")))
    if asked.purpose != TRANSACTIONAL and asked.channel != CALL:
        tests.append(_granted("consents", asked.purpose, asking))
    return every(tests)


def _stay(asked: InJourney, asking: Asking) -> Sql:
    speech = asking.speech
    since_s = asking.at_s - asked.within if asked.within is not None else None
    if asked.state != "inside":
        column = asking.person("entered" if asked.state == "been" else "goals")
        tests = [speech.has(column.copy(), asked.id)]
        if since_s is not None:
            at = speech.entry(column, asked.id, number(0))
            tests.append(compared(at, ">", number(since_s)))
        return every(tests)

    def is_meant(one: Sql) -> Sql:
        tests = [compared(speech.field(one.copy(), "journey"), "=", text(asked.id))]
        if asked.step is not None:
            tests.append(compared(speech.field(one.copy(), "step"), "=", text(asked.step)))
        if since_s is not None:
            begun = speech.field(one.copy(), "entered_s" if asked.step is None else "since_s")
            tests.append(compared(begun, ">", number(since_s)))
        return every(tests)

    return speech.some_of(asking.person("inside"), is_meant)


def _share(asked: InShare, asking: Asking) -> Sql:
    """Compare the beginning of a hash with the digits that the share comes to."""
    least = ceil(asked.percent / 100 * 16**SPLIT_DIGITS)
    if least >= 16**SPLIT_DIGITS:
        return yes()
    speech = asking.speech
    contact = speech.spelled(asking.person("contact"))
    named = concatenated(text(f"{SPLIT}\x1f"), contact, text(f"\x1fshare\x1f{asked.key}"))
    digits = speech.left(speech.digest(named), SPLIT_DIGITS)
    return compared(digits, "<", text(f"{least:0{SPLIT_DIGITS}x}"))
