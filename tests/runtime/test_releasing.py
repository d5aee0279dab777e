"""How calls are let go: at a team's pace, in its people's hours, to whom, and why not."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, strategies as st

from ripely.adapters.memory.dispatch import Claimant, Desk, MemoryOutbox
from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.teams import MemoryTeams
from ripely.compiler.ruleset import Published
from ripely.model.company import Absent, Company, Hours, Member, Team
from ripely.model.effect import CreateTask
from ripely.model.profile import Profile
from ripely.ports import Call, Finished, Loaded, Workload
from ripely.runtime.assigning import choose
from ripely.runtime.releasing import Releasing, release, release_once
from ripely.runtime.rules import staff_of
from ripely.runtime.staff import Crew, Staff

# A Monday.
NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS = (Hours("00:00", "00:00", DAYS),)
COMPANY = Company("company", timezone="UTC")


def task(name: str, at: datetime = NOON, **given) -> CreateTask:
    at_ms = int(at.timestamp() * 1000)
    common = {
        "contact": 1,
        "type": "call",
        "title": "Call",
        "script": "",
        "assignee": "",
        "team": "t",
    }
    return CreateTask(
        **{"id": name, "decided_ms": at_ms, "due_ms": at_ms + 600_000, **common, **given}
    )


def crew(*members: Member, per_hour: int | None = None, company: Company = COMPANY) -> Crew:
    return Crew(Team("t", "T", members, per_hour), company)


def plan(team: Crew, *waiting: CreateTask, at: datetime = NOON, **load):
    decided = release(team, Workload(**load), waiting, at)
    return [(one.id, who) for one, who in decided.given], decided.reason


def test_calls_go_to_whoever_has_the_most_room():
    team = crew(Member("ann", 4), Member("bob", 2))
    tasks = [task(f"{n}") for n in range(7)]
    given_, reason = plan(team, *tasks)
    assert [who for _, who in given_] == ["ann", "bob", "ann", "ann", "bob", "ann"]
    assert reason == "everybody who is at work has the calls of the day"


def test_an_owner_calls_their_own_contacts_when_they_are_there():
    team = crew(Member("ann"), Member("bob", absences=(Absent("2030-01-07", "2030-01-07"),)))
    assert plan(team, task("a", assignee="bob"))[0] == [("a", "ann")]
    assert plan(team, task("a", assignee="bob"), at=NOON + DAY)[0] == [("a", "bob")]
    assert plan(team, task("a", assignee="stranger"))[0] == [("a", "ann")]


@pytest.mark.parametrize(
    ("member", "company", "at", "reason"),
    [
        (Member("a"), COMPANY, NOON.replace(hour=8, minute=59), "nobody works at this hour"),
        (Member("a"), COMPANY, NOON.replace(hour=9), ""),
        (Member("a"), COMPANY, NOON.replace(hour=18), "nobody works at this hour"),
        (Member("a"), COMPANY, NOON - DAY, "nobody works at this hour"),
        (Member("a", timezone="America/New_York"), COMPANY, NOON, "nobody works at this hour"),
        (Member("a", timezone="America/New_York"), COMPANY, NOON + 2 * HOUR, ""),
        (Member("a", hours=(Hours("22:00", "06:00"),)), COMPANY, NOON.replace(hour=23), ""),
        (Member("a", absences=(Absent("2030-01-06", "2030-01-07"),)), COMPANY, NOON, "everybody is away"),
        (Member("a", absences=(Absent("2030-01-08", "2030-01-09"),)), COMPANY, NOON, ""),
        (Member("a"), Company("company", timezone="UTC", holidays=("2030-01-07",)), NOON, "it is a holiday"),
        (Member("a"), Company("company", timezone="UTC", holidays=("01-07",)), NOON, "it is a holiday"),
        (Member("a", 0), COMPANY, NOON, "everybody who is at work has the calls of the day"),
    ],
)  # fmt: skip
def test_calls_wait_for_the_hours_of_those_who_make_them(member, company, at, reason):
    given_, why = plan(crew(member, company=company), task("a"), at=at)
    assert (len(given_), why) == (0 if reason else 1, reason)


def test_hours_are_of_the_clock_on_the_wall_when_it_changes():
    """Kyiv puts its clocks on at 01:00 UTC on 31 March 2030: nine o'clock is at six from then on."""
    zone = ZoneInfo("Europe/Kyiv")
    team = crew(Member("a", hours=(Hours("09:00", "10:00", DAYS),), timezone="Europe/Kyiv"))
    for day, hour in ((30, 7), (31, 6)):
        opens = datetime(2030, 3, day, hour, tzinfo=UTC)
        assert opens.astimezone(zone).hour == 9
        assert plan(team, task("a"), at=opens)[0]
        assert not plan(team, task("a"), at=opens - timedelta(seconds=1))[0]


def test_a_day_of_calls_is_the_members_own_day():
    team = crew(Member("a", 1, ALWAYS, timezone="Pacific/Kiritimati"))
    # There the day begins at ten in the morning, by UTC.
    made = [Call(NOON.replace(hour=9), "a", False)]
    assert not plan(team, task("x"), at=NOON.replace(hour=9, minute=30), released=made)[0]
    assert plan(team, task("x"), at=NOON.replace(hour=10), released=made)[0]


def test_what_is_open_from_before_takes_the_place_of_new_calls():
    team = crew(Member("a", 3))
    yesterday = [Call(NOON - DAY, "a", True), Call(NOON - DAY, "a", False)]
    assert len(plan(team, task("x"), task("y"), task("z"), released=yesterday)[0]) == 2
    assert len(plan(team, task("x"), task("y"), task("z"), open={"a": 2})[0]) == 1


def test_an_hour_is_any_hour_and_not_one_of_the_clock():
    team = crew(Member("a"), per_hour=2)
    made = [Call(NOON - timedelta(minutes=59), "a", True), Call(NOON - HOUR, "a", True)]
    given_, reason = plan(team, task("x"), task("y"), released=made)
    assert [name for name, _ in given_] == ["x"]
    assert reason == "2 calls an hour are out already"


members = st.builds(
    Member,
    who=st.just(""),
    per_day=st.integers(0, 4),
    hours=st.sampled_from([(), ALWAYS, (Hours("20:00", "04:00", DAYS),)]),
    absences=st.sampled_from([(), (Absent("2030-03-31", "2030-03-31"),)]),
    timezone=st.sampled_from(["", "Europe/Kyiv", "America/New_York"]),
)


@given(
    st.lists(members, min_size=1, max_size=3),
    st.integers(1, 5),
    st.lists(st.tuples(st.integers(0, 240), st.integers(1, 10)), max_size=40),
    st.lists(st.integers(1, 60), min_size=1, max_size=120),
)
def test_never_more_than_a_team_and_its_people_can_make(people, per_hour, calls, minutes):
    """Over three days in which clocks change: whatever waits, and whenever somebody looks."""
    people = [msgspec.structs.replace(m, who=f"m{n}") for n, m in enumerate(people)]
    team = crew(*people, per_hour=per_hour)
    now = start = datetime(2030, 3, 30, 6, tzinfo=UTC)
    coming = [
        (start + timedelta(minutes=m), task(f"c{n}", priority=p))
        for n, (m, p) in enumerate(calls)
    ]
    made: list[Call] = []
    gone: set[str] = set()
    for minute in minutes:
        waiting = [one for at, one in coming if at <= now and one.id not in gone]
        waiting.sort(key=lambda one: (-one.priority, one.decided_ms, one.id))
        decided = release(team, Workload(released=made), waiting, now)
        assert bool(decided.reason) == (len(decided.given) < len(waiting))
        for one, who in decided.given:
            gone.add(one.id)
            made.append(Call(now, who, False))
        now += timedelta(minutes=minute)
    for first in made:
        in_an_hour = [c for c in made if first.at <= c.at < first.at + HOUR]
        assert len(in_an_hour) <= per_hour
    days = Counter((call.who, team.day(find(people, call.who), call.at)) for call in made)
    for (who, _), calls_made in days.items():
        assert calls_made <= find(people, who).per_day
    for call in made:
        assert team.is_at_work(find(people, call.who), call.at)


def find(people, who):
    return next(member for member in people if member.who == who)


# Owners.


def chosen(team: Crew, how: str, at: datetime = NOON, **load) -> str:
    return choose(team, Workload(**load), how, at)


AWAY = (Absent("2030-01-07", "2030-01-07"),)


@pytest.mark.parametrize(
    ("last", "owner"), [("", "a"), ("a", "b"), ("b", "d"), ("d", "a"), ("gone", "a")]
)
def test_turns_pass_over_who_is_away(last, owner):
    team = crew(Member("a"), Member("b"), Member("c", absences=AWAY), Member("d"))
    assert chosen(team, "turns", last=last) == owner


def test_when_everybody_is_away_the_turns_go_on():
    team = crew(Member("a", absences=AWAY), Member("b", absences=AWAY))
    assert chosen(team, "turns", last="a") == "b"


def test_the_most_room_is_by_what_each_can_make():
    team = crew(Member("a", 10), Member("b", 20), Member("c", 0), Member("d", absences=AWAY))
    assert chosen(team, "capacity", open={"a": 4, "b": 9}) == "a"
    assert chosen(team, "capacity", open={"a": 5, "b": 9}) == "b"
    assert chosen(team, "capacity", open={"a": 4, "b": 7}, given={"b": 2}) == "a"
    assert (
        chosen(team, "capacity", released=[Call(NOON, "a", True), Call(NOON, "b", False)])
        == "b"
    )
    assert chosen(crew(Member("d", absences=AWAY)), "capacity") == ""


# The loop.


class Rules:
    def __init__(self, *definitions) -> None:
        self.published = Published(definitions)

    def current(self):
        return "r1"

    def documents(self, ruleset):
        return msgspec.json.encode(self.published)


class People:
    def __init__(self, *profiles: Profile) -> None:
        self.known = {profile.contact: profile for profile in profiles}

    def load(self, contacts):
        return Loaded({c: self.known[c] for c in contacts if c in self.known}, frozenset())


class Clock:
    def now(self):
        return NOON


def released(*tasks: CreateTask, people: People | None = None, teams: tuple[Team, ...] = ()):
    """Let calls wait, then release what can be; return the desk and what was told."""
    log = MemoryLog()
    desk = Desk(log, Clock())
    MemoryOutbox(desk, Claimant()).finish(Finished([], queued=tasks))
    rules = Rules(*(teams or (Team("t", "T", (Member("ann"),)),)))
    releasing = Releasing(
        MemoryTeams(desk), people or People(), Staff(rules, staff_of), Clock()
    )
    for _ in tasks:
        release_once(releasing)
    return desk, [(e.name, e.properties) for chunk in log.chunks for e in chunk]


def test_a_call_is_due_so_long_after_its_release():
    desk, ((name, told),) = released(task("a", NOON - 3 * HOUR))
    noon_ms = int(NOON.timestamp() * 1000)
    assert (desk.tasks["a"].assignee, desk.tasks["a"].due_ms) == ("ann", noon_ms + 600_000)
    assert (name, told["assignee"], told["waited"]) == ("task.released", "ann", 3 * 3600)


def test_a_call_that_waited_too_long_is_dropped_and_told_of():
    late = task("a", NOON - HOUR, until_ms=int(NOON.timestamp() * 1000))
    desk, ((name, told),) = released(late)
    assert not desk.tasks
    assert not desk.queue
    assert (name, told["reason"]) == ("task.dropped", "it waited longer than it may")


def test_who_may_not_be_called_by_now_is_not_called():
    people = People(Profile(1, suppressed={"call": "may not be called"}))
    desk, told = released(
        task("a"), task("b", contact=2), task("c", type="todo"), people=people
    )
    assert set(desk.tasks) == {"b", "c"}
    assert [(name, p.get("reason")) for name, p in told if name == "task.dropped"] == [
        ("task.dropped", "may not be called")
    ]


def test_a_call_follows_a_contact_that_is_part_of_another():
    desk, _ = released(task("a"), people=People(Profile(1, merged_into=2), Profile(2)))
    assert desk.tasks["a"].contact == 2
    forbids = Profile(2, suppressed={"call": "asked for it"})
    desk, ((name, _),) = released(task("a"), people=People(Profile(1, merged_into=2), forbids))
    assert (name, desk.tasks) == ("task.dropped", {})


def test_calls_of_a_team_that_is_gone_are_dropped():
    desk, ((name, told),) = released(task("a"), teams=(Team("other", "O", (Member("ann"),)),))
    assert not desk.queue
    assert (name, told["reason"]) == ("task.dropped", "there is no such team any more")
