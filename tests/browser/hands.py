"""What people do on the pages, whatever their language: they touch, type, and look."""

from urllib.parse import quote

from bench.chromium import Page, Seen

OPERATOR, SUPERVISOR = "王芳", "李强"


class Hands:
    """One person at one window."""

    def __init__(self, page: Page, seen: Seen, *, name: str = OPERATOR) -> None:
        self.page = page
        self.seen = seen
        self._name = name

    # -- looking -----------------------------------------------------------------------------

    def sees_sign(self, sign: str) -> None:
        self.page.wait_for_selector(f'[data-sign="{sign}"]')

    def sees(self, selector: str) -> None:
        self.page.wait_for_selector(selector)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    # -- touching ----------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """By the head of the page, or by a link on it."""
        self.page.locator(f'a[href="{path}"]').first.click()
        self.page.wait_for_url(f"**{path}")

    def open(self, step: str) -> None:
        """The form of a step, by its button."""
        self.page.locator(f'[hx-get^="/ask/{step}?"]').first.click()
        self.page.wait_for_selector(f'form[hx-post="/ask/{step}"]')

    def fill(self, *, witness: str = "", **values: str) -> None:
        """Whatever the form asks for: who it is, where nobody is signed in, and `values`."""
        values |= {"person": self._name, "witness": witness}
        for name, value in values.items():
            field = self.page.locator(f'#asking input[name="{name}"]:not([type="hidden"])')
            if value and field.count():
                field.fill(value)

    def send(self, reason: int | None = None) -> None:
        """With a reason that is offered, by its place, or with the button."""
        reasons = self.page.locator("#asking button.reason")
        (
            reasons.nth(reason) if reason is not None else self.page.locator("#asking .confirm")
        ).click()

    def do(self, step: str, *, reason: int | None = None, witness: str = "", **values: str) -> None:
        """Open, fill, send, and wait until the station has answered."""
        self.open(step)
        self.fill(witness=witness, **values)
        self.send(reason)
        self.answered()

    def answered(self) -> None:
        """The station has done it: the form has gone."""
        self.page.wait_for_selector("#asking > *", state="detached")

    # -- at the simulated bench --------------------------------------------------------------

    def spoil_next(self, fault: str) -> None:
        """On the page of the simulation: this happens to the next label."""
        form = self.page.locator(f'form:has(input[name="fault"][value="{fault}"])')
        with self.page.expect_navigation():
            form.locator('button[value="next"]').click()

    def mend(self, remedy: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(f'button[name="remedy"][value="{remedy}"]').click()

    def lay(self, serial: str) -> None:
        """The label with this serial before the camera."""
        form = self.page.locator('form[hx-post="/simulation/lay"]')
        form.locator('input[name="serial"]').fill(serial)
        with self.page.expect_navigation():
            form.locator("button").click()


def asked(step: str, *, order: str, number: int) -> str:
    """Address of a form."""
    return f"/ask/{step}?order={quote(order)}&number={number}"
