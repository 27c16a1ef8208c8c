// A program of the Model Context Protocol meets a server that it has never seen: it discovers the tenant, registers
// itself, asks the user, calls, and renews its token.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { auth, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import { getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter } from '@modelcontextprotocol/sdk/server/auth/router.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { ManagementClient } from 'auth0'
import express from 'express'
import * as oauth from 'oauth4webapi'
import { demo, domain } from './demo.mjs'
import { Forms } from './forms.mjs'

const realm = 'Username-Password-Authentication'
const password = 'Tokens-For-9-users!'
const email = `mcp-${Date.now()}@example.com`
const callback = 'http://127.0.0.1:33418/callback'
const management = new ManagementClient({
  domain: domain(demo.issuer),
  clientId: demo.management.client_id,
  clientSecret: demo.management.client_secret,
  audience: demo.management.audience,
})
let listener, resource, calls

/** A server with one tool, whose callers come with tokens of the tenant. */
async function serve() {
  const issuer = new URL(demo.issuer)
  const metadata = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer))
  const app = express()
  listener = await new Promise((done) => {
    const server = app.listen(0, '127.0.0.1', () => done(server))
  })
  resource = new URL(`http://127.0.0.1:${listener.address().port}/mcp`)
  const verifier = {
    async verifyAccessToken(token) {
      const request = new Request(resource, { headers: { authorization: `Bearer ${token}` } })
      const claims = await oauth.validateJwtAccessToken(metadata, request, resource.href)
      calls.push(claims)
      return { token, clientId: claims.client_id, scopes: claims.scope.split(' '), expiresAt: claims.exp, resource }
    },
  }
  app.use(mcpAuthMetadataRouter({ oauthMetadata: metadata, resourceServerUrl: resource, scopesSupported: ['read:notes', 'offline_access'] }))
  const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resource)
  // Without `requiredScopes`, so that programs ask for all that the metadata name, `offline_access` among them.
  const guard = requireBearerAuth({ verifier, resourceMetadataUrl, expectedResource: resource })
  app.post('/mcp', guard, express.json(), async (request, response) => {
    const server = new McpServer({ name: 'notes', version: '1.0.0' })
    server.registerTool('list', { description: 'Lists notes' }, async () => ({
      content: [{ type: 'text', text: 'buy milk' }],
    }))
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
    await server.connect(transport)
    await transport.handleRequest(request, response, request.body)
  })
}

/** What a desktop program keeps between two starts. */
class Kept {
  redirectUrl = callback
  clientMetadata = {
    client_name: 'Notes on the desktop',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
  state = () => 'a-state-of-its-own'
  clientInformation = () => this.client
  saveClientInformation = (client) => void (this.client = client)
  tokens = () => this.kept
  saveTokens = (tokens) => void (this.kept = tokens)
  redirectToAuthorization = (url) => void (this.asked = url)
  saveCodeVerifier = (verifier) => void (this.verifier = verifier)
  codeVerifier = () => this.verifier
}

const settings = (changes) => management.tenants.settings.update(changes)

before(async () => {
  calls = []
  await serve()
  await settings({
    flags: { enable_dynamic_client_registration: true },
    resource_parameter_profile: 'compatibility',
  })
  await management.users.create({ connection: realm, email, password, email_verified: true, verify_email: false })
  const connections = await management.connections.list({ name: realm })
  await management.connections.update(connections.data[0].id, { is_domain_connection: true })
  await management.resourceServers.create({
    identifier: resource.href,
    name: 'Notes',
    scopes: [{ value: 'read:notes', description: 'Read your notes' }],
    allow_offline_access: true,
    token_dialect: 'rfc9068_profile',
  })
  await management.clientGrants.create({
    default_for: 'third_party_clients',
    audience: resource.href,
    scope: ['read:notes'],
    subject_type: 'user',
  })
})

after(async () => {
  listener.close()
  await settings({ flags: { enable_dynamic_client_registration: false } })
})

for (const mode of ['strict', 'permissive']) {
  test(`from nothing to a tool's answer (${mode})`, async () => {
    await settings({ dynamic_client_registration_security_mode: mode })
    const provider = new Kept()
    const client = new Client({ name: 'desktop', version: '1.0.0' })
    const transport = new StreamableHTTPClientTransport(resource, { authProvider: provider })
    await assert.rejects(client.connect(transport), UnauthorizedError)
    assert.equal(provider.asked.searchParams.get('resource'), resource.href)

    const browser = new Forms()
    const stop = (url) => url.href.startsWith(callback)
    const login = await browser.go(provider.asked)
    assert.equal(login.status, 200, login.html)
    const consent = await browser.submit(login, { username: email, password })
    assert.equal(consent.url?.pathname, '/u/consent', consent.html)
    for (const shown of ['Notes on the desktop', 'read:notes', '127.0.0.1:33418']) assert.ok(consent.html.includes(shown), shown)
    const back = await browser.submit(consent, {}, { pressed: 'accept', stop })
    assert.equal(back.url.searchParams.get('state'), 'a-state-of-its-own')
    assert.equal(back.url.searchParams.get('iss'), demo.issuer)
    await transport.finishAuth(back.url.searchParams.get('code'))
    assert.ok(provider.kept.refresh_token)

    // A transport serves one connection; the program starts anew with what it kept.
    const again = new StreamableHTTPClientTransport(resource, { authProvider: provider })
    await client.connect(again)
    const said = await client.callTool({ name: 'list', arguments: {} })
    assert.equal(said.content[0].text, 'buy milk')
    assert.deepEqual([calls.at(-1).client_id, calls.at(-1).scope], [provider.client.client_id, 'read:notes offline_access'])
    assert.ok([calls.at(-1).aud].flat().includes(resource.href))
    await client.close()

    const before = provider.kept
    assert.equal(await auth(provider, { serverUrl: resource }), 'AUTHORIZED')
    assert.notEqual(provider.kept.access_token, before.access_token)
    const third = new Client({ name: 'desktop', version: '1.0.0' })
    await third.connect(new StreamableHTTPClientTransport(resource, { authProvider: provider }))
    assert.equal((await third.callTool({ name: 'list', arguments: {} })).content[0].text, 'buy milk')
    await third.close()
    await management.clients.delete(provider.client.client_id)
  })
}

test('a user who says no sends the program away with an error', async () => {
  await settings({ dynamic_client_registration_security_mode: 'strict' })
  const provider = new Kept()
  assert.equal(await auth(provider, { serverUrl: resource }), 'REDIRECT')
  const browser = new Forms()
  const login = await browser.go(provider.asked)
  const consent = await browser.submit(login, { username: email, password })
  const stop = (url) => url.href.startsWith(callback)
  const back = await browser.submit(consent, {}, { pressed: 'deny', stop })
  assert.equal(back.url.searchParams.get('error'), 'access_denied')
  assert.equal(back.url.searchParams.get('code'), null)
  await management.clients.delete(provider.client.client_id)
})
