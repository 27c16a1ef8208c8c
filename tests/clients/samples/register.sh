curl --request POST \
  --url 'https://YOUR_AUTH0_DOMAIN/oidc/register' \
  --header 'content-type: application/json' \
  --data '{"client_name":"My Dynamic Client","redirect_uris": ["https://client.example.com/callback", "https://client.example.com/callback2"]}'
