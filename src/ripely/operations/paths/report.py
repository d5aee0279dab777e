"""All paths of a journey and what they show, in one answer: for the page, the API and the command line."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from ripely.compiler.ruleset import Published
from ripely.model.journey import Journey
from ripely.operations.paths.conflicts import conflicts
from ripely.operations.paths.exploring import explore
from ripely.operations.paths.finding import Lacking, Weakness, nobody_knows
from ripely.operations.paths.ground import templates_of, with_draft
from ripely.operations.paths.letters import late_letters, missing_facts, without_consent
from ripely.operations.paths.members import guarded_members
from ripely.operations.paths.reached import circles, dead_ends, unreached
from ripely.operations.paths.telling import Path, tell
from ripely.operations.wording.names import names_of


class Report(msgspec.Struct, frozen=True):
    """`complete`: no path was left out for a limit. `put_in`: nobody was found whom a trigger lets in."""

    journey: str
    name: str
    paths: tuple[Path, ...]
    findings: tuple[Weakness, ...]
    complete: bool
    put_in: bool
    ends: Mapping[str, int]


def paths_of(journey: Journey, published: Published, lacking: Lacking = nobody_knows) -> Report:
    """Find all paths of a journey, a draft or one in force, beside what is published."""
    whole = with_draft(published, journey)
    names = names_of(whole.definitions, whole.company)
    templates = templates_of(whole)
    explored = explore(journey, whole)
    told = _told_apart(
        [tell(path, number, journey, names) for number, path in enumerate(explored.paths, 1)]
    )
    found = [
        *unreached(journey, explored, names),
        *circles(journey),
        *dead_ends(journey, explored),
        *without_consent(journey, explored, names, lacking),
        *missing_facts(journey, templates, names, lacking),
        *late_letters(journey, explored, templates, names),
        *guarded_members(journey, explored, whole, names),
        *conflicts(journey, explored, whole, names),
    ]
    return Report(
        journey=journey.id,
        name=journey.name,
        paths=told,
        findings=tuple(sorted(dict.fromkeys(found), key=lambda one: one.rank)),
        complete=explored.complete,
        put_in=explored.forced,
        ends=dict(Counter(path.ends for path in told)),
    )


def _told_apart(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Leave out of the gist of each path what is in that of all."""
    if len(paths) < 2:
        return tuple(paths)
    of_all = set(paths[0].gist).intersection(*(one.gist for one in paths))
    return tuple(
        msgspec.structs.replace(one, gist=tuple(x for x in one.gist if x not in of_all))
        for one in paths
    )
