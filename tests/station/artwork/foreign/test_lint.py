"""What a design may not hold. Witness: the interpreter's own list of executed commands."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.zpl.interpreter import Interpreter
from station.artwork.foreign.allowed import ALLOWED
from station.artwork.foreign.design import read
from station.artwork.foreign.filling import filled
from station.artwork.foreign.lint import problems
from station.artwork.foreign.template import ForeignTemplate
from station.core.gs1 import ElementString
from station.core.problem import Refused

Refusal = Callable[..., str]

HEADER_ONLY = {"^MU"}
DANGEROUS = (
    *("^JUS", "^JUF", "^JZY", "^JJ0", "~JR", "~JA", "~JSO", "^SZ2", "^SS", "^SX", "^SR", "^SP10"),
    *("^IDR:*.*", "^EG", "~EG", "^DFR:A.ZPL", "^XFR:A.ZPL", "^FN1", "^FVx", "^XGR:A.GRF,1,1"),
    *("^ILR:A.GRF", "^IMR:A.GRF", "^ISR:A.GRF,N", "~DGR:A,1,1,F0", "~DYR:A,A,G,1,1,F0", "^CWA,B"),
    *("^SN001,1,Y", "^SFdd,1", "^FC%", "^ST01,01,2020", "^SO2,1", "^MMC", "^MNA", "^MTD", "^MD30"),
    *("^HH", "^HWR:*.*", "^HZA", "~HS", "~HQES", "^KPx", "^KL1", "^KNx", "^NI1", "^NSa", "^ND1"),
    *("^WDR:*.*", "^WLx", "^WIx", "^XS", "^XBx", "^PR2", "^PP", "^LT10", "^ZZ1", "^TOR:A,R:B"),
    *("^RFW", "^RS8", "^BQN,2,5", "^BEN,100", "^B3N,N,100", "^B7N", "^BOR", "^TBN,100,100"),
    *("^CC+", "~CC+", "^CT+", "~CT+", "^CD;", "~CD;", "^SEE:X", "^FLA", "^MUI", "^JMB", "^QQ"),
    *("^PA0,1,1,0", "^", "~", "^F", "^FP V", "^FPV,2", "^MCN", "^SI0,1", "^LF"),
)


def found(zpl: bytes) -> Iterator[str]:
    return (str(each) for each in problems(read(zpl), width=480, height=320))


def with_field(commands: str) -> bytes:
    return f"^XA^FO8,8{commands}^FS^XZ".encode()


def test_the_export_of_a_designer_passes(exported: bytes, small: bytes) -> None:
    assert list(found(exported)) == []
    assert list(found(small)) == []


@pytest.mark.parametrize("command", DANGEROUS)
@pytest.mark.parametrize("before", [b"^XZ", b"^FO24,280", b"^FS\n^FO200"])
def test_every_other_command_is_refused_wherever_it_stands(
    small: bytes, command: str, before: bytes
) -> None:
    place = small.index(before)
    zpl = small[:place] + command.encode() + small[place:]
    assert [each for each in found(zpl) if f"design.line {zpl[:place].count(10) + 1}" in each]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("^JUS", "design.line 1.^JU: It changes the printer itself, for every later label too"),
        ("^MMT", "design.line 1.^MM: It changes the printer itself"),
        ("~JR", "design.line 1.~JR: A command that begins with ~ acts at once"),
        ("^CC+", "design.line 1.^CC: It changes the signs by which a printer knows commands"),
        ("^SN1,1,Y", "design.line 1.^SN: The printer would count or tell the time by itself"),
        ("^DFR:A.ZPL", "design.line 1.^DF: It keeps, erases or recalls something in the printer"),
        ("^KP1234", "design.line 1.^KP: It changes the printer's network, name or password."),
        ("^HH", "design.line 1.^HH: It makes the printer answer while a label is being printed."),
        ("^RFW", "design.line 1.^RF: It writes or reads an RFID tag."),
        ("^BQN,2,5", "design.line 1.^BQ: It draws a symbol that the station cannot draw"),
        ("^TBN,9,9", "design.line 1.^TB: It lays text out as printers do not agree upon"),
        ("^QQ", "design.line 1.^QQ: It is not among the commands a design may hold."),
        ("^PQ2", "design.line 1.^PQ: A format prints one label: expected ^PQ1, got '2'."),
        ("^CI13", "design.line 1.^CI: Expected the encoding 28 (UTF-8), 27 or 0, got '13'."),
        ("^POI", "design.line 1.^PO: Expected N, got 'I'."),
        ("^LRY", "design.line 1.^LR: Expected N, got 'Y'."),
        ("^LS5", "design.line 1.^LS: Expected 0, got '5'."),
        ("^CVN", "design.line 1.^CV: Expected Y, got 'N'."),
        (
            "^PW800",
            "design.line 1.^PW: Expected 480 dots, which is the size of the label, got 800.",
        ),
        (
            "^LL100",
            "design.line 1.^LL: Expected 320 dots, which is the size of the label, got 100.",
        ),
        ("^FO1.5,2", "design.line 1.^FO: Expected x,y,0|1, got '1.5,2'."),
        ("^FX ${lot}", "design.line 1.^FX: A placeholder stands in the data of a field, ^FD, and"),
        ("^GB${lot},1,1", "design.line 1.^GB: A placeholder stands in the data of a field"),
        ("stray", "design.line 1: Text stands outside a command: got 'stray'."),
    ],
)
def test_the_reason_is_told_with_the_place_of_the_command(command: str, sentence: str) -> None:
    assert any(each.startswith(sentence) for each in found(f"^XA{command}^XZ".encode()))


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        (r"^BXN,4,200,0,0,6,,1^FH\^FD${udi}", "^BX: Expected the escape as seventh parameter"),
        (r"^BXN,4,200^FH\^FD${udi}", "^BX: Expected the escape as seventh parameter, such as _"),
        (r"^BXN,4,140,0,0,6,_,1^FH\^FD${udi}", "^BX: Expected quality 200"),
        (r"^BXN,4,200,20,0,6,_,1^FH\^FD${udi}", "^BX: Expected columns and rows, or neither"),
        (r"^BXN,0,200,0,0,6,_,1^FH\^FD${udi}", "^BX: Expected the dots of one module"),
        ("^BXN,4,200,0,0,6,_,1^FH^FD${udi}", "^FH: The sign that announces hexadecimal data, '_'"),
        ("^BXN,4,200,0,0,6,#,1^FH#^FD${udi}", "^FH: The sign that announces hexadecimal data, '#'"),
        ("^BXN,4,200,0,0,6,_,1^FD_1${udi}", "^FD: The data of a symbol are ${udi} and nothing"),
        ("^BXN,4,200,0,0,6,_,1^FD_101069", "^FD: The data of a symbol are ${udi} and nothing"),
        ("^BXN,4,200,0,0,6,_,1^FD${hri}", "^FD: The data of a symbol are ${udi} and nothing"),
        ("^BCN,104,N,N,N,D^FD${udi}", "^BC: Expected mode N as sixth parameter, got D"),
        ("^BCN,104,N,N,N,A^FD${udi}", "^BC: Expected mode N as sixth parameter, got A"),
        ("^BCN,104,N,N,N,U^FD${udi}", "^BC: Expected mode N as sixth parameter, got U"),
        ("^BCN,104^FD${udi}", "^BC: Expected N as third parameter: the line a printer writes"),
        ("^BCN,104,N,N,Y^FD${udi}", "^BC: Expected N as fifth parameter: a GS1-128 has no UCC"),
        ("^A0N,20^BCN,104,N^FD${udi}", "^A: It belongs to a text, and the field is a symbol."),
        ("^A0N,20^FD${udi}", "^FD: ${udi} is for symbols: a text says ${hri}"),
        ("^A0N,20^FD", "^FD: The text is empty: expected data, or no field at all."),
        ("^AIN,20^FDx", "^A: Expected 0N,height,width or @N,height,width,E:NAME.TTF"),
        ("^A@N,20,20,E:../X.TTF^FDx", "^A: Expected 0N,height,width or @N,height,width"),
        ("^A0N,20^FDx^FB100", "^FB: Expected ^FS after ^FD, got ^FB."),
        ("^A0N,20^FDx^FDy", "^FD: Expected it once in a field, got 2 times."),
        ("^FO1,1^FDx", "^FO: A field stands at one place: expected one ^FO or ^FT before its ^FS."),
        ("^GB9,9,9^FDx", "^FO: A field is one text, one symbol with its data, or one shape"),
        ("^A0N,20", "^FO: A field is one text, one symbol with its data, or one shape"),
        ("^BCN,104,N^BXN,4,200,,,6,_^FDx", "^FO: A field is one text, one symbol with its data"),
        (r"^FB99^FDa\\b", "^FD: In a ^FB a backslash only stands before &, for a new line"),
        ("^CI0^FD升", "^FD: Under ^CI0 other signs may be printed for '升': expected ^CI28"),
        ("^CI27^FDa#", "^FD: Under ^CI27 other signs may be printed for '#': expected ^CI28"),
        ("^FD${serial", "^FD: A placeholder is not closed: expected such as ${serial}"),
        ("^FDa\tb", "^FD: Character 2 is a control character (U+0009), which cannot be printed."),
    ],
)
def test_a_field_is_held_to_the_rules(commands: str, sentence: str) -> None:
    expected = f"design.line 1.{sentence}"
    assert any(each.startswith(expected) for each in found(with_field(commands)))


@pytest.mark.parametrize(
    "zpl",
    [
        b"",
        b"no command",
        b"^FO1,1^FDx^FS",
        b"^XA^FO1,1^FDx^FS",
        b"^XA^XA^XZ",
        b"^XA^XZ^XA^XZ",
        b"^XA^XZ^FX after",
        b"CT~~CD,~CC^~CT~^XA^XZ",
    ],
)
def test_a_file_is_exactly_one_format(zpl: bytes) -> None:
    assert any("Expected exactly one format" in each for each in found(zpl))


@pytest.mark.parametrize(
    ("zpl", "sentence"),
    [
        (b"^XA\x02^XZ", "got the control character 0x02 at byte 4"),
        (b"\x10JR", "got the control character 0x10 at byte 1"),
        (b"^XA^FD\x1eXZ", "got the control character 0x1E at byte 7"),
        (b"^XA^FD\xff^FS^XZ", "The design is not UTF-8: byte 7 cannot be read."),
        (b"^FS" * 2001, "Expected at most 2000 commands, got more."),
        (b" " * 1_000_001, "Expected at most 1000000 bytes, got 1000001."),
    ],
)
def test_what_is_not_plain_text_of_a_sensible_size_is_not_looked_at(
    zpl: bytes, sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(zpl)
    assert sentence in str(refused.value)


def test_graphics_that_fill_the_label_many_times_are_refused() -> None:
    graphic = b"^FO0,0^GFA,19200,19200,60,FF^FS"
    assert not any("bytes" in each for each in found(b"^XA" + graphic * 4 + b"^XZ"))
    assert (
        "design: The graphics have 96000 bytes together: expected at most 76800, four times the"
        " label."
    ) in found(b"^XA" + graphic * 5 + b"^XZ")


def test_a_field_left_open_is_refused() -> None:
    assert any(
        each == "design.line 1.^FO: The field is not closed: expected ^FS before the end."
        for each in found(b"^XA^FO1,1^FDx^XZ")
    )


def test_a_label_has_one_symbol_of_a_kind_and_its_interpretation(small: bytes) -> None:
    matrix = rb"^FO24,24^BXN,4,200,0,0,6,_,1^FH\^FD${udi}^FS"
    none, two = small.replace(matrix, b""), small.replace(matrix, matrix * 2)
    assert "design: A label carries a symbol, or nothing on it could be verified" in " ".join(
        found(none)
    )
    assert "design: A label carries one datamatrix at most, got 2" in " ".join(found(two))
    silent = small.replace(b"${hri}", b"udi")
    assert "design: A symbol needs its human-readable interpretation" in " ".join(found(silent))


def test_every_problem_of_a_design_is_told_at_once(refusal: Refusal) -> None:
    told = refusal(b"^XA^JUS^FO1,1^FD${gmn}^FS^PQ9^XZ").splitlines()
    assert [each.split(":")[0] for each in told] == [
        *("design.line 1.^JU", "design.line 1.^PQ", "design.line 1.^FD", "design", "design")
    ]


def test_of_thousands_of_problems_a_hundred_are_told(refusal: Refusal) -> None:
    assert len(refusal(b"^XA" + b"^JUS" * 1500 + b"^XZ").splitlines()) == 100


PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([each.encode() for each in (*DANGEROUS, *ALLOWED)]),
    st.sampled_from([b"^", b"~", b",", b"\x1e", b"${", b"}", b"${lot}", b"\n", b"_1", b">8"]),
)


@settings(max_examples=300)
@given(st.data())
def test_what_passes_never_does_what_is_not_allowed(data: st.DataObject) -> None:
    """A good file, cut and mixed at random: it is refused, or draws one label and no more."""
    whole = GOOD
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    parts = [whole[one:other] for one, other in pairwise((0, *cuts, len(whole)))]
    mixed = b"".join(part + data.draw(PIECES) for part in parts[:-1]) + parts[-1]
    try:
        template = ForeignTemplate.parse(BESIDE, mixed)
        zpl = template.artwork({"lot": "L1"}, ELEMENTS, dots_per_mm=8).zpl
    except Refused:
        return
    rendering = Interpreter(dots_per_mm=8, width_mm=60).render(zpl)
    assert {*rendering.executed} <= {*ALLOWED} | HEADER_ONLY
    assert rendering.executed.count("^XA") == rendering.executed.count("^XZ") == 1
    assert rendering.copies == 1
    assert rendering.unknown == ()


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(zpl: bytes) -> None:
    try:
        list(found(zpl))
    except Refused:
        return


@given(st.lists(st.sampled_from([each.encode() for each in ALLOWED]), max_size=12))
def test_any_order_of_allowed_commands_is_judged(commands: list[bytes]) -> None:
    """A design without a problem can always be filled."""
    zpl = b"^XA" + b"".join(commands) + b"^XZ"
    if not list(found(zpl)):
        filled(read(zpl), {}, ELEMENTS, width=480, height=320)


ELEMENTS = ElementString.of(("01", "06972869182019"), ("10", "L1"))
GOOD = (
    b"^XA^PW480^LL320\n"
    rb"^FO24,24^BXN,4,200,0,0,6,_,1^FH\^FD${udi}^FS" + b"\n"
    b"^FO140,40^BY2,3,104^BCN,,N,N,N,N^FD${udi}^FS\n"
    b"^FO24,280^A0N,20^FD${hri}^FS^FO8,8^GB464,2,2^FS\n"
    b"^FO24,240^A0N,20^FB200,2^FDLOT ${lot}^FS\n"
    b"^XZ\n"
)
BESIDE = {
    "name": "a",
    "revision": "1",
    "design": "a.zpl",
    "size": {"width": 60, "height": 40},
    "dots_per_mm": (8,),
}
