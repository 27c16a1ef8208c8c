// What quickstart left behind, for the client tests: addresses, credentials, a developer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const dir = process.env.GATEHOUSE_DATA_DIR
if (!dir) throw new Error('set GATEHOUSE_DATA_DIR to the data directory of a running `gatehouse quickstart --tls`')

export const endpoints = JSON.parse(readFileSync(join(dir, 'endpoints.json'), 'utf8'))
export const demo = JSON.parse(readFileSync(join(dir, 'quickstart.json'), 'utf8'))

/** Host and port of an address, as the vendors' SDKs want a "domain". */
export const domain = (url) => new URL(url).host
