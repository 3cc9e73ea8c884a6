// What a desk keeps in the browser: its list, encrypted under a key that only its people hold, and the scans not yet sent.
// Scans hold the code of a badge, a moment and the desk's name, and nobody's name, so that they outlive a lost key.

const ROUNDS = 600_000;
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SLACK_MS = 5 * 60 * 1000;

const bytesOf = (text) => new TextEncoder().encode(text);
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function open() {
  return new Promise((done, fail) => {
    const asked = indexedDB.open("punte-desk", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("lists");
      asked.result.createObjectStore("scans", { keyPath: "id" }).createIndex("edition", "edition");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
}

async function within(store, mode, step) {
  const base = await open();
  try {
    return await new Promise((done, fail) => {
      // "strict": a scan is on the disk before the desk says so.
      const deal = base.transaction(store, mode, { durability: "strict" });
      const asked = step(deal.objectStore(store));
      deal.oncomplete = () => done(asked?.result);
      deal.onabort = deal.onerror = () => fail(deal.error);
    });
  } finally {
    base.close();
  }
}

/** A new key for people to write down: 60 random bits in three groups. */
export function drawKey() {
  const drawn = crypto.getRandomValues(new Uint8Array(12));
  return [...drawn].map((byte) => LETTERS[byte & 31]).join("").replace(/(.{4})(?=.)/g, "$1-");
}

/** A key as it was typed: without dashes and blanks, and with the letters that look like figures as figures. */
function plainKey(typed) {
  return typed.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
}

export async function deriveKey(typed, salt) {
  const word = await crypto.subtle.importKey("raw", bytesOf(plainKey(typed)), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS },
    word, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"],
  );
}

/** Whether the site signed exactly this text. */
async function isSigned({ text, signature }, publicKey) {
  const key = await crypto.subtle.importKey(
    "raw", fromBase64(publicKey), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"],
  );
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, fromBase64(signature), bytesOf(text));
}

/** The list that a signed text holds; null where it is forged, of another edition, or has run out. */
export async function readList(signed, { edition, publicKey }) {
  if (!(await isSigned(signed, publicKey))) return null;
  const list = JSON.parse(signed.text);
  const isRight = list.format === "punte.check-in.snapshot/1" && list.edition === edition;
  return isRight && Date.parse(list.valid_until) > Date.now() ? list : null;
}

async function hide(edition, text, key) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const hidden = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytesOf(edition) }, key, bytesOf(text));
  return { iv, hidden };
}

async function show(edition, { iv, hidden }, key) {
  const shown = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bytesOf(edition) }, key, hidden);
  return new TextDecoder().decode(shown);
}

export async function keepList(edition, signed, key, salt, ahead) {
  const list = await hide(edition, JSON.stringify(signed), key);
  // A word under the same key tells a wrong key from a list that was changed.
  const check = await hide(edition, "punte", key);
  await within("lists", "readwrite", (store) => store.put({ ...list, check, salt, ahead, seen: Date.now() }, edition));
}

/** Write down how late it is, so that a clock that is set back later opens no list that has run out. */
export async function markSeen(edition) {
  const kept = await findList(edition);
  if (kept && Date.now() > kept.seen) await within("lists", "readwrite", (store) => store.put({ ...kept, seen: Date.now() }, edition));
}

export const findList = (edition) => within("lists", "readonly", (store) => store.get(edition));
export const dropList = (edition) => within("lists", "readwrite", (store) => store.delete(edition));

/** The signed text that was kept; null where the key is wrong. Throws "clock" where the clock was set back, "changed" where the list was. */
export async function openList(edition, kept, key) {
  if (Date.now() < kept.seen - SLACK_MS) throw new Error("clock");
  const isRight = kept.check ? await show(edition, kept.check, key).then(() => true, () => false) : null;
  if (isRight === false) return null;
  try {
    return JSON.parse(await show(edition, kept, key));
  } catch {
    if (isRight) throw new Error("changed");
    return null;
  }
}

/** Change scans that wait here: correct one, doubt it, or mark it as dropped. */
export const changeScans = (scans) =>
  within("scans", "readwrite", (store) => { for (const scan of scans) store.put(scan); });
export const keepScan = (scan) => within("scans", "readwrite", (store) => store.add(scan));
export const unsentScans = (edition) =>
  within("scans", "readonly", (store) => store.index("edition").getAll(edition));
export const dropScans = (ids) =>
  within("scans", "readwrite", (store) => { for (const id of ids) store.delete(id); });
