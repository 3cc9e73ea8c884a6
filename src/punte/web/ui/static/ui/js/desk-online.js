// The desk with a network: badges by the camera. What a scan changed on the page comes back with the site's own answer.
import { listenToCamera } from "./desk-camera.js";

const form = document.querySelector("form[data-scan]");
const told = document.querySelector("[data-told]");
const code = form.querySelector("[name=code]");
let turn = Promise.resolve();

function tell(text) {
  const line = document.createElement("p");
  line.textContent = text;
  told.replaceChildren(line);
  told.className = "note bad";
}

/** Take over what the site says, its figures and its log; never what somebody is typing. */
function renew(page) {
  told.className = "";
  told.replaceChildren(...[...page.querySelectorAll(".messages > *")].map((note) => { note.removeAttribute("role"); return note; }));
  document.querySelector("main .messages")?.remove();
  for (const part of document.querySelectorAll("[data-renewed]")) {
    const now = page.querySelector(`[data-renewed="${part.dataset.renewed}"]`);
    if (now) part.replaceWith(now);
  }
}

async function take(scanned) {
  const body = new FormData(form);
  body.set("code", scanned);
  try {
    const answer = await fetch(location.pathname, { method: "POST", body });
    if (answer.ok && new URL(answer.url).pathname === location.pathname) return renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
    return tell(form.dataset.refused.replace("{code}", () => scanned));
  } catch {
    return tell(form.dataset.away.replace("{code}", () => scanned));
  }
}

const takeInTurn = (scanned) => { turn = turn.then(() => take(scanned)); };
const camera = listenToCamera(document.querySelector("[data-camera]"), takeInTurn);
// While the camera is open, a typed code must not load the page anew: that would close it.
form.addEventListener("submit", (event) => {
  if (!camera.isOpen()) return;
  event.preventDefault();
  takeInTurn(code.value);
  code.value = "";
  code.focus();
});
