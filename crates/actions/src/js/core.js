// Runs first in each fresh context, before any code of the program's author. What it needs later it
// keeps in its own scope, where the program cannot replace it.
(function (native) {
  "use strict";
  const { stringify, parse } = JSON;
  const { defineProperty, freeze, values } = Object;
  const isArray = Array.isArray;
  const { now } = native;

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

  const buildApi = (methods, answers, event, cache) => {
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
      "cache.get": (...items) => (kept ??= part("cache").open(parse(cache))).get(...items),
      "cache.set": (...items) => (kept ??= part("cache").open(parse(cache))).set(...items),
      "cache.delete": (...items) => (kept ??= part("cache").open(parse(cache))).delete(...items),
      "redirect.encodeToken": (...items) => (tokens ??= part("tokens").open(event)).encodeToken(...items),
      "redirect.validateToken": (...items) => (tokens ??= part("tokens").open(event)).validateToken(...items),
    };
    for (const method of methods) {
      put(method, special[method] ?? ((...items) => (native.emit(method, stringify(items)), api)));
    }
    for (const method in answers) put(method, () => answers[method]);
    return deepFreeze(api);
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

  // Timers, a binary heap by the time they are due and then by their order.
  const heap = [];
  const timers = new Map();
  let timerId = 0;
  const before = (a, b) => a.due < b.due || (a.due === b.due && a.order < b.order);
  const push = (timer) => {
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(timer, heap[above])) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = timer;
  };
  const shift = () => {
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let below = 2 * at + 1;
        if (below >= heap.length) break;
        if (below + 1 < heap.length && before(heap[below + 1], heap[below])) below += 1;
        if (!before(heap[below], last)) break;
        heap[at] = heap[below];
        at = below;
      }
      heap[at] = last;
    }
    return first;
  };
  class Timeout {
    constructor(call, items, delay, repeats) {
      if (typeof call !== "function") throw new TypeError("a timer needs a function to call");
      timerId += 1;
      delay = Number(delay);
      this.id = timerId;
      this.order = timerId;
      this.call = call;
      this.items = items;
      // Node: what is no delay between 1 ms and about 25 days is 1 ms.
      this.delay = delay >= 1 && delay <= 2147483647 ? delay : 1;
      this.repeats = repeats;
      timers.set(this.id, this);
    }
    start(delay) {
      this.due = now() + delay;
      push(this);
      return this;
    }
    ref() {
      return this;
    }
    unref() {
      return this;
    }
    hasRef() {
      return true;
    }
    refresh() {
      return this;
    }
    [Symbol.toPrimitive]() {
      return this.id;
    }
  }
  const clear = (timer) => {
    const found = timers.get(typeof timer === "object" ? timer?.id : Number(timer));
    if (found !== undefined) {
      timers.delete(found.id);
      found.call = null;
    }
  };
  define("setTimeout", (call, delay, ...items) => {
    const timer = new Timeout(call, items, delay, false);
    return timer.start(timer.delay);
  });
  define("setInterval", (call, delay, ...items) => {
    const timer = new Timeout(call, items, delay, true);
    return timer.start(timer.delay);
  });
  define("setImmediate", (call, ...items) => new Timeout(call, items, 0, false).start(0));
  define("clearTimeout", clear);
  define("clearInterval", clear);
  define("clearImmediate", clear);

  // Runs the next timer that is due. Milliseconds until the next one, 0 if one ran, -1 without any.
  const tick = () => {
    while (heap.length > 0 && heap[0].call === null) shift();
    if (heap.length === 0) return -1;
    const wait = heap[0].due - now();
    if (wait > 0) return wait;
    const timer = shift();
    const { call } = timer;
    if (timer.repeats) {
      timerId += 1;
      timer.order = timerId;
      timer.start(timer.delay);
    } else {
      timers.delete(timer.id);
    }
    call(...timer.items);
    return 0;
  };

  let main;

  // What `require` gives of an ES module, as Node 22 does.
  const { then } = Promise.prototype;
  const { hasOwn } = Object;
  const handled = (promise) => void then.call(promise, undefined, () => {});
  const requireModule = (path) => {
    const all = native.import(path, handled);
    if (hasOwn(all, "module.exports")) return all["module.exports"];
    // Compilers look for this mark before they take `default` for the default.
    if (hasOwn(all, "default") && !hasOwn(all, "__esModule")) return { __proto__: null, ...all, __esModule: true };
    return all;
  };

  // Packages, as Node loads them. Each file has a `require` of its own, which knows where it lies.
  const cache = Object.create(null);
  const loadFile = (path, isModule) => {
    if (path.startsWith("node:")) return part(path);
    const cached = cache[path];
    if (cached !== undefined) return cached.exports;
    const module = { exports: {}, id: path, filename: path, loaded: false, children: [], paths: [] };
    module.require = requireFrom(path);
    // In a cycle, what is exported so far is what the other gets.
    cache[path] = module;
    try {
      if (isModule) {
        module.exports = requireModule(path);
      } else if (path.endsWith(".json")) {
        module.exports = parse(native.text(path));
      } else {
        const folder = path.slice(0, path.lastIndexOf("/"));
        native.module(path).call(module.exports, module.exports, module.require, module, path, folder);
      }
    } catch (error) {
      delete cache[path];
      throw error;
    }
    module.loaded = true;
    return module.exports;
  };
  const requireFrom = (from) => {
    const require = (wanted) => {
      if (typeof wanted !== "string") throw new TypeError("require needs the name of a module");
      const [path, isModule] = native.resolve(from, wanted);
      return loadFile(path, isModule);
    };
    require.resolve = (wanted) => native.resolve(from, wanted)[0];
    require.cache = cache;
    require.main = main;
    return require;
  };

  // The author's file.
  const load = () => {
    if (main === undefined) {
      const module = { exports: {}, id: ".", filename: native.program, loaded: false };
      main = module;
      try {
        native.main().call(module.exports, module.exports, requireFrom(""), module, native.program, "");
      } catch (error) {
        main = undefined;
        throw error;
      }
      module.loaded = true;
    }
    return main;
  };

  const call = async (handler, methods, answers, event, secrets, cache) => {
    const exported = load().exports?.[handler];
    if (typeof exported !== "function") return false;
    const all = parse(event);
    if (typeof all === "object" && all !== null) all.secrets = parse(secrets);
    const frozen = deepFreeze(all);
    await exported(frozen, buildApi(parse(methods), parse(answers), frozen, cache));
    return true;
  };
  const run = (...given) => {
    const done = call(...given);
    // Rust handles its rejection.
    handled(done);
    return done;
  };

  const trace = () => new Error().stack;

  return { part, load, loadFile, run, tick, settle, rejection, finish, trace };
});
