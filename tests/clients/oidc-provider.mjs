// A server of RFC 7591 and RFC 7592 that others made, for crates/dcr/tests/vendors/oidc_provider.rs: it prints its
// issuer and lives until its standard input ends.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    scopes: ["openid", "read:weather", "write:weather"],
    clients: [],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      registration: { enabled: true, initialAccessToken: "by-hand" },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
    },
  });
  server.on("request", provider.callback());
  console.log(`issuer ${issuer}`);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
