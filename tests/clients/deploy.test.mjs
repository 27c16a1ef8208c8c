// npm `auth0-deploy-cli`: a tenant comes out of an import as it went in.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
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
  return execFileSync(tool, parameters, { env: environment, encoding: 'utf8', stdio: 'pipe' })
}

function exported() {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-deploy-'))
  deploy('export', '--format', 'yaml', '--output_folder', directory)
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

test('export, import, export: the same', async () => {
  const management = new ManagementClient({
    domain: environment.AUTH0_DOMAIN,
    clientId: demo.management.client_id,
    clientSecret: demo.management.client_secret,
    audience: demo.management.audience,
  })
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
  const before = exported()
  const tenant = files(before)['tenant.yaml']
  for (const part of ['Username-Password-Authentication', 'deployed', 'Portal DCR Admin', 'verify_email', '#123456']) {
    assert.ok(tenant.includes(part), `${part} is exported`)
  }
  deploy('import', '--input_file', join(before, 'tenant.yaml'))
  assert.deepEqual(files(exported()), files(before))
  await management.roles.delete(role.id)
})
