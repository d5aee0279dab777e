"""Published definitions in a dict."""

from typing_extensions import override

from ripely.adapters.memory.log import MemoryLog
from ripely.model.ids import RulesetId
from ripely.ports import Rulesets


class MemoryRulesets(Rulesets):
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._documents: dict[RulesetId, bytes] = {}
        self._current: RulesetId | None = None

    @override
    def publish(self, ruleset: RulesetId, documents: bytes) -> int:
        self._documents[ruleset] = documents
        self._current = ruleset
        return self._log.say_rules(ruleset)

    @override
    def documents(self, ruleset: RulesetId) -> bytes:
        if ruleset not in self._documents:
            raise LookupError(f"no ruleset {ruleset!r} was ever published")
        return self._documents[ruleset]

    @override
    def current(self) -> RulesetId | None:
        return self._current

    @override
    def markers(self) -> list[tuple[int, RulesetId]]:
        chunks = enumerate(self._log.chunks, 1)
        return [(position, chunk) for position, chunk in chunks if isinstance(chunk, str)]
