// What the API reference gains where scripts run: a filter that answers while one types, and requests to try.
"use strict";

const filter = (field) => {
  const list = field.closest("[data-operations]");
  const status = field.parentElement.querySelector("[role=status]");
  const groups = [...list.querySelectorAll("details.reference-group")];
  if (groups.length === 0 || list.querySelector("p.reference-group")) return;
  const open = groups.map((group) => group.open);
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase();
    let found = 0;
    groups.forEach((group, at) => {
      let here = 0;
      for (const item of group.querySelectorAll("li")) {
        const text = `${item.textContent} ${item.firstElementChild.title}`.toLowerCase();
        item.hidden = words !== "" && !text.includes(words);
        if (!item.hidden) here += 1;
      }
      group.hidden = here === 0;
      group.open = words === "" ? open[at] : here > 0;
      found += here;
    });
    status.textContent = found === 0 ? status.dataset.none : "";
  });
};

const offer = (form) => {
  const answer = form.parentElement.querySelector("[data-answer]");
  const part = (name) => answer.querySelector(`[data-${name}]`);
  const way = form.querySelector("#try-way");
  const type = form.querySelector("#try-type");
  const body = form.querySelector("#try-body");
  form.hidden = false;

  way?.addEventListener("change", () => {
    for (const fields of form.querySelectorAll("[data-way]")) fields.hidden = fields.dataset.way !== way.value;
  });
  type?.addEventListener("change", () => {
    body.value = type.selectedOptions[0].dataset.example;
    form.querySelector("label[for=try-body] code").textContent = type.value;
  });

  const encode = encodeURIComponent;
  const listed = (text) => text.split(",").map((value) => value.trim()).filter((value) => value !== "");
  const parsed = (text) => {
    try {
      const value = JSON.parse(text);
      return value && typeof value === "object" && !Array.isArray(value) ? value : null;
    } catch {
      return null;
    }
  };

  // A parameter as the document wants it written (OpenAPI 3.1 §4.8.12.3).
  const written = ({ name, kind, style, explode }, text) => {
    const separator = { spaceDelimited: "%20", pipeDelimited: "|" }[style] ?? ",";
    const object = kind === "object" ? parsed(text) : null;
    if (object) {
      const pairs = Object.entries(object);
      if (style === "deepObject") return pairs.map(([key, value]) => `${encode(`${name}[${key}]`)}=${encode(value)}`).join("&");
      if (explode !== undefined) return pairs.map(([key, value]) => `${encode(key)}=${encode(value)}`).join("&");
      return `${encode(name)}=${pairs.flat().map(encode).join(",")}`;
    }
    if (kind === "array" && explode !== undefined) return listed(text).map((value) => `${encode(name)}=${encode(value)}`).join("&");
    if (kind === "array") return `${encode(name)}=${listed(text).map(encode).join(separator)}`;
    return `${encode(name)}=${encode(text)}`;
  };

  const request = () => {
    const headers = new Headers({ "X-Try-It": "1" });
    const { method } = form.dataset;
    let { path } = form.dataset;
    const query = [];
    const fields = [];
    const cookies = [];
    for (const field of form.querySelectorAll("[data-in]")) {
      const { in: place, name, kind } = field.dataset;
      const value = field.value;
      if (place === "path") {
        const parts = kind === "array" ? listed(value) : [value];
        path = path.replaceAll(`{${name}}`, parts.map(encode).join(","));
      } else if (field.type === "file") {
        for (const file of field.files) fields.push([name, file]);
      } else if (value === "") {
        continue;
      } else if (place === "query") {
        query.push(written(field.dataset, value));
      } else if (place === "header") {
        headers.set(name, value);
      } else if (place === "cookie") {
        cookies.push(written(field.dataset, value).replaceAll("&", "; "));
      } else if (place === "form") {
        fields.push([name, value]);
      }
    }
    // A script may not set cookies of a request; the portal does.
    if (cookies.length > 0) headers.set("X-Try-It-Cookie", cookies.join("; "));
    for (const shown of form.querySelectorAll("[data-way]:not([hidden])")) {
      const [first, second] = [...shown.querySelectorAll("input")].map((input) => input.value.trim());
      const { credential, credentialName } = shown.dataset;
      if (first === "" && !second) continue;
      if (credential === "basic") {
        const bytes = new TextEncoder().encode(`${first}:${second}`);
        headers.set("Authorization", `Basic ${btoa(String.fromCharCode(...bytes))}`);
      } else if (credential === "bearer") headers.set("Authorization", `Bearer ${first}`);
      else if (credential === "header") headers.set(credentialName, first);
      else query.push(`${encode(credentialName)}=${encode(first)}`);
    }
    const server = form.querySelector("#try-server")?.value ?? "0";
    const address = `${form.dataset.try}/${server}${path}${query.length > 0 ? "?" : ""}${query.join("&")}`;
    return { address, options: { method, headers, body: content(headers, fields), credentials: "same-origin", cache: "no-store" } };
  };

  const content = (headers, fields) => {
    const kind = type?.value ?? form.querySelector("[data-body]")?.dataset.body;
    if (!kind || form.dataset.method === "GET" || form.dataset.method === "HEAD") return undefined;
    if (body) {
      if (body.value === "") return undefined;
      headers.set("Content-Type", kind);
      return body.value;
    }
    if (!kind.startsWith("multipart/")) return new URLSearchParams(fields.filter(([, value]) => typeof value === "string"));
    const data = new FormData();
    for (const [name, value] of fields) data.append(name, value);
    return data;
  };

  const MOST = 200000;
  const show = async (response, began) => {
    const bytes = new Uint8Array(await response.arrayBuffer());
    const kind = response.headers.get("content-type") ?? "";
    const took = Math.round(performance.now() - began);
    part("status").textContent = `${response.status} ${response.statusText} · ${took} ms · ${bytes.length} B`;
    part("headers").textContent = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    part("headers-shown").hidden = false;
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      text = `${answer.dataset.binary} ${bytes.length}`;
    }
    if (kind.includes("json")) {
      try {
        text = JSON.stringify(JSON.parse(text), null, 2);
      } catch {
        // It says that it is JSON, and is shown as what it is.
      }
    }
    if (text.length > MOST) text = `${text.slice(0, MOST)}\n… ${answer.dataset.cut}`;
    part("text").textContent = text === "" ? answer.dataset.empty : text;
  };
  const say = (text) => {
    part("status").textContent = text;
    part("text").textContent = "";
    part("headers-shown").hidden = true;
    part("text").hidden = true;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    answer.hidden = false;
    const missing = [...form.querySelectorAll("[data-needed]")].filter((field) => field.value === "");
    for (const field of form.querySelectorAll("[data-needed]")) {
      if (missing.includes(field)) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    if (missing.length > 0) {
      say(`${answer.dataset.missing} ${missing.map((field) => field.dataset.name).join(", ")}`);
      missing[0].focus();
      return;
    }
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-busy", "true");
    const began = performance.now();
    try {
      const { address, options } = request();
      const response = await fetch(address, options);
      part("text").hidden = false;
      // Only the portal's own pages lead elsewhere: to signing in.
      if (response.redirected) say(answer.dataset.signedOut);
      else await show(response, began);
    } catch {
      say(answer.dataset.failed);
    }
    button.removeAttribute("aria-busy");
  });
};

const start = () => {
  document.querySelectorAll("[data-filter]").forEach(filter);
  document.querySelectorAll("form[data-try]").forEach(offer);
};
start();

let here = location.pathname;

// Credentials that were entered go along to the next operation, in this page's memory and nowhere else. Who
// entered none goes there as ever.
const move = async (address, kept) => {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || answer.redirected || !page.querySelector("form[data-try]")) return location.assign(address);
  for (const part of [".reference", ".site-footer"]) document.querySelector(part).replaceWith(page.querySelector(part));
  document.title = page.title;
  history.pushState(null, "", address);
  here = location.pathname;
  document.dispatchEvent(new Event("content"));
  start();
  for (const [id, value] of kept) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event("change"));
  }
  scrollTo(0, 0);
  document.querySelector(".operation-head h2").focus({ preventScroll: true });
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-operations] ul a, .neighbours a");
  const elsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  const entered = [...document.querySelectorAll("[data-way] input")].filter((field) => field.value !== "");
  if (!link || elsewhere || entered.length === 0) return;
  event.preventDefault();
  const fields = [...document.querySelectorAll("#try-way"), ...entered];
  move(link.href, fields.map((field) => [field.id, field.value])).catch(() => location.assign(link.href));
});
window.addEventListener("popstate", () => {
  if (location.pathname !== here) location.reload();
});
