"""The people that the published definitions name: the teams, and the hours of the company."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from ripely.engine.calendar import is_holiday, is_open, zone_named
from ripely.model.company import Company, Member, Team
from ripely.model.ids import RulesetId, TeamId
from ripely.ports import Rulesets

StaffOf = Callable[[bytes], tuple[Company, Sequence[Team]]]


class Crew(msgspec.Struct, frozen=True):
    """A team and the company it works for."""

    team: Team
    company: Company

    @property
    def people(self) -> list[str]:
        return [member.who for member in self.team.members]

    def day(self, member: Member, now: datetime) -> date:
        return now.astimezone(self.zone(member)).date()

    def is_away(self, member: Member, now: datetime) -> bool:
        today = self.day(member, now).isoformat()
        return any(absent.start <= today <= absent.end for absent in member.absences)

    def is_holiday(self, member: Member, now: datetime) -> bool:
        return is_holiday(self.day(member, now), self.company.holidays)

    def is_at_work(self, member: Member, now: datetime) -> bool:
        """Whether it is an hour of theirs, by their own clock, on a day on which they are there."""
        hours = member.hours or self.company.business_hours
        zone, now_s = self.zone(member), int(now.timestamp())
        works = is_open(now_s, zone, hours, self.company.holidays)
        return works and not self.is_away(member, now)

    def zone(self, member: Member) -> ZoneInfo:
        return zone_named(member.timezone) or ZoneInfo(self.company.timezone)


class Staff:
    def __init__(self, rulesets: Rulesets, staff_of: StaffOf) -> None:
        self._rulesets = rulesets
        self._staff_of = staff_of
        self._ruleset: RulesetId | None = None
        self._crews: dict[TeamId, Crew] = {}

    def refresh(self) -> None:
        """Look whether something was published."""
        current = self._rulesets.current()
        if current is None or current == self._ruleset:
            return
        company, teams = self._staff_of(self._rulesets.documents(current))
        self._crews = {team.id: Crew(team, company) for team in teams}
        self._ruleset = current

    def find(self, team: TeamId) -> Crew | None:
        return self._crews.get(team)
