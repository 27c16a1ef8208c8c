// https://nodejs.org/api/querystring.html
(function (exports) {
  "use strict";
  const escape = (text) => encodeURIComponent(String(text).toWellFormed());
  const unescape = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const plain = (value) => (["string", "boolean", "bigint"].includes(typeof value) || Number.isFinite(value) ? String(value) : "");
  const stringify = (data, between = "&", equals = "=") =>
    Object.entries(data ?? {})
      .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((one) => `${escape(key)}${equals}${escape(plain(one))}`))
      .join(between);
  const parse = (text, between = "&", equals = "=", { maxKeys = 1000 } = {}) => {
    const found = Object.create(null);
    const pairs = String(text).split(between);
    for (const pair of maxKeys > 0 ? pairs.slice(0, maxKeys) : pairs) {
      if (pair === "") continue;
      const at = pair.indexOf(equals);
      const [key, value] = (at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + equals.length)]).map((part) => unescape(part.replaceAll("+", " ")));
      if (key in found) found[key] = [].concat(found[key], value);
      else found[key] = value;
    }
    return found;
  };
  Object.assign(exports, { escape, unescape, stringify, parse, encode: stringify, decode: parse });
});
