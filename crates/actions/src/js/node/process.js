// As much of https://nodejs.org/api/process.html as packages look at. There is no process.
(function (exports, part, native) {
  "use strict";
  const hrtime = (since) => {
    const now = native.now();
    const time = [Math.floor(now / 1000), Math.floor((now % 1000) * 1e6)];
    if (since === undefined) return time;
    const nanos = (time[0] - since[0]) * 1e9 + time[1] - since[1];
    return [Math.floor(nanos / 1e9), nanos % 1e9];
  };
  hrtime.bigint = () => BigInt(Math.floor(native.now() * 1e6));
  const quiet = () => exports;
  const stream = (write) => ({ isTTY: false, columns: 80, write: (text) => (write(String(text).replace(/\n$/, "")), true), on: quiet, once: quiet, end() {} });
  Object.assign(exports, {
    // Old packages look by this name whether they run in Node.
    [Symbol.toStringTag]: "process",
    env: Object.freeze({}),
    stdout: stream((text) => console.log(text)),
    stderr: stream((text) => console.error(text)),
    stdin: { isTTY: false, on: quiet, once: quiet },
    argv: Object.freeze([]),
    argv0: "node",
    title: "node",
    execPath: "/node",
    execArgv: Object.freeze([]),
    version: "v22.0.0",
    versions: Object.freeze({ node: "22.0.0" }),
    release: Object.freeze({ name: "node" }),
    platform: "linux",
    arch: "x64",
    pid: 1,
    browser: true,
    nextTick: (call, ...items) => queueMicrotask(() => call(...items)),
    cwd: () => "/",
    uptime: () => native.now() / 1000,
    hrtime,
    emitWarning: (warning) => console.warn(String(warning?.message ?? warning)),
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
    on: quiet, once: quiet, off: quiet, addListener: quiet, removeListener: quiet, removeAllListeners: quiet,
    emit: () => false,
    listeners: () => [],
    exit: () => {
      throw new Error("an action cannot end the process; return from the handler");
    },
  });
});
