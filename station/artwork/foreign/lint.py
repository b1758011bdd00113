"""Everything that can be wrong with a design before a label's data are known.

An allow-list, three times: which commands, in which form, in which order. What passes draws one
label and does nothing else. The symbols then are held to GS1: FNC1 said in a way that printers
agree upon, the station's own data and nothing beside them.

>>> from station.artwork.foreign.design import read
>>> design = read(b"^XA^FO8,8^BXN,4,200,0,0,6,_,1^FH^FD${udi}^FS^JUS^XZ")
>>> for each in problems(design, width=480, height=320):
...     print(each.where, "-", each.sentence[:48])
design.line 1.^JU - It changes the printer itself, for every later l
design.line 1.^FH - The sign that announces hexadecimal data, '_', i
design - A symbol needs its human-readable interpretation
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from station.artwork.foreign.allowed import ALLOWED, FIELD, PLACES, SHAPES, SYMBOLS
from station.artwork.foreign.design import UTF_8, Design, Field, Statement, field
from station.artwork.foreign.forbidden import reason
from station.artwork.foreign.placeholder import OPENING, Placeholder
from station.core.problem import Problem, Refused, problem

INVARIANT = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !\"%&'()*+,-./:;<=>?_"
)
"""ISO/IEC 646, the part no national version changes: the same sign under every ^CI."""


def problems(design: Design, *, width: int, height: int) -> Iterator[Problem]:
    """width, height: the label in dots, which ^PW and ^LL may only repeat."""
    yield from _format_problems(design.statements)
    for each in design.statements:
        yield from (each.wrong(found) for found in _statement_problems(each, width, height))
    for group in design.groups[:-1]:
        yield from _group_problems(group)
    yield from _left_open(design.groups[-1])
    yield from _data_problems(design)
    yield from _graphic_problems(design.statements, most=4 * height * -(-width // 8))
    yield from _symbol_count_problems(design)


def unsafe(text: str, encoding: str) -> str:
    """The characters that another sign could stand for under this ^CI."""
    return "" if encoding == UTF_8 else "".join(sorted({*text} - INVARIANT))


def _format_problems(statements: Sequence[Statement]) -> Iterator[Problem]:
    codes = [each.code for each in statements]
    count = Counter(codes)
    if codes[:1] != ["^XA"] or codes[-1:] != ["^XZ"] or count["^XA"] != 1 or count["^XZ"] != 1:
        yield problem(
            "Expected exactly one format, from ^XA at the beginning to ^XZ at the end, got {begun}"
            " ^XA and {ended} ^XZ.",
            where="design",
            begun=count["^XA"],
            ended=count["^XZ"],
        )


def _statement_problems(each: Statement, width: int, height: int) -> Iterator[Problem]:
    if not each.code:
        yield problem("Text stands outside a command: got {got!r}.", got=each.body[:40])
        return
    if each.code not in ALLOWED:
        yield reason(each.code)
        return
    form = ALLOWED[each.code]
    if not form.pattern.fullmatch(each.body):
        yield problem(
            "Expected {form}, got {got!r}.", form=form.expected or "nothing", got=each.body[:40]
        )
    if OPENING in each.body and each.code != "^FD":
        yield problem(
            "A placeholder stands in the data of a field, ^FD, and nowhere else: got {got!r}.",
            got=each.body[:40],
        )
    yield from _meaning_problems(each, width, height)


def _meaning_problems(each: Statement, width: int, height: int) -> Iterator[Problem]:
    match each.code:
        case "^PW" | "^LL":
            yield from _size_problems(each, width if each.code == "^PW" else height)
        case "^CI" if each.body not in {"0", "27", UTF_8}:
            yield problem("Expected the encoding 28 (UTF-8), 27 or 0, got {got!r}.", got=each.body)
        case "^PQ" if each.body.partition(",")[0] not in {"", "1"}:
            yield problem(
                "A format prints one label: expected ^PQ1, got {got!r}. How many there are is said"
                " by the order.",
                got=each.body[:40],
            )
        case "^BX":
            yield from _matrix_problems(each.body.split(","))
        case "^BC":
            yield from _linear_problems(each.body.split(","))


def _size_problems(each: Statement, expected: int) -> Iterator[Problem]:
    if each.body.isdigit() and int(each.body) != expected:
        yield problem(
            "Expected {expected} dots, which is the size of the label, got {got}.",
            expected=expected,
            got=each.body[:10],
        )


def _matrix_problems(parameters: Sequence[str]) -> Iterator[Problem]:
    def given(place: int) -> str:
        return parameters[place] if place < len(parameters) else ""

    if given(1).strip("0") == "":
        yield problem("Expected the dots of one module as second parameter, got none.")
    if given(2) != "200":
        yield problem(
            "Expected quality 200, the only one GS1 allows, as third parameter, got {got!r}.",
            got=given(2),
        )
    if (given(3).strip("0") == "") != (given(4).strip("0") == ""):
        yield problem("Expected columns and rows, or neither of them.")
    if not given(6):
        yield problem(
            "Expected the escape as seventh parameter, such as _: without it every firmware takes"
            " another one, and FNC1 is lost."
        )


def _linear_problems(parameters: Sequence[str]) -> Iterator[Problem]:
    def given(place: int, default: str) -> str:
        return (parameters[place] if place < len(parameters) else "") or default

    if given(2, "Y") != "N":
        yield problem(
            "Expected N as third parameter: the line a printer writes under its bars has no"
            " brackets and is not the interpretation GS1 asks for."
        )
    if given(4, "N") != "N":
        yield problem("Expected N as fifth parameter: a GS1-128 has no UCC check digit.")
    if given(5, "N") != "N":
        yield problem(
            "Expected mode N as sixth parameter, got {got}: only there printers agree about FNC1,"
            " and mode D takes brackets and spaces out of the data.",
            got=given(5, "N")[:1],
        )


def _group_problems(group: Sequence[Statement]) -> Iterator[Problem]:
    drawn = [each for each in group if each.code in FIELD]
    if not drawn:
        return
    count = Counter(each.code for each in drawn)
    if sum(count[code] for code in PLACES) != 1:
        yield drawn[0].wrong(
            problem("A field stands at one place: expected one ^FO or ^FT before its ^FS.")
        )
    kinds = [each.code for each in drawn if each.code in SYMBOLS | SHAPES]
    is_shape = any(each in SHAPES for each in kinds)
    if len(kinds) > 1 or is_shape == bool(count["^FD"]):
        yield drawn[0].wrong(
            problem(
                "A field is one text, one symbol with its data, or one shape: expected ^FD, ^BX and"
                " ^FD, ^BC and ^FD, or one of {shapes}, got {got}.",
                shapes=" ".join(sorted(SHAPES)),
                got=" ".join(each.code for each in drawn)[:80],
            )
        )
    yield from _order_problems(group, count)


def _order_problems(group: Sequence[Statement], count: Counter[str]) -> Iterator[Problem]:
    codes = [each.code for each in group]
    if count["^FD"] and codes[-1] != "^FD":
        yield group[-1].wrong(problem("Expected ^FS after ^FD, got {got}.", got=codes[-1] or "?"))
    yield from (
        group[codes.index(code)].wrong(
            problem("Expected it once in a field, got {got} times.", got=n)
        )
        for code, n in count.items()
        if n > 1 and code not in PLACES | SYMBOLS | SHAPES
    )
    mixed = [each for each in group if each.code in {"^A", "^FB", "^FR"}]
    if count["^BX"] or count["^BC"]:
        yield from (
            each.wrong(problem("It belongs to a text, and the field is a symbol."))
            for each in mixed
        )
    yield from _escape_problems(group)


def _escape_problems(group: Sequence[Statement]) -> Iterator[Problem]:
    found = {each.code: each for each in group}
    if "^BX" not in found or "^FH" not in found:
        return
    escape = found["^BX"].body.split(",")[6:7]
    indicator = found["^FH"].body or "_"
    if escape == [indicator]:
        yield found["^FH"].wrong(
            problem(
                "The sign that announces hexadecimal data, {sign!r}, is the escape of ^BX too, and"
                " would take its FNC1 away: write ^FH\\ instead.",
                sign=indicator,
            )
        )


def _left_open(group: Sequence[Statement]) -> Iterator[Problem]:
    for each in group:
        if each.code in FIELD:
            yield each.wrong(problem("The field is not closed: expected ^FS before the end."))
            return


def _data_problems(design: Design) -> Iterator[Problem]:
    encoding = UTF_8
    for group in design.groups:
        for each in group:
            encoding = each.body if each.code == "^CI" else encoding
            if each.code != "^FD":
                continue
            try:
                found = field(group, data=each, encoding=encoding)
            except Refused as refused:
                yield from refused.problems
                continue
            check = _symbol_data_problems if found.symbol else _text_problems
            yield from (each.wrong(wrong) for wrong in check(found))


def _symbol_data_problems(found: Field) -> Iterator[Problem]:
    if found.pieces != (Placeholder("udi"),):
        yield problem(
            "The data of a symbol are ${{udi}} and nothing else: the station writes the whole"
            " element string, with every FNC1. Parts of it in several symbols are not supported."
        )


def _text_problems(found: Field) -> Iterator[Problem]:
    if not found.pieces:
        yield problem("The text is empty: expected data, or no field at all.")
    if Placeholder("udi") in found.pieces:
        yield problem("${{udi}} is for symbols: a text says ${{hri}}, or ${{hri:21}} for a part.")
    if signs := unsafe(found.literal, found.encoding):
        yield problem(
            "Under ^CI{encoding} other signs may be printed for {signs!r}: expected ^CI28 before"
            " it.",
            encoding=found.encoding[:2],
            signs=signs[:40],
        )
    if found.block and "\\" in found.literal.replace("\\&", ""):
        yield problem(
            "In a ^FB a backslash only stands before &, for a new line: printers disagree about"
            " any other."
        )


def _graphic_problems(statements: Sequence[Statement], *, most: int) -> Iterator[Problem]:
    """Compressed, they take no room in the file and much time to draw."""
    form = ALLOWED["^GF"].pattern
    graphics = [each for each in statements if each.code == "^GF" and form.fullmatch(each.body)]
    total = sum(int(each.body.split(",", 3)[2]) for each in graphics)
    if total > most:
        yield problem(
            "The graphics have {got} bytes together: expected at most {most}, four times the"
            " label.",
            where="design",
            got=total,
            most=most,
        )


def _symbol_count_problems(design: Design) -> Iterator[Problem]:
    count = Counter(each.code for each in design.statements)
    for code, name in (("^BX", "datamatrix"), ("^BC", "gs1_128")):
        if count[code] > 1:
            yield problem(
                "A label carries one {kind} at most, got {got}: a reader could not say which"
                " one it read.",
                where="design",
                kind=name,
                got=count[code],
            )
    if not count["^BX"] and not count["^BC"]:
        yield problem(
            "A label carries a symbol, or nothing on it could be verified: expected ^BX or ^BC with"
            " the data ${{udi}}, got none.",
            where="design",
        )
    if not any(OPENING + "hri" in each.body for each in design.statements if each.code == "^FD"):
        yield problem(
            "A symbol needs its human-readable interpretation: expected ${{hri}} in a text, or"
            " ${{hri:01}} and one for every other element, got none.",
            where="design",
        )
