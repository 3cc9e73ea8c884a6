// Scans that the site did not take, because their time cannot be or no badge carries their code: people decide.

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function button(text, act, kind = "btn small") {
  const made = element("button", text, kind);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** A moment as a field of the browser writes it, in the clock of the device. */
function fieldValue(moment) {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function timeField(scan, words, decide) {
  const label = element("label", `${words.right_time} `);
  const field = element("input");
  field.type = "datetime-local";
  field.value = fieldValue(new Date());
  label.append(field);
  const correct = () => {
    const moment = new Date(field.value);
    if (!Number.isNaN(moment.getTime())) decide({ ...scan, at: moment.toISOString(), doubt: "" });
  };
  return [label, button(words.correct, correct, "btn small main")];
}

function lineOf(scan, words, decide) {
  const line = element("li");
  const who = element("div");
  const said = { unknown: words.no_badge, refused: words.failed.replace("{reason}", () => scan.told) };
  const reason = said[scan.doubt] ?? words[scan.doubt];
  const moment = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(scan.at));
  who.append(element("b", scan.code), element("span", ` ${moment} ${scan.kind === "undo" ? words.take_back : ""}`, "muted"), element("br"), element("span", reason));
  const tools = element("div", "", "row");
  const isRenamed = scan.doubt === "marked";
  if (!["ahead", "early"].includes(scan.doubt)) tools.append(button(words.again_send, () => decide({ ...scan, doubt: "", isRenamed })));
  else tools.append(...timeField(scan, words, decide));
  const drop = button(words.drop, () => {
    if (drop.textContent === words.sure) decide({ ...scan, isDropped: true });
    else drop.textContent = words.sure;
  });
  tools.append(drop);
  line.append(who, tools);
  return line;
}

/** Show the scans that wait for a decision; one that is shown already keeps what was typed into it. */
export function showDoubtful(list, scans, words, decide) {
  const shown = scans.map((scan) => `${scan.id} ${scan.at} ${scan.doubt}`).join("|");
  if (list.dataset.shown === shown) return;
  list.dataset.shown = shown;
  list.replaceChildren(...scans.map((scan) => lineOf(scan, words, decide)));
}

/** Save a bundle to a file, for the page of the desk that has a network. */
export function saveScans(bundle, name) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(bundle, null, 1)], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
