"""What the pages show of what has happened."""

import re
from datetime import timedelta

import msgspec
import psycopg
import pytest

from happenings import NOW, person
from ports.desk import message as decided
from ripely.model.ids import contact_code, fingerprint
from ripely.runtime.lateness import FOR_A_PERSON, WAITS

SHOP = "https://shop.example"
EMPTY = (
    "/", "/contacts/", "/tasks/", "/journeys/", "/segments/", "/scores/", "/messages/",
    "/mailbox/", "/settings/", "/system/",
)  # fmt: skip


def page(client, address, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


def dossier(who):
    return f"/contacts/{contact_code(person(who))}/"


def visit(world, who, path, seconds_ago, title=""):
    world.tell(who, "page.viewed", seconds_ago, url=SHOP + path, path=path, title=title)


@pytest.fixture
def carol(world):
    """Carol reads the prices twice on Monday, searches, clicks, and says who she is."""
    world.publish()
    visit(world, "carol", "/pricing", 7200, "Prices")
    visit(world, "carol", "/ovens/", 7100, "Ovens")
    world.tell("carol", "page.left", 7050, url=SHOP + "/ovens/", seconds=45)
    world.tell("carol", "search.performed", 7000, query="steam oven", url=SHOP + "/search")
    world.tell("carol", "element.clicked", 6900, name="instalments", text="Instalments")
    world.tell(
        "carol", "contact.identified", 6800, name="Carol Reed", email="carol@example.com",
        phone="+380501234567", timezone="Europe/Kyiv",
    )  # fmt: skip
    visit(world, "carol", "/pricing", 600, "Prices")
    world.fold()
    return world


@pytest.mark.parametrize("address", EMPTY)
def test_an_empty_product_says_what_to_do_next(client, address):
    assert 'class="empty' in page(client, address) or address == "/system/"


def test_the_live_page_tells_who_did_what_where(client, carol):
    shown = page(client, "/")
    assert "Carol Reed" in shown
    assert "Searched for “steam oven”" in shown
    assert "shop.example" in shown
    assert dossier("carol") in shown


def test_the_live_page_is_only_sent_again_when_something_happened(client, carol):
    newest = carol.app.log.tail(1)[0].id
    address = f"/live/events/?seen={newest}"
    assert client.get(address).status_code == 204
    carol.tell("dan", "page.viewed", 1, url=SHOP + "/", title="Start")
    shown = page(client, address)
    assert "Visitor" in shown
    assert shown.count("is-fresh") == 1


def test_the_dossier_groups_the_story_in_visits(client, carol):
    shown = page(client, dossier("carol"))
    assert shown.count("passage-visit") == 2
    for words in (
        "Carol Reed",
        "carol@example.com",
        "Europe/Kyiv",
        "14:00",
        "Clicked “Instalments”",
        "45 s",
    ):
        assert words in shown


def test_the_dossier_tells_the_score_and_why(client, carol):
    shown = page(client, dossier("carol"))
    assert "Interest +10 to 30" in shown
    assert "Read a page" in shown
    assert "ripe" in shown


def test_the_dossier_tells_parts_and_what_time_will_do(client, world):
    world.publish(
        b"""kind: score
id: interest
name: Interest
half_life: 30d
most: 500
levels: [{name: warm, at_least: 10}]
per: {by: property, name: category}
general: {page.viewed: 2}
events:
  - {on: product.viewed, points: 20}
  - {on: form.submitted, points: 7, expires: 1d}
"""
    )
    world.tell("eve", "product.viewed", 90, category="boots")
    world.tell("eve", "form.submitted", 60)
    world.fold()
    shown = page(client, dossier("eve"))
    assert "20 of these points fade" in shown
    assert "7 end at" in shown
    assert "boots" in shown
    score = page(client, "/scores/interest/")
    assert "Viewed a page." in score
    assert "lose half of their worth in 30 days" in score
    assert "never more than 500" in score
    assert "for each category" in score


def test_the_timeline_shows_one_kind_alone(client, carol):
    shown = page(client, dossier("carol") + "?show=searches", HX_Request="true")
    assert "steam oven" in shown
    assert "Prices" not in shown


def test_why_somebody_is_in_a_segment_is_told_row_by_row(client, carol):
    shown = page(client, dossier("carol") + "why/?segment=hot")
    assert "Is in the segment" in shown
    assert "A page whose address contains “/pricing” was viewed at least 2 times" in shown
    assert "2 times or more" in shown
    assert shown.count("is-true") == 3
    assert shown.count("is-false") == 1


def test_why_a_stranger_is_not_in_a_segment(client, carol):
    visit(carol, "dan", "/pricing", 30)
    carol.fold()
    shown = page(client, dossier("dan") + "why/?segment=hot")
    assert "Is not in the segment" in shown
    assert "once" in shown


def test_an_open_dossier_is_sent_again_only_when_something_happened(client, carol):
    from ripely.operations.dossiers import timeline

    newest = timeline.newest(carol.app.history, person("carol"))
    address = f"{dossier('carol')}pulse/?newest={newest}&floor=0"
    assert client.get(address).status_code == 204
    visit(carol, "carol", "/thanks", 5, "Thank you")
    carol.fold()
    shown = page(client, address)
    assert "Thank you" in shown
    assert "hx-swap-oob" in shown


def test_older_parts_of_a_long_story_follow_on_request(client, world):
    world.publish()
    for hour in reversed(range(150)):
        visit(world, "ann", f"/page-{hour}/", hour * 3600, f"Page {hour} of the book")
        world.fold()
    shown = page(client, dossier("ann") + "?show=pages")
    assert "Page 0 of the book" in shown
    assert "Page 140 of the book" not in shown
    older = shown.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
    assert "Page 140 of the book" in page(client, older, HX_Request="true")


def test_the_journey_shows_who_is_where(client, carol):
    listed = page(client, "/journeys/")
    assert "Welcome call" in listed
    shown = page(client, "/journeys/welcome/")
    for words in (
        "Call the reader",
        "Wait 2 days",
        "phone is known",
        "Version 1",
        "kind: journey",
    ):
        assert words in shown
    assert "1 here" in shown
    assert "1 passed" in shown
    inside = page(client, dossier("carol"))
    assert "Welcome call" in inside
    assert "At “Later”" in inside


def test_nobody_is_counted_at_a_step_that_they_have_left(client, carol):
    carol.tell("carol", "order.completed", 1)
    carol.fold()
    shown = page(client, "/journeys/welcome/")
    assert " here" not in shown
    assert "Reached the goal" in page(client, dossier("carol"))


def test_segments_and_scores_are_read_back_in_words(client, carol):
    assert "A page" in page(client, "/segments/hot/") or "a page" in page(
        client, "/segments/hot/"
    )
    assert "Welcome call" in page(client, "/segments/hot/")
    assert "Each time “Page viewed” happens" in page(client, "/scores/interest/")


def task(world, key="t1", contact="carol", kind="call"):
    with psycopg.connect(world.app.pool.conninfo, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO tasks (id, contact, type, title, script, assignee, journey, step, due_at)"
            " VALUES (%s, %s, %s, 'Call now', 'Good day.', '', 'welcome', 'call', %s)",
            (key, person(contact), kind, NOW - timedelta(hours=1)),
        )


def test_a_task_shows_what_to_speak_about(client, carol):
    task(carol)
    shown = page(client, "/tasks/")
    for words in (
        "Call now",
        "Carol Reed",
        "+380501234567",
        "Prices",
        "steam oven",
        "Instalments",
        "Good day.",
    ):
        assert words in shown


def test_calls_that_wait_for_a_team_are_shown_with_the_reason(client, carol, app):
    with app.pool.connection() as connection:
        for number, priority in ((1, 5), (2, 9)):
            connection.execute(
                "INSERT INTO queue (id, contact, team, priority, title, decided_at, body)"
                " VALUES (%s, %s, 'sales', %s, %s, now(), '')",
                (f"q{number}", person("carol"), priority, f"Call number {number}"),
            )
        connection.execute(
            "INSERT INTO queues (team, reason) VALUES ('sales', 'everybody is away')"
        )
    shown = page(client, "/tasks/")
    for words in ("2 calls wait for the team sales", "Everybody is away", "Carol Reed"):
        assert words in shown
    assert shown.index("Call number 2") < shown.index("Call number 1")


@pytest.mark.parametrize(
    ("outcome", "event", "closed"),
    [
        ("reached", "call.answered", True),
        ("not_reached", "call.missed", False),
        ("done", "task.done", True),
    ],
)
def test_the_outcome_of_a_task_is_an_event_and_closes_it(client, carol, outcome, event, closed):
    from ripely.records.hot.models import ContactTask

    task(carol)
    answer = client.post(
        "/tasks/t1/outcome/", {"outcome": outcome, "remark": "asked for a quote"}
    )
    assert answer.status_code == 302
    told = carol.app.log.tail(1)[0]
    assert (told.name, told.contact) == (event, person("carol"))
    assert told.properties == {
        "task": "t1",
        "title": "Call now",
        "outcome": outcome,
        "remark": "asked for a quote",
        "by": "ann@example.com",
    }
    row = ContactTask.objects.get(pk="t1")
    assert (row.done_at is not None) == closed
    assert closed or row.due_at == NOW + timedelta(days=1)


def test_a_task_that_is_done_stays_done(client, carol):
    task(carol)
    client.post("/tasks/t1/outcome/", {"outcome": "done"})
    assert client.post("/tasks/t1/outcome/", {"outcome": "reached"}).status_code == 404
    assert client.post("/tasks/t1/outcome/", {"outcome": "sold"}).status_code == 404


def test_messages_are_counted_by_outcome_with_reasons(client, carol):
    with psycopg.connect(carol.app.pool.conninfo, autocommit=True) as connection:
        for n, (outcome, reason) in enumerate(
            [("sent", ""), ("held", "no consent for marketing"), (None, "")]
        ):
            connection.execute(
                "INSERT INTO messages (id, contact, journey, version, step, channel, template, recipient, decided_at, outcome, reason)"
                " VALUES (%s, %s, 'welcome', 1, 's', 'email', 'hello', 'c@example.com', %s, %s, %s)",
                (f"m{n}", person("carol"), NOW, outcome, reason),
            )
    shown = page(client, "/messages/")
    assert "no consent for marketing · 1" in shown
    held = page(client, "/messages/?outcome=held")
    assert held.count("status-held") == 2
    assert "no consent for marketing" in page(client, dossier("carol"))


def test_a_mail_is_framed_so_that_it_can_do_nothing(client, app):
    mail = (
        b"From: shop@example.com\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: text/html; charset="utf-8"\r\n\r\n'
        b'<p>Hi <a href="https://shop.example/x">look</a><script>alert(1)</script></p>'
    )
    app.mailbox.keep("carol@example.com", mail)
    number = app.mailbox.newest(1)[0].id
    shown = page(client, f"/mailbox/{number}/")
    assert "sandbox=" in shown
    assert "https://shop.example/x" in shown
    body = client.get(f"/mailbox/{number}/body/")
    assert "sandbox allow-popups" in body["Content-Security-Policy"]
    assert "script" not in body["Content-Security-Policy"]
    assert body["X-Frame-Options"] == "SAMEORIGIN"


def test_a_write_key_is_made_shown_and_revoked(client, app):
    client.post("/settings/keys/", {"source": "Main shop", "kind": "page"})
    from ripely.records.hot.models import WriteKey

    key = WriteKey.objects.get()
    shown = page(client, "/settings/?consent=always&domain=https://www.example.com/x")
    assert f"data-write-key=&quot;{key.key}&quot;" in shown
    assert "data-consent=&quot;always&quot; data-cookie-domain=&quot;example.com&quot;" in shown
    client.post(f"/settings/keys/{key.key}/revoke/")
    assert "revoked" in page(client, "/settings/")
    assert "data-write-key" not in page(client, "/settings/")


def test_the_key_of_a_server_is_shown_once_and_in_no_tracking_code(client, app):
    from ripely.records.hot.models import WriteKey

    client.post("/settings/keys/", {"source": "Billing", "kind": "server"})
    kept = WriteKey.objects.get()
    shown = page(client, "/settings/")
    (key,) = re.findall(r'id="made-key">([\w-]+)<', shown)
    assert (kept.kind, kept.key) == ("server", fingerprint(key))
    assert "data-write-key" not in shown
    assert key not in page(client, "/settings/")
    assert "data-write-key" not in page(client, f"/settings/?key={kept.key}")
    client.post(f"/settings/keys/{kept.key}/revoke/")
    assert "revoked" in page(client, "/settings/")


@pytest.mark.parametrize("wrong", [{"kind": "root"}, {}, {"kind": "page", "source": "x" * 61}])
def test_a_key_is_for_a_page_or_for_a_server(client, app, wrong):
    from ripely.records.hot.models import WriteKey

    client.post("/settings/keys/", {"source": "x"} | wrong)
    assert not WriteKey.objects.exists()
    assert "Give the key a name" in page(client, "/settings/")


def test_the_operator_sees_the_lag_and_resumes_a_contact(client, carol):
    with psycopg.connect(carol.app.pool.conninfo, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO parked (contact, position, body, error) VALUES (%s, 5, '', %s)",
            (person("carol"), "Traceback\nValueError: a rule went wrong"),
        )
    visit(carol, "dan", "/", 1)
    shown = page(client, "/system/")
    assert "ValueError: a rule went wrong" in shown
    assert ">1<" in shown
    answer = client.post(f"/system/quarantine/{contact_code(person('carol'))}/resume/")
    assert answer.status_code == 302
    assert carol.app.log.tail(1)[0].name == "contact.resumed"


@pytest.mark.parametrize(
    "code", ["zzzzzzzzzzzzzzzz", "1", "0000000000000000", "ffffffffffffffff"]
)
def test_a_contact_nobody_knows_is_not_found(client, code):
    assert client.get(f"/contacts/{code}/").status_code == 404


LETTERS = b"""
kind: template
id: news
name: News
subject: News
body: <mjml><mj-body></mj-body></mjml>
---
kind: journey
id: letters
name: Letters
triggers: [{on: event, event: order.completed}]
start: send
steps: {send: {do: send, template: news}}
"""


def late_message(world, name: str) -> None:
    body = msgspec.msgpack.encode(decided(name, late="hold", late_ms=1))
    with psycopg.connect(world.app.pool.conninfo, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO messages (id, contact, journey, version, step, channel, template, recipient, decided_at, next_at, reason, body)"
            " VALUES (%s, %s, 'welcome', 1, 's', 'email', 'hello', 'c@example.com', %s, %s, %s, %s)",
            (name, person("carol"), NOW, FOR_A_PERSON, WAITS, body),
        )


def test_a_late_message_is_sent_or_dropped_by_a_click(client, carol):
    late_message(carol, "m1")
    assert "Late: a person decides" in page(client, "/messages/")
    assert client.post("/messages/m1/late/", {"answer": "keep"}).status_code == 400
    answered = client.post("/messages/m1/late/", {"answer": "release"}, follow=True)
    assert "It is sent now." in answered.content.decode()
    assert "Late: a person decides" not in page(client, "/messages/")
    again = client.post("/messages/m1/late/", {"answer": "drop"}, follow=True)
    assert "waits for nobody any more" in again.content.decode()


def test_what_guards_held_back_this_week_is_counted_by_reason(client, carol):
    today = int(NOW.timestamp()) // 86_400
    with psycopg.connect(carol.app.pool.conninfo, autocommit=True) as connection:
        for day, item, n in (
            (today, "hello:waits:cap", 200), (today - 6, "news:waits:cap", 14), (today - 7, "hello:waits:cap", 1_000),
            (today, "hello:held:quiet hours", 3),
        ):  # fmt: skip
            connection.execute(
                "INSERT INTO tallies (kind, subject, item, lane, n) VALUES ('message', %s, %s, 0, %s)",
                (str(day), item, n),
            )
    shown = page(client, "/messages/")
    assert "<tr><td>cap</td><td>214</td><td>0</td></tr>" in shown
    assert "<tr><td>quiet hours</td><td>0</td><td>3</td></tr>" in shown
    carol.publish(LETTERS)
    assert "<tr><td>cap</td><td>14</td><td>0</td></tr>" in page(client, "/journeys/letters/")


def test_a_dossier_shows_how_far_the_contact_has_come(client, world):
    world.publish()
    world.tell("carol", "visit.started", 95, number=1, utm_source="news", utm_campaign="may")
    world.tell("carol", "contact.identified", 90, name="Carol Reed", email="carol@example.com")
    world.tell(
        "carol", "deal.opened", 80, deal="d1", pipeline="sales", stage="offer", value=900
    )
    world.tell("carol", "quote.sent", 70, quote="q7", value=120.5)
    world.tell("carol", "product.added", 60, product_id="steam-oven", price=10, quantity=2)
    world.tell("carol", "topic.joined", 50, topic="bikes")
    world.tell("carol", "list.joined", 40, list="friends")
    world.tell("carol", "call.forbidden", 30, reason="asked on the phone")
    world.fold()
    shown = " ".join(re.sub(r"<[^>]+>", " ", page(client, dossier("carol"))).split())
    for words in (
        "Deal: Sales open, offer",
        "Quote q7 sent",
        "In the cart: 2",
        "Bikes",
        "Friends",
        "not allowed asked on the phone",
        "Owner nobody",
        "May not be called any more",
    ):
        assert words in shown, words


def test_a_way_of_a_branch_is_told_by_what_it_asks(client, world):
    world.publish()
    shown = client.get("/journeys/welcome/").content.decode()
    assert (
        '<p class="way-label" title="phone is known"><span>phone is known</span></p>' in shown
    )


def test_a_restored_installation_says_so_on_every_page_until_an_operator_lets_it_send(
    client, colleague, app
):
    with app.pool.connection() as connection:
        connection.execute("INSERT INTO home (name) VALUES ('7000000000000000001/16384')")
    assert "restored or copied" in page(client, "/contacts/")
    assert "Send from here" not in page(colleague, "/contacts/")
    assert colleague.post("/system/take-over/").status_code == 403
    assert "restored or copied" in page(client, "/contacts/")
    client.post("/system/take-over/")
    assert "restored or copied" not in page(client, "/contacts/")
