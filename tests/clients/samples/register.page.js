// In a page of some other origin that has jQuery; `done` takes the answer.
var settings = {
  "async": true,
  "crossDomain": true,
  "url": "https://YOUR_AUTH0_DOMAIN/oidc/register",
  "method": "POST",
  "headers": {
    "content-type": "application/json"
  },
  "processData": false,
  "data": "{\"client_name\":\"My Dynamic Client\",\"redirect_uris\": [\"https://client.example.com/callback\", \"https://client.example.com/callback2\"]}"
}

$.ajax(settings).done(function (response) {
  done(JSON.stringify(response));
}).fail(function (request) {
  done(request.status + " " + request.responseText);
});
