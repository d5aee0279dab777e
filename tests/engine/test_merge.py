"""Two contacts that are one person: facts move with the merge, and come back when it is undone."""

import msgspec

from company import ANN, BOB, DAN, DEFINITIONS, INTEREST, READERS, START_S, event, rules
from ripely.compiler.normalize import predicate_id
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.model.acts import Did
from ripely.model.catalog import is_act
from ripely.model.condition import HasTag
from ripely.model.effect import Effect, EmitEvent
from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, RulesetId, derive
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.model.segment import Segment

RULES = rules()
PRICING = {"url": "https://shop.example/pricing", "path": "/pricing"}


class People:
    """Profiles that tell each other what the fold emits, as the dispatcher would."""

    def __init__(self, rules: Ruleset = RULES) -> None:
        self.rules = rules
        self.profiles: dict[ContactId, Profile] = {}
        self.effects: list[Effect] = []
        self.notes: list[Note] = []
        self.told: list[Event] = []
        self.number = 0

    def tell(self, contact: ContactId, name: str, at_s: int, /, **properties: object) -> None:
        self.number += 1
        self.take(event(self.number, contact, name, at_s, **properties))

    def take(self, told: Event) -> None:
        profile = self.profiles.get(told.contact) or new_profile(told.contact, told.occurred_s)
        after = fold(self.rules, profile, [told])
        self.profiles[told.contact] = after.profile
        self.effects += after.effects
        self.notes += after.notes
        self.told += after.events
        for effect in after.effects:
            if isinstance(effect, EmitEvent):
                passed_on = effect.event or EventId(derive("event", effect.id))
                occurred_ms = effect.occurred_ms or effect.decided_ms
                self.take(
                    Event(
                        passed_on,
                        effect.target,
                        effect.name,
                        occurred_ms,
                        effect.decided_ms,
                        msgspec.json.decode(msgspec.json.encode(effect.properties)),
                        effect.source,
                    )
                )


def people() -> People:
    """Dan looked at prices twice without saying who he is; Ann is known, and looked once."""
    told = People()
    told.tell(ANN, "contact.identified", START_S, email="ann@example.com", city="Kyiv")
    told.tell(ANN, "page.viewed", START_S + 1, **PRICING)
    told.tell(DAN, "contact.identified", START_S, city="Lviv", timezone="Europe/Kyiv")
    told.tell(DAN, "page.viewed", START_S + 10, **PRICING)
    told.tell(DAN, "page.viewed", START_S + 20, **PRICING)
    return told


def test_the_winner_takes_the_history_and_keeps_what_it_knew() -> None:
    told = people()
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN, by="identify")
    ann, dan = told.profiles[ANN], told.profiles[DAN]
    assert dan.merged_into == ANN
    assert ann.attributes == {
        "email": "ann@example.com",
        "city": "Kyiv",
        "timezone": "Europe/Kyiv",
    }
    assert READERS in ann.segments
    assert ann.scores[INTEREST] == 3 + 4 + 5  # Her view, his two, and the fact that follows.
    assert ann.visit.number == 1  # Twenty seconds apart: she was him all the time.


def test_what_comes_late_to_the_loser_reaches_the_winner() -> None:
    told = people()
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN)
    told.tell(DAN, "email.opened", START_S + 40)
    assert told.profiles[ANN].scores[INTEREST] == 12 + 3


def test_a_merge_told_twice_counts_once() -> None:
    told = people()
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN)
    once = msgspec.msgpack.encode(told.profiles[ANN])
    told.tell(DAN, "contact.merged", START_S + 31, into=ANN)
    assert msgspec.msgpack.encode(told.profiles[ANN]) == once


def test_unmerging_gives_back_exactly_what_was_taken() -> None:
    told, apart = people(), people()
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN)
    told.tell(ANN, "contact.unmerged", START_S + 60, **{"from": DAN})
    ann, dan = told.profiles[ANN], told.profiles[DAN]
    before = apart.profiles[ANN]
    assert dan.merged_into is None
    assert ann.visit.number == before.visit.number
    for name in ("attributes", "tags", "consents", "scores", "segments", "absorbed"):
        assert getattr(ann, name) == getattr(before, name), name
    assert ann.counts == before.counts
    assert dan.scores == apart.profiles[DAN].scores


def test_a_chain_is_parted_from_its_end() -> None:
    """Dan is Ann, and Ann is Bob: Dan comes out of Ann when Ann has come out of Bob."""
    told = people()
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN)
    told.tell(ANN, "contact.merged", START_S + 40, into=BOB)
    told.tell(DAN, "email.opened", START_S + 50)
    assert told.profiles[BOB].scores[INTEREST] == 12 + 3
    told.tell(ANN, "contact.unmerged", START_S + 60, **{"from": DAN})
    assert told.profiles[DAN].merged_into == ANN  # Bob, who was asked, took nothing from Dan.
    told.tell(BOB, "contact.unmerged", START_S + 70, **{"from": ANN})
    told.tell(ANN, "contact.unmerged", START_S + 80, **{"from": DAN})
    assert [told.profiles[who].merged_into for who in (ANN, BOB, DAN)] == [None] * 3
    apart = people()
    for who in (ANN, DAN):
        assert told.profiles[who].scores == apart.profiles[who].scores


def test_what_history_says_of_the_loser_reaches_the_winner() -> None:
    """Rules change after the merge; the one who has ended is asked too, and passes it on."""
    told = People(rules(Segment(READERS, "Readers", HasTag("reader"))))
    told.tell(DAN, "x", START_S)
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN)
    asked = Segment(READERS, "Readers", Did("x"))
    told.rules = rules(asked)
    predicate = predicate_id("x", ())
    told.tell(DAN, "rules.changed", START_S + 40, counts={str(predicate): [START_S]})
    told.tell(ANN, "rules.changed", START_S + 40, counts={})
    assert READERS in told.profiles[ANN].segments
    assert told.profiles[ANN].counts == {predicate: [START_S]}


def test_a_merge_that_passes_a_number_of_occasions_is_none_of_them() -> None:
    told = People(rules(*DEFINITIONS))
    for who in (ANN, DAN):
        for n in range(2):
            told.tell(who, "order.completed", START_S + n)
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN)
    told.tell(ANN, "order.completed", START_S + 40)
    assert "third" not in told.profiles[ANN].entered


def test_new_rules_wake_nobody_who_is_part_of_another() -> None:
    told = people()
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN)
    told.rules = compile_ruleset(Published(DEFINITIONS), RulesetId("newer"), is_act)
    told.tell(DAN, "contact.merged", START_S + 40, into=ANN)
    dan = told.profiles[DAN]
    assert (dan.due_s, dan.segments, dan.enrollments) == (0, {}, [])
    told.tell(ANN, "contact.unmerged", START_S + 50, **{"from": DAN})
    dan = told.profiles[DAN]
    assert (dan.ruleset, READERS in dan.segments) == ("newer", True)
