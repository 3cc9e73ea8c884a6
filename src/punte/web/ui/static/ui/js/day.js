// A delegate's day: kept on the device for when the network fails, with a clock to the next meeting.
import { keepThisPage } from "./offline.js";

const root = document.documentElement;
const note = document.querySelector("[data-when-kept]");
const FRESH_MS = 30 * 60_000;
const PAUSE_MS = 250;
const LEAVING_MS = 10_000;

function tell() {
  if (note) note.hidden = !(root.dataset.kept || !navigator.onLine);
}

const lineIn = (part) => part.querySelector(".contact-line")?.textContent.replace(/\s+/g, " ").trim() ?? "";

/** Whether a kept page is young, and says of how somebody is reached what the day says: who takes it back is asked for no delay. */
const isFresh = async (link, address) => {
  const kept = await caches.match(address, { cacheName: "punte-day" });
  if (!kept || Date.now() - Date.parse(kept.headers.get("Date")) >= FRESH_MS) return false;
  const card = link.closest(".contacts li");
  if (!card) return true;
  return lineIn(new DOMParser().parseFromString(await kept.text(), "text/html")) === lineIn(card);
};

/** Ask once for what is read beside the day, so that the worker keeps it: one after the other, and not again too soon. */
async function keepBeside() {
  const badge = document.querySelector("img[src$='badge.svg']");
  if (badge) await fetch(badge.src);
  for (const link of document.querySelectorAll("[data-keep]")) {
    const address = link.href ?? link.src;
    if (await isFresh(link, address)) continue;
    await fetch(address);
    await new Promise((done) => { setTimeout(done, PAUSE_MS); });
  }
}

let leftAt = 0;

/** Open the day anew once the site really answers, never in the way of a link that was just followed: browsers say "online" of any network. */
async function openAnew() {
  const answer = await fetch("/sw.js", { cache: "no-store" }).catch(() => null);
  if (answer?.ok && !answer.redirected && Date.now() - leftAt > LEAVING_MS) location.reload();
}

tell();
window.addEventListener("beforeunload", () => { leftAt = Date.now(); });
window.addEventListener("online", () => { if (root.dataset.kept) openAnew(); else tell(); });
window.addEventListener("offline", tell);
if (!root.dataset.kept) keepThisPage().then(keepBeside).catch(() => {});
