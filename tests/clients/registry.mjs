// An npm registry of the packages that are installed here, for tests of Actions that require some: it needs
// no internet. Prints its address, and ends with whoever started it.
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const root = join(import.meta.dirname, 'node_modules')

function pack(name) {
  const folder = join(root, name)
  if (!existsSync(join(folder, 'package.json'))) return undefined
  const transform = 's,^\\.,package,'
  const options = ['-czf', '-', '--exclude=./node_modules', '--transform', transform, '-C', folder, '.']
  const archive = execFileSync('tar', options, { maxBuffer: 256 * 1024 * 1024 })
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`
  return { archive, manifest, integrity }
}

const packed = new Map()
const known = (name) => packed.get(name) ?? packed.set(name, pack(name)).get(name)

const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, 'http://registry').pathname).slice(1)
  const [name, file] = path.split('/-/')
  const found = known(name)
  if (!found) return response.writeHead(404).end('{}')
  if (file) return response.end(found.archive)
  const { manifest, integrity } = found
  const tarball = `http://${request.headers.host}/${name}/-/${manifest.version}.tgz`
  const version = { ...manifest, dist: { tarball, integrity } }
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({ name, 'dist-tags': { latest: manifest.version }, versions: { [manifest.version]: version } }),
  )
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`))
process.stdin.on('end', () => process.exit()).resume()
