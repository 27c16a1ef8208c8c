// What pages gain where scripts run. Every page works without.
"use strict";

const offerCopies = () => {
  for (const button of document.querySelectorAll("button[data-copy][hidden]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    const label = button.innerHTML;
    const status = document.createElement("span");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    button.after(status);
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = status.textContent = button.dataset.copied;
      setTimeout(() => {
        button.innerHTML = label;
        status.textContent = "";
      }, 2000);
    });
  }
};
offerCopies();
// A part of the page has been replaced.
document.addEventListener("content", offerCopies);

for (const menu of document.querySelectorAll("details[data-menu]")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

// A second click while the first is on its way must not make a second thing.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button[type=submit]")) {
      button.setAttribute("aria-busy", "true");
    }
  });
}
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

// A part of a page that looks again by itself, until it is told to pause. Nothing is fetched while nobody
// looks, or while somebody reads by keyboard in it.
for (const part of document.querySelectorAll("[data-refresh]")) {
  const pause = document.getElementById(part.dataset.refreshPause);
  let running = true;
  pause.hidden = false;
  pause.addEventListener("click", () => {
    running = !running;
    pause.textContent = running ? pause.dataset.pause : pause.dataset.goOn;
  });
  setInterval(async () => {
    if (!running || document.hidden || part.contains(document.activeElement)) return;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (fresh && running) part.innerHTML = fresh.innerHTML;
    } catch {
      // The next round may reach it.
    }
  }, 1000 * part.dataset.refresh);
}
