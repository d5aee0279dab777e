"""Data from the open internet: it is shown as text, or not at all, and breaks nothing."""

import pytest

from happenings import person
from ripely.model.ids import contact_code

SCRIPT = "<script>alert('x')</script>"
NASTY = [
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:7 }}{% csrf_token %}",
    "\u202egnp.exe",
    "😀" * 300,
    "x" * 20_000,
    "O'Brien & Söhne; DROP TABLE contacts;--",
    "   ",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_a_visitor_writes_becomes_code(client, world, nasty):
    world.publish()
    url = "https://shop.example/" + nasty
    world.tell(
        "eve",
        "page.viewed",
        50,
        url=url,
        path=nasty,
        title=nasty,
        referrer="javascript:alert(1)",
    )
    world.tell("eve", "search.performed", 40, query=nasty)
    world.tell(
        "eve", "form.submitted", 30, form=nasty, fields={"a": {"b": [nasty, None, 1.5, True]}}
    )
    world.tell(
        "eve",
        "link.clicked",
        20,
        href="javascript:alert(1)",
        url="javascript:alert(1)",
        text=nasty,
    )
    world.tell("eve", nasty, 15, anything=nasty)
    world.tell(
        "eve",
        "contact.identified",
        10,
        name=nasty,
        email="eve@example.com",
        timezone=nasty,
        company=nasty,
    )
    world.fold()
    for address in ("/", "/contacts/", f"/contacts/{contact_code(person('eve'))}/"):
        answer = client.get(address)
        assert answer.status_code == 200
        shown = answer.content.decode()
        assert SCRIPT not in shown
        assert "<img src=x" not in shown
        assert 'href="javascript:' not in shown
        assert "{% csrf_token %}" not in shown or nasty in shown.replace("&quot;", '"')


@pytest.mark.parametrize(
    "query",
    [
        "&|!():*",
        "a & b | !c",
        "\x00",
        "'",
        "\\",
        "😀",
        "%",
        "ann'; DROP TABLE contacts;--",
        "x" * 5000,
    ],
)
def test_any_words_may_be_searched_for(client, world, query):
    assert (
        client.get("/contacts/", {"q": query, "segment": query, "level": query}).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/contacts/", {"after": "what~ever"}),
        ("/contacts/", {"after": "99999999999999999999~1", "order": "score"}),
        ("/contacts/", {"after": "5~99999999999999999999"}),
        ("/contacts/", {"order": "seen", "after": "2030-01-01~1"}),
        ("/messages/", {"after": "no~pe", "outcome": "nothing"}),
        ("/messages/", {"after": "2030-01-01T00:00:00~a\x00b"}),
        ("/messages/", {"after": "0001-01-01T00:00:00+23:59~x"}),
        ("/messages/", {"after": "9999-12-31T23:59:59-23:59~x"}),
        ("/contacts/", {"order": "seen", "after": "0001-01-01T00:00:00+23:59~1"}),
        ("/live/events/", {"seen": "-1"}),
        ("/live/events/", {"seen": "9" * 40}),
    ],
)
def test_an_address_that_somebody_made_up_does_no_harm(client, world, address, query):
    assert client.get(address, query).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/tasks/%00/outcome/", "/settings/keys/%00/revoke/", "/system/quarantine/%00/resume/"],
)
def test_a_thing_that_nobody_could_have_named_is_not_found(client, world, address):
    assert client.post(address, {"outcome": "reached"}).status_code == 404


def test_pages_about_people_are_kept_in_no_cache(client, world):
    assert client.get("/contacts/").headers["Cache-Control"] == "private, no-store"


def test_a_story_without_properties_is_told(client, world):
    world.publish()
    for name in (
        "page.viewed",
        "element.clicked",
        "order.completed",
        "email.opened",
        "contact.identified",
        "x",
    ):
        world.tell("eve", name)
    world.tell("eve", "page.viewed", 5, url=None, title=None, seconds=None)
    world.tell("eve", "page.left", 4, url=None, seconds="many")
    world.fold()
    assert client.get(f"/contacts/{contact_code(person('eve'))}/").status_code == 200
