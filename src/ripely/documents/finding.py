"""Where a mistake is in somebody's files, and the full list of what can be mistaken."""

from collections.abc import Mapping

import msgspec

from ripely.model.problem import Problem

CODES: Mapping[str, str] = {
    "not_readable": "The file is not YAML or JSON, or not text in UTF-8.",
    "too_large": "A file or document exceeds a limit: 1 MB a file, 40 levels deep, 50,000 values.",
    "repeated_key": "The same key stands twice in one place; only one could count.",
    "unsupported_yaml": "A YAML tag, a key that is not text, or a character that cannot be stored.",
    "not_a_document": "A document is a list of keys and values with a `kind`.",
    "missing_file": "A `body_file` or `text_file` names a file that is not in the folder.",
    "missing_field": "Something that must be said is not said.",
    "unknown_field": "A key that means nothing here, often a misspelling.",
    "unknown_choice": "A word that is not one of the words possible here.",
    "wrong_type": "A number where text belongs, one value where a list belongs, and so on.",
    "bad_duration": "Not a length of time like `30d`, or longer than ten years.",
    "bad_time": "Not a time of day like `20:00`.",
    "out_of_range": "A number too small or too big.",
    "bad_id": "An id or step name with other than letters, digits, `-`, `_`, `.`, or too long.",
    "duplicate_id": "Two documents of one kind have the same id.",
    "unknown_reference": "A segment, score, template or journey that is defined nowhere.",
    "circular_reference": "Segments and scores that depend on each other in a circle.",
    "missing_target": "A step leads to a step that does not exist.",
    "unreachable_step": "No way leads to this step, so it never happens.",
    "endless_loop": "Steps lead round in a circle without a wait, or for ever with waits of less than a minute.",
    "empty_branch": "A branch without cases, or whose ways all lead nowhere.",
    "bad_split": "A split with fewer than two arms, or two arms of one name.",
    "no_trigger": "A journey that nothing starts.",
    "no_action": "A journey that does nothing: at least one action is needed.",
    "empty_update": "An update that changes nothing.",
    "empty_group": "An `all` or `any` without conditions.",
    "empty_score": "A score without rules.",
    "contradiction": "Numbers or settings that cannot hold together.",
    "never_true": "A wait for something that waiting cannot bring about.",
    "bad_pattern": "A regular expression that cannot be read, or is too large.",
    "wrong_value": "A value that the comparison cannot work with.",
    "bad_levels": "Levels that do not rise, or share a name.",
    "bad_zone": "Not a time zone like `Europe/Kyiv`.",
    "bad_currency": "Not a code of ISO 4217 like `EUR`.",
    "bad_day": "A day that the calendar does not have.",
    "bad_hours": "Hours that are on no day, are never, or are always.",
    "empty_guard": "A guard without a cap, quiet hours, a budget or country rules.",
    "bad_url": "A webhook address that is not a web address.",
    "bad_template": "A template whose MJML or Liquid cannot be read.",
    "untried": "A journey that the company wants tried or approved first, and this content of it was not.",
    "surprising": "A change by which a journey would write to far more contacts, or to others, than it does now.",
    "resumes": "Warning: a journey that is paused now goes on when this is published.",
    "overtaken": "Somebody else has published this document since it was looked at.",
    "uncounted": "Warning: the archive could not be asked whom a changed journey would write to.",
    "unknown_event": "Warning: no standard event has this name. Your own events are welcome.",
}

WARNINGS = frozenset({"resumes", "uncounted", "unknown_event"})


class Finding(msgspec.Struct, frozen=True, order=True):
    """A problem and the file and line (from 1) to look at."""

    file: str
    line: int
    path: str
    code: str
    message: str

    @property
    def warning(self) -> bool:
        return self.code in WARNINGS


def locate(file: str, lines: Mapping[str, int], problem: Problem) -> Finding:
    """Add the line of the nearest part of the document that the file really has."""
    path = problem.path
    while path not in lines and path != "$":
        path = path[: max(path.rfind("."), path.rfind("["))] or "$"
    return Finding(file, lines.get(path, 1), problem.path, problem.code, problem.message)
