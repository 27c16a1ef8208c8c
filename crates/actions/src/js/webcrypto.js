// https://www.w3.org/TR/WebCryptoAPI/, as far as common packages use it.
(function (exports, part, native) {
  "use strict";
  const host = native.group("crypto");
  const { view, codec } = part("text");
  const { DOMException } = part("dom");
  const refuse = (message) => {
    throw new DOMException(message, "NotSupportedError");
  };
  const nameOf = (algorithm) => String(typeof algorithm === "string" ? algorithm : algorithm?.name).toUpperCase();
  const hashOf = (algorithm) => nameOf(typeof algorithm?.hash === "undefined" ? "SHA-256" : algorithm.hash).replace("-", "").toLowerCase();
  const base64url = (bytes) => codec.decode(view(bytes), "base64url", false);
  const unbase64url = (text) => codec.encode(text, "base64url");

  const secret = Symbol("key");
  class CryptoKey {
    constructor(made, type, algorithm, extractable, usages) {
      if (made?.token !== secret) throw new TypeError("Illegal constructor");
      Object.defineProperty(this, secret, { value: made.data });
      Object.assign(this, { type, algorithm, extractable, usages: [...usages] });
    }
    get [Symbol.toStringTag]() {
      return "CryptoKey";
    }
  }
  const keyOf = (key, usage) => {
    if (!(key instanceof CryptoKey)) throw new TypeError("the key is not a CryptoKey");
    if (usage !== undefined && !key.usages.includes(usage)) throw new DOMException(`the key may not be used to ${usage}`, "InvalidAccessError");
    return key[secret];
  };

  // RSASSA-PKCS1-v1_5, RSA-PSS and ECDSA by the names of JWS.
  const signature = (algorithm, key) => {
    const bits = hashOf(nameOf(algorithm) === "ECDSA" ? algorithm : key.algorithm).slice(3);
    switch (nameOf(key.algorithm)) {
      case "RSASSA-PKCS1-V1_5":
        return `RS${bits}`;
      case "RSA-PSS":
        return `PS${bits}`;
      case "ECDSA":
        return `ES${bits}`;
      case "ED25519":
        return "EdDSA";
      default:
        return refuse(`${key.algorithm.name} does not sign`);
    }
  };

  const subtle = {
    async digest(algorithm, data) {
      return host.digest(nameOf(algorithm).replace("-", "").toLowerCase(), view(data));
    },
    async importKey(format, data, algorithm, extractable, usages) {
      const name = nameOf(algorithm);
      const described = typeof algorithm === "string" ? { name: algorithm } : { ...algorithm };
      if (described.hash !== undefined) described.hash = { name: nameOf(described.hash) };
      const make = (type, data) => new CryptoKey({ token: secret, data }, type, described, extractable, usages);
      if (["HMAC", "AES-GCM", "AES-CBC", "PBKDF2"].includes(name)) {
        if (format !== "raw" && format !== "jwk") refuse(`a key for ${name} is imported as raw or jwk`);
        const bytes = format === "jwk" ? unbase64url(data.k) : view(data).slice().buffer;
        described.length = bytes.byteLength * 8;
        return make("secret", bytes);
      }
      const asymmetric = (type, key) => {
        if (key.kind === "rsa") Object.assign(described, { modulusLength: key.bits, publicExponent: new Uint8Array([1, 0, 1]) });
        return make(type, key);
      };
      if (format === "pkcs8") return asymmetric("private", host.privateKey(view(data), "pkcs8"));
      if (format === "spki") return asymmetric("public", host.publicKey(view(data), "spki"));
      if (format === "jwk" && data.d === undefined) return asymmetric("public", host.publicJwk(JSON.stringify(data)));
      return refuse(`keys for ${name} are imported as pkcs8, spki or public jwk here`);
    },
    async exportKey(format, key) {
      const data = keyOf(key);
      if (!key.extractable) throw new DOMException("the key is not extractable", "InvalidAccessError");
      if (key.type === "secret") return format === "jwk" ? { kty: "oct", k: base64url(data), ext: true, key_ops: key.usages } : data.slice(0);
      if (format !== "jwk") return data.der.slice(0);
      if (key.type !== "public") refuse("private keys are exported as pkcs8");
      return { ...JSON.parse(host.toJwk(view(data.spki))), ext: true, key_ops: key.usages };
    },
    async generateKey(algorithm, extractable, usages) {
      const name = nameOf(algorithm);
      if (!["HMAC", "AES-GCM", "AES-CBC"].includes(name)) refuse("only keys for HMAC and AES are generated here");
      const size = (algorithm.length ?? (hashOf(algorithm) === "sha512" ? 1024 : 512)) / 8;
      return subtle.importKey("raw", host.random(size), algorithm, extractable, usages);
    },
    async sign(algorithm, key, data) {
      const made = keyOf(key, "sign");
      if (key.type === "secret") return host.hmac(hashOf(key.algorithm), view(made), view(data));
      return host.sign(signature(algorithm, key), view(made.der), view(data), true);
    },
    async verify(algorithm, key, signed, data) {
      const made = keyOf(key, "verify");
      if (key.type === "secret") return host.equal(host.hmac(hashOf(key.algorithm), view(made), view(data)), view(signed));
      return host.verify(signature(algorithm, key), view(made.der), view(data), view(signed), true);
    },
    async encrypt(algorithm, key, data) {
      const made = keyOf(key, "encrypt");
      if (nameOf(algorithm) !== "AES-GCM") refuse("AES-GCM is the one cipher here");
      return host.aesGcm(true, view(made), view(algorithm.iv), view(algorithm.additionalData), view(data));
    },
    async decrypt(algorithm, key, data) {
      const made = keyOf(key, "decrypt");
      if (nameOf(algorithm) !== "AES-GCM") refuse("AES-GCM is the one cipher here");
      const opened = host.aesGcm(false, view(made), view(algorithm.iv), view(algorithm.additionalData), view(data));
      if (opened === undefined) throw new DOMException("the data cannot be decrypted with this key", "OperationError");
      return opened;
    },
    async deriveBits(algorithm, key, length) {
      const made = keyOf(key);
      if (nameOf(algorithm) !== "PBKDF2") refuse("bits are derived with PBKDF2 here");
      return host.pbkdf2(hashOf(algorithm), view(made), view(algorithm.salt), algorithm.iterations, length / 8);
    },
  };

  const crypto = {
    subtle,
    randomUUID: () => host.uuid(),
    getRandomValues(array) {
      if (array.byteLength > 65536) throw new DOMException("at most 65536 bytes at a time", "QuotaExceededError");
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      bytes.set(new Uint8Array(host.random(bytes.length)));
      return array;
    },
  };
  Object.defineProperty(crypto, Symbol.toStringTag, { value: "Crypto" });
  Object.assign(exports, { crypto, CryptoKey, keyOf });
});
