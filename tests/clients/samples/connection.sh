curl --request PATCH \
  --url 'https://YOUR_AUTH0_DOMAIN/api/v2/connections/CONNECTION_ID' \
  --header 'authorization: Bearer API2_ACCESS_TOKEN' \
  --header 'cache-control: no-cache' \
  --header 'content-type: application/json' \
  --data '{ "is_domain_connection": true }'
