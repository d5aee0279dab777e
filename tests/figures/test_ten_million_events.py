"""The benches of history, over a tenth of what they measure: they run, and are right."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
BENCHES = ("audience_100m", "audience_365d", "audience_memory", "seed_1m")

pytestmark = pytest.mark.slow


def test_audiences_and_learning_work_over_ten_million_events(tmp_path: Path) -> None:
    """Who a new segment takes in is compared with its query: the bench fails where they differ."""
    environ = {
        **os.environ,
        "RIPELY_BENCH_EVENTS": "10000000",
        "RIPELY_BENCH_DATA": str(tmp_path),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "bench", *BENCHES],
        cwd=PROJECT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    figures = {told["name"]: told for told in map(json.loads, ran.stdout.splitlines())}
    assert list(figures) == list(BENCHES)
    memory = figures["audience_memory"]
    assert memory["value"] <= memory["limit"]
