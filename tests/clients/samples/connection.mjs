import { request } from 'node:https'

const sent = request('https://YOUR_AUTH0_DOMAIN/api/v2/connections/CONNECTION_ID', {
  method: 'PATCH',
  headers: {
    'cache-control': 'no-cache',
    'authorization': 'Bearer API2_ACCESS_TOKEN',
    'content-type': 'application/json',
  },
})
sent.on('response', (response) => response.pipe(process.stdout))
sent.end(JSON.stringify({ "is_domain_connection": true }))
