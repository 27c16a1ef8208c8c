// https://nodejs.org/api/path.html, POSIX. There is no file system behind it.
(function () {
  "use strict";
  const normalizeParts = (text, absolute) => {
    const parts = [];
    for (const part of text.split("/")) {
      if (part === "" || part === ".") continue;
      if (part !== "..") parts.push(part);
      else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
      else if (!absolute) parts.push("..");
    }
    return parts.join("/");
  };
  const path = {
    sep: "/",
    delimiter: ":",
    isAbsolute: (text) => text.startsWith("/"),
    normalize(text) {
      const absolute = text.startsWith("/");
      let plain = normalizeParts(text, absolute);
      if (plain === "" && !absolute) plain = ".";
      if (plain !== "" && plain !== "." && text.endsWith("/")) plain += "/";
      return (absolute ? "/" : "") + plain;
    },
    join: (...parts) => path.normalize(parts.filter((part) => part !== "").join("/") || "."),
    resolve(...parts) {
      let whole = "";
      for (const part of parts) whole = part.startsWith("/") ? part : `${whole}/${part}`;
      return `/${normalizeParts(whole, true)}`;
    },
    dirname(text) {
      const trimmed = text.replace(/(?<=.)\/+$/, "");
      const at = trimmed.lastIndexOf("/");
      return at < 0 ? "." : at === 0 ? "/" : trimmed.slice(0, at);
    },
    basename(text, extension = "") {
      const name = text.replace(/\/+$/, "").split("/").at(-1);
      return extension !== "" && name !== extension && name.endsWith(extension) ? name.slice(0, -extension.length) : name;
    },
    extname(text) {
      const name = path.basename(text);
      const at = name.lastIndexOf(".");
      return at <= 0 ? "" : name.slice(at);
    },
    relative(from, to) {
      const [a, b] = [from, to].map((text) => path.resolve(text).split("/").filter(Boolean));
      let same = 0;
      while (same < a.length && a[same] === b[same]) same += 1;
      return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("/");
    },
    parse(text) {
      const base = path.basename(text);
      const ext = path.extname(base);
      const at = text.lastIndexOf("/");
      return { root: text.startsWith("/") ? "/" : "", dir: at < 0 ? "" : text.slice(0, at) || "/", base, ext, name: ext === "" ? base : base.slice(0, -ext.length) };
    },
    format: ({ dir, root = "", base, name = "", ext = "" }) => (dir ? `${dir}${dir.endsWith("/") ? "" : "/"}` : root) + (base ?? name + ext),
  };
  path.posix = path;
  return path;
});
