"""What a reader, a mailbox provider and a scanner get when they ask for the addresses of a mail."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from api.collecting import NOW, NOW_MS, ClosedGate, FixedClock, ListLog
from ripely.adapters.memory.intake import MemoryIntake
from ripely.api.links import Links, Site
from ripely.model.profile import Profile
from ripely.ports import Loaded, Sent
from ripely.render.links import (
    Click,
    Open,
    Unsubscribe,
    click_token,
    derive_keys,
    open_token,
    read_contact,
    unsubscribe_token,
)

KEYS = derive_keys("a secret of more than thirty-two letters")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GMAIL = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)
ANN, BOB = 123, 456
SHOP = "https://shop.example/cart?a=1#top"


class Letters:
    def __init__(self) -> None:
        self.sent = {"m1": Sent(ANN, "welcome", "hello", "letter", NOW_MS - 60_000)}
        self.counts: list[tuple[str, str]] = []
        self.away = False

    def find(self, message):
        if self.away:
            raise OSError("the database is away")
        return self.sent.get(message)

    def count(self, template, what):
        self.counts.append((template, what))


class People:
    def __init__(self) -> None:
        self.profiles = {ANN: Profile(ANN), BOB: Profile(BOB)}

    def load(self, contacts):
        return Loaded(
            {c: self.profiles[c] for c in contacts if c in self.profiles}, frozenset()
        )


class Door:
    """The endpoint with all it needs, and a client without a socket."""

    def __init__(self, gate=None) -> None:
        self.log, self.letters, self.people = ListLog(), Letters(), People()
        site = Site(frozenset({"shop.example"}), "individual", "en")
        self.links = Links(
            KEYS, site, gate or MemoryIntake(self.log), self.letters, self.people, FixedClock()
        )

    def ask(self, path: str, method: str = "GET", agent: str = FIREFOX, body: bytes = b""):
        told = []

        async def receive():
            return {"type": "http.request", "body": body}

        async def send(message):
            told.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(b"user-agent", agent.encode())],
        }
        asyncio.run(self.links(scope, receive, send))
        start, rest = told
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], headers, rest["body"].decode("latin-1")

    def told(self) -> list[tuple[str, int, dict[str, object]]]:
        return [(event.name, event.contact, event.properties) for event in self.log.events]


@pytest.fixture
def door() -> Door:
    return Door()


def click(url: str = SHOP, **who) -> str:
    return f"/c/{click_token(KEYS, Click(url, **(who or {'message': 'm1'})))}"


def opened(**who) -> str:
    return f"/o/{open_token(KEYS, Open(**(who or {'message': 'm1'})))}.gif"


LEAVE = f"/u/{unsubscribe_token(KEYS, Unsubscribe(ANN, 'marketing', 'm1'))}"


def test_a_click_leads_on_and_tells_our_own_site_who_comes(door):
    status, headers, _ = door.ask(click())
    assert status == 302
    target = urlsplit(headers["location"])
    assert (target.hostname, target.path, target.fragment) == ("shop.example", "/cart", "top")
    query = parse_qs(target.query)
    assert query["a"] == ["1"]
    assert read_contact(KEYS, query["_rt"][0], NOW_MS // 1000) == ANN
    assert read_contact(KEYS, query["_rt"][0], NOW_MS // 1000 + 3600) is None
    ((name, contact, properties),) = door.told()
    assert (name, contact) == ("email.clicked", ANN)
    assert properties == {
        "message": "m1", "journey": "welcome", "step": "hello", "template": "letter", "url": SHOP, "by": "human",
    }  # fmt: skip


def test_what_a_reader_does_is_told_with_the_segments_of_the_sending(door):
    door.letters.sent["m1"] = Sent(ANN, "welcome", "hello", "letter", NOW_MS, ["hot"])
    door.ask(click())
    door.ask(opened())
    assert [properties["segments"] for _, _, properties in door.told()] == [["hot"], ["hot"]]


def test_a_stranger_s_site_is_not_told_who_comes(door):
    assert (
        door.ask(click("https://elsewhere.example/"))[1]["location"]
        == "https://elsewhere.example/"
    )
    assert len(door.told()) == 1


def test_an_address_with_odd_letters_is_one_header(door):
    location = door.ask(click("https://elsewhere.example/é b\r\nX: y"))[1]["location"]
    assert location == "https://elsewhere.example/%C3%A9%20b%0D%0AX:%20y"


@pytest.mark.parametrize(
    "path", ["/c/nonsense", "/c/", f"/c/{LEAVE[3:]}", click()[:-3] + "AAA"]
)
def test_what_we_did_not_sign_leads_nowhere(door, path):
    status, headers, _ = door.ask(path)
    assert status == 404
    assert "location" not in headers
    assert not door.told()


def test_an_open_is_noted_and_answered_with_a_picture(door):
    status, headers, body = door.ask(opened())
    assert (status, headers["content-type"]) == (200, "image/gif")
    assert "no-store" in headers["cache-control"]
    assert body.startswith("GIF89a")
    assert [(name, contact) for name, contact, _ in door.told()] == [("email.opened", ANN)]


def test_an_open_through_a_picture_proxy_is_a_person_s(door):
    door.ask(opened(), agent=GMAIL)
    assert door.told()[0][2]["through"] == "Gmail"
    assert door.told()[0][2]["by"] == "human"


MACHINES = [
    ("HEAD", FIREFOX, "HEAD"),
    ("GET", "", "no user agent"),
    ("GET", "Barracuda Sentinel (EE)", "names itself"),
    ("GET", "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", "names itself"),
    ("GET", "python-requests/2.32", "names itself"),
]


@pytest.mark.parametrize(("method", "agent", "reason"), MACHINES)
def test_machines_are_marked_with_the_reason_and_not_taken_for_the_contact(
    door, method, agent, reason
):
    location = door.ask(click(), method, agent)[1]["location"]
    assert location == SHOP
    ((_, _, properties),) = door.told()
    assert properties["by"] == "machine"
    assert reason in properties["reasons"]


def test_a_proxy_that_opens_everything_proves_nothing(door):
    """Apple's mail program fetches every picture, whether its user reads the mail or not."""
    door.ask(opened(), agent="Mozilla/5.0")
    ((_, _, properties),) = door.told()
    assert (properties["by"], "opens everything" in properties["reasons"]) == ("unknown", True)


def test_nobody_reads_within_two_seconds(door):
    door.letters.sent["m1"] = msgspec.structs.replace(
        door.letters.sent["m1"], sent_ms=NOW_MS - 500
    )
    door.ask(click())
    assert "two seconds" in door.told()[0][2]["reasons"]


def test_tracking_that_was_withdrawn_later_is_withdrawn_for_mails_already_sent(door):
    door.people.profiles[ANN].attributes = {"tracking": "none"}
    assert door.ask(click())[1]["location"] == SHOP
    assert door.ask(opened())[0] == 200
    assert not door.told()
    assert not door.letters.counts


def test_who_only_wants_to_be_counted_is_only_counted(door):
    door.people.profiles[ANN].attributes = {"tracking": "aggregate"}
    door.ask(click())
    door.ask(opened(counted="letter"))
    door.ask(click(counted="letter"), agent="Barracuda Sentinel (EE)")
    assert not door.told()
    assert door.letters.counts == [("letter", "clicked"), ("letter", "opened")]


def test_a_contact_that_was_merged_is_the_other_one_by_now(door):
    door.people.profiles[ANN].merged_into = BOB
    door.ask(click())
    assert door.told()[0][1] == BOB


def test_a_reader_gets_to_the_page_whatever_is_wrong_with_us():
    door = Door(ClosedGate())
    assert door.ask(click())[0] == 302
    door.letters.away = True
    assert door.ask(click())[0] == 302
    assert door.ask(opened())[0] == 200


def test_getting_the_page_does_not_unsubscribe(door):
    status, headers, body = door.ask(LEAVE)
    assert status == 200
    assert '<form method="post"><button type="submit">' in body
    assert "marketing" in body
    assert "set-cookie" not in headers
    assert door.ask(LEAVE, "HEAD")[2] == ""
    assert not door.told()


@pytest.mark.parametrize("body", [b"List-Unsubscribe=One-Click", b""])
def test_one_post_unsubscribes_without_a_redirect(door, body):
    status, headers, _ = door.ask(LEAVE, "POST", agent="", body=body)
    assert status == 200
    assert not {"location", "set-cookie"} & set(headers)
    assert [(name, contact, p["purpose"]) for name, contact, p in door.told()] == [
        ("consent.withdrawn", ANN, "marketing"), ("email.unsubscribed", ANN, "marketing"),
    ]  # fmt: skip
    assert door.told()[1][2]["message"] == "m1"


def test_leaving_that_could_not_be_noted_is_not_said_to_have_worked():
    status, headers, body = Door(ClosedGate()).ask(LEAVE, "POST")
    assert status == 503
    assert headers["retry-after"] == "60"
    assert "did not work" in body


def test_a_way_out_that_we_did_not_sign(door):
    assert door.ask("/u/nonsense", "POST")[0] == 404
    assert not door.told()


def test_other_methods_are_refused(door):
    assert door.ask(click(), "POST")[0] == 405
    assert door.ask(LEAVE, "PUT")[0] == 405


def test_now_is_the_clock_s(door):
    door.ask(click())
    assert door.log.events[0].received_ms == int(NOW.timestamp() * 1000)
