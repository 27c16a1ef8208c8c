// https://nodejs.org/api/stream.html, as small as packages need that only inherit from it.
(function (exports, part) {
  "use strict";
  const EventEmitter = part("node:events");
  const { inherits } = part("node:util");
  const { Buffer } = part("buffer");
  function Stream() {
    EventEmitter.call(this);
  }
  inherits(Stream, EventEmitter);
  Stream.prototype.pipe = function (target, { end = true } = {}) {
    this.on("data", (chunk) => target.write(chunk));
    if (end) this.on("end", () => target.end());
    target.emit("pipe", this);
    this.resume?.();
    return target;
  };

  function Readable(options = {}) {
    Stream.call(this);
    this.readable = true;
    this.readableEnded = false;
    this.destroyed = false;
    Object.defineProperty(this, "queue", { value: [], writable: true });
    if (typeof options.read === "function") this._read = options.read;
    if (options.encoding) this.setEncoding(options.encoding);
  }
  inherits(Readable, Stream);
  Object.assign(Readable.prototype, {
    _read() {},
    setEncoding(encoding) {
      this.decoder = new (part("node:string_decoder").StringDecoder)(encoding);
      return this;
    },
    push(chunk) {
      this.queue.push(chunk);
      if (this.flowing) this.drain();
      return true;
    },
    resume() {
      if (this.flowing) return this;
      this.flowing = true;
      queueMicrotask(() => this.drain());
      return this;
    },
    pause() {
      this.flowing = false;
      return this;
    },
    drain() {
      while (this.flowing && !this.readableEnded) {
        if (this.queue.length === 0) {
          this._read(16384);
          if (this.queue.length === 0) return;
        }
        const chunk = this.queue.shift();
        if (chunk === null) {
          this.readableEnded = true;
          this.readable = false;
          this.emit("end");
          this.emit("close");
        } else {
          this.emit("data", this.decoder ? this.decoder.write(Buffer.from(chunk)) : typeof chunk === "string" ? Buffer.from(chunk) : chunk);
        }
      }
    },
    on(name, listener) {
      EventEmitter.prototype.on.call(this, name, listener);
      if (name === "data") this.resume();
      return this;
    },
    destroy(error) {
      this.destroyed = true;
      queueMicrotask(() => {
        if (error) this.emit("error", error);
        this.emit("close");
      });
      return this;
    },
    async *[Symbol.asyncIterator]() {
      const chunks = [];
      let wake;
      let failed;
      let ended = false;
      const awake = () => wake?.();
      this.on("data", (chunk) => (chunks.push(chunk), awake()));
      this.on("end", () => ((ended = true), awake()));
      this.on("error", (error) => ((failed = error), awake()));
      for (;;) {
        while (chunks.length > 0) yield chunks.shift();
        if (failed) throw failed;
        if (ended) return;
        await new Promise((done) => (wake = done));
      }
    },
  });
  Readable.from = (items) => {
    const stream = new Readable();
    const list = typeof items === "string" || ArrayBuffer.isView(items) ? [items] : items;
    (async () => {
      for await (const item of list) stream.push(item);
      stream.push(null);
    })().catch((error) => stream.destroy(error));
    return stream;
  };

  function Writable(options = {}) {
    Stream.call(this);
    writableParts(this, options);
  }
  const writableParts = (stream, options) => {
    stream.writable = true;
    stream.writableEnded = false;
    for (const name of ["write", "final", "transform", "flush"]) if (typeof options[name] === "function") stream[`_${name}`] = options[name];
  };
  inherits(Writable, Stream);
  const writing = {
    _write(chunk, encoding, done) {
      done();
    },
    write(chunk, encoding, done) {
      if (typeof encoding === "function") [encoding, done] = [undefined, encoding];
      const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
      this._write(bytes, encoding ?? "buffer", (error) => {
        if (error) this.emit("error", error);
        done?.(error);
      });
      return true;
    },
    end(chunk, encoding, done) {
      if (typeof chunk === "function") [chunk, done] = [undefined, chunk];
      if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
      this.writableEnded = true;
      this.writable = false;
      const finish = (error) => {
        if (error) return this.emit("error", error);
        this.emit("finish");
        done?.();
        return undefined;
      };
      if (typeof this._final === "function") this._final(finish);
      else queueMicrotask(finish);
      return this;
    },
    cork() {},
    uncork() {},
  };
  Object.assign(Writable.prototype, writing, { destroy: Readable.prototype.destroy });

  function Duplex(options = {}) {
    Readable.call(this, options);
    writableParts(this, options);
  }
  inherits(Duplex, Readable);
  Object.assign(Duplex.prototype, writing);
  function Transform(options = {}) {
    Duplex.call(this, options);
  }
  inherits(Transform, Duplex);
  Object.assign(Transform.prototype, {
    _write(chunk, encoding, done) {
      this._transform(chunk, encoding, (error, out) => {
        if (out !== undefined && out !== null) this.push(out);
        done(error);
      });
    },
    _final(done) {
      const end = (error, out) => {
        if (out !== undefined && out !== null) this.push(out);
        this.push(null);
        done(error);
      };
      if (typeof this._flush === "function") this._flush(end);
      else end();
    },
  });
  function PassThrough(options) {
    Transform.call(this, options);
  }
  inherits(PassThrough, Transform);
  PassThrough.prototype._transform = (chunk, encoding, done) => done(null, chunk);

  const finished = (stream, done) => {
    stream.once("error", done);
    for (const name of ["end", "finish"]) stream.once(name, () => done());
  };
  const pipeline = (...streams) => {
    const done = typeof streams.at(-1) === "function" ? streams.pop() : () => {};
    for (const stream of streams) stream.once("error", done);
    streams.reduce((from, to) => from.pipe(to));
    streams.at(-1).once("finish", () => done());
    return streams.at(-1);
  };
  const promises = { pipeline: part("node:util").promisify(pipeline), finished: part("node:util").promisify(finished) };
  Stream.super_ = EventEmitter;
  return Object.assign(Stream, { promises, Stream, Readable, Writable, Duplex, Transform, PassThrough, finished, pipeline });
});
