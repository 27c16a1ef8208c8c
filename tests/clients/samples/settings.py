# The vendor's Python samples have the host in the path as well.
from http.client import HTTPSConnection

connection = HTTPSConnection("YOUR_AUTH0_DOMAIN")
connection.request(
    "PATCH",
    "/YOUR_AUTH0_DOMAIN/api/v2/tenants/settings",
    body='{ "flags": { "enable_dynamic_client_registration": true } }',
    headers={
        "content-type": "application/json",
        "authorization": "Bearer API2_ACCESS_TOKEN",
        "cache-control": "no-cache",
    },
)
print(connection.getresponse().read().decode())
