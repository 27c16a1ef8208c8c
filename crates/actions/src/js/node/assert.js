// https://nodejs.org/api/assert.html
(function (exports, part) {
  "use strict";
  const { inspect } = part("inspect");
  class AssertionError extends Error {
    constructor({ message, actual, expected, operator } = {}) {
      super(message ?? `${inspect(actual)} ${operator} ${inspect(expected)}`);
      Object.assign(this, { code: "ERR_ASSERTION", actual, expected, operator, generatedMessage: message === undefined });
    }
    get name() {
      return "AssertionError";
    }
  }
  const isDeepEqual = (a, b, strict, seen = []) => {
    if (strict ? Object.is(a, b) : a == b || (a !== a && b !== b)) return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
    if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    if (seen.some(([x, y]) => x === a && y === b)) return true;
    const within = (x, y) => isDeepEqual(x, y, strict, [...seen, [a, b]]);
    if (a instanceof Date && b instanceof Date && a.getTime() !== b.getTime()) return false;
    if (a instanceof RegExp && b instanceof RegExp && String(a) !== String(b)) return false;
    if (a instanceof Error && b instanceof Error && (a.message !== b.message || a.name !== b.name)) return false;
    if (a instanceof Map || a instanceof Set) {
      if (a.constructor !== b.constructor || a.size !== b.size) return false;
      const others = [...b];
      return [...a].every((member) => others.some((other) => within(member, other)));
    }
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const [keys, others] = [Object.keys(a), Object.keys(b)];
    return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && within(a[key], b[key]));
  };
  const fail = (message, actual, expected, operator) => {
    if (message instanceof Error) throw message;
    throw new AssertionError({ message, actual, expected, operator });
  };
  const check = (holds, operator) => (actual, expected, message) => {
    if (!holds(actual, expected)) fail(message, actual, expected, operator);
  };
  const ok = (value, message) => {
    if (!value) fail(message ?? "The expression evaluated to a falsy value", value, true, "==");
  };
  const assert = (value, message) => ok(value, message);
  const fits = (error, expected) => {
    if (expected === undefined || typeof expected === "string") return true;
    if (expected instanceof RegExp) return expected.test(String(error));
    if (typeof expected === "function") return error instanceof expected || (!Error.isPrototypeOf(expected) && expected(error) === true);
    return Object.keys(expected).every((key) => (expected[key] instanceof RegExp ? expected[key].test(error[key]) : isDeepEqual(error[key], expected[key], true)));
  };
  Object.assign(assert, {
    ok, AssertionError, isDeepEqual,
    fail: (message = "Failed") => fail(message),
    equal: check((a, b) => a == b, "=="),
    notEqual: check((a, b) => a != b, "!="),
    strictEqual: check(Object.is, "strictEqual"),
    notStrictEqual: check((a, b) => !Object.is(a, b), "notStrictEqual"),
    deepEqual: check((a, b) => isDeepEqual(a, b, false), "deepEqual"),
    deepStrictEqual: check((a, b) => isDeepEqual(a, b, true), "deepStrictEqual"),
    notDeepEqual: check((a, b) => !isDeepEqual(a, b, false), "notDeepEqual"),
    notDeepStrictEqual: check((a, b) => !isDeepEqual(a, b, true), "notDeepStrictEqual"),
    match: check((text, pattern) => pattern.test(text), "match"),
    doesNotMatch: check((text, pattern) => !pattern.test(text), "doesNotMatch"),
    ifError: (value) => {
      if (value !== null && value !== undefined) throw value;
    },
    throws(call, expected, message) {
      try {
        call();
      } catch (error) {
        if (!fits(error, expected)) throw error;
        return;
      }
      fail(message ?? "Missing expected exception.");
    },
    async rejects(promise, expected, message) {
      try {
        await (typeof promise === "function" ? promise() : promise);
      } catch (error) {
        if (!fits(error, expected)) throw error;
        return;
      }
      fail(message ?? "Missing expected rejection.");
    },
    doesNotThrow: (call) => call(),
  });
  assert.strict = assert;
  return assert;
});
