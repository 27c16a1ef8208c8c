// A web application with `express-openid-connect`, as the vendor's quickstart has it. It makes its own client,
// listens with TLS where CERTIFICATE and KEY are set, and prints `READY {…}`.
//
// MODE=id_token: signs users in with an ID token by form_post.
// MODE=code: a code with PKCE and a pushed request, refresh tokens, an API, back-channel logout.
import { readFileSync } from 'node:fs'
import { createServer as plain } from 'node:http'
import { createServer as secure } from 'node:https'
import { randomBytes } from 'node:crypto'
import { ManagementClient } from 'auth0'
import express from 'express'
import openid from 'express-openid-connect'
import { demo, domain } from './demo.mjs'

const management = new ManagementClient({
  domain: domain(demo.issuer),
  clientId: demo.management.client_id,
  clientSecret: demo.management.client_secret,
  audience: demo.management.audience,
})
const code = process.env.MODE === 'code'
const tls = process.env.CERTIFICATE
  ? { cert: readFileSync(process.env.CERTIFICATE), key: readFileSync(process.env.KEY) }
  : undefined

const app = express()
const server = tls ? secure(tls, app) : plain(app)
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const baseURL = `${tls ? 'https' : 'http'}://localhost:${server.address().port}`

// As on the vendor's side, pushed requests are served once the tenant says so.
const audience = `${baseURL}/api`
if (code) {
  await management.tenants.settings.update({ pushed_authorization_requests_supported: true })
  await management.resourceServers.create({ identifier: audience, name: 'express', allow_offline_access: true })
}
const made = await management.clients.create({
  name: `express ${process.env.MODE}`,
  app_type: 'regular_web',
  oidc_conformant: true,
  callbacks: [`${baseURL}/callback`],
  allowed_logout_urls: [baseURL],
  grant_types: ['authorization_code', 'implicit', 'refresh_token'],
  jwt_configuration: { alg: 'RS256' },
  ...(code && {
    oidc_logout: { backchannel_logout_urls: [`${baseURL}/backchannel-logout`] },
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0, token_lifetime: 3600 },
  }),
})

// What a store of `express-session` does, for one process.
class Memory {
  #kept = new Map()
  get(id, done) {
    done(null, this.#kept.get(id))
  }
  set(id, session, done) {
    this.#kept.set(id, session)
    done(null)
  }
  destroy(id, done) {
    this.#kept.delete(id)
    done(null)
  }
}

app.use(
  openid.auth({
    issuerBaseURL: demo.issuer.replace(/\/$/, ''),
    baseURL,
    clientID: made.client_id,
    secret: randomBytes(32).toString('hex'),
    authRequired: false,
    idpLogout: true,
    ...(code && {
      clientSecret: made.client_secret,
      pushedAuthorizationRequests: true,
      session: { store: new Memory() },
      backchannelLogout: true,
      authorizationParams: {
        response_type: 'code',
        scope: 'openid profile email offline_access',
        audience,
      },
    }),
  }),
)
app.get('/', (request, response) => {
  response.send(`<!doctype html><main>${request.oidc.isAuthenticated() ? request.oidc.user.email : 'nobody'}</main>`)
})
app.get('/profile', openid.requiresAuth(), async (request, response) => {
  response.json(code ? await request.oidc.fetchUserInfo() : request.oidc.user)
})
app.get('/refresh', openid.requiresAuth(), async (request, response) => {
  const before = request.oidc.refreshToken
  const renewed = await request.oidc.accessToken.refresh()
  response.json({
    rotated: request.oidc.refreshToken !== before,
    claims: JSON.parse(Buffer.from(renewed.access_token.split('.')[1], 'base64url')),
  })
})
app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).send(`<!doctype html><main>${error.message}</main>`)
})
console.log(`READY ${JSON.stringify({ baseURL, client_id: made.client_id })}`)
