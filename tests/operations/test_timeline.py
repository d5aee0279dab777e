"""The timeline in parts: every story on exactly one of them, and no visit on two."""

import pytest

from company import ANN, START_S, event
from ripely.operations.dossiers.timeline import (
    MOMENTS_PER_PAGE,
    MOMENTS_PER_PAGE_MAX,
    NEWEST,
    page_of,
    since,
)
from ripely.operations.wording.names import Names
from ripely.ports import Story

NAMES = Names()


class Stories:
    """Stories at positions 10, 20, 30 ...; counts how many of them were read."""

    def __init__(self, stories):
        self.told = [(10 * (n + 1), story) for n, story in enumerate(stories)]
        self.read = 0

    def of(self, contact, before, limit):
        found = [one for one in reversed(self.told) if one[0] < before][:limit]
        self.read += len(found)
        return found


def viewed(n, seconds, name="page.viewed", **facts):
    said = {"url": f"https://shop.org/{n}", "title": f"Page {n}", **facts}
    return Story([event(n, ANN, name, START_S + seconds, **said)], [])


def titles(page):
    return [moment.title for passage in page.passages for moment in passage.moments]


def every_page(history, show=""):
    pages, before = [], NEWEST
    while before is not None:
        pages.append(page_of(history, ANN, NAMES, show, before))
        before = pages[-1].older
    return pages


@pytest.mark.parametrize("gap_s", [60, 7_200])
def test_the_parts_tell_everything_once_from_the_newest_to_the_beginning(gap_s):
    history = Stories([viewed(n, n * gap_s) for n in range(500)])
    pages = every_page(history)
    told = [title for page in pages for title in titles(page)]
    assert told == [f"Page {n}" for n in reversed(range(500))]
    assert all(len(titles(page)) <= MOMENTS_PER_PAGE_MAX for page in pages)


def test_a_part_ends_between_two_visits():
    visits = [viewed(10 * v + n, v * 86_400 + n * 60) for v in range(30) for n in range(9)]
    pages = every_page(Stories(visits))
    assert len(pages) > 1
    assert all(len(titles(page)) % 9 == 0 for page in pages)
    assert len(titles(pages[0])) == 81 >= MOMENTS_PER_PAGE


def test_a_story_that_tells_much_is_not_cut():
    busy = Story(
        [event(n, ANN, "page.viewed", START_S + n, title=f"{n}") for n in range(400)], []
    )
    assert len(titles(page_of(Stories([busy]), ANN, NAMES))) == 400


def test_one_kind_is_looked_for_further_back_and_each_story_is_read_once():
    rare = [
        viewed(n, n * 60, "search.performed" if n % 300 == 0 else "page.viewed")
        for n in range(900)
    ]
    history = Stories(rare)
    page = page_of(history, ANN, NAMES, "searches")
    assert len(titles(page)) == 3
    assert page.older is None
    assert history.read == 900


def test_a_page_knows_how_long_it_was_looked_at():
    left = Story(
        [event(7, ANN, "page.left", START_S + 90, url="https://shop.org/1", seconds=88)], []
    )
    [passage] = page_of(Stories([viewed(1, 0), left]), ANN, NAMES).passages
    assert [moment.seconds for moment in passage.moments] == [88]


def test_an_open_page_is_given_what_is_new_and_what_it_had():
    history = Stories([viewed(n, n * 7_200) for n in range(200)])
    page = page_of(history, ANN, NAMES)
    history.told.append((history.told[-1][0] + 10, viewed(500, 200 * 7_200)))
    history.read = 0
    again = since(history, ANN, NAMES, "", page.floor)
    assert titles(again) == ["Page 500", *titles(page)]
    assert again.older == page.older
    assert history.read < len(history.told)
