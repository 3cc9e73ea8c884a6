// The service worker. It keeps three things and answers for nothing else:
// the page of a check-in desk (nobody's data), its static parts, and the day of the one person who is signed in,
// with what belongs to the day. Where the network is gone, every other page is answered by the way to the day.

const DESKS = "punte-desks";
const PARTS = "punte-parts";
const DAY = "punte-day";
const KEEP = "X-Punte-Keep";
const READER = "/punte-reader";
const AWAY = "/no-network/";
const PATIENCE_MS = 4000;
const SLACK_MS = 120_000;

let turn = Promise.resolve();
let forgotten = 0;
let isLeaving = false;

const isDesk = (path) => /^\/e\/[\w-]+\/check-in\/offline\/$/.test(path);
const isDay = (path) => /^\/e\/[\w-]+\/my\/(badge\.svg)?$/.test(path);
/** What is kept beside the day, where the site lets it be kept: the agenda, whom one meets, the venue, the way back to the day. */
const isBeside = (path) => path === AWAY || /^\/e\/[\w-]+\/(agenda|(people|plan)\/[\da-f-]{36})\/$/.test(path);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** Drop what was kept of a person, and the lists of desks; unsent scans stay, they hold no names. */
async function forget() {
  forgotten += 1;
  await caches.delete(DAY);
  dropDay(); // once more, after what was just being kept
  await new Promise((done) => {
    const asked = indexedDB.open("punte-desk", 1);
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onerror = (event) => { event.preventDefault(); done(); };
    asked.onsuccess = () => {
      const base = asked.result;
      const step = base.transaction("lists", "readwrite");
      step.objectStore("lists").clear();
      step.oncomplete = step.onabort = () => { base.close(); done(); };
    };
  });
  for (const client of await self.clients.matchAll()) client.postMessage("forget");
}

/** Whose day is kept, until when, and when the clock was last looked at. */
async function keptFor() {
  const line = await caches.match(READER, { cacheName: DAY });
  return line ? (await line.text()).split(" ") : ["", "0", "0"];
}

/** Change what is kept of the day, one change after the other. */
function inTurn(step) {
  turn = turn.then(step).catch(() => {});
  return turn;
}

const dropDay = () => inTurn(() => caches.delete(DAY));

/** Whatever another reader left here goes first. */
async function keepNow(request, answer) {
  const [reader, until] = answer.headers.get(KEEP).split(" ");
  const [before] = await keptFor();
  if (before !== reader) await caches.delete(DAY);
  const cache = await caches.open(DAY);
  await cache.put(READER, new Response(`${reader} ${until} ${Date.now()}`));
  await cache.put(new URL(request.url).pathname, answer);
}

/** Give what was kept, marked as kept; nothing after its time. */
async function giveDay(path) {
  const [reader, until, seen] = await keptFor();
  if (!reader) return null;
  const now = Date.now();
  // A clock that was set back would open what has run out: what is kept never goes back before it was last looked at.
  if (now > Number(until) || now < Number(seen) - SLACK_MS) {
    await dropDay();
    return null;
  }
  if (now > Number(seen)) {
    const before = forgotten;
    await inTurn(async () => {
      const [same] = await keptFor();
      if (before === forgotten && same === reader) await (await caches.open(DAY)).put(READER, new Response(`${reader} ${until} ${now}`));
    });
  }
  const kept = await caches.match(path, { cacheName: DAY });
  if (!kept) return null;
  if (!kept.headers.get("Content-Type")?.startsWith("text/html")) return kept;
  const page = (await kept.text()).replace("<html ", '<html data-kept="yes" ');
  return new Response(page, { headers: kept.headers });
}

/** Ask the network, but not for ever where something kept can be shown instead. */
async function askFirst(request, fallback) {
  const network = fetch(request);
  network.catch(() => {});
  let timer;
  const tired = new Promise((give) => { timer = setTimeout(give, PATIENCE_MS, "tired"); });
  try {
    const first = await Promise.race([network, tired]);
    // Where a proxy answers for a site that is down, what was kept is worth more than its page.
    if (first !== "tired") return first.status >= 500 ? (await fallback()) || first : first;
    return (await fallback()) || (await network);
  } catch {
    return (await fallback()) || Response.error();
  } finally {
    clearTimeout(timer);
  }
}

/** Answer with the way to the day where one is kept, the day of the same edition first. */
async function giveAway(path) {
  const page = await giveDay(AWAY);
  if (!page) return null;
  const kept = (await (await caches.open(DAY)).keys()).map((one) => new URL(one.url).pathname).filter((one) => one.endsWith("/my/"));
  const day = kept.find((one) => path.startsWith(one.slice(0, -"my/".length))) ?? kept[0];
  if (!day) return null;
  const headers = { "Content-Type": page.headers.get("Content-Type"), "Content-Security-Policy": page.headers.get("Content-Security-Policy") ?? "" };
  return new Response((await page.text()).replaceAll("/e/-/my/", day), { status: 503, headers });
}

async function answerElse(request) {
  try {
    return await fetch(request);
  } catch {
    return (await giveAway(new URL(request.url).pathname)) || Response.error();
  }
}

async function answerDay(request) {
  const path = new URL(request.url).pathname;
  const before = forgotten;
  let isKept = false;
  const answer = await askFirst(request, async () => {
    const kept = await giveDay(path);
    isKept = kept !== null;
    return kept;
  });
  if (answer.type === "error" && request.mode === "navigate") return (await giveAway(path)) || answer;
  if (isKept || answer.type === "error" || answer.status >= 500) return answer;
  // What was asked for before somebody signed out, and came after it, is kept no more.
  if (before !== forgotten) return answer;
  if (answer.ok && answer.headers.has(KEEP)) {
    const copy = answer.clone();
    await inTurn(() => (before === forgotten ? keepNow(request, copy) : null));
  } else if (isBeside(path) && answer.type !== "opaqueredirect" && !answer.redirected) {
    // It is not of this day any more; the rest stays.
    await inTurn(async () => (await caches.open(DAY)).delete(path));
  } else await dropDay();
  return answer;
}

async function answerDesk(request) {
  const path = new URL(request.url).pathname;
  const fallback = async () => (await caches.open(DESKS)).match(path);
  const answer = await askFirst(request, fallback);
  if (answer.ok && !answer.redirected) (await caches.open(DESKS)).put(path, answer.clone());
  return answer;
}

function answerPart(request) {
  const path = new URL(request.url).pathname;
  return askFirst(request, async () => (await caches.open(PARTS)).match(path));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && pathname === "/accounts/logout/") {
    // Beside the browser's own request, so that nothing here can ever hold a signing out up.
    event.waitUntil(forget());
    isLeaving = true;
  }
  if (request.method !== "GET") return;
  if (isLeaving && request.mode === "navigate") {
    // Until here the page that was left could ask on, and the site still knew its reader: forget that, too.
    isLeaving = false;
    event.waitUntil(forget());
  }
  if (isDay(pathname) || (isBeside(pathname) && !search)) event.respondWith(answerDay(request));
  else if (isDesk(pathname) && request.cache !== "no-store") event.respondWith(answerDesk(request));
  else if (pathname.startsWith("/static/")) event.respondWith(answerPart(request));
  else if (request.mode === "navigate") event.respondWith(answerElse(request));
});

self.addEventListener("message", (event) => {
  if (event.data?.keep) {
    // The parts of a page that may be opened without the network: static files of this site, nothing else.
    const parts = event.data.keep.filter((path) => path.startsWith("/static/"));
    event.waitUntil(caches.open(PARTS).then((cache) => Promise.allSettled(parts.map((path) => cache.add(path)))));
  }
  if (event.data === "forget") event.waitUntil(forget());
});
