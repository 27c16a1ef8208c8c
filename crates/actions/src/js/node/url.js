// https://nodejs.org/api/url.html: the standard's classes, and the old functions on top of them.
(function (exports, part) {
  "use strict";
  const { URL, URLSearchParams } = part("url");
  const parse = (text, withQuery = false) => {
    const found = { protocol: null, slashes: null, auth: null, host: null, port: null, hostname: null, hash: null, search: null, query: null, pathname: null, path: null, href: text };
    const absolute = URL.canParse(text);
    const url = absolute ? new URL(text) : new URL(text, "http://relative.invalid");
    if (absolute) {
      const auth = url.username === "" ? null : decodeURIComponent(url.username) + (url.password === "" ? "" : `:${decodeURIComponent(url.password)}`);
      Object.assign(found, { protocol: url.protocol, slashes: text.includes("//"), auth, host: url.host, port: url.port || null, hostname: url.hostname, href: url.href });
    }
    found.hash = url.hash || null;
    found.search = url.search || null;
    found.query = withQuery ? part("node:querystring").parse(url.search.slice(1)) : url.search.slice(1) || null;
    found.pathname = absolute || text.startsWith("/") ? url.pathname : url.pathname.slice(1);
    found.path = found.pathname + url.search;
    return found;
  };
  const format = (url) => {
    if (typeof url === "string") return format(parse(url));
    if (url instanceof URL) return url.href;
    const protocol = url.protocol ? (url.protocol.endsWith(":") ? url.protocol : `${url.protocol}:`) : "";
    const host = url.host ?? (url.hostname ? url.hostname + (url.port ? `:${url.port}` : "") : "");
    const auth = url.auth ? `${encodeURIComponent(url.auth).replace("%3A", ":")}@` : "";
    const search = url.search ?? (url.query && typeof url.query === "object" ? `?${part("node:querystring").stringify(url.query)}` : "");
    return `${protocol}${url.slashes || host ? "//" : ""}${auth}${host}${url.pathname ?? ""}${search}${url.hash ?? ""}`;
  };
  const resolve = (from, to) => {
    const base = new URL(from, "http://relative.invalid");
    const url = new URL(to, base);
    return url.origin === "http://relative.invalid" ? url.pathname + url.search + url.hash : url.href;
  };
  const domainToASCII = (domain) => (URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : "");
  Object.assign(exports, { URL, URLSearchParams, parse, format, resolve, domainToASCII, domainToUnicode: domainToASCII });
  exports.urlToHttpOptions = (url) => ({ protocol: url.protocol, hostname: url.hostname, hash: url.hash, search: url.search, pathname: url.pathname, path: url.pathname + url.search, href: url.href, port: url.port === "" ? undefined : Number(url.port) });
});
