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

  const buildApi = (methods, answers) => {
    const api = {};
    const put = (method, call) => {
      const path = method.split(".");
      const name = path.pop();
      let group = api;
      for (const step of path) group = group[step] ??= {};
      group[name] = call;
    };
    for (const method of methods) {
      put(method, (...items) => (native.emit(method, stringify(items)), api));
    }
    for (const method in answers) put(method, () => answers[method]);
    return deepFreeze(api);
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

  // The author's file.
  let main;
  const load = () => {
    if (main === undefined) {
      const module = { exports: {}, id: ".", filename: native.program, loaded: false };
      native.main()(module.exports);
      main = module;
    }
    return main;
  };

  const run = async (handler, methods, answers, event) => {
    const call = load().exports?.[handler];
    if (typeof call !== "function") return false;
    await call(deepFreeze(parse(event)), buildApi(parse(methods), parse(answers)));
    return true;
  };

  return { load, run, tick };
});
