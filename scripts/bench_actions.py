"""Actions: what one adds to a token request, beside plain `node` running the same handler over a pipe."""

import json
import socket
import statistics
import subprocess
import time
import urllib.parse
import urllib.request

from measuring import (PROXY_CPU, RESULT, ROOT, Product, call, built, cpu_seconds, resident, table, wait_for,
                       wrk)

HANDLER = "exports.onExecuteCredentialsExchange = async (event, api) => {"
EMPTY = f"{HANDLER}}};"
CLAIM = f"{HANDLER}\n  api.accessToken.setCustomClaim('https://bench.example/portal', event.client.metadata.konnect_portal_id);\n}};"
METADATA = {"konnect_portal_id": "portal", "konnect_developer_id": "developer", "konnect_application_id": "application"}
# As many as leave room for others among the programs of which contexts are kept ready.
WARM = 12
# Long enough for contexts to be made again.
PAUSE = 0.01

NODE = """
const { createInterface } = require('node:readline')
const handlers = JSON.parse(process.argv[1]).map((code) => {
  const module = { exports: {} }
  new Function('module', 'exports', 'require', code)(module, module.exports, require)
  return module.exports.onExecuteCredentialsExchange
})
createInterface({ input: process.stdin }).on('line', async (line) => {
  const [which, event] = JSON.parse(line)
  const commands = []
  const note = (method) => (...items) => void commands.push([method, items])
  const api = { access: { deny: note('access.deny') }, accessToken: { setCustomClaim: note('accessToken.setCustomClaim') } }
  await handlers[which](event, api)
  process.stdout.write(JSON.stringify(commands) + '\\n')
})
"""

TOKEN = """
wrk.method = "POST"
wrk.path = "/oauth/token"
wrk.body = "{form}"
wrk.headers["content-type"] = "application/x-www-form-urlencoded"
"""


class Tenant:
    """The tenant of a running product, with a client that asks for tokens and the Actions that it meets."""

    def __init__(self, instance, story):
        self.issuer = instance.endpoints["issuer"].rstrip("/")
        self.port = urllib.parse.urlsplit(self.issuer).port
        self.opener = urllib.request.build_opener()
        management = story["management"]
        asked = {"grant_type": "client_credentials", "client_id": management["client_id"],
                 "client_secret": management["client_secret"], "audience": management["audience"]}
        status, answer = call(self.opener, "POST", f"{self.issuer}/oauth/token", asked)
        assert status == 200, f"the management client's token: {status} {answer}"
        self.headers = {"Authorization": "Bearer " + answer["access_token"]}
        client = self.manage("POST", "clients", {"name": "bench", "app_type": "non_interactive", "client_metadata": METADATA})
        self.manage("POST", "client-grants", {"client_id": client["client_id"], "audience": story["audience"], "scope": []})
        self.form = urllib.parse.urlencode({
            "grant_type": "client_credentials", "audience": story["audience"], "client_id": client["client_id"],
            "client_secret": client["client_secret"]})
        self.client_id = client["client_id"]
        body = self.form.encode()
        self.request = (f"POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
                        "Content-Type: application/x-www-form-urlencoded\r\n"
                        f"Content-Length: {len(body)}\r\n\r\n").encode() + body
        self.socket = None

    def manage(self, method, path, body=None):
        status, answer = call(self.opener, method, f"{self.issuer}/api/v2/{path}", body, self.headers)
        assert status in (200, 201, 202), f"{method} {path}: {status} {answer}"
        return answer

    def deploy(self, name, code, packages=()):
        made = self.manage("POST", "actions/actions", {
            "name": name, "code": code, "supported_triggers": [{"id": "credentials-exchange", "version": "v2"}],
            "dependencies": [{"name": package, "version": "latest"} for package in packages]})
        path = f"actions/actions/{made['id']}"
        wait_for("the build of an Action", lambda: self.manage("GET", path)["status"] in ("built", "failed"))
        built = self.manage("GET", path)
        assert built["status"] == "built", f"{name} was not built: {built}"
        self.manage("POST", f"{path}/deploy", {})

    def bind(self, names):
        bindings = [{"ref": {"type": "action_name", "value": name}} for name in names]
        self.manage("PATCH", "actions/triggers/credentials-exchange/bindings", {"bindings": bindings})

    def ask(self):
        """Milliseconds that one token request takes, on a connection that is kept."""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), 30)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begin = time.perf_counter()
        self.socket.sendall(self.request)
        answer = self.socket.recv(65536)
        took = (time.perf_counter() - begin) * 1000
        assert answer.startswith(b"HTTP/1.1 200 ") and b"access_token" in answer, answer[:500]
        return took

    def rest(self):
        """Pauses as clients do, without which contexts would have to be made while a request waits."""
        time.sleep(PAUSE)
        return self.ask()


class Node:
    """The same handlers in one `node`, which keeps its state from one request to the next."""

    def __init__(self, processes, codes):
        self.child = processes.start(["node", "-e", NODE, json.dumps(codes)], PROXY_CPU, cwd=ROOT / "tests/clients",
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.event = {"accessToken": {"customClaims": {}, "scope": []}, "secrets": {},
                      "client": {"client_id": "", "name": "bench", "metadata": METADATA},
                      "request": {"ip": "127.0.0.1", "method": "POST", "hostname": "127.0.0.1", "body": {}}}

    def answer(self, which, client_id):
        self.event["client"]["client_id"] = client_id
        time.sleep(PAUSE)
        line = json.dumps([which, self.event]).encode() + b"\n"
        begin = time.perf_counter()
        self.child.stdin.write(line)
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        assert answer.startswith(b"["), answer
        return (time.perf_counter() - begin) * 1000


def printed(instance, story):
    """The vendor's Action with its four constants."""
    code = (ROOT / "crates/gatehouse/tests/product/seed_action.js").read_text()
    management = story["management"]
    for name, value in (("AUDIENCE", management["audience"]), ("ISSUER", instance.endpoints["issuer"]),
                        ("ID", management["client_id"]), ("SECRET", management["client_secret"])):
        code = code.replace(f"INITIAL_CLIENT_{name} = \n", f"INITIAL_CLIENT_{name} = '{value}'\n")
    return code


def actions(folder, processes, options):
    clients = ROOT / "tests/clients"
    if not (clients / "node_modules/axios").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=clients, check=True)
    registry = processes.start(["node", "registry.mjs"], cwd=clients, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    instance = Product(built("gatehouse", options), folder / "data-actions")
    instance.settings["GATEHOUSE__IDENTITY__ACTIONS__REGISTRY"] = registry.stdout.readline().decode().strip()
    instance.settings["GATEHOUSE__IDENTITY__ACTIONS__EGRESS_ALLOW"] = "127.0.0.0/8"
    story = instance.tell_story()
    server, _ = instance.start(processes)
    tenant = Tenant(instance, story)
    cases = {"no Action": None, "an empty Action": EMPTY, "one that sets a claim": CLAIM,
             "the printed one: two calls to the tenant, with axios": printed(instance, story)}
    for name, code in cases.items():
        if code:
            tenant.deploy(name, code, ["axios"] if "axios" in code else [])
    # First, since what others leave behind would be used again and not be seen.
    kept = memory(tenant, server)
    report = [latency(tenant, processes, cases, options), crowd(folder, tenant, server, cases, options), kept]
    note = ("Gatehouse on one CPU, the client on the other. A warm request comes after a pause of "
            f"{PAUSE * 1000:.0f} ms; a cold one is the first after the Action was put to work, when it is compiled "
            "and has no context yet. Plain `node` runs the handler alone over a pipe, with no server around it.")
    return f"## Actions\n\n{note}\n\n" + "\n\n".join(report)


def latency(tenant, processes, cases, options):
    codes = [code for code in cases.values() if code]
    node = Node(processes, codes)
    warm, cold, piped = ({name: [] for name in cases} for _ in range(3))
    each = 20 * options.seconds
    for _ in range(options.rounds):
        for name, code in cases.items():
            for _ in range(3):
                tenant.bind([])
                tenant.bind([name] if code else [])
                cold[name].append(tenant.ask())
            for _ in range(5):
                tenant.rest()
            warm[name] += [tenant.rest() for _ in range(each)]
            if code:
                which = codes.index(code)
                node.answer(which, tenant.client_id)
                piped[name] += [node.answer(which, tenant.client_id) for _ in range(each)]
    base = statistics.median(warm["no Action"])
    rows = []
    for name, code in cases.items():
        middle = statistics.median(warm[name])
        added = f"{middle - base:.3f}" if code else ""
        alone = f"{statistics.median(piped[name]):.3f}" if code else ""
        rows.append([name, f"{middle:.3f}", added, f"{statistics.quantiles(warm[name], n=100)[98]:.2f}",
                     f"{statistics.median(cold[name]):.2f}", alone])
    head = ["token request with", "warm, median ms", "added", "p99", "cold, median ms", "`node` over a pipe, median ms"]
    return table(head, rows)


def crowd(folder, tenant, server, cases, options):
    script = folder / "actions.lua"
    script.write_text(TOKEN.format(form=tenant.form) + RESULT)
    results = {name: [] for name in cases}
    for _ in range(options.rounds):
        for name, code in cases.items():
            tenant.bind([name] if code else [])
            before = cpu_seconds(server)
            rate, p50, p99 = wrk(script, tenant.port, options.seconds)
            spent = (cpu_seconds(server) - before) / (rate * options.seconds) * 1e6
            results[name].append((rate, p50 / 1000, p99 / 1000, spent))
    rows = []
    for name, runs in results.items():
        rate, p50, p99, spent = (statistics.median(column) for column in zip(*runs))
        rows.append([name, f"{rate:,.0f}", f"{p50:.1f}", f"{p99:.1f}", f"{spent:.0f}"])
    return table(["64 connections at once", "tokens/s", "p50 ms", "p99 ms", "CPU µs/token"], rows)


def memory(tenant, server):
    rows = []
    axios = "const axios = require('axios'); "
    for what, code, packages in (("empty", EMPTY, []), ("with axios", axios + EMPTY, ["axios"])):
        names = [f"warm {what} {number}" for number in range(WARM)]
        for name in names:
            tenant.deploy(name, code, packages)
        tenant.bind([])
        tenant.ask()
        before = resident(server)
        tenant.bind(names)
        for _ in range(10):
            time.sleep(10 * PAUSE)
            tenant.ask()
        rows.append([what, f"{(resident(server) - before) / WARM:.2f}"])
    tenant.bind([])
    return table(["Action, deployed and warm", f"MiB of resident memory each, of {WARM}"], rows)
