// `api.redirect.encodeToken` and `validateToken`: JWTs signed with a secret of the action (HS256).
// https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/redirect-with-actions
(function (exports, part, native) {
  "use strict";
  const { createHmac, timingSafeEqual } = part("node:crypto");
  const { Buffer } = part("buffer");
  const sign = (text, secret) => createHmac("sha256", secret).update(text).digest();
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = () => Math.floor(native.today() / 1000);
  const secretIn = (secret) => {
    if (typeof secret !== "string" || secret === "") throw new TypeError("a token needs a secret; keep one in the action's secrets");
    return secret;
  };

  exports.open = (event) => ({
    encodeToken({ secret, expiresInSeconds = 900, payload = {} } = {}) {
      const claims = { ...payload, iss: event.request?.hostname, sub: event.user?.user_id, ip: event.request?.ip, iat: now(), exp: now() + expiresInSeconds };
      const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
      return `${text}.${sign(text, secretIn(secret)).toString("base64url")}`;
    },
    validateToken({ secret, tokenParameterName = "session_token" } = {}) {
      const token = event.request?.body?.[tokenParameterName] ?? event.request?.query?.[tokenParameterName];
      const refuse = (why) => {
        throw new Error(`the token in ${tokenParameterName} ${why}`);
      };
      const [header, payload, signature, ...more] = String(token ?? "").split(".");
      if (token === undefined) refuse("is missing");
      if (signature === undefined || more.length > 0) refuse("is no JWT");
      const read = (text) => {
        try {
          return JSON.parse(Buffer.from(text, "base64url").toString());
        } catch {
          return refuse("is no JWT");
        }
      };
      if (read(header).alg !== "HS256") refuse("is not signed with HS256");
      const made = sign(`${header}.${payload}`, secretIn(secret));
      const given = Buffer.from(signature, "base64url");
      if (made.length !== given.length || !timingSafeEqual(made, given)) refuse("is not signed with this secret");
      const claims = read(payload);
      if (typeof claims.exp !== "number" || claims.exp <= now()) refuse("has expired");
      if (claims.sub !== undefined && event.user?.user_id !== undefined && claims.sub !== event.user.user_id) refuse("is for another user");
      const state = event.request?.query?.state ?? event.request?.body?.state;
      if (state !== undefined && claims.state !== undefined && claims.state !== state) refuse("is for another transaction");
      return claims;
    },
  });
});
