"""No step of an order is taken out of its turn, and no order is released with one missing."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from station.core.problem import Refused
from station.core.standing import (
    Standing,
    Taken,
    article_due,
    articles_first,
    check,
    missing,
    print_problems,
    standing,
    step_problems,
)
from station.core.state import OrderState
from station.core.workflow import (
    ALWAYS,
    BEFORE,
    CLOSED,
    PERSONAL,
    RULE_OF,
    RULES,
    Moment,
    Rule,
    Step,
    Workflow,
    digest_of,
    may,
    may_witness,
    workflow,
)

EVERY = workflow(Step, contract=True, articles=1)
ORDER = tuple(each.step for each in RULES)
ROLES = {"operator", "supervisor", "quality", "resident", "registrant"}
STATE_AT = {
    Moment.BEFORE: OrderState.HELD,
    Moment.LABELS: OrderState.HELD,
    Moment.AFTER: OrderState.CLOSED,
}
"""The state an order is in when a step of that moment can be signed."""


def entries(steps: Iterable[Step], *, first: int = 1) -> tuple[Taken, ...]:
    """Everybody signs one step only."""
    return tuple(
        Taken(step, passed=True, seq=seq, by=f"person of {step}")
        for seq, step in enumerate(steps, first)
    )


def reached(
    taken: Iterable[Step],
    *,
    state: OrderState,
    plan: Workflow = EVERY,
    articles: int = 1,
    challenged: bool = True,
    on_hold: int = 0,
    more: tuple[Taken, ...] = (),
) -> Standing:
    return standing(
        "WO-1",
        plan,
        (*entries(each for each in taken if each in PERSONAL), *more),
        state=state,
        challenged=challenged,
        articles=articles,
        on_hold=on_hold,
    )


def problems(now: Standing, step: Step) -> set[str]:
    return {str(each) for each in step_problems(now, step)}


def test_the_table_has_every_step_once_in_the_order_of_its_moments() -> None:
    assert set(ORDER) == set(Step)
    assert len(ORDER) == len(Step)
    assert ORDER[0] == Step.CLEARANCE
    assert ORDER[-1] == Step.MARKET_RELEASE


@pytest.mark.parametrize("found", RULES, ids=lambda each: each.step.value)
def test_a_step_names_known_roles_and_only_earlier_steps(found: Rule) -> None:
    assert found.by
    assert found.by <= ROLES
    assert found.witness <= ROLES
    assert all(ORDER.index(each) < ORDER.index(found.step) for each in found.apart)
    assert bool(found.meaning) or found.moment == Moment.MACHINE
    assert all(may(found.step, {role}) for role in found.by)
    assert not may(found.step, {"admin"})
    assert may_witness(found.step, ROLES) == bool(found.witness)


PAIRS = [(early, late) for late in PERSONAL for early in ORDER[: ORDER.index(late)]]
"""Every pair of a step that is signed and one that comes before it."""


@pytest.mark.parametrize(("early", "late"), PAIRS, ids=lambda each: each.value)
def test_a_step_is_refused_while_one_before_it_is_missing(early: Step, late: Step) -> None:
    before = [each for each in ORDER[: ORDER.index(late)] if each != early]
    state = STATE_AT[RULE_OF[late].moment]
    if early in ALWAYS:
        state = OrderState.HELD if early == Step.RUN else OrderState.FINISHED
    on_hold = 1 if early == Step.LAST_CHALLENGE else 0
    now = reached(before, state=state, challenged=early != Step.CHALLENGE, on_hold=on_hold)
    assert early not in now.passed
    assert str(RULE_OF[early].missing) in problems(now, late)
    with pytest.raises(Refused):
        check(now, late, by="somebody else", witness="another one")


@pytest.mark.parametrize("late", PERSONAL, ids=lambda each: each.value)
def test_a_step_is_taken_when_every_step_before_it_is(late: Step) -> None:
    now = reached(ORDER[: ORDER.index(late)], state=STATE_AT[RULE_OF[late].moment])
    assert now.next == late or RULE_OF[late].moment != Moment.AFTER
    check(now, late, by="somebody else", witness="another one")


def test_everything_that_is_missing_is_said_at_once() -> None:
    now = reached((), state=OrderState.HELD, articles=0, challenged=False)
    found = problems(now, Step.MARKET_RELEASE)
    assert found == {str(each.missing) for each in RULES if each.step != Step.MARKET_RELEASE}


@pytest.mark.parametrize("step", sorted(set(Step) - set(PERSONAL)))
def test_what_the_station_records_nobody_signs(step: Step) -> None:
    now = reached(ORDER, state=OrderState.CLOSED)
    (found,) = problems(now, step)
    assert found == f"Nobody signs the step {step}: the station records it."


def test_what_is_switched_off_is_not_signed_and_is_named() -> None:
    plan = workflow([Step.REVIEW], contract=True)
    now = reached((), state=OrderState.CLOSED, plan=plan)
    assert plan.steps == (Step.RUN, Step.RECONCILIATION, Step.REVIEW)
    assert set(plan.off) == set(Step) - set(plan.steps)
    assert problems(now, Step.CLEARANCE) == {"Order WO-1 does not have the step clearance."}
    assert problems(now, Step.REVIEW) == set()


def test_without_a_contract_the_resident_has_nothing_to_sign() -> None:
    assert not {Step.RESIDENT_LABELS, Step.RESIDENT_BATCH} & set(
        workflow(Step, contract=False, articles=1).steps
    )


@pytest.mark.parametrize("step", BEFORE)
@pytest.mark.parametrize("state", [OrderState.WAITING, OrderState.RUNNING, OrderState.FINISHED])
def test_what_comes_before_the_first_label_is_signed_on_hold(step: Step, state: OrderState) -> None:
    now = reached(BEFORE[: BEFORE.index(step)], state=state)
    assert any("while it is on hold at the line" in each for each in problems(now, step))


def test_nothing_is_signed_twice() -> None:
    now = reached(ORDER, state=OrderState.CLOSED)
    assert now.released
    assert "The step market-release is signed already." in problems(now, Step.MARKET_RELEASE)


def test_labels_on_hold_are_not_released() -> None:
    plan = workflow(set(Step) - {Step.LAST_CHALLENGE}, contract=True, articles=1)
    now = reached(ORDER[:-1], state=OrderState.CLOSED, on_hold=3, plan=plan)
    assert not now.released
    (found,) = problems(now, Step.MARKET_RELEASE)
    assert found.startswith("3 labels of order WO-1 are on hold.")
    for step in (each for each in PERSONAL if RULE_OF[each].moment == Moment.AFTER):
        assert not step_problems(now, step, passed=False), "what is wrong can be refused"


# -- people --------------------------------------------------------------------------------


def refused(now: Standing, step: Step, *, by: str, witness: str = "") -> str:
    with pytest.raises(Refused) as found:
        check(now, step, by=by, witness=witness)
    return str(found.value)


def test_two_people_are_two_different_people() -> None:
    now = reached((), state=OrderState.HELD)
    assert "give the name of the second" in refused(now, Step.CLEARANCE, by="王芳")
    told = refused(now, Step.CLEARANCE, by="王芳", witness="王 芳")
    assert told == "The second person has to be somebody else: got 王 芳 twice."


APART = [(each.step, earlier) for each in RULES for earlier in each.apart]


@pytest.mark.parametrize(("step", "earlier"), APART, ids=lambda each: each.value)
@pytest.mark.parametrize("second", [False, True])
def test_nobody_passes_their_own_work(step: Step, earlier: Step, *, second: bool) -> None:
    mine = Taken(
        earlier,
        passed=True,
        seq=99,
        by="李强" if second else "王芳",
        witness="王芳" if second else "李强",
    )
    now = reached(ORDER[: ORDER.index(step)], state=STATE_AT[RULE_OF[step].moment], more=(mine,))
    told = refused(now, step, by="王芳 (command line, root)", witness="另一位")
    assert f"The step {step} is for somebody else" in told
    assert f"took the step {earlier}." in told


# -- refusing ------------------------------------------------------------------------------


def test_what_was_agreed_to_after_a_refused_step_lapses() -> None:
    no = Taken(Step.REVIEW, passed=False, seq=50, by="b")
    now = reached(ORDER, state=OrderState.CLOSED, more=(no,))
    assert now.next == Step.REVIEW
    assert {Step.PRODUCTION_RELEASE, Step.MARKET_RELEASE}.isdisjoint(now.passed)
    again = Taken(Step.REVIEW, passed=True, seq=51, by="b")
    now = reached(ORDER, state=OrderState.CLOSED, more=(no, again))
    assert now.next == Step.RESIDENT_BATCH, "each later one is signed once more"


def test_a_decision_about_an_order_that_is_not_closed_is_not_even_refused() -> None:
    now = reached((), state=OrderState.FINISHED)
    (found,) = step_problems(now, Step.REVIEW, passed=False)
    assert found == RULE_OF[Step.RECONCILIATION].missing


def test_an_order_given_up_is_closed_and_never_released() -> None:
    now = reached((), state=OrderState.ENDED, articles=0, challenged=False)
    assert missing(now, Step.RECONCILIATION) == ()
    closed = reached((), state=OrderState.CLOSED, articles=0, challenged=False)
    assert problems(closed, Step.REVIEW)
    assert not step_problems(closed, Step.REVIEW, passed=False)


def test_an_order_without_a_good_label_is_closed_all_the_same() -> None:
    now = standing("WO-1", EVERY, (), state=OrderState.FINISHED, empty=True)
    assert missing(now, Step.RECONCILIATION) == ()
    assert missing(now, Step.REVIEW), "and never released"


# -- the first article ---------------------------------------------------------------------

DUE = Taken(Step.FIRST_ARTICLE, passed=False, seq=50)


def test_the_line_waits_when_the_first_labels_are_made() -> None:
    some = workflow(Step, contract=False, articles=2)
    assert not article_due(reached(BEFORE, state=OrderState.RUNNING, plan=some, articles=1))
    now = reached(BEFORE, state=OrderState.RUNNING, plan=some, articles=2)
    assert article_due(now)
    assert print_problems(now) == (RULE_OF[Step.FIRST_ARTICLE].missing,)


def test_the_first_labels_have_to_be_there_before_they_are_looked_at() -> None:
    now = reached(BEFORE, state=OrderState.HELD, articles=0)
    told = refused(now, Step.FIRST_ARTICLE, by="王芳", witness="李强")
    assert told == "The first labels are not all there yet: expected 1 good ones, got 0."


def test_a_first_article_that_is_due_again_asks_only_for_labels_made_since() -> None:
    taken = (*BEFORE, Step.FIRST_ARTICLE)
    since = reached(taken, state=OrderState.HELD, more=(DUE,), articles=1)
    assert Step.FIRST_ARTICLE not in since.passed
    none = reached(taken, state=OrderState.HELD, more=(DUE,), articles=0)
    assert Step.FIRST_ARTICLE in none.passed, "no label was made since: there is nothing to see"


def test_the_first_labels_come_before_the_first_challenge_only() -> None:
    assert articles_first(reached(BEFORE, state=OrderState.HELD, challenged=False))
    assert not articles_first(reached(BEFORE, state=OrderState.HELD, challenged=True))


# -- no way around -------------------------------------------------------------------------

REQUESTS = st.lists(
    st.tuples(st.sampled_from(PERSONAL), st.booleans(), st.sampled_from("abcd")), max_size=40
)


@given(
    requests=REQUESTS,
    on=st.sets(st.sampled_from(ORDER)),
    contract=st.booleans(),
    articles=st.integers(0, 1),
    state=st.sampled_from(OrderState),
)
def test_no_sequence_of_requests_reaches_the_market_with_a_step_missing(
    *,
    requests: list[tuple[Step, bool, str]],
    on: set[Step],
    contract: bool,
    articles: int,
    state: OrderState,
) -> None:
    plan = workflow(on | {Step.MARKET_RELEASE}, contract=contract, articles=articles)
    taken: list[Taken] = []
    for seq, (step, passed, by) in enumerate(requests, 1):
        now = standing("WO-1", plan, taken, state=state, challenged=True, articles=articles)
        try:
            check(now, step, by=by, witness="z", passed=passed)
        except Refused:
            continue
        taken.append(Taken(step, passed=passed, seq=seq, by=by, witness="z"))
    now = standing("WO-1", plan, taken, state=state, challenged=True, articles=articles)
    if Step.MARKET_RELEASE in now.passed:
        assert now.passed == set(plan.steps)
        assert state in CLOSED


class AnOrder(RuleBasedStateMachine):
    """People ask for anything at any time; the order goes on as the station lets it."""

    @initialize(
        contract=st.booleans(), articles=st.integers(0, 2), on=st.sets(st.sampled_from(ORDER))
    )
    def start(self, *, contract: bool, articles: int, on: set[Step]) -> None:
        self.plan = workflow(on | {Step.MARKET_RELEASE}, contract=contract, articles=articles)
        self.state = OrderState.HELD
        self.taken: list[Taken] = []
        self.seq = self.made = self.labels = self.on_hold = 0
        self.challenged = False

    @property
    def now(self) -> Standing:
        return standing(
            "WO-1",
            self.plan,
            self.taken,
            state=self.state,
            challenged=self.challenged,
            articles=self.made,
            on_hold=self.on_hold,
        )

    def write(self, step: Step, *, passed: bool, by: str = "", witness: str = "") -> None:
        self.seq += 1
        self.taken.append(Taken(step, passed=passed, seq=self.seq, by=by, witness=witness))
        if step == Step.FIRST_ARTICLE:
            self.made = 0

    @rule(step=st.sampled_from(ORDER), by=st.sampled_from("abcd"), passed=st.booleans())
    def ask(self, step: Step, by: str, *, passed: bool) -> None:
        before = self.now
        try:
            check(before, step, by=by, witness="z", passed=passed)
        except Refused:
            return
        if passed:
            earlier = ORDER[: ORDER.index(step)]
            wanted = {each for each in earlier if each in self.plan.steps}
            assert wanted <= before.passed
        self.write(step, passed=passed, by=by, witness="z")

    @rule()
    def go_on(self) -> None:
        if self.state == OrderState.HELD and not print_problems(self.now):
            self.state = OrderState.RUNNING

    @rule()
    def print_one(self) -> None:
        if self.state == OrderState.RUNNING and not print_problems(self.now):
            assert set(BEFORE) & set(self.plan.steps) <= self.now.passed
            self.labels += 1
            self.made += 1

    @rule()
    def hold(self) -> None:
        if self.state == OrderState.RUNNING:
            self.state = OrderState.HELD

    @rule()
    def change_the_ribbon(self) -> None:
        if self.state == OrderState.HELD and Step.FIRST_ARTICLE in self.now.passed:
            self.write(Step.FIRST_ARTICLE, passed=False)

    @rule()
    def challenge(self) -> None:
        if self.state == OrderState.HELD:
            self.challenged = True

    @rule()
    def finish(self) -> None:
        challenged = self.challenged or Step.CHALLENGE not in self.plan.steps
        articled = Step.FIRST_ARTICLE not in self.plan.steps or (
            Step.FIRST_ARTICLE in self.now.passed
        )
        if self.state == OrderState.RUNNING and self.labels and challenged and articled:
            self.state = OrderState.FINISHED

    @rule()
    def give_up(self) -> None:
        if self.state == OrderState.HELD:
            self.state = OrderState.ENDED

    @rule()
    def close(self) -> None:
        printed = self.state in {OrderState.FINISHED, OrderState.ENDED}
        if printed and not missing(self.now, Step.RECONCILIATION) and not self.on_hold:
            self.state = OrderState.CLOSED

    @rule()
    def doubt(self) -> None:
        self.on_hold = 0 if self.on_hold else self.labels

    @invariant()
    def what_is_on_the_market_has_passed_everything(self) -> None:
        now = self.now
        if Step.MARKET_RELEASE in now.passed:
            left = set(self.plan.steps) - now.passed
            assert left <= ({Step.LAST_CHALLENGE} if self.on_hold else set())
            assert self.state in CLOSED
        assert not now.released or (now.passed == set(self.plan.steps) and not self.on_hold)


TestAnOrder = AnOrder.TestCase


def test_a_digest_stands_for_what_was_said_and_not_for_how_it_was_written() -> None:
    one = digest_of({"order": "A", "step": "review"})
    assert one == digest_of({"step": "review", "order": "A"})
    assert one != digest_of({"order": "B", "step": "review"})
