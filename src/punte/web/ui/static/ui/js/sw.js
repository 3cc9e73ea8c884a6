// The service worker. It keeps three things and answers for nothing else:
// the page of a check-in desk (nobody's data), its static parts, and the day of the one person who is signed in.

const DESKS = "punte-desks";
const PARTS = "punte-parts";
const DAY = "punte-day";
const KEEP = "X-Punte-Keep";
const READER = "/punte-reader";
const PATIENCE_MS = 4000;
const SLACK_MS = 120_000;

let turn = Promise.resolve();
let forgotten = 0;

const isDesk = (path) => /^\/e\/[\w-]+\/check-in\/offline\/$/.test(path);
const isDay = (path) => /^\/e\/[\w-]+\/my\/(badge\.svg)?$/.test(path);

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
  if (!path.endsWith("/")) return kept;
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

async function answerDay(request) {
  const path = new URL(request.url).pathname;
  const before = forgotten;
  let isKept = false;
  const answer = await askFirst(request, async () => {
    const kept = await giveDay(path);
    isKept = kept !== null;
    return kept;
  });
  if (isKept || answer.type === "error" || answer.status >= 500) return answer;
  // What was asked for before somebody signed out, and came after it, is kept no more.
  if (before !== forgotten) return answer;
  if (answer.ok && answer.headers.has(KEEP)) {
    const copy = answer.clone();
    await inTurn(() => (before === forgotten ? keepNow(request, copy) : null));
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
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && pathname === "/accounts/logout/") {
    // Beside the browser's own request, so that nothing here can ever hold a signing out up.
    event.waitUntil(forget());
  }
  if (request.method !== "GET") return;
  if (isDay(pathname)) event.respondWith(answerDay(request));
  else if (isDesk(pathname) && request.cache !== "no-store") event.respondWith(answerDesk(request));
  else if (pathname.startsWith("/static/")) event.respondWith(answerPart(request));
});

self.addEventListener("message", (event) => {
  if (event.data?.keep) {
    // The parts of a page that may be opened without the network: static files of this site, nothing else.
    const parts = event.data.keep.filter((path) => path.startsWith("/static/"));
    event.waitUntil(caches.open(PARTS).then((cache) => Promise.allSettled(parts.map((path) => cache.add(path)))));
  }
  if (event.data === "forget") event.waitUntil(forget());
});
