"""Answers of printers, kept as text. See tests/captures/zebra/README.md."""

import ast
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "captures" / "zebra"


@dataclass(frozen=True, slots=True)
class Capture:
    name: str
    source: str
    asked: bytes
    answer: bytes
    means: object

    @property
    def garbled(self) -> str:
        """The sentence that has to be told; empty for an answer that is one."""
        means = self.means if isinstance(self.means, str) else ""
        return means.removeprefix("garbled: ")


def read(path: Path) -> Capture:
    fields: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition(": ")
            fields.setdefault(name, []).append(value)
    (source,), (asked,), (means,) = fields["source"], fields["asked"], fields["means"]
    answer = b"".join(ast.literal_eval(each) for each in fields["answer"])
    return Capture(path.stem, source, ast.literal_eval(asked), answer, ast.literal_eval(means))


CAPTURES = tuple(read(path) for path in sorted(FOLDER.glob("*.txt")))
