// npm `auth0`: the Management API as its own SDK uses it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { ManagementClient } from 'auth0'
import { demo, domain } from './demo.mjs'

const management = new ManagementClient({
  domain: domain(demo.issuer),
  clientId: demo.management.client_id,
  clientSecret: demo.management.client_secret,
  audience: demo.management.audience,
})

test('clients: create, read, list, update, rotate, delete', async () => {
  const made = await management.clients.create({
    name: 'sdk client',
    app_type: 'non_interactive',
    client_metadata: { konnect_portal_id: 'p', team: 'a' },
  })
  assert.match(made.client_id, /^[A-Za-z0-9]{32}$/)
  assert.equal(made.client_secret.length, 64)
  assert.equal(made.token_endpoint_auth_method, 'client_secret_post')

  const page = await management.clients.list({ per_page: 2, include_totals: true, is_first_party: true })
  const names = []
  for await (const client of page) names.push(client.name)
  assert.ok(names.includes('sdk client'), 'the pager walks every page')

  const changed = await management.clients.update(made.client_id, {
    description: 'changed',
    client_metadata: { team: null },
  })
  assert.equal(changed.description, 'changed')
  const read = await management.clients.get(made.client_id)
  assert.deepEqual(read.client_metadata, { konnect_portal_id: 'p' })

  const rotated = await management.clients.rotateSecret(made.client_id)
  assert.notEqual(rotated.client_secret, made.client_secret)

  await management.clients.delete(made.client_id)
  await management.clients.delete(made.client_id)
  await assert.rejects(management.clients.get(made.client_id), (error) => error.statusCode === 404)
})

test('client grants: create, find, change, refuse a duplicate, delete', async () => {
  const client = await management.clients.create({ name: 'sdk grants', app_type: 'non_interactive' })
  const grant = await management.clientGrants.create({
    client_id: client.client_id,
    audience: demo.audience,
    scope: ['read:forecast'],
  })
  assert.match(grant.id, /^cgr_[A-Za-z0-9]{16}$/)
  const found = await management.clientGrants.list({ client_id: client.client_id, audience: demo.audience })
  assert.equal(found.data.length, 1)
  const changed = await management.clientGrants.update(grant.id, { scope: [] })
  assert.deepEqual(changed.scope, [])
  await assert.rejects(
    management.clientGrants.create({ client_id: client.client_id, audience: demo.audience, scope: [] }),
    (error) => error.statusCode === 409,
  )
  await management.clientGrants.delete(grant.id)
  await management.clients.delete(client.client_id)
})

test('resource servers: by id and by identifier, the system API among them', async () => {
  const identifier = 'https://sdk.example/a?b=c&d=é'
  const made = await management.resourceServers.create({
    identifier,
    name: 'sdk api',
    scopes: [{ value: 'openid' }, { value: 'read:things', description: 'Read things' }],
    signing_alg: 'RS256',
  })
  const byIdentifier = await management.resourceServers.get(identifier)
  assert.equal(byIdentifier.id, made.id)
  const changed = await management.resourceServers.update(made.id, { token_lifetime: 600 })
  assert.equal(changed.token_lifetime, 600)
  const all = await management.resourceServers.list({ include_totals: true })
  assert.ok(all.data.some((api) => api.is_system), 'the Management API is listed')
  await management.resourceServers.delete(made.id)
})

test('tenant settings and signing keys', async () => {
  const before = await management.tenants.settings.get()
  const changed = await management.tenants.settings.update({ friendly_name: 'Weather', flags: { use_scope_descriptions_for_consent: true } })
  assert.equal(changed.friendly_name, 'Weather')
  assert.equal(changed.flags.enable_dynamic_client_registration, before.flags.enable_dynamic_client_registration)
  const keys = await management.keys.signing.list()
  assert.ok(keys.some((key) => key.current) && keys.some((key) => key.next))
})

test('bad input is answered in the API’s own shape', async () => {
  await assert.rejects(management.clients.create({ name: 'x', colour: 'red' }), (error) => {
    assert.equal(error.statusCode, 400)
    assert.equal(error.body.errorCode, 'invalid_body')
    assert.match(error.body.message, /Payload validation error/)
    return true
  })
})

const database = 'Username-Password-Authentication'

test('connections: list, read, promote, enable for clients', async () => {
  const client = await management.clients.create({ name: 'sdk connections', app_type: 'spa' })
  const made = await management.connections.create({
    name: 'sdk-staff',
    strategy: 'auth0',
    options: { passwordPolicy: 'low' },
    enabled_clients: [client.client_id],
  })
  assert.match(made.id, /^con_[A-Za-z0-9]{16}$/)
  const names = []
  for await (const connection of await management.connections.list({ take: 1 })) names.push(connection.name)
  assert.ok(names.includes(database) && names.includes('sdk-staff'), `${names}`)
  const enabled = []
  for await (const one of await management.connections.clients.get(made.id)) enabled.push(one.client_id)
  assert.deepEqual(enabled, [client.client_id])
  await management.connections.clients.update(made.id, [{ client_id: client.client_id, status: false }])
  const promoted = await management.connections.update(made.id, { is_domain_connection: true })
  assert.equal(promoted.is_domain_connection, true)
  assert.equal(promoted.options.passwordPolicy, 'low')
  await management.connections.delete(made.id)
  await management.clients.delete(client.client_id)
})

test('users: create, search, change, by e-mail, blocks, logs, delete', async () => {
  const made = await management.users.create({
    connection: database,
    email: 'SDK@example.com',
    password: 'correct-horse-9A',
    user_metadata: { team: 'red' },
  })
  assert.match(made.user_id, /^auth0\|[0-9a-f]{24}$/)
  assert.equal(made.email, 'sdk@example.com')
  await assert.rejects(
    management.users.create({ connection: database, email: 'sdk@example.com', password: 'correct-horse-9A' }),
    (error) => error.statusCode === 409,
  )
  const found = await management.users.list({ q: 'user_metadata.team:red', search_engine: 'v3', sort: 'created_at:-1' })
  assert.equal(found.data[0].user_id, made.user_id)
  const changed = await management.users.update(made.user_id, { user_metadata: { team: 'blue' }, name: 'Sdk' })
  assert.deepEqual(changed.user_metadata, { team: 'blue' })
  const [same] = await management.users.listUsersByEmail({ email: 'sdk@example.com' })
  assert.equal(same.name, 'Sdk')
  const blocks = await management.userBlocks.list(made.user_id)
  assert.deepEqual(blocks.blocked_for, [])
  const ticket = await management.tickets.changePassword({ user_id: made.user_id })
  assert.match(ticket.ticket, /ticket=/)
  const job = await management.jobs.verificationEmail.create({ user_id: made.user_id })
  assert.equal(job.type, 'verification_email')
  const logs = await management.users.logs.list(made.user_id)
  assert.ok(logs.data.some((entry) => entry.description === 'Create a User'))
  await management.users.delete(made.user_id)
  await assert.rejects(management.users.get(made.user_id), (error) => error.statusCode === 404)
  const all = await management.logs.list({ sort: 'date:-1' })
  assert.ok(all.data.some((entry) => entry.type === 'sdu' && entry.user_id === made.user_id))
})

test('roles: create, permit, assign, list, delete', async () => {
  const role = await management.roles.create({ name: 'sdk reader', description: 'Reads' })
  await management.roles.permissions.add(role.id, {
    permissions: [{ resource_server_identifier: demo.audience, permission_name: 'read:forecast' }],
  })
  const user = await management.users.create({ connection: database, email: 'role@example.com', password: 'correct-horse-9A' })
  await management.users.roles.assign(user.user_id, { roles: [role.id] })
  const users = await management.roles.users.list(role.id)
  assert.equal(users.data[0].email, 'role@example.com')
  const held = await management.users.permissions.list(user.user_id)
  assert.equal(held.data[0].permission_name, 'read:forecast')
  const roles = await management.users.roles.list(user.user_id)
  assert.equal(roles.data[0].name, 'sdk reader')
  await management.users.roles.delete(user.user_id, { roles: [role.id] })
  await management.roles.delete(role.id)
  await management.users.delete(user.user_id)
})

const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

/** The job when it is over. */
async function over(id) {
  for (let tries = 0; tries < 100; tries++) {
    const job = await management.jobs.get(id)
    if (['completed', 'failed'].includes(job.status)) return job
    await wait(0.1)
  }
  throw new Error(`job ${id} goes on and on`)
}

test('users: linked, unlinked, their access revoked', async () => {
  const [primary, secondary] = await Promise.all(
    ['primary', 'secondary'].map((name) =>
      management.users.create({ connection: database, email: `${name}@example.com`, password: 'correct-horse-9A' }),
    ),
  )
  const [provider, bare] = secondary.user_id.split('|')
  const linked = await management.users.identities.link(primary.user_id, { provider, user_id: bare })
  assert.deepEqual(linked.map((one) => one.profileData?.email), [undefined, 'secondary@example.com'])
  await assert.rejects(
    management.users.identities.link(primary.user_id, { provider, user_id: bare }),
    (error) => error.statusCode === 409,
  )
  const left = await management.users.identities.delete(primary.user_id, provider, bare)
  assert.equal(left.length, 1)
  await management.users.revokeAccess(primary.user_id)
  await management.users.revokeAccess(primary.user_id, { preserve_refresh_tokens: true })
  const tokens = await management.refreshTokens.list({ user_id: primary.user_id })
  assert.deepEqual(tokens.data, [])
  await management.refreshTokens.revoke({ user_id: primary.user_id })
  await Promise.all([primary, secondary].map((user) => management.users.delete(user.user_id)))
})

test('jobs: users are imported and exported', async () => {
  const { data: connections } = await management.connections.list({ name: database })
  const users = [
    { email: 'import-a@example.com', password_hash: '$2b$04$......................LAtw7/ohmmBAhnXqmkuIz83Rl5Qdjhm' },
    { email: 'not an address' },
  ]
  const started = await management.jobs.usersImports.create({
    users: new Blob([JSON.stringify(users)], { type: 'application/json' }),
    connection_id: connections[0].id,
    upsert: true,
    external_id: 'sdk',
  })
  const done = await over(started.id)
  assert.equal(done.status, 'completed')
  assert.deepEqual(done.summary, { failed: 1, updated: 0, inserted: 1, total: 2 })
  const errors = await management.jobs.errors.get(started.id)
  assert.equal(errors[0].user.email, 'not an address')
  const exporting = await management.jobs.usersExports.create({ format: 'json', fields: [{ name: 'email' }] })
  const { location } = await over(exporting.id)
  const answer = await fetch(location)
  const file = gunzipSync(Buffer.from(await answer.arrayBuffer())).toString()
  assert.ok(file.split('\n').includes('{"email":"import-a@example.com"}'), file)
  const [made] = await management.users.listUsersByEmail({ email: 'import-a@example.com' })
  await management.users.delete(made.user_id)
})

test('log streams: create, list, change, delete', async () => {
  const made = await management.logStreams.create({
    name: 'sdk',
    type: 'http',
    sink: { httpEndpoint: 'https://collector.example/', httpContentFormat: 'JSONLINES', httpAuthorization: 's3cret' },
  })
  assert.match(made.id, /^lst_[0-9]{16}$/)
  const paused = await management.logStreams.update(made.id, { status: 'paused' })
  assert.equal(paused.status, 'paused')
  const all = await management.logStreams.list()
  assert.ok(!JSON.stringify(all).includes('s3cret'))
  assert.ok(all.some((stream) => stream.id === made.id))
  await management.logStreams.delete(made.id)
  await assert.rejects(management.logStreams.get(made.id), (error) => error.statusCode === 404)
})

test('statistics and protection', async () => {
  assert.ok(Array.isArray(await management.stats.getDaily()))
  assert.equal(typeof (await management.stats.getActiveUsersCount()), 'number')
  const protection = await management.attackProtection.bruteForceProtection.get()
  assert.equal(protection.max_attempts, 10)
})
