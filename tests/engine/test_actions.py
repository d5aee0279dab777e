"""What each kind of action does to a contact, asks of the world, and says of itself."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from company import ANN, BOB, CAROL, DAN, INTEREST, START_S, event, rules
from ripely.engine.coupons import coupon_code
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import (
    AddNote,
    Assign,
    Audience,
    Coupon,
    Deal,
    EmitAct,
    Notify,
    Task,
    Update,
    Webhook,
)
from ripely.model.company import Member, Team
from ripely.model.condition import AttributeIs
from ripely.model.duration import Duration
from ripely.model.effect import AssignOwner, CallWebhook, CreateTask, NotifyPerson, SyncAudience
from ripely.model.event import DERIVED
from ripely.model.ids import JourneyId, ListId, StepId, TeamId
from ripely.model.journey import Await, Journey, Repeat, Together, Wait
from ripely.model.score import PointsFor, Score
from ripely.model.trigger import OnEvent

ONE, TWO, THREE = map(StepId, ("one", "two", "three"))
SALES = TeamId("sales")
DAY_S = 86_400


def after(*steps, known=(), definitions=(), contact=ANN, **told):
    """What becomes of a contact that runs through some steps, one after the other."""
    names = [StepId(f"s{n}") for n in range(len(steps))]
    following = [*names[1:], None]
    drawn = {
        name: type(step)(
            **{**{f: getattr(step, f) for f in step.__struct_fields__}, "then": then}
        )
        for name, step, then in zip(names, steps, following, strict=True)
    }
    journey = Journey(JourneyId("j"), "J", (OnEvent("x"),), names[0], drawn, reentry="always")
    compiled = rules(journey, *definitions)
    profile = new_profile(contact, START_S)
    profile.attributes |= dict(known)
    return fold(compiled, profile, [event(1, contact, "x", START_S + 60, **told)])


def made(done, name):
    return [e.properties for e in done.events if e.name == name and e.source == DERIVED]


def notes(done, kind):
    return [(n.subject, n.reason) for n in done.notes if n.kind == kind]


# Changes of what is known.


@pytest.mark.parametrize(
    ("known", "update", "expected"),
    [
        ({}, Update(set={"plan": "pro"}), "pro"),
        ({}, Update(set={"plan": ("a", "b")}), ["a", "b"]),
        ({"plan": "pro"}, Update(set={"plan": None}), None),
        ({"plan": 3}, Update(add={"plan": 2}), 5),
        ({"plan": 3}, Update(add={"plan": 0.5}), 3.5),
        ({"plan": 2.5}, Update(add={"plan": 0.5}), 3),
        ({}, Update(add={"plan": 2}), 2),
        ({"plan": "a"}, Update(add={"plan": 2}), 2),
        ({"plan": True}, Update(add={"plan": 2}), 2),
        ({"plan": 3}, Update(multiply={"plan": 1.5}), 4.5),
        ({"plan": "a"}, Update(multiply={"plan": 2}), "a"),
        ({}, Update(multiply={"plan": 2}), None),
        ({"plan": 1e308}, Update(multiply={"plan": 10}), 1e308),
        ({"city": "Kyiv"}, Update(copy={"plan": "city"}), "Kyiv"),
        ({}, Update(copy={"plan": "entry.total"}), 120),
        ({}, Update(copy={"plan": "entry.cart.size"}), 4),
        ({"plan": "pro"}, Update(copy={"plan": "entry.unknown"}), None),
    ],
)
def test_an_update_of_an_attribute(known, update, expected):
    done = after(update, known=known, total=120, cart={"size": 4})
    found = done.profile.attributes.get("plan")
    assert found == expected
    assert type(found) is type(expected)
    changed = known.get("plan") != expected or type(known.get("plan")) is not type(expected)
    assert bool(notes(done, "attribute.set")) == changed


def test_a_number_that_cannot_be_multiplied_says_so():
    done = after(Update(multiply={"plan": 2}), known={"plan": "a"})
    assert notes(done, "attribute.kept") == [("plan", "it is no number, journey j")]


def test_what_is_counted_may_build_on_what_is_set_in_the_same_step():
    done = after(
        Update(set={"n": 5}, copy={"n": "entry.n"}, add={"n": 1}, multiply={"n": 3}), n=7
    )
    assert done.profile.attributes["n"] == 24


def test_an_update_of_all_that_a_contact_belongs_to():
    step = Update(
        add_tags=("vip",),
        join_lists=(ListId("news"),),
        join_topics=("boots",),
        leave_topics=("hats",),
        add_points={INTEREST: 5},
        lifecycle="customer",
        call_allowed=False,
    )
    done = after(step, definitions=[Score(INTEREST, "I", (PointsFor("y", 1),))])
    profile = done.profile
    assert (profile.tags, list(profile.lists)) == (["vip"], ["news"])
    assert {topic: said.granted for topic, said in profile.topics.items()} == {
        "boots": True,
        "hats": False,
    }
    assert (profile.scores[INTEREST], profile.lifecycle) == (5, "customer")
    assert "call" in profile.suppressed
    for kind in ("tag.added", "list.joined", "topic.joined", "score.changed"):
        assert len(notes(done, kind)) == 1, kind


def test_what_was_given_is_taken_again():
    given = Update(
        add_tags=("a", "b"), join_lists=(ListId("l"),), join_topics=("t",), call_allowed=False
    )
    taken = Update(
        remove_tags=("a",), leave_lists=(ListId("l"),), leave_topics=("t",), call_allowed=True
    )
    profile = after(given, taken).profile
    assert (profile.tags, profile.lists, profile.suppressed) == (["b"], {}, {})
    assert not profile.topics["t"].granted


# Owners.

BANDS = Team(
    SALES,
    "Sales",
    (
        Member("senior", score_at_least=50),
        Member("junior", score_at_least=10),
        Member("other", score_at_least=50),
        Member("none"),
    ),
)


@pytest.mark.parametrize(
    ("points", "owners"),
    [(9, {None}), (10, {"junior"}), (49, {"junior"}), (50, {"senior", "other"}), (99, {"senior", "other"})],
)  # fmt: skip
def test_an_owner_by_score_is_of_the_highest_band_that_is_reached(points, owners):
    found = set()
    for contact in (ANN, BOB, CAROL, DAN):
        done = after(
            Update(add_points={INTEREST: points}),
            Assign(team=SALES, how="score", score=INTEREST),
            definitions=[Score(INTEREST, "I", (PointsFor("y", 1),)), BANDS],
            contact=contact,
        )
        found.add(done.profile.attributes.get("owner"))
        assert len(notes(done, "owner.assigned")) + len(notes(done, "owner.missing")) == 1
    assert found == owners


LANDS = Team(
    SALES,
    "Sales",
    (
        Member("city", territories=("Lviv",)),
        Member("region", territories=("lviv oblast", "Kyiv oblast")),
        Member("country", territories=("UA",)),
    ),
)


@pytest.mark.parametrize(
    ("known", "owner"),
    [
        ({"country": "ua", "region": "Lviv Oblast", "city": "LVIV"}, "city"),
        ({"country": "UA", "region": "Lviv oblast", "city": "Stryi"}, "region"),
        ({"country": "UA", "city": "Odesa"}, "country"),
        ({"country": "PL", "city": "Wrocław"}, None),
        ({}, None),
    ],
)
def test_an_owner_by_territory_is_of_the_most_particular_place(known, owner):
    done = after(Assign(team=SALES, how="territory"), known=known, definitions=[LANDS])
    assert done.profile.attributes.get("owner") == owner


def test_an_owner_stays_unless_somebody_is_to_be_chosen_again():
    known = {"owner": "olga"}
    assert after(Assign(to="ivan"), known=known).profile.attributes["owner"] == "olga"
    again = after(Assign(to="ivan", again=True), known=known)
    assert again.profile.attributes["owner"] == "ivan"


TURNS = Team(SALES, "Sales", (Member("a"), Member("b")))


def asking(action, *answers, until_s=START_S + 2 * DAY_S):
    """Ask, let answers come, and look what the next step finds."""
    steps = {ONE: action, TWO: Update(copy={"told": "owner"}, add_tags=("on",))}
    journey = Journey(JourneyId("j"), "J", (OnEvent("x"),), ONE, steps)
    compiled = rules(journey, TURNS)
    told = [event(1, ANN, "x", START_S), *answers]
    return live(compiled, new_profile(ANN, START_S), told, until_s)


def test_a_journey_waits_for_the_owner_that_a_team_chooses():
    action = Assign(team=SALES, how="turns", then=TWO)
    asked = asking(action, until_s=START_S + 5)
    (effect,) = asked.effects
    assert (type(effect), effect.team, effect.how) == (AssignOwner, SALES, "turns")
    assert asked.profile.tags == []
    answer = event(2, ANN, "owner.assigned", START_S + 1, owner="b", call=effect.id)
    answered = asking(action, answer, until_s=START_S + 5)
    assert answered.profile.attributes == {"owner": "b", "told": "b"}
    assert answered.profile.tags == ["on"]
    assert [n.value for n in answered.notes if n.kind == "journey.resumed"] == [1]


def test_without_an_answer_the_journey_goes_on_after_an_hour():
    action = Assign(team=SALES, how="capacity", then=TWO)
    assert asking(action, until_s=START_S + 3599).profile.tags == []
    assert asking(action, until_s=START_S + 3600).profile.tags == ["on"]


def test_that_nobody_can_be_chosen_is_an_answer_too():
    action = Assign(team=SALES, how="capacity", then=TWO)
    (effect,) = asking(action, until_s=START_S).effects
    answer = event(2, ANN, "owner.missing", START_S + 1, call=effect.id)
    done = asking(action, answer, until_s=START_S + 5)
    assert (done.profile.tags, done.profile.attributes) == (["on"], {})


# Tasks and notices.


def test_a_call_for_a_contact_who_may_not_be_called_is_not_made():
    done = after(Update(call_allowed=False), Task("Call"), Task("Write", type="todo"))
    (todo,) = done.effects
    assert (type(todo), todo.title) == (CreateTask, "Write")
    (told,) = made(done, "task.dropped")
    assert told["title"] == "Call"
    assert len(notes(done, "task.held")) == 1


def test_a_task_for_a_team_says_how_urgent_it_is_and_how_long_it_may_wait():
    step = Task("Call", team=SALES, priority=9, patience=Duration(3600), due=Duration(600))
    (task,) = after(step, known={"owner": "olga"}, definitions=[TURNS]).effects
    now_ms = (START_S + 60) * 1000
    assert (task.team, task.priority, task.assignee) == (SALES, 9, "olga")
    assert (task.due_ms, task.until_ms) == (now_ms + 600_000, now_ms + 3_600_000)


@pytest.mark.parametrize(
    ("to", "people"), [("owner", ["olga"]), ("team:sales", ["a", "b"]), ("ivan", ["ivan"])]
)
def test_a_notice_reaches_the_owner_a_team_or_somebody_named(to, people):
    done = after(Notify("Look", to), known={"owner": "olga"}, definitions=[TURNS])
    assert [(type(one), one.to) for one in done.effects] == [
        (NotifyPerson, who) for who in people
    ]
    assert len({one.id for one in done.effects}) == len(people)


# Deals.


def test_a_deal_is_opened_then_moved_then_won():
    done = after(
        Deal(stage="new", title="Boots", value=100),
        Deal(stage="offer"),
        Deal(stage="offer"),
        Deal(outcome="won"),
        Deal(outcome="lost"),
    )
    told = [
        (e.name, e.properties["deal"], e.properties.get("stage"))
        for e in done.events
        if e.name.startswith("deal.")
    ]
    assert [(name, stage) for name, _, stage in told] == [
        ("deal.opened", "new"),
        ("deal.moved", "offer"),
        ("deal.won", None),
    ]
    assert len({deal for _, deal, _ in told}) == 1
    (deal,) = done.profile.deals.values()
    assert (deal.pipeline, deal.stage, deal.state, deal.value) == ("sales", "offer", "won", 100)


def test_a_deal_that_a_colleague_opened_is_moved_where_the_journey_says():
    steps = {ONE: Deal(pipeline="b2b", stage="offer")}
    compiled = rules(Journey(JourneyId("j"), "J", (OnEvent("x"),), ONE, steps))
    told = [
        event(1, ANN, "deal.opened", START_S, deal="d1", pipeline="b2b", stage="new", value=5),
        event(2, ANN, "deal.opened", START_S + 1, deal="d2", pipeline="other", stage="new"),
        event(3, ANN, "x", START_S + 2),
    ]
    done = fold(compiled, new_profile(ANN, START_S), told)
    assert [p["deal"] for p in made(done, "deal.moved")] == ["d1"]
    assert (done.profile.deals["d1"].stage, done.profile.deals["d1"].value) == ("offer", 5)
    assert done.profile.deals["d2"].stage == "new"


def test_without_an_open_deal_there_is_none_to_close():
    done = after(Deal(outcome="lost"))
    assert not done.profile.deals
    assert notes(done, "deal.missing") == [("sales", "no open deal to close, journey j")]


# Coupons.


def test_a_code_is_the_contacts_own_and_ends_on_its_day():
    found = {}
    for contact in (ANN, BOB):
        done = after(
            Coupon("may", prefix="MAY", valid_for=Duration(2 * DAY_S)),
            contact=contact,
            known={"timezone": "Pacific/Kiritimati"},
        )
        attributes = done.profile.attributes
        found[contact] = attributes["coupon"]
        (told,) = made(done, "coupon.issued")
        assert told["coupon"] == attributes["coupon"]
        # Nine in the morning in UTC is the same evening there.
        assert attributes["coupon_until"] == told["until"] == "2030-01-03"
    assert len(set(found.values())) == 2
    assert all(code.startswith("MAY-") for code in found.values())


def test_a_code_until_a_weekday_ends_with_that_day_where_the_contact_lives():
    known = {"timezone": "America/New_York"}
    done = after(Coupon("may", attribute="code", until="wednesday", at="20:00"), known=known)
    (told,) = made(done, "coupon.issued")
    ends = datetime.fromisoformat(told["ends"])
    assert ends == datetime(2030, 1, 3, 1, tzinfo=UTC)
    assert done.profile.attributes["code_until"] == "2030-01-02"


@given(st.integers(0, 2**63 - 1))
def test_a_code_has_no_letters_that_look_alike(number):
    code = coupon_code(number)
    assert len(code) == 9
    assert code[4] == "-"
    assert not set(code) & set("ILO01")


# What others are told.


def test_an_event_of_the_journey_carries_what_came_with_the_entry_and_can_begin_another():
    other = Journey(
        JourneyId("k"),
        "K",
        (OnEvent("offer.made"),),
        ONE,
        {ONE: Update(copy={"k": "entry.kind"})},
    )
    step = EmitAct(
        "offer.made", {"total": "entry.total", "kind": "boots", "none": "entry.none"}
    )
    done = after(step, definitions=[other], total=120)
    (told,) = made(done, "offer.made")
    assert told == {"total": 120, "kind": "boots", "none": None}
    assert done.profile.attributes == {"k": "boots"}


def test_a_journey_that_makes_the_event_it_begins_with_comes_to_rest():
    done = after(EmitAct("x"), Update(add={"n": 1}))
    assert done.profile.attributes["n"] == 1
    assert len(made(done, "x")) == 1


def test_a_note_and_an_audience():
    done = after(AddNote("Prefers tea"), Audience("buyers", "ads", "remove"))
    assert made(done, "note.added") == [{"text": "Prefers tea", "by": "journey j"}]
    (effect,) = done.effects
    assert (type(effect), effect.audience, effect.network, effect.change) == (
        SyncAudience,
        "buyers",
        "ads",
        "remove",
    )


def hooked(*answers, until_s=START_S + 5):
    steps = {
        ONE: Webhook("https://x.example/", keep=True, then=TWO),
        TWO: Update(copy={"points": "data.one.points", "status": "data.one.status"}),
    }
    compiled = rules(Journey(JourneyId("j"), "J", (OnEvent("x"),), ONE, steps))
    told = [event(1, ANN, "x", START_S), *answers]
    return live(compiled, new_profile(ANN, START_S), told, until_s)


def test_what_another_system_answers_is_known_to_later_steps():
    (effect,) = hooked().effects
    assert (type(effect), effect.keep) == (CallWebhook, True)
    assert not hooked().profile.attributes
    said = {"status": 200, "answer": {"points": 7, "status": "theirs"}, "call": effect.id}
    answer = event(2, ANN, "webhook.answered", START_S + 2, **said)
    assert hooked(answer).profile.attributes == {"points": 7, "status": 200}


def test_the_answer_to_another_call_is_not_taken_for_ones_own():
    answer = event(2, ANN, "webhook.answered", START_S + 2, status=200, call="other")
    assert not hooked(answer).profile.attributes


def test_a_webhook_that_failed_lets_the_journey_go_on():
    (effect,) = hooked().effects
    failed = event(2, ANN, "webhook.failed", START_S + 2, status=500, call=effect.id)
    assert hooked(failed).profile.attributes == {"status": 500}


def test_what_is_done_again_in_one_entry_has_an_id_of_its_own():
    steps = {
        ONE: Task("Call", then=TWO),
        TWO: Wait(Duration(60), then=THREE),
        THREE: Repeat(ONE, 2),
    }
    compiled = rules(Journey(JourneyId("j"), "J", (OnEvent("x"),), ONE, steps))
    told = [event(1, ANN, "x", START_S)]
    done = live(compiled, new_profile(ANN, START_S), told, START_S + DAY_S)
    assert len(done.effects) == 3
    assert len({effect.id for effect in done.effects}) == 3


def test_what_is_done_together_has_ids_of_its_own():
    steps = {ONE: Together((Task("Call"), Task("Write"), Notify("Look", "ivan")))}
    compiled = rules(Journey(JourneyId("j"), "J", (OnEvent("x"),), ONE, steps))
    done = fold(compiled, new_profile(ANN, START_S), [event(1, ANN, "x", START_S)])
    assert len({effect.id for effect in done.effects}) == 3


def test_a_place_where_an_answer_is_awaited_goes_on_after_a_merge():
    steps = {
        ONE: Assign(team=SALES, how="turns", then=TWO),
        TWO: Update(add_tags=("on",), then=THREE),
        THREE: Await(AttributeIs("never", value=1), Duration(DAY_S)),
    }
    compiled = rules(Journey(JourneyId("j"), "J", (OnEvent("x"),), ONE, steps), TURNS)
    asked = fold(compiled, new_profile(ANN, START_S), [event(1, ANN, "x", START_S)])
    (effect,) = asked.effects
    merged = fold(
        compiled,
        asked.profile,
        [event(2, ANN, "contact.merged", START_S + 1, into=BOB, by="user")],
    )
    (facts,) = merged.effects
    told = [
        event(3, BOB, "contact.absorbed", START_S + 1, **facts.properties),
        event(4, BOB, "owner.assigned", START_S + 2, owner="a", call=effect.id),
    ]
    done = fold(compiled, new_profile(BOB, START_S), told)
    assert (done.profile.tags, done.profile.attributes["owner"]) == (["on"], "a")
