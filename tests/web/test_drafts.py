"""Writing a journey as its document, seeing its paths, and walking somebody through it before anybody is."""

import re

import pytest

from ripely.operations.preview.choices import Choice, Setting, read_setting, write_setting

DRAFT = """
kind: journey
id: welcome
name: A warmer welcome
triggers: [{on: event, event: order.completed}]
start: hello
steps:
  hello: {do: send, template: hello, then: wait}
  wait: {do: wait, for: 2d, then: call}
  call: {do: task, title: Call and ask}
---
kind: template
id: hello
name: Hello
subject: 'Hello {{ contact.first_name | default: "you" }}'
body: <mjml><mj-body><mj-section><mj-column><mj-text>Good day.</mj-text><mj-button href="https://shop.example/sale">Sale</mj-button></mj-column></mj-section></mj-body></mjml>
"""


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


@pytest.fixture
def shop(world):
    world.publish()
    return world


@pytest.fixture
def draft(client, shop):
    client.post("/drafts/journey/welcome/", {"text": DRAFT})
    return shop


def begun(client, **said):
    answer = client.post("/journeys/welcome/preview/begin/", said)
    assert answer.status_code == 302
    return token(answer)


def token(answer):
    return re.search(r"at=([^#&]+)", answer["Location"])[1]


def chosen(client, at, **said):
    return token(client.post("/journeys/welcome/preview/choose/", {"at": at, **said}))


def walk(client, at):
    return page(client, f"/journeys/welcome/preview/?at={at}")


def test_paths_of_a_journey_in_force_are_shown_by_how_they_end(client, shop):
    shown = page(client, "/journeys/welcome/paths/")
    assert "Reached the goal" in shown
    assert "Call the reader" in shown
    only = page(client, "/journeys/welcome/paths/?ends=goal")
    assert only.count('class="card path') < shown.count('class="card path')


def test_an_editor_begins_with_what_is_in_force(client, shop):
    shown = page(client, "/drafts/journey/welcome/")
    assert "id: welcome" in shown
    assert "It makes sense" in shown


def test_a_mistake_is_named_with_its_line_while_one_types(client, shop):
    wrong = DRAFT.replace("do: wait,", "do: waitt,")
    answer = client.post("/drafts/journey/welcome/check/", {"text": wrong})
    assert b"did you mean &quot;wait&quot;" in answer.content
    assert b'data-line="9">Line 9</button>, step' in answer.content
    right = client.post("/drafts/journey/welcome/check/", {"text": DRAFT})
    assert b"It makes sense" in right.content
    assert b"Send email" in right.content


def test_a_draft_is_kept_without_publishing(client, draft):
    assert "A warmer welcome" in page(client, "/drafts/journey/welcome/")
    assert "A warmer welcome" not in page(client, "/journeys/welcome/")
    assert "Welcome" in page(client, "/drafts/")
    client.post("/drafts/journey/welcome/drop/")
    assert "A warmer welcome" not in page(client, "/drafts/journey/welcome/")


@pytest.mark.parametrize("more", ["\0", "#" * 200_000])
def test_a_draft_that_cannot_be_kept_whole_is_not_kept_and_stays_on_the_page(
    client, draft, more
):
    changed = DRAFT.replace("warmer", "colder") + more
    answer = client.post("/drafts/journey/welcome/", {"text": changed})
    assert b"A colder welcome" in answer.content
    assert b"not kept" in answer.content or b"cannot be stored" in answer.content
    assert "A warmer welcome" in page(client, "/drafts/journey/welcome/")


def hidden(shown, name):
    return re.search(f'name="{name}" value="([^"]*)"', shown)[1]


def test_a_draft_of_an_earlier_version_does_not_undo_the_later_one(client, shop):
    address = "/drafts/journey/welcome/"
    opened = page(client, address)
    said = {"base": hidden(opened, "base"), "stamp": hidden(opened, "stamp")}
    shop.publish(DRAFT.replace("A warmer welcome", "A cold welcome").encode())
    client.post(address, {"text": DRAFT, **said})
    answer = client.post(f"{address}publish/", follow=True).content.decode()
    assert "Somebody else has published “welcome” meanwhile" in answer
    assert "since the draft was begun" in answer
    assert "A cold welcome" in page(client, "/journeys/welcome/")
    said = {"base": hidden(answer, "base"), "stamp": hidden(answer, "stamp")}
    client.post(address, {"text": DRAFT, **said})
    client.post(f"{address}publish/")
    assert "A warmer welcome" in page(client, "/journeys/welcome/")


def test_of_two_who_write_one_draft_nobody_loses_a_word(client, colleague, draft):
    address = "/drafts/journey/welcome/"
    stamps = [hidden(page(who, address), "stamp") for who in (client, colleague)]
    mine, theirs = (DRAFT.replace("warmer", word) for word in ("colder", "milder"))
    colleague.post(address, {"text": theirs, "stamp": stamps[1]})
    answer = client.post(address, {"text": mine, "stamp": stamps[0]}).content.decode()
    assert "has kept another text since you opened this one" in answer
    assert "A colder welcome" in answer, "what was typed stays on the page"
    assert "A milder welcome" in page(client, address)
    late = client.post(f"{address}publish/", {"stamp": stamps[0]}, follow=True).content.decode()
    assert "This draft is not the one that you looked at" in late
    assert "A milder welcome" not in page(client, "/journeys/welcome/")
    client.post(address, {"text": mine, "stamp": hidden(answer, "stamp")})
    assert "A colder welcome" in page(client, address)


def test_a_draft_is_published_by_operators_alone(client, colleague, draft):
    assert colleague.post("/drafts/journey/welcome/publish/").status_code == 403
    client.post("/drafts/journey/welcome/publish/")
    assert "A warmer welcome" in page(client, "/journeys/welcome/")


def test_whoever_has_published_a_draft_is_not_told_that_somebody_else_has(client, shop):
    address = "/drafts/journey/welcome/"
    client.post(address, {"text": DRAFT, "base": hidden(page(client, address), "base")})
    done = client.post(f"{address}publish/", follow=True).content.decode()
    assert "What the draft says is in force." in done
    assert "Somebody has published" not in done


def test_somebody_invented_is_walked_through_a_draft_and_nothing_is_written(client, draft, app):
    from ripely.records.hot.models import ContactCard

    at = begun(client, persona="A subscriber")
    assert "Not inside yet" in walk(client, at)
    at = chosen(client, at, event="order.completed", properties="total=12")
    shown = walk(client, at)
    assert "Now at “Wait”" in shown
    assert "Hello Ann" in shown
    assert "Clicked https://shop.example/sale" in shown
    at = chosen(client, at)
    shown = walk(client, at)
    assert "Call and ask" in shown
    assert "The end" in shown
    assert not ContactCard.objects.exists()
    assert "Now at “Wait”" in walk(client, chosen(client, at, back="1"))


def test_a_letter_is_shown_in_a_frame_that_may_do_nothing(client, draft):
    at = chosen(client, begun(client, persona="A subscriber"), event="order.completed")
    answer = client.get(f"/journeys/welcome/preview/letter/1/?at={at}")
    assert b"Good day." in answer.content
    assert "sandbox" in answer["Content-Security-Policy"]


def test_whoever_never_agreed_gets_no_letter_and_the_preview_says_why(client, draft):
    at = begun(client, persona="Known, and never agreed")
    shown = walk(client, chosen(client, at, event="order.completed"))
    assert "no consent for marketing" in shown.lower()


def test_a_walk_to_the_end_is_recorded_for_exactly_this_content(client, draft):
    from ripely.records.backtests.models import Preview

    at = chosen(client, begun(client, persona="A subscriber"), event="order.completed")
    client.post("/journeys/welcome/preview/done/", {"at": at})
    assert not Preview.objects.exists()
    client.post("/journeys/welcome/preview/done/", {"at": chosen(client, at)})
    assert Preview.objects.get().journey == "welcome"


def test_a_preview_becomes_a_story_that_holds(client, draft):
    from zoneinfo import ZoneInfo

    from ripely.operations.rehearsing.rehearsal import compile_script, rehearse
    from ripely.operations.rehearsing.story import read_script

    at = chosen(client, begun(client, persona="A subscriber"), event="order.completed")
    answer = client.get(f"/journeys/welcome/preview/story/?at={chosen(client, at)}")
    script = read_script(answer.content.decode())
    assert rehearse(script.stories[0], compile_script(script, ZoneInfo("UTC"))) == []
    assert any("Call and ask" in line for act in script.stories[0].acts for line in act.follows)


def test_somebody_real_is_walked_as_they_are_and_stays_as_they_are(client, draft, app):
    ann = draft.tell(
        "ann", "contact.identified", 90, email="ann@shop.example", first_name="Zoe"
    )
    draft.tell("ann", "consent.granted", 80, purpose="marketing")
    draft.fold()
    before = app.profiles.load((ann,)).profiles[ann]
    at = begun(client, contact="ann@shop.example")
    shown = walk(client, chosen(client, at, event="order.completed"))
    assert "Hello Zoe" in shown
    assert app.profiles.load((ann,)).profiles[ann] == before


def test_nonsense_in_the_address_begins_anew(client, draft):
    answer = client.get("/journeys/welcome/preview/?at=nonsense", follow=True)
    assert "begin a new one" in answer.content.decode()
    assert client.get("/journeys/welcome/preview/letter/1/?at=x").status_code == 404


def test_what_an_address_carries_is_what_was_chosen():
    setting = Setting(facts={"city": "Kyiv"}, begins_s=5, choices=(Choice("order.completed"),))
    assert read_setting(write_setting(setting)) == setting
