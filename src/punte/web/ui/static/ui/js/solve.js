// A run of the solver, live: figures and the curve of value and bound.

import { listen } from "./live.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 260, 64, 16, 14, 30];

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Steps, since value and bound hold until the next report. */
function steps(points, column, end, x, y) {
  let path = "";
  let last = null;
  for (const point of points) {
    if (point[column] === null) continue;
    path += last === null ? `M${x(point[0])} ${y(point[column])}` : `H${x(point[0])}V${y(point[column])}`;
    last = point[column];
  }
  return last === null ? "" : `${path}H${x(end)}`;
}

export function drawCurve(figure, points, locale) {
  const svg = figure.querySelector("svg.curve");
  svg.replaceChildren();
  const known = points.filter((point) => point[1] !== null || point[2] !== null);
  if (!known.length) return;
  const end = Math.max(1, points.at(-1)[0]);
  const all = known.flatMap((point) => [point[1], point[2]]).filter((figure) => figure !== null);
  const top = Math.max(...all);
  // The last tenth is where the proof is won: early, poor values may leave the picture at the bottom.
  const late = known.filter((point) => point[1] !== null).at(-1);
  let low = Math.min(...all);
  if (late && top > 0) low = Math.max(low, Math.min(top * 0.85, late[1] * 0.95));
  if (low === top) low = top * 0.9 - 1;
  const x = (seconds) => (LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value) => (TOP + ((top - Math.max(value, low)) / (top - low)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: top - low > 6 ? 0 : 1 });
  for (let line = 0; line <= 3; line += 1) {
    const value = low + ((top - low) * line) / 3;
    svg.append(element("path", { class: "axis", d: `M${LEFT} ${y(value)}H${WIDTH - RIGHT}` }));
    svg.append(element("text", { x: LEFT - 8, y: Number(y(value)) + 4, "text-anchor": "end" }, number.format(value)));
  }
  for (let line = 0; line <= 4; line += 1) {
    const seconds = (end * line) / 4;
    svg.append(element("text", { x: x(seconds), y: HEIGHT - 8, "text-anchor": line === 4 ? "end" : "middle" }, `${number.format(seconds)} s`));
  }
  svg.append(element("path", { class: "bd", d: steps(points, 2, end, x, y) }));
  svg.append(element("path", { class: "v", d: steps(points, 1, end, x, y) }));
}

function show(page, state, names) {
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
  const put = (name, text) => { for (const place of page.querySelectorAll(`[data-live=${name}]`)) place.textContent = text; };
  const dash = "–";
  put("value", state.value === null ? dash : number.format(state.value));
  put("bound", state.bound === null ? dash : number.format(state.bound));
  const gap = state.value !== null && state.bound ? Math.abs(state.bound - state.value) / Math.abs(state.bound) : null;
  put("gap", gap === null ? dash : new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 2 }).format(gap));
  put("elapsed", `${number.format(Math.round(state.elapsed_s))} s`);
  put("stage", names.goals[state.stage] || state.stage || "");
  put("goal", names.goals[state.stage] || names.goals[names.curve]);
  if (names.states[state.state]) put("state", names.states[state.state]);
  const bar = page.querySelector("progress");
  if (bar) bar.value = Math.min(state.elapsed_s, bar.max);
}

function follow(page) {
  const figure = page.querySelector(".live-curve");
  const points = JSON.parse(document.getElementById("points").textContent);
  const names = JSON.parse(document.getElementById("names").textContent);
  drawCurve(figure, points, document.documentElement.lang);
  if (page.dataset.over === "true") return;
  listen(page, (state) => {
    // The curve is of one goal: another one's figures are no point of it.
    const isOfCurve = !names.goals[state.stage] || state.stage === names.curve;
    if (isOfCurve && (!points.length || state.elapsed_s > points.at(-1)[0])) {
      points.push([state.elapsed_s, state.value, state.bound]);
      drawCurve(figure, points, document.documentElement.lang);
    }
    show(page, state, names);
  });
}

for (const page of document.querySelectorAll("[data-run]")) follow(page);
