// Pages that open without the network: start the service worker, and name the parts that the page needs.

/** The static files of this page, as the browser loaded them. */
function parts() {
  const named = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon], link[rel=preload]")]
    .map((one) => one.src || one.href);
  const loaded = performance.getEntriesByType("resource").map((one) => one.name);
  const drawn = [...document.querySelectorAll("use")].map((one) => new URL(one.getAttribute("href"), location.href).href);
  const paths = [...named, ...loaded, ...drawn].map((address) => new URL(address, location.href))
    .filter((address) => address.origin === location.origin && address.pathname.startsWith("/static/"))
    .map((address) => address.pathname);
  return [...new Set(paths)];
}

/** Let this page be opened without the network, with the parts that it will load later; true once everything it needs is kept. */
export async function keepThisPage(later = []) {
  if (!("serviceWorker" in navigator)) return false;
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ keep: [...new Set([...parts(), ...later])] });
  if (!navigator.serviceWorker.controller) {
    await new Promise((done) => {
      navigator.serviceWorker.addEventListener("controllerchange", done, { once: true });
      setTimeout(done, 3000);
    });
  }
  // Once more through the worker, so that it keeps the page itself.
  const answer = await fetch(location.pathname, { credentials: "same-origin" }).catch(() => null);
  return Boolean(answer?.ok);
}
