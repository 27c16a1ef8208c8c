// Starts the API reference. Its test requests go to the gateway through the portal, from this origin.
"use strict";

{
  const place = document.getElementById("reference");
  const { specification, try: through, servers } = place.dataset;
  const bases = JSON.parse(servers);

  const send = (input, options) => {
    const request = new Request(input, options);
    const base = bases.find((base) => request.url === base || request.url.startsWith(base + "/") || request.url.startsWith(base + "?"));
    if (!base) return fetch(request);
    const headers = new Headers(request.headers);
    headers.set("X-Try-It", "1");
    const path = `${through}/${bases.indexOf(base)}${request.url.slice(base.length)}`;
    return fetch(new Request(path, { method: request.method, headers, body: hasBody(request) ? request.body : undefined, duplex: "half", credentials: "same-origin" }));
  };
  const hasBody = (request) => request.body && request.method !== "GET" && request.method !== "HEAD";

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  // A theme that is light or dark for everybody says so.
  const forced = getComputedStyle(document.documentElement).colorScheme;
  const isDark = () => forced === "dark" || (forced !== "light" && dark.matches);
  const reference = Scalar.createApiReference(place, {
    url: specification,
    customFetch: send,
    layout: "modern",
    theme: "none",
    darkMode: isDark(),
    hideDarkModeToggle: true,
    withDefaultFonts: false,
    telemetry: false,
    hideClientButton: true,
    showDeveloperTools: "never",
    agent: { disabled: true },
    mcp: { disabled: true },
    documentDownloadType: "both",
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  });
  dark.addEventListener("change", () => {
    document.body.classList.toggle("dark-mode", isDark());
    document.body.classList.toggle("light-mode", !isDark());
  });

  // Names for the renderer's controls that have none, so that they can be used by ear.
  const name = () => {
    for (const field of place.querySelectorAll("[role=combobox]:not([aria-label])")) {
      const label = field.closest("tr")?.querySelector("label")?.textContent;
      field.setAttribute("aria-label", label || field.dataset.placeholder || field.dataset.parameter || "Value");
      if (!field.hasAttribute("aria-expanded")) field.setAttribute("aria-expanded", "false");
      if (!field.hasAttribute("aria-controls")) field.setAttribute("aria-controls", place.id);
    }
    for (const button of place.querySelectorAll("button:not([aria-label], [aria-labelledby], [title])")) {
      if (button.className.includes("copy-button")) button.setAttribute("aria-label", "Copy");
      else if (!button.textContent.trim() && button.hasAttribute("aria-pressed")) button.setAttribute("aria-label", "Toggle");
    }
    // Its label says something else than its text, which speech control could not match.
    for (const button of place.querySelectorAll("button.show-more[aria-label]")) button.removeAttribute("aria-label");
  };
  new MutationObserver(name).observe(place, { childList: true, subtree: true });
  name();
}
