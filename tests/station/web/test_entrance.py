"""Who comes in at the pages, what they may do there, and what they sign."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute, _IncludedRouter  # the only way to walk them
from starlette.routing import BaseRoute

from station.access.door import Door, Note
from station.access.secret import KEY_BYTES, Secrets
from station.core.events import (
    OrderAccepted,
    OrderStarted,
    PersonAdded,
    Recipe,
    SignedIn,
    SignedOut,
    SignInFailed,
)
from station.core.order import WorkOrder
from station.core.people import RIGHTS, Role
from station.core.workflow import PERSONAL
from station.line.board import Approve, Board, Enrol, Hold, Settle
from station.records.evidence import Evidence
from station.records.journal import Journal, read_only
from station.records.people import People
from station.web.asking import QUESTIONS, Step
from station.web.guard import LARGEST_BODY
from station.web.rights import REQUESTS, is_open, may_ask, route_right, who_may, who_may_witness
from station.web.server import Server
from station.web.signing import meaning_of

SECRETS = Secrets(bytes(KEY_BYTES))
PIN = "482915"
CREDENTIAL = SECRETS.hashed(PIN)
ANSWERED_SECONDS = 20.0
ORDER = WorkOrder.model_validate_json(
    '{"id": "WO-1", "product": "ABS-012", "level": "unit", "quantity": 24, "template": "unit",'
    ' "revision": "A", "lot": "20200331"}'
)


def add(journal: Journal, name: str, role: Role, badge: str = "") -> None:
    journal.append(
        PersonAdded(
            name=name,
            roles=(role.value,),
            credential=CREDENTIAL,
            badge=SECRETS.badge(badge) if badge else "",
            reason="new",
        ),
        actor="root",
    )


class Line:
    """A station's pages, with a journal that takes down who came and went."""

    def __init__(self, folder: Path, *, idle_seconds: float = 600.0) -> None:
        self.folder = folder
        self.now = 100.0
        self.board = Board()
        self._lock = threading.Lock()
        self.journal = Journal(folder)
        if not self.journal.head.seq:
            self._begin()
        self.people = People.at(folder)
        noted: Note = self._note
        self.door = Door(
            people=self.people,
            secrets=SECRETS,
            note=noted,
            idle_seconds=idle_seconds,
            clock=lambda: self.now,
        )
        self.server = Server(
            board=self.board,
            folder=folder,
            evidence=Evidence(folder / "evidence"),
            language="en",
            station_name="Line",
            door=self.door,
        )
        self.server.start()

    def _begin(self) -> None:
        self.journal.append(
            OrderAccepted(order=ORDER, gtin="06972869182019", file="o.yaml", sha256="a"),
            OrderStarted(
                order="WO-1",
                recipe=Recipe(template="", font="", product="", carriers=(), dots_per_mm=8),
            ),
        )

    def _note(self, event: SignedIn | SignInFailed | SignedOut) -> None:
        with self._lock:
            self.journal.append(event)

    def close(self) -> None:
        self.server.stop()
        self.people.close()
        self.journal.close()

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.server.url, timeout=ANSWERED_SECONDS)

    @contextmanager
    def signed_in(self, who: str) -> Iterator[httpx.Client]:
        with self.browser() as client:
            assert enter(client, who).status_code == 204
            yield client


def token_of(client: httpx.Client) -> str:
    page = client.get("/", follow_redirects=True).text
    return page.split('data-token="')[1].split('"')[0]


def posted(client: httpx.Client, path: str, **data: str) -> httpx.Response:
    url = client.base_url
    origin = f"{url.scheme}://{url.netloc.decode()}"
    headers = {"Origin": origin, "X-Station-Token": token_of(client), "HX-Request": "true"}
    return client.post(path, data=data, headers=headers)


def enter(client: httpx.Client, who: str, secret: str = PIN, onward: str = "/") -> httpx.Response:
    return posted(client, "/sign-in", who=who, secret=secret, onward=onward)


PEOPLE = {role: f"{role.value} person" for role in Role}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """With one person of each role, who has a badge."""
    with closing(Line(tmp_path_factory.mktemp("line"))) as line:
        for role, name in PEOPLE.items():
            add(line.journal, name, role, badge=f"badge of {role.value}")
        yield line


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with closing(Line(tmp_path)) as made:
        add(made.journal, "王芳", Role.OPERATOR, "B-0042")
        add(made.journal, "Anna Li", Role.SUPERVISOR)
        yield made


# -- coming in --------------------------------------------------------------------------------


def test_a_name_or_a_badge_and_its_secret_lead_to_the_page_that_was_asked_for(line: Line) -> None:
    with line.browser() as browser:
        led = browser.get("/orders/WO-1?x=1")
        assert (led.status_code, led.headers["location"]) == (
            303,
            "/sign-in?next=%2Forders%2FWO-1%3Fx%3D1",
        )
        assert "/orders/WO-1?x=1" in browser.get(led.headers["location"]).text
        answer = enter(browser, "B-0042", onward="/orders/WO-1")
        assert answer.headers["hx-redirect"] == "/orders/WO-1"
        page = browser.get("/orders/WO-1").text
    assert "王芳" in page
    assert "Operator" in page


def test_the_cookie_is_for_the_station_alone(line: Line) -> None:
    with line.browser() as browser:
        cookie = enter(browser, "王芳").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie, "there is no TLS here"


@pytest.mark.parametrize(
    ("who", "secret"), [("王芳", "000000"), ("Nobody", PIN), ("", ""), ("王芳", "")]
)
def test_a_wrong_secret_and_an_unknown_name_are_refused_in_the_same_words(
    line: Line, who: str, secret: str
) -> None:
    with line.browser() as browser:
        answer = enter(browser, who, secret)
        assert answer.status_code == 422
        assert "The name, the badge or the secret is not right." in answer.text
        assert browser.get("/").status_code == 303


def test_a_session_that_was_brought_along_is_never_the_one_that_is_opened(line: Line) -> None:
    """Nobody can choose the session of somebody else beforehand."""
    with line.browser() as browser:
        browser.cookies.set("session", "chosen-by-an-attacker")
        assert enter(browser, "王芳").status_code == 204
    with line.browser() as attacker:
        attacker.cookies.set("session", "chosen-by-an-attacker")
        assert attacker.get("/").status_code == 303


def test_whoever_signs_in_again_has_a_new_session_and_the_old_one_is_over(line: Line) -> None:
    with line.signed_in("王芳") as browser, line.browser() as copy:
        old = browser.cookies["session"]
        assert enter(browser, "Anna Li").status_code == 204
        assert browser.cookies["session"] != old
        copy.cookies.set("session", old)
        assert copy.get("/").status_code == 303


def test_five_wrong_secrets_lock_a_person_out_whatever_comes_then(line: Line) -> None:
    with line.browser() as browser:
        for _ in range(5):
            enter(browser, "王芳", "000000")
        assert "locked out" in enter(browser, "王芳").text
        assert enter(browser, "Anna Li").status_code == 204


def test_a_lock_out_outlasts_the_station(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line:
        add(line.journal, "王芳", Role.OPERATOR)
        with line.browser() as browser:
            for _ in range(5):
                enter(browser, "王芳", "000000")
    with closing(Line(tmp_path)) as again, again.browser() as browser:
        assert "locked out" in enter(browser, "王芳").text


def test_so_many_wrong_secrets_from_one_address_are_not_even_tried(line: Line) -> None:
    with line.browser() as browser:
        for count in range(20):
            enter(browser, f"Nobody {count}", PIN)
        assert "Too many wrong secrets" in enter(browser, "Anna Li").text


# -- being inside -----------------------------------------------------------------------------


def test_whoever_touches_nothing_has_to_sign_in_again(line: Line) -> None:
    with line.signed_in("王芳") as browser:
        line.now += 599
        assert browser.get("/orders").status_code == 200
        line.now += 601
        assert browser.get("/orders").status_code == 303


def test_a_page_that_asks_by_itself_keeps_nobody_inside(line: Line) -> None:
    with line.signed_in("王芳") as browser:
        line.now += 599
        assert browser.get("/live/picture.jpg").status_code == 404, "inside, and there is none"
        line.now += 2
        assert browser.get("/orders").status_code == 303


def test_a_stream_ends_with_its_session(line: Line) -> None:
    with line.signed_in("王芳") as browser, browser.stream("GET", "/live") as stream:
        rows = stream.iter_lines()
        assert next(rows).startswith("retry")
        line.door.revoke("王芳")
        assert "data: -" in list(rows)[-3:]


def test_a_stream_that_nobody_may_see_tells_the_page_to_load_itself_anew(line: Line) -> None:
    with line.browser() as browser:
        assert browser.get("/live").text == "event: alive\ndata: -\n\n"


def test_a_form_without_a_session_leads_to_the_sign_in_and_back(line: Line) -> None:
    with line.browser() as browser:
        headers = {"HX-Request": "true", "HX-Current-URL": f"{line.server.url}/orders/WO-1"}
        answer = browser.get("/ask/hold", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in?next=%2Forders%2FWO-1"


@pytest.mark.parametrize(
    "onward",
    ["//attacker.example", "https://attacker.example", "/\\attacker", "javascript:x", "/\n"],
)
def test_nobody_is_led_elsewhere_after_they_came_in(line: Line, onward: str) -> None:
    with line.browser() as browser:
        assert enter(browser, "王芳", onward=onward).headers["hx-redirect"] == "/"


def test_whoever_signs_out_is_outside(line: Line) -> None:
    with line.signed_in("王芳") as browser, line.browser() as copy:
        copy.cookies.set("session", browser.cookies["session"])
        assert posted(browser, "/sign-out").status_code == 204
        assert browser.get("/").status_code == 303
        assert copy.get("/").status_code == 303


def test_the_token_of_one_session_is_none_of_another(line: Line) -> None:
    with line.browser() as outside, line.signed_in("王芳") as browser:
        url = str(browser.base_url).rstrip("/")
        headers = {"Origin": url, "X-Station-Token": token_of(outside)}
        answer = browser.post("/ask/hold", data={"reason": "x"}, headers=headers)
    assert answer.status_code == 403
    assert line.board.next_asked(seconds=0.0) is None


def test_a_form_of_another_site_does_nothing(line: Line) -> None:
    with line.signed_in("王芳") as browser:
        headers = {"Origin": "https://attacker.example", "X-Station-Token": token_of(browser)}
        answer = browser.post("/ask/hold", data={"reason": "x"}, headers=headers)
    assert answer.status_code == 403
    assert line.board.next_asked(seconds=0.0) is None


# -- who may what -----------------------------------------------------------------------------


def routes(line: Line) -> list[tuple[str, str]]:
    return [
        (method, each.path)
        for each in _below(line.server.app.routes)
        for method in sorted(each.methods or ())
    ]


def _below(found: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    """Routes of the application, and of all that it includes."""
    for each in found:
        if isinstance(each, APIRoute):
            yield each
        elif isinstance(each, _IncludedRouter):
            yield from _below(each.original_router.routes)


def test_every_route_says_what_right_it_takes(shared: Line) -> None:
    """A new one that does not is shown to nobody, and fails here."""
    found = [each for each in routes(shared) if not is_open(each[1])]
    assert len(found) > 20
    assert [each for each in found if route_right(*each) is None] == []


def _filled(path: str) -> str:
    values = {"order_id": "WO-1", "number": "1", "step": "hold", "name": "x", "width": "320"}
    for name, value in (values | {"role": "operator", "condition": "x"}).items():
        path = path.replace(f"{{{name}}}", value)
    return path


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_what_the_table_gives_it_and_nothing_else(shared: Line, role: Role) -> None:
    with shared.signed_in(PEOPLE[role]) as browser:
        for method, path in routes(shared):
            if method != "GET" or path == "/live" or is_open(path):
                continue
            status = browser.get(_filled(path)).status_code
            right = route_right(method, path)
            allowed = right is not None and role in RIGHTS[right]
            if path == "/ask/{step}":
                allowed = may_ask("hold", {role})
            assert (status == 403) is not allowed, f"{role} {path} {status}"


def test_every_route_leads_whoever_is_outside_to_the_sign_in(shared: Line) -> None:
    with shared.browser() as browser:
        for method, path in routes(shared):
            if is_open(path) or path == "/live":
                continue
            answer = (
                browser.get(_filled(path)) if method == "GET" else posted(browser, _filled(path))
            )
            assert answer.status_code in {303, 401}, f"{method} {path}"


@pytest.mark.parametrize("role", Role)
def test_a_role_asks_for_what_the_table_gives_it_and_nothing_else(shared: Line, role: Role) -> None:
    with shared.signed_in(PEOPLE[role]) as browser:
        for step in Step:
            status = browser.get(f"/ask/{step.value}", params={"order": "WO-1"}).status_code
            assert status == (200 if may_ask(step.value, {role}) else 403), step
            if not may_ask(step.value, {role}):
                assert posted(browser, f"/ask/{step.value}", order="WO-1").status_code == 403
    assert shared.board.next_asked(seconds=0.0) is None


def test_every_request_says_who_may_ask_for_it_and_who_may_stand_by() -> None:
    for step in Step:
        assert who_may(step.value), step
        assert who_may_witness(step.value), step
    assert not set(REQUESTS) & {each.value for each in PERSONAL}


def test_an_admin_asks_for_nothing_that_is_a_record_of_quality() -> None:
    assert [each for each in Step if may_ask(each.value, {Role.ADMIN})] == []


def test_whatever_two_people_do_is_signed() -> None:
    assert [each for each in Step if QUESTIONS[each].two_people and not meaning_of(each)] == []


# -- what is asked, and signed ----------------------------------------------------------------


def test_what_is_asked_is_asked_by_whoever_is_signed_in(line: Line) -> None:
    with line.signed_in("王芳") as browser:
        assert "You are 王芳" in browser.get("/ask/hold").text
        _ask(browser, "hold", person="Somebody Else", reason="Reject bin is full")
        asked = line.board.next_asked(seconds=ANSWERED_SECONDS)
    assert asked
    assert (asked.request, asked.actor) == (Hold("Reject bin is full"), "王芳")
    assert asked.signatures == ()


def _ask(client: httpx.Client, step: str, **data: str) -> httpx.Response:
    """Answered by a station that does it at once."""
    return posted(client, f"/ask/{step}", **data)


SETTLED = {"order": "WO-1", "number": "3", "reason": "Found on the line, destroyed"}


class Doing(threading.Thread):
    """A station that does what it is asked, and keeps it."""

    def __init__(self, board: Board) -> None:
        super().__init__(daemon=True)
        self._board = board
        self.start()

    def run(self) -> None:
        self.asked = self._board.next_asked(seconds=ANSWERED_SECONDS)
        if self.asked:
            self.asked.answer.set_result(None)


def test_the_first_signature_takes_both_components_and_later_ones_the_second(line: Line) -> None:
    with line.signed_in("B-0042") as browser:
        form = browser.get("/ask/destroyed", params=SETTLED).text
        assert "Your name or badge" in form
        answer = _ask(
            browser,
            "destroyed",
            **SETTLED,
            secret=PIN,
            witness="Anna Li",
            witness_secret=PIN,
        )
        assert answer.status_code == 422, "the first one takes the name as well"
        both = SETTLED | {"person": "王芳", "secret": PIN, "witness": "Anna Li"}
        first = Doing(line.board)
        assert _ask(browser, "destroyed", **both, witness_secret=PIN).status_code == 200
        first.join(ANSWERED_SECONDS)
        assert "Your name or badge" not in browser.get("/ask/destroyed", params=SETTLED).text
        later = Doing(line.board)
        again = SETTLED | {"secret": PIN, "witness": "Anna Li", "witness_secret": PIN}
        assert _ask(browser, "destroyed", **again).status_code == 200
        later.join(ANSWERED_SECONDS)
    assert first.asked
    assert later.asked
    assert [(each.person, each.meaning, each.factor) for each in first.asked.signatures] == [
        ("王芳", "settled", "both"),
        ("Anna Li", "witnessed", "both"),
    ]
    assert [each.factor for each in later.asked.signatures] == ["second", "both"]
    assert {each.number for each in later.asked.signatures} == {3}


def test_a_design_is_signed_by_its_approver_and_by_its_author(shared: Line) -> None:
    approver, author = PEOPLE[Role.APPROVER], PEOPLE[Role.AUTHOR]
    design = {"template": "unit", "revision": "1", "digest": "ab" * 32, "reason": "looked at"}
    signed = {"person": approver, "secret": PIN, "witness_secret": PIN}
    with shared.signed_in(approver) as browser:
        operator = _ask(
            browser, "approve-design", **design, **signed, witness=PEOPLE[Role.OPERATOR]
        )
        assert operator.status_code == 422, "only an author designed it"
        done = Doing(shared.board)
        answer = _ask(browser, "approve-design", **design, **signed, witness=author)
        assert answer.status_code == 200
        done.join(ANSWERED_SECONDS)
    assert done.asked
    assert done.asked.request == Approve("unit", "1", "ab" * 32, author, "looked at")
    assert [(each.person, each.meaning) for each in done.asked.signatures] == [
        (approver, "designed"),
        (author, "authored"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "000000"},
        {"secret": ""},
        {"person": "Anna Li"},
        {"person": "Nobody"},
        {"witness_secret": "000000"},
        {"witness_secret": ""},
        {"witness": "王芳"},
        {"witness": "Nobody"},
        {"witness": ""},
    ],
)
def test_nothing_is_asked_without_every_proof(line: Line, wrong: dict[str, str]) -> None:
    given = {"person": "王芳", "secret": PIN, "witness": "Anna Li", "witness_secret": PIN}
    with line.signed_in("王芳") as browser:
        answer = _ask(browser, "destroyed", **(SETTLED | given | wrong))
    assert answer.status_code == 422
    assert line.board.next_asked(seconds=0.0) is None
    assert PIN not in answer.text
    assert "000000" not in answer.text


def test_a_second_person_may_give_a_badge_and_is_recorded_by_name(line: Line) -> None:
    add(line.journal, "李强", Role.OPERATOR, "B-0077")
    given = SETTLED | {"person": "王芳", "secret": PIN, "witness": "B-0077", "witness_secret": PIN}
    with line.signed_in("王芳") as browser:
        doing = Doing(line.board)
        assert _ask(browser, "destroyed", **given).status_code == 200
        doing.join(ANSWERED_SECONDS)
    assert doing.asked
    assert isinstance(doing.asked.request, Settle)
    assert doing.asked.request.witness == "李强"


def test_a_second_person_who_does_not_know_the_line_does_not_count(line: Line) -> None:
    add(line.journal, "Root", Role.ADMIN)
    given = SETTLED | {"person": "王芳", "secret": PIN, "witness": "Root", "witness_secret": PIN}
    with line.signed_in("王芳") as browser:
        answer = _ask(browser, "destroyed", **given)
    assert answer.status_code == 422
    assert "You may not do this here." in answer.text


# -- people -----------------------------------------------------------------------------------


def test_only_an_admin_sees_people_and_nobody_their_secrets(shared: Line) -> None:
    with shared.signed_in(PEOPLE[Role.ADMIN]) as browser:
        page = browser.get("/people").text
    assert PEOPLE[Role.REGISTRANT] in page
    assert "argon2" not in page
    assert CREDENTIAL not in page
    assert SECRETS.badge("badge of admin") not in page


def test_an_admin_lets_somebody_sign_in_with_their_own_secret_given_anew(line: Line) -> None:
    add(line.journal, "Root", Role.ADMIN)
    new = {"change": "add", "name": "张敏", "reason": "new here", "secret": "a long password",
           "role": "quality"}  # fmt: skip
    with line.signed_in("Root") as browser:
        assert posted(browser, "/people", **new, own="000000").status_code == 422
        doing = Doing(line.board)
        answer = posted(browser, "/people", **new, own=PIN)
        doing.join(ANSWERED_SECONDS)
    assert answer.headers["hx-redirect"] == "/people"
    assert doing.asked
    wanted = doing.asked.request
    assert isinstance(wanted, Enrol)
    assert (wanted.change, wanted.person, wanted.roles) == ("add", "张敏", "quality")
    assert SECRETS.proves("a long password", wanted.credential)
    assert "a long password" not in repr(wanted)


def test_a_secret_that_is_too_short_is_refused_and_not_shown_again(line: Line) -> None:
    add(line.journal, "Root", Role.ADMIN)
    with line.signed_in("Root") as browser:
        answer = posted(
            browser, "/people", change="add", name="张敏", reason="new", secret="short77", own=PIN
        )
    assert answer.status_code == 422
    assert "Expected a password" in answer.text
    assert "short77" not in answer.text
    assert line.board.next_asked(seconds=0.0) is None


def test_no_secret_and_no_badge_is_in_the_journal(line: Line) -> None:
    with line.signed_in("B-0042") as browser:
        enter(browser, "王芳", "000000")
    with closing(read_only(line.folder)) as db:
        told = "".join(str(each) for (each,) in db.execute("SELECT body FROM event"))
    assert "SignedIn" in told
    for secret in (PIN, "000000", "B-0042"):
        assert secret not in told


# -- without people ---------------------------------------------------------------------------


def test_without_people_everybody_at_this_machine_is_let_through(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line, line.browser() as browser:
        assert browser.get("/").status_code == 200
        assert "Your name" in browser.get("/ask/hold").text
        assert browser.get("/sign-in").status_code == 303
        assert browser.get("/people").status_code == 200


def test_from_the_first_person_on_everybody_has_to_sign_in(tmp_path: Path) -> None:
    with closing(Line(tmp_path)) as line, line.browser() as browser:
        assert browser.get("/").status_code == 200
        add(line.journal, "Root", Role.ADMIN)
        assert browser.get("/").status_code == 303


def test_a_form_that_is_too_large_is_not_read(line: Line) -> None:
    with line.browser() as browser:
        assert enter(browser, "x" * LARGEST_BODY).status_code == 413
