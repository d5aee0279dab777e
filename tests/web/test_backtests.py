"""Backtests on the pages: asked for, watched, read, shared and taken along."""

import re
import threading

import msgspec
import pytest

from happenings import LOGIN

DRAFT = """
kind: journey
id: thanks
name: Thanks
triggers: [{on: event, event: order.completed}]
start: wait
steps:
  wait: {do: wait, for: 1h, then: call}
  call: {do: task, title: Call, assignee: mia@shop.example}
"""


@pytest.fixture
def asked(client, world):
    """Ask for a backtest as a person would; return its address and its row."""
    from ripely.records.backtests.models import Backtest

    world.publish()
    answer = client.post(
        "/backtests/of/thanks/",
        {"journey": "thanks", "days": 90, "react": "nobody", "text": DRAFT},
    )
    test = Backtest.objects.get()
    assert answer["Location"] == f"/backtests/{test.pk}/"
    return answer["Location"], test


@pytest.fixture
def done(asked, django_database):
    from ripely.cli.jobs import work

    assert work(django_database, threading.Event()) == 1
    return asked


def test_it_is_asked_for_with_the_document_as_it_is_written(asked):
    from ripely.operations.backtesting import backtests

    _, test = asked
    assert (test.journey, test.state, test.author) == ("thanks", "waiting", LOGIN)
    question = backtests.asked_of(test)
    assert question.until_s - question.since_s == 90 * 86_400
    assert backtests.journey_of(test).name == "Thanks"


def test_a_document_with_problems_is_not_tried_and_they_are_said(client, world):
    from ripely.records.backtests.models import Backtest

    world.publish()
    said = {
        "journey": "thanks",
        "days": 90,
        "react": "nobody",
        "text": DRAFT.replace("1h", "soon"),
    }
    answer = client.post("/backtests/of/thanks/", said)
    assert b"Line 8:" in answer.content
    assert not Backtest.objects.exists()


def test_it_is_watched_until_it_ends_and_can_be_cancelled(client, asked):
    address, _ = asked
    page = client.get(address).content
    assert b"Waits for its turn" in page
    part = client.get(address, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"<progress" in part.content
    client.post(f"{address}cancel/")
    assert b"cancelled before its end" in client.get(address).content
    assert client.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_report_is_read_with_plots_whose_tables_say_the_same(client, done):
    address, _ = done
    page = client.get(address).content.decode()
    assert "would have entered" in page
    assert "data-plot=" in page
    assert "built/plot.js" in page
    assert "What is assumed" in page
    assert " style=" not in page


def test_it_is_read_without_an_account_only_while_the_link_is_on(client, visitor, done):
    from django.test import Client

    address, _ = done
    client.post(f"{address}share/", {"share": 1})
    page = client.get(address).content.decode()
    (link,) = set(re.findall(r"/backtests/shared/([^/]+)/", page))
    stranger = Client()
    page = stranger.get(f"/backtests/shared/{link}/")
    assert page.status_code == 200
    assert b"/contacts/" not in page.content
    assert stranger.get(f"/backtests/shared/{link}x/").status_code == 404
    assert stranger.get(address).status_code == 302
    client.post(f"{address}share/", {"keep": 1})
    assert stranger.get(f"/backtests/shared/{link}/").status_code == 404


def test_the_specification_is_text_and_a_document_that_can_be_published(client, done):
    from ripely.operations.publishing.review import review

    address, _ = done
    text = client.get(f"{address}specification.md").content.decode()
    assert "# Specification: Thanks" in text
    assert "What starts it" in text
    assert "Tried: who would have entered" in text
    document = client.get(f"{address}specification.yaml").content
    documents, findings = review({"a.yaml": document})
    assert not findings
    assert documents[0].definition.id == "thanks"
    assert client.get(f"{address}specification.exe").status_code == 404


def test_the_specification_is_printed_the_same_each_time(client, done):
    address, _ = done
    printed = client.get(f"{address}specification.pdf")
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")
    assert printed.content == client.get(f"{address}specification.pdf").content


def test_any_letters_can_be_printed():
    from ripely.operations.backtesting.printing import print_pdf
    from ripely.operations.backtesting.report import Section

    long = "x" * 300
    sections = [Section("Кроки", ["1. Надіслати «Лист» <b>&</b>", long, "Größe, Łódź, Αθήνα"])]
    printed = print_pdf("Специфікація", sections, f"kind: journey\nname: {long}\n")
    assert printed.count(b"/FontFile2") == 3


def test_a_colleague_approves_exactly_this_content(client, colleague, done):
    from ripely.operations.publishing import gate

    address, test = done
    own = client.post(f"{address}approve/", follow=True).content.decode()
    assert "somebody else must approve it, too" in own
    other = colleague.post(f"{address}approve/", follow=True).content.decode()
    assert "You have approved exactly this content." in other
    assert gate.standing("thanks", test.content).approvals == ["bob@example.com"]


def test_a_journey_leads_to_its_backtests_and_asks_for_one_before_publishing(client, world):
    from ripely.operations.publishing import definitions, drafts
    from ripely.records.backtests.models import Override

    world.publish()
    company = b"kind: company\nid: company\npublishing: {needs: backtest}\n"
    definitions.apply({"c.yaml": company}, "ann", world.app.rulesets, "UTC")
    assert b"/backtests/of/welcome/" in client.get("/journeys/welcome/").content
    drafts.keep(("journey", "thanks"), DRAFT, LOGIN)
    publish = "/drafts/journey/thanks/publish/"
    page = client.post(publish, follow=True).content.decode()
    assert "it needs a backtest of exactly this content" in page
    assert 'name="anyway"' in page
    assert "is in force" in client.post(publish, {"anyway": 1}, follow=True).content.decode()
    assert Override.objects.get().by == LOGIN


def test_a_link_that_was_switched_off_is_never_on_again(client, visitor, done):
    from django.test import Client

    address, _ = done
    links = []
    for _ in range(2):
        client.post(f"{address}share/", {"share": 1})
        page = client.get(address).content.decode()
        links += set(re.findall(r"/backtests/shared/([^/]+)/", page))
        client.post(f"{address}share/", {"share": 1})
        assert Client().get(f"/backtests/shared/{links[-1]}/").status_code == 200
        if len(links) == 1:
            client.post(f"{address}share/", {"keep": 1})
    assert Client().get(f"/backtests/shared/{links[0]}/").status_code == 404
    assert Client().get(f"/backtests/shared/{links[1]}/").status_code == 200


def report_naming(test, contact):
    """Have the report of a backtest name somebody who entered twice."""
    from ripely.model.backtest import Example
    from ripely.operations.backtesting import backtests

    report = backtests.report_in(test)
    two = (Example(contact, 5), Example(contact, 6))
    report = msgspec.structs.replace(report, entered=2, people=1, examples=two)
    test.report = msgspec.json.encode(report).decode()
    test.save(update_fields=["report"])


def test_people_stand_in_it_by_name_once_and_nowhere_for_strangers(
    client, visitor, world, done
):
    from django.test import Client

    from ripely.operations.backtesting import backtests
    from ripely.records.hot.models import ContactCard

    address, test = done
    world.tell("carol", "contact.identified", 60, email="carol@example.com", name="Carol")
    world.fold()
    card = ContactCard.objects.get(email="carol@example.com")
    report_naming(backtests.find(test.pk), card.contact)
    page = client.get(address).content.decode()
    link = f"/contacts/{card.contact:016x}/"
    assert page.count(link) == 1
    assert str(card) in page[page.index(link) :][:600]
    client.post(f"{address}share/", {"share": 1})
    page = client.get(address).content.decode()
    (token,) = set(re.findall(r"/backtests/shared/([^/]+)/", page))
    told = [
        Client().get(f"/backtests/shared/{token}/").content.decode(),
        client.get(f"{address}specification.md").content.decode(),
    ]
    assert "mia@" not in told[0]
    for text in told:
        assert "for example person 1" in text
        assert "person 2" not in text
        for secret in (f"{card.contact:016x}", str(card.contact), card.email, str(card)):
            assert secret not in text


def test_beside_a_draft_stands_what_its_last_backtest_counted(client, world, done):
    from ripely.model.backtest import Letters, StepCount
    from ripely.operations.backtesting import backtests
    from ripely.operations.publishing import drafts

    _, test = done
    test = backtests.find(test.pk)
    letters = Letters("hello", "email", {"2026-01-05": 182}, {"cap": 7}, {"quiet": 31})
    report = msgspec.structs.replace(
        backtests.report_in(test),
        entered=4321,
        steps=[
            StepCount("wait", 4300, 21, {"after the wait": 4299}),
            StepCount("call", 4279, 0, {}),
        ],
        letters=[letters],
    )
    test.report = msgspec.json.encode(report).decode()
    test.save(update_fields=["report"])
    drafts.keep(("journey", "thanks"), DRAFT, LOGIN)
    page = client.get("/drafts/journey/thanks/").content.decode()
    beside = page[page.index('id="tried"') :]
    for said in (
        "4,321",
        "4,300 passed, 21 there",
        "4,299",
        "2.0 a day, 182 in all",
        "cap 7",
        "quiet 31",
    ):
        assert said in beside
    assert "has changed since" not in beside
    assert f"/backtests/{test.pk}/" in beside
    changed = {"text": DRAFT.replace("1h", "2h")}
    assert b"has changed since" in client.post("/drafts/journey/thanks/check/", changed).content


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>&{{ 7 }}</para>"


def test_names_are_words_and_never_markup(client, visitor, world):
    from django.test import Client

    from ripely.cli.jobs import work
    from ripely.operations.backtesting import backtests
    from ripely.records.backtests.models import Backtest

    world.publish()
    world.tell("carol", "contact.identified", 60, email="carol@example.com", name=EVIL)
    world.fold()
    text = DRAFT.replace("name: Thanks", f"name: '{EVIL}'").replace(
        "title: Call", f"title: '{EVIL}'"
    )
    text = text.replace("order.completed", "contact.identified")
    said = {"journey": "thanks", "days": 90, "react": "nobody", "text": text}
    address = client.post("/backtests/of/thanks/", said)["Location"]
    work(world.app.database_url, threading.Event())
    test = Backtest.objects.get()
    assert backtests.report_in(test).entered == 1
    client.post(f"{address}share/", {"share": 1})
    page = client.get(address).content.decode()
    (token,) = set(re.findall(r"/backtests/shared/([^/]+)/", page))
    pages = [
        page,
        Client().get(f"/backtests/shared/{token}/").content.decode(),
        client.get("/backtests/of/thanks/").content.decode(),
        client.get("/drafts/journey/thanks/").content.decode(),
    ]
    for shown in pages:
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
    assert "&lt;script&gt;alert(1)" in pages[0]
    assert client.get(f"{address}specification.pdf").content.startswith(b"%PDF-")
