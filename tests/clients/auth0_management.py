"""PyPI `auth0-python`: users, roles, connections and actions as its ManagementClient uses them."""

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from auth0.management import ManagementClient

demo = json.loads((Path(os.environ["GATEHOUSE_DATA_DIR"]) / "quickstart.json").read_text())
management = ManagementClient(
    domain=urlsplit(demo["issuer"]).netloc,
    client_id=demo["management"]["client_id"],
    client_secret=demo["management"]["client_secret"],
    audience=demo["management"]["audience"],
)
DATABASE = "Username-Password-Authentication"

names = [connection.name for connection in management.connections.list()]
assert DATABASE in names, names

user = management.users.create(connection=DATABASE, email="py@example.com", password="correct-horse-9A")
assert user.user_id.startswith("auth0|"), user
found = [one.email for one in management.users.list(q='email:"py@example.com"')]
assert found == ["py@example.com"], found
changed = management.users.update(user.user_id, name="Py", user_metadata={"team": "red"})
assert changed.name == "Py", changed

role = management.roles.create(name="py reader", description="Reads")
management.users.roles.assign(user.user_id, roles=[role.id])
assert [one.name for one in management.users.roles.list(user.user_id)] == ["py reader"]
management.roles.delete(role.id)
management.users.delete(user.user_id)

action = management.actions.create(
    name="py",
    code="exports.onExecutePostLogin = async (event, api) => {};",
    supported_triggers=[{"id": "post-login", "version": "v3"}],
)
assert action.status == "pending", action
assert "py" in [one.name for one in management.actions.list(trigger_id="post-login")]
assert "post-login" in [one.id for one in management.actions.triggers.list().triggers]
management.actions.delete(action.id)
print("auth0-python: users, roles, connections, actions")
