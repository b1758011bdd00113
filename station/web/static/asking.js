// The form that asks who and why: while it is open, keys and fingers reach nothing behind it. It
// closes with its button, with Escape, or when the station has answered.
"use strict";
(() => {
  const asking = document.getElementById("asking");
  let opener = null; // what was touched to open it, as an address: the line draws its buttons anew

  const behind = () => [...document.body.children].filter((each) => each !== asking);

  const settle = () => {
    const open = asking.firstElementChild;
    for (const each of behind()) each.inert = open !== null && !each.classList.contains("lost");
    if (open) {
      if (!asking.contains(document.activeElement)) open.focus();
    } else if (opener) {
      const again = document.querySelector(`[hx-get="${CSS.escape(opener)}"]`);
      if (again) again.focus();
      opener = null;
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest('[hx-target="#asking"][hx-get]');
    if (button && !asking.contains(button)) opener = button.getAttribute("hx-get");
    if (event.target.closest("[data-close]") || event.target === asking) asking.replaceChildren();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") asking.replaceChildren();
  });
  new MutationObserver(settle).observe(asking, { childList: true });
})();
