"""The identity tenant: throughput beside npm `oidc-provider`, a million clients, a million junk registrations."""

import base64
import concurrent.futures
import html
import http.client
import http.cookiejar
import json
import random
import re
import sqlite3
import statistics
import subprocess
import time
import urllib.parse
import urllib.request

from measuring import (CONNECTIONS, LOAD_CPU, PROXY_CPU, RESULT, ROOT, Product, answers, call, built, cpu_seconds,
                       free_port, resident, table, wait_for, wrk)

API = "https://weather.bench/"
CALLBACK = "https://app.bench/callback"
PASSWORD = "Correct-horse-battery-1"
JSON = '["content-type"] = "application/json"'
FORM = '["content-type"] = "application/x-www-form-urlencoded"'

REGISTER = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("POST", "{path}", {{ {json} }},
    '{{"client_name":"{tag} ' .. n .. '","redirect_uris":["https://client.example.com/callback"]}}')
end
"""

# Codes are kept for the exchanges that follow.
AUTHORIZE = """
local out = io.open("{codes}", "w")
request = function() return wrk.format("GET", "{path}", {{ ["cookie"] = "{cookies}" }}) end
response = function(_, headers)
  local code = (headers["location"] or headers["Location"] or ""):match("[?&]code=([^&#]+)")
  if code then out:write(code, "\\n"); out:flush() end
end
"""

# Each value once; what comes back in the answer's `member` joins the queue.
QUEUE = """
local queue, first, last = {{}}, 1, 0
local function push(value) last = last + 1; queue[last] = value end
for line in io.lines("{values}") do push(line) end
request = function()
  local value = queue[first] or "none-left"
  queue[first], first = nil, first + 1
  return wrk.format("POST", "{path}", {{ {form} }}, "{body}&{parameter}=" .. value)
end
response = function(_, _, body)
  local value = "{member}" ~= "" and body:match('"{member}":"([^"]+)"')
  if value then push(value) end
end
"""

STATIC = """
request = function() return wrk.format("POST", "{path}", {{ {form} }}, "{body}") end
"""


class Browser:
    """Follows redirects and fills forms in until the application's callback is reached."""

    def __init__(self):
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), Unfollowed())

    def ask(self, url, form=None):
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(url, body)
        if "/u/" in url:
            request.add_header("Origin", "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url)))
        with self.opener.open(request, timeout=30) as answer:
            return answer.status, answer.headers.get("Location"), answer.read().decode(errors="replace")

    def code(self, url, answers_to):
        form = None
        for _ in range(20):
            status, location, page = self.ask(url, form)
            if location:
                url, form = urllib.parse.urljoin(url, location), None
                if url.startswith(CALLBACK):
                    return urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["code"][0]
                continue
            action = re.search(r"<form[^>]*action=\"([^\"]*)\"[\s\S]*?</form>", page[max(page.find("<main"), 0):])
            assert action, f"{status} at {url}: {page[:300]}"
            form = {name: html.unescape(value) for name, value in
                    re.findall(r"<input[^>]*type=\"hidden\"[^>]*name=\"([^\"]*)\"[^>]*value=\"([^\"]*)\"", action[0])}
            form.update(answers_to(url, page))
            url = urllib.parse.urljoin(url, html.unescape(action[1]))
        raise AssertionError(f"no code, but {url}")

    def cookies(self, url):
        request = urllib.request.Request(url)
        self.jar.add_cookie_header(request)
        return request.get_header("Cookie")


class Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None

    def http_error_302(self, _request, response, *_):
        return response

    http_error_301 = http_error_303 = http_error_307 = http_error_302


class Server:
    """What is measured: where its endpoints are, one client, one signed-in user."""

    def __init__(self, name, child, port, paths, client, scope, answers_to):
        self.name, self.child, self.port, self.paths, self.client = name, child, port, paths, client
        self.base = f"http://127.0.0.1:{port}"
        self.credentials = urllib.parse.urlencode(client)
        self.request = paths["authorize"] + "?" + urllib.parse.urlencode({
            "client_id": client["client_id"], "response_type": "code", "scope": scope, "redirect_uri": CALLBACK,
            **({"audience": API} if name == "Gatehouse" else {"resource": API})})
        self.browser = Browser()
        self.answers_to = answers_to
        self.tokens()

    def tokens(self):
        code = self.browser.code(self.base + self.request, self.answers_to)
        form = {**self.client, "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return json.loads(self.browser.ask(self.base + self.paths["token"], form)[2])

    def measure(self, folder, seconds):
        """For each case: requests a second, p50 and p99 in ms, processor time in µs."""
        script, values = folder / "tenant.lua", folder / "values"
        tag, results = f"{self.name} {time.monotonic_ns()}", {}

        def run(case, text, seconds=seconds):
            script.write_text(text + RESULT)
            before = cpu_seconds(self.child)
            rate, p50, p99 = wrk(script, self.port, seconds)
            spent = cpu_seconds(self.child) - before
            results[case] = (rate, p50 / 1000, p99 / 1000, spent / (rate * seconds) * 1e6)

        run("registration", REGISTER.format(path=self.paths["register"], json=JSON, tag=tag))
        cookies = self.browser.cookies(self.base + self.paths["authorize"])
        run("authorization, signed in already", AUTHORIZE.format(path=self.request, cookies=cookies, codes=values), 2 * seconds)
        exchange = f"{self.credentials}&grant_type=authorization_code&redirect_uri={urllib.parse.quote(CALLBACK, '')}"
        queue = QUEUE.format(values=values, path=self.paths["token"], form=FORM, body=exchange, parameter="code", member="")
        run("code exchange", queue)
        values.write_text("".join(self.tokens()["refresh_token"] + "\n" for _ in range(2 * CONNECTIONS)))
        refresh = f"{self.credentials}&grant_type=refresh_token"
        queue = QUEUE.format(values=values, path=self.paths["token"], form=FORM, body=refresh,
                             parameter="refresh_token", member="refresh_token")
        run("refresh with rotation", queue)
        issued = self.tokens()
        for case, member in (("introspection of a refresh token", "refresh_token"),
                             ("introspection of a signed access token", "access_token")):
            if member == "access_token" and not self.paths["introspects_signed"]:
                continue
            body = f"{self.credentials}&token={issued[member]}"
            run(case, STATIC.format(path=self.paths["introspect"], form=FORM, body=body))
        return results


def provider(processes):
    folder, port = ROOT / "scripts/bench_provider", free_port()
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
    child = processes.start(["node", "provider.mjs", port], PROXY_CPU, cwd=folder)
    wait_for("oidc-provider", lambda: answers(port))
    paths = {"register": "/reg", "authorize": "/auth", "token": "/token", "introspect": "/token/introspection",
             "introspects_signed": False}
    client = {"client_id": "bench", "client_secret": "bench-secret-bench-secret-bench-secret"}

    def answers_to(_url, page):
        return {"login": "ada", "password": PASSWORD} if 'name="login"' in page else {}

    return Server("oidc-provider", child, port, paths, client, "openid read:weather", answers_to)


class Tenant:
    """A Gatehouse whose Management API is at hand."""

    def __init__(self, folder, options, processes, settings):
        self.instance = Product(built("gatehouse", options), folder)
        self.story = self.instance.tell_story()
        self.instance.settings.update({f"GATEHOUSE__IDENTITY__{name}": value for name, value in settings.items()})
        self.start(processes)
        self.call("PATCH", "tenants/settings", {"flags": {"enable_dynamic_client_registration": True},
                                                "dynamic_client_registration_security_mode": "permissive"})

    def start(self, processes):
        self.child, took = self.instance.start(processes)
        self.issuer = self.instance.endpoints["issuer"]
        self.port = urllib.parse.urlsplit(self.issuer).port
        self.opener = urllib.request.build_opener()
        owner = {"grant_type": "client_credentials", **self.story["management"]}
        status, issued = call(self.opener, "POST", f"{self.issuer}oauth/token", owner)
        assert status == 200, issued
        self.bearer = {"Authorization": f"Bearer {issued['access_token']}"}
        return took

    def call(self, method, path, body=None):
        status, answer = call(self.opener, method, f"{self.issuer}api/v2/{path}", body, self.bearer)
        assert status in (200, 201, 204), f"{method} {path} answered {status}: {answer}"
        return answer

    def database(self):
        return self.instance.data / "gatehouse.db"

    def disk(self):
        """MiB of the database with its journal."""
        return sum(path.stat().st_size for path in self.database().parent.glob("gatehouse.db*")) / 2**20


BOUNDLESS = {"REGISTRATION__PER_ORIGIN": "4000000000", "REGISTRATION__MAX_UNUSED": "4000000000",
             "REGISTRATION__MAX_CLIENTS": "4000000000"}


def gatehouse(folder, processes, options):
    tenant = Tenant(folder / "tenant", options, processes, BOUNDLESS)
    tenant.call("POST", "resource-servers", {"identifier": API, "name": "Weather", "allow_offline_access": True,
                                             "scopes": [{"value": "read:weather"}]})
    made = tenant.call("POST", "clients", {
        "name": "Bench", "app_type": "regular_web", "callbacks": [CALLBACK], "jwt_configuration": {"alg": "RS256"},
        "refresh_token": {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 0,
                          "token_lifetime": 2592000, "idle_token_lifetime": 1296000}})
    tenant.call("POST", "users", {"connection": "Username-Password-Authentication", "email": "ada@example.com",
                                  "password": PASSWORD, "email_verified": True})
    paths = {"register": "/oidc/register", "authorize": "/authorize", "token": "/oauth/token",
             "introspect": "/oauth/introspect", "introspects_signed": True}
    client = {name: made[name] for name in ("client_id", "client_secret")}

    def answers_to(url, _page):
        return {"action": "accept"} if "/u/consent" in url else {"username": "ada@example.com", "password": PASSWORD}

    return Server("Gatehouse", tenant.child, tenant.port, paths, client, "openid offline_access read:weather", answers_to)


def throughput(folder, processes, options):
    servers = [gatehouse(folder, processes, options), provider(processes)]
    rounds = {server.name: [] for server in servers}
    for _ in range(options.rounds):
        for server in servers:
            rounds[server.name].append(server.measure(folder, options.seconds))
    rows = []
    for case in rounds["Gatehouse"][0]:
        medians = {name: [statistics.median(column) for column in zip(*(measured[case] for measured in runs))]
                   for name, runs in rounds.items() if case in runs[0]}
        for name, (rate, p50, p99, cost) in medians.items():
            peer = medians.get("oidc-provider")
            times = f"{rate / peer[0]:.2f}" if peer else ""
            rows.append([case, name, f"{rate:,.0f}", times, f"{p50:.1f}", f"{p99:.1f}", f"{cost:.0f}"])
    memory = ", ".join(f"{server.name} {resident(server.child):.0f} MiB" for server in servers)
    version = json.loads((ROOT / "scripts/bench_provider/package.json").read_text())["dependencies"]["oidc-provider"]
    node = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    note = (f"Medians of {options.rounds} rounds of {options.seconds} s in turn, {CONNECTIONS} keep-alive connections, one CPU for "
            f"the server and one for the load. Gatehouse keeps everything durably in SQLite; oidc-provider {version} (Node "
            f"{node}) in memory, in a Map. Both sign an RS256 access token for one API, and an ID token with it. "
            f"Resident at the end: {memory}.")
    head = ["case", "server", "requests/s", "of oidc-provider", "p50 ms", "p99 ms", "CPU µs/request"]
    return f"## Identity tenant\n\n{note}\n\n{table(head, rows)}"


# --- a million clients -----------------------------------------------------------------------


def copies(database, count):
    """Copies the client that registered last, as one that was used: ids, names and digests are each one's own.
    Secrets are left out: they are sealed for their client."""
    columns = [row[1] for row in database.execute("PRAGMA table_info(identity_client)")]
    own = {"client_id": "printf('bench%027d', n)", "name": "'App ' || n", "secret": "NULL", "fingerprint": "'fingerprint-' || n",
           "origin": "'origin-' || (n % 50000)", "created_at": "model.created_at + n",
           "last_used_at": "model.created_at + n", "prune_at": "model.created_at + 7776000000 + n"}
    values = ", ".join(own.get(column, f"model.{column}") for column in columns)
    with database:
        database.execute(
            f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) "
            f"INSERT INTO identity_client SELECT {values} FROM numbers, (SELECT * FROM identity_client "
            "WHERE registration IS NOT NULL ORDER BY created_at DESC LIMIT 1) AS model")


class Line:
    """One connection that stays open, and how long its answers take."""

    def __init__(self, tenant):
        self.connection = http.client.HTTPConnection("127.0.0.1", tenant.port, timeout=60)
        self.bearer = tenant.bearer

    def send(self, method, path, body=None, form=None, headers=()):
        sent = {**dict(headers)}
        if form is not None:
            body, sent["Content-Type"] = urllib.parse.urlencode(form), "application/x-www-form-urlencoded"
        elif body is not None:
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        if path.startswith("/api/"):
            sent.update(self.bearer)
        begin = time.perf_counter()
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, (time.perf_counter() - begin) * 1000, text


def crowd_latencies(tenant, count):
    line, number, found = Line(tenant), random.Random(7), {}
    last = count // 50 - 1

    def case(name, times, request):
        took = []
        for turn in range(times):
            status, ms, text = line.send(*request(turn))
            assert status in (200, 201, 302), f"{name} answered {status}: {text[:200]}"
            took.append(ms)
        found[name] = (statistics.median(took), sorted(took)[int(len(took) * 0.99) if len(took) > 1 else 0])
        return text

    some = lambda _: "bench%027d" % number.randint(1, count)
    owner = {"grant_type": "client_credentials", **tenant.story["management"]}
    case("registration", 300, lambda turn: ("POST", "/oidc/register", {
        "client_name": f"New {count} {turn}", "redirect_uris": ["https://client.example.com/callback"]}))
    case("a client by its id", 300, lambda turn: ("GET", f"/api/v2/clients/{some(turn)}"))
    asked = "&response_type=code&scope=openid&redirect_uri=https%3A%2F%2Fclient.example.com%2Fcallback"
    case("`/authorize` for a client not seen lately", 300, lambda turn: ("GET", f"/authorize?client_id={some(turn)}{asked}"))
    case("a token (client credentials)", 300, lambda _: ("POST", "/oauth/token", owner))
    case("the first 50 clients", 50, lambda _: ("GET", "/api/v2/clients?per_page=50"))
    case("the first 50 with the total", 20, lambda _: ("GET", "/api/v2/clients?per_page=50&include_totals=true"))
    case("the last 50, by page", 20, lambda _: ("GET", f"/api/v2/clients?per_page=50&page={last}"))
    case("first-party clients", 20, lambda _: ("GET", "/api/v2/clients?is_first_party=true&include_totals=true"))
    place = checkpoint(tenant, count)
    case("the last 50, by checkpoint", 50, lambda _: ("GET", f"/api/v2/clients?take=50&from={place}"))
    return found


def checkpoint(tenant, count):
    """The place of the fiftieth client from the end, as `next` would have named it."""
    reader = sqlite3.connect(f"file:{tenant.database()}?mode=ro", uri=True)
    place = reader.execute("SELECT created_at || ':' || client_id FROM identity_client WHERE client_id = ?",
                           ("bench%027d" % (count - 50),)).fetchone()[0]
    reader.close()
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def crowd(folder, processes, options):
    columns = {}
    for count in (1_000, 1_000_000):
        tenant = Tenant(folder / f"crowd-{count}", options, processes, BOUNDLESS)
        status, answer = call(tenant.opener, "POST", f"{tenant.issuer}oidc/register",
                              {"client_name": "Model", "redirect_uris": ["https://client.example.com/callback"]})
        assert status == 201, answer
        processes.stop(tenant.child)
        database = sqlite3.connect(tenant.database())
        copies(database, count)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        took = tenant.start(processes)
        idle = resident(tenant.child)
        found = {"ready": f"{took:.0f} ms", "resident memory, idle": f"{idle:.0f} MiB"}
        for name, (median, slowest) in crowd_latencies(tenant, count).items():
            found[name] = f"{median:.2f} ms, p99 {slowest:.2f}"
        found["resident memory after all this"] = f"{resident(tenant.child):.0f} MiB"
        found["database on disk"] = f"{tenant.disk():,.0f} MiB"
        columns[count] = found
        processes.stop(tenant.child)
    rows = [[name, *(columns[count][name] for count in columns)] for name in columns[1_000]]
    head = ["what", *(f"{count:,} clients" for count in columns)]
    note = "All clients registered themselves and were used. One connection, one request at a time, medians."
    return f"## A tenant with a million clients (SQLite, CPU 0)\n\n{note}\n\n{table(head, rows)}"


# --- the flood -------------------------------------------------------------------------------

JUNK = """
math.randomseed({seed})
local n = 0
request = function()
  n = n + 1
  local from = "10." .. math.random(0, 3) .. "." .. math.random(0, 255) .. "." .. math.random(1, 49)
  return wrk.format("POST", "/oidc/register", {{ {json}, ["x-forwarded-for"] = from }},
    '{{"client_name":"junk {seed} ' .. n .. '","redirect_uris":["https://junk.example.com/callback"]}}')
end
"""


def flood(folder, processes, options, most=1_000_000):
    tenant = Tenant(folder / "flood", options, processes, {"TRUSTED_PROXIES": "127.0.0.0/8"})
    tenant.call("POST", "resource-servers", {"identifier": API, "name": "Weather", "scopes": [{"value": "read:weather"}]})
    tenant.call("POST", "client-grants", {"default_for": "third_party_clients", "audience": API,
                                          "scope": ["read:weather"], "subject_type": "client"})
    script, sent, refused, seed = folder / "flood.lua", 0, 0, 0
    before, began, disks, real, lasted, took = tenant.disk(), time.monotonic(), [], [], 0, []

    def token(client):
        form = {"grant_type": "client_credentials", "audience": API, **client}
        return Line(tenant).send("POST", "/oauth/token", form=form)[0]

    def register(number):
        """A real client, from an address of its own, in the middle of it."""
        headers = {"x-forwarded-for": f"203.0.113.{number % 250 + 1}"}
        body = {"client_name": f"Real {number}", "redirect_uris": ["https://real.example.com/callback"]}
        status, ms, text = Line(tenant).send("POST", "/oidc/register", body, headers=headers.items())
        assert status == 201, f"a real client was answered {status}: {text[:200]}"
        took.append(ms)
        return {name: json.loads(text)[name] for name in ("client_id", "client_secret")}

    def arrive(number):
        """One client is used as soon as it is registered, another waits."""
        time.sleep(3)
        prompt, slow = register(2 * number), register(2 * number + 1)
        assert token(prompt) == 200, "a client that was used at once was pushed out"
        time.sleep(10)
        late = token(slow)
        if late != 200:
            assert late == 401, f"a client that was pushed out was answered {late}"
            assert token(register(2 * number + 1)) == 200, "a client that registered again was pushed out"
        return prompt, late == 200

    with concurrent.futures.ThreadPoolExecutor(1) as aside:
        while sent < most:
            seed += 1
            script.write_text(JUNK.format(seed=seed, json=JSON) + RESULT)
            arriving = aside.submit(arrive, seed)
            command = ["taskset", "-c", LOAD_CPU, "wrk", "-t1", f"-c{CONNECTIONS}", "-d20s", "-s", script, f"http://127.0.0.1:{tenant.port}"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            requests, _, errors, _, _ = map(int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout).groups())
            sent, refused = sent + requests, refused + errors
            prompt, stayed = arriving.result()
            real.append(prompt)
            lasted += stayed
            disks.append(tenant.disk())
    lasting = time.monotonic() - began
    kept = sum(token(client) == 200 for client in real)
    reader = sqlite3.connect(f"file:{tenant.database()}?mode=ro", uri=True)
    held, = reader.execute("SELECT COUNT(*) FROM identity_client").fetchone()
    logs, = reader.execute("SELECT COUNT(*) FROM identity_log").fetchone()
    reader.close()
    half = disks[len(disks) // 2]
    rows = [["registrations sent", f"{sent:,} in {lasting:.0f} s ({sent / lasting:,.0f}/s), {refused:,} refused"],
            ["clients at the end", f"{held:,}"], ["entries of the log at the end", f"{logs:,}"],
            ["database before", f"{before:.0f} MiB"], ["after half of it, and at the end", f"{half:.0f} MiB, {disks[-1]:.0f} MiB"],
            ["resident memory at the end", f"{resident(tenant.child):.0f} MiB"],
            ["real clients that came meanwhile, were used at once, and still get tokens", f"{kept} of {len(real)}"],
            ["real clients whose first use came ten seconds later and needed no second registration",
             f"{lasted} of {len(real)}; the others registered again and got tokens"],
            ["their registration, median and slowest", f"{statistics.median(took):.0f} ms, {max(took):.0f} ms"]]
    processes.stop(tenant.child)
    note = "A million junk registrations from some fifty thousand addresses, 64 at a time, under the policy as it is shipped."
    return f"## Flood (SQLite, CPU 0)\n\n{note}\n\n{table(['what', 'measured'], rows)}"
