// https://nodejs.org/api/string_decoder.html
(function (exports, part) {
  "use strict";
  const { Buffer } = part("buffer");
  const { TextDecoder } = part("text");
  class StringDecoder {
    #decoder = null;
    #held = Buffer.alloc(0);
    constructor(encoding = "utf8") {
      this.encoding = String(encoding).toLowerCase().replace("utf-8", "utf8");
      if (this.encoding === "utf8" || this.encoding === "utf16le") this.#decoder = new TextDecoder(this.encoding === "utf8" ? "utf-8" : "utf-16le", { ignoreBOM: true });
    }
    write(chunk) {
      if (typeof chunk === "string") return chunk;
      if (this.#decoder !== null) return this.#decoder.decode(chunk, { stream: true });
      // Three bytes are four characters of base64.
      const whole = Buffer.concat([this.#held, chunk]);
      const held = this.encoding.startsWith("base64") ? whole.length % 3 : 0;
      this.#held = whole.subarray(whole.length - held);
      return whole.subarray(0, whole.length - held).toString(this.encoding);
    }
    end(chunk) {
      const text = chunk === undefined ? "" : this.write(chunk);
      const rest = this.#decoder !== null ? this.#decoder.decode() : this.#held.toString(this.encoding);
      this.#held = Buffer.alloc(0);
      return text + rest;
    }
  }
  exports.StringDecoder = StringDecoder;
});
