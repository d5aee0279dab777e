"""Teams in memory, on the desk that outbox and ledger share."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from typing_extensions import override

from ripely.adapters.memory.dispatch import Desk
from ripely.model.effect import CreateTask
from ripely.model.ids import TeamId
from ripely.ports import Call, Chosen, Released, Teams, Turn, Workload
from ripely.ports.teams import CHOICES_KEPT


class MemoryTeams(Teams):
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @override
    def queued(self) -> list[TeamId]:
        return sorted({task.team for task in self._desk.queue.values() if task.team})

    @override
    @contextmanager
    def turn(self, team: TeamId) -> Iterator[Turn]:
        with self._desk.transaction():
            yield MemoryTurn(self._desk, team)


class MemoryTurn(Turn):
    def __init__(self, desk: Desk, team: TeamId) -> None:
        self._desk = desk
        self._team = team

    @override
    def workload(self, people: Collection[str], since: datetime) -> Workload:
        desk = self._desk
        ours = [chosen for team, chosen in desk.chosen if team == self._team]
        lately = {
            key: at
            for key, at in desk.released.items()
            if at > since and desk.tasks[key].team == self._team
        }
        open_calls = (
            task.assignee
            for key, task in desk.tasks.items()
            if key not in lately and key not in desk.done and task.type == "call"
        )
        return Workload(
            last=next((c.who for c in reversed(ours) if c.how == "turns"), ""),
            given=Counter(chosen.who for chosen in ours if chosen.at > since),
            released=[
                Call(at, desk.tasks[key].assignee, key not in desk.done)
                for key, at in lately.items()
            ],
            open=Counter(who for who in open_calls if who in people),
        )

    @override
    def choose(self, chosen: Sequence[Chosen]) -> None:
        if not chosen:
            return
        self._desk.chosen += [(self._team, one) for one in chosen]
        since = max(one.at for one in chosen) - CHOICES_KEPT
        turns = (one for team, one in reversed(self._desk.chosen) if team == self._team)
        last = next((one for one in turns if one.how == "turns"), None)
        self._desk.chosen = [
            (team, one)
            for team, one in self._desk.chosen
            if team != self._team or one.at >= since or one is last
        ]

    @override
    def next(self, limit: int) -> list[CreateTask]:
        ours = [task for task in self._desk.queue.values() if task.team == self._team]
        return sorted(ours, key=lambda t: (-t.priority, t.decided_ms, t.id))[:limit]

    @override
    def expired(self, now: datetime, limit: int) -> list[CreateTask]:
        now_ms = int(now.timestamp() * 1000)
        ours = [task for task in self._desk.queue.values() if task.team == self._team]
        over = [task for task in ours if 0 < task.until_ms <= now_ms]
        return sorted(over, key=lambda t: (t.until_ms, t.id))[:limit]

    @override
    def release(self, released: Released) -> None:
        for task in released.tasks:
            self._desk.tasks[task.id] = task
            self._desk.released[task.id] = released.at
            self._desk.queue.pop(task.id, None)
        for task_id in released.dropped:
            self._desk.queue.pop(task_id, None)
        self._desk.reasons[self._team] = released.reason
        if released.events:
            self._desk.log.append(released.events)
