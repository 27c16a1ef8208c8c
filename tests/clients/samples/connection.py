# The vendor's Python samples have the host in the path as well.
from http.client import HTTPSConnection

connection = HTTPSConnection("YOUR_AUTH0_DOMAIN")
connection.request(
    "PATCH",
    "/YOUR_AUTH0_DOMAIN/api/v2/connections/CONNECTION_ID",
    body='{ "is_domain_connection": true }',
    headers={
        "content-type": "application/json",
        "authorization": "Bearer API2_ACCESS_TOKEN",
        "cache-control": "no-cache",
    },
)
print(connection.getresponse().read().decode())
