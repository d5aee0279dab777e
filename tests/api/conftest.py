import pytest

from api.collecting import Collector


@pytest.fixture
def collector() -> Collector:
    return Collector()
