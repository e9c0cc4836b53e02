
"use strict";
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
root.dataset.scripted = "";
document.querySelectorAll("[data-script]").forEach((part) => { part.hidden = false; });

// The language: elements of the other one are hidden.
const words = byId("words");
const speak = () => {
  const choice = words.value;
  root.dataset.words = choice;
  root.lang = choice === "zh" ? "zh" : "en";
  document.querySelectorAll("bdi").forEach((part) => {
    part.hidden = choice !== "both" ? part.lang !== choice : false;
  });
};
words.value = root.dataset.words;
words.addEventListener("change", speak);

byId("colors").addEventListener("change", (event) => {
  if (event.target.value === "") { delete root.dataset.colors; } else { root.dataset.colors = event.target.value; }
});

const table = byId("table");
if (table) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const shownText = (cell) => Array.from(cell.childNodes)
    .map((node) => node.hidden ? "" : node.textContent).join(" ").trim();

  // Sorting: up, down, and back to the order in which the page came.
  const heads = Array.from(table.tHead.rows[0].cells);
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    const picture = cell.querySelector("path");
    if (picture) {
      // The first bar that is not empty.
      return Number((/^M0 8h(\d+)/.exec(picture.getAttribute("d")) || [0, 0])[1]);
    }
    const text = column === heads.length - 1 ? cell.querySelector("summary").firstChild.textContent : shownText(cell);
    const number = /^-?\d+/.exec(text);
    return number ? Number(number[0]) : text;
  };
  const compare = (a, b) => typeof a === "number" ? (typeof b === "number" ? a - b : -1)
    : typeof b === "number" ? 1 : a.localeCompare(b, undefined, { numeric: true });
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: null }[head.getAttribute("aria-sort")];
      const order = next === undefined ? "ascending" : next;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      let sorted = rows;
      if (order) {
        head.setAttribute("aria-sort", order);
        const keyed = rows.map((row) => [keyOf(row, column), row]);
        keyed.sort((a, b) => compare(a[0], b[0]) * (order === "ascending" ? 1 : -1));
        sorted = keyed.map((pair) => pair[1]);
      }
      body.append(...sorted);
    });
  });

  // Searching and filtering.
  const search = byId("search");
  const onlyNew = byId("new");
  const category = byId("category");
  const severities = Array.from(document.querySelectorAll("[data-severity]"));
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const categories = rows.map((row) => {
    const cell = row.cells[1];
    return (cell.querySelector("[lang=en]") || cell).textContent.replace(/^(error|action|success): |: in no catalog$/, "");
  });
  const filter = () => {
    const terms = search.value.toLowerCase().split(/\s+/).filter((term) => term !== "");
    const off = severities.filter((box) => !box.checked).map((box) => box.dataset.severity);
    let shown = 0;
    rows.forEach((row, index) => {
      const has = (name) => row.classList.contains(name);
      const isOld = onlyNew ? onlyNew.checked ? !has("new") : false : false;
      const isOther = category.value === "" ? false : categories[index] !== category.value;
      const lacks = terms.some((term) => !texts[index].includes(term));
      row.hidden = off.some(has) || isOld || isOther || lacks;
      shown += row.hidden ? 0 : 1;
    });
    byId("shown").textContent = shown + " / " + rows.length;
  };
  document.querySelectorAll(".controls input, .controls select").forEach((control) => {
    control.addEventListener("input", filter);
  });
  filter();

  // Copying: each line that is opened gets a button.
  const copy = (code) => {
    const fallback = () => {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    };
    if (navigator.clipboard) { navigator.clipboard.writeText(code.textContent).catch(fallback); } else { fallback(); }
  };
  const addButtons = (part) => part.querySelectorAll("code").forEach((code) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = root.lang === "zh" ? "复制" : "copy";
    // Within a summary a click would close the row.
    button.addEventListener("click", (event) => { event.preventDefault(); copy(code); });
    code.before(button);
  });
  body.addEventListener("toggle", (event) => {
    if (event.target.open) {
      if (!event.target.dataset.copy) {
        event.target.dataset.copy = "yes";
        addButtons(event.target);
      }
    }
  }, true);
  document.querySelectorAll(".leading > li").forEach(addButtons);

  // A link to a code opens its row.
  const openTarget = () => {
    const row = location.hash.length > 1 ? byId(location.hash.slice(1)) : null;
    const part = row ? row.querySelector("details") : null;
    if (part) { part.open = true; }
  };
  addEventListener("hashchange", openTarget);
  openTarget();
}
