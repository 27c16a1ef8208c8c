// Runs first in each fresh context, before any code of the program's author. What it needs later it
// keeps in its own scope, where the program cannot replace it.
(function (native) {
  "use strict";
  const { stringify, parse } = JSON;
  const { defineProperty, freeze, values } = Object;
  const isArray = Array.isArray;

  // The library's own modules, loaded when they are first needed.
  const parts = new Map();
  const part = (name) => {
    let exports = parts.get(name);
    if (exports === undefined) {
      exports = {};
      parts.set(name, exports);
      exports = native.part(name)(exports, part, native) ?? exports;
      parts.set(name, exports);
    }
    return exports;
  };

  const define = (name, value) =>
    defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });

  define("global", globalThis);
  // Builds for browsers look here for what Node has as a global.
  define("self", globalThis);

  // Globals whose part of the library is loaded when one of them is first touched.
  const lazy = (name, names) => {
    for (const global of names) {
      defineProperty(globalThis, global, {
        configurable: true,
        enumerable: false,
        get() {
          const value = part(name)[global];
          define(global, value);
          return value;
        },
        set(value) {
          define(global, value);
        },
      });
    }
  };
  lazy("dom", ["DOMException", "Event", "CustomEvent", "EventTarget", "AbortController", "AbortSignal", "structuredClone"]);
  lazy("text", ["TextEncoder", "TextDecoder"]);
  lazy("url", ["URL", "URLSearchParams"]);
  lazy("fetch", ["fetch", "Headers", "Request", "Response", "FormData", "Blob", "File"]);
  lazy("buffer", ["Buffer"]);
  lazy("timers", ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate"]);
  lazy("webcrypto", ["crypto", "CryptoKey"]);
  lazy("globals", ["process"]);
  parts.set("globals", {
    get process() {
      return part("node:process");
    },
  });

  const writer = (level) => (...items) => native.print(level, part("inspect").format(...items));
  const log = writer(1);
  define("console", {
    debug: writer(0),
    trace: writer(0),
    log,
    dir: (item) => log(item),
    info: writer(2),
    warn: writer(3),
    error: writer(4),
    assert: (ok, ...items) => {
      if (!ok) native.print(4, part("inspect").format("Assertion failed:", ...items));
    },
  });

  const deepFreeze = (value) => {
    if (typeof value === "object" && value !== null) {
      for (const member of isArray(value) ? value : values(value)) deepFreeze(member);
      freeze(value);
    }
    return value;
  };

  // What the execution is about, once it is known.
  let event;
  let cached;
  const buildApi = (methods, answers) => {
    const api = {};
    const put = (method, call) => {
      const path = method.split(".");
      const name = path.pop();
      let group = api;
      for (const step of path) group = group[step] ??= {};
      group[name] = call;
    };
    let kept;
    let tokens;
    const special = {
      "cache.get": (...items) => (kept ??= part("cache").open(parse(cached))).get(...items),
      "cache.set": (...items) => (kept ??= part("cache").open(parse(cached))).set(...items),
      "cache.delete": (...items) => (kept ??= part("cache").open(parse(cached))).delete(...items),
      "redirect.encodeToken": (...items) => (tokens ??= part("tokens").open(event)).encodeToken(...items),
      "redirect.validateToken": (...items) => (tokens ??= part("tokens").open(event)).validateToken(...items),
    };
    for (const method of methods) {
      put(method, special[method] ?? ((...items) => (native.emit(method, stringify(items)), api)));
    }
    for (const method in answers) put(method, () => answers[method]);
    return deepFreeze(api);
  };
  // `api` is made ahead where it is known what it will be: the same as at the last execution.
  let made = {};
  const apiOf = (methods, answers) => {
    if (made.methods !== methods || made.answers !== answers) made = { methods, answers, api: buildApi(parse(methods), parse(answers)) };
    return made.api;
  };

  // What Rust will answer later.
  const waiting = new Map();
  let waitingId = 0;
  native.pending = (call) => {
    waitingId += 1;
    waiting.set(waitingId, call);
    return waitingId;
  };
  native.forget = (id) => waiting.delete(id);
  const settle = (id, error, answer) => {
    const call = waiting.get(id);
    if (waiting.delete(id)) call(error, answer);
  };

  // Rejections that nobody handled.
  const rejected = new Map();
  const rejection = (promise, reason, handled) => {
    if (handled) rejected.delete(promise);
    else rejected.set(promise, reason);
  };
  const finish = () => {
    for (const reason of rejected.values()) native.print(4, part("inspect").format("unhandled rejection:", reason));
  };

  // Runs the next timer that is due. Milliseconds until the next one, 0 if one ran, -1 without any.
  const tick = () => (parts.has("timers") ? part("timers").tick() : -1);

  // Whoever calls this looks at the rejection himself.
  const { then } = Promise.prototype;
  const handled = (promise) => void then.call(promise, undefined, () => {});

  // What the author's file requires with; packages are looked for when it is first called.
  let main;
  native.handled = handled;
  native.top = () => main;
  let found;
  const top = () => (found ??= part("packages").requireFrom(""));
  const require = (wanted) => top()(wanted);
  for (const name of ["resolve", "cache", "main"]) {
    defineProperty(require, name, { get: () => top()[name], enumerable: true, configurable: true });
  }
  const loadFile = (path, isModule) => part("packages").loadFile(path, isModule);

  // The author's file.
  const load = () => {
    if (main === undefined) {
      const module = { exports: {}, id: ".", filename: native.program, loaded: false };
      main = module;
      try {
        native.main().call(module.exports, module.exports, require, module, native.program, "");
      } catch (error) {
        main = undefined;
        throw error;
      }
      module.loaded = true;
    }
    return main;
  };

  const call = async (handler, methods, answers, given, secrets, cache) => {
    const exported = load().exports?.[handler];
    if (typeof exported !== "function") return false;
    const all = parse(given);
    if (typeof all === "object" && all !== null) all.secrets = parse(secrets);
    event = deepFreeze(all);
    cached = cache;
    await exported(event, apiOf(methods, answers));
    return true;
  };
  const run = (...given) => {
    const done = call(...given);
    // Rust handles its rejection.
    handled(done);
    return done;
  };

  const trace = () => new Error().stack;

  return { part, load, loadFile, apiOf, run, tick, settle, rejection, finish, trace };
});
