// https://nodejs.org/api/zlib.html, without Brotli; a stream works when it is ended.
(function (exports, part, native) {
  "use strict";
  const { pack, unpack } = native.group("zlib");
  const { Transform } = part("node:stream");
  const { Buffer } = part("buffer");
  const { view } = part("text");
  const bytes = (data) => (typeof data === "string" ? Buffer.from(data) : view(data));
  const packing = (kind) => (data, { level = -1 } = {}) => Buffer.from(pack(kind, bytes(data), level));
  const unpacking = (kind) => (data) => {
    try {
      return Buffer.from(unpack(kind, bytes(data)));
    } catch (error) {
      throw Object.assign(error, { code: "Z_DATA_ERROR", errno: -3 });
    }
  };
  const works = {
    Gzip: packing("gzip"), Deflate: packing("zlib"), DeflateRaw: packing("raw"),
    Gunzip: unpacking("gzip"), Inflate: unpacking("zlib"), InflateRaw: unpacking("raw"),
    Unzip: (data) => (bytes(data)[0] === 0x1f ? works.Gunzip : works.Inflate)(data),
  };
  for (const [name, work] of Object.entries(works)) {
    const call = name[0].toLowerCase() + name.slice(1);
    exports[`${call}Sync`] = work;
    exports[call] = (data, options, done = options) => {
      queueMicrotask(() => {
        let result;
        try {
          result = work(data, typeof options === "object" ? options : undefined);
        } catch (error) {
          return done(error);
        }
        return done(null, result);
      });
    };
    class Stream extends Transform {
      #chunks = [];
      #options;
      constructor(options) {
        super(options);
        this.#options = options;
      }
      _transform(chunk, encoding, done) {
        this.#chunks.push(Buffer.from(chunk));
        done();
      }
      _flush(done) {
        try {
          done(null, this.#chunks.length === 0 ? undefined : work(Buffer.concat(this.#chunks), this.#options));
        } catch (error) {
          done(error);
        }
      }
      close(done) {
        this.destroy();
        done?.();
      }
    }
    exports[name] = Stream;
    exports[`create${name}`] = (options) => new Stream(options);
  }
  exports.constants = { Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_DEFAULT_COMPRESSION: -1, Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, BROTLI_OPERATION_FLUSH: 1, BROTLI_OPERATION_PROCESS: 0 };
  Object.assign(exports, exports.constants);
});
