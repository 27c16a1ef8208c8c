import { request } from 'node:https'

const sent = request('https://YOUR_AUTH0_DOMAIN/api/v2/tenants/settings', {
  method: 'PATCH',
  headers: {
    'cache-control': 'no-cache',
    'authorization': 'Bearer API2_ACCESS_TOKEN',
    'content-type': 'application/json',
  },
})
sent.on('response', (response) => response.pipe(process.stdout))
sent.end(JSON.stringify({ "flags": { "enable_dynamic_client_registration": true } }))
