// Follow a run until it is over, then load the page anew. Events come by EventSource; where they do not arrive, the
// page asks once a second instead.

export function listen(page, take) {
  const finish = () => window.location.reload();
  const ask = async () => {
    const answer = await fetch(page.dataset.state, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const state = await answer.json();
    if (state.is_over) finish();
    else take(state);
  };
  const poll = () => setInterval(ask, 1000);
  if (!page.dataset.events || !window.EventSource) { poll(); return; }
  const source = new EventSource(page.dataset.events, { withCredentials: true });
  let heard = false;
  source.addEventListener("progress", (event) => { heard = true; take(JSON.parse(event.data)); });
  source.addEventListener("done", () => { source.close(); finish(); });
  source.addEventListener("error", () => { source.close(); poll(); });
  setTimeout(() => { if (!heard) { source.close(); poll(); } }, 4000);
}
