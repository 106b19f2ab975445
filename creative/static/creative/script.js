/* Lines that are not saved yet are not lost by a slip: the browser asks before it leaves the page. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.script-form");
  if (form === null) return;
  let unsaved = false;
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[name^=use-], [name^=undo-], [name^=theirs-]")) unsaved = true;
  });
  document.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
});
