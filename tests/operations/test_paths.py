"""Paths: every way through a journey is found by going it, and goes the same when it is played as a story."""

from zoneinfo import ZoneInfo

import pytest

from ripely.compiler.ruleset import Published
from ripely.operations.library import automations, documents_of
from ripely.operations.paths.exploring import PATHS_MAX, explore
from ripely.operations.paths.ground import compiled, needed, templates_of
from ripely.operations.paths.report import paths_of
from ripely.operations.paths.script import acts, script, story
from ripely.operations.paths.telling import LINES_MAX
from ripely.operations.paths.trail import HELD
from ripely.operations.publishing.review import review
from ripely.operations.rehearsing.rehearsal import Stage, compile_script, rehearse
from ripely.operations.rehearsing.story import read_script

TEMPLATE = """
kind: template
id: {id}
name: {id}
subject: "{subject}"
body: <mjml><mj-body></mj-body></mjml>
"""
LETTERS = "---".join(
    TEMPLATE.format(id=name, subject=name) for name in ("hello", "more", "bye")
)
SERIES = """
kind: journey
id: series
name: Series
triggers: [{on: event, event: order.completed}]
goal: {when: {if: did, event: order.completed, since_entering: journey}, name: again}
start: hello
steps:
  hello: {do: send, template: hello, then: read}
  read: {do: await, until: {if: message, did: opened, template: hello, since_entering: journey}, timeout: 2d, then: clicked, otherwise: bye}
  clicked:
    do: branch
    cases: [{when: {if: message, did: clicked, template: hello, since_entering: journey}, then: end}]
    otherwise: more
  more: {do: send, template: more}
  bye: {do: send, template: bye}
  end: {do: exit, reason: they know enough}
"""


def published(*texts):
    documents, findings = review({f"{n}.yaml": text.encode() for n, text in enumerate(texts)})
    assert not [finding for finding in findings if not finding.warning], findings
    return Published(tuple(one.definition for one in documents))


def journey_of(whole):
    return whole.journeys[0][1]


def report(*texts, lacking=lambda _: None):
    whole = published(*texts, LETTERS)
    return paths_of(journey_of(whole), whole, lacking)


def codes(found):
    return {(one.code, one.path) for one in found.findings}


def test_each_outcome_of_a_letter_is_a_path_of_its_own():
    found = report(SERIES)
    told = {(path.end, path.messages) for path in found.paths}
    assert ("Left: they know enough", 1) in told  # Read and clicked.
    assert ("Finished", 2) in told  # Read and not clicked; or not read.
    assert ("Reached the goal “again”", 1) in told  # Bought while we waited.
    assert found.complete
    ways = [[line.words for line in path.lines if line.kind == "way"] for path in found.paths]
    assert any("Time ran out" in words for words in ways)
    assert len(found.paths) < 12


def test_a_path_tells_its_days_messages_and_what_the_person_does():
    found = report(SERIES)
    unread = next(
        path for path in found.paths if any(line.words == "Time ran out" for line in path.lines)
        and not path.held
    )  # fmt: skip
    sent = [(line.day, line.at) for line in unread.lines if line.kind == "message"]
    assert sent == [(0, "09:00"), (2, "09:00")]
    bought = next(path for path in found.paths if path.ends == "goal")
    assert [line.words for line in bought.lines if line.kind == "person"][-1].startswith(
        "Order completed"
    )


def library():
    for automation in automations():
        for journey in automation.journeys:
            yield pytest.param(automation, journey, id=f"{automation.id}/{journey.id}")


@pytest.mark.parametrize(("automation", "journey"), [*library()])
def test_every_path_goes_the_same_way_when_it_is_played_as_a_story(automation, journey):
    documents, _ = review(documents_of([automation], Published()))
    whole = needed(journey, Published(tuple(one.definition for one in documents)))
    zone = ZoneInfo(whole.company.timezone)
    stage = Stage(compiled(whole), templates_of(whole))
    explored = explore(journey, whole)
    assert explored.paths
    assert not explored.forced
    assert {mark.step for path in explored.paths for mark in path.marks} >= set(journey.steps)
    stories = [
        story(f"Path {number}", acts(path.scenes, path.cast.name, zone), stage, zone)
        for number, path in enumerate(explored.paths, 1)
    ]
    read = read_script(script(whole, stories))
    again = compile_script(read, zone)
    for one, path in zip(read.stories, explored.paths, strict=True):
        assert rehearse(one, again) == []
        left = [
            line for act in one.acts for line in act.follows if line.startswith("left journey")
        ]
        if path.marks[-1].kind == "exited":
            assert any(str(path.marks[-1].step) in line for line in left)


def with_steps(steps, **more):
    said = "".join(f"{name}: {value}\n" for name, value in more.items())
    triggers = (
        "triggers: [{on: event, event: order.completed}]\n" if "triggers" not in more else ""
    )
    return f"kind: journey\nid: j\nname: J\n{triggers}{said}{steps}"


LETTER = "start: a\nsteps:\n  a: {do: send, template: hello}\n"


def test_a_case_that_an_earlier_one_takes_away_never_holds():
    found = report(
        with_steps("""start: a
steps:
  a:
    do: branch
    cases:
      - {when: {if: tag, name: vip}, then: b}
      - {when: {if: all, conditions: [{if: tag, name: vip}, {if: attribute, name: city, value: Kyiv}]}, then: c}
  b: {do: send, template: hello}
  c: {do: send, template: more}
""")
    )
    assert ("never_holds", "$.steps.a.cases[1]") in codes(found)
    assert ("never_reached", "$.steps.c") in codes(found)
    assert ("never_holds", "$.steps.a.cases[0]") not in codes(found)


@pytest.mark.parametrize(
    "both",
    [
        "{if: attribute, name: city, value: Kyiv}, {if: attribute, name: city, value: Lviv}",
        "{if: entry, property: total, op: at_least, value: 200}, {if: entry, property: total, value: 20}",
        "{if: tag, name: vip}, {if: not, condition: {if: tag, name: vip}}",
    ],
)
def test_what_cannot_be_together_never_holds(both):
    found = report(
        with_steps(f"""start: a
steps:
  a: {{do: branch, cases: [{{when: {{if: all, conditions: [{both}]}}, then: b}}], otherwise: c}}
  b: {{do: send, template: hello}}
  c: {{do: send, template: more}}
""")
    )
    assert ("never_holds", "$.steps.a.cases[0]") in codes(found)
    assert ("never_reached", "$.steps.b") in codes(found)


def test_a_case_that_the_entry_filter_rules_out_never_holds():
    steps = """start: a
steps:
  a: {do: branch, cases: [{when: {if: entry, property: plan, value: pro}, then: b}], otherwise: c}
  b: {do: send, template: hello}
  c: {do: send, template: more}
"""
    wide = report(with_steps(steps))
    assert ("never_holds", "$.steps.a.cases[0]") not in codes(wide)
    narrow = report(with_steps(steps, filter="{if: entry, property: plan, value: basic}"))
    assert ("never_holds", "$.steps.a.cases[0]") in codes(narrow)


def test_a_journey_that_lets_nobody_in_is_a_problem_and_a_sleeping_trigger_a_warning():
    never = "{if: all, conditions: [{if: entry, property: x, value: a}, {if: entry, property: x, value: b}]}"
    found = report(with_steps(LETTER, filter=never))
    assert ("trigger_asleep", "$.triggers[0]") in codes(found)
    assert found.put_in
    assert found.paths


def test_whoever_gives_no_consent_goes_on_without_the_letter_and_the_share_is_told():
    found = report(with_steps(LETTER), lacking={"consent/marketing": 0.38}.get)
    (one,) = [one for one in found.findings if one.code == "without_consent"]
    assert "38%" in one.message
    held = [path for path in found.paths if path.held]
    assert [line.words for line in held[0].lines if line.kind == HELD] == [
        "“hello” is not sent: consent for marketing was withdrawn"
    ]
    asked = report(with_steps(LETTER, filter="{if: consent}"))
    assert "without_consent" not in {one.code for one in asked.findings}


def test_a_fact_that_a_letter_takes_for_granted_is_named_with_its_share():
    letter = TEMPLATE.format(id="x", subject="Hello {{ contact.pet }}")
    guarded = TEMPLATE.format(id="x", subject="Hello {{ contact.pet | default: 'you' }}")
    journey = with_steps("start: a\nsteps:\n  a: {do: send, template: x}\n")
    found = report(journey, letter, lacking=lambda _: 0.5)
    assert ("missing_data", "$.steps.a") in codes(found)
    assert any("50%" in one.message for one in found.findings if one.code == "missing_data")
    for other in (report(journey, guarded), report(journey, letter, lacking=lambda _: 0.0)):
        assert "missing_data" not in {one.code for one in other.findings}
    given = with_steps(
        "start: s\nsteps:\n  s: {do: update, set: {pet: cat}, then: a}\n  a: {do: send, template: x}\n"
    )
    assert "missing_data" not in {one.code for one in report(given, letter).findings}


@pytest.mark.parametrize(("valid", "late"), [("1d", True), ("5d", False)])
def test_a_letter_about_an_offer_that_has_ended_is_found(valid, late):
    letter = TEMPLATE.format(id="x", subject="Your code {{ contact.coupon }}")
    found = report(
        with_steps(f"""start: give
steps:
  give: {{do: coupon, campaign: may, valid_for: {valid}, then: wait}}
  wait: {{do: wait, for: 3d, then: remind}}
  remind: {{do: send, template: x}}
"""),
        letter,
    )
    assert (("after_offer", "$.steps.remind") in codes(found)) is late


@pytest.mark.parametrize(("within", "late"), [("1d", True), ("5d", False)])
def test_a_letter_after_the_goal_has_stopped_to_count_is_found(within, late):
    found = report(
        with_steps(
            "start: wait\nsteps:\n  wait: {do: wait, for: 3d, then: a}\n  a: {do: send, template: hello}\n",
            goal=f"{{when: {{if: tag, name: x}}, within: {within}}}",
        )
    )
    assert (("after_goal_window", "$.steps.a") in codes(found)) is late


def test_a_way_on_which_nothing_is_done_is_a_dead_end():
    found = report(
        with_steps("""start: a
steps:
  a: {do: branch, cases: [{when: {if: tag, name: vip}, then: b}]}
  b: {do: send, template: hello}
""")
    )
    assert ("dead_end", "$.steps.a") in codes(found)


def test_two_journeys_that_begin_together_and_pass_a_cap_are_in_conflict():
    rival = (
        with_steps(LETTER)
        .replace("id: j\n", "id: rival\n")
        .replace("name: J\n", "name: Rival\n")
    )
    cap = "kind: guard\nid: g\nname: G\ncaps: [{at_most: 1, within: 1d}]\n"
    whole = published(with_steps(LETTER), rival, cap, LETTERS)
    mine = next(one for _, one in whole.journeys if one.id == "j")
    assert ("conflict_cap", "$.triggers") in codes(paths_of(mine, whole))
    roomy = published(
        with_steps(LETTER), rival, cap.replace("at_most: 1", "at_most: 2"), LETTERS
    )
    assert ("conflict_cap", "$.triggers") not in codes(paths_of(mine, roomy))
    assert ("conflict_trigger", "$.triggers") in codes(paths_of(mine, roomy))


def test_journeys_that_begin_each_other_and_end_each_other_are_in_conflict():
    one = with_steps("start: a\nsteps:\n  a: {do: update, add_tags: [hot]}\n",
                     triggers="[{on: event, event: tag.added, where: [{property: tag, value: cold}]}]")  # fmt: skip
    other = with_steps(
        "start: a\nsteps:\n  a: {do: update, add_tags: [cold]}\n",
        triggers="[{on: event, event: tag.added, where: [{property: tag, value: hot}]}]",
        leave="[{when: {if: tag, name: hot}}]",
    ).replace("id: j\n", "id: k\n")
    whole = published(one, other, LETTERS)
    mine = next(j for _, j in whole.journeys if j.id == "j")
    assert {("conflict_circle", "$.steps.a"), ("conflict_end", "$.steps.a")} <= codes(
        paths_of(mine, whole)
    )


def test_chance_falls_every_way_and_whoever_is_held_out_is_a_path_too():
    found = report(
        with_steps(
            """start: a
steps:
  a: {do: split, arms: [{name: x, weight: 9, then: b}, {name: y, then: c}]}
  b: {do: send, template: hello}
  c: {do: send, template: more}
""",
            goal="{when: {if: tag, name: x}, within: 9d}",
            holdout="10",
        )
    )
    assert found.ends["kept out"] == 1
    ways = {line.words for path in found.paths for line in path.lines if line.kind == "way"}
    assert {"“x”", "“y”"} <= ways


def test_many_paths_are_cut_and_it_is_said():
    steps = ["start: s0", "steps:"]
    for n in range(9):
        case = f"{{when: {{if: tag, name: t{n}}}, then: a{n}}}"
        steps.append(f"  s{n}: {{do: branch, cases: [{case}], otherwise: s{n + 1}}}")
        steps.append(f"  a{n}: {{do: update, add_tags: [x{n}], then: s{n + 1}}}")
    steps.append("  s9: {do: send, template: hello}")
    found = report(with_steps("\n".join(steps) + "\n"))
    assert not found.complete
    assert len(found.paths) == PATHS_MAX
    assert "never_reached" not in {one.code for one in found.findings}


def test_a_journey_that_goes_round_a_thousand_times_ends_the_search_and_its_path_is_cut_short():
    found = report(
        with_steps(
            """start: a
steps:
  a: {do: send, template: hello, then: wait}
  wait: {do: wait, for: 1d, then: round}
  round: {do: repeat, back_to: a, at_most: 1000}
""",
            goal="{when: {if: tag, name: x}}",
            leave="[{when: {if: tag, name: y}}]",
        )
    )
    assert not found.complete
    assert max(len(path.lines) for path in found.paths) <= LINES_MAX + 1
    assert any("more" in line.words for line in found.paths[0].lines[-2:])


@pytest.mark.parametrize(("at_most", "held"), [(1, True), (2, False)])
def test_what_a_guard_holds_for_members_of_its_segment_is_told(at_most, held):
    guard = (
        "kind: segment\nid: cold\nname: Cold\nwhen: {if: tag, name: cold}\n---\n"
        f"kind: guard\nid: g\nname: Seldom\nsegment: cold\ncaps: [{{at_most: {at_most}, within: 9d}}]\n"
    )
    two = "start: a\nsteps:\n  a: {do: send, template: hello, then: b}\n  b: {do: send, template: more}\n"
    found = report(with_steps(two), guard)
    told = [one.message for one in found.findings if one.code == "guarded_members"]
    assert bool(told) is held
    assert all("“more”" in one and "“hello”" not in one for one in told)
    assert found.paths[0].held == 0


def test_paths_are_told_apart_by_what_differs_and_not_by_what_all_have_in_common():
    found = report(
        with_steps(
            """start: a
steps:
  a: {do: split, arms: [{name: x, weight: 9, then: b}, {name: y, then: b}]}
  b: {do: send, template: hello}
""",
            filter="{if: attribute, name: city, op: exists}",
        )
    )
    known = [path for path in found.paths if not path.held]
    assert {path.gist for path in known} == {("“x”",), ("“y”",)}
