// npm `auth0` (ManagementClient): Actions made, tried, deployed, bound, run, taken back.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ManagementClient } from 'auth0'
import { demo, domain } from './demo.mjs'

const management = new ManagementClient({
  domain: domain(demo.issuer),
  clientId: demo.management.client_id,
  clientSecret: demo.management.client_secret,
  audience: demo.management.audience,
})

const trigger = 'credentials-exchange'
let id

after(async () => {
  if (id) await management.actions.delete(id, { force: true })
})

async function built() {
  for (let tries = 0; tries < 600; tries += 1) {
    const action = await management.actions.get(id)
    if (action.status === 'built' || action.status === 'failed') return action
    await setTimeout(50)
  }
  throw new Error('the action was not built in 30 seconds')
}

/** The claims of a new token for the Management API. */
async function claims() {
  const answer = await fetch(`${demo.issuer}oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: demo.management.client_id,
      client_secret: demo.management.client_secret,
      audience: demo.management.audience,
    }),
  })
  const { access_token } = await answer.json()
  return JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url').toString())
}

test('the triggers are listed', async () => {
  const { triggers } = await management.actions.triggers.list()
  assert.ok(triggers.some(({ id, version, status }) => id === trigger && version === 'v2' && status === 'CURRENT'))
})

test('an action is made, built and tried', async () => {
  const made = await management.actions.create({
    name: 'plan',
    supported_triggers: [{ id: trigger, version: 'v2' }],
    runtime: 'node22',
    code: `exports.onExecuteCredentialsExchange = async (event, api) => {
      console.log('for', event.client.client_id)
      api.accessToken.setCustomClaim('https://acme.example/plan', event.secrets.PLAN)
    }`,
    secrets: [{ name: 'PLAN', value: 'gold' }],
  })
  id = made.id
  assert.equal(made.status, 'pending')
  const action = await built()
  assert.equal(action.status, 'built', JSON.stringify(action))
  assert.deepEqual(action.secrets.map(({ name }) => name), ['PLAN'])
  assert.equal(action.all_changes_deployed, false)
  const { payload } = await management.actions.test(id, { payload: { event: { client: { client_id: 'x' } } } })
  assert.equal(payload.status, 'succeeded')
  assert.equal(payload.console, 'for x')
})

test('it runs once it is deployed and bound, in versions that can be gone back to', async () => {
  assert.equal((await management.actions.deploy(id)).number, 1)
  await management.actions.triggers.bindings.updateMany(trigger, {
    bindings: [{ ref: { type: 'action_name', value: 'plan' }, display_name: 'The plan' }],
  })
  const { data } = await management.actions.triggers.bindings.list(trigger)
  assert.deepEqual(data.map(({ display_name }) => display_name), ['The plan'])
  assert.equal((await claims())['https://acme.example/plan'], 'gold')

  await management.actions.update(id, { secrets: [{ name: 'PLAN', value: 'silver' }] })
  await built()
  assert.equal((await claims())['https://acme.example/plan'], 'gold', 'a draft changes nothing')
  await management.actions.deploy(id)
  assert.equal((await claims())['https://acme.example/plan'], 'silver')
  const versions = await management.actions.versions.list(id)
  const first = versions.data.find(({ number }) => number === 1)
  await management.actions.versions.deploy(id, first.id, {})
  assert.equal((await claims())['https://acme.example/plan'], 'gold')
})

test('a run is found by the log', async () => {
  const { data } = await management.logs.list({ q: 'type:seccft', per_page: 1 })
  const execution = await management.actions.executions.get(data[0].details.actions.executions[0])
  assert.equal(execution.status, 'final')
  assert.equal(execution.trigger_id, trigger)
  assert.equal(execution.results[0].action_name, 'plan')
})
