"""The library's pages: every ready-made automation is shown, and put in force with one click."""

import pytest

from ripely.operations.library import automations

MINE = b"""
kind: template
id: what-is-missing
name: My question
subject: Mine
body: <mjml><mj-body></mj-body></mjml>
"""


def test_the_shelf_shows_every_automation(client):
    page = client.get("/library/").content.decode()
    for one in automations():
        assert f'href="/library/{one.id}/"' in page
    assert "in force" not in page


@pytest.mark.parametrize("one", automations(), ids=lambda one: one.id)
def test_each_is_drawn_and_shown_with_its_documents(client, one):
    answer = client.get(f"/library/{one.id}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    for journey in one.journeys:
        assert f"id: {journey.id}" in page
    assert "Use it" in page


def test_the_drawing_tells_the_whole_journey(client):
    page = client.get("/library/win-back/").content.decode()
    assert "only if the contact is a customer" in page
    assert "<b>Goal:</b>" in page
    assert "<b>Ends at once:</b> they are back." in page


def test_one_click_puts_it_in_force(client, app):
    answer = client.post("/library/win-back/use/", follow=True)
    assert answer.redirect_chain == [("/journeys/win-back/", 302)]
    assert "is in force" in answer.content.decode()
    assert "win-back" in in_force(app)
    assert "in force" in client.get("/library/").content.decode()
    page = client.get("/library/win-back/").content.decode()
    assert "Use it" not in page
    assert "Put back as it was" not in page


def test_what_is_yours_is_used_and_put_back_only_by_a_click_of_its_own(client, app):
    publish(app, {"mine.yaml": MINE})
    assert "Yours, and used as they are" in client.get("/library/win-back/").content.decode()
    client.post("/library/win-back/use/")
    assert in_force(app)["what-is-missing"] == "My question"
    assert "Put back as it was" in client.get("/library/win-back/").content.decode()
    client.post("/library/win-back/use/", {"again": "1"})
    assert in_force(app)["what-is-missing"] == "What is missing?"


def test_who_does_not_run_the_system_may_look_but_not_take(colleague, app):
    assert colleague.get("/library/win-back/").status_code == 200
    assert colleague.post("/library/win-back/use/").status_code == 403
    assert not in_force(app)


def test_what_does_not_exist_is_not_found(client):
    assert client.get("/library/winback/").status_code == 404


def in_force(app):
    from ripely.operations.publishing import definitions

    return {d.id: d.name for d in definitions.in_force(app.rulesets).definitions}


def publish(app, files):
    from ripely.operations.publishing.definitions import apply

    assert not apply(files, "ann", app.rulesets, "UTC").plan.errors
