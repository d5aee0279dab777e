"""Data from the open internet: it is shown as text, or not at all, and breaks nothing."""

import pytest

from happenings import person
from ripely.model.catalog import CATALOG
from ripely.model.ids import contact_code
from ripely.operations.library import automations

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


NAMED = f"""
kind: segment
id: s
name: {SCRIPT}
description: {SCRIPT}
when: {{if: attribute, name: {SCRIPT}, value: {SCRIPT}}}
---
kind: score
id: x
name: {SCRIPT}
description: {SCRIPT}
levels: [{{name: {SCRIPT}, at_least: 1}}]
events: [{{on: {SCRIPT}, points: 5, name: {SCRIPT}}}, {{on: page.viewed, points: 5, name: {SCRIPT}}}]
---
kind: template
id: t
name: {SCRIPT}
subject: {SCRIPT}
body: "<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>"
---
kind: guard
id: g
name: {SCRIPT}
caps: [{{at_most: 1, within: 1d, topic: {SCRIPT}}}]
---
kind: team
id: team
name: {SCRIPT}
members: [{{who: {SCRIPT}}}]
---
kind: journey
id: j
name: {SCRIPT}
description: {SCRIPT}
triggers: [{{on: request}}, {{on: event, event: {SCRIPT}}}, {{on: event, event: page.viewed}}]
goal: {{name: {SCRIPT}, when: {{if: did, event: {SCRIPT}}}, within: 5d}}
leave: [{{when: {{if: tag, name: {SCRIPT}}}, reason: {SCRIPT}}}]
start: a
steps:
  a: {{do: task, title: {SCRIPT}, script: {SCRIPT}, assignee: {SCRIPT}, then: b}}
  b: {{do: notify, text: {SCRIPT}, to: {SCRIPT}, then: c}}
  c: {{do: update, add_tags: [<b>tag</b>], set: {{{SCRIPT}: {SCRIPT}}}, then: d}}
  d: {{do: send, template: t, topic: {SCRIPT}, then: e}}
  e: {{do: note, text: {SCRIPT}, then: f}}
  f: {{do: experiment, metric: {{if: did, event: {SCRIPT}}}, within: 5d, arms: [{{name: {SCRIPT}, weight: 1, then: h}}, {{name: b, weight: 1, then: h}}]}}
  h: {{do: wait, for: 5d, then: i}}
  i: {{do: exit, reason: {SCRIPT}}}
"""  # a person could write all this, or an assistant on their behalf
ADDRESSES = (
    "/", "/contacts/", "/tasks/", "/journeys/", "/journeys/j/", "/segments/", "/segments/s/", "/scores/", "/scores/x/",
    "/messages/", "/definitions/", "/definitions/journey/j/", "/definitions/journey/j/1/", "/definitions/team/team/",
    "/definitions/guard/g/", "/library/", "/settings/", "/system/",
)  # fmt: skip


def test_no_name_that_a_document_gives_becomes_code(client, world):
    world.publish(NAMED.encode())
    world.tell("eve", "contact.identified", 50, email="eve@example.com", owner=SCRIPT)
    world.tell("eve", "page.viewed", 40, path="/a")
    world.tell("eve", SCRIPT, 30)
    world.fold()
    eve = contact_code(person("eve"))
    client.post("/settings/keys/", {"source": SCRIPT, "kind": "server"})
    client.post(f"/contacts/{eve}/start/", {"journey": SCRIPT})
    for address in (*ADDRESSES, f"/contacts/{eve}/", f"/contacts/{eve}/why/?segment=s"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert SCRIPT not in answer.content.decode(), address
        assert b"<b>tag" not in answer.content, address


ODD = [
    SCRIPT,
    None,
    [],
    [[1], {"a": [None]}],
    {"a": {"b": SCRIPT}},
    -1e308,
    2**63 - 1,
    True,
    "9999-12-31",
    "",
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:12])
def test_a_story_of_any_event_with_any_value_is_told(client, world, odd):
    world.publish()
    inner = {"contact.merged", "contact.absorbed", "contact.unmerged", "contact.revived", "contact.erased",
             "contact.cleared", "contact.resumed", "rules.changed"}  # fmt: skip
    for number, standard in enumerate(s for s in CATALOG if s.name not in inner):
        said = dict.fromkeys([*standard.properties, "reason", "by", "journey", "segment"], odd)
        world.tell("eve", standard.name, 1_000 - number, **said)
    world.tell("eve", "contact.identified", 1, email="eve@example.com")
    world.fold()
    for address in ("/", "/contacts/", "/tasks/", f"/contacts/{contact_code(person('eve'))}/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert SCRIPT not in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/journeys/welcome/winner/", {"step": "call", "arm": SCRIPT}),
        ("/journeys/welcome/winner/", {"step": "\x00" * 3, "arm": "\x00"}),
        ("/journeys/welcome/winner/", {}),
        ("/journeys/nobody/pause/", {}),
        ("/definitions/journey/welcome/99/", {}),
        ("/definitions/journey/welcome/99999999999999999999/", {}),
        ("/definitions/what/ever/1/", {}),
        ("/messages/x/late/", {"answer": "release"}),
        ("/messages/x/late/", {"answer": SCRIPT}),
        ("/library/nothing/use/", {}),
        ("/contacts/0000000000000001/start/", {"journey": "welcome"}),
    ],
)
def test_a_form_that_somebody_made_up_does_no_harm(client, world, address, said):
    world.publish()
    before = world.app.rulesets.current()
    answer = client.post(address, said, follow=True)
    assert answer.status_code in {200, 400, 404}
    assert SCRIPT not in answer.content.decode()
    assert world.app.rulesets.current() == before


@pytest.mark.parametrize(
    "address",
    [
        "/journeys/welcome/pause/",
        "/journeys/welcome/resume/",
        "/journeys/welcome/winner/",
        "/definitions/journey/welcome/1/",
        "/library/{library}/use/",
    ],
)
def test_what_changes_everybodys_rules_is_for_operators_alone(colleague, world, address):
    world.publish()
    before = world.app.rulesets.current()
    one = automations()[0].id
    assert colleague.post(address.format(library=one)).status_code == 403
    assert world.app.rulesets.current() == before
