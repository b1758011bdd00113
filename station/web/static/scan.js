// A field for scanners that type: GS is Ctrl and ] on a keyboard, which a field would not take.
"use strict";
(() => {
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-scan]");
    if (!field || !event.ctrlKey || event.altKey || event.key !== "]") return;
    event.preventDefault();
    field.setRangeText("\u241d", field.selectionStart, field.selectionEnd, "end");
  });
  // A scanner that types begins anywhere: the traveller of an order goes into its own field.
  document.addEventListener("keydown", (event) => {
    const field = document.querySelector("[data-traveller]");
    const typed = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (field && typed && document.activeElement === document.body) field.focus();
  });
  // Wherever somebody has touched the page, the next scan goes into the field.
  document.addEventListener("focusout", () => {
    const field = document.querySelector("[data-scan]");
    setTimeout(() => {
      if (field && document.activeElement === document.body) field.focus();
    });
  });
})();
