// Names of domains alone, by way of the URL standard.
(function (exports, part) {
  "use strict";
  const { domainToASCII } = part("node:url");
  Object.assign(exports, { toASCII: domainToASCII, ucs2: { decode: (text) => Array.from(text, (c) => c.codePointAt(0)), encode: (points) => String.fromCodePoint(...points) } });
});
