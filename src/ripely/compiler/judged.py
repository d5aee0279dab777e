"""Opens and clicks of messages, which machines make too."""

from ripely.model.acts import Where

JUDGED = (".opened", ".clicked")
VERDICT = "by"


def by_people(event: str, where: tuple[Where, ...]) -> tuple[Where, ...]:
    """Leave out what machines opened and clicked, unless a rule says itself by whom it was done."""
    if not event.endswith(JUDGED) or any(test.property == VERDICT for test in where):
        return where
    return (*where, Where(VERDICT, "not_equals", "machine"))
