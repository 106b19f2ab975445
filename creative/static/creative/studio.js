/* What the studio does beyond plain forms and htmx: photos dropped or picked go up one by one, each with its own answer. */
"use strict";

document.documentElement.classList.add("scripted");

function tile(file, word) {
  const item = document.createElement("li");
  const picture = document.createElement("img");
  const line = document.createElement("p");
  const name = document.createElement("span");
  const state = document.createElement("span");
  item.className = "photo sending";
  picture.alt = "";
  picture.src = URL.createObjectURL(file);
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  line.className = "small";
  name.className = "cut";
  name.textContent = file.name;
  state.className = "soft";
  state.textContent = word;
  line.append(name, state);
  item.append(picture, line);
  return { item, state };
}

function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

/* One file, one request. The server answers with the finished tile: the kept photo, or why it was refused. */
function send(form, file, place) {
  const body = new FormData(form);
  body.delete("photos");
  body.append("photos", file, file.name);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) place.state.textContent = `${form.dataset.sending} ${Math.round((100 * event.loaded) / event.total)}%`;
    });
    const broken = () => {
      place.state.textContent = form.dataset.broken;
      place.item.classList.replace("sending", "broken");
      done(false);
    };
    request.addEventListener("error", broken);
    request.addEventListener("load", () => {
      if (request.status !== 200) return broken();
      const answer = parse(request.responseText);
      const kept = answer.querySelector(".photo:not([data-refused])") !== null;
      place.item.replaceWith(answer);
      done(kept);
    });
    request.send(body);
  });
}

function showPhotosKept() {
  document.querySelectorAll("[data-after-upload]").forEach((part) => { part.hidden = false; });
  document.querySelectorAll("[data-before-upload]").forEach((part) => { part.hidden = true; });
}

async function sendAll(form, files) {
  const shelf = document.getElementById("photos");
  shelf.querySelectorAll("[data-refused], .broken").forEach((old) => old.remove());
  const places = Array.from(files, (file) => ({ file, ...tile(file, form.dataset.sending) }));
  shelf.append(...places.map((place) => place.item));
  let kept = false;
  for (const place of places) kept = (await send(form, place.file, place)) || kept;
  if (kept) showPhotosKept();
}

function upload(form) {
  const drop = form.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  form.querySelector("[data-send]").hidden = true;
  input.addEventListener("change", () => {
    sendAll(form, input.files).then(() => { input.value = ""; });
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind === "drop") sendAll(form, event.dataTransfer.files);
    });
  }
}

function copyButton(button) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(() => {
      button.textContent = button.dataset.done;
    });
  });
}

/* On a phone the storyboard is below the scripts: bring it into view when it has come. */
function showPreview(event) {
  const preview = event.detail.target;
  if (preview.id === "preview" && window.matchMedia("(max-width: 60rem)").matches) preview.scrollIntoView();
}

document.addEventListener("htmx:afterSwap", showPreview);
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("form[data-upload]").forEach(upload);
  document.querySelectorAll("[data-copy]").forEach(copyButton);
});
