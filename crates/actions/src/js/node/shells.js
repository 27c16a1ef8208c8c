// Parts of Node that an action has nothing of. Packages require many of them as they load and never use them,
// or look whether they are of use: so what they find is there, and says no when it is called.
(function (exports, part) {
  "use strict";
  const refusal = (what, why) => Object.assign(new Error(`${what} is not offered to an action: ${why}`), { code: "ERR_NOT_OFFERED" });
  // Calls that fail: to a callback if there is one.
  const refusing = (module, why, names) => {
    const made = {};
    for (const name of names.split(" ")) {
      made[name] = function (...items) {
        const error = refusal(`${module}.${name}`, why);
        const done = items.at(-1);
        if (new.target || typeof done !== "function" || name.endsWith("Sync")) throw error;
        queueMicrotask(() => done(error));
        return undefined;
      };
    }
    return made;
  };
  const rejecting = (module, why, names) => {
    const made = {};
    for (const name of names.split(" ")) made[name] = async () => { throw refusal(`${module}.${name}`, why); };
    return made;
  };
  const FILES = "access appendFile chmod close copyFile cp fstat lstat mkdir mkdtemp open opendir read readFile readdir readlink realpath rename rm rmdir stat symlink truncate unlink utimes watch write writeFile";
  const NO_FILES = "it has no files";
  const NO_SOCKETS = "it reaches others by fetch, http and https";
  const NO_PROCESSES = "it has no processes";

  const isIPv4 = (text) => /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(String(text));
  const isIPv6 = (text) => String(text).includes(":") && /^[\da-fA-F:.]+$/.test(text) && part("url").URL.canParse(`http://[${text}]/`);
  const channel = (name) => ({ name, hasSubscribers: false, publish() {}, subscribe() {}, unsubscribe: () => false, bindStore() {}, runStores: (_, call, self, ...items) => call.apply(self, items) });

  // What is stored does not follow a promise: it is there while the call itself runs.
  class AsyncLocalStorage {
    #store;
    run(store, call, ...items) {
      const before = this.#store;
      this.#store = store;
      try {
        return call(...items);
      } finally {
        this.#store = before;
      }
    }
    exit(call, ...items) {
      return this.run(undefined, call, ...items);
    }
    enterWith(store) {
      this.#store = store;
    }
    getStore() {
      return this.#store;
    }
    disable() {
      this.#store = undefined;
    }
    static bind(call) {
      return call;
    }
    static snapshot() {
      return (call, ...items) => call(...items);
    }
  }
  class AsyncResource {
    runInAsyncScope(call, self, ...items) {
      return call.apply(self, items);
    }
    emitDestroy() {
      return this;
    }
    bind(call) {
      return call;
    }
    static bind(call) {
      return call;
    }
  }

  const makers = {
    fs: () => ({
      ...refusing("fs", NO_FILES, FILES.split(" ").flatMap((name) => [name, `${name}Sync`]).join(" ")),
      ...refusing("fs", NO_FILES, "createReadStream createWriteStream ReadStream WriteStream"),
      existsSync: () => false,
      exists: (_, done) => queueMicrotask(() => done(false)),
      promises: makers["fs/promises"](),
      constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 },
    }),
    "fs/promises": () => rejecting("fs", NO_FILES, FILES),
    net: () => ({ ...refusing("net", NO_SOCKETS, "connect createConnection createServer Socket Server"), isIPv4, isIPv6, isIP: (text) => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0) }),
    tls: () => ({ ...refusing("tls", NO_SOCKETS, "connect createSecureContext createServer TLSSocket Server"), checkServerIdentity: () => undefined, rootCertificates: [], DEFAULT_MIN_VERSION: "TLSv1.2", DEFAULT_MAX_VERSION: "TLSv1.3" }),
    dgram: () => refusing("dgram", NO_SOCKETS, "createSocket Socket"),
    dns: () => ({ ...refusing("dns", NO_SOCKETS, "lookup resolve resolve4 resolve6 resolveTxt resolveSrv resolveMx resolveCname reverse"), promises: makers["dns/promises"](), ADDRCONFIG: 1024, V4MAPPED: 2048, setDefaultResultOrder() {}, getDefaultResultOrder: () => "verbatim" }),
    "dns/promises": () => rejecting("dns", NO_SOCKETS, "lookup resolve resolve4 resolve6 resolveTxt resolveSrv resolveMx resolveCname reverse"),
    http2: () => ({ ...refusing("http2", NO_SOCKETS, "connect createServer createSecureServer"), constants: { HTTP2_HEADER_METHOD: ":method", HTTP2_HEADER_PATH: ":path", HTTP2_HEADER_STATUS: ":status", HTTP2_HEADER_AUTHORITY: ":authority", HTTP2_HEADER_SCHEME: ":scheme" } }),
    child_process: () => refusing("child_process", NO_PROCESSES, "exec execFile execFileSync execSync fork spawn spawnSync"),
    cluster: () => ({ ...refusing("cluster", NO_PROCESSES, "fork"), isMaster: true, isPrimary: true, isWorker: false, workers: {} }),
    worker_threads: () => ({ ...refusing("worker_threads", NO_PROCESSES, "Worker BroadcastChannel"), isMainThread: true, parentPort: null, workerData: null, threadId: 0 }),
    vm: () => refusing("vm", "its code is its own", "Script createContext runInContext runInNewContext runInThisContext"),
    v8: () => ({ ...refusing("v8", "the engine is another", "serialize deserialize getHeapSnapshot"), getHeapStatistics: () => ({}) }),
    module: () => ({ ...refusing("module", "packages are named beside its code", "createRequire register"), builtinModules: [] }),
    readline: () => refusing("readline", "it has no terminal", "createInterface"),
    repl: () => refusing("repl", "it has no terminal", "start"),
    inspector: () => ({ ...refusing("inspector", "it is not debugged", "open Session"), url: () => undefined }),
    tty: () => ({ ...refusing("tty", "it has no terminal", "ReadStream WriteStream"), isatty: () => false }),
    wasi: () => refusing("wasi", "there is no WebAssembly", "WASI"),
    os: () => ({
      EOL: "\n", platform: () => "linux", type: () => "Linux", release: () => "", version: () => "", arch: () => "x64", machine: () => "x86_64", hostname: () => "localhost",
      homedir: () => "/", tmpdir: () => "/tmp", endianness: () => "LE", cpus: () => [], loadavg: () => [0, 0, 0], totalmem: () => 0, freemem: () => 0, uptime: () => 0,
      networkInterfaces: () => ({}), userInfo: () => ({ username: "action", uid: -1, gid: -1, shell: null, homedir: "/" }), availableParallelism: () => 1, devNull: "/dev/null", constants: { signals: {}, errno: {} },
    }),
    constants: () => ({}),
    domain: () => refusing("domain", "it is deprecated", "create createDomain"),
    perf_hooks: () => ({ performance, PerformanceObserver: class { observe() {} disconnect() {} }, constants: {} }),
    async_hooks: () => ({ AsyncLocalStorage, AsyncResource, createHook: () => ({ enable() {}, disable() {} }), executionAsyncId: () => 0, triggerAsyncId: () => 0 }),
    diagnostics_channel: () => ({ channel, hasSubscribers: () => false, subscribe() {}, unsubscribe: () => false, tracingChannel: (name) => ({ ...channel(name), traceSync: (call, _, self, ...items) => call.apply(self, items), tracePromise: (call, _, self, ...items) => call.apply(self, items) }) }),
    "stream/web": () => ({}),
  };
  const made = new Map();
  exports.of = (name) => {
    if (!made.has(name)) made.set(name, makers[name]());
    return made.get(name);
  };
});
