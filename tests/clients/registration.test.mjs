// Clients that register themselves: npm `openid-client`, `oauth4webapi` and the MCP SDK's client.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { discoverAuthorizationServerMetadata, registerClient } from '@modelcontextprotocol/sdk/client/auth.js'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { demo, domain } from './demo.mjs'
import { Forms } from './forms.mjs'

const issuer = new URL(demo.issuer)
const redirect_uris = ['https://app.example.com/callback']
let management

async function settings(changes) {
  return management.tenants.settings.update(changes)
}

before(async () => {
  const { ManagementClient } = await import('auth0')
  management = new ManagementClient({
    domain: domain(demo.issuer),
    clientId: demo.management.client_id,
    clientSecret: demo.management.client_secret,
    audience: demo.management.audience,
  })
  await settings({
    flags: { enable_dynamic_client_registration: true },
    dynamic_client_registration_security_mode: 'permissive',
  })
})

test('openid-client registers by discovery and uses what it got', async () => {
  for (const token_endpoint_auth_method of ['client_secret_post', 'client_secret_basic']) {
    const config = await client.dynamicClientRegistration(issuer, {
      client_name: `openid-client ${token_endpoint_auth_method}`,
      redirect_uris,
      token_endpoint_auth_method,
      grant_types: ['authorization_code', 'client_credentials'],
      response_types: ['code'],
    })
    const made = config.clientMetadata()
    assert.equal(made.token_endpoint_auth_method, token_endpoint_auth_method)
    assert.deepEqual(made.redirect_uris, redirect_uris)
    assert.equal(made.client_secret.length, 64)
    await management.clientGrants.create({ client_id: made.client_id, audience: demo.audience, scope: [] })
    const tokens = await client.clientCredentialsGrant(config, { audience: demo.audience })
    assert.equal(tokens.token_type, 'bearer')
    await management.clients.delete(made.client_id)
    await assert.rejects(client.clientCredentialsGrant(config, { audience: demo.audience }), (error) => {
      assert.deepEqual([error.status, error.error], [401, 'invalid_client'])
      return true
    })
  }
})

test('oauth4webapi registers, and is told why not', async () => {
  const discovery = await oauth.discoveryRequest(issuer)
  const server = await oauth.processDiscoveryResponse(issuer, discovery)
  const response = await oauth.dynamicClientRegistrationRequest(server, { redirect_uris })
  const made = await oauth.processDynamicClientRegistrationResponse(response)
  assert.equal(made.client_secret_expires_at, 0)
  assert.equal(made.client_name, 'app.example.com')
  await management.clients.delete(made.client_id)
  const refused = await oauth.dynamicClientRegistrationRequest(server, { redirect_uris: ['javascript:alert(1)'] })
  await assert.rejects(oauth.processDynamicClientRegistrationResponse(refused), (error) => {
    assert.deepEqual([error.status, error.error], [400, 'invalid_redirect_uri'])
    return true
  })
})

// From its registration to a user's fresh tokens, each bound to the client's key: RFC 7591, 9126, 7636, 9449.
const whole = {
  client_name: 'Goes all the way',
  redirect_uris,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
}
const scope = 'openid email offline_access'

/** The user signs in, agrees, and is sent back to the client. */
async function asTheUser(address) {
  const browser = new Forms()
  const home = (url) => url.href.startsWith(redirect_uris[0])
  let page = await browser.go(address, home)
  assert.match(page.url.pathname, /\/u\/login/)
  page = await browser.submit(page, { username: demo.user.email, password: demo.user.password }, { stop: home })
  assert.match(page.url.pathname, /\/u\/consent/)
  assert.ok(page.html.includes(whole.client_name))
  page = await browser.submit(page, {}, { pressed: 'accept', stop: home })
  return page.url
}

async function open() {
  await settings({ pushed_authorization_requests_supported: true })
  const page = await management.connections.list({ name: 'Username-Password-Authentication' })
  await management.connections.update(page.data[0].id, { is_domain_connection: true })
}

test('openid-client registers, pushes its request, proves its key and refreshes', async () => {
  await open()
  const config = await client.dynamicClientRegistration(issuer, whole, client.ClientSecretBasic())
  const verifier = client.randomPKCECodeVerifier()
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
  const state = client.randomState()
  const address = await client.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: redirect_uris[0],
      scope,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    },
    { DPoP },
  )
  const back = await asTheUser(address)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true }
  const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP })
  assert.equal(tokens.token_type, 'dpop')
  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
  const said = await client.fetchUserInfo(config, fresh.access_token, tokens.claims().sub, { DPoP })
  assert.equal(said.email, demo.user.email)
  await management.clients.delete(config.clientMetadata().client_id)
})

test('oauth4webapi registers, pushes its request, proves its key and refreshes', async () => {
  await open()
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer))
  const registration = await oauth.dynamicClientRegistrationRequest(server, whole)
  const made = await oauth.processDynamicClientRegistrationResponse(registration)
  const authentication = oauth.ClientSecretBasic(made.client_secret)
  const DPoP = oauth.DPoP(made, await oauth.generateKeyPair('ES256'))
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const pushed = await oauth.pushedAuthorizationRequest(
    server,
    made,
    authentication,
    new URLSearchParams({
      response_type: 'code',
      redirect_uri: redirect_uris[0],
      scope,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }),
    { DPoP },
  )
  const { request_uri } = await oauth.processPushedAuthorizationResponse(server, made, pushed)
  const address = new URL(server.authorization_endpoint)
  address.search = new URLSearchParams({ client_id: made.client_id, request_uri })
  const answer = oauth.validateAuthResponse(server, made, await asTheUser(address), state)
  const exchanged = await oauth.authorizationCodeGrantRequest(
    server,
    made,
    authentication,
    answer,
    redirect_uris[0],
    verifier,
    { DPoP },
  )
  const tokens = await oauth.processAuthorizationCodeResponse(server, made, exchanged, { requireIdToken: true })
  assert.equal(tokens.token_type, 'dpop')
  const refreshed = await oauth.refreshTokenGrantRequest(server, made, authentication, tokens.refresh_token, { DPoP })
  const fresh = await oauth.processRefreshTokenResponse(server, made, refreshed)
  const said = await oauth.userInfoRequest(server, made, fresh.access_token, { DPoP })
  const { sub } = oauth.getValidatedIdTokenClaims(tokens)
  assert.equal((await oauth.processUserInfoResponse(server, made, sub, said)).email, demo.user.email)
  await management.clients.delete(made.client_id)
})

test("the MCP SDK's client registers as a public client, once however often it starts", async () => {
  await settings({ dynamic_client_registration_security_mode: 'strict' })
  const metadata = await discoverAuthorizationServerMetadata(demo.issuer)
  const clientMetadata = {
    client_name: 'MCP client',
    redirect_uris: ['http://localhost:33418/callback', 'http://127.0.0.1:33418/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    scope: 'read:forecast',
  }
  const made = await registerClient(demo.issuer, { metadata, clientMetadata })
  assert.match(made.client_id, /^tpc_/)
  assert.equal(made.client_secret, undefined)
  assert.equal(made.token_endpoint_auth_method, 'none')
  assert.deepEqual(made.redirect_uris, clientMetadata.redirect_uris)
  const again = await registerClient(demo.issuer, { metadata, clientMetadata })
  assert.equal(again.client_id, made.client_id)
  const stored = await management.clients.get(made.client_id)
  assert.deepEqual([stored.is_first_party, stored.external_metadata_type], [false, 'dcr'])
  await management.clients.delete(made.client_id)
  const refused = { ...clientMetadata, redirect_uris: ['myapp://callback'] }
  await assert.rejects(registerClient(demo.issuer, { metadata, clientMetadata: refused }), /scheme/)
})

test('what is off is not advertised', async () => {
  await settings({ flags: { enable_dynamic_client_registration: false } })
  const metadata = await discoverAuthorizationServerMetadata(demo.issuer)
  assert.equal(metadata.registration_endpoint, undefined)
  await assert.rejects(
    registerClient(demo.issuer, { metadata, clientMetadata: { redirect_uris } }),
    /does not support dynamic client registration/,
  )
})
