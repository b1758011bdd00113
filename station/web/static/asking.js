// Closes the form that asks who and why.
"use strict";
(() => {
  const close = () => {
    const asking = document.getElementById("asking");
    if (asking) asking.replaceChildren();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") || event.target.id === "asking") close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
})();
