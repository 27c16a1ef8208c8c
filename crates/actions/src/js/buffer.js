// https://nodejs.org/api/buffer.html
(function (exports, part) {
  "use strict";
  const { codec, view } = part("text");
  const known = { utf8: "utf8", "utf-8": "utf8", hex: "hex", base64: "base64", base64url: "base64url", latin1: "latin1", binary: "latin1", ascii: "latin1", ucs2: "utf16le", "ucs-2": "utf16le", utf16le: "utf16le", "utf-16le": "utf16le" };
  const encodingOf = (name) => {
    const found = known[String(name ?? "utf8").toLowerCase()];
    if (found === undefined) throw Object.assign(new TypeError(`Unknown encoding: ${name}`), { code: "ERR_UNKNOWN_ENCODING" });
    return found;
  };
  const encode = (text, encoding) => new Buffer(codec.encode(text.toWellFormed(), encodingOf(encoding)));

  class Buffer extends Uint8Array {
    static from(value, encoding, length) {
      if (typeof value === "string") return encode(value, encoding);
      if (value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer)) return new Buffer(value, encoding, length);
      if (ArrayBuffer.isView(value) || Array.isArray(value)) {
        const copy = new Buffer(value.length);
        copy.set(value);
        return copy;
      }
      if (value?.type === "Buffer" && Array.isArray(value.data)) return Buffer.from(value.data);
      if (typeof value === "object" && value !== null) {
        const primitive = value.valueOf();
        if (primitive !== value && primitive != null) return Buffer.from(primitive, encoding, length);
        if (typeof value.length === "number") return Buffer.from(Array.from(value));
      }
      throw Object.assign(new TypeError("The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object."), { code: "ERR_INVALID_ARG_TYPE" });
    }
    static of(...bytes) {
      return Buffer.from(bytes);
    }
    static alloc(size, fill, encoding) {
      const made = new Buffer(size);
      return fill === undefined || fill === 0 ? made : made.fill(fill, encoding);
    }
    static allocUnsafe(size) {
      return new Buffer(size);
    }
    static allocUnsafeSlow(size) {
      return new Buffer(size);
    }
    static isBuffer(value) {
      return value instanceof Buffer;
    }
    static isEncoding(name) {
      return typeof name === "string" && known[name.toLowerCase()] !== undefined;
    }
    static byteLength(value, encoding) {
      return typeof value === "string" ? encode(value, encoding).length : value.byteLength;
    }
    static concat(list, length = list.reduce((sum, item) => sum + item.length, 0)) {
      const whole = new Buffer(length);
      let at = 0;
      for (const item of list) {
        const fitting = item.length > length - at ? item.subarray(0, length - at) : item;
        whole.set(fitting, at);
        at += fitting.length;
      }
      return whole;
    }
    static compare(a, b) {
      for (let at = 0; at < Math.min(a.length, b.length); at += 1) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
      return Math.sign(a.length - b.length);
    }
    get parent() {
      return this.buffer;
    }
    get offset() {
      return this.byteOffset;
    }
    toString(encoding, from = 0, to = this.length) {
      const kind = encodingOf(encoding);
      const text = codec.decode(super.subarray(from, to), kind, false);
      return String(encoding).toLowerCase() === "ascii" ? text.replace(/[\x80-\xff]/g, (c) => String.fromCharCode(c.charCodeAt(0) & 127)) : text;
    }
    toLocaleString(encoding) {
      return this.toString(encoding);
    }
    toJSON() {
      return { type: "Buffer", data: Array.from(this) };
    }
    equals(other) {
      return Buffer.compare(this, other) === 0;
    }
    compare(other, from = 0, to = other.length, start = 0, end = this.length) {
      return Buffer.compare(this.subarray(start, end), other.subarray(from, to));
    }
    slice(from, to) {
      return this.subarray(from, to);
    }
    write(text, at = 0, length, encoding) {
      if (typeof at === "string") [at, encoding] = [0, at];
      if (typeof length === "string") [length, encoding] = [undefined, length];
      const bytes = encode(text, encoding).subarray(0, Math.min(length ?? Infinity, this.length - at));
      this.set(bytes, at);
      return bytes.length;
    }
    copy(target, at = 0, from = 0, to = this.length) {
      const bytes = this.subarray(from, Math.min(to, from + target.length - at));
      target.set(bytes, at);
      return bytes.length;
    }
    fill(value, from, to, encoding) {
      if (typeof from === "string") [from, encoding] = [undefined, from];
      if (typeof value === "number") return super.fill(value, from, to);
      const bytes = typeof value === "string" ? encode(value, encoding) : view(value);
      const start = from ?? 0;
      for (let at = start; at < (to ?? this.length); at += 1) this[at] = bytes.length === 0 ? 0 : bytes[(at - start) % bytes.length];
      return this;
    }
    #find(value, from, encoding, last) {
      if (typeof value === "number") return last ? super.lastIndexOf(value & 255, from ?? this.length) : super.indexOf(value & 255, from);
      const bytes = typeof value === "string" ? encode(value, encoding) : value;
      const ends = this.length - bytes.length;
      const matches = (at) => bytes.every((byte, index) => this[at + index] === byte);
      if (last) {
        for (let at = Math.min(from ?? ends, ends); at >= 0; at -= 1) if (matches(at)) return at;
      } else {
        for (let at = from ?? 0; at <= ends; at += 1) if (matches(at)) return at;
      }
      return -1;
    }
    indexOf(value, from, encoding) {
      return this.#find(value, from, encoding, false);
    }
    lastIndexOf(value, from, encoding) {
      return this.#find(value, from, encoding, true);
    }
    includes(value, from, encoding) {
      return this.indexOf(value, from, encoding) >= 0;
    }
    readUIntBE(at, size) {
      let value = 0;
      for (let index = 0; index < size; index += 1) value = value * 256 + this[at + index];
      return value;
    }
    readUIntLE(at, size) {
      let value = 0;
      for (let index = size - 1; index >= 0; index -= 1) value = value * 256 + this[at + index];
      return value;
    }
    writeUIntBE(value, at, size) {
      for (let index = size - 1; index >= 0; index -= 1) {
        this[at + index] = value % 256;
        value = Math.floor(value / 256);
      }
      return at + size;
    }
    writeUIntLE(value, at, size) {
      for (let index = 0; index < size; index += 1) {
        this[at + index] = value % 256;
        value = Math.floor(value / 256);
      }
      return at + size;
    }
    swap16() {
      for (let at = 0; at + 1 < this.length; at += 2) [this[at], this[at + 1]] = [this[at + 1], this[at]];
      return this;
    }
  }

  const numbers = { UInt8: ["Uint8", 1], Int8: ["Int8", 1], UInt16: ["Uint16", 2], Int16: ["Int16", 2], UInt32: ["Uint32", 4], Int32: ["Int32", 4], Float: ["Float32", 4], Double: ["Float64", 8], BigInt64: ["BigInt64", 8], BigUInt64: ["BigUint64", 8] };
  for (const [name, [kind, size]] of Object.entries(numbers)) {
    for (const order of size === 1 ? [""] : ["BE", "LE"]) {
      const little = order === "LE";
      const data = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
      const read = function (at = 0) {
        return data(this)[`get${kind}`](at, little);
      };
      const write = function (value, at = 0) {
        data(this)[`set${kind}`](at, value, little);
        return at + size;
      };
      for (const alias of new Set([name, name.replace("UInt", "Uint")])) {
        Object.defineProperty(Buffer.prototype, `read${alias}${order}`, { value: read, writable: true, configurable: true });
        Object.defineProperty(Buffer.prototype, `write${alias}${order}`, { value: write, writable: true, configurable: true });
      }
    }
  }
  Buffer.poolSize = 8192;

  // `Buffer(…)` without `new` is how old packages make one.
  const Callable = new Proxy(Buffer, {
    apply: (_, self, [value, ...more]) => (typeof value === "number" ? Buffer.alloc(value) : Buffer.from(value, ...more)),
    construct: (_, items, target) => {
      const [value, ...more] = items;
      if (typeof value === "string" || Array.isArray(value)) return Buffer.from(value, ...more);
      return Reflect.construct(Buffer, items, target === Callable ? Buffer : target);
    },
  });
  Object.defineProperty(Buffer.prototype, "constructor", { value: Callable, writable: true, configurable: true });

  Object.assign(exports, { Buffer: Callable, kMaxLength: 2 ** 31 - 1, constants: { MAX_LENGTH: 2 ** 31 - 1, MAX_STRING_LENGTH: 2 ** 29 }, atob, btoa });
  exports.SlowBuffer = Callable;
  Object.defineProperty(exports, "Blob", { get: () => part("fetch").Blob, enumerable: true });
});
