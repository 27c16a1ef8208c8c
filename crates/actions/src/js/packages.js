// Packages, as Node loads them: https://nodejs.org/api/modules.html
(function (exports, part, native) {
  "use strict";
  const { parse } = JSON;
  const { hasOwn } = Object;

  // What `require` gives of an ES module, as Node 22 does.
  const requireModule = (path) => {
    const all = native.import(path, native.handled);
    if (hasOwn(all, "module.exports")) return all["module.exports"];
    // Compilers look for this mark before they take `default` for the default.
    if (hasOwn(all, "default") && !hasOwn(all, "__esModule")) return { __proto__: null, ...all, __esModule: true };
    return all;
  };

  // Each file has a `require` of its own, which knows where it lies.
  const cache = Object.create(null);
  const loadFile = (path, isModule) => {
    if (path.startsWith("node:")) return part(path);
    if (path.startsWith("shell:")) return part("shells").of(path.slice(6));
    const cached = cache[path];
    if (cached !== undefined) return cached.exports;
    const module = { exports: {}, id: path, filename: path, loaded: false, children: [], paths: [] };
    module.require = requireFrom(path);
    // In a cycle, what is exported so far is what the other gets.
    cache[path] = module;
    try {
      if (isModule) {
        module.exports = requireModule(path);
      } else if (path.endsWith(".json")) {
        module.exports = parse(native.text(path));
      } else {
        const folder = path.slice(0, path.lastIndexOf("/"));
        native.module(path).call(module.exports, module.exports, module.require, module, path, folder);
      }
    } catch (error) {
      delete cache[path];
      throw error;
    }
    module.loaded = true;
    return module.exports;
  };
  const requireFrom = (from) => {
    const require = (wanted) => {
      if (typeof wanted !== "string") throw new TypeError("require needs the name of a module");
      const [path, isModule] = native.resolve(from, wanted);
      return loadFile(path, isModule);
    };
    require.resolve = (wanted) => native.resolve(from, wanted)[0];
    require.cache = cache;
    require.main = native.top();
    return require;
  };

  Object.assign(exports, { loadFile, requireFrom });
});
