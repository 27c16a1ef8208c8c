// `api.cache`: https://auth0.com/docs/customize/actions/action-coding-guidelines#store-data-in-the-cache
(function (exports, part, native) {
  "use strict";
  const KEY = 64;
  const VALUE = 4096;
  const ALL = 8192;
  const ENTRIES = 20;
  const DAY = 24 * 60 * 60 * 1000;
  const USUAL = 15 * 60 * 1000;
  const size = (text) => new TextEncoder().encode(text).length;

  exports.open = (kept) => {
    const entries = new Map(Object.entries(kept).filter(([, entry]) => entry.expires_at > native.today()));
    const failed = (code) => ({ type: "error", code });
    return {
      get(key) {
        const entry = entries.get(String(key));
        return entry === undefined || entry.expires_at <= native.today() ? undefined : { ...entry };
      },
      set(key, value, { ttl, expires_at } = {}) {
        if (typeof key !== "string" || typeof value !== "string") return failed("InvalidType");
        if (size(key) > KEY) return failed("KeySizeExceeded");
        if (size(value) > VALUE) return failed("ValueSizeExceeded");
        let all = size(key) + size(value);
        for (const [known, entry] of entries) if (known !== key) all += size(known) + size(entry.value);
        if (all > ALL) return failed("CacheSizeExceeded");
        if (!entries.has(key) && entries.size >= ENTRIES) return failed("CacheMaxNumberOfEntriesExceeded");
        const now = native.today();
        const wanted = typeof ttl === "number" ? now + ttl : typeof expires_at === "number" ? expires_at : now + USUAL;
        const record = { value, expires_at: Math.floor(Math.min(wanted, now + DAY)) };
        entries.set(key, record);
        native.emit("cache.set", JSON.stringify([key, value, record.expires_at]));
        return { type: "success", record: { ...record } };
      },
      delete(key) {
        entries.delete(String(key));
        native.emit("cache.delete", JSON.stringify([String(key)]));
        return { type: "success" };
      },
    };
  };
});
