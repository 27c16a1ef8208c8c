// https://nodejs.org/api/crypto.html, as far as common packages use it.
(function (exports, part, native) {
  "use strict";
  const host = native.group("crypto");
  const { Buffer } = part("buffer");
  const { crypto } = part("webcrypto");
  const { view } = part("text");
  const HASHES = ["md5", "sha1", "sha256", "sha384", "sha512"];
  const hashOf = (name) => {
    const found = String(name).toLowerCase().replace(/^rsa-/, "").replace(/^sha-/, "sha");
    if (!HASHES.includes(found)) throw new Error(`the hash ${name} is not offered here; there are ${HASHES.join(", ")}`);
    return found;
  };
  const bytes = (data, encoding) => (typeof data === "string" ? Buffer.from(data, encoding) : view(data));
  const shown = (buffer, encoding) => {
    const made = Buffer.from(buffer);
    return encoding === undefined || encoding === "buffer" ? made : made.toString(encoding);
  };

  class Collector {
    #chunks = [];
    #done = false;
    update(data, encoding) {
      if (this.#done) throw Object.assign(new Error("Digest already called"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
      this.#chunks.push(Buffer.from(bytes(data, encoding)));
      return this;
    }
    write(data) {
      this.update(data);
    }
    end(data) {
      if (data !== undefined) this.update(data);
    }
    take() {
      this.#done = true;
      return Buffer.concat(this.#chunks);
    }
  }
  class Hash extends Collector {
    #name;
    constructor(name) {
      super();
      this.#name = hashOf(name);
    }
    digest(encoding) {
      return shown(host.digest(this.#name, this.take()), encoding);
    }
  }
  class Hmac extends Collector {
    #name;
    #key;
    constructor(name, key) {
      super();
      this.#name = hashOf(name);
      this.#key = key instanceof KeyObject ? key.bytes() : bytes(key);
    }
    digest(encoding) {
      return shown(host.hmac(this.#name, this.#key, this.take()), encoding);
    }
  }

  const made = Symbol("made");
  class KeyObject {
    #data;
    constructor(token, type, data) {
      if (token !== made) throw new TypeError("a KeyObject comes from createSecretKey, createPrivateKey or createPublicKey");
      this.type = type;
      this.#data = data;
    }
    get asymmetricKeyType() {
      return this.type === "secret" ? undefined : this.#data.kind;
    }
    get asymmetricKeyDetails() {
      if (this.type === "secret") return undefined;
      return this.#data.kind === "rsa" ? { modulusLength: this.#data.bits, publicExponent: 65537n } : { namedCurve: this.#data.curve };
    }
    get symmetricKeySize() {
      return this.type === "secret" ? this.#data.length : undefined;
    }
    bytes() {
      return this.type === "secret" ? this.#data : new Uint8Array(this.#data.der);
    }
    publicBytes() {
      return new Uint8Array(this.#data.spki);
    }
    equals(other) {
      return this.type === other.type && Buffer.from(this.bytes()).equals(other.bytes());
    }
    export({ format = "buffer", type } = {}) {
      if (this.type === "secret") return format === "jwk" ? { kty: "oct", k: Buffer.from(this.#data).toString("base64url") } : Buffer.from(this.#data);
      if (format === "der" || format === "buffer") return Buffer.from(this.bytes());
      if (format !== "pem") throw new Error("keys are exported as pem or der here");
      const label = this.type === "public" ? "PUBLIC KEY" : "PRIVATE KEY";
      const lines = Buffer.from(this.bytes()).toString("base64").replace(/.{1,64}/g, "$&\n");
      return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
    }
    get [Symbol.toStringTag]() {
      return "KeyObject";
    }
  }

  const FORMS = { "PRIVATE KEY": "pkcs8", "RSA PRIVATE KEY": "pkcs1", "EC PRIVATE KEY": "sec1", "PUBLIC KEY": "spki", "RSA PUBLIC KEY": "pkcs1-public", CERTIFICATE: "certificate" };
  const invalid = (what) => Object.assign(new Error(what), { code: "ERR_OSSL_UNSUPPORTED" });
  // DER and its form, out of what Node takes as a key.
  const readKey = (key) => {
    const options = typeof key === "object" && key !== null && !ArrayBuffer.isView(key) && !(key instanceof ArrayBuffer) ? key : { key };
    const { key: value, format = "pem", type } = options;
    if (options.passphrase !== undefined) throw invalid("encrypted keys are not offered here");
    if (format === "der") return [view(value), type];
    const text = typeof value === "string" ? value : Buffer.from(view(value)).toString("utf8");
    const found = /-----BEGIN ([A-Z ]+)-----([\s\S]+?)-----END \1-----/.exec(text);
    const form = found && FORMS[found[1]];
    if (!form) throw invalid("error:1E08010C:DECODER routines::unsupported");
    return [Buffer.from(found[2].replace(/\s+/g, ""), "base64"), form];
  };
  const createSecretKey = (key, encoding) => new KeyObject(made, "secret", Buffer.from(bytes(key, encoding)));
  const createPrivateKey = (key) => {
    if (key instanceof KeyObject) return key;
    const [der, form] = readKey(key);
    return new KeyObject(made, "private", host.privateKey(der, form));
  };
  const createPublicKey = (key) => {
    if (key instanceof KeyObject) {
      return key.type === "private" ? new KeyObject(made, "public", host.publicKey(key.publicBytes(), "spki")) : key;
    }
    if (key?.format === "jwk") return new KeyObject(made, "public", host.publicJwk(JSON.stringify(key.key)));
    const [der, form] = readKey(key);
    if (["pkcs8", "pkcs1", "sec1"].includes(form)) return createPublicKey(new KeyObject(made, "private", host.privateKey(der, form)));
    return new KeyObject(made, "public", host.publicKey(der, form));
  };

  const algorithm = (hash, key, options) => {
    const kind = key.asymmetricKeyType;
    if (kind === "ed25519") return "EdDSA";
    const bits = hashOf(hash).slice(3);
    if (kind === "ec") return `ES${bits}`;
    return options?.padding === constants.RSA_PKCS1_PSS_PADDING ? `PS${bits}` : `RS${bits}`;
  };
  const optionsOf = (key) => (typeof key === "object" && key !== null && !(key instanceof KeyObject) && !ArrayBuffer.isView(key) ? key : {});
  const keyIn = (key, create) => create(optionsOf(key).key instanceof KeyObject ? key.key : key);
  const sign = (hash, data, key) => {
    const options = optionsOf(key);
    const found = keyIn(key, createPrivateKey);
    if (found.type !== "private") throw new TypeError("signing needs a private key");
    return Buffer.from(host.sign(algorithm(hash, found, options), found.bytes(), bytes(data), options.dsaEncoding === "ieee-p1363"));
  };
  const verify = (hash, data, key, signature) => {
    const options = optionsOf(key);
    const found = keyIn(key, createPublicKey);
    return host.verify(algorithm(hash, found, options), found.bytes(), bytes(data), view(signature), options.dsaEncoding === "ieee-p1363");
  };
  class Sign extends Collector {
    #hash;
    constructor(hash) {
      super();
      this.#hash = hash;
    }
    sign(key, encoding) {
      return shown(sign(this.#hash, this.take(), key), encoding);
    }
  }
  class Verify extends Collector {
    #hash;
    constructor(hash) {
      super();
      this.#hash = hash;
    }
    verify(key, signature, encoding) {
      return verify(this.#hash, this.take(), key, bytes(signature, encoding));
    }
  }

  const later = (call) => (...items) => {
    const done = items.at(-1);
    if (typeof done !== "function") return call(...items);
    let result;
    try {
      result = call(...items.slice(0, -1));
    } catch (error) {
      queueMicrotask(() => done(error));
      return undefined;
    }
    queueMicrotask(() => done(null, result));
    return undefined;
  };
  const randomInt = (from, to) => {
    if (to === undefined || typeof to === "function") [from, to] = [0, from];
    const range = to - from;
    // What lies above the largest multiple of the range would make some numbers likelier.
    for (;;) {
      const value = Buffer.from(host.random(6)).readUIntBE(0, 6);
      if (value < 2 ** 48 - (2 ** 48 % range)) return from + (value % range);
    }
  };
  const timingSafeEqual = (a, b) => {
    if (a.byteLength !== b.byteLength) throw Object.assign(new RangeError("Input buffers must have the same byte length"), { code: "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH" });
    return host.equal(view(a), view(b));
  };
  const pbkdf2Sync = (password, salt, iterations, length, hash) => Buffer.from(host.pbkdf2(hashOf(hash), bytes(password), bytes(salt), iterations, length));
  const randomFillSync = (array) => (crypto.getRandomValues(array), array);
  const constants = { RSA_PKCS1_PADDING: 1, RSA_PKCS1_PSS_PADDING: 6, RSA_PSS_SALTLEN_DIGEST: -1, RSA_PSS_SALTLEN_AUTO: -2, RSA_PSS_SALTLEN_MAX_SIGN: -2 };

  // What an engine for servers has and this one has not.
  const ABSENT = "scrypt scryptSync argon2 argon2Sync hkdf hkdfSync generateKey generateKeySync generateKeyPair generateKeyPairSync publicEncrypt privateDecrypt privateEncrypt publicDecrypt createDiffieHellman createDiffieHellmanGroup getDiffieHellman diffieHellman createECDH generatePrime generatePrimeSync checkPrime checkPrimeSync";
  for (const name of ABSENT.split(" ")) {
    exports[name] = () => {
      throw Object.assign(new Error(`crypto.${name} is not offered here`), { code: "ERR_NOT_OFFERED" });
    };
  }

  Object.assign(exports, {
    constants, KeyObject, createSecretKey, createPrivateKey, createPublicKey, sign: later(sign), verify: later(verify), timingSafeEqual,
    createHash: (name) => new Hash(name),
    createHmac: (name, key) => new Hmac(name, key),
    createSign: (name) => new Sign(name),
    createVerify: (name) => new Verify(name),
    hash: (name, data, encoding = "hex") => new Hash(name).update(data).digest(encoding),
    getHashes: () => [...HASHES],
    getCurves: () => ["prime256v1", "secp384r1", "secp521r1"],
    getCiphers: () => part("ciphers").getCiphers(),
    createCipheriv: (...items) => part("ciphers").createCipheriv(...items),
    createDecipheriv: (...items) => part("ciphers").createDecipheriv(...items),
    pbkdf2: later(pbkdf2Sync),
    pbkdf2Sync,
    randomBytes: later((size) => Buffer.from(host.random(size))),
    randomFill: later(randomFillSync),
    randomFillSync,
    randomInt: later(randomInt),
    randomUUID: crypto.randomUUID,
    getRandomValues: crypto.getRandomValues,
    subtle: crypto.subtle,
    webcrypto: crypto,
    Hash, Hmac, Sign, Verify,
  });
});
