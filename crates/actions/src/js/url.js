// https://url.spec.whatwg.org
(function (exports, part, native) {
  "use strict";
  const { parse, set, parseQuery, writeQuery } = native.group("url");
  const FIELDS = ["href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"];
  const link = Symbol("url");

  class URLSearchParams {
    #pairs = [];
    #changed = null;
    constructor(init = "") {
      if (typeof init === "object" && init !== null && typeof init[Symbol.iterator] === "function") {
        for (const pair of init) {
          const [name, value, ...more] = pair;
          if (value === undefined || more.length > 0) throw new TypeError("each pair needs a name and a value");
          this.#pairs.push([String(name), String(value)]);
        }
      } else if (typeof init === "object" && init !== null) {
        for (const name of Object.keys(init)) this.#pairs.push([name, String(init[name])]);
      } else {
        this.#read(String(init));
      }
    }
    #read(text) {
      const flat = parseQuery((text.startsWith("?") ? text.slice(1) : text).toWellFormed());
      this.#pairs = [];
      for (let at = 0; at < flat.length; at += 2) this.#pairs.push([flat[at], flat[at + 1]]);
    }
    [link](text, changed) {
      this.#read(text);
      this.#changed = changed;
    }
    #update() {
      this.#changed?.(this.toString());
    }
    get size() {
      return this.#pairs.length;
    }
    append(name, value) {
      this.#pairs.push([String(name), String(value)]);
      this.#update();
    }
    delete(name, value) {
      this.#pairs = this.#pairs.filter((pair) => pair[0] !== String(name) || (value !== undefined && pair[1] !== String(value)));
      this.#update();
    }
    get(name) {
      return this.#pairs.find((pair) => pair[0] === String(name))?.[1] ?? null;
    }
    getAll(name) {
      return this.#pairs.filter((pair) => pair[0] === String(name)).map((pair) => pair[1]);
    }
    has(name, value) {
      return this.#pairs.some((pair) => pair[0] === String(name) && (value === undefined || pair[1] === String(value)));
    }
    set(name, value) {
      const first = this.#pairs.find((pair) => pair[0] === String(name));
      if (first === undefined) {
        this.#pairs.push([String(name), String(value)]);
      } else {
        first[1] = String(value);
        this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== String(name));
      }
      this.#update();
    }
    sort() {
      this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#update();
    }
    forEach(call, self) {
      for (const [name, value] of this.#pairs) call.call(self, value, name, this);
    }
    *entries() {
      for (const [name, value] of this.#pairs) yield [name, value];
    }
    *keys() {
      for (const [name] of this.#pairs) yield name;
    }
    *values() {
      for (const [, value] of this.#pairs) yield value;
    }
    toString() {
      return writeQuery(this.#pairs.flat().map((text) => text.toWellFormed()));
    }
    [Symbol.for("nodejs.util.inspect.custom")]() {
      return `URLSearchParams { ${this.#pairs.map(([name, value]) => `'${name}' => '${value}'`).join(", ")} }`;
    }
  }
  Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, { value: URLSearchParams.prototype.entries, writable: true, configurable: true });
  Object.defineProperty(URLSearchParams.prototype, Symbol.toStringTag, { value: "URLSearchParams", configurable: true });

  class URL {
    #parts;
    #query = null;
    constructor(url, base) {
      const parts = parse(String(url).toWellFormed(), base === undefined ? undefined : String(base).toWellFormed());
      if (parts === undefined) {
        const error = new TypeError("Invalid URL");
        error.code = "ERR_INVALID_URL";
        error.input = String(url);
        throw error;
      }
      this.#parts = parts;
    }
    static canParse(url, base) {
      return parse(String(url), base === undefined ? undefined : String(base)) !== undefined;
    }
    static parse(url, base) {
      return URL.canParse(url, base) ? new URL(url, base) : null;
    }
    get origin() {
      return this.#parts[FIELDS.length];
    }
    get searchParams() {
      if (this.#query === null) {
        this.#query = new URLSearchParams();
        this.#query[link](this.search, (text) => this[link]("search", text));
      }
      return this.#query;
    }
    [link](field, value) {
      if (field !== undefined) {
        const parts = set(this.#parts[0], field, String(value).toWellFormed());
        if (parts === undefined && field === "href") throw new TypeError("Invalid URL");
        this.#parts = parts ?? this.#parts;
      }
      return this.#parts;
    }
    toString() {
      return this.href;
    }
    toJSON() {
      return this.href;
    }
    [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) {
      const shown = {};
      for (const field of [...FIELDS.slice(0, 1), "origin", ...FIELDS.slice(1)]) shown[field] = this[field];
      return `URL ${inspect(shown)}`;
    }
  }
  FIELDS.forEach((field, at) => {
    Object.defineProperty(URL.prototype, field, {
      configurable: true,
      enumerable: true,
      get() {
        return this[link]()[at];
      },
      set(value) {
        this[link](field, value);
        if (field === "search" || field === "href") this.searchParams[link](this.search, (text) => this[link]("search", text));
      },
    });
  });
  Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: "URL", configurable: true });

  Object.assign(exports, { URL, URLSearchParams });
});
