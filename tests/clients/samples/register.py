# The vendor's Python samples have the host in the path as well.
from http.client import HTTPSConnection

connection = HTTPSConnection("YOUR_AUTH0_DOMAIN")
connection.request(
    "POST",
    "/YOUR_AUTH0_DOMAIN/oidc/register",
    body='{"client_name":"My Dynamic Client","redirect_uris": ["https://client.example.com/callback", "https://client.example.com/callback2"]}',
    headers={
        "content-type": "application/json",
    },
)
print(connection.getresponse().read().decode())
