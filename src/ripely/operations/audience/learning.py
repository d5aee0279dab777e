"""What history knows of one contact that a condition asks for, though no rule has asked for it before."""

import msgspec

from ripely.compiler.normalize import Kernels
from ripely.compiler.reaction import compile_reactions
from ripely.engine.series import record_values
from ripely.model.condition import Condition
from ripely.model.ids import ContactId, PredicateId, SeriesId
from ripely.model.profile import Profile, Series
from ripely.operations.wording.names import Names
from ripely.ports import History
from ripely.runtime.remembering import told_of


def learned(condition: Condition, profile: Profile, names: Names, history: History) -> Profile:
    """Return a profile that knows what the condition asks for of events."""
    scores = {score.id: score for score in names.scores.values()}
    kernels = Kernels(names.company, scores)
    kernels.normalize(condition)
    react = compile_reactions(kernels.rules, {}, {}, names.company.section_depth)
    counts: dict[PredicateId, list[int]] = {}
    series: dict[SeriesId, Series] = {}
    told = {e.id: e for part in _parts(profile) for e in told_of(history, part)}
    for event in sorted(told.values(), key=lambda one: one.received_ms):
        reaction = react(event)
        for predicate, *_ in reaction.counts:
            counts.setdefault(predicate, []).append(event.occurred_s)
        record_values(series, event, reaction.recordings, event.now_s)
    for moments in counts.values():
        moments.sort()
    return msgspec.structs.replace(
        profile,
        counts={**profile.counts, **counts},
        series={**profile.series, **series},
    )


def _parts(profile: Profile) -> list[ContactId]:
    """Return the contact, and those that it took in."""
    return [profile.contact, *profile.absorbed]
