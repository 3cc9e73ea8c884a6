// An import, live: its bar, its stage and whether its worker gives a sign of life.

import { listen } from "./live.js";

for (const page of document.querySelectorAll("[data-import]")) {
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const put = (name, text) => { page.querySelector(`[data-live=${name}]`).textContent = text; };
  listen(page, (state) => {
    page.querySelector("progress").value = state.share;
    put("share", percent.format(state.share));
    put("elapsed", `${number.format(Math.round(state.elapsed_s))} s`);
    for (const words of page.querySelectorAll("[data-stage]")) words.hidden = words.dataset.stage !== (state.stage || state.state);
    page.querySelector("[data-quiet]").hidden = state.state !== "running" || state.is_alive;
  });
}
