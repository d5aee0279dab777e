"""Kernel -> what the fold asks of one contact: a test, when time alone changes its answer, and what it depends on."""

from collections.abc import Sequence

from ripely.compiler.acts import compile_act
from ripely.compiler.facts import compile_fact
from ripely.compiler.kernel import (
    Every,
    Kernel,
    Negated,
    OfOccasions,
    OfValues,
    Scored,
    Several,
)
from ripely.compiler.points import compile_score
from ripely.compiler.rising import agreed, opposite
from ripely.compiler.times import compile_time
from ripely.compiler.values import compile_value
from ripely.engine.ruleset import Condition, Key, Lapse, Test
from ripely.model.company import Company
from ripely.model.condition import OfFacts, OfTime
from ripely.model.profile import Enrollment, Profile

Leaf = OfOccasions | OfValues | OfTime | Scored | OfFacts


def compile_matcher(kernel: Kernel, company: Company) -> Condition:
    match kernel:
        case Every(inner):
            parts = [compile_matcher(one, company) for one in inner]
            return _joined(_every([part.test for part in parts]), parts)
        case Several(count, inner):
            parts = [compile_matcher(one, company) for one in inner]
            return _joined(_several(count, [part.test for part in parts]), parts)
        case Negated(inner):
            part = compile_matcher(inner, company)
            refuses = part.test
            return Condition(
                lambda profile, now, place: not refuses(profile, now, place),
                part.lapse,
                part.keys,
                opposite(part.rises),
            )
        case _:
            return _leaf(kernel, company)


def _leaf(kernel: Leaf, company: Company) -> Condition:
    if isinstance(kernel, OfOccasions):
        return compile_act(kernel, company)
    if isinstance(kernel, OfValues):
        return compile_value(kernel, company)
    if isinstance(kernel, OfTime):
        return compile_time(kernel, company)
    if isinstance(kernel, Scored):
        return compile_score(kernel)
    return compile_fact(kernel, company)


def _joined(test: Test, parts: Sequence[Condition]) -> Condition:
    lapses = [part.lapse for part in parts if part.lapse is not None]
    keys = frozenset[Key]().union(*(part.keys for part in parts))
    return Condition(test, _earliest(lapses), keys, agreed(parts))


def _every(tests: Sequence[Test]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda profile, now, place: (
            first(profile, now, place) and second(profile, now, place)
        )

    def every(profile: Profile, now: int, place: Enrollment) -> bool:
        for test in tests:  # noqa: SIM110 - a generator would cost as much as the tests.
            if not test(profile, now, place):
                return False
        return True

    return every


def _several(count: int, tests: Sequence[Test]) -> Test:
    if count == 1:

        def some(profile: Profile, now: int, place: Enrollment) -> bool:
            for test in tests:  # noqa: SIM110 - as above.
                if test(profile, now, place):
                    return True
            return False

        return some
    return lambda profile, now, place: sum(test(profile, now, place) for test in tests) >= count


def _earliest(lapses: Sequence[Lapse]) -> Lapse | None:
    if len(lapses) < 2:
        return lapses[0] if lapses else None

    def earliest(profile: Profile, now: int, place: Enrollment) -> int:
        dues = [due for lapse in lapses if (due := lapse(profile, now, place))]
        return min(dues) if dues else 0

    return earliest
