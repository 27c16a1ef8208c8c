// Runs once in each fresh context, before any code of the script's author. What it needs later it
// keeps in its own scope, where the script cannot replace it.
(function (emit, print) {
  "use strict";
  const { stringify, parse } = JSON;
  const { freeze, values } = Object;
  const isArray = Array.isArray;

  const deepFreeze = (value) => {
    if (typeof value === "object" && value !== null) {
      for (const member of isArray(value) ? value : values(value)) deepFreeze(member);
      freeze(value);
    }
    return value;
  };

  const show = (value) => {
    if (typeof value === "string") return value;
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    try {
      return stringify(value) ?? String(value);
    } catch {
      return String(value);
    }
  };
  const write = (...items) => print(items.map(show).join(" "));
  globalThis.console = { debug: write, log: write, info: write, warn: write, error: write };

  const build = (methods) => {
    const api = {};
    for (const method of methods) {
      const path = method.split(".");
      const name = path.pop();
      let group = api;
      for (const part of path) group = group[part] ??= {};
      // Each method returns `api`, so that calls can be chained.
      group[name] = (...items) => (emit(method, stringify(items)), api);
    }
    return deepFreeze(api);
  };

  return async function run(main, handler, methods, event) {
    const module = { exports: {} };
    main.call(module.exports, module.exports, module);
    const call = module.exports?.[handler];
    if (typeof call !== "function") return false;
    await call(deepFreeze(parse(event)), build(parse(methods)));
    return true;
  };
});
