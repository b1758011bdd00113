r"""What a printer is told before it prints, and what it says about it afterwards.

>>> clean_start(PrintMode.PEEL)
b'~JX~JA^XA^JZN^MMP^XZ'
"""

from drivers.deadline import Deadline
from drivers.interface import Condition, Garbled, NotReady, PrintMode
from drivers.zebra.answer import Answer
from drivers.zebra.identity import HOST_IDENTIFICATION, IdentityAnswer
from drivers.zebra.status import MODES
from drivers.zebra.talk import Talk
from drivers.zebra.variable import UNKNOWN, VariableAnswer, getvar

_LETTERS = {
    PrintMode.TEAR: b"T",
    PrintMode.PEEL: b"P",
    PrintMode.CUTTER: b"C",
    PrintMode.APPLICATOR: b"A",
    PrintMode.REWIND: b"R",
}

GET_REPRINT = getvar("ezpl.reprint_mode")


def clean_start(mode: PrintMode | None) -> bytes:
    """End a half-sent format, cancel what waits, never print a label again after an error. A mode
    of None leaves the plant's choice.
    """
    print_mode = b"" if mode is None else b"^MM" + _LETTERS[mode]
    return b"~JX~JA^XA^JZN" + print_mode + b"^XZ"


def check_resolution(talk: Talk, dots_per_mm: int, deadline: Deadline) -> None:
    """Raises NotReady where the printer says that it has another print head."""
    answer = IdentityAnswer(talk.name)
    if not _tells(talk, HOST_IDENTIFICATION, answer, deadline):
        return
    identity = answer.identity()
    if identity.dots_per_mm != dots_per_mm:
        raise NotReady(
            talk.name,
            f"expected a print head of {dots_per_mm} dots per millimetre, {identity.model} says"
            f" {identity.dots_per_mm}",
            Condition.OTHER_RESOLUTION,
        )


def check_reprint(talk: Talk, deadline: Deadline) -> None:
    """Raises NotReady where the printer says that it would print a label again after an error.

    A printer that does not know the variable, or does not answer, is believed.
    """
    answer = VariableAnswer(talk.name, what="setting")
    if not _tells(talk, GET_REPRINT, answer, deadline):
        return
    if answer.value in UNKNOWN:
        talk.forgo(GET_REPRINT)
    elif answer.value == b"on":
        raise _refused(talk, "reprint after error", expected="off", got="on")
    elif answer.value != b"off":
        raise Garbled(talk.name, f"expected reprint mode on or off, got {answer.value[:80]!r}")


def _tells(talk: Talk, question: bytes, answer: Answer, deadline: Deadline) -> bool:
    """As Talk.asked, but the silence of a printer that cannot work now is no fault here: it is
    prepared again when it can.
    """
    try:
        return talk.asked(question, answer, deadline, told=False)
    except NotReady:
        return False


def check_mode(talk: Talk, mode: PrintMode, deadline: Deadline) -> None:
    """Raises NotReady where the printer says that it prints in another mode (~HS, print mode)."""
    told = talk.status_answer(deadline).mode
    if told and MODES.get(told) != mode:
        got = MODES.get(told, told.decode("latin-1"))
        raise _refused(talk, "print mode", expected=mode, got=got)


def _refused(talk: Talk, what: str, *, expected: str, got: str) -> NotReady:
    detail = f"expected {what} {expected}, it says {got}"
    return NotReady(talk.name, detail, Condition.SETTING_REFUSED)
