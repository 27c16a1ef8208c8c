// https://nodejs.org/api/http.html, the half that asks, on the way out that `fetch` takes: a request leaves
// when it is ended, and an answer comes as a whole. Agents, sockets and keep-alive are for looks.
(function (exports, part, native) {
  "use strict";
  const { send, abort } = native.group("fetch");
  const EventEmitter = part("node:events");
  const { Readable, Writable } = part("node:stream");
  const { Buffer } = part("buffer");
  const { URL } = part("url");
  const { setTimeout, clearTimeout } = part("timers");

  const STATUS_CODES = {
    100: "Continue", 101: "Switching Protocols", 200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information",
    204: "No Content", 205: "Reset Content", 206: "Partial Content", 207: "Multi-Status", 300: "Multiple Choices",
    301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect",
    400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
    411: "Length Required", 412: "Precondition Failed", 413: "Payload Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
    416: "Range Not Satisfiable", 417: "Expectation Failed", 418: "I'm a Teapot", 421: "Misdirected Request", 422: "Unprocessable Entity",
    423: "Locked", 425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
    507: "Insufficient Storage", 508: "Loop Detected", 511: "Network Authentication Required",
  };
  const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
  const coded = (code, message, Kind = Error) => Object.assign(new Kind(message), { code });

  class Agent extends EventEmitter {
    constructor(options = {}) {
      super();
      Object.assign(this, { options: { ...options }, keepAlive: false, maxSockets: Infinity, maxFreeSockets: 256, sockets: {}, freeSockets: {}, requests: {} });
      this.defaultPort = 80;
      this.protocol = "http:";
    }
    destroy() {}
    getName() {
      return "";
    }
  }
  class SecureAgent extends Agent {
    constructor(options) {
      super(options);
      this.defaultPort = 443;
      this.protocol = "https:";
    }
  }

  const socket = () => {
    const made = new EventEmitter();
    const same = () => made;
    return Object.assign(made, { connecting: false, destroyed: false, encrypted: true, authorized: true, setKeepAlive: same, setNoDelay: same, setTimeout: same, ref: same, unref: same, destroy: same, end: same });
  };

  class IncomingMessage extends Readable {
    constructor(answer, request) {
      super();
      const { status, statusText, headers } = answer;
      Object.assign(this, {
        statusCode: status, statusMessage: statusText, headers: {}, rawHeaders: headers, trailers: {}, rawTrailers: [], httpVersion: "1.1",
        httpVersionMajor: 1, httpVersionMinor: 1, complete: true, aborted: false, method: null, url: "", req: request, socket: request.socket,
      });
      this.connection = this.socket;
      for (let at = 0; at < headers.length; at += 2) this.#add(headers[at].toLowerCase(), headers[at + 1]);
    }
    #add(name, value) {
      if (name === "set-cookie") (this.headers[name] ??= []).push(value);
      else this.headers[name] = this.headers[name] === undefined ? value : `${this.headers[name]}, ${value}`;
    }
    setTimeout() {
      return this;
    }
  }

  // What Node takes as an address: a text, a URL or its parts.
  const address = (options, own) => {
    const { protocol = options.agent?.protocol ?? own, port, method, path = "/", auth } = options;
    if (protocol !== "http:" && protocol !== "https:") throw coded("ERR_INVALID_PROTOCOL", `Protocol "${protocol}" not supported. Expected "${own}"`, TypeError);
    const host = String(options.hostname ?? options.host ?? "localhost");
    const named = /^[^:]+(:\d+)?$/.exec(host) ?? [];
    const bare = named.length > 0 || host.startsWith("[") ? host : `[${host}]`;
    const ported = named[1] !== undefined || port === undefined || port === null || port === "" ? "" : `:${port}`;
    return { url: new URL(path, `${protocol}//${bare}${ported}`), method: String(method ?? "GET").toUpperCase(), auth };
  };
  const partsOf = (url) => ({
    protocol: url.protocol, hostname: url.hostname, port: url.port, path: url.pathname + url.search,
    auth: url.username === "" ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
  });

  class ClientRequest extends Writable {
    #headers = new Map();
    #chunks = [];
    #url;
    #timer;
    #id;
    #wait;
    constructor(options, own) {
      super();
      const { url, method, auth } = address(options, own);
      this.#url = url;
      Object.assign(this, { method, path: url.pathname + url.search, host: url.hostname, protocol: url.protocol, agent: options.agent, aborted: false, destroyed: false, finished: false, headersSent: false, socket: socket(), reusedSocket: false });
      this.connection = this.socket;
      const given = options.headers ?? {};
      const pairs = typeof given[Symbol.iterator] === "function" ? (Array.isArray(given[0]) ? given : Array.from({ length: given.length / 2 }, (_, at) => [given[2 * at], given[2 * at + 1]])) : Object.entries(given);
      for (const [name, value] of pairs) if (value !== undefined) this.setHeader(name, value);
      if (auth && !this.hasHeader("authorization")) this.setHeader("Authorization", `Basic ${Buffer.from(auth).toString("base64")}`);
      if (options.timeout) this.setTimeout(options.timeout);
      const { signal } = options;
      if (signal?.aborted) queueMicrotask(() => this.destroy(signal.reason));
      else signal?.addEventListener("abort", () => this.destroy(signal.reason), { once: true });
      queueMicrotask(() => this.emit("socket", this.socket));
    }
    setHeader(name, value) {
      this.#headers.set(String(name).toLowerCase(), [String(name), value]);
      return this;
    }
    getHeader(name) {
      return this.#headers.get(String(name).toLowerCase())?.[1];
    }
    hasHeader(name) {
      return this.#headers.has(String(name).toLowerCase());
    }
    removeHeader(name) {
      this.#headers.delete(String(name).toLowerCase());
    }
    getHeaders() {
      return Object.fromEntries([...this.#headers].map(([key, [, value]]) => [key, value]));
    }
    getHeaderNames() {
      return [...this.#headers.keys()];
    }
    flushHeaders() {}
    setNoDelay() {}
    setSocketKeepAlive() {}
    setTimeout(wait, call) {
      this.#wait = Number(wait);
      if (typeof call === "function") this.once("timeout", call);
      if (this.#id !== undefined) this.#watch();
      return this;
    }
    #watch() {
      clearTimeout(this.#timer);
      if (this.#wait > 0) this.#timer = setTimeout(() => this.emit("timeout"), this.#wait);
    }
    _write(chunk, encoding, done) {
      this.#chunks.push(Buffer.from(chunk));
      done();
    }
    _final(done) {
      this.finished = true;
      if (!this.destroyed) this.#send();
      done();
    }
    #send() {
      const headers = [];
      for (const [key, [, value]] of this.#headers) for (const one of [value].flat()) headers.push(key, String(one));
      const body = this.#chunks.length === 0 ? undefined : Buffer.concat(this.#chunks);
      this.#id = native.pending((error, answer) => this.#answered(error, answer));
      this.#watch();
      try {
        send(this.#id, this.method, this.#url.href, headers, body, "manual");
        this.headersSent = true;
      } catch (error) {
        native.forget(this.#id);
        this.destroy(error);
      }
    }
    #answered(error, answer) {
      clearTimeout(this.#timer);
      if (this.destroyed) return;
      if (error !== undefined) {
        this.destroy(Object.assign(coded(error.code, error.message), { hostname: this.host }));
        return;
      }
      const message = new IncomingMessage(answer, this);
      this.res = message;
      if (answer.body.byteLength > 0 && this.method !== "HEAD") message.push(Buffer.from(answer.body));
      message.push(null);
      // Nobody wants it: then it is read and forgotten.
      if (!this.emit("response", message)) message.resume();
      message.once("end", () => this.emit("close"));
    }
    destroy(error) {
      if (this.destroyed) return this;
      this.destroyed = true;
      clearTimeout(this.#timer);
      if (this.#id !== undefined && this.res === undefined) {
        abort(this.#id);
        native.forget(this.#id);
      }
      const reason = error ?? (this.res === undefined ? coded("ECONNRESET", "socket hang up") : undefined);
      queueMicrotask(() => {
        if (reason) this.emit("error", reason);
        this.emit("close");
      });
      return this;
    }
    abort() {
      this.aborted = true;
      this.emit("abort");
      this.destroy();
    }
  }

  const refuse = (what) => () => {
    throw coded("ERR_NOT_OFFERED", `an action cannot ${what}`);
  };
  // The module of a protocol.
  const of = (own, Own) => {
    const globalAgent = new Own();
    const request = (input, given, call) => {
      const isAddress = typeof input === "string" || input instanceof URL;
      const options = isAddress ? { ...partsOf(new URL(input)), ...(typeof given === "object" ? given : {}) } : input;
      const made = new ClientRequest({ agent: globalAgent, ...options }, own);
      const done = typeof given === "function" ? given : call;
      if (typeof done === "function") made.once("response", done);
      return made;
    };
    const get = (...items) => request(...items).end();
    return {
      request, get, Agent: Own, globalAgent, ClientRequest, IncomingMessage, OutgoingMessage: Writable, ServerResponse: Writable, METHODS, STATUS_CODES,
      maxHeaderSize: 16384, createServer: refuse("listen"), Server: refuse("listen"), validateHeaderName: () => {}, validateHeaderValue: () => {},
    };
  };
  exports.http = of("http:", Agent);
  exports.https = of("https:", SecureAgent);
});
