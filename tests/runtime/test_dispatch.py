"""What happens to a message once it is decided: who is asked, what leaves, and what is told of it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, strategies as st

from ports.desk import message
from ripely.adapters.memory.dispatch import Claimant, Desk, MemoryLedger, MemoryOutbox
from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.teams import MemoryTeams
from ripely.compiler.guards import compile_guards
from ripely.compiler.ruleset import Published
from ripely.model.company import Company, Guard, Quiet, QuietHours
from ripely.model.effect import (
    CallWebhook,
    CreateTask,
    EmitEvent,
    NotifyPerson,
    SyncAudience,
)
from ripely.model.profile import Consent, Profile
from ripely.model.template import Template
from ripely.ports import Answer, Loaded, Outcome, WebhookError
from ripely.render.headers import Mailing
from ripely.render.links import derive_keys
from ripely.runtime.dispatch import (
    ATTEMPTS_MAX,
    CHANNELS,
    HAND_OVER_MAX,
    Dispatch,
    dispatch_once,
    recover_once,
)
from ripely.runtime.effects import Effects, perform_once
from ripely.runtime.lateness import FOR_A_PERSON, NO_QUIET, QuietTimes, dropped, released
from ripely.runtime.letters import Letters
from ripely.runtime.rules import staff_of, templates_of
from ripely.runtime.staff import Staff
from ripely.runtime.webhook import signature

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"
GOOD = Template(id="letter", name="L", subject="Hi {{ contact.name }}", body=BODY.format("Hi"))
LOOP = Template(
    id="loop", name="L", subject="x",
    body=BODY.format("{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}"),
)  # fmt: skip
BROKEN = Template(id="broken", name="L", subject="x", body=BODY.format("{% if %}"))


class TestClock:
    __test__ = False

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment


class People:
    def __init__(self, *profiles: Profile) -> None:
        self.known = {profile.contact: profile for profile in profiles}

    def load(self, contacts):
        return Loaded({c: self.known[c] for c in contacts if c in self.known}, frozenset())


class Post:
    """A channel that does as it is told and remembers what left."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.groups: list[int] = []
        self.says: dict[str, tuple[str, str]] = {}

    def send(self, deliveries):
        self.groups.append(len(deliveries))
        ended = []
        for delivery in deliveries:
            outcome, reason = self.says.get(delivery.id, ("sent", ""))
            if outcome in {"sent", "unknown"}:
                self.sent.append(delivery.id)
            ended.append(Outcome(delivery.id, outcome, reason))
        return ended


class Published1:
    def current(self):
        return "r1"

    def documents(self, ruleset):
        return msgspec.json.encode(Published((GOOD, LOOP, BROKEN)))


def contact(number: int = 1, **known) -> Profile:
    return Profile(
        number, attributes={"email": "ann@example.com", "phone": "+15550001"}, **known
    )


def agreeing(**known) -> Profile:
    return contact(consents={"marketing": Consent(True, 1, "form")}, **known)


class Office:
    def __init__(self, *profiles: Profile) -> None:
        self.clock, self.log, self.post = TestClock(), MemoryLog(), Post()
        self.quiet = NO_QUIET
        self.desk = Desk(self.log, self.clock)
        self.people = People(*(profiles or [agreeing()]))
        self.claimant = Claimant()
        self.dispatch = self.make(self.claimant)

    def make(self, claimant: Claimant) -> Dispatch:
        return Dispatch(
            ledger=MemoryLedger(self.desk, claimant),
            profiles=self.people,
            letters=Letters(Published1(), templates_of),
            channels={"email": self.post, "notice": self.post},
            mailing=Mailing("https://r.example", "shop@example.com", derive_keys("s" * 40)),
            tracking="individual",
            clock=self.clock,
            quiet=lambda: self.quiet,
        )

    def send(self, *messages) -> None:
        self.desk.put(messages)
        while dispatch_once(self.dispatch):
            pass

    def outcome(self, name: str) -> tuple[str, str]:
        found = self.desk.outcomes()[name]
        return ("", "") if found is None else (found.outcome, found.reason)

    def told(self) -> list[tuple[str, dict[str, object]]]:
        return [(event.name, event.properties) for chunk in self.log.chunks for event in chunk]


def test_a_message_is_sent_and_told_of():
    office = Office()
    office.send(message("a"))
    assert office.post.sent == ["a"]
    assert office.outcome("a") == ("sent", "")
    assert office.told() == [
        (
            "email.sent",
            {
                "message": "a",
                "journey": "welcome",
                "step": "hello",
                "template": "letter",
                "purpose": "marketing",
            },
        )
    ]


@pytest.mark.parametrize(
    ("profile", "given", "reason"),
    [
        (contact(), {}, "no consent for marketing"),
        (
            contact(consents={"marketing": Consent(False, 1, "x")}),
            {},
            "consent for marketing was withdrawn",
        ),
        (agreeing(suppressed={"email": "bounced"}), {}, "suppressed: bounced"),
        (contact(9), {}, "the contact is not known any more"),
        (agreeing(), {"held": "cap"}, "cap"),
    ],
)
def test_whether_it_may_go_is_asked_again_at_the_last_moment(profile, given, reason):
    office = Office(profile)
    office.send(message("a", facts={"email": "a@example.com"}, **given))
    assert not office.post.sent
    outcome, why = office.outcome("a")
    assert outcome == "held"
    assert reason in why
    assert office.told()[0][0] == "email.held"


def test_what_was_sent_is_told_with_the_segments_of_the_decision():
    office = Office()
    office.post.says["b"] = ("refused", "")
    office.send(message("a", segments=["hot"]), message("b", segments=["hot"]))
    told = {properties["message"]: properties for _, properties in office.told()}
    assert told["a"]["segments"] == ["hot"]
    assert "segments" not in told["b"]


def test_a_receipt_needs_no_consent():
    office = Office(contact())
    office.send(message("a", purpose="transactional"))
    assert office.outcome("a")[0] == "sent"


def test_a_merged_contact_is_answered_by_the_one_it_is_now():
    gone = Profile(1, merged_into=2)
    office = Office(gone, contact(2, consents={"marketing": Consent(False, 1, "x")}))
    office.send(message("a"))
    assert office.outcome("a")[0] == "held"


def test_an_address_that_was_taken_back_is_used_no_more():
    office = Office(Profile(1))
    office.send(message("a", purpose="transactional"))
    assert office.outcome("a") == ("held", "no address for email")


@pytest.mark.parametrize(
    ("given", "outcome", "reason"),
    [
        ({"template": "missing"}, "failed", "there is no template “missing”"),
        ({"template": "broken"}, "failed", "line 1"),
        ({"template": "loop"}, "failed", "loop iteration limit"),
        (
            {"channel": "sms"},
            "failed",
            "no channel for sms is connected yet",
        ),
        ({"recipient": "no address"}, "refused", "is not an address"),
        ({"recipient": "a@x.example\r\nRCPT TO:<b@x.example>"}, "refused", "is not an address"),
    ],
)
def test_one_that_cannot_leave_ends_alone(given, outcome, reason):
    office = Office()
    office.send(message("a", **given), message("b"))
    assert office.outcome("a")[0] == outcome
    assert reason in office.outcome("a")[1]
    assert office.post.sent == ["b"]


def test_a_bad_address_is_a_bounce_and_an_unwanted_mail_a_refusal():
    office = Office()
    office.post.says = {
        "a": ("refused", "550 5.1.1 Nobody"),
        "b": ("refused", "554 5.7.1 Spam"),
    }
    office.send(message("a"), message("b"))
    assert [name for name, _ in office.told()] == ["email.bounced", "email.refused"]
    assert office.told()[0][1]["reason"] == "550 5.1.1 Nobody"


def test_what_is_deferred_is_tried_again_later_and_later_and_then_given_up():
    office = Office()
    office.post.says = {"a": ("deferred", "451 busy")}
    office.send(message("a"), message("b"))
    assert office.outcome("b")[0] == "sent"
    moments = []
    while office.outcome("a") == ("", ""):
        moments.append(office.clock.moment)
        office.clock.moment = office.desk.messages["a"].next_at
        office.send()
    waits = [after - before for before, after in pairwise(moments)]
    assert waits == sorted(waits)
    assert len(moments) == ATTEMPTS_MAX - 1
    assert office.outcome("a") == ("failed", "451 busy")
    assert [name for name, _ in office.told()] == ["email.sent", "email.failed"]


def test_what_is_unknown_is_never_sent_again():
    office = Office()
    office.post.says = {"a": ("unknown", "no answer")}
    office.send(message("a"))
    office.clock.moment += timedelta(days=1)
    office.send()
    assert office.post.sent == ["a"]
    assert office.outcome("a")[0] == "unknown"


def test_few_leave_at_a_time():
    office = Office()
    office.send(*(message(f"m{n}") for n in range(2 * HAND_OVER_MAX + 1)))
    assert office.post.groups == [HAND_OVER_MAX, HAND_OVER_MAX, 1]


class KilledError(BaseException):
    pass


def test_a_dispatcher_that_dies_in_the_middle_leaves_one_group_in_doubt():
    office = Office()
    names = [f"m{n}" for n in range(3 * HAND_OVER_MAX)]

    def die_in_the_second_group(deliveries):
        if office.post.groups:
            raise KilledError
        return Post.send(office.post, deliveries)

    office.post.send = die_in_the_second_group
    with pytest.raises(KilledError):
        office.send(*map(message, names))
    office.claimant.alive = False
    del office.post.send
    other = office.make(Claimant())
    assert recover_once(other) == HAND_OVER_MAX
    while dispatch_once(other):
        pass
    ended = [office.outcome(name)[0] for name in names]
    assert ended.count("unknown") == HAND_OVER_MAX
    assert ended.count("sent") == 2 * HAND_OVER_MAX
    assert len(set(office.post.sent)) == len(office.post.sent)
    assert len(office.told()) == len(names)


class Caller:
    def __init__(self) -> None:
        self.calls = []
        self.answers: dict[str, object] = {}

    def call(self, url, headers, body, content_max=0):
        self.calls.append((url, headers, body))
        answer = self.answers.get(url, 200)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Answer):
            return Answer(answer.status, answer.content[:content_max])
        return Answer(answer)


COMMON = {
    "contact": 1,
    "decided_ms": int(NOW.timestamp() * 1000),
    "journey": "j",
    "version": 1,
    "step": "s",
}


def performed(office: Office, caller: Caller, *decided) -> None:
    office.desk.put(decided)
    effects = Effects(
        outbox=MemoryOutbox(office.desk, office.claimant),
        teams=MemoryTeams(office.desk),
        staff=Staff(Published1(), staff_of),
        caller=caller,
        webhook_key=b"key",
        clock=office.clock,
    )
    while perform_once(effects):
        pass


def test_work_and_notices_reach_people():
    office = Office()
    performed(
        office,
        Caller(),
        CreateTask(
            id="t", type="call", title="Call", script="", assignee="", due_ms=1, **COMMON
        ),
        NotifyPerson(id="n1", to="owner", text="Look", **COMMON),
        NotifyPerson(id="n2", to="boss@example.com", text="Look", **COMMON),
    )
    assert set(office.desk.tasks) == {"t"}
    assert set(office.desk.notices) == {"n1", "n2"}
    office.send()
    assert office.post.sent == ["n2"]
    assert [name for name, _ in office.told()] == ["notice.sent"]


def test_an_event_to_another_contact_has_an_id_of_its_own_cause():
    office = Office()
    effect = EmitEvent(
        id="e", target=2, name="contact.absorbed", properties={"from": 1}, **COMMON
    )
    performed(office, Caller(), effect)
    ((event,),) = office.log.chunks
    performed(office, Caller(), effect)
    (again,) = office.log.chunks[-1]
    assert (event.contact, event.name, event.source) == (2, "contact.absorbed", "fold")
    assert event.id == again.id


def hook(name: str, url: str = "https://x.example/") -> CallWebhook:
    return CallWebhook(id=name, url=url, entry={"plan": "pro"}, **COMMON)


def test_a_webhook_is_signed_and_its_answer_told():
    office, caller = Office(), Caller()
    performed(office, caller, hook("w"))
    ((_, headers, body),) = caller.calls
    assert headers["webhook-id"] == "w"
    assert headers["webhook-signature"] == signature(
        b"key", "w", headers["webhook-timestamp"], body
    )
    assert msgspec.json.decode(body)["data"]["event"] == {"plan": "pro"}
    assert office.told() == [("webhook.answered", {"journey": "j", "step": "s", "status": 200})]
    assert not office.desk.effects


def test_a_webhook_that_fails_is_repeated_and_then_given_up():
    office, caller = Office(), Caller()
    caller.answers = {"https://x.example/": 500}
    performed(office, caller, hook("w"), hook("ok", "https://y.example/"))
    while office.desk.effects:
        office.clock.moment = office.desk.effects["w"].next_at
        performed(office, caller)
    assert len(caller.calls) == 1 + 8
    assert office.told()[-1][0] == "webhook.failed"
    assert office.told()[-1][1]["reason"] == "answered 500"


def test_a_call_that_goes_wrong_as_nobody_foresaw_stops_itself_alone():
    office, caller = Office(), Caller()
    caller.answers = {"https://x.example/": UnicodeError("label too long")}
    performed(office, caller, hook("w"), hook("ok", "https://y.example/"))
    assert [name for name, _ in office.told()] == ["webhook.answered"]
    while office.desk.effects:
        office.clock.moment = office.desk.effects["w"].next_at
        performed(office, caller)
    name, told = office.told()[-1]
    assert (name, told["reason"]) == ("webhook.failed", "UnicodeError: label too long")


def test_an_address_that_may_not_be_called_is_not_tried_again():
    office, caller = Office(), Caller()
    caller.answers = {"https://x.example/": WebhookError("private", permanent=True)}
    performed(office, caller, hook("w"))
    assert len(caller.calls) == 1
    assert office.told()[0][0] == "webhook.failed"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"points": 7}', {"answer": {"points": 7}}),
        (b"", {}),
        (b"<html>", {"not_kept": "the answer is not JSON, or nested too deep"}),
        (b"[" * 3_900, {"not_kept": "the answer is not JSON, or nested too deep"}),
        (b"[" * 600 + b"]" * 600, {"not_kept": "the answer is not JSON, or nested too deep"}),
        (b'{"name": "A\\u0000nn"}', {"answer": {"name": "Ann"}}),
        (b"[" + b"1," * 2000 + b"1]", {"not_kept": "the answer is longer than 4000 bytes"}),
        (b"1" * 30, {"not_kept": "a number in the answer is too large"}),
    ],
)
def test_what_another_system_answers_is_told_when_it_is_to_be_kept(content, told):
    office, caller = Office(), Caller()
    caller.answers = {"https://x.example/": Answer(200, content)}
    kept = msgspec.structs.replace(hook("w"), keep=True)
    performed(office, caller, kept)
    expected = {"journey": "j", "step": "s", "status": 200, "call": "w", **told}
    expected["asked_ms"] = kept.decided_ms
    assert office.told() == [("webhook.answered", expected)]


def test_who_is_to_be_in_an_audience_is_told_though_no_network_hears_it():
    office = Office()
    office.desk.put(
        [SyncAudience(id="a", audience="buyers", network="x", change="add", **COMMON)]
    )
    performed(office, Caller())
    ((name, told),) = office.told()
    assert (name, told["audience"], told["outcome"]) == ("audience.joined", "buyers", "held")
    assert told["reason"] == "no connector for ad audiences is set up"


DECIDED_MS = int(NOW.timestamp() * 1000)
HOUR_MS = 3_600_000


def test_one_that_is_late_is_dropped_with_the_reason_and_told_of():
    office = Office()
    office.send(
        message("a", late_ms=DECIDED_MS + HOUR_MS),
        message("b", late_ms=DECIDED_MS - 1, decided_ms=DECIDED_MS - 2 * HOUR_MS),
    )
    assert office.outcome("a") == ("sent", "")
    assert office.outcome("b") == ("expired", "late: decided 2h ago")
    assert ("email.held", "late: decided 2h ago") in [
        (n, p.get("reason")) for n, p in office.told()
    ]


@pytest.mark.parametrize(("hours", "outcome"), [(72, "sent"), (73, "expired")])
def test_a_step_that_says_nothing_gives_three_days(hours, outcome):
    office = Office()
    office.send(message("a", decided_ms=DECIDED_MS - hours * HOUR_MS))
    assert office.outcome("a")[0] == outcome


def test_one_that_is_to_go_all_the_same_goes_however_late():
    office = Office()
    office.send(message("a", late="send", late_ms=1, decided_ms=1))
    assert office.outcome("a")[0] == "sent"


def waits_for_a_person(office: Office, **given) -> None:
    office.send(message("a", late="hold", late_ms=DECIDED_MS - 1, **given))


def test_one_that_is_held_when_late_waits_for_a_person():
    office = Office()
    waits_for_a_person(office)
    assert office.outcome("a") == ("", "")
    assert office.desk.messages["a"].next_at == FOR_A_PERSON
    office.clock.moment += timedelta(days=400)
    office.send()
    assert not office.post.sent


@pytest.mark.parametrize(
    ("answer", "ended"),
    [(released, ("sent", "")), (dropped, ("held", "late: dropped by a person"))],
)
def test_a_person_lets_it_go_or_drops_it(answer, ended):
    office = Office()
    waits_for_a_person(office)
    entry = office.desk.messages["a"]
    entry.effect, entry.next_at = answer(entry.effect), None
    office.clock.moment += timedelta(days=30)
    office.send()
    assert office.outcome("a") == ended


def test_one_that_may_not_go_at_all_asks_no_person():
    office = Office(contact())
    waits_for_a_person(office)
    assert office.outcome("a") == ("held", "no consent for marketing")


def at_night(office: Office) -> None:
    night = Guard("night", "Night", quiet=(Quiet((QuietHours("21:00", "08:00"),)),))
    office.quiet = QuietTimes(
        compile_guards([night], Company("company")), ZoneInfo("Europe/Kyiv")
    )
    office.clock.moment = NOW.replace(hour=20)  # 22:00 in Kyiv.


def test_one_whose_turn_comes_in_quiet_hours_is_put_back_until_they_end():
    office = Office()
    at_night(office)
    office.send(message("a"), message("receipt", purpose="transactional"))
    assert office.post.sent == ["receipt"]
    assert office.outcome("a") == ("", "")
    office.clock.moment = NOW.replace(day=2, hour=5, minute=59)
    office.send()
    assert office.post.sent == ["receipt"]
    office.clock.moment = NOW.replace(day=2, hour=6)
    office.send()
    assert office.outcome("a") == ("sent", "")


def test_one_that_is_late_when_the_quiet_hours_end_is_dropped_then():
    office = Office()
    at_night(office)
    office.send(message("a", late_ms=int(NOW.replace(hour=23).timestamp() * 1000)))
    office.clock.moment = NOW.replace(day=2, hour=6)
    office.send()
    assert office.outcome("a")[0] == "expired"


def test_a_topic_that_was_left_since_holds():
    office = Office(agreeing(topics={"news": Consent(False, 1, "x")}))
    office.send(message("a", topic="news"), message("b", topic="offers"))
    assert office.outcome("a") == ("held", "topic news was left")
    assert office.outcome("b") == ("sent", "")


@given(
    st.lists(
        st.fixed_dictionaries({
            "channel": st.sampled_from([*CHANNELS, "notice"]),
            "purpose": st.sampled_from(["marketing", "transactional", "news"]),
            "topic": st.sampled_from(["", "news"]),
            "held": st.sampled_from(["", "cap: 1 email in 1d"]),
            "late": st.sampled_from(["drop", "send"]),
            "late_ms": st.sampled_from([0, DECIDED_MS - 1, DECIDED_MS + HOUR_MS]),
            "decided_ms": st.sampled_from([DECIDED_MS, DECIDED_MS - 100 * HOUR_MS]),
            "contact": st.sampled_from([1, 2, 3]),
        }),
        max_size=12,
    ),
    st.booleans(),
)  # fmt: skip
def test_each_decided_message_has_one_outcome_and_each_that_did_not_go_a_reason(decided, night):
    refused = {"news": Consent(False, 1, "x")}
    office = Office(agreeing(), contact(2, consents=refused, topics=refused))
    if night:
        at_night(office)
    messages = [message(str(number), **one) for number, one in enumerate(decided)]
    office.send(*messages)
    office.clock.moment += timedelta(hours=12)
    office.send()
    for each in messages:
        outcome, reason = office.outcome(each.id)
        assert outcome
        assert bool(reason) == (outcome != "sent")
    told = [properties["message"] for _, properties in office.told()]
    assert sorted(told) == sorted(each.id for each in messages)
