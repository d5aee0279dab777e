"""What is answered first: that on which others depend, the same in every process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from company import HOUR, INTEREST, rules
from ripely.compiler.order import CycleError
from ripely.model.acts import Did
from ripely.model.company import Company, Lifecycle
from ripely.model.condition import All, HasTag, InSegment, LifecycleIs, ScoreIs
from ripely.model.definition import Definition
from ripely.model.ids import SegmentId
from ripely.model.score import PointsFor, PointsWhile, Score
from ripely.model.segment import Segment

TESTS = Path(__file__).parent.parent
SCRIPT = """
import hashlib, msgspec
from company import ANN, DEFINITIONS, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.model.condition import AnyOf, AttributeIs
from ripely.model.segment import Segment
asked = [AttributeIs(name, "exists") for name in "abcdefgh"]
one_by_one = [Segment(one.name, one.name, one) for one in asked]
compiled = rules(Segment("any", "Any", AnyOf(tuple(asked))), *one_by_one, *DEFINITIONS)
views = [event(n, ANN, "page.viewed", START_S + n, url="https://x.example/pricing", path="/pricing") for n in range(9)]
facts = event(10, ANN, "contact.identified", START_S + 10, role="owner", **dict.fromkeys("abcdefgh", 1))
after = fold(compiled, new_profile(ANN, START_S), [*views, facts])
told = [[watch.key for watch in compiled.watches], after.notes, after.effects, after.profile]
print(hashlib.sha256(msgspec.msgpack.encode(told)).hexdigest())
"""


def lived(seed: int) -> str:
    environ = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(TESTS)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_every_process_decides_alike() -> None:
    assert len({lived(seed) for seed in range(1, 7)}) == 1


def segment(name: str, when) -> Segment:
    return Segment(SegmentId(name), name, when)


def scored(while_, **more: object) -> Score:
    return Score(INTEREST, "I", (PointsFor("x", 1),), (PointsWhile(while_, 5),), **more)


A, B = InSegment(SegmentId("a")), InSegment(SegmentId("b"))
LEADS = Lifecycle(lead=HasTag("lead"), customer=HasTag("customer"))


def order(*definitions: Definition) -> list[str]:
    return [watch.key for watch in rules(*definitions).watches]


@pytest.mark.parametrize("of", ["", "boots"])
def test_a_score_comes_before_whom_it_lets_in_and_after_what_gives_it_points(of) -> None:
    asked = segment("a", ScoreIs(INTEREST, at_least=3, of=of))
    in_order = order(asked, scored(B), segment("b", Did("y", within=HOUR)))
    (fact,) = [key for key in in_order if "interest" in key]
    kept = [key for key in in_order if key in {"segment/a", "segment/b", fact}]
    assert kept == ["segment/b", fact, "segment/a"]


def test_levels_come_before_who_is_in_them_the_highest_first() -> None:
    in_order = order(segment("a", LifecycleIs(("lead",))), Company("company", lifecycle=LEADS))
    levels = [f"lifecycle/{level}" for level in ("customer", "lead", "potential_lead")]
    assert [key for key in in_order if key in {*levels, "segment/a"}] == [*levels, "segment/a"]


@pytest.mark.parametrize(
    "definitions",
    [
        (segment("a", B), segment("b", All((HasTag("x"), A)))),
        (segment("a", ScoreIs(INTEREST, at_least=3)), scored(A)),
        (segment("a", ScoreIs(INTEREST, at_least=3, of="boots")), scored(A)),
        (
            segment("a", LifecycleIs(("lead",))),
            Company("company", lifecycle=Lifecycle(lead=A, customer=HasTag("customer"))),
        ),
    ],
)
def test_what_depends_on_itself_by_a_way_round_has_no_order(definitions) -> None:
    with pytest.raises(CycleError):
        rules(*definitions)
