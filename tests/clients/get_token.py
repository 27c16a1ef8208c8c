"""auth0-python's GetToken: password, refresh, revocation, and what it refuses."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import requests
from auth0.authentication import GetToken, RevokeToken, Users
from auth0.authentication.exceptions import Auth0Error

demo = json.loads(Path(os.environ["GATEHOUSE_DATA_DIR"], "quickstart.json").read_text())
issuer, credentials = demo["issuer"], demo["management"]
domain = urlsplit(issuer).netloc
REALM = "Username-Password-Authentication"
PASSWORD = "Tokens-For-9-users!"


def main() -> None:
    tokens = GetToken(domain, credentials["client_id"], client_secret=credentials["client_secret"])
    management = tokens.client_credentials(credentials["audience"])["access_token"]

    def create(path: str, body: dict) -> dict:
        answer = requests.post(
            f"{issuer}api/v2/{path}", json=body, headers={"authorization": f"Bearer {management}"}, timeout=30
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    email = f"python-{os.getpid()}@example.com"
    create("users", {"connection": REALM, "email": email, "password": PASSWORD, "verify_email": False})
    app = create(
        "clients",
        {
            "name": "python",
            "app_type": "regular_web",
            "grant_types": ["password", "http://auth0.com/oauth/grant-type/password-realm", "refresh_token"],
            "jwt_configuration": {"alg": "RS256"},
        },
    )
    get_token = GetToken(domain, app["client_id"], client_secret=app["client_secret"])
    signed_in = get_token.login(
        email, PASSWORD, scope="openid email offline_access", realm=REALM,
        grant_type="http://auth0.com/oauth/grant-type/password-realm",
    )
    assert Users(domain).userinfo(signed_in["access_token"])["email"] == email
    refreshed = get_token.refresh_token(signed_in["refresh_token"])
    assert refreshed["token_type"] == "Bearer"
    RevokeToken(domain, app["client_id"], client_secret=app["client_secret"]).revoke_refresh_token(
        signed_in["refresh_token"]
    )
    for refused in (
        lambda: get_token.refresh_token(signed_in["refresh_token"]),
        lambda: get_token.login(email, "wrong", realm=REALM,
                                grant_type="http://auth0.com/oauth/grant-type/password-realm"),
    ):
        try:
            refused()
        except Auth0Error as error:
            assert (error.status_code, error.error_code) == (403, "invalid_grant"), error
        else:
            sys.exit("nothing was refused")
    print("# pass")


if __name__ == "__main__":
    main()
