// The board: highlight whose meetings these are, walk it with the arrows, open a meeting beside it, mark the cells
// a meeting may move to.
import { say } from "./page.js";

/** Meetings by person and by organisation; `data-p` holds the people's numbers, the list beside it their organisations. */
function indexMeetings(board) {
  const list = document.getElementById(board.dataset.organisations || "");
  const organisationOf = list ? JSON.parse(list.textContent) : [];
  const byPerson = new Map();
  const byOrganisation = new Map();
  const put = (map, key, meeting) => { if (map.has(key)) map.get(key).push(meeting); else map.set(key, [meeting]); };
  for (const meeting of board.querySelectorAll("a.m")) {
    for (const key of (meeting.dataset.p || "").split(" ")) {
      if (!key) continue;
      put(byPerson, key, meeting);
      if (organisationOf.length) put(byOrganisation, organisationOf[key], meeting);
    }
  }
  return { byPerson, byOrganisation, organisationOf };
}

function wireHighlight(board, index) {
  let lit = [];
  const clear = () => {
    for (const meeting of lit) meeting.classList.remove("on", "org");
    lit = [];
    board.classList.remove("focusing");
  };
  const light = (keys) => {
    clear();
    for (const key of keys) {
      for (const meeting of index.byOrganisation.get(index.organisationOf[key]) || []) { meeting.classList.add("org"); lit.push(meeting); }
      for (const meeting of index.byPerson.get(key) || []) { meeting.classList.add("on"); lit.push(meeting); }
    }
    if (lit.length) board.classList.add("focusing");
  };
  const pinned = () => (board.dataset.who || "").split(" ").filter(Boolean);
  const settle = () => (pinned().length ? light(pinned()) : clear());
  const over = (event) => {
    const meeting = event.target.closest("a.m");
    if (meeting) light(meeting.dataset.p.split(" "));
    else if (event.type === "mouseover") settle();
  };
  board.addEventListener("mouseover", over);
  board.addEventListener("focusin", over);
  board.addEventListener("mouseleave", settle);
  board.addEventListener("focusout", settle);
  settle();
}

/** One tab stop; arrows go from meeting to meeting, Home and End along the row. */
function wireArrows(board) {
  const meetings = () => board.querySelectorAll("a.m, .f button");
  const first = board.querySelector("a.m");
  for (const meeting of meetings()) meeting.tabIndex = -1;
  if (first) first.tabIndex = 0;
  board.addEventListener("focusin", (event) => {
    const meeting = event.target.closest("a.m, .f button");
    if (!meeting) return;
    for (const other of board.querySelectorAll('[tabindex="0"]')) if (other !== board) other.tabIndex = -1;
    meeting.tabIndex = 0;
  });
  const step = (cell, down, right) => {
    let row = cell.parentElement;
    let column = cell.cellIndex;
    for (;;) {
      if (down) {
        row = down > 0 ? row.nextElementSibling : row.previousElementSibling;
        if (!row) return null;
      } else {
        column += right;
        if (column < 1 || column >= row.cells.length) return null;
      }
      const found = row.cells[column]?.querySelector("a.m, button");
      if (found) return found;
    }
  };
  board.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell) return;
    const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
    let target = null;
    if (moves[event.key]) target = step(cell, ...moves[event.key]);
    else if (event.key === "Home") target = cell.parentElement.querySelector("a.m, button");
    else if (event.key === "End") target = [...cell.parentElement.querySelectorAll("a.m, button")].at(-1);
    else return;
    event.preventDefault();
    target?.focus();
  });
}

/** While a meeting is chosen, the cells it may go to are buttons on the board too; each presses its twin in the panel. */
function markFreeCells(board, panel) {
  for (const mark of board.querySelectorAll("td.f")) { mark.classList.remove("f"); mark.replaceChildren(); }
  for (const twin of panel.querySelectorAll("[data-cell]")) {
    const cell = document.getElementById(twin.dataset.cell);
    if (!cell || cell.children.length) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = twin.dataset.cost || twin.textContent;
    button.setAttribute("aria-label", twin.getAttribute("aria-label") || twin.textContent);
    if (twin.classList.contains("costly")) button.classList.add("costly");
    button.tabIndex = -1;
    button.addEventListener("click", () => twin.click());
    cell.classList.add("f");
    cell.append(button);
  }
}

/** Open a meeting in the panel beside the board; without scripts the link leads to a page of its own. */
function wirePanel(board, panel) {
  let opener = null;
  const close = () => {
    panel.replaceChildren();
    markFreeCells(board, panel);
    history.replaceState(null, "", location.pathname + location.search.replace(/[?&]open=[^&]*/, ""));
    opener?.focus();
  };
  const open = async (address) => {
    const answer = await fetch(address, { headers: { "X-Panel": "1" } });
    if (!answer.ok) { say(panel.dataset.failed); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    panel.replaceChildren(...page.body.childNodes);
    markFreeCells(board, panel);
    panel.querySelector("h2")?.focus();
  };
  board.addEventListener("click", (event) => {
    const meeting = event.target.closest("a.m");
    if (!meeting || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = meeting;
    open(meeting.href);
  });
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-shuts]")) { event.preventDefault(); close(); }
    const link = event.target.closest("a[data-panel]");
    if (link) { event.preventDefault(); open(link.href); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.childElementCount && !document.querySelector("dialog[open], details.menu[open]")) close();
  });
  if (panel.dataset.open) {
    opener = [...board.querySelectorAll("a.m")].find((meeting) => meeting.getAttribute("href") === `m/${panel.dataset.open}/`);
    if (opener) {
      opener.scrollIntoView({ block: "center", inline: "center" });
      opener.focus();
    }
  }
}

for (const board of document.querySelectorAll(".board")) {
  wireHighlight(board, indexMeetings(board));
  wireArrows(board);
  const panel = document.querySelector("[data-panel-of]");
  if (panel) wirePanel(board, panel);
}
