import { request } from 'node:https'

const sent = request('https://YOUR_AUTH0_DOMAIN/oidc/register', {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
  },
})
sent.on('response', (response) => response.pipe(process.stdout))
sent.end(JSON.stringify({"client_name":"My Dynamic Client","redirect_uris": ["https://client.example.com/callback", "https://client.example.com/callback2"]}))
