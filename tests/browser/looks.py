"""What there is to see on one page as it is shown: sizes, places, findings, weight."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bench.chromium import Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
"""axe-core, MPL-2.0, as the package brings it."""

GRAVE = frozenset({"serious", "critical"})

_FINDINGS = """
async () => {
  const found = await axe.run({ resultTypes: ["violations"], preload: false });
  return found.violations.map((each) => ({
    impact: each.impact, rule: each.id, nodes: each.nodes.map((node) => node.html),
  }));
}
"""

_TARGETS = """
() => [...document.querySelectorAll("button, .button, .action, select, summary, nav a, input")]
  .filter((each) => each.type !== "hidden")
  .map((each) => ["radio", "checkbox"].includes(each.type) ? each.closest("label") || each : each)
  .map((each) => {
    const box = each.getBoundingClientRect();
    return {
      name: (each.innerText || each.name || each.className).trim(),
      primary: each.classList.contains("action"),
      width: box.width, height: box.height, bottom: box.bottom, right: box.right,
      asked: each.closest("#asking") !== null,
      shown: each.checkVisibility({ visibilityProperty: true }),
    };
  })
  .filter((each) => each.shown && each.width && each.height)
"""

_PLACES = """
() => ({
  width: innerWidth, height: innerHeight,
  across: document.documentElement.scrollWidth,
  down: document.documentElement.scrollHeight,
  cut: [...document.querySelectorAll("body.line .sign, .action, .button, .state, .asked h2")]
    .filter((each) =>
      each.scrollHeight > each.clientHeight + 2 || each.scrollWidth > each.clientWidth + 2)
    .filter((each) => each.clientHeight && getComputedStyle(each).display !== "inline")
    .map((each) => `${each.className}: ${each.innerText.slice(0, 60)}`),
})
"""


_WEIGHT = """
() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter((each) => !each.name.endsWith("/live"))
  .reduce((sum, each) => sum + each.encodedBodySize, 0)
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to touch."""

    name: str
    primary: bool
    width: float
    height: float
    bottom: float
    right: float
    asked: bool
    """It belongs to a form that asks back."""

    def __str__(self) -> str:
        return f"{self.name!r} {self.width:.0f}×{self.height:.0f}, down to {self.bottom:.0f}"


@dataclass(frozen=True, slots=True)
class Layout:
    """At one size of the screen."""

    width: int
    height: int
    across: int
    """How wide the page is, as far as it can be scrolled."""

    down: int
    cut: tuple[str, ...]
    """Boxes whose content is larger than they are."""

    targets: tuple[Target, ...]


def layout(page: Page) -> Layout:
    places: dict[str, Any] = page.evaluate(_PLACES)
    targets = page.evaluate(_TARGETS)
    for each in targets:
        del each["shown"]
    cut = tuple(places.pop("cut"))
    return Layout(**places, cut=cut, targets=tuple(Target(**each) for each in targets))


def weight(page: Page) -> int:
    """Bytes of the page and of all that it has loaded, from wherever they came."""
    found: int = page.evaluate(_WEIGHT)
    return found


def grave_findings(page: Page) -> tuple[str, ...]:
    """What axe-core calls serious or critical."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(_FINDINGS)
    return tuple(
        f"{each['rule']}: {json.dumps(each['nodes'][:3], ensure_ascii=False)}"
        for each in found
        if each["impact"] in GRAVE
    )
