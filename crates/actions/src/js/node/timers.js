(function (exports) {
  "use strict";
  Object.assign(exports, { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate });
  exports.promises = {
    setTimeout: (delay, value, { signal } = {}) =>
      new Promise((done, fail) => {
        signal?.throwIfAborted();
        const timer = setTimeout(() => done(value), delay);
        signal?.addEventListener("abort", () => (clearTimeout(timer), fail(signal.reason)), { once: true });
      }),
    setImmediate: (value) => new Promise((done) => setImmediate(() => done(value))),
  };
});
