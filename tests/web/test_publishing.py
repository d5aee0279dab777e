"""What operators publish from pages: a pause, the way back, a winner. Others only look."""

import pytest

from happenings import DEFINITIONS

RENAMED = DEFINITIONS.replace(b"do: wait, for: 2d", b"do: wait, for: 3d")
EXPERIMENT = b"""
kind: journey
id: trial
name: Trial
triggers: [{on: event, event: order.completed}]
start: test
steps:
  test:
    do: experiment
    within: 7d
    metric: {if: tag, name: happy}
    arms: [{name: plain, then: plain}, {name: warm, then: warm}]
  plain: {do: update, add_tags: [plain]}
  warm: {do: update, add_tags: [warm]}
"""


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


@pytest.fixture
def hot(world):
    """Somebody waits in the journey."""
    world.publish()
    for seconds_ago in (60, 50):
        world.tell(
            "carol",
            "page.viewed",
            seconds_ago,
            url="https://shop.example/pricing",
            path="/pricing",
        )
    world.fold()
    return world


def test_everything_in_force_is_listed(client, hot):
    shown = page(client, "/definitions/")
    for name in ("Welcome call", "Hot people", "Interest"):
        assert name in shown


def test_a_pause_and_its_end_are_one_click_each(client, hot):
    assert "Pause" in page(client, "/journeys/welcome/")
    client.post("/journeys/welcome/pause/")
    assert "Nothing is overdue yet" in page(client, "/journeys/welcome/")
    client.post("/journeys/welcome/resume/")
    assert "Nothing is overdue yet" not in page(client, "/journeys/welcome/")


def test_a_second_pause_says_that_it_is_paused_already(client, hot):
    client.post("/journeys/welcome/pause/")
    answer = client.post("/journeys/welcome/pause/", follow=True)
    assert "paused already" in answer.content.decode()


def test_history_shows_who_changed_what(client, hot):
    hot.publish(RENAMED)
    shown = page(client, "/definitions/journey/welcome/")
    assert "Version 2" in shown
    assert "+    for: 3d" in shown
    assert "ann" in shown


def test_a_first_version_is_shown_as_it_is_and_under_its_name(client, hot):
    shown = page(client, "/definitions/journey/welcome/")
    assert "<h1" in shown
    assert "Welcome call" in shown
    assert ">kind: journey" in shown
    assert "+kind: journey" not in shown


def test_an_earlier_version_comes_back_in_two_steps(client, hot):
    hot.publish(RENAMED)
    shown = page(client, "/definitions/journey/welcome/1/")
    assert "+    for: 2d" in shown
    assert "<b>1</b> at later" in shown
    assert "go on" in shown
    assert "stay in their version" in page(
        client, "/definitions/journey/welcome/1/?people=finish"
    )
    client.post("/definitions/journey/welcome/1/", {"people": "move"})
    assert "Version 1" in page(client, "/journeys/welcome/")


def test_a_version_that_never_was_is_not_found(client, hot):
    assert client.get("/definitions/journey/welcome/9/").status_code == 404
    assert client.get("/definitions/journey/nothing/").status_code == 404


def test_the_winner_of_an_experiment_is_declared(client, world):
    world.publish(EXPERIMENT)
    for who in ("ann", "bob", "carol", "dan"):
        world.tell(who, "order.completed")
    world.tell("bob", "tag.added", 10, tag="happy")
    world.fold()
    assert "Declare the winner" in page(client, "/journeys/trial/")
    client.post("/journeys/trial/winner/", {"step": "test", "arm": "warm"})
    shown = page(client, "/journeys/trial/")
    assert "Declare the winner" not in shown
    assert '<b>warm</b> <span class="chip">winner</span>' in shown


def test_an_experiment_in_which_nobody_was_says_nothing_of_chance(client, world):
    world.publish(DEFINITIONS + b"---" + EXPERIMENT)
    shown = page(client, "/journeys/trial/")
    assert "Experiment “Test”" in shown
    assert "100.0%" not in shown


def test_a_way_that_is_none_cannot_win(client, world):
    world.publish(EXPERIMENT)
    answer = client.post(
        "/journeys/trial/winner/", {"step": "test", "arm": "cold"}, follow=True
    )
    assert "has no experiment test with an arm named cold" in answer.content.decode()


@pytest.mark.parametrize("act", ["pause", "resume", "winner"])
def test_only_operators_publish(colleague, world, act):
    world.publish()
    assert colleague.post(f"/journeys/welcome/{act}/").status_code == 403
    assert colleague.post("/definitions/journey/welcome/1/").status_code == 403
    assert "Pause" not in page(colleague, "/journeys/welcome/")


def test_pages_show_the_time_of_the_company(client, world):
    world.publish(DEFINITIONS + b"---\nkind: company\nid: company\ntimezone: Asia/Tokyo\n")
    assert "Times in Asia/Tokyo" in page(client, "/journeys/")
