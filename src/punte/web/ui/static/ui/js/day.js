// A delegate's day: kept on the device for when the network fails, with a clock to the next meeting.
import { keepThisPage } from "./offline.js";

const root = document.documentElement;
const note = document.querySelector("[data-when-kept]");
const FRESH_MS = 30 * 60_000;
const PAUSE_MS = 250;

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

tell();
window.addEventListener("online", () => { if (root.dataset.kept) location.reload(); else tell(); });
window.addEventListener("offline", tell);
if (!root.dataset.kept) keepThisPage().then(keepBeside).catch(() => {});
