"""Each contract is checked on every implementation."""

from collections.abc import Iterator

import pytest

from ports.world import World, memory_world, postgres_world


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "memory":
        with memory_world() as opened:
            yield opened
    else:
        with postgres_world(request.getfixturevalue("database_url")) as opened:
            yield opened
