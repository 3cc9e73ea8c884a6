// A delegate's day: kept on the device for when the network fails, with a clock to the next meeting.
import { keepThisPage } from "./offline.js";

const root = document.documentElement;
const note = document.querySelector("[data-when-kept]");

function tell() {
  if (note) note.hidden = !(root.dataset.kept || !navigator.onLine);
}

tell();
window.addEventListener("online", () => { if (root.dataset.kept) location.reload(); else tell(); });
window.addEventListener("offline", tell);
if (!root.dataset.kept) {
  const badge = document.querySelector("img[src$='badge.svg']");
  keepThisPage().then(() => { if (badge) return fetch(badge.src); return null; }).catch(() => {});
}
