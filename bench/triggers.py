"""How many distinct triggers there are whose examples show what they say."""

from bench.runner import Figure, bench
from ripely.operations.rehearsing.trigger_examples import proven

WANTED = 150


@bench("triggers_catalogue")
def triggers_catalogue() -> Figure:
    """Each is published in a journey, and played with a story that lets in once and one that does not."""
    load = "journeys published and stories played, two a trigger"
    return Figure(proven(), "triggers", WANTED, load)
