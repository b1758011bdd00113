// A PIN typed with fingers: the digits on the page go into the field of the secret.
"use strict";
(() => {
  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-digit]");
    const field = document.getElementById("secret");
    if (!key || !field) return;
    field.value = key.dataset.digit ? field.value + key.dataset.digit : field.value.slice(0, -1);
  });
})();
