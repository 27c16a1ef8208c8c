// What the pages about Actions gain where scripts run. Every page works without.
"use strict";

const LEAST_LINES = 18;

// The editor: line numbers that follow, Tab, shortcuts, a warning before unsaved code is left.
for (const area of document.querySelectorAll(".editor textarea")) {
  const numbers = area.closest(".editor").querySelector(".editor-numbers");
  const form = area.form;
  const saved = new Map([...form.elements].map((field) => [field, field.value]));
  const press = (intent) => form.querySelector(`button[value=${intent}]`)?.click();
  const count = () => {
    area.rows = Math.max(LEAST_LINES, area.value.split("\n").length + 1);
    while (numbers.childElementCount < area.rows) {
      const number = document.createElement("span");
      number.textContent = numbers.childElementCount + 1;
      numbers.append(number);
    }
    while (numbers.childElementCount > area.rows) numbers.lastElementChild.remove();
  };
  const insert = (text, from = area.selectionStart, to = area.selectionEnd) => {
    area.setSelectionRange(from, to);
    // Unlike setRangeText, this can be undone.
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
  };
  const lines = () => {
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    return { from, to: area.selectionEnd, text: area.value.slice(from, area.selectionEnd) };
  };
  const indent = (outwards) => {
    const { from, to, text } = lines();
    if (!outwards && !text.includes("\n")) return insert("  ");
    const changed = outwards ? text.replace(/^ {1,2}|^\t/gm, "") : text.replace(/^/gm, "  ");
    if (changed === text) return;
    insert(changed, from, to);
    area.setSelectionRange(from, from + changed.length);
  };
  let leaving = false;
  area.addEventListener("input", count);
  area.addEventListener("keydown", (event) => {
    if (area.readOnly) return;
    if (event.key === "Escape") leaving = true;
    else if (event.key === "Tab" && !leaving && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      indent(event.shiftKey);
    } else if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.isComposing) {
      event.preventDefault();
      const before = area.value.slice(lines().from, area.selectionStart);
      insert("\n" + before.match(/^[ \t]*/)[0] + (/[{([]\s*$/.test(before) ? "  " : ""));
    } else if (event.key !== "Tab" && event.key !== "Shift") leaving = false;
  });
  form.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    const intent = { s: "save", Enter: "test" }[event.key];
    if (!intent) return;
    event.preventDefault();
    press(intent);
  });
  addEventListener("beforeunload", (event) => {
    const changed = [...form.elements].some((field) => saved.get(field) !== undefined && field.value !== saved.get(field) && field.name !== "event");
    if (changed && !form.dataset.sent) event.preventDefault();
  });
  for (const button of document.querySelectorAll("button[data-line]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const all = area.value.split("\n");
      const line = Number(button.dataset.line);
      const from = all.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      area.focus();
      area.setSelectionRange(from, from + all[line - 1].length);
      numbers.children[line - 1]?.scrollIntoView({ block: "center" });
    });
  }
  keepEvent(form);
  colour(area);
  count();
}

// Colours lie under the field, whose own letters become invisible. Long code stays as it is.
function colour(area) {
  if (!window.Prism) return;
  const layer = document.createElement("pre");
  layer.className = "editor-colours";
  layer.setAttribute("aria-hidden", "true");
  area.before(layer);
  area.parentElement.classList.add("coloured");
  const grow = (into, tokens) => {
    for (const token of [].concat(tokens)) {
      if (typeof token === "string") into.append(token);
      else {
        const part = document.createElement("span");
        part.className = `code-${token.type}`;
        grow(part, token.content);
        into.append(part);
      }
    }
  };
  const draw = () => {
    const text = `${area.value}\n`;
    layer.textContent = "";
    grow(layer, text.length > 50_000 ? text : Prism.tokenize(text, Prism.languages.javascript));
  };
  area.addEventListener("input", draw);
  area.addEventListener("scroll", () => { layer.scrollLeft = area.scrollLeft; });
  draw();
}

// The event of the last test comes back, until the browser is closed.
function keepEvent(form) {
  const event = form.elements.event;
  const key = `event of ${form.dataset.editor}`;
  const kept = sessionStorage.getItem(key);
  const answered = document.getElementById("result") || event.getAttribute("aria-invalid");
  if (kept && !answered) event.value = kept;
  form.addEventListener("submit", () => {
    if (event.value.trim()) sessionStorage.setItem(key, event.value);
    else sessionStorage.removeItem(key);
  });
}

// One more row of packages or secrets.
for (const button of document.querySelectorAll("button[data-another]")) {
  const rows = button.parentElement.querySelector("[data-rows]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const row = rows.lastElementChild.cloneNode(true);
    const number = rows.childElementCount;
    for (const input of row.querySelectorAll("input")) {
      const label = row.querySelector(`label[for="${input.id}"]`);
      input.id = label.htmlFor = `${input.id.replace(/-\d+$/, "")}-${number}`;
      input.value = "";
    }
    rows.append(row);
    row.querySelector("input").focus();
  });
}

// While a draft is being built, what the page says about it is fetched again.
function look() {
  if (!document.querySelector("#state[data-pending]")) return;
  setTimeout(async () => {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } }).catch(() => null);
    if (answer?.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live]")) {
        const fresh = page.getElementById(part.id);
        if (fresh) part.replaceWith(fresh);
      }
    }
    look();
  }, 1000);
}
look();

// The order of a trigger's Actions by dragging; the buttons do the same.
for (const list of document.querySelectorAll(".flow-steps[data-order]")) {
  const form = document.getElementById(list.dataset.order);
  let dragged = null;
  for (const step of list.children) {
    step.draggable = true;
    step.addEventListener("dragstart", () => {
      dragged = step;
      step.classList.add("flow-dragged");
    });
    step.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      if (dragged === step) return;
      const { top, height } = step.getBoundingClientRect();
      step[event.clientY < top + height / 2 ? "before" : "after"](dragged);
    });
    step.addEventListener("drop", (event) => event.preventDefault());
    step.addEventListener("dragend", () => {
      step.classList.remove("flow-dragged");
      dragged = null;
      const order = [...list.children].map((own) => own.dataset.binding).join(" ");
      if (order === form.elements.order.value) return;
      form.elements.order.value = order;
      form.requestSubmit();
    });
  }
}
