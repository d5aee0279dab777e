"""What is told of mistakes in documents of companies, guards and teams."""

import re
from pathlib import Path

import pytest

from ripely.documents.check import check
from ripely.documents.decode import decode

COMPANY = "kind: company\nid: company\n{}"
GUARD = "kind: guard\nid: g\nname: G\n{}"
TEAM = "kind: team\nid: t\nname: T\nmembers: {}"


def found(text: str) -> list[str]:
    return [f"{f.path} {f.code}" for f in check(decode("a.yaml", text.encode()))]


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        ("timezone: Europe/Kyiv", []),
        ("timezone: Europe/Kiew", ["$.timezone bad_zone"]),
        ("timezone: ../etc/passwd", ["$.timezone bad_zone"]),
        ("publishing: backtest", ["$.publishing wrong_type"]),
        ("currency: EUR", []),
        ("currency: eur", ["$.currency bad_currency"]),
        ("currency: XTS", ["$.currency bad_currency"]),
        ("holidays: [12-25, 02-29, 2030-04-29]", []),
        ("holidays: [02-30]", ["$.holidays[0] bad_day"]),
        ("holidays: [12-25, 2030-02-29]", ["$.holidays[1] bad_day"]),
        ("business_hours: [{from: 09:00, until: 09:00}]", ["$.business_hours[0] bad_hours"]),
        (
            "business_hours: [{from: 09:00, until: 18:00, weekdays: []}]",
            ["$.business_hours[0].weekdays bad_hours"],
        ),
        ("rfm: {orders: [2, 3, 5, 10]}", []),
        ("rfm: {orders: [2, 3, 3, 10]}", ["$.rfm.orders contradiction"]),
        (
            "rfm: {recency_days: [30, 90, 180, 365]}",
            ["$.rfm.recency_days contradiction"],
        ),
        ("rfm: {money: [4, 3, 2, 1]}", ["$.rfm.money contradiction"]),
        ("holdout: 101", ["$.holdout out_of_range"]),
    ],
)
def test_a_company(said, problems):
    assert found(COMPANY.format(said)) == problems


@pytest.mark.parametrize(
    ("said", "meant"), [("EURO", "EUR"), ("usd", "USD"), ("UAN", "UAH"), ("GPB", "GBP")]
)
def test_the_nearest_currency_is_named(said, meant):
    (finding,) = check(decode("a.yaml", COMPANY.format(f"currency: {said}").encode()))
    assert finding.line == 3
    assert f'"{said}" is no currency' in finding.message
    assert finding.message.endswith(f'did you mean "{meant}"?')


def test_there_is_one_company():
    assert found("kind: company\nid: other") == ["$.id bad_id"]


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        ("country_rules: true", []),
        ("", ["$ empty_guard"]),
        ("description: d", ["$ empty_guard"]),
        ("country_rules: true\nsegment: nobody", ["$.segment unknown_reference"]),
        ("caps: [{at_most: 1, within: 1d}]", []),
        ("caps: [{at_most: 1, within: 0s}]", ["$.caps[0].within contradiction"]),
        ("caps: [{at_most: 101, within: 1d}]", ["$.caps[0].at_most out_of_range"]),
        (
            "caps: [{at_most: 1, within: 1d, purpose: transactional}]",
            ["$.caps[0].purpose contradiction"],
        ),
        ("caps: [{at_most: 1, within: 1d, channel: fax}]", ["$.caps[0].channel unknown_choice"]),
        ("budget: {at_most: 3}", []),
        ("budget: {at_most: 3, within: 0s}", ["$.budget.within contradiction"]),
        ("budget: {at_most: 3, within: 1h, compete: 2h}", ["$.budget.compete contradiction"]),
        ("quiet: [{hours: [{from: 21:00, until: 08:00}]}]", []),
        ("quiet: [{hours: [{from: 00:00, until: 00:00, weekdays: [sunday]}]}]", []),
        ("quiet: [{holidays: true}]", []),
        ("quiet: [{countries: [US]}]", ["$.quiet[0] bad_hours"]),
        ("quiet: [{hours: [{from: 00:00, until: 00:00}]}]", ["$.quiet[0] bad_hours"]),
        (
            "quiet: [{hours: [{from: 08:00, until: 21:00}, {from: 21:00, until: 08:00}]}]",
            ["$.quiet[0] bad_hours"],
        ),
        ("quiet: [{hours: [{from: 8, until: 9}]}]", ["$.quiet[0].hours[0].from wrong_type", "$.quiet[0].hours[0].until wrong_type"]),
    ],
)  # fmt: skip
def test_a_guard(said, problems):
    assert found(GUARD.format(said)) == problems


@pytest.mark.parametrize(
    ("members", "problems"),
    [
        ("[{who: olga, timezone: Europe/Kyiv}]", []),
        ("[]", ["$.members contradiction"]),
        ("[{who: olga}, {who: petro}, {who: olga}]", ["$.members[2].who contradiction"]),
        ("[{who: olga, timezone: Kyiv}]", ["$.members[0].timezone bad_zone"]),
        (
            "[{who: olga, hours: [{from: 10:00, until: 10:00}]}]",
            ["$.members[0].hours[0] bad_hours"],
        ),
        (
            "[{who: olga, absences: [{from: 2030-08-14, until: 2030-08-01}]}]",
            ["$.members[0].absences[0] contradiction"],
        ),
        (
            "[{who: olga, absences: [{from: 2030-02-28, until: 2030-02-30}]}]",
            ["$.members[0].absences[0].until bad_day"],
        ),
    ],
)
def test_a_team(members, problems):
    assert found(TEAM.format(members)) == problems


def test_the_guards_that_the_documentation_shows_are_sound():
    page = (Path(__file__).parents[2] / "docs" / "guards.md").read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert found(example) == []
