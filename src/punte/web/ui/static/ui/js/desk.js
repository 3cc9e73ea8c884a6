// The check-in desk. Every scan is written down in the browser first and sent as soon as there is a network,
// so that one way works with and without it. What arrives twice counts once.
import { changeScans, deriveKey, drawKey, dropList, dropScans, findList, keepList, keepScan, markSeen, openList, readList, unsentScans } from "./desk-vault.js";
import { keepThisPage } from "./offline.js";
import { showDoubtful, saveScans } from "./desk-doubts.js";
import { CAMERA_PARTS, listenToCamera } from "./desk-camera.js";

const page = document.getElementById("desk-app");
const words = JSON.parse(document.getElementById("words").textContent);
const { edition, publicKey, zone } = page.dataset;
const at = (name) => page.querySelector(`[data-${name}]`);
const SHOWN = 12;
const BATCH = 5000;
const MOST_REFUSED = 20;
const BEAT_MS = 15_000;
const RETRY_MS = 3_000;
const RENEW_MS = 120_000;

const state = { key: null, salt: null, ahead: 0, people: new Map(), list: null, isNetwork: navigator.onLine, isSilent: false, tried: 0, renewed: 0, isSending: false, camera: null };

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const clock = (moment) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date(moment));
/** A text without what nobody sees: a scanner or a paste may bring what turns a message round. */
const seen = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, "").trim();
const deskName = () => seen(at("desk-name").value).slice(0, 40);
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function tell(text, kind = "good") {
  const box = at("told");
  box.replaceChildren(element("p", text));
  box.className = `note ${kind}`;
  box.hidden = false;
}

/** Tell what the server said about what was sent; it stays until the next time. */
function report(lines) {
  at("report").replaceChildren(...lines.map((line) => element("p", line)));
  at("report").hidden = !lines.length;
}

/** Whether a scan goes out by itself: nobody has to look at it first. */
const isReady = (scan) => !scan.doubt || scan.isDropped;

async function showState() {
  const held = await unsentScans(edition);
  const waiting = held.filter(isReady).length;
  const doubtful = held.filter((scan) => !isReady(scan));
  at("doubt").hidden = !doubtful.length;
  showDoubtful(at("doubtful"), doubtful, words, decide);
  at("saving").hidden = !held.length;
  const reached = state.isSilent ? words.silent : words.online;
  at("network").textContent = state.isNetwork ? reached : words.offline;
  at("network").className = `badge ${state.isNetwork && !state.isSilent ? "good" : "warn"}`;
  at("unsent").textContent = waiting ? fill(words.unsent, { count: waiting }) : words.all_sent;
  at("unsent").className = `badge ${waiting ? "warn" : ""}`;
  at("send").hidden = !waiting;
  const isOpen = state.list !== null;
  const kept = isOpen ? null : await findList(edition);
  at("prepare").hidden = isOpen || Boolean(kept);
  at("unlock").hidden = isOpen || !kept;
  at("work").hidden = !isOpen;
  if (isOpen) {
    const { made_at: made, valid_until: until } = state.list;
    at("list").textContent = fill(words.list, { made: clock(made), count: state.people.size, until: clock(until) });
    at("present").textContent = [...state.people.values()].filter((one) => one.since).length;
    at("expected").textContent = state.people.size;
  }
}

/** Take a list in, and what this desk scanned since. */
async function takeIn(list) {
  state.list = list;
  state.people = new Map(list.people.map((one) => [one.code.toUpperCase(), { ...one, folded: folded(`${one.name} ${one.organisation} ${one.code}`) }]));
  const waiting = (await unsentScans(edition)).sort((one, other) => one.at.localeCompare(other.at));
  for (const scan of waiting) {
    const person = scan.isDropped ? null : state.people.get(scan.code);
    if (person) person.since = scan.kind === "undo" ? "" : person.since || scan.at;
  }
}

class SignedOut extends Error {}
class Refused extends Error {}
/** The network is there, and the site behind it does not answer: it is down, or starts anew. */
class Silent extends Error {}

const isSilence = (status) => [502, 503, 504].includes(status);

/** Return what the site said; what is no JSON comes from something on the way, or is a fault. */
async function saidBy(answer) {
  const said = await answer.json().catch(() => null);
  if (answer.ok && said) return said;
  throw new Refused(said?.error || fill(words.odd_answer, { status: answer.status }));
}

async function ask(address, body) {
  const token = new FormData();
  const shell = await fetch(location.pathname, { redirect: "manual", headers: { Accept: "text/html" }, cache: "no-store" });
  if (shell.status >= 500) throw new Silent();
  if (shell.type === "opaqueredirect" || !shell.ok) throw new SignedOut();
  const found = new DOMParser().parseFromString(await shell.text(), "text/html").querySelector("[name=csrfmiddlewaretoken]");
  // A page of something on the way, such as the sign-in of a hall's Wi-Fi, is none of ours.
  if (!found) throw new Silent();
  token.append("csrfmiddlewaretoken", found.value);
  for (const [name, value] of Object.entries(body)) token.append(name, value);
  const answer = await fetch(address, { method: "POST", body: token, redirect: "manual", headers: { Accept: "application/json" } });
  if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) throw new SignedOut();
  if (isSilence(answer.status)) throw new Silent();
  return saidBy(answer);
}

async function fetchList() {
  const before = Date.now();
  const signed = await ask("list/", {});
  const list = await readList(signed, { edition, publicKey });
  if (!list) throw new Refused(words.expired);
  state.ahead = Date.parse(list.made_at) - (before + Date.now()) / 2;
  await keepList(edition, signed, state.key, state.salt, state.ahead);
  state.renewed = Date.now();
  await takeIn(list);
}

async function prepare(event) {
  event.preventDefault();
  if (at("make").disabled) return;
  at("make").disabled = true;
  try {
    const drawn = drawKey();
    state.salt = crypto.getRandomValues(new Uint8Array(16));
    state.key = await deriveKey(drawn, state.salt);
    await fetchList();
    await keepThisPage(CAMERA_PARTS);
    at("key").textContent = drawn;
    at("key-note").hidden = false;
    await send();
  } catch (error) {
    state.key = null;
    if (error instanceof SignedOut) tell(words.sign_in, "warn");
    else if (error instanceof Silent) tell(words.no_answer, "warn");
    else tell(error instanceof Refused ? fill(words.failed, { reason: error.message }) : words.needs_network, "bad");
  }
  at("make").disabled = false;
  await showState();
  at("code").focus();
}

async function unlock(event) {
  event.preventDefault();
  const kept = await findList(edition);
  if (!kept) return showState();
  try {
    const key = await deriveKey(at("typed").value, kept.salt);
    const signed = await openList(edition, kept, key);
    if (!signed) return tell(words.wrong_key, "bad");
    at("typed").value = "";
    const list = await readList(signed, { edition, publicKey });
    if (!list) {
      await dropList(edition);
      tell(words.expired, "bad");
      return showState();
    }
    Object.assign(state, { key, salt: kept.salt, ahead: kept.ahead });
    at("told").hidden = true;
    await takeIn(list);
  } catch (error) {
    tell(["clock", "changed"].includes(error.message) ? words[error.message] : fill(words.failed, { reason: error.message }), "bad");
  }
  await showState();
  at("code").focus();
  return send();
}

async function note(code, kind = "in") {
  const plain = seen(code).toUpperCase();
  if (!/^[0-9A-Z_-]{1,20}$/.test(plain)) return plain ? tell(fill(words.unreadable, { code: plain.slice(0, 40) }), "bad") : null;
  const moment = new Date(Date.now() + state.ahead).toISOString();
  await keepScan({ id: crypto.randomUUID(), edition, code: plain, kind, at: moment, desk: deskName() });
  const person = state.people.get(plain);
  if (!person) tell(fill(words.unknown, { code: plain }), "warn");
  else if (kind === "undo") tell(fill(words.undo, person), "warn");
  else if (person.since) tell(fill(words.again, { name: person.name, when: clock(person.since) }), "warn");
  else tell(fill(words.in, person));
  const isAgain = kind !== "undo" && Boolean(person?.since);
  if (person) person.since = kind === "undo" ? "" : person.since || moment;
  const line = element("li");
  line.append(element("time", clock(moment)), " ", element("b", person?.name || plain), " ", element("span", kind === "undo" ? words.take_back : isAgain ? words.scanned_again : "", "quiet"));
  at("log").prepend(line);
  while (at("log").children.length > SHOWN) at("log").lastElementChild.remove();
  search();
  await showState();
  return send();
}

function search() {
  const asked = folded(at("search").value).split(/\s+/).filter(Boolean);
  const found = asked.length ? [...state.people.values()].filter((one) => asked.every((word) => one.folded.includes(word))).slice(0, SHOWN) : [];
  const lines = found.map((one) => {
    const line = element("li");
    const who = element("div");
    who.append(element("b", one.name), element("span", ` ${one.organisation} · ${one.code}`, "muted"));
    const badge = element("span", one.since ? `${words.here} ${clock(one.since)}` : words.not_yet, one.since ? "badge good" : "badge");
    const button = element("button", one.since ? words.take_back : words.check_in, one.since ? "btn small" : "btn small main");
    button.type = "button";
    button.addEventListener("click", () => note(one.code, one.since ? "undo" : "in"));
    line.append(who, badge, button);
    return line;
  });
  if (asked.length && !found.length) lines.push(element("li", words.nobody, "muted"));
  at("found").replaceChildren(...lines);
}

/** Take over what people decided of a doubtful scan, and send it. */
async function decide({ isRenamed, ...scan }) {
  // What was refused for the name of its desk goes out again under the name that the desk has now.
  await changeScans([isRenamed ? { ...scan, desk: deskName() } : scan]);
  await showState();
  return send();
}

const plain = ({ id, code, kind, at: moment, desk }) => ({ id, code, kind, at: moment, desk });
const bundleOf = (scans) => ({
  format: "punte.check-in.bundle/1",
  desk: deskName(),
  scans: scans.filter((scan) => !scan.isDropped).map(plain),
  dropped: scans.filter((scan) => scan.isDropped).map(plain),
});

/** What the site did not take stays here, for somebody to look at; everything else is safe there. */
async function sortOut(batch, said) {
  const doubts = new Map(said.doubtful.map((one) => [one.id, one.reason]));
  const isDoubted = (scan) => doubts.has(scan.id) && !scan.isDropped;
  await changeScans(batch.filter(isDoubted).map((scan) => ({ ...scan, doubt: doubts.get(scan.id) })));
  await dropScans(batch.filter((scan) => !isDoubted(scan)).map((scan) => scan.id));
}

/** Send one batch. A refused one is sent in halves, so that what is refused in it holds nothing else up. */
async function sendBatch(batch, lines) {
  const bundle = new Blob([JSON.stringify(bundleOf(batch))], { type: "application/json" });
  let said;
  try {
    said = await ask("../merge/", { bundle });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return sendApart(batch, lines, error);
  }
  await sortOut(batch, said);
  if (batch.length > 1 || said.known) lines.push(fill(words.sent, said));
  if (said.unknown_codes.length) lines.push(fill(words.unknown_codes, { codes: said.unknown_codes.join(", ") }));
  if (said.conflicts) lines.push(fill(words.conflicts, { count: said.conflicts, desks: said.conflict_desks.join(", ") }));
  for (const name of ["elsewhere", "turned_away", "late_undos"]) {
    if (said[name].length) lines.push(fill(words[name], { names: said[name].join(", ") }));
  }
}

async function sendApart(batch, lines, error) {
  if (batch.length === 1) {
    state.refused += 1;
    // Where everything is refused, it is no fault of a scan: the rest waits as it is.
    if (state.refused > MOST_REFUSED) throw error;
    return changeScans(batch.map((scan) => ({ ...scan, isDropped: false, doubt: "refused", told: error.message })));
  }
  const half = Math.ceil(batch.length / 2);
  await sendBatch(batch.slice(0, half), lines);
  return sendBatch(batch.slice(half), lines);
}

async function sendAll() {
  const lines = [];
  state.refused = 0;
  const ready = async () => (await unsentScans(edition)).filter(isReady);
  for (let waiting = await ready(); waiting.length; waiting = await ready()) {
    await sendBatch(waiting.slice(0, BATCH), lines);
  }
  if (lines.length) report(lines);
  if (state.key && Date.now() - state.renewed > RENEW_MS) await fetchList();
}

/** Send what waits; another window of the same desk may be at it already. */
async function send() {
  if (state.isSending) return;
  Object.assign(state, { isSending: true, tried: Date.now() });
  try {
    await navigator.locks.request("punte-desk", { ifAvailable: true }, (lock) => (lock ? sendAll() : null));
    state.isNetwork = true;
    // What was told of a site that did not answer is over.
    if (state.isSilent) report([]);
    state.isSilent = false;
  } catch (error) {
    state.isNetwork = [SignedOut, Refused, Silent].some((kind) => error instanceof kind);
    state.isSilent = error instanceof Silent;
    if (state.isSilent) report([words.no_answer]);
    if (error instanceof SignedOut) report([words.sign_in]);
    if (error instanceof Refused) report([fill(words.failed, { reason: error.message })]);
  }
  state.isSending = false;
  await showState();
  // What was scanned meanwhile waits for the next beat.
}

function lock() {
  state.camera?.close();
  Object.assign(state, { key: null, salt: null, list: null, people: new Map() });
  for (const name of ["found", "log"]) at(name).replaceChildren();
  for (const name of ["key-note", "told", "report"]) at(name).hidden = true;
  at("key").textContent = "";
  return showState();
}

/** The desk's name outlives the page, also where no server can say it. */
function rememberName() {
  const field = at("desk-name");
  const place = `punte-desk-name ${edition}`;
  field.value = localStorage.getItem(place) ?? field.value;
  field.addEventListener("input", () => localStorage.setItem(place, field.value));
}

function wire() {
  rememberName();
  at("prepare").addEventListener("submit", prepare);
  at("unlock").addEventListener("submit", unlock);
  at("scan").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = at("code").value;
    at("code").value = "";
    note(typed);
  });
  at("search").addEventListener("input", search);
  at("send").addEventListener("click", send);
  at("save").addEventListener("click", async () => saveScans(bundleOf(await unsentScans(edition)), `check-in-${edition}.json`));
  at("lock").addEventListener("click", lock);
  for (const button of page.querySelectorAll("[data-drop]")) button.addEventListener("click", async () => { await dropList(edition); await lock(); });
  at("written").addEventListener("click", () => { at("key-note").hidden = true; at("key").textContent = ""; at("code").focus(); });
  window.addEventListener("online", send);
  window.addEventListener("offline", () => { state.isNetwork = false; showState(); });
  navigator.serviceWorker?.addEventListener("message", (event) => { if (event.data === "forget") lock(); });
  // Without a network the browser does not always tell when it is back: look more often.
  setInterval(() => {
    const isAway = !state.isNetwork || state.isSilent;
    if (state.list && Date.now() - state.tried >= (isAway ? RETRY_MS : BEAT_MS) - 100) send();
  }, RETRY_MS);
  setInterval(async () => {
    await markSeen(edition);
    if (!state.list || Date.parse(state.list.valid_until) > Date.now()) return;
    await dropList(edition);
    await lock();
    tell(words.expired, "bad");
  }, 5_000);
  // A scanner types wherever the focus is: what comes outside a field goes to the field of codes.
  document.addEventListener("keydown", (event) => {
    if (state.list && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.target.closest("input, button, a, summary")) at("code").focus();
  });
  state.camera = listenToCamera(at("camera"), note);
}

/** Ask the site itself whether there is a network: a device on a Wi-Fi that leads nowhere believes there is. */
async function probe() {
  const answer = await fetch(location.pathname, { method: "HEAD", redirect: "manual", cache: "no-store" }).catch(() => null);
  Object.assign(state, { isNetwork: answer !== null, isSilent: answer !== null && answer.status >= 500 });
  await showState();
}

if (globalThis.isSecureContext && "serviceWorker" in navigator) {
  wire();
  showState().then(probe);
} else {
  tell(words.insecure, "bad");
}
