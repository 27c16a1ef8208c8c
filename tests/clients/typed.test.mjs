// Requests as clients write them that are not in any registry used here: terraform-provider-auth0 and auth0-cli (by
// go-auth0, which sends `null` with every GET), kongctl and terraform-provider-konnect (by sdk-konnect-go). Their
// decoders are typed: an array where they want an object ends the command.
import assert from 'node:assert/strict'
import { request } from 'node:https'
import { before, test } from 'node:test'
import { demo, endpoints } from './demo.mjs'

const stamp = Date.now()

/** Asks as Go's clients do; answers with the body, and fails for every status but those of success. */
function caller(origin, headers) {
  const ask = (method, path, body) =>
    new Promise((done, fail) => {
      const text = body === undefined ? undefined : `${JSON.stringify(body)}\n`
      const sent = { ...headers, ...(text && { 'content-length': Buffer.byteLength(text) }) }
      const asked = request(new URL(path, origin), { method, headers: sent }, async (response) => {
        const chunks = await response.toArray()
        const read = Buffer.concat(chunks).toString()
        const answer = read && JSON.parse(read)
        if (response.statusCode < 300) return done(answer)
        fail(Object.assign(new Error(`${method} ${path}: ${response.statusCode} ${read}`), { status: response.statusCode }))
      })
      asked.on('error', fail)
      asked.end(text)
    })
  return ask
}

let auth0
const konnect = caller(endpoints.platform, {
  accept: 'application/json;q=1, application/problem+json;q=0',
  authorization: `Bearer ${demo.platform_token}`,
  'content-type': 'application/json',
  'user-agent': 'speakeasy-sdk/go 0.13.0 2.755.9 3.0.0 github.com/Kong/sdk-konnect-go',
})

before(async () => {
  const { client_id, client_secret, audience } = demo.management
  const plain = caller(demo.issuer, { 'content-type': 'application/json' })
  const { access_token } = await plain('POST', '/oauth/token', {
    grant_type: 'client_credentials',
    client_id,
    client_secret,
    audience,
  })
  const ask = caller(demo.issuer, {
    authorization: `Bearer ${access_token}`,
    'content-type': 'application/json',
    'user-agent': 'Go-Auth0-SDK/1.40.0',
  })
  auth0 = (method, path, body) => ask(method, `/api/v2/${path}`, method === 'GET' ? null : body)
})

test('terraform-provider-auth0: a client with all that its schema writes, read, emptied, deleted', async () => {
  const made = await auth0('POST', 'clients', {
    name: `typed ${stamp}`,
    app_type: 'non_interactive',
    is_first_party: true,
    callbacks: ['https://app.example/callback'],
    client_aliases: [],
    oidc_logout: { backchannel_logout_urls: ['https://app.example/out'], backchannel_logout_initiators: { mode: 'all' } },
    jwt_configuration: { lifetime_in_seconds: 300, secret_encoded: true, scopes: { foo: 'bar' }, alg: 'RS256' },
    encryption_key: null,
    default_organization: null,
    organization_require_behavior: 'no_prompt',
    mobile: { ios: { team_id: '9JA89QQLNQ', app_bundle_identifier: 'com.example' } },
    native_social_login: { apple: { enabled: true }, facebook: { enabled: false }, google: { enabled: true } },
    refresh_token: { leeway: 42, token_lifetime: 424242, rotation_type: 'non-rotating', expiration_type: 'expiring' },
    addons: { samlp: { audience: 'https://app.example/saml', createUpnClaim: false }, aws: {} },
  })
  const one = `clients/${made.client_id}`
  assert.equal((await auth0('GET', one)).jwt_configuration.lifetime_in_seconds, 300)
  const emptied = await auth0('PATCH', one, {
    callbacks: [],
    oidc_logout: null,
    encryption_key: null,
    native_social_login: null,
    refresh_token: null,
    addons: {},
    mobile: null,
    custom_login_page: '',
    initiate_login_uri: '',
  })
  assert.deepEqual(emptied.callbacks, [])
  const listed = await auth0('GET', 'clients?fields=client_id%2Cname%2Cexternal_metadata_type&include_fields=true&include_totals=true&is_global=false&page=0&per_page=50')
  assert.equal(typeof listed.total, 'number')
  await auth0('DELETE', one)
  await assert.rejects(auth0('GET', one), { status: 404 })
})

test('terraform-provider-auth0: an API, its scopes, a grant; a connection; a user with a role', async () => {
  const identifier = `https://typed-${stamp}.example/?a=b&c=d`
  const api = await auth0('POST', 'resource-servers', { name: 'typed', identifier, signing_alg: 'RS256', token_dialect: 'access_token_authz', enforce_policies: true })
  await auth0('PATCH', `resource-servers/${api.id}`, { scopes: [{ value: 'read:a', description: '' }], token_encryption: null, consent_policy: null, authorization_details: null, proof_of_possession: null })
  assert.equal((await auth0('GET', `resource-servers/${encodeURIComponent(identifier)}`)).id, api.id)
  const client = await auth0('POST', 'clients', { name: 'typed' })
  const grant = await auth0('POST', 'client-grants', { client_id: client.client_id, audience: identifier, scope: [] })
  const organizations = await auth0('GET', `client-grants/${grant.id}/organizations?include_totals=true&per_page=50`)
  assert.deepEqual(organizations, { total: 0, start: 0, limit: 50, organizations: [] })

  const options = { requires_username: true, configuration: { foo: 'bar' }, customScripts: { get_user: 'f' }, upstream_params: { screen_name: { alias: 'login_hint' } }, set_user_root_attributes: 'on_first_login', non_persistent_attrs: [] }
  const connection = await auth0('POST', 'connections', { name: `typed-${stamp}`, strategy: 'auth0', metadata: { key1: 'foo' }, options })
  await auth0('PATCH', `connections/${connection.id}/clients`, [{ client_id: client.client_id, status: true }])
  const user = await auth0('POST', 'users', { user_id: `typed${stamp}`, connection: connection.name, email: `typed-${stamp}@example.com`, username: 'typed', password: 'Typed-For-9-users!' })
  const role = await auth0('POST', 'roles', { name: `typed ${stamp}`, description: 'Owner' })
  const permissions = [{ resource_server_identifier: identifier, permission_name: 'read:a' }]
  await auth0('POST', `roles/${role.id}/permissions`, { permissions })
  await auth0('POST', `users/${encodeURIComponent(user.user_id)}/roles`, { roles: [role.id] })
  const roles = await auth0('GET', `users/${encodeURIComponent(user.user_id)}/roles?include_totals=true&per_page=50`)
  assert.deepEqual([roles.total, roles.roles[0].id], [1, role.id])
  await auth0('DELETE', `roles/${role.id}/permissions`, { permissions })

  for (const path of [`users/${encodeURIComponent(user.user_id)}`, `roles/${role.id}`, `connections/${connection.id}`, `client-grants/${grant.id}`, `clients/${client.client_id}`, `resource-servers/${api.id}`]) await auth0('DELETE', path)
})

test('auth0 terraform generate: every list in the shape that its type decodes', async () => {
  const totals = 'include_totals=true&page=0&per_page=50'
  const pages = ['clients', 'client-grants', 'connections', 'resource-servers', 'roles', 'organizations', 'flows', 'flows/vault/connections', 'forms', 'self-service-profiles', 'prompts/rendering']
  for (const path of pages) assert.equal(typeof (await auth0('GET', `${path}?${totals}`)).total, 'number', path)
  for (const path of ['custom-domains', 'log-streams', 'network-acls']) assert.ok(Array.isArray(await auth0('GET', path)), path)
  assert.deepEqual((await auth0('GET', 'user-attribute-profiles?from=')).user_attribute_profiles, [])
  assert.deepEqual((await auth0('GET', 'branding/phone/providers')).providers, [])
  for (const trigger of ['post-login', 'credentials-exchange', 'post-change-password', 'send-phone-message', 'custom-email-provider']) {
    assert.ok(Array.isArray((await auth0('GET', `actions/triggers/${trigger}/bindings?${totals}`)).bindings), trigger)
  }
  for (const path of ['branding/themes/default', 'emails/provider', 'email-templates/user_invitation']) await assert.rejects(auth0('GET', path), { status: 404 })
})

test('kongctl apply: a portal, an auth strategy, a published API, found again by their labels', async () => {
  const labels = { 'KONGCTL-namespace': 'default', team: 'a' }
  const all = 'page%5Bnumber%5D=1&page%5Bsize%5D=100'
  const strategy = await konnect('POST', '/v2/application-auth-strategies', { name: `typed-${stamp}`, display_name: 'Keys', strategy_type: 'key_auth', configs: { 'key-auth': { key_names: ['apikey'] } }, labels })
  const portal = await konnect('POST', '/v3/portals', { name: `typed-${stamp}`, display_name: 'Typed', description: null, authentication_enabled: true, rbac_enabled: false, default_api_visibility: 'public', default_page_visibility: 'public', default_application_auth_strategy_id: strategy.id, auto_approve_developers: false, auto_approve_applications: false, labels })
  const api = await konnect('POST', '/v3/apis', { name: `Typed ${stamp}`, description: 'd', version: '1.0.0', slug: `typed-${stamp}`, labels, attributes: { domains: ['web'] } })
  const content = JSON.stringify({ openapi: '3.0.3', info: { title: 'Typed', version: '1.0.0' }, paths: {} })
  await konnect('POST', `/v3/apis/${api.id}/versions`, { version: '1.0.0', spec: { content } })
  await konnect('PUT', `/v3/apis/${api.id}/publications/${portal.id}`, { auto_approve_registrations: false, auth_strategy_ids: [strategy.id], visibility: 'private' })
  for (const [list, made] of [['/v3/portals', portal], ['/v3/apis', api], ['/v2/application-auth-strategies', strategy]]) {
    const { data, meta } = await konnect('GET', `${list}?${all}`)
    assert.equal(typeof meta.page.total, 'number')
    assert.deepEqual(data.find(({ id }) => id === made.id).labels, labels, list)
  }
  for (const part of ['teams', 'developers', 'applications', 'ip-allow-list', 'email-templates']) assert.ok(Array.isArray((await konnect('GET', `/v3/portals/${portal.id}/${part}`)).data), part)
  const changed = await konnect('PATCH', `/v3/portals/${portal.id}`, { labels: { ...labels, team: null } })
  assert.deepEqual(changed.labels, { 'KONGCTL-namespace': 'default' })
  await konnect('DELETE', `/v3/apis/${api.id}`)
  await konnect('DELETE', `/v3/portals/${portal.id}?force=true`)
  await konnect('DELETE', `/v2/application-auth-strategies/${strategy.id}`)
})

test('terraform-provider-konnect: a control plane, a service, a route, an implementation', async () => {
  const plane = await konnect('POST', '/v2/control-planes', { name: `typed-${stamp}`, description: 'd', cluster_type: 'CLUSTER_TYPE_CONTROL_PLANE', auth_type: 'pinned_client_certs', cloud_gateway: false, proxy_urls: [{ host: 'example.com', port: 443, protocol: 'https' }], labels: {} })
  const entities = `/v2/control-planes/${plane.id}/core-entities`
  const ends = { connect_timeout: 60000, read_timeout: 60000, write_timeout: 60000, retries: 5, enabled: true }
  const service = await konnect('POST', `${entities}/services`, { name: 'typed', protocol: 'http', host: 'upstream.example', port: 80, path: '/x', ...ends, ca_certificates: null, client_certificate: null, tls_sans: null, tls_verify: null, tls_verify_depth: null, tags: null })
  const route = await konnect('POST', `${entities}/routes`, { name: 'typed', service: { id: service.id }, paths: [`/typed-${stamp}`], methods: null, hosts: null, headers: null, snis: null, sources: null, destinations: null, tags: null, protocols: ['http', 'https'], https_redirect_status_code: 426, path_handling: 'v0', preserve_host: false, regex_priority: 0, request_buffering: true, response_buffering: true, strip_path: true })
  const replaced = await konnect('PUT', `${entities}/services/${service.id}`, { name: 'typed', protocol: 'http', host: 'upstream.example', port: 8080, ...ends })
  assert.deepEqual([replaced.port, replaced.path], [8080, null])
  const api = await konnect('POST', '/v3/apis', { name: `Implemented ${stamp}` })
  const implemented = await konnect('POST', `/v3/apis/${api.id}/implementations`, { service: { control_plane_id: plane.id, id: service.id } })
  assert.equal(implemented.service.id, service.id)
  assert.deepEqual((await konnect('GET', `/v2/control-planes/${plane.id}/group-memberships?page%5Bsize%5D=100`)).data, [])
  for (const path of [`/v3/apis/${api.id}/implementations/${implemented.id}`, `/v3/apis/${api.id}`, `${entities}/routes/${route.id}`, `${entities}/services/${service.id}`, `/v2/control-planes/${plane.id}`]) await konnect('DELETE', path)
})
