// npm `@kong/sdk-portal-js`: the portal client API as the vendor's own portal uses it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import axios from 'axios'
import sdk from '@kong/sdk-portal-js'
import { demo, endpoints } from './demo.mjs'

// A browser would keep cookies; this does as much of it as the SDK needs.
const jar = new Map()
const http = axios.create({ validateStatus: (status) => status < 400 })
http.interceptors.request.use((config) => {
  if (jar.size) config.headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
  return config
})
http.interceptors.response.use((response) => {
  for (const line of response.headers['set-cookie'] ?? []) {
    const [pair] = line.split(';')
    const at = pair.indexOf('=')
    jar.set(pair.slice(0, at), pair.slice(at + 1))
  }
  return response
})

const configuration = new sdk.Configuration({ basePath: endpoints.portal })
const api = (Class) => new Class(configuration, endpoints.portal, http)
const developer = api(sdk.DeveloperApi)
const applications = api(sdk.ApplicationsApi)
const credentials = api(sdk.CredentialsApi)
const registrations = api(sdk.RegistrationsApi)
const { email, password } = demo.portal.developer

test('without a session the portal is closed', async () => {
  await assert.rejects(applications.listApplications(), (error) => {
    assert.equal(error.response.status, 401)
    assert.equal(typeof error.response.data.title, 'string')
    return true
  })
})

test('a wrong password is said in a title', async () => {
  await assert.rejects(developer.authenticate({ authenticateRequest: { username: email, password: 'wrong' } }), (error) => {
    assert.equal(error.response.status, 401)
    assert.match(error.response.data.title, /Invalid Credentials/)
    return true
  })
})

test('sign in, me, refresh', async () => {
  const signedIn = await developer.authenticate({ authenticateRequest: { username: email, password } })
  assert.equal(signedIn.status, 204)
  const me = await developer.getDeveloperMe()
  assert.equal(me.data.email, email)
  const refreshed = await developer.refresh()
  assert.equal(refreshed.status, 204)
})

test('the portal’s context and appearance', async () => {
  const portal = api(sdk.PortalApi)
  const context = await portal.getPortalContext()
  assert.equal(context.data.portal_id, demo.portal.id)
  assert.equal(context.data.org_id, demo.organization_id)
  assert.equal(context.data.is_public, false)
  await portal.getPortalAppearance()
})

test('the catalogue: search, product, version, specification, documents', async () => {
  const found = await api(sdk.SearchApi).searchPortalEntities({ indices: 'product-catalog', q: '', pageNumber: 1, pageSize: 12, join: 'versions' })
  assert.equal(found.data.data.length, 1)
  const productId = found.data.data[0].source.id
  const product = await api(sdk.ProductsApi).getProduct({ productId })
  assert.equal(product.data.name, 'Weather')
  const versions = await api(sdk.VersionsApi).listProductVersions({ productId })
  const version = versions.data.data.find((v) => v.id === demo.product_version_id)
  assert.equal(version.registration_configs[0].id, demo.auth_strategy_id)
  const at = { productId, productVersionId: version.id }
  const spec = await api(sdk.VersionsApi).getProductVersionSpec(at)
  assert.match(spec.data.content, /Forecasts/)
  const operations = await api(sdk.VersionsApi).getProductVersionSpecOperations(at)
  assert.equal(operations.data.operations[0].operation_id, 'getForecast')
  const tree = await api(sdk.DocumentationApi).listProductDocuments({
    productId,
    accept: 'application/vnd.konnect.document-tree+json',
  })
  assert.equal(tree.data.data[0].slug, 'getting-started')
})

test('an application: create, once-shown secret, register, rotate, call, delete', async () => {
  const strategies = await applications.listApplicationAuthStrategies()
  const strategy = strategies.data.data.find((s) => s.id === demo.auth_strategy_id)
  assert.equal(strategy.credential_type, 'client_credentials')
  const made = await applications.createApplication({
    createApplicationPayload: { name: `sdk ${Date.now()}`, auth_strategy_id: strategy.id, redirect_uri: 'https://app.example/callback' },
  })
  assert.equal(made.status, 201)
  const applicationId = made.data.id
  const { client_id, client_secret } = made.data.credentials
  assert.equal(made.data.reference_id, client_id)
  const read = await applications.getApplication({ applicationId })
  assert.equal(JSON.stringify(read.data).includes(client_secret), false)
  assert.equal(read.data.credentials, undefined)

  const registered = await registrations.createApplicationRegistration({
    applicationId,
    createRegistrationPayload: { product_version_id: demo.product_version_id },
  })
  assert.equal(registered.data.status, 'approved')
  await assert.rejects(
    registrations.createApplicationRegistration({
      applicationId,
      createRegistrationPayload: { product_version_id: demo.product_version_id },
    }),
    (error) => error.response.status === 409,
  )

  const call = (secret) =>
    axios.get(`${endpoints.gateway}${demo.route}/forecast`, { auth: { username: client_id, password: secret }, validateStatus: () => true })
  assert.equal((await call(client_secret)).status, 200)
  const rotated = await credentials.refreshApplicationToken({ applicationId })
  assert.equal(rotated.data.client_id, client_id)
  assert.equal((await call(client_secret)).status, 401)
  assert.equal((await call(rotated.data.client_secret)).status, 200)

  // The vendor's portal sends the unchanged reference id back.
  const renamed = await applications.updateApplication({
    applicationId,
    updateApplicationPayload: { name: 'sdk renamed', reference_id: client_id },
  })
  assert.equal(renamed.data.name, 'sdk renamed')
  assert.equal((await applications.deleteApplication({ applicationId })).status, 204)
  assert.equal((await call(rotated.data.client_secret)).status, 401)
  await assert.rejects(applications.getApplication({ applicationId }), (error) => error.response.status === 404)
})

test('sign out closes the portal again', async () => {
  await developer.logout()
  await assert.rejects(developer.getDeveloperMe(), (error) => error.response.status === 401)
})
