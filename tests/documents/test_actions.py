"""What is told of actions that cannot be meant."""

import pytest

from ripely.documents.check import check
from ripely.documents.decode import decode

JOURNEY = "kind: journey\nid: j\nname: J\ntriggers: [{{on: event, event: page.viewed}}]\nstart: a\nsteps: {{a: {{do: {}}}}}\n"
TEAM = "---\nkind: team\nid: t\nname: T\nmembers: [{who: ann}]\n"
SCORE = "---\nkind: score\nid: s\nname: S\nevents: [{on: page.viewed, points: 1}]\n"


@pytest.mark.parametrize(
    ("step", "problems"),
    [
        ("assign, to: ann", []),
        ("assign", ["$.steps.a.to missing_field"]),
        ("assign, team: t", ["$.steps.a.to missing_field"]),
        ("assign, how: turns, team: t", []),
        ("assign, how: turns", ["$.steps.a.team missing_field"]),
        ("assign, how: turns, team: t, to: ann", ["$.steps.a.to contradiction"]),
        ("assign, how: score, team: t", ["$.steps.a.score missing_field"]),
        ("assign, how: score, team: t, score: s", []),
        ("assign, how: turns, team: u", ["$.steps.a.team unknown_reference"]),
        ("task, title: T, team: t, patience: 1d", []),
        ("task, title: T, patience: 1d", ["$.steps.a.patience contradiction"]),
        ("task, title: T, team: u", ["$.steps.a.team unknown_reference"]),
        ("notify, text: T, to: 'team:u'", ["$.steps.a.to unknown_reference"]),
        ("coupon, campaign: c, until: friday", []),
        (
            "coupon, campaign: c, until: friday, valid_for: 1d",
            ["$.steps.a.until contradiction"],
        ),
        ("event, event: offer.made", []),
        ("event, event: timer.fired", ["$.steps.a.event unknown_choice"]),
        ("update", ["$.steps.a empty_update"]),
        ("update, set: {a: [x, y]}", []),
        ("update, add_tags: [x], remove_tags: [x]", ["$.steps.a.remove_tags contradiction"]),
        (
            "update, join_topics: [x], leave_topics: [x]",
            ["$.steps.a.leave_topics contradiction"],
        ),
        ("together, actions: [{do: assign}]", ["$.steps.a.actions[0].to missing_field"]),
    ],
)
def test_an_action_that_cannot_be_meant(step, problems):
    text = JOURNEY.format(step) + TEAM + SCORE
    assert [f"{f.path} {f.code}" for f in check(decode("a.yaml", text.encode()))] == problems
