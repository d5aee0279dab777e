"""The fold under the whole language: every kind of condition, score, trigger, step and guard at once."""

import random
from collections.abc import Callable, Iterator, Sequence

import msgspec

from bench.fold import EVENTS, fold_rate
from bench.reference import SECTIONS, WORDS, reference_definitions, traffic
from bench.runner import Figure, bench, paired
from ripely.adapters.postgres.packing import pack_profile
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.documents.encode import read_duration
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.model.catalog import is_act
from ripely.model.definition import Definition
from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, RulesetId, derive

Plain = dict[str, object]
FEW, MANY = 10, 1_000
NOW_S = 1_760_000_000


@bench("fold_language")
def fold_language() -> Figure:
    """The limit is the fold without a rule: repeats, visits and interests alone."""
    rules, events, none = whole_rules(), language_traffic(EVENTS), _rules(())
    value, limit = paired(lambda: fold_rate(rules, events), lambda: fold_rate(none, events))
    load = f"{EVENTS:,} events of 30 kinds, 8 a visitor; the reference rules and every word of the language"
    return Figure(value, "events/s", limit, f"{load}; seconds of processor time")


@bench("cost_by_rules_language")
def cost_by_rules_language() -> Figure:
    """What an event costs under 1,000 rules of every kind over what it costs under 10; at best the same."""
    few, many = _rules(_read(_many(FEW))), _rules(_read(_many(MANY)))
    events = language_traffic(EVENTS)
    few_rate, many_rate = paired(
        lambda: fold_rate(few, events), lambda: fold_rate(many, events)
    )
    load = f"{EVENTS:,} events of 30 kinds; segments, scores and journeys of every kind in turn"
    return Figure(few_rate / many_rate, "times", 1.0, load, lower_is_better=True)


@bench("profile_bytes")
def profile_bytes() -> Figure:
    """The limit is what predicates and their moments alone take: four bytes each."""
    body, moments = _rich_contact()
    load = "as stored; 200 tracked predicates that all happened in 100 days, inside 20 journeys, 10 scores"
    return Figure(len(body), "bytes", 4 * moments, load, lower_is_better=True)


def _rich_contact() -> tuple[bytes, int]:
    rules = _rules(_read(_rich()))
    profile = new_profile(ContactId(derive("contact", "rich")), NOW_S)
    for number in range(200):
        path = f"/page/{number}"
        facts = {"url": f"https://shop.example{path}", "path": path, "title": f"Page {number}"}
        at_ms = (NOW_S + 43_200 * number) * 1000
        identity = EventId(derive("event", f"rich/{number}"))
        event = Event(identity, profile.contact, "page.viewed", at_ms, at_ms, facts, "web")
        profile = fold(rules, profile, (event,)).profile
    assert len(profile.counts) == 200, len(profile.counts)
    assert len(profile.enrollments) == 20, len(profile.enrollments)
    assert len(profile.scores) == 10, len(profile.scores)
    moments = sum(map(len, profile.counts.values()))
    return pack_profile(profile), len(profile.counts) + moments


def _rich() -> Iterator[Plain]:
    def page(number: int) -> list[Plain]:
        return [{"property": "path", "value": f"/page/{number}"}]

    for n in range(20):
        counted = [
            {"if": "did", "event": "page.viewed", "where": page(10 * n + i), "within": "30d"}
            for i in range(10)
        ]
        yield _segment(f"pages-{n}", {"if": "at_least", "count": 10, "conditions": counted})
        yield _journey(
            f"page-{n}",
            {"on": "event", "event": "page.viewed", "where": page(n)},
            {"wait": {"do": "wait", "for": "365d", "then": "tag"}, "tag": _tag("waited")},
        )
    for n in range(10):
        rule = {"on": "page.viewed", "points": 1, "where": page(n)}
        yield {"kind": "score", "id": f"score-{n}", "name": "Score", "events": [rule]}


def whole_rules() -> Ruleset:
    return _rules((*reference_definitions(), *_read(whole_language())))


def whole_language() -> Iterator[Plain]:
    """Every word of the language at least once, as a company might use it."""
    yield {
        "kind": "company", "id": "company", "timezone": "Europe/Kyiv", "holidays": ["12-25"],
    }  # fmt: skip
    yield {
        "kind": "guard", "id": "everybody", "name": "Everybody",
        "caps": [{"at_most": 3, "within": "7d", "channel": "email"}],
        "quiet": [{"hours": [{"from": "22:00", "until": "07:00"}], "channels": ["sms"]}],
        "budget": {"at_most": 3, "within": "7d"},
    }  # fmt: skip
    for number, condition in enumerate((*_about_acts(), *_about_facts())):
        yield _segment(f"language-{number}", condition)
    yield from _scores()
    yield from _journeys()


def _about_acts() -> Iterator[Plain]:
    ordered = {"event": "order.completed"}
    viewed = {"event": "product.viewed"}
    yield {"if": "did", "event": "page.viewed", "at_least": 3, "during": "today"}
    yield {"if": "did", "event": "product.viewed", "at_least": 2, "older_than": "7d"}
    yield {"if": "did", "event": "product.added", "since": "2025-01-01", "until": "2026-01-01"}
    yield {"if": "page", "match": "matches", "value": "-1\\d$", "at_least": 2, "within": "30d"}
    yield {"if": "page", "match": "category", "value": "tents", "seconds": 30}
    yield {"if": "searched", "value": "winter tent", "within": "7d"}
    yield {"if": "message", "did": "clicked", "template": "offer", "link": "/tents"}
    yield {"if": "message", "did": "opened", "within": "30d", "at_least": 2}
    yield {"if": "bought", "category": "tents", "within": "365d"}
    yield {
        "if": "aggregate",
        "take": "sum",
        "of": "total",
        **ordered,
        "at_least": 500,
        "within": "365d",
    }
    yield {"if": "aggregate", "take": "distinct", "of": "product_id", **viewed, "at_least": 10}
    yield {
        "if": "aggregate",
        "take": "average",
        "of": "price",
        **viewed,
        "at_least": 50,
        "within": "30d",
    }
    yield {"if": "occasion", "which": "last", "of": "category", **viewed, "value": "boots"}
    yield {
        "if": "occasion",
        "which": "first",
        "of": "total",
        **ordered,
        "op": "more_than",
        "value": 100,
    }
    yield {"if": "sequence", "acts": [viewed, {"event": "product.added"}], "within": "1h"}
    yield {
        "if": "absence",
        "act": {"event": "product.added"},
        "without": ordered,
        "within": "1h",
    }
    yield {"if": "seen", "within": "30d"}


def _about_facts() -> Iterator[Plain]:
    yield {"if": "attribute", "name": "renewal", "op": "before", "value": "today + 30 days"}
    yield {"if": "place", "country": ["UA", "PL"], "city": ["Kyiv"]}
    yield {"if": "near", "latitude": 50.45, "longitude": 30.52, "km": 50}
    yield {"if": "uses", "device": ["mobile"]}
    yield {"if": "touch", "which": "first", "name": "source", "value": "news"}
    yield {"if": "company", "name": "size", "op": "at_least", "value": 50}
    yield {"if": "topic", "name": "events"}
    yield {"if": "list", "id": "friends"}
    yield {"if": "reachable", "channel": "email"}
    yield {"if": "deal", "state": "open", "stages": ["offer"]}
    yield {"if": "quote", "states": ["viewed"]}
    yield {"if": "cart", "value_at_least": 100, "idle_for": "2h"}
    yield {"if": "rfm", "recency_at_least": 4, "money_at_least": 3}
    yield {"if": "owner", "names": ["olga"]}
    yield {"if": "lifecycle", "levels": ["lead", "customer"]}
    yield {"if": "share", "percent": 20}
    yield {"if": "date", "attribute": "birthday", "from_days": -7, "yearly": True}
    yield {"if": "score_level", "id": "heat", "levels": ["warm", "ripe"]}
    yield {"if": "score_trend", "id": "heat", "within": "7d", "at_least": 10}
    yield {"if": "top_score", "id": "heat"}
    yield {"if": "top_part", "id": "taste", "of": "tents"}
    yield {"if": "journey", "id": "everything", "state": "been", "within": "30d"}


def _scores() -> Iterator[Plain]:
    levels = [{"name": "warm", "at_least": 15}, {"name": "ripe", "at_least": 30}]
    yield {
        "kind": "score", "id": "heat", "name": "Heat", "levels": levels, "half_life": "30d", "most": 500,
        "general": {"page.viewed": 1, "product.viewed": 2, "email.clicked": 3},
        "events": [
            {"on": "form.submitted", "points": 5, "once": True},
            {"on": "order.completed", "points": 1, "times": "total"},
            {"on": "product.added", "points": 5, "when": {"if": "lifecycle", "levels": ["visitor"]}},
        ],
    }  # fmt: skip
    yield {
        "kind": "score", "id": "fresh", "name": "Fresh",
        "events": [{"on": "product.viewed", "points": 2, "expires": "7d", "at_most": 5, "within": "1d"}],
    }  # fmt: skip
    yield {
        "kind": "score", "id": "taste", "name": "Taste", "per": {"by": "property", "name": "category"},
        "events": [{"on": "product.viewed", "points": 1}, {"on": "product.added", "points": 5}],
    }  # fmt: skip


def _journeys() -> Iterator[Plain]:
    send = {"do": "send", "template": "offer"}
    yield _journey(
        "everything",
        {"on": "event", "event": "product.added"},
        {
            "pause": {"do": "wait_until", "business_hours": True, "then": "which"},
            "which": {
                "do": "experiment", "metric": {"if": "bought"}, "within": "14d",
                "arms": [{"name": "a", "then": "mail"}, {"name": "b", "then": "both"}],
            },
            "mail": {**send, "then": "read"},
            "read": {
                "do": "await_any", "timeout": "2d", "otherwise": "again",
                "cases": [{"when": {"if": "message", "did": "opened", "since_entering": "step"}, "then": "both"}],
            },
            "again": {"do": "repeat", "back_to": "mail", "at_most": 2},
            "both": {"do": "together", "actions": [{"do": "note", "text": "told"}, _tag("told")], "then": "paid"},
            "paid": {"do": "await_event", "event": {"event": "order.completed"}, "timeout": "1d", "then": "code"},
            "code": {"do": "coupon", "campaign": "spring", "valid_for": "2d"},
        },
        reentry="always", leave=[{"event": {"event": "order.cancelled"}, "reason": "cancelled"}],
        goal={"when": {"if": "did", "event": "order.completed", "within": "1d"}, "within": "7d"},
    )  # fmt: skip
    triggers: tuple[Plain, ...] = (
        {"on": "attribute", "name": "city", "to": "Kyiv"},
        {"on": "absence", "after": {"event": "product.added"}, "without": {"event": "order.completed"}, "within": "1h"},
        {"on": "inactivity", "for": "30d"},
        {"on": "date", "attribute": "birthday", "yearly": True},
        {"on": "schedule", "every": "week", "weekdays": ["monday"], "audience": {"if": "lifecycle", "levels": ["customer"]}},
        {"on": "score", "id": "heat", "reaches": 30},
        {"on": "score", "id": "heat", "falls_below": 10},
        {"on": "score", "id": "heat", "highest": True},
        {"on": "condition", "when": {"if": "seen", "within": "7d"}, "becomes": False},
        {"on": "request"},
    )  # fmt: skip
    for number, trigger in enumerate(triggers):
        yield _journey(f"by-{trigger['on']}-{number}", trigger, {"tag": _tag(f"by-{number}")})


def _many(count: int) -> Iterator[Plain]:
    """That many rules, of every kind in turn, each asking for something else."""
    yield {"kind": "company", "id": "company"}
    kinds: tuple[Callable[[int], Plain], ...] = (
        lambda n: _segment(f"a{n}", {"if": "page", "match": "contains", "value": f"campaign-{n}", "at_least": 2}),
        lambda n: _segment(
            f"b{n}",
            {"if": "aggregate", "take": "sum", "of": "total", "event": "order.completed",
             "where": [{"property": "currency", "value": f"C{n}"}], "at_least": n},
        ),
        lambda n: _segment(f"c{n}", {"if": "attribute", "name": f"fact-{n}", "value": "yes"}),
        lambda n: _segment(
            f"d{n}",
            {"if": "absence", "act": {"event": "form.viewed", "where": [{"property": "form", "value": f"f{n}"}]},
             "without": {"event": "form.submitted"}, "within": "1h"},
        ),
        lambda n: {
            "kind": "score", "id": f"e{n}", "name": "E", "half_life": "30d",
            "events": [{"on": "page.viewed", "points": 1, "where": [{"property": "path", "value": f"/item/{n}"}]}],
        },
        lambda n: _journey(
            f"f{n}",
            {"on": "event", "event": "product.viewed", "where": [{"property": "product_id", "value": f"p{n}"}], "nth": 3},
            {"wait": {"do": "wait", "for": "1d", "then": "tag"}, "tag": _tag("f")},
        ),
        lambda n: _journey(f"g{n}", {"on": "attribute", "name": f"fact-{n}", "to": "yes"}, {"tag": _tag("g")}),
        lambda n: _journey(
            f"h{n}", {"on": "condition", "when": {"if": "searched", "value": f"word{n}"}}, {"tag": _tag("h")}
        ),
        lambda n: _segment(
            f"i{n}",
            {"if": "sequence", "within": "1d",
             "acts": [{"event": "page.viewed", "where": [{"property": "path", "value": f"/one/{n}"}]},
                      {"event": "page.viewed", "where": [{"property": "path", "value": f"/two/{n}"}]}]},
        ),
        lambda n: _segment(f"j{n}", {"if": "tag", "name": f"tag-{n}"}),
    )  # fmt: skip
    for number in range(count):
        yield kinds[number % len(kinds)](number)


def language_traffic(count: int) -> list[Event]:
    """Return the reference traffic with other acts among it: searches, orders, letters, forms, facts."""
    chance = random.Random(7)
    events = traffic(count)
    for at in range(0, count, 5):
        old = events[at]
        name, properties = chance.choice(_OTHER_ACTS)
        events[at] = Event(
            old.id,
            old.contact,
            name,
            old.occurred_ms,
            old.received_ms,
            properties(chance),
            "web",
        )
    return events


Properties = Callable[[random.Random], dict[str, object]]


def _product(chance: random.Random) -> dict[str, object]:
    section = chance.choice(SECTIONS)
    number = chance.randrange(50)
    return {"product_id": f"{section}-{number}", "category": section, "price": number + 0.5}


_OTHER_ACTS: Sequence[tuple[str, Properties]] = (
    ("search.performed", lambda c: {"query": f"{c.choice(WORDS)} {c.choice(SECTIONS)}"}),
    ("page.left", lambda c: {"path": f"/{c.choice(SECTIONS)}", "seconds": c.randrange(200), "scroll": c.randrange(100)}),
    ("email.opened", lambda c: {"template": "offer", "by": c.choice(("human", "machine", "unknown"))}),
    ("email.clicked", lambda c: {"template": "offer", "by": "human", "url": f"https://shop.example/{c.choice(SECTIONS)}"}),
    ("form.viewed", lambda c: {"form": f"f{c.randrange(20)}"}),
    ("form.submitted", lambda c: {"form": f"f{c.randrange(20)}"}),
    ("contact.identified", lambda c: {"city": c.choice(("Kyiv", "Lviv")), "birthday": "1990-05-17", "device": "mobile"}),
    ("consent.granted", lambda _: {"purpose": "marketing"}),
    ("tag.added", lambda c: {"tag": f"tag-{c.randrange(20)}"}),
    ("quote.viewed", lambda c: {"quote": f"q{c.randrange(9)}", "value": 400}),
    ("deal.opened", lambda c: {"deal": f"d{c.randrange(9)}", "stage": "offer", "value": 900}),
    ("video.progressed", lambda c: {"title": "How", "position": c.randrange(180)}),
    ("order.completed", lambda c: {"order_id": str(c.randrange(10**6)), "total": c.randrange(300), "currency": "EUR", "products": [_product(c)]}),
    ("order.cancelled", lambda c: {"order_id": str(c.randrange(10**6))}),
)  # fmt: skip


def _segment(name: str, when: Plain) -> Plain:
    return {"kind": "segment", "id": name, "name": name, "when": when}


def _journey(name: str, trigger: Plain, steps: dict[str, Plain], **more: object) -> Plain:
    start = next(iter(steps))
    return {
        "kind": "journey", "id": name, "name": name, "triggers": [trigger], "start": start, "steps": steps, **more,
    }  # fmt: skip


def _tag(name: str) -> Plain:
    return {"do": "update", "add_tags": [name]}


def _read(plain: Iterator[Plain]) -> tuple[Definition, ...]:
    return tuple(msgspec.convert(one, Definition, dec_hook=read_duration) for one in plain)


def _rules(definitions: Sequence[Definition]) -> Ruleset:
    return compile_ruleset(Published(tuple(definitions)), RulesetId("bench"), is_act)
