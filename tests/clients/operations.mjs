// Asks the tenant for every operation that the installed npm `auth0` SDK knows, without a token. What
// is served and what is on the list of unserved operations answers 401; what the tenant has never
// heard of answers 404, and is printed; so is what the list names and the SDK has never heard of.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { demo } from './demo.mjs'

const root = join(import.meta.dirname, 'node_modules/auth0/dist/esm/management/api')

function clients(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return clients(path)
    return entry.name === 'Client.mjs' ? [path] : []
  })
}

const operations = new Set()
for (const path of clients(root)) {
  const text = readFileSync(path, 'utf8')
  // The address is joined from the base and a path whose variables stand in template expressions.
  const requests = /url:\s*(?:core\.)?url\.join\([\s\S]*?,\s*(["'`])([\s\S]*?)\1\),\s*method:\s*"([A-Z]+)"/g
  for (const [, , template, method] of text.matchAll(requests)) {
    const path = template.replace(/\$\{[^}]*\}/g, 'x')
    operations.add(`${method} ${path.startsWith('/') ? path.slice(1) : path}`)
  }
}
if (operations.size < 400) throw new Error(`only ${operations.size} operations found: the SDK is laid out anew`)

const unheard = []
for (const operation of operations) {
  const [method, path] = operation.split(' ')
  const answer = await fetch(`${demo.issuer}api/v2/${path}`, { method })
  await answer.arrayBuffer()
  if (answer.status !== 401) unheard.push(`${operation}: ${answer.status}`)
}
const list = readFileSync(join(import.meta.dirname, '../../docs/unserved/auth0-management.txt'), 'utf8')
for (const line of list.trimEnd().split('\n')) {
  const [method, path] = line.split(' ')
  const operation = `${method} ${path.slice(1).replace(/\{[^}]*\}/g, 'x')}`
  if (!operations.has(operation)) unheard.push(`${line}: listed, and not the vendor's`)
}
console.log(unheard.sort().join('\n') || `all ${operations.size} operations are known`)
process.exitCode = unheard.length === 0 ? 0 : 1
