// https://nodejs.org/api/events.html
(function () {
  "use strict";
  const own = Symbol("listeners");
  // A function, not a class: old packages call it without `new`.
  function EventEmitter() {
    EventEmitter.init.call(this);
  }
  EventEmitter.init = function () {
    if (!Object.hasOwn(this, own)) Object.defineProperty(this, own, { value: new Map(), configurable: true });
  };
  const of = (emitter) => (EventEmitter.init.call(emitter), emitter[own]);
  const add = (emitter, name, listener, once, first) => {
    if (typeof listener !== "function") throw new TypeError("a listener is a function");
    const all = of(emitter);
    if (all.has("newListener")) emitter.emit("newListener", name, listener);
    const entry = { listener, once };
    const entries = all.get(name) ?? [];
    all.set(name, first ? [entry, ...entries] : [...entries, entry]);
    return emitter;
  };
  const methods = {
    on(name, listener) {
      return add(this, name, listener, false, false);
    },
    once(name, listener) {
      return add(this, name, listener, true, false);
    },
    prependListener(name, listener) {
      return add(this, name, listener, false, true);
    },
    prependOnceListener(name, listener) {
      return add(this, name, listener, true, true);
    },
    off(name, listener) {
      const all = of(this);
      const entries = all.get(name) ?? [];
      const at = entries.findLastIndex((entry) => entry.listener === listener);
      if (at < 0) return this;
      const kept = entries.toSpliced(at, 1);
      if (kept.length === 0) all.delete(name);
      else all.set(name, kept);
      if (all.has("removeListener")) this.emit("removeListener", name, listener);
      return this;
    },
    removeAllListeners(name) {
      if (name === undefined) of(this).clear();
      else of(this).delete(name);
      return this;
    },
    emit(name, ...items) {
      const entries = of(this).get(name);
      if (entries === undefined) {
        if (name !== "error") return false;
        throw items[0] instanceof Error ? items[0] : Object.assign(new Error(`Unhandled error. (${String(items[0])})`), { code: "ERR_UNHANDLED_ERROR" });
      }
      for (const { listener, once } of entries) {
        if (once) this.off(name, listener);
        listener.apply(this, items);
      }
      return true;
    },
    listeners(name) {
      return (of(this).get(name) ?? []).map((entry) => entry.listener);
    },
    rawListeners(name) {
      return this.listeners(name);
    },
    listenerCount(name) {
      return of(this).get(name)?.length ?? 0;
    },
    eventNames() {
      return [...of(this).keys()];
    },
    setMaxListeners() {
      return this;
    },
    getMaxListeners() {
      return EventEmitter.defaultMaxListeners;
    },
  };
  methods.addListener = methods.on;
  methods.removeListener = methods.off;
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(EventEmitter.prototype, name, { value, writable: true, configurable: true });
  EventEmitter.EventEmitter = EventEmitter;
  EventEmitter.defaultMaxListeners = 10;
  EventEmitter.listenerCount = (emitter, name) => emitter.listenerCount(name);
  EventEmitter.once = (emitter, name) =>
    new Promise((done, fail) => {
      const failed = (error) => (emitter.off(name, settled), fail(error));
      const settled = (...items) => (emitter.off("error", failed), done(items));
      emitter.once(name, settled);
      if (name !== "error") emitter.once("error", failed);
    });
  return EventEmitter;
});
