// In a page of some other origin; `done` takes the answer's text.
const sent = new XMLHttpRequest()
sent.open('POST', 'https://YOUR_AUTH0_DOMAIN/oidc/register')
sent.setRequestHeader('content-type', 'application/json')
sent.onload = () => done(sent.responseText)
sent.onerror = () => done('the browser let nothing through')
sent.send('{"client_name":"My Dynamic Client","redirect_uris": ["https://client.example.com/callback", "https://client.example.com/callback2"]}')
