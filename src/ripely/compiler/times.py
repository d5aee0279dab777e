"""Questions about the time that it is for a contact."""

from ripely.engine.ruleset import Condition
from ripely.model.company import Company
from ripely.model.condition import OfTime


def compile_time(asked: OfTime, _company: Company) -> Condition:
    raise NotImplementedError(asked)
