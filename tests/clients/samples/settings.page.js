// In a page of some other origin; `done` takes the answer's text.
const sent = new XMLHttpRequest()
sent.open('PATCH', 'https://YOUR_AUTH0_DOMAIN/api/v2/tenants/settings')
sent.setRequestHeader('content-type', 'application/json')
sent.setRequestHeader('authorization', 'Bearer API2_ACCESS_TOKEN')
sent.setRequestHeader('cache-control', 'no-cache')
sent.onload = () => done(sent.responseText)
sent.onerror = () => done('the browser let nothing through')
sent.send('{ "flags": { "enable_dynamic_client_registration": true } }')
