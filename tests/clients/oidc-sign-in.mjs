// An OpenID provider that others made, with one client, for crates/gatehouse/tests/product/sign_on.rs: it takes the
// client's redirect URI as its argument, prints its issuer and lives until its standard input ends. Its own pages ask
// for a name, which becomes the subject and the first part of the address.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "portal",
        client_secret: "portal-secret",
        redirect_uris: process.argv.slice(2),
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: `${id} of the team`,
        email: `${id}@example.com`,
        email_verified: id !== "mallory",
        groups: ["api-team"],
      }),
    }),
    features: { devInteractions: { enabled: true } },
  });
  server.on("request", provider.callback());
  console.log(`issuer ${issuer}`);
  // The provider writes notices, too, and who started this reads the issuer alone.
  process.stdout.on("error", () => {});
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
