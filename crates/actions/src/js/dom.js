// Events and abortion: https://dom.spec.whatwg.org
(function (exports) {
  "use strict";
  const codes = { IndexSizeError: 1, NotFoundError: 8, NotSupportedError: 9, InvalidStateError: 11, SyntaxError: 12, InvalidAccessError: 15, TimeoutError: 23, AbortError: 20, DataCloneError: 25, OperationError: 0 };
  class DOMException extends Error {
    #name;
    constructor(message = "", options = "Error") {
      super(message, typeof options === "object" && "cause" in options ? { cause: options.cause } : undefined);
      this.#name = typeof options === "object" ? String(options.name ?? "Error") : String(options);
    }
    get name() {
      return this.#name;
    }
    get code() {
      return codes[this.#name] ?? 0;
    }
  }

  class Event {
    #type;
    #cancelable;
    #prevented = false;
    constructor(type, { bubbles = false, cancelable = false } = {}) {
      this.#type = String(type);
      this.#cancelable = Boolean(cancelable);
      this.bubbles = Boolean(bubbles);
      this.target = null;
      this.currentTarget = null;
      this.timeStamp = performance.now();
      this.stopped = false;
    }
    get type() {
      return this.#type;
    }
    get cancelable() {
      return this.#cancelable;
    }
    get defaultPrevented() {
      return this.#prevented;
    }
    preventDefault() {
      if (this.#cancelable) this.#prevented = true;
    }
    stopPropagation() {}
    stopImmediatePropagation() {
      this.stopped = true;
    }
  }
  class CustomEvent extends Event {
    constructor(type, options = {}) {
      super(type, options);
      this.detail = options.detail ?? null;
    }
  }

  class EventTarget {
    #listeners = [];
    addEventListener(type, call, options) {
      if (call === null || call === undefined) return;
      const { once = false, signal } = typeof options === "object" && options !== null ? options : {};
      if (signal?.aborted) return;
      const known = this.#listeners.some((listener) => listener.type === type && listener.call === call);
      if (!known) this.#listeners.push({ type: String(type), call, once });
      signal?.addEventListener("abort", () => this.removeEventListener(type, call), { once: true });
    }
    removeEventListener(type, call) {
      this.#listeners = this.#listeners.filter((listener) => listener.type !== type || listener.call !== call);
    }
    dispatchEvent(event) {
      event.target = this;
      event.currentTarget = this;
      const handler = this[`on${event.type}`];
      const listeners = this.#listeners.filter((listener) => listener.type === event.type);
      if (typeof handler === "function") listeners.unshift({ call: handler });
      for (const listener of listeners) {
        if (event.stopped) break;
        if (listener.once) this.removeEventListener(event.type, listener.call);
        if (typeof listener.call === "function") listener.call.call(this, event);
        else listener.call.handleEvent(event);
      }
      event.currentTarget = null;
      return !event.defaultPrevented;
    }
  }

  const token = Symbol("abort");
  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason = undefined;
    onabort = null;
    constructor(allowed) {
      super();
      if (allowed !== token) throw new TypeError("an AbortSignal comes from an AbortController");
    }
    get aborted() {
      return this.#aborted;
    }
    get reason() {
      return this.#reason;
    }
    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }
    [token](reason = new DOMException("This operation was aborted", "AbortError")) {
      if (this.#aborted) return;
      this.#aborted = true;
      this.#reason = reason;
      this.dispatchEvent(new Event("abort"));
    }
    static abort(reason) {
      const signal = new AbortSignal(token);
      signal[token](reason);
      return signal;
    }
    static timeout(milliseconds) {
      const signal = new AbortSignal(token);
      setTimeout(() => signal[token](new DOMException("The operation was aborted due to timeout", "TimeoutError")), milliseconds);
      return signal;
    }
    static any(signals) {
      const all = [...signals];
      const signal = new AbortSignal(token);
      const first = all.find((one) => one.aborted);
      if (first) signal[token](first.reason);
      else for (const one of all) one.addEventListener("abort", () => signal[token](one.reason), { once: true });
      return signal;
    }
  }
  class AbortController {
    #signal = new AbortSignal(token);
    get signal() {
      return this.#signal;
    }
    abort(reason) {
      this.#signal[token](reason);
    }
  }

  // https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal
  const structuredClone = (value) => {
    const seen = new Map();
    const refuse = (what) => {
      throw new DOMException(`${what} could not be cloned.`, "DataCloneError");
    };
    const clone = (from) => {
      if (typeof from === "symbol" || typeof from === "function") refuse(String(from));
      if (from === null || typeof from !== "object") return from;
      if (seen.has(from)) return seen.get(from);
      const keep = (to) => (seen.set(from, to), to);
      if (from instanceof Date) return keep(new Date(from.getTime()));
      if (from instanceof RegExp) return keep(new RegExp(from.source, from.flags));
      if (from instanceof String || from instanceof Number || from instanceof Boolean) return keep(Object(from.valueOf()));
      if (from instanceof ArrayBuffer) return keep(from.slice(0));
      if (ArrayBuffer.isView(from)) {
        const buffer = clone(from.buffer);
        return keep(from instanceof DataView ? new DataView(buffer, from.byteOffset, from.byteLength) : new from.constructor(buffer, from.byteOffset, from.length));
      }
      if (from instanceof Map) {
        const to = keep(new Map());
        for (const [key, member] of from) to.set(clone(key), clone(member));
        return to;
      }
      if (from instanceof Set) {
        const to = keep(new Set());
        for (const member of from) to.add(clone(member));
        return to;
      }
      if (from instanceof Error) {
        const kinds = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
        const to = keep(new (kinds[from.name] ?? Error)(from.message));
        if ("cause" in from) to.cause = clone(from.cause);
        return to;
      }
      if (from instanceof Promise || from instanceof WeakMap || from instanceof WeakSet) refuse("#<Object>");
      const to = keep(Array.isArray(from) ? new Array(from.length) : {});
      for (const key of Object.keys(from)) to[key] = clone(from[key]);
      return to;
    };
    return clone(value);
  };

  Object.assign(exports, { DOMException, Event, CustomEvent, EventTarget, AbortController, AbortSignal, structuredClone });
});
