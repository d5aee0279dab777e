"""The fold as machine code, where the wheel under test has it: it decides what the fold in Python decides."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ripely.engine import step

ROOT = Path(__file__).parents[2]
LIVES = """
import hashlib
from bench.language import whole_rules, language_traffic
from ripely.adapters.postgres.packing import pack_profile
from ripely.engine import step

rules, profiles, told = whole_rules(), {}, hashlib.sha256()
for event in language_traffic(4_000):
    profile = profiles.get(event.contact) or step.new_profile(event.contact, event.occurred_s)
    done = step.fold(rules, profile, (event,))
    profiles[event.contact] = done.profile
    told.update(f"{done.effects} {done.events} {done.notes}".encode())
    told.update(pack_profile(done.profile))
print(step.__file__.endswith(".py"), told.hexdigest())
"""


def _lives(*places: Path) -> tuple[str, str]:
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, places)),
        "PYTHONHASHSEED": "0",
    }
    told = subprocess.run(
        [sys.executable, "-c", LIVES], env=environ, capture_output=True, text=True, check=True
    )
    python, digest = told.stdout.split()
    return python, digest


@pytest.mark.skipif(f"{step.__file__}".endswith(".py"), reason="the fold is Python here")
def test_machine_code_decides_what_python_decides() -> None:
    wheel = Path(f"{step.__file__}").parents[2]
    compiled, interpreted = _lives(wheel, ROOT), _lives(ROOT / "src", ROOT)
    assert (compiled[0], interpreted[0]) == ("False", "True")
    assert compiled[1] == interpreted[1]
