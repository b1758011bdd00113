import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from html.parser import HTMLParser

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.core.nonconformance import Disposition
from station.core.problem import Refused, problem
from station.core.reconciliation import Stock
from station.core.state import LabelState
from station.line.board import (
    Asked,
    Board,
    Close,
    Dispose,
    Hold,
    Look,
    Prove,
    Reprint,
    Request,
    Resume,
    Settle,
    Start,
    Use,
)
from station.web import forms
from station.web.asking import QUESTIONS, Answers, Step
from station.web.tickets import Ticket, Tickets

DISPOSAL = {
    "order": "WO-1", "number": "3", "written": "blots", "witness": "李伟",
    "requirement": " readable ", "containment": "locked", "capa": "C-7",
}  # fmt: skip

Answering = Callable[[Asked], None]


def done(asked: Asked) -> None:
    asked.answer.set_result(None)


def refusing(asked: Asked) -> None:
    asked.answer.set_exception(Refused(problem("There is no order at the line.")))


def ask(
    client: httpx.Client,
    board: Board,
    own: dict[str, str],
    *,
    step: Step,
    fields: dict[str, str],
    answering: Answering = done,
) -> tuple[httpx.Response, Asked]:
    """Post a form while the station answers; what it answered and what it was asked."""

    def station() -> Asked:
        asked = board.next_asked(seconds=10.0)
        assert asked
        answering(asked)
        return asked

    with ThreadPoolExecutor() as pool:
        answered: Future[Asked] = pool.submit(station)
        response = client.post(f"/ask/{step}", data=fields, headers=own)
        return response, answered.result()


@pytest.mark.parametrize(
    ("form", "meant"),
    [
        ((Step.START, {"order": "WO-2"}), Start("WO-2")),
        ((Step.HOLD, {"reason": "剔除箱已满"}), Hold("剔除箱已满")),
        ((Step.HOLD, {"written": " smoke "}), Hold("smoke")),
        ((Step.RESUME, {"reason": "Checked", "number": "7"}), Resume("Checked", 7)),
        (
            (
                Step.DESTROYED,
                {"order": "WO-1", "number": "18", "reason": "found", "witness": "李伟"},
            ),
            Settle("WO-1", 18, LabelState.DESTROYED, "found", "李伟"),
        ),
        (
            (
                Step.NOT_PRINTED,
                {"order": "WO-1", "number": "18", "reason": "looked", "witness": "李伟"},
            ),
            Settle("WO-1", 18, LabelState.NOT_PRINTED, "looked", "李伟"),
        ),
        ((Step.SCAN, {"order": "WO-1", "number": "18"}), Look("WO-1", 18)),
        ((Step.SCAN_SCRAP, {"order": "WO-1", "number": "3"}), Look("WO-1", 3)),
        (
            (
                Step.SCRAPPED,
                {"order": "WO-1", "number": "3", "written": "cut", "witness": "李伟"},
            ),
            Settle("WO-1", 3, LabelState.VOIDED, "cut", "李伟"),
        ),
        (
            (Step.SAMPLE, {"order": "WO-1", "number": " 3 ", "written": "kept"}),
            Settle("WO-1", 3, LabelState.SAMPLE, "kept"),
        ),
        (
            (
                Step.WITHDRAWN,
                {"order": "WO-1", "number": "3", "written": "spoilt", "witness": "李伟"},
            ),
            Settle("WO-1", 3, LabelState.DESTROYED, "spoilt", "李伟"),
        ),
        (
            (Step.REPRINT, {"order": "WO-1", "number": "3", "reason": "blots", "witness": "李伟"}),
            Reprint("WO-1", 3, "blots", "李伟"),
        ),
        (
            (Step.USE, {"order": "WO-1", "kind": "roll end", "count": "3", "reason": "roll"}),
            Use("WO-1", Stock.ROLL_END, 3, "roll"),
        ),
        ((Step.CLOSE, {"order": "WO-1"}), Close("WO-1")),
        ((Step.PROVE, {}), Prove()),
        (
            (Step.SCRAP, DISPOSAL),
            Dispose("WO-1", 3, Disposition.SCRAP, "blots", "李伟", "readable", "locked", "C-7"),
        ),
        (
            (Step.REINSPECT, DISPOSAL | {"reader": "DS", "read": "]d201\x1d\r\n]C1"}),
            Dispose(
                "WO-1",
                3,
                Disposition.REINSPECT,
                "blots",
                "李伟",
                "readable",
                "locked",
                "C-7",
                reader="DS",
                read="]d201\x1d\n]C1",
            ),
        ),
        (
            (Step.CLOSE_UNBALANCED, {"order": "WO-1", "written": "lost", "witness": "李伟"}),
            Close("WO-1", "lost", "李伟"),
        ),
    ],
)
def test_a_request_reaches_the_station_with_name_and_reason(
    client: httpx.Client,
    board: Board,
    own: dict[str, str],
    form: tuple[Step, dict[str, str]],
    meant: Request,
) -> None:
    step, fields = form
    response, asked = ask(client, board, own, step=step, fields=fields | {"person": " 王芳 "})
    assert (response.status_code, response.text) == (200, "")
    assert asked.request == meant
    assert asked.actor == "王芳"


@pytest.mark.parametrize("witness", ["", "  ", "王 芳", "Ｗang"])
def test_what_only_people_vouch_for_takes_two_of_them(
    client: httpx.Client, board: Board, own: dict[str, str], witness: str
) -> None:
    person = "wang" if witness == "Ｗang" else "王芳"
    fields = {"order": "WO-1", "number": "18", "reason": "found", "person": person}
    response = client.post("/ask/destroyed", data=fields | {"witness": witness}, headers=own)
    assert response.status_code == 422
    assert "second" in response.text
    assert board.next_asked(seconds=0.0) is None


def test_the_name_is_remembered_on_this_machine(
    client: httpx.Client, board: Board, own: dict[str, str]
) -> None:
    response, _ = ask(
        client, board, own, step=Step.HOLD, fields={"person": "王芳; x", "reason": "y"}
    )
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert 'value="王芳; x"' in client.get("/ask/resume").text


def test_a_refusal_of_the_station_is_shown_in_the_form(
    client: httpx.Client, board: Board, own: dict[str, str]
) -> None:
    response, _ = ask(
        client,
        board,
        own,
        step=Step.HOLD,
        fields={"person": "Li Wei", "reason": "y"},
        answering=refusing,
    )
    assert response.status_code == 422
    assert "There is no order at the line." in response.text
    assert 'value="Li Wei"' in response.text


@pytest.mark.parametrize("step", [step for step in Step if QUESTIONS[step].reasons])
def test_a_request_needs_a_person_and_a_reason(
    client: httpx.Client, board: Board, own: dict[str, str], step: Step
) -> None:
    response = client.post(f"/ask/{step}", data={"person": " ", "written": " "}, headers=own)
    assert response.status_code == 422
    assert "Say who you are" in response.text
    assert "Say why" in response.text
    assert board.next_asked(seconds=0.0) is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"person": "x" * 61}, "A name is at most 60 letters on one line, got 61."),
        ({"person": "a\nb"}, "A name is at most 60 letters on one line, got 3."),
        ({"written": "x" * 201}, "A reason is at most 200 letters on one line, got 201."),
        ({"reason": "a\x00b"}, "A reason is at most 200 letters on one line, got 3."),
    ],
)
def test_a_name_and_a_reason_are_short_and_printable(
    client: httpx.Client, own: dict[str, str], fields: dict[str, str], sentence: str
) -> None:
    answer = client.post(
        "/ask/hold", data={"person": "Li", "reason": ""} | {"written": "y"} | fields, headers=own
    )
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_busy_station_is_not_waited_for(
    client: httpx.Client, board: Board, own: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handheld scan may take minutes; the request stays with the station."""
    monkeypatch.setattr(forms, "ANSWER_SECONDS", 0.01)
    response = client.post("/ask/hold", data={"person": "Li", "reason": "y"}, headers=own)
    assert response.status_code == 202
    assert "It finishes the label in hand first" in response.text
    asked = board.next_asked(seconds=0.0)
    assert asked
    assert not asked.answer.cancelled()
    done(asked)


def test_a_station_that_never_answers_is_not_asked_for_ever(
    client: httpx.Client, board: Board, own: dict[str, str]
) -> None:
    for _ in range(100):
        board.ask(Hold("y"), actor="Li")
    response = client.post("/ask/hold", data={"person": "Li", "reason": "y"}, headers=own)
    assert response.status_code == 422
    assert "too many requests wait for it" in response.text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("step", Step)
def test_every_form_offers_its_reasons_in_the_language_of_its_reader(
    client: httpx.Client, step: Step, language: str
) -> None:
    client.cookies.set("language", language)
    form = client.get(f"/ask/{step}?order=WO-1&number=18")
    assert form.status_code == 200
    assert form.text.count('class="reason"') == len(QUESTIONS[step].reasons)
    assert form.text.index("confirm") < form.text.find("reasons") or not QUESTIONS[step].reasons


def test_a_hostile_address_stays_text_in_a_form(client: httpx.Client, hostile: str) -> None:
    form = client.get("/ask/start", params={"order": hostile})
    assert "<script>" not in form.text
    assert "&lt;script&gt;" in form.text


@pytest.mark.parametrize("path", ["/ask/explode", "/ask/hold?number=x", "/ask/hold?number=1e9"])
def test_what_nobody_can_ask_is_refused_in_a_sentence(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert "This address cannot be understood." in answer.text


def test_a_language_is_chosen_for_this_browser(client: httpx.Client, own: dict[str, str]) -> None:
    answer = client.post("/language/zh", headers=own)
    assert answer.status_code == 204
    assert answer.headers["hx-refresh"] == "true"
    page = client.get("/").text
    assert '<html lang="zh-CN">' in page
    assert "合格" in page


def test_a_language_the_station_does_not_speak_is_refused(
    client: httpx.Client, own: dict[str, str]
) -> None:
    answer = client.post("/language/fr", headers=own)
    assert answer.status_code == 400
    assert "Expected one of zh, en, got fr." in answer.text


def test_a_strange_cookie_changes_nothing(client: httpx.Client, hostile: str) -> None:
    client.cookies.set("language", hostile.replace('"', "").replace(";", ""))
    client.cookies.set("person", "%ff%00%3Cb%3E")
    assert '<html lang="en">' in client.get("/").text
    form = client.get("/ask/hold").text
    assert "<b>" not in form
    assert "&lt;b&gt;" in form


def test_a_page_asks_again_until_it_knows_what_came_of_a_request(
    client: httpx.Client, board: Board, own: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label is looked at for seconds; a refusal must not get lost meanwhile."""
    monkeypatch.setattr(forms, "LOOK_SECONDS", 0.01)
    fields = {"order": "WO-1", "number": "6", "person": "Li"}
    waiting = client.post("/ask/scan", data=fields, headers=own)
    assert waiting.status_code == 202
    assert "lay the label before the camera, or scan it now" in waiting.text
    found = re.search(r'hx-get="(/asked/[^"]+)" hx-trigger="load delay:1s"', waiting.text)
    assert found
    assert client.get(found[1]).status_code == 202
    asked = board.next_asked(seconds=1.0)
    assert asked
    refusing(asked)
    told = client.get(found[1])
    assert told.status_code == 422
    assert "There is no order at the line." in told.text


def test_a_request_done_at_last_closes_its_window(
    client: httpx.Client, board: Board, own: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "ANSWER_SECONDS", 0.01)
    waiting = client.post("/ask/hold", data={"person": "Li", "reason": "y"}, headers=own)
    found = re.search(r"/asked/[^\"]+", waiting.text)
    asked = board.next_asked(seconds=1.0)
    assert found
    assert asked
    done(asked)
    told = client.get(found[0])
    assert (told.status_code, told.text) == (200, "")


def test_nobody_knows_of_a_request_that_was_never_made(client: httpx.Client) -> None:
    told = client.get("/asked/nothing")
    assert (told.status_code, told.text) == (200, "")


def test_only_the_last_few_requests_are_remembered() -> None:
    tickets = Tickets()
    ticket = Ticket(Step.HOLD, Answers("Li"), Future())
    names = [tickets.keep(ticket) for _ in range(201)]
    assert tickets.get(names[0]) is None
    assert tickets.get(names[1]) is ticket


@pytest.mark.parametrize(
    ("page", "drawn"),
    [
        ("/", False),
        ("/orders/WO-1", True),
        ("/rejects/1?x=y", True),
        ("http://[", False),
        ("", False),
    ],
)
def test_a_page_that_does_not_live_is_drawn_again_after_a_decision(
    client: httpx.Client, board: Board, own: dict[str, str], page: str, *, drawn: bool
) -> None:
    address = page if page == "http://[" else f"{client.base_url}{page.removeprefix('/')}"
    response, _ = ask(
        client,
        board,
        own | {"HX-Current-URL": address},
        step=Step.CLOSE,
        fields={"order": "WO-1", "person": "Li"},
    )
    assert ("hx-refresh" in response.headers) == drawn


@pytest.mark.parametrize(
    ("step", "fields", "sentences"),
    [
        (Step.USE, {"kind": "x"}, ["Say what kind of label stock it was.", "Say who you are"]),
        (Step.CLOSE_UNBALANCED, {"person": "Li"}, ["second", "Write why it is closed"]),
        (Step.SAMPLE, {"person": "Li", "number": "x", "written": "y"}, ["number of a label"]),
        (Step.SAMPLE, {"person": "Li", "number": "9" * 30, "written": "y"}, ["number of a label"]),
    ],
)
def test_everything_that_is_missing_is_said_at_once(
    client: httpx.Client,
    board: Board,
    own: dict[str, str],
    *,
    step: Step,
    fields: dict[str, str],
    sentences: list[str],
) -> None:
    answer = client.post(f"/ask/{step}", data={"order": "WO-1"} | fields, headers=own)
    assert answer.status_code == 422
    for sentence in sentences:
        assert sentence in answer.text
    assert board.next_asked(seconds=0.0) is None


def test_a_form_names_the_serial_a_person_has_to_look_for(client: httpx.Client) -> None:
    assert "<b>CN010106</b>" in client.get("/ask/scan?order=WO-1&number=6").text
    assert "Label 99" in client.get("/ask/scan?order=WO-1&number=99").text


def test_whoever_closes_without_balance_sees_every_difference(client: httpx.Client) -> None:
    form = client.get("/ask/close-unbalanced?order=WO-1").text
    assert "<li>Label 6 is open: in doubt.</li>" in form
    client.cookies.set("language", "zh")
    assert (
        "<li>第 6 张标签未了结：存疑。</li>" in client.get("/ask/close-unbalanced?order=WO-1").text
    )


HOSTILE = st.text(
    alphabet=st.sampled_from("<>\"'&{}%/ =\x00\n\u2028a") | st.characters(codec="utf-8"),
    max_size=40,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    step=st.sampled_from(Step),
    texts=st.fixed_dictionaries(
        dict.fromkeys(
            (
                *("person", "witness", "reason", "written", "order", "number", "kind", "count"),
                *("confirmed", "refused", "requirement", "containment", "capa", "supply"),
                *("reader", "read"),
            ),
            HOSTILE,
        )
    ),
)
def test_nothing_typed_into_a_form_becomes_a_part_of_the_page(
    client: httpx.Client,
    board: Board,
    own: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    step: Step,
    texts: dict[str, str],
) -> None:
    """Whatever comes back has the tags of an honest form and no other, or nothing was wrong."""
    monkeypatch.setattr(forms, "ANSWER_SECONDS", 0.0)
    monkeypatch.setattr(forms, "LOOK_SECONDS", 0.0)
    answer = client.post(f"/ask/{step}", data=texts, headers=own)
    asked = board.next_asked(seconds=0.0)
    assert answer.status_code == (202 if asked else 422)
    assert foreign(answer.text) == set()
    again = client.get(f"/ask/{step}", params={"order": texts["order"], "number": 1})
    assert foreign(again.text) == set()


OWN_TAGS = {
    *("form", "h2", "p", "b", "ul", "li", "input", "label", "button", "fieldset", "legend"),
    *("span", "div", "figure", "img", "textarea", "datalist", "option"),
}
OWN_ATTRIBUTES = {
    *("class", "id", "role", "name", "value", "type", "maxlength", "inputmode", "required"),
    *("autofocus", "checked", "autocomplete", "hx-post", "hx-get", "hx-target", "hx-trigger"),
    *("alt", "src", "tabindex"),
    *("alt", "src", "list", "data-scan", "rows", "spellcheck", "autocapitalize"),
    *("hx-disabled-elt", "aria-modal", "aria-labelledby", "aria-hidden", "data-close"),
}


class _Foreign(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag} - OWN_TAGS
        self.found |= {name for name, _ in attrs} - OWN_ATTRIBUTES


def foreign(html: str) -> set[str]:
    """Tags and attributes that no form of ours has."""
    parser = _Foreign()
    parser.feed(html)
    parser.close()
    return parser.found


@pytest.mark.parametrize(
    "step", [Step.SCRAP, Step.SCRAP_REPRINT, Step.CONCESSION, Step.RETURN, Step.REINSPECT]
)
def test_the_form_of_a_decision_begins_with_what_was_violated(
    client: httpx.Client, step: Step
) -> None:
    form = client.get(f"/ask/{step}?order=WO-1&number=2").text
    assert 'name="requirement" value="Serial"' in form
    assert ('name="supply"' in form) == (step == Step.RETURN)
    assert ('name="read"' in form) == (step == Step.REINSPECT)


def test_everything_that_a_decision_lacks_is_told_at_once(
    client: httpx.Client, board: Board, own: dict[str, str]
) -> None:
    fields = {"order": "WO-1", "number": "2", "person": "王芳"}
    answer = client.post("/ask/scrap", data=fields, headers=own)
    assert answer.status_code == 422
    for why in (
        "Two people vouch for this",
        "Say why",
        "requirement: Say which requirement was violated.",
        "containment: Say what was done so that nothing else is affected.",
    ):
        assert why in answer.text
    assert board.next_asked(seconds=0.0) is None
