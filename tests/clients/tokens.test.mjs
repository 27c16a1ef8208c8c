// Tokens for users, as the vendors' clients get, refresh, prove, introspect and revoke them.
import assert from 'node:assert/strict'
import { test, before } from 'node:test'
import { AuthClient } from '@auth0/auth0-auth-js'
import { ManagementClient } from 'auth0'
import { AuthenticationClient } from 'auth0/legacy'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { demo, domain } from './demo.mjs'

const { client_id, client_secret, audience } = demo.management
const management = new ManagementClient({
  domain: domain(demo.issuer),
  clientId: client_id,
  clientSecret: client_secret,
  audience,
})

const realm = 'Username-Password-Authentication'
const passwordRealm = 'http://auth0.com/oauth/grant-type/password-realm'
const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code'
const password = 'Tokens-For-9-users!'
const stamp = Date.now()
const api = `https://tokens-${stamp}.sdk.example/`
const callback = 'https://app.example/callback'
let email, app, spa

before(async () => {
  email = `tokens-${stamp}@example.com`
  await management.users.create({ connection: realm, email, password, email_verified: true, verify_email: false })
  await management.resourceServers.create({
    identifier: api,
    name: 'sdk tokens',
    scopes: [{ value: 'read:things' }],
    allow_offline_access: true,
  })
  app = await management.clients.create({
    name: 'sdk tokens',
    app_type: 'regular_web',
    callbacks: [callback],
    grant_types: ['authorization_code', 'refresh_token', 'password', passwordRealm],
    jwt_configuration: { alg: 'RS256' },
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0, token_lifetime: 3600 },
  })
  spa = await management.clients.create({
    name: 'sdk device',
    app_type: 'native',
    grant_types: [deviceCode, 'refresh_token', passwordRealm],
    jwt_configuration: { alg: 'RS256' },
  })
  await management.tenants.settings.update({ pushed_authorization_requests_supported: true })
})

const signIn = (config, options, more) =>
  client.genericGrantRequest(
    config,
    passwordRealm,
    { realm, username: email, password, scope: 'openid email offline_access', ...more },
    options,
  )

const discover = (made = app) =>
  client.discovery(
    new URL(demo.issuer),
    made.client_id,
    undefined,
    made === app ? client.ClientSecretPost(app.client_secret) : client.None(),
  )

test('openid-client: sign in, refresh by rotation, introspect, userinfo, revoke', async () => {
  const config = await discover()
  const first = await signIn(config)
  assert.equal(first.claims().email, email)
  const said = await client.fetchUserInfo(config, first.access_token, first.claims().sub)
  assert.equal(said.email, email)
  const second = await client.refreshTokenGrant(config, first.refresh_token)
  assert.notEqual(second.refresh_token, first.refresh_token)
  assert.equal((await client.tokenIntrospection(config, second.refresh_token)).active, true)
  assert.equal((await client.tokenIntrospection(config, second.access_token)).sub, first.claims().sub)
  await client.tokenRevocation(config, second.refresh_token)
  assert.equal((await client.tokenIntrospection(config, second.refresh_token)).active, false)
  await assert.rejects(client.refreshTokenGrant(config, second.refresh_token), (error) => error.error === 'invalid_grant')
})

test('openid-client: tokens bound to a key, with the nonce that the server offers', async () => {
  for (const made of [app, spa]) {
    const config = await discover(made)
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair())
    const first = await signIn(config, { DPoP })
    assert.equal(first.token_type, 'dpop')
    const said = await client.fetchUserInfo(config, first.access_token, first.claims().sub, { DPoP })
    assert.equal(said.email, email)
    const second = await client.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP })
    assert.equal(second.token_type, 'dpop')
    if (made === spa) {
      await assert.rejects(client.refreshTokenGrant(config, second.refresh_token ?? first.refresh_token))
    }
  }
})

test('openid-client: a pushed authorization request', async () => {
  const config = await discover()
  const verifier = client.randomPKCECodeVerifier()
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: callback,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  assert.match(url.searchParams.get('request_uri'), /^urn:ietf:params:oauth:request_uri:/)
  await assert.rejects(
    client.buildAuthorizationUrlWithPAR(config, { redirect_uri: 'https://evil.example/', scope: 'openid' }),
    (error) => error.error === 'invalid_request',
  )
})

test('openid-client: a device begins and is told to wait', async () => {
  const config = await discover(spa)
  const begun = await client.initiateDeviceAuthorization(config, { scope: 'openid offline_access', audience: api })
  assert.match(begun.user_code, /^[B-Z]{4}-[B-Z]{4}$/)
  assert.ok(begun.verification_uri_complete.includes(begun.user_code))
  await assert.rejects(
    client.genericGrantRequest(config, deviceCode, { device_code: begun.device_code }),
    (error) => error.error === 'authorization_pending',
  )
})

test('oauth4webapi: the access token of an API verifies as RFC 9068 has it', async () => {
  const identifier = `https://rfc9068-${stamp}.sdk.example/`
  await management.resourceServers.create({
    identifier,
    name: 'rfc9068',
    scopes: [{ value: 'read:things' }],
    token_dialect: 'rfc9068_profile',
  })
  const config = await discover()
  const tokens = await signIn(config, undefined, { audience: identifier, scope: 'read:things' })
  const issuer = new URL(demo.issuer)
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer))
  const request = new Request('https://api.example/', { headers: { authorization: `Bearer ${tokens.access_token}` } })
  const claims = await oauth.validateJwtAccessToken(server, request, identifier)
  assert.equal(claims.client_id, app.client_id)
  assert.equal(claims.scope, 'read:things')
})

test('@auth0/auth0-auth-js: password, refresh, revoke, user information', async () => {
  const auth = new AuthClient({
    domain: domain(demo.issuer),
    clientId: app.client_id,
    clientSecret: app.client_secret,
  })
  const tokens = await auth.getTokenByPassword({
    username: email,
    password,
    realm,
    audience: api,
    scope: 'openid email offline_access read:things',
  })
  assert.equal(tokens.claims.email, email)
  assert.ok(tokens.scope.includes('read:things'))
  const fresh = await auth.getTokenByRefreshToken({ refreshToken: tokens.refreshToken })
  assert.notEqual(fresh.refreshToken, tokens.refreshToken)
  const said = await auth.getUserInfo({ accessToken: fresh.accessToken })
  assert.equal(said.email, email)
  await auth.revokeToken({ token: fresh.refreshToken })
  await assert.rejects(auth.getTokenByRefreshToken({ refreshToken: fresh.refreshToken }))
  await assert.rejects(auth.getTokenByPassword({ username: email, password: 'wrong', realm }))
})

test('auth0/legacy AuthenticationClient: password, refresh, PAR, revoke', async () => {
  const auth = new AuthenticationClient({
    domain: domain(demo.issuer),
    clientId: app.client_id,
    clientSecret: app.client_secret,
  })
  const { data } = await auth.oauth.passwordGrant({
    username: email,
    password,
    realm,
    scope: 'openid email offline_access',
  })
  assert.equal(data.token_type, 'Bearer')
  const refreshed = await auth.oauth.refreshTokenGrant({ refresh_token: data.refresh_token })
  assert.ok(refreshed.data.access_token)
  const pushed = await auth.oauth.pushedAuthorization({
    client_id: app.client_id,
    response_type: 'code',
    redirect_uri: callback,
  })
  assert.equal(pushed.data.expires_in, 30)
  await auth.oauth.revokeRefreshToken({ token: refreshed.data.refresh_token })
  await assert.rejects(auth.oauth.refreshTokenGrant({ refresh_token: refreshed.data.refresh_token }), (error) => {
    assert.equal(error.statusCode, 403)
    assert.equal(error.error, 'invalid_grant')
    assert.match(error.error_description, /invalid refresh token/)
    return true
  })
})
