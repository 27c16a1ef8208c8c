(function (exports) {
  "use strict";
  exports.format = (...items) => items.map((item) => typeof item === "string" ? item : item instanceof Error ? `${item.name}: ${item.message}` : JSON.stringify(item) ?? String(item)).join(" ");
});
