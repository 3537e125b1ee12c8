"use strict";
const $ = (id) => document.getElementById(id);
const told = JSON.parse($("told").textContent);
const box = $("request"), hook = $("hook"), asOf = $("as-of"), story = $("story");
let before = null, service = "";

const send = (url, body) => {
  const headers = { "Content-Type": "application/json" };
  if ($("token")?.value) headers.Authorization = `Bearer ${$("token").value}`;
  return fetch(url, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) });
};
const say = (text) => { $("status").textContent = text; };
const read = () => {
  try { return JSON.parse(box.value); } catch (error) { say(`The request is no JSON: ${error.message}`); return null; }
};

// What can be changed by hand: the newest number of each code, scores first.
function numbers(document) {
  const found = new Map();
  const look = (node) => {
    if (Array.isArray(node)) { node.forEach(look); return; }
    if (!node || typeof node !== "object") return;
    if (node.resourceType === "Observation") {
      const value = node.valueInteger ?? node.valueQuantity?.value;
      const code = node.code?.coding?.[0];
      const kept = found.get(code?.code);
      if (typeof value === "number" && code && !((kept?.effectiveDateTime ?? "") > (node.effectiveDateTime ?? ""))) found.set(code.code, node);
      return;
    }
    Object.values(node).forEach(look);
  };
  look(document.prefetch);
  const isScore = (node) => node.valueInteger !== undefined || node.valueQuantity?.code === "{score}";
  return [...found.values()].sort((a, b) => isScore(b) - isScore(a)).slice(0, 8);
}

function offer(document) {
  const list = $("values").querySelector("div");
  list.replaceChildren();
  numbers(document).forEach((node, index) => {
    const line = window.document.createElement("p"), label = window.document.createElement("label"), input = window.document.createElement("input");
    input.type = "number"; input.step = "any"; input.id = `value-${index}`; label.htmlFor = input.id;
    input.value = node.valueInteger ?? node.valueQuantity.value;
    label.textContent = node.code.text ?? node.code.coding[0].display ?? node.code.coding[0].code;
    input.addEventListener("change", () => {
      if (input.value === "") return;
      if (node.valueInteger !== undefined) node.valueInteger = Math.round(Number(input.value));
      else node.valueQuantity.value = Number(input.value);
      box.value = JSON.stringify(document, null, 2);
      fire();
    });
    line.append(label, input);
    list.append(line);
  });
  $("values").hidden = !list.childElementCount;
}

function put(document) {
  box.value = JSON.stringify(document, null, 2);
  if ([...hook.options].some((one) => one.value === document.hook)) hook.value = document.hook;
  const instant = new Date(document.extension?.[told.asOf] ?? NaN);
  if (asOf) asOf.value = isNaN(instant) ? "" : instant.toISOString().slice(0, 16);
  offer(document);
}

// A bare Bundle, or a request for another hook, becomes a whole request of the hook that is chosen.
async function take(document, chosen = "") {
  const response = await send(`try-it/request?hook=${encodeURIComponent(chosen)}`, document);
  const found = await response.json();
  if (response.ok) { before = null; put(found); } else say(found.issue[0].diagnostics);
  return response.ok;
}

async function fire() {
  let document = read();
  if (!document) return;
  if (!document.context && !(await take(document, hook.value))) return;
  document = read();
  service = hook.selectedOptions[0].dataset.service;
  $("fire").disabled = true;
  say("Asking ...");
  try {
    const response = await send(`cds-services/${service}`, box.value);
    const answer = await response.json();
    const timing = /desc="?(\w+)"?;\s*dur=([\d.]+)/.exec(response.headers.get("Server-Timing") ?? "");
    const who = timing ? `answered by the ${timing[1] === "web" ? "web server" : timing[1]} in ${timing[2]} ms` : `refused with ${response.status}`;
    $("raw").textContent = JSON.stringify(answer, null, 2);
    $("timing").textContent = `HTTP ${response.status}, ${who}.`;
    const drawn = await send("try-it/answer", { answer, before });
    $("answer").innerHTML = await drawn.text();
    const level = answer.extension?.[told.member]?.level;
    if (level) before = level;
    const cards = answer.cards?.length ?? 0;
    say(level ? `${cards ? "One card" : "No card"}: ${level.replaceAll("-", " ")}, ${who}.` : `No answer, ${who}.`);
  } catch (error) {
    say(`Nobody answers: ${error.message}`);
  } finally {
    $("fire").disabled = false;
  }
}

async function reply(card, entry, words) {
  const stored = card.querySelector(".stored");
  const body = { feedback: [{ card: card.dataset.card, outcomeTimestamp: new Date().toISOString(), ...entry }] };
  const response = await send(`cds-services/${service}/feedback`, body).catch(() => null);
  stored.classList.toggle("failed", !response?.ok);
  stored.textContent = response?.ok ? `Stored: ${words}, ${new Date().toLocaleTimeString()}. cds report counts it.` : "It could not be stored; try again.";
  if (response?.ok) card.querySelectorAll("button").forEach((button) => { button.disabled = true; });
}

$("answer").addEventListener("click", ({ target }) => {
  const card = target.closest("[data-card]");
  if (target.dataset.accept) reply(card, { outcome: "accepted", acceptedSuggestions: [{ id: target.dataset.accept }] }, "accepted");
  if ("override" in target.dataset) {
    const why = card.querySelector(".why").selectedOptions[0], note = card.querySelector(".note").value.trim();
    const reason = { code: why.value, system: why.dataset.system, display: why.textContent };
    reply(card, { outcome: "overridden", overrideReason: { reason, ...(note && { userComment: note }) } }, `overridden (${why.textContent})`);
  }
});

async function choose() {
  $("words").textContent = story.selectedOptions[0].dataset.words;
  const response = await fetch(`try-it/stories/${encodeURIComponent(story.value)}`);
  before = null;
  put(await response.json());
}

async function open(file) {
  if (!file) return;
  box.value = await file.text();
  const document = read();
  if (document && (await take(document))) say(`${file.name} is ready to fire.`);
}

story?.addEventListener("change", () => choose().then(fire));
hook.addEventListener("change", () => { const document = read(); if (document) take(document, hook.value); });
asOf?.addEventListener("change", () => {
  const document = read();
  if (!document) return;
  document.extension = { ...document.extension, [told.asOf]: asOf.value ? `${asOf.value}:00Z` : undefined };
  put(document);
});
box.addEventListener("change", () => { const document = read(); if (document) document.context ? put(document) : take(document, hook.value); });
box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("over"); });
box.addEventListener("dragleave", () => box.classList.remove("over"));
box.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  box.classList.remove("over");
  open(event.dataTransfer.files[0]);
});
$("file").addEventListener("change", ({ target }) => open(target.files[0]));
$("fire").addEventListener("click", fire);
// What was set aside stays silent for its patient: somebody new has the same chart and no past.
$("renew").addEventListener("click", () => {
  const document = read(), id = document?.context?.patientId?.split("/").pop();
  if (!id) return;
  const other = `${id.slice(0, 50).replace(/-[0-9a-z]{4}$/, "")}-${Math.random().toString(36).slice(2, 6).padEnd(4, "0")}`;
  const text = JSON.stringify(document).replaceAll(`"${id}"`, `"${other}"`).replaceAll(`Patient/${id}"`, `Patient/${other}"`);
  put({ ...JSON.parse(text), hookInstance: crypto.randomUUID() });
  fire();
});
if (story) choose();
