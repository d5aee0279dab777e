"""One ruleset is the same in every process: nothing depends on how a process orders its sets."""

import os
import subprocess
import sys
from pathlib import Path

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
