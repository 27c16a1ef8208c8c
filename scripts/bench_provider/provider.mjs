// npm `oidc-provider` as the tenant is in the same run: open registration, codes, rotated refresh tokens, RS256
// access tokens for one API, introspection. Everything is kept in memory, in a Map: its own adapter for development
// keeps the last thousand things and forgets the session among the codes.
//
//     node provider.mjs PORT
import { generateKeyPairSync } from 'node:crypto'
import Provider from 'oidc-provider'

const api = 'https://weather.bench/'
const port = Number(process.argv[2])

class Memory {
  static kept = new Map()
  static grants = new Map()
  constructor(model) {
    this.model = model
  }
  key(id) {
    return `${this.model}:${id}`
  }
  async upsert(id, payload) {
    Memory.kept.set(this.key(id), payload)
    if (payload.uid && this.model === 'Session') Memory.kept.set(`uid:${payload.uid}`, id)
    if (payload.grantId) {
      const members = Memory.grants.get(payload.grantId) ?? new Set()
      Memory.grants.set(payload.grantId, members.add(this.key(id)))
    }
  }
  async find(id) {
    return Memory.kept.get(this.key(id))
  }
  async findByUid(uid) {
    return this.find(Memory.kept.get(`uid:${uid}`))
  }
  async findByUserCode() {}
  async consume(id) {
    Memory.kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000)
  }
  async destroy(id) {
    Memory.kept.delete(this.key(id))
  }
  async revokeByGrantId(grantId) {
    for (const key of Memory.grants.get(grantId) ?? []) Memory.kept.delete(key)
    Memory.grants.delete(grantId)
  }
}

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: Memory,
  jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: 'bench' }] },
  cookies: { keys: ['bench'] },
  clients: [
    {
      client_id: 'bench',
      client_secret: 'bench-secret-bench-secret-bench-secret',
      redirect_uris: ['https://app.bench/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  pkce: { required: () => false },
  issueRefreshToken: async () => true,
  rotateRefreshToken: () => true,
  features: {
    devInteractions: { enabled: true },
    registration: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => api,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'read:weather', audience: api, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
    },
  },
})
provider.listen(port, '127.0.0.1', () => console.log('READY'))
