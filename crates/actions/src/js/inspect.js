// Values as Node shows them: https://nodejs.org/api/util.html#utilinspectobject-options
(function (exports) {
  "use strict";
  const custom = Symbol.for("nodejs.util.inspect.custom");
  const MOST = 100;
  const LONGEST = 10000;

  const quote = (text) => {
    const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes("`") ? "`" : "'";
    const escaped = text.replace(/[\\\n\r\t\b\f\v\u0000-\u001f]/g, (c) => {
      const known = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v" };
      return known[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`;
    });
    return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
  };
  const isName = (key) => /^[A-Za-z_$][\w$]*$/.test(key);
  const showKey = (key) => (typeof key === "symbol" ? `[${String(key)}]` : isName(key) ? key : quote(key));

  const primitive = (value) => {
    if (typeof value === "string") {
      const cut = value.length > LONGEST;
      return quote(cut ? value.slice(0, LONGEST) : value) + (cut ? `... ${value.length - LONGEST} more characters` : "");
    }
    if (Object.is(value, -0)) return "-0";
    if (typeof value === "bigint") return `${value}n`;
    return String(value);
  };

  const constructorName = (value) => {
    for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
      const own = Object.getOwnPropertyDescriptor(at, "constructor");
      if (typeof own?.value === "function" && own.value.name !== "") return own.value.name;
    }
    return null;
  };

  const showError = (error) => {
    let head;
    try {
      const message = String(error.message ?? "");
      const name = String(error.name ?? "Error");
      head = message === "" ? name : `${name}: ${message}`;
    } catch {
      head = "Error";
    }
    const stack = typeof error.stack === "string" ? error.stack.trimEnd() : "";
    if (stack === "") return `[${head}]`;
    return stack.startsWith("    at") ? `${head}\n${stack}` : stack;
  };

  // The members of a list, on one line if they fit.
  const join = (items, open, close, indent) => {
    if (items.length === 0) return `${open}${close}`;
    const length = items.reduce((sum, item) => sum + item.length + 2, open.length + close.length);
    if (length + indent.length <= 76 && !items.some((item) => item.includes("\n"))) {
      return `${open} ${items.join(", ")} ${close}`;
    }
    return `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`;
  };

  const show = (value, state, depth, indent) => {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return primitive(value);
    if (typeof value[custom] === "function") {
      const shown = value[custom](state.depth - depth, state.options, inspect);
      if (shown !== value) return typeof shown === "string" ? shown : show(shown, state, depth, indent);
    }
    if (state.seen.includes(value)) return "[Circular *1]";
    const name = constructorName(value);
    let prefix = name === null ? "[Object: null prototype] " : name === "Object" ? "" : `${name} `;
    const keys = Reflect.ownKeys(value).filter((key) => Object.getOwnPropertyDescriptor(value, key)?.enumerable);
    let members = keys;
    let open = "{";
    let close = "}";
    let list = [];
    let base = "";
    const deep = depth > state.depth;
    const within = (member) => show(member, state, depth + 1, `${indent}  `);
    state.seen.push(value);
    if (Array.isArray(value)) {
      [open, close] = ["[", "]"];
      prefix = name === "Array" ? "" : `${name}(${value.length}) `;
      members = keys.filter((key) => typeof key === "symbol" || !/^\d+$/.test(key));
      if (!deep) {
        for (let at = 0; at < Math.min(value.length, MOST); at += 1) list.push(at in value ? within(value[at]) : "<empty item>");
        if (value.length > MOST) list.push(`... ${value.length - MOST} more items`);
      }
    } else if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      [open, close] = ["[", "]"];
      prefix = `${name}(${value.length}) `;
      members = [];
      if (name === "Buffer") {
        const bytes = Array.from(value.subarray(0, 50), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
        base = `<Buffer ${bytes}${value.length > 50 ? ` ... ${value.length - 50} more bytes` : ""}>`;
      } else if (!deep) {
        list = Array.from(value.subarray(0, MOST), primitive);
        if (value.length > MOST) list.push(`... ${value.length - MOST} more items`);
      }
    } else if (value instanceof Map) {
      prefix = `${name}(${value.size}) `;
      if (!deep) for (const [key, member] of value) list.push(`${within(key)} => ${within(member)}`);
    } else if (value instanceof Set) {
      prefix = `${name}(${value.size}) `;
      if (!deep) for (const member of value) list.push(within(member));
    } else if (typeof value === "function") {
      const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : name ?? "Function";
      base = kind === "class" ? `[class ${value.name || "(anonymous)"}]` : `[${kind}${value.name === "" ? " (anonymous)" : `: ${value.name}`}]`;
    } else if (value instanceof Error) {
      base = showError(value);
      if (value.cause !== undefined && !keys.includes("cause") && !deep) list.push(`[cause]: ${within(value.cause)}`);
    } else if (value instanceof RegExp) {
      base = String(value);
    } else if (value instanceof Date) {
      base = Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    } else if (value instanceof Promise) {
      base = keys.length === 0 ? "Promise {}" : "";
    } else if (value instanceof ArrayBuffer) {
      list.push(`byteLength: ${value.byteLength}`);
    } else if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      base = `[${name}: ${primitive(value.valueOf())}]`;
      members = [];
    } else if (name !== null && typeof value[Symbol.toStringTag] === "string" && value[Symbol.toStringTag] !== name) {
      prefix = `${name} [${value[Symbol.toStringTag]}] `;
    }
    if (deep && base === "" && (members.length > 0 || Array.isArray(value))) {
      state.seen.pop();
      return Array.isArray(value) ? "[Array]" : `[${name ?? "Object: null prototype"}]`;
    }
    for (const key of deep ? [] : members) {
      const own = Object.getOwnPropertyDescriptor(value, key);
      if (own === undefined) continue;
      const shown =
        own.get !== undefined ? (own.set !== undefined ? "[Getter/Setter]" : "[Getter]")
        : own.set !== undefined ? "[Setter]"
        : within(own.value);
      list.push(`${showKey(key)}: ${shown}`);
    }
    state.seen.pop();
    if (base !== "") return list.length === 0 ? base : join(list, `${base} {`, "}", indent);
    return join(list, `${prefix}${open}`, close, indent);
  };

  const inspect = (value, options) => {
    const given = typeof options === "object" && options !== null ? options : {};
    const depth = given.depth === null ? Infinity : given.depth ?? 2;
    return show(value, { seen: [], depth, options: given }, 0, "");
  };
  inspect.custom = custom;

  // https://nodejs.org/api/util.html#utilformatformat-args
  const format = (...items) => {
    const out = [];
    let at = 0;
    if (typeof items[0] === "string" && items.length > 1) {
      at = 1;
      out.push(
        items[0].replace(/%[sdifjoOc%]/g, (mark) => {
          if (mark === "%%") return "%";
          if (at >= items.length) return mark;
          const item = items[at];
          at += 1;
          switch (mark) {
            case "%s":
              return typeof item === "string" ? item : typeof item === "object" ? inspect(item, { depth: 0 }) : primitive(item);
            case "%d":
              return typeof item === "bigint" ? `${item}n` : String(Number(item));
            case "%i":
              return String(Number.parseInt(item, 10));
            case "%f":
              return String(Number.parseFloat(item));
            case "%j":
              return JSON.stringify(item);
            case "%c":
              return "";
            default:
              return inspect(item);
          }
        }),
      );
    }
    for (; at < items.length; at += 1) {
      const item = items[at];
      out.push(typeof item === "string" ? item : inspect(item));
    }
    return out.join(" ");
  };

  Object.assign(exports, { inspect, format });
});
