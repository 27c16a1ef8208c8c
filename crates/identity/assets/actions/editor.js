// What the Actions pages gain where scripts run. Every page works without.
"use strict";

for (const area of document.querySelectorAll(".editor textarea")) {
  const numbers = area.closest(".editor").querySelector(".editor-numbers");
  let leaving = false;
  const fill = () => {
    const lines = area.value.split("\n").length;
    area.rows = Math.max(20, lines + 1);
    if (!numbers) return;
    while (numbers.childElementCount < area.rows) {
      const number = document.createElement("span");
      number.textContent = numbers.childElementCount + 1;
      numbers.append(number);
    }
  };
  area.addEventListener("input", fill);
  // Tab indents, so that code can be written; Escape lets the next Tab leave.
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaving = true;
    else if (event.key === "Tab" && !event.shiftKey && !leaving && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
      fill();
    } else if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      area.form.querySelector("button[value=save]").click();
    } else if (event.key !== "Tab" && event.key !== "Shift") leaving = false;
  });
  fill();
}

// The order of a trigger's Actions by dragging: the buttons do the same.
for (const list of document.querySelectorAll(".flow-steps[data-order]")) {
  let dragged = null;
  for (const step of list.children) {
    step.draggable = true;
    step.addEventListener("dragstart", () => {
      dragged = step;
      step.classList.add("flow-dragged");
    });
    step.addEventListener("dragover", (event) => {
      event.preventDefault();
      if (!dragged || dragged === step) return;
      const { top, height } = step.getBoundingClientRect();
      step[event.clientY < top + height / 2 ? "before" : "after"](dragged);
    });
    step.addEventListener("dragend", () => {
      step.classList.remove("flow-dragged");
      const form = document.getElementById(list.dataset.order);
      form.elements.order.value = [...list.children].map((own) => own.dataset.action).join(" ");
      form.requestSubmit();
    });
  }
}
