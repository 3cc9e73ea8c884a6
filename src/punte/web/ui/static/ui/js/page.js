// What every page does beyond plain HTML. Each part only adds: without scripts all of it still works.

const ZONE_COOKIE = "punte_zone";

/** Tell the server the reader's time zone, so that it can show the venue's time first and theirs second. */
function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.includes(`${ZONE_COOKIE}=${encodeURIComponent(zone)}`)) return;
  document.cookie = `${ZONE_COOKIE}=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
}

/** Close an open menu on Escape or on a click elsewhere, and give the focus back. */
function tameMenus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.menu[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
}

/** Open `<dialog>` by `data-opens="id"`, close by `data-closes`, and by a click on the backdrop. */
function wireDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog) { event.preventDefault(); dialog.showModal(); }
      return;
    }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
}

/** Say something in the corner and to a screen reader; it stays until closed, since reading takes its time. */
export function say(text) {
  const box = document.getElementById("toasts");
  const toast = document.createElement("div");
  toast.className = "toast";
  const line = document.createElement("p");
  line.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "✕";
  close.setAttribute("aria-label", box.dataset.close || "✕");
  close.addEventListener("click", () => toast.remove());
  toast.append(line, close);
  box.append(toast);
  while (box.children.length > 3) box.firstElementChild.remove();
}

/**
 * A form with `data-auto` sends itself when a choice changes; typing waits for a pause.
 *
 * By the keyboard every arrow and every digit of a day is a change: whoever chooses by it presses the button, and keeps the focus.
 */
function sendFilters() {
  let pause, typedIn;
  document.addEventListener("keydown", (event) => { typedIn = event.target; });
  document.addEventListener("pointerdown", () => { typedIn = undefined; });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    const byKeys = event.target === typedIn && event.target.matches("select, [type=date]");
    if (form && event.target.type !== "search" && !byKeys) form.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (!form || event.target.type !== "search") return;
    clearTimeout(pause);
    pause = setTimeout(() => form.requestSubmit(), 400);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[method=get]")) return;
    for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
  });
}

/** Show a dropped or chosen file's name, and let a drop zone take files. */
function wireDrops() {
  for (const zone of document.querySelectorAll(".drop")) {
    const input = zone.querySelector("input[type=file]");
    const name = zone.querySelector("[data-name]");
    const show = () => { if (name && input.files.length) name.textContent = input.files[0].name; };
    input.addEventListener("change", show);
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
    }
    for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; show(); }
    });
  }
}

/** Print, and copy to the clipboard, by `data-print` and `data-copies="text"`. */
function wireButtons() {
  document.addEventListener("click", async (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const copier = event.target.closest("[data-copies]");
    if (copier) {
      await navigator.clipboard.writeText(copier.dataset.copies);
      say(copier.dataset.said || copier.dataset.copies);
    }
    const speaker = event.target.closest("[data-says]");
    if (speaker) say(speaker.dataset.says);
  });
}

/** On a narrow screen the menus run sideways: bring the entry of this page into sight, without moving the page. */
function showPlace() {
  for (const here of document.querySelectorAll(".nav a[aria-current], .tabs a[aria-current]")) {
    const list = here.closest("ul, nav");
    if (list.scrollWidth <= list.clientWidth) continue;
    const entry = here.getBoundingClientRect();
    const frame = list.getBoundingClientRect();
    list.scrollLeft += entry.left - frame.left - (frame.width - entry.width) / 2;
  }
}

tellZone();
showPlace();
window.addEventListener("resize", showPlace); // a phone that is turned
tameMenus();
wireDialogs();
sendFilters();
wireDrops();
wireButtons();

/** Drop the day that the browser keeps of anybody but the reader of this page: another reader's, or one who signed out. */
async function dropOthersDay() {
  // The kept page of a desk says who opened it once, not who reads now.
  if (document.getElementById("desk-app") || !navigator.serviceWorker?.controller) return;
  const kept = await caches.match("/punte-reader", { cacheName: "punte-day" });
  if (!kept) return;
  const [reader] = (await kept.text()).split(" ");
  if (reader !== document.documentElement.dataset.reader) navigator.serviceWorker.controller.postMessage("forget");
}

dropOthersDay();

// Where an address leads to a part of its page, browsers pass `autofocus` by: what is wrong is read first all the same.
document.getElementById("faults")?.focus();
