// createCipheriv and createDecipheriv: https://nodejs.org/api/crypto.html#class-cipheriv
// What is given is worked on when it is complete: `update` answers with nothing, `final` with all.
(function (exports, part, native) {
  "use strict";
  const host = native.group("crypto");
  const { Transform } = part("node:stream");
  const { Buffer } = part("buffer");
  const { view } = part("text");
  const NAMES = ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-ctr", "aes-192-ctr", "aes-256-ctr", "aes-128-gcm", "aes-256-gcm"];
  const TAG = 16;
  const bytes = (data, encoding) => (typeof data === "string" ? Buffer.from(data, encoding) : Buffer.from(view(data)));
  const shown = (buffer, encoding) => (encoding === undefined || encoding === "buffer" ? buffer : buffer.toString(encoding));
  const coded = (code, message) => Object.assign(new Error(message), { code });

  class Cipher extends Transform {
    #mode;
    #key;
    #iv;
    #encrypts;
    #chunks = [];
    #additional = Buffer.alloc(0);
    #tag;
    constructor(encrypts, name, key, iv, options) {
      super(options);
      const found = String(name).toLowerCase();
      if (!NAMES.includes(found)) throw coded("ERR_CRYPTO_UNKNOWN_CIPHER", `the cipher ${name} is not offered here; there are ${NAMES.join(", ")}`);
      const [, bits, mode] = found.split("-");
      this.#key = typeof key?.bytes === "function" ? key.bytes() : bytes(key, "utf8");
      this.#iv = bytes(iv, "utf8");
      if (this.#key.length !== bits / 8) throw coded("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
      if (mode === "gcm" ? this.#iv.length !== 12 : this.#iv.length !== 16) throw coded("ERR_CRYPTO_INVALID_IV", `Invalid initialization vector: ${name} takes ${mode === "gcm" ? 12 : 16} bytes here`);
      [this.#mode, this.#encrypts] = [mode, encrypts];
    }
    update(data, encoding, shownAs) {
      this.#chunks.push(bytes(data, encoding));
      return shown(Buffer.alloc(0), shownAs);
    }
    final(encoding) {
      const data = Buffer.concat(this.#chunks);
      const made = this.#mode === "gcm" ? this.#sealed(data) : host.aes(this.#mode, this.#encrypts, this.#key, this.#iv, data);
      if (made === undefined || made === null) throw coded("ERR_OSSL_BAD_DECRYPT", "Unsupported state or unable to authenticate data: wrong key, iv or data");
      return shown(Buffer.from(made), encoding);
    }
    #sealed(data) {
      const given = this.#encrypts ? data : Buffer.concat([data, this.#tag ?? Buffer.alloc(0)]);
      const made = host.aesGcm(this.#encrypts, this.#key, this.#iv, this.#additional, given);
      if (!this.#encrypts || made === undefined) return made;
      const whole = Buffer.from(made);
      this.#tag = whole.subarray(whole.length - TAG);
      return whole.subarray(0, whole.length - TAG);
    }
    setAAD(data) {
      this.#additional = bytes(data);
      return this;
    }
    setAuthTag(tag, encoding) {
      this.#tag = bytes(tag, encoding);
      return this;
    }
    getAuthTag() {
      return this.#tag;
    }
    setAutoPadding(pads = true) {
      if (!pads) throw coded("ERR_NOT_OFFERED", "a cipher without padding is not offered here");
      return this;
    }
    _transform(chunk, encoding, done) {
      this.update(chunk);
      done();
    }
    _flush(done) {
      try {
        done(null, this.final());
      } catch (error) {
        done(error);
      }
    }
  }

  Object.assign(exports, {
    createCipheriv: (name, key, iv, options) => new Cipher(true, name, key, iv, options),
    createDecipheriv: (name, key, iv, options) => new Cipher(false, name, key, iv, options),
    getCiphers: () => [...NAMES],
  });
});
