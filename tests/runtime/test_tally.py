"""What guards did is counted day by day, by template and by the sort of reason."""

import pytest

from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.ports import Change, Story
from ripely.runtime.tally import tally, why

DAY_MS = 86_400_000


def counted(*notes: Note) -> dict:
    return tally([Change(Profile(1), 1, Story([], list(notes)), [], None, None)])


def test_waits_and_holds_are_counted_by_day_template_and_sort():
    assert counted(
        Note("message.waits", "news", "cap: 3 emails in 7d", 1, 5 * DAY_MS),
        Note("message.waits", "news", "cap: 1 SMS in 1d", 1, 5 * DAY_MS + 1),
        Note("message.held", "news", "quiet hours until 08:00", 0, 6 * DAY_MS),
        Note("message.decided", "news", "email", 0, 6 * DAY_MS),
    ) == {
        ("message", "5", "news:waits:cap"): 2,
        ("message", "6", "news:held:quiet hours"): 1,
    }


def test_a_step_that_waits_for_an_answer_is_passed_once():
    assert counted(
        Note("journey.step", "j", "owner"),
        Note("journey.waits", "j", "owner", 99),
        Note("journey.resumed", "j", "owner: answered", 1),
    ) == {("step", "j", "owner:passed"): 1}


@pytest.mark.parametrize(
    ("reason", "sort"),
    [
        ("lower priority than “offer” in journey x", "lower priority"),
        ("attention budget: 3 messages in 7d", "attention budget"),
        ("no consent for marketing", "no consent"),
        ("consent for marketing was withdrawn", "consent"),
        ("topic news was left", "topic"),
        ("no address for sms", "no address"),
        ("suppressed: email.bounced", "suppressed"),
        ("holdout: gets no marketing messages, to be compared", "holdout"),
        ("something else", "other"),
    ],
)
def test_reasons_are_of_few_sorts(reason, sort):
    assert why(reason) == sort


def test_mails_are_counted_among_all_and_in_each_segment():
    assert counted(
        Note("message.sent", "news", "hot,near", 0),
        Note("message.sent", "news", "", 0),
        Note("message.opened", "news", "hot,near", 2),
        Note("message.clicked", "news", "", 0),
    ) == {
        ("mailing", "news", ":sent"): 2,
        ("mailing", "news", "hot:sent"): 1,
        ("mailing", "news", "near:sent"): 1,
        ("audience", "", "sent"): 2,
        ("audience", "hot", "sent"): 1,
        ("audience", "near", "sent"): 1,
        ("mailing", "news", ":opened:machine"): 1,
        ("mailing", "news", "hot:opened:machine"): 1,
        ("mailing", "news", "near:opened:machine"): 1,
        ("audience", "", "opened:machine"): 1,
        ("audience", "hot", "opened:machine"): 1,
        ("audience", "near", "opened:machine"): 1,
        ("mailing", "news", ":clicked:human"): 1,
        ("audience", "", "clicked:human"): 1,
    }
