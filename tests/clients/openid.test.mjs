// npm `openid-client`: discovery and tokens.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as client from 'openid-client'
import { demo } from './demo.mjs'

const { client_id, client_secret, audience } = demo.management

test('discovery, then client credentials by post and by basic', async () => {
  for (const authentication of [client.ClientSecretPost(client_secret), client.ClientSecretBasic(client_secret)]) {
    const config = await client.discovery(new URL(demo.issuer), client_id, undefined, authentication)
    assert.equal(config.serverMetadata().issuer, demo.issuer)
    const tokens = await client.clientCredentialsGrant(config, { audience })
    assert.equal(tokens.token_type, 'bearer')
    assert.ok(tokens.scope.split(' ').includes('read:clients'))
    assert.equal(tokens.expires_in, 86400)
  }
})

test('a wrong secret is an OAuth error', async () => {
  const config = await client.discovery(new URL(demo.issuer), client_id, undefined, client.ClientSecretPost('wrong'))
  await assert.rejects(client.clientCredentialsGrant(config, { audience }), (error) => {
    assert.equal(error.status, 401)
    return true
  })
})

test('private_key_jwt with a credential made over the Management API', async () => {
  const { ManagementClient } = await import('auth0')
  const { domain } = await import('./demo.mjs')
  const management = new ManagementClient({
    domain: domain(demo.issuer),
    clientId: client_id,
    clientSecret: client_secret,
    audience,
  })
  const { publicKey, privateKey } = await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  )
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', publicKey)).toString('base64')
  const pem = `-----BEGIN PUBLIC KEY-----\n${spki.match(/.{1,64}/g).join('\n')}\n-----END PUBLIC KEY-----\n`
  const made = await management.clients.create({
    name: 'assertion client',
    app_type: 'non_interactive',
    jwt_configuration: { alg: 'RS256' },
    client_authentication_methods: {
      private_key_jwt: { credentials: [{ credential_type: 'public_key', name: 'key', pem, alg: 'RS256' }] },
    },
  })
  await management.clientGrants.create({ client_id: made.client_id, audience: demo.audience, scope: [] })
  const config = await client.discovery(new URL(demo.issuer), made.client_id, undefined, client.PrivateKeyJwt(privateKey))
  const tokens = await client.clientCredentialsGrant(config, { audience: demo.audience })
  assert.ok(tokens.access_token.split('.').length === 3)
  await management.clients.delete(made.client_id)
})
