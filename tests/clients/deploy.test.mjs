// npm `auth0-deploy-cli`: a tenant comes out of an import as it went in.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ManagementClient } from 'auth0'
import { demo, domain } from './demo.mjs'

const environment = {
  ...process.env,
  AUTH0_DOMAIN: domain(demo.issuer),
  AUTH0_CLIENT_ID: demo.management.client_id,
  AUTH0_CLIENT_SECRET: demo.management.client_secret,
  AUTH0_AUDIENCE: demo.management.audience,
  AUTH0_ALLOW_DELETE: 'false',
}

function deploy(...parameters) {
  const tool = join(import.meta.dirname, 'node_modules/.bin/a0deploy')
  const ran = promisify(execFile)(tool, parameters, { env: environment, maxBuffer: 64 * 1024 * 1024 })
  // The tool writes what went wrong where it writes everything.
  return ran.catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}`)
  })
}

async function exported() {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-deploy-'))
  await deploy('export', '--format', 'yaml', '--output_folder', directory)
  return directory
}

/** Every file of a directory by its path. */
function files(root, directory = root) {
  return Object.assign(
    {},
    ...readdirSync(directory)
      .sort()
      .map((name) => {
        const path = join(directory, name)
        if (statSync(path).isDirectory()) return files(root, path)
        return { [relative(root, path)]: readFileSync(path, 'utf8') }
      }),
  )
}

const management = new ManagementClient({
  domain: environment.AUTH0_DOMAIN,
  clientId: demo.management.client_id,
  clientSecret: demo.management.client_secret,
  audience: demo.management.audience,
})

const trigger = 'credentials-exchange'

/** An Action that is deployed and bound. */
async function action() {
  const { id } = await management.actions.create({
    name: 'enrich',
    supported_triggers: [{ id: trigger, version: 'v2' }],
    code: 'exports.onExecuteCredentialsExchange = async (event) => console.log(event.secrets.KEY.length)\n',
    dependencies: [{ name: 'ms', version: 'latest' }],
    secrets: [{ name: 'KEY', value: 'hush' }],
  })
  for (;;) {
    const { status, errors } = await management.actions.get(id)
    if (status === 'built') break
    assert.notEqual(status, 'failed', JSON.stringify(errors))
    await setTimeout(50)
  }
  await management.actions.deploy(id)
  await management.actions.triggers.bindings.updateMany(trigger, {
    bindings: [{ ref: { type: 'action_id', value: id }, display_name: 'Enrich tokens' }],
  })
  return id
}

test('actions go out with their bindings and come back with them', async () => {
  const first = await action()
  const before = await exported()
  await management.actions.delete(first, { force: true })
  // The tool exports names of secrets alone.
  const file = join(before, 'tenant.yaml')
  const tenant = readFileSync(file, 'utf8')
  assert.ok(tenant.includes('Enrich tokens'), 'the binding is exported')
  writeFileSync(file, tenant.replace(/^( *)- name: KEY$/m, '$1- name: KEY\n$1  value: hush'))
  await deploy('import', '--input_file', file)
  const [made] = (await management.actions.list({ actionName: 'enrich' })).data
  assert.notEqual(made.id, first)
  assert.equal(made.all_changes_deployed, true)
  assert.deepEqual(made.secrets.map(({ name }) => name), ['KEY'])
  const { data } = await management.actions.triggers.bindings.list(trigger)
  assert.deepEqual(data.map(({ action, display_name }) => [action.name, display_name]), [['enrich', 'Enrich tokens']])
  writeFileSync(file, tenant)
  assert.deepEqual(files(await exported()), files(before))
  await management.actions.delete(made.id, { force: true })
})

test('export, import, export: the same', async () => {
  const enriching = await action()
  const role = await management.roles.create({ name: 'deployed', description: 'By a tool' })
  await management.branding.update({ colors: { primary: '#123456' }, logo_url: 'https://acme.example/logo.png' })
  await management.emailTemplates.create({
    template: 'verify_email',
    subject: 'Confirm',
    body: '<p>{{ url }}</p>',
    from: '',
    syntax: 'liquid',
    enabled: true,
  })
  const before = await exported()
  const tenant = files(before)['tenant.yaml']
  for (const part of ['Username-Password-Authentication', 'deployed', 'Portal DCR Admin', 'verify_email', '#123456', 'enrich']) {
    assert.ok(tenant.includes(part), `${part} is exported`)
  }
  await deploy('import', '--input_file', join(before, 'tenant.yaml'))
  assert.deepEqual(files(await exported()), files(before))
  await management.roles.delete(role.id)
  await management.actions.delete(enriching, { force: true })
})
