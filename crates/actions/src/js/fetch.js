// https://fetch.spec.whatwg.org, without streams: a body is there as a whole.
(function (exports, part, native) {
  "use strict";
  const { send, abort } = native.group("fetch");
  const { TextEncoder, TextDecoder, view } = part("text");
  const { DOMException } = part("dom");
  const encoder = new TextEncoder();
  const tag = (target, name) => Object.defineProperty(target.prototype, Symbol.toStringTag, { value: name, configurable: true });

  class Headers {
    #map = new Map();
    constructor(init) {
      if (init === undefined || init === null) return;
      const pairs = typeof init[Symbol.iterator] === "function" ? init : Object.entries(init);
      for (const [name, value] of pairs) this.append(name, value);
    }
    static #name(name) {
      const text = String(name).toLowerCase();
      if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(text)) throw new TypeError(`${name} is not a name of a header`);
      return text;
    }
    static #value(value) {
      const text = String(value).trim();
      if (/[\0\r\n]/.test(text) || /[^\0-\xff]/.test(text)) throw new TypeError("the value of a header holds characters that it cannot");
      return text;
    }
    append(name, value) {
      const key = Headers.#name(name);
      const values = this.#map.get(key);
      if (values === undefined) this.#map.set(key, [Headers.#value(value)]);
      else values.push(Headers.#value(value));
    }
    set(name, value) {
      this.#map.set(Headers.#name(name), [Headers.#value(value)]);
    }
    delete(name) {
      this.#map.delete(Headers.#name(name));
    }
    has(name) {
      return this.#map.has(Headers.#name(name));
    }
    get(name) {
      return this.#map.get(Headers.#name(name))?.join(", ") ?? null;
    }
    getSetCookie() {
      return [...(this.#map.get("set-cookie") ?? [])];
    }
    *entries() {
      for (const name of [...this.#map.keys()].sort()) {
        if (name === "set-cookie") for (const value of this.#map.get(name)) yield [name, value];
        else yield [name, this.get(name)];
      }
    }
    *keys() {
      for (const [name] of this.entries()) yield name;
    }
    *values() {
      for (const [, value] of this.entries()) yield value;
    }
    forEach(call, self) {
      for (const [name, value] of this.entries()) call.call(self, value, name, this);
    }
    [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) {
      return `Headers ${inspect(Object.fromEntries(this.entries()))}`;
    }
  }
  Object.defineProperty(Headers.prototype, Symbol.iterator, { value: Headers.prototype.entries, writable: true, configurable: true });
  tag(Headers, "Headers");

  const concat = (chunks) => {
    const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  };

  const bytesOf = Symbol("bytes");
  class Blob {
    #bytes;
    #type;
    constructor(pieces = [], { type = "" } = {}) {
      this.#bytes = concat(
        Array.from(pieces, (piece) => {
          if (piece instanceof Blob) return piece[bytesOf]();
          if (piece instanceof ArrayBuffer || ArrayBuffer.isView(piece)) return view(piece).slice();
          return encoder.encode(piece);
        }),
      );
      this.#type = /[^ -~]/.test(type) ? "" : String(type).toLowerCase();
    }
    [bytesOf]() {
      return this.#bytes;
    }
    get size() {
      return this.#bytes.length;
    }
    get type() {
      return this.#type;
    }
    slice(from, to, type = "") {
      return new Blob([this.#bytes.slice(from, to)], { type });
    }
    async arrayBuffer() {
      return this.#bytes.slice().buffer;
    }
    async bytes() {
      return this.#bytes.slice();
    }
    async text() {
      return new TextDecoder().decode(this.#bytes);
    }
  }
  tag(Blob, "Blob");
  class File extends Blob {
    constructor(pieces, name, options = {}) {
      super(pieces, options);
      this.name = String(name);
      this.lastModified = options.lastModified ?? Date.now();
    }
  }
  tag(File, "File");

  class FormData {
    #entries = [];
    static #entry(name, value, file) {
      if (value instanceof Blob) {
        const named = value instanceof File && file === undefined;
        return [String(name), named ? value : new File([value], file ?? value.name ?? "blob", { type: value.type })];
      }
      return [String(name), String(value)];
    }
    append(name, value, file) {
      this.#entries.push(FormData.#entry(name, value, file));
    }
    set(name, value, file) {
      const entry = FormData.#entry(name, value, file);
      const at = this.#entries.findIndex(([known]) => known === entry[0]);
      if (at < 0) {
        this.#entries.push(entry);
        return;
      }
      this.#entries[at] = entry;
      this.#entries = this.#entries.filter(([known], index) => index <= at || known !== entry[0]);
    }
    delete(name) {
      this.#entries = this.#entries.filter(([known]) => known !== String(name));
    }
    get(name) {
      return this.#entries.find(([known]) => known === String(name))?.[1] ?? null;
    }
    getAll(name) {
      return this.#entries.filter(([known]) => known === String(name)).map(([, value]) => value);
    }
    has(name) {
      return this.#entries.some(([known]) => known === String(name));
    }
    forEach(call, self) {
      for (const [name, value] of this.#entries) call.call(self, value, name, this);
    }
    *entries() {
      for (const [name, value] of this.#entries) yield [name, value];
    }
    *keys() {
      for (const [name] of this.#entries) yield name;
    }
    *values() {
      for (const [, value] of this.#entries) yield value;
    }
  }
  Object.defineProperty(FormData.prototype, Symbol.iterator, { value: FormData.prototype.entries, writable: true, configurable: true });
  tag(FormData, "FormData");

  // https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
  const multipart = (form) => {
    const boundary = `----form-${part("webcrypto").crypto.randomUUID()}`;
    const escape = (text) => text.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
    const chunks = [];
    for (const [name, value] of form) {
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escape(name)}"`;
      if (typeof value === "string") {
        chunks.push(encoder.encode(`${head}\r\n\r\n${value}\r\n`));
      } else {
        const type = value.type || "application/octet-stream";
        chunks.push(encoder.encode(`${head}; filename="${escape(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`), value[bytesOf](), encoder.encode("\r\n"));
      }
    }
    chunks.push(encoder.encode(`--${boundary}--\r\n`));
    return [concat(chunks), `multipart/form-data; boundary=${boundary}`];
  };

  // Bytes and media type of a body.
  const extract = (body) => {
    if (body === null || body === undefined) return [null, null];
    if (body instanceof Blob) return [body[bytesOf](), body.type || null];
    if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return [view(body).slice(), null];
    if (body instanceof FormData) return multipart(body);
    if (body instanceof part("url").URLSearchParams) return [encoder.encode(body.toString()), "application/x-www-form-urlencoded;charset=UTF-8"];
    return [encoder.encode(String(body)), "text/plain;charset=UTF-8"];
  };

  const parseForm = (text) => {
    const form = new FormData();
    for (const [name, value] of new (part("url").URLSearchParams)(text)) form.append(name, value);
    return form;
  };

  class Body {
    #bytes;
    #used = false;
    constructor(bytes) {
      this.#bytes = bytes;
    }
    [bytesOf]() {
      return this.#bytes;
    }
    get bodyUsed() {
      return this.#used;
    }
    // What cannot be streamed is not shown as a stream.
    get body() {
      return null;
    }
    #take() {
      if (this.#used) throw new TypeError("Body is unusable: Body has already been read");
      this.#used = this.#bytes !== null;
      return this.#bytes ?? new Uint8Array(0);
    }
    async arrayBuffer() {
      return this.#take().slice().buffer;
    }
    async bytes() {
      return this.#take().slice();
    }
    async blob() {
      return new Blob([this.#take()], { type: this.headers.get("content-type") ?? "" });
    }
    async text() {
      return new TextDecoder().decode(this.#take());
    }
    async json() {
      return JSON.parse(new TextDecoder().decode(this.#take()));
    }
    async formData() {
      const type = this.headers.get("content-type") ?? "";
      if (!type.startsWith("application/x-www-form-urlencoded")) throw new TypeError("only application/x-www-form-urlencoded can be read as a form here");
      return parseForm(await this.text());
    }
  }

  const NORMAL = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
  class Request extends Body {
    constructor(input, init = {}) {
      const from = input instanceof Request ? input : null;
      const method = String(init.method ?? from?.method ?? "GET");
      const upper = method.toUpperCase();
      const [bytes, type] = init.body !== undefined ? extract(init.body) : [from?.[bytesOf]() ?? null, null];
      if (bytes !== null && (upper === "GET" || upper === "HEAD")) throw new TypeError("Request with GET/HEAD method cannot have body.");
      super(bytes);
      const url = new (part("url").URL)(from?.url ?? input);
      if (url.username !== "" || url.password !== "") throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${url}`);
      this.url = url.href;
      this.method = NORMAL.includes(upper) ? upper : method;
      this.headers = new Headers(init.headers ?? from?.headers);
      if (type !== null && !this.headers.has("content-type")) this.headers.set("content-type", type);
      this.redirect = init.redirect ?? from?.redirect ?? "follow";
      this.signal = init.signal ?? from?.signal ?? new (part("dom").AbortController)().signal;
      this.credentials = init.credentials ?? "same-origin";
      this.mode = init.mode ?? "cors";
      this.cache = init.cache ?? "default";
    }
    clone() {
      return new Request(this);
    }
  }
  tag(Request, "Request");

  class Response extends Body {
    constructor(body = null, init = {}) {
      const { status = 200, statusText = "", headers } = init;
      if (status < 200 || status > 599) throw new RangeError("the status of a response lies between 200 and 599");
      const [bytes, type] = extract(body);
      super(bytes);
      this.status = status;
      this.statusText = String(statusText);
      this.headers = new Headers(headers);
      if (type !== null && !this.headers.has("content-type")) this.headers.set("content-type", type);
      this.url = "";
      this.redirected = false;
      this.type = "default";
    }
    get ok() {
      return this.status >= 200 && this.status < 300;
    }
    clone() {
      if (this.bodyUsed) throw new TypeError("Response.clone: Body has already been consumed.");
      const copy = new Response(this[bytesOf](), this);
      Object.assign(copy, { url: this.url, redirected: this.redirected, type: this.type });
      return copy;
    }
    static json(data, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      return new Response(JSON.stringify(data), { ...init, headers });
    }
    static redirect(url, status = 302) {
      return new Response(null, { status, headers: { location: String(new (part("url").URL)(url)) } });
    }
    static error() {
      return Object.assign(new Response(), { status: 0, type: "error" });
    }
  }
  tag(Response, "Response");

  const fetch = (input, init) =>
    new Promise((done, fail) => {
      const request = new Request(input, init);
      const { signal } = request;
      if (signal.aborted) return fail(signal.reason);
      const bytes = request[bytesOf]();
      const headers = [...request.headers.entries()].flat();
      const id = native.pending((error, answer) => {
        signal.removeEventListener("abort", aborted);
        if (error !== undefined) {
          const cause = Object.assign(new Error(error.message), { code: error.code });
          return fail(Object.assign(new TypeError(`fetch failed: ${error.message}`), { cause }));
        }
        const pairs = [];
        for (let at = 0; at < answer.headers.length; at += 2) pairs.push([answer.headers[at], answer.headers[at + 1]]);
        const empty = [101, 204, 205, 304].includes(answer.status) || request.method === "HEAD";
        const response = new Response(empty ? null : answer.body, { status: answer.status, statusText: answer.statusText, headers: pairs });
        done(Object.assign(response, { url: answer.url, redirected: answer.redirected, type: "basic" }));
      });
      const aborted = () => {
        abort(id);
        native.forget(id);
        fail(signal.reason);
      };
      signal.addEventListener("abort", aborted, { once: true });
      send(id, request.method, request.url, headers, bytes === null ? undefined : bytes, request.redirect);
    });

  Object.assign(exports, { Headers, Blob, File, FormData, Request, Response, fetch, DOMException });
});
