// A page that shows the line must not look alive when it is not: a frozen green tick is dangerous.
// Until the station was heard, and after a silence, the whole page says that it is old.
"use strict";
(() => {
  const SILENCE = 6000; // milliseconds; the station speaks every two seconds, or is asked every three
  const body = document.body;
  let timer = 0;

  const lost = () => body.classList.remove("live");

  const heard = () => {
    body.classList.add("live");
    clearTimeout(timer);
    timer = setTimeout(lost, SILENCE);
  };

  const alive = (message) => {
    // Another process answers: its pages may be newer than this one.
    if (message.data !== body.dataset.token) location.reload();
    heard();
  };

  body.addEventListener("htmx:sseOpen", (opened) => {
    opened.detail.source.addEventListener("alive", alive);
  });
  body.addEventListener("htmx:sseError", lost);
  body.addEventListener("htmx:sendError", lost);
  body.addEventListener("htmx:responseError", lost);
  body.addEventListener("htmx:afterOnLoad", (loaded) => {
    if (loaded.detail.xhr.status === 200) heard();
  });
  // A page without a stream was true when it was loaded, and asks again.
  if (!document.querySelector("[sse-connect]")) heard();
  if (!document.querySelector("[sse-connect], [hx-trigger]")) clearTimeout(timer);
})();
