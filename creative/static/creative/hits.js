/* The shelf of hits: files of one name go up together, one hit after the other, each with its own answer; rows that are not
   measured yet are asked about again; what is still missing for a template is counted while one ticks. */
"use strict";

const WORDS = [".srt", ".vtt", ".json"];
const SHEETS = [".csv", ".tsv"];
const SPOKEN = /\.(zh|en|chs|cht|eng|zh-cn|zh-hans|zh-tw|en-us|en-gb)$/i;
const EVERY = 3000;

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function fragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

function ending(file) {
  const dot = file.name.lastIndexOf(".");
  return dot < 0 ? "" : file.name.slice(dot).toLowerCase();
}

function bare(file) {
  return file.name.slice(0, file.name.length - ending(file).length);
}

/* Videos with their transcripts first, sheets last: by then the hits that they name are there. */
function bundles(files) {
  const named = new Map();
  const sheets = files.filter((file) => SHEETS.includes(ending(file)));
  const spoken = files.filter((file) => WORDS.includes(ending(file)));
  for (const file of files.filter((one) => !sheets.includes(one) && !spoken.includes(one))) named.set(bare(file), [...(named.get(bare(file)) || []), file]);
  for (const file of spoken) {
    const name = named.has(bare(file)) ? bare(file) : bare(file).replace(SPOKEN, "");
    named.set(name, [...(named.get(name) || []), file]);
  }
  return [...named.values(), ...sheets.map((file) => [file])];
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function showChosen(form, files) {
  const list = form.querySelector("[data-chosen]");
  list.replaceChildren(...Array.from(files, (file) => {
    const item = document.createElement("li");
    for (const text of [file.name, size(file.size)]) {
      const part = document.createElement("span");
      part.textContent = text;
      item.append(part);
    }
    return item;
  }));
  form.querySelector("[data-send-word]").textContent = fill(form.dataset.ready, { n: files.length });
}

function post(form, files, moved) {
  const body = new FormData(form);
  body.delete("files");
  files.forEach((file) => body.append("files", file, file.name));
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) moved(event.loaded / event.total); });
    request.addEventListener("error", () => done({ status: 0, text: "" }));
    request.addEventListener("load", () => done({ status: request.status, text: request.responseText }));
    request.send(body);
  });
}

function wrong(form, answer) {
  const place = form.querySelector("[data-wrong]");
  if (answer.status === 422) place.replaceChildren(fragment(answer.text));
  else {
    const line = document.createElement("p");
    line.className = "note error";
    line.textContent = form.dataset.broken;
    place.replaceChildren(line);
  }
}

function put(html) {
  const shelf = document.getElementById("hits");
  shelf.prepend(fragment(html));
  document.getElementById("no-hits")?.remove();
  const bar = document.querySelector("[data-bar]");
  if (bar) bar.hidden = false;
}

async function sendAll(form, files) {
  const button = form.querySelector("[data-send]");
  const word = form.querySelector("[data-send-word]");
  const bar = form.querySelector("[data-progress]");
  const parts = bundles(files);
  form.querySelector("[data-wrong]").replaceChildren();
  document.querySelectorAll("#hits [data-refused], #hits [data-measured]").forEach((old) => old.remove());
  button.disabled = true;
  bar.hidden = false;
  for (const [place, part] of parts.entries()) {
    word.textContent = fill(form.dataset.sending, { n: place + 1, all: parts.length });
    const answer = await post(form, part, (share) => { bar.value = (100 * (place + share)) / parts.length; });
    if (answer.status !== 200) {
      wrong(form, answer);
      break;
    }
    put(answer.text);
  }
  const shelf = document.getElementById("hits");
  shelf.prepend(...shelf.querySelectorAll("[data-refused]"));
  button.disabled = false;
  bar.hidden = true;
  bar.value = 0;
  await renew();
}

/* The groups and the sticky bar count what is measured now. */
async function renew() {
  const groups = document.getElementById("groups");
  const answer = groups && (await fetch(window.location.href, { headers: { Accept: "text/html" } }));
  if (answer?.ok) groups.replaceWith(fragment(await answer.text()).getElementById("groups"));
}

function upload(form) {
  const drop = form.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => showChosen(form, input.files));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind !== "drop") return;
      const all = new DataTransfer();
      for (const file of [...input.files, ...event.dataTransfer.files]) all.items.add(file);
      input.files = all.files;
      showChosen(form, input.files);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll(form, Array.from(input.files)).then(() => {
      input.value = "";
      showChosen(form, []);
      form.querySelector("[data-send-word]").textContent = form.dataset.word;
    });
  });
  form.dataset.word = form.querySelector("[data-send-word]").textContent;
}

async function ask(form) {
  const open = [...form.querySelectorAll("[data-open]")].slice(0, 60);
  if (!open.length || document.hidden) return;
  const query = open.map((row) => `open=${encodeURIComponent(row.value)}`).join("&");
  const answer = await fetch(`${form.dataset.rows}?${query}`);
  if (!answer.ok) return;
  for (const row of [...fragment(await answer.text()).children]) document.getElementById(row.id)?.replaceWith(row);
  if (form.querySelectorAll("[data-open]").length < open.length) await renew();
}

function count(form) {
  const ticked = [...form.querySelectorAll("[name=hit]:checked")];
  const lack = form.querySelector("[data-lack]");
  form.querySelector("[data-count]").textContent = ticked.length;
  const groups = new Map();
  for (const box of ticked) groups.set(box.dataset.group, (groups.get(box.dataset.group) || 0) + 1);
  const told = [...groups].map(([group, n]) => fill(n < 8 ? lack.dataset.short : lack.dataset.enough, { group, n, m: 8 - n }));
  lack.textContent = told.join("；") || lack.dataset.none;
}

function shelf(form) {
  window.setInterval(() => ask(form), EVERY);
  if (!form.querySelector("[data-bar]")) return;
  const all = form.querySelector("[data-all]");
  all.hidden = false;
  all.addEventListener("click", () => {
    form.querySelectorAll("[name=hit]:not(:disabled)").forEach((box) => { box.checked = true; });
    count(form);
  });
  form.addEventListener("change", () => count(form));
  count(form);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("#hits-upload").forEach(upload);
  document.querySelectorAll("#learn").forEach(shelf);
  document.querySelectorAll(".filters select").forEach((choice) => choice.addEventListener("change", () => choice.form.submit()));
  document.querySelectorAll("[data-correct] select").forEach((choice) => choice.addEventListener("change", () => choice.form.submit()));
  if (document.querySelector("[data-reload]")) window.setTimeout(() => window.location.reload(), EVERY);
});
