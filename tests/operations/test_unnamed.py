"""What goes from hand to hand names no colleague: they have numbers, and the document to be published has them all."""

import django
import msgspec
import pytest

from ripely.compiler.ruleset import Published
from ripely.model.action import Assign, Notify, Task
from ripely.model.acts import Did
from ripely.model.backtest import Asked
from ripely.model.company import Member, Team
from ripely.model.condition import OwnerIs
from ripely.model.ids import JourneyId, StepId, TeamId
from ripely.model.journey import Goal, Journey
from ripely.model.trigger import OnEvent
from ripely.runtime.backtest.course import course_of
from ripely.runtime.backtest.findings import Findings
from ripely.runtime.backtest.report import report_of

GIVE, CALL, TELL, LAST = map(StepId, ("give", "call", "tell", "last"))
JOURNEY = Journey(
    JourneyId("thanks"),
    "Thanks",
    (OnEvent("order.completed"),),
    GIVE,
    {
        GIVE: Assign("Ann Lee", then=CALL),
        CALL: Task("Call", type="call", assignee="carol", then=TELL),
        TELL: Notify("Look at it, or ask dan@shop.example", "bob@shop.example", then=LAST),
        LAST: Notify("Done", "owner"),
    },
    filter=OwnerIs(("Ann Lee", "frida")),
    goal=Goal(Did("order.completed")),
)
TEAM = Team(TeamId("sales"), "Sales", (Member("carol"), Member("Ann Lee")))


@pytest.fixture
def test():
    """A backtest that is kept nowhere: Carol would have called twice."""
    django.setup()
    from ripely.operations.publishing.definitions import encode
    from ripely.records.backtests.models import Backtest

    published = Published((JOURNEY, TEAM))
    course = course_of(published, Asked(JOURNEY.id, 0, 86_400))
    found = Findings({("call", "carol", "2030-01-01"): 2})
    report = msgspec.json.encode(report_of(course, found)).decode()
    return Backtest(journey="thanks", documents=encode(published), report=report)


def test_what_is_read_and_printed_names_no_colleague(test, monkeypatch):
    from ripely.operations.backtesting import specification

    printed = []
    monkeypatch.setattr(specification, "print_pdf", lambda *said: printed.extend(said) or b"")
    text, _ = specification.write(test, "md")
    specification.write(test, "pdf")
    title, sections, document = printed
    lines = [title, *(line for one in sections for line in one.lines), document]
    readable = text.decode(), "\n".join(lines)
    for told in readable:
        assert [
            who for who in ("Ann Lee", "bob", "carol", "dan@", "frida") if who in told
        ] == []
        assert "Give to colleague 1" in told
        assert "Tell colleague 2: Look at it, or ask (an address)" in told
        assert "Tell the owner: Done" in told
        assert "the owner is “colleague 1” or “colleague 4”" in told
        assert "colleague 3: 2 calls" in told
    assert "assignee: colleague 3" in document


def test_the_document_that_is_published_names_them(test):
    from ripely.operations.backtesting import specification

    document, _ = specification.write(test, "yaml")
    for who in ("Ann Lee", "bob@shop.example", "carol", "frida"):
        assert who in document.decode()
