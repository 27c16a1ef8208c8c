// https://nodejs.org/api/util.html
(function (exports, part) {
  "use strict";
  const { inspect, format } = part("inspect");
  const custom = Symbol.for("nodejs.util.promisify.custom");
  const promisify = (call) => {
    if (typeof call !== "function") throw new TypeError("promisify needs a function");
    if (typeof call[custom] === "function") return call[custom];
    return function (...items) {
      return new Promise((done, fail) => {
        call.call(this, ...items, (error, value) => (error ? fail(error) : done(value)));
      });
    };
  };
  promisify.custom = custom;
  const callbackify = (call) => function (...items) {
    const done = items.pop();
    call.apply(this, items).then((value) => queueMicrotask(() => done(null, value)), (error) => queueMicrotask(() => done(error)));
  };
  const inherits = (child, parent) => {
    Object.defineProperty(child, "super_", { value: parent, writable: true, configurable: true });
    Object.setPrototypeOf(child.prototype, parent.prototype);
  };
  const tagged = (name) => (value) => Object.prototype.toString.call(value) === `[object ${name}]`;
  const types = {
    isPromise: (value) => value instanceof Promise,
    isRegExp: (value) => value instanceof RegExp,
    isDate: (value) => value instanceof Date,
    isMap: (value) => value instanceof Map,
    isSet: (value) => value instanceof Set,
    isNativeError: (value) => value instanceof Error,
    isArrayBuffer: (value) => value instanceof ArrayBuffer,
    isAnyArrayBuffer: (value) => value instanceof ArrayBuffer,
    isArrayBufferView: (value) => ArrayBuffer.isView(value),
    isTypedArray: (value) => ArrayBuffer.isView(value) && !(value instanceof DataView),
    isUint8Array: (value) => value instanceof Uint8Array,
    isDataView: (value) => value instanceof DataView,
    isProxy: () => false,
    isAsyncFunction: tagged("AsyncFunction"),
    isGeneratorFunction: tagged("GeneratorFunction"),
    isGeneratorObject: tagged("Generator"),
    isBoxedPrimitive: (value) => [String, Number, Boolean].some((kind) => value instanceof kind),
    isSymbolObject: tagged("Symbol"),
    isKeyObject: (value) => value instanceof part("node:crypto").KeyObject,
    isCryptoKey: (value) => value instanceof part("webcrypto").CryptoKey,
  };
  const isDeepStrictEqual = (a, b) => part("node:assert").isDeepEqual(a, b, true);
  const warned = new Set();
  const deprecate = (call, message) => function (...items) {
    if (!warned.has(message)) {
      warned.add(message);
      console.warn(`DeprecationWarning: ${message}`);
    }
    return new.target ? Reflect.construct(call, items, new.target) : call.apply(this, items);
  };
  Object.assign(exports, {
    inspect, format, promisify, callbackify, inherits, types, isDeepStrictEqual, deprecate,
    debuglog: () => Object.assign(() => {}, { enabled: false }),
    stripVTControlCharacters: (text) => text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, ""),
    toUSVString: (text) => String(text).toWellFormed(),
    // Old packages still call these.
    _extend: (to, from) => Object.assign(to, from),
    isSymbol: (value) => typeof value === "symbol",
    isNullOrUndefined: (value) => value === null || value === undefined,
    isPrimitive: (value) => value === null || (typeof value !== "object" && typeof value !== "function"),
    isArray: Array.isArray,
    isBuffer: (value) => part("buffer").Buffer.isBuffer(value),
    isString: (value) => typeof value === "string",
    isNumber: (value) => typeof value === "number",
    isBoolean: (value) => typeof value === "boolean",
    isFunction: (value) => typeof value === "function",
    isObject: (value) => typeof value === "object" && value !== null,
    isUndefined: (value) => value === undefined,
    isNull: (value) => value === null,
    isRegExp: types.isRegExp,
    isDate: types.isDate,
    isError: types.isNativeError,
    TextEncoder,
    TextDecoder,
  });
  exports.debug = exports.debuglog;
});
