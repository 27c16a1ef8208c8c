"""The part `portal` of scripts/bench: a portal with very many APIs, developers and applications beside a small one."""

import http.client
import http.cookiejar
import json
import os
import re
import statistics
import subprocess
import time
import urllib.parse
import urllib.request

from measuring import LOAD_CPU, Product, answers, built, call, free_port, resident, table, wait_for

SIZES = ((100, 100, 100), (10_000, 100_000, 1_000_000))
KEYS = "00000000-0000-7000-8000-0000000000a0"


class Portal:
    """A filled instance that serves, with a gateway of its own beside it, and people signed in everywhere."""

    def __init__(self, folder, options, processes, size):
        self.size, self.processes = size, processes
        self.apis, self.developers, self.applications = size
        self.binary = built("gatehouse", options)
        self.instance = Product(self.binary, folder / f"portal-{self.applications}")
        # What is measured is the work, not the limits that keep strangers from asking for it.
        self.instance.settings["GATEHOUSE__EGRESS__ALLOW"] = "127.0.0.0/8"
        self.story = self.instance.tell_story()
        database = self.instance.data / "gatehouse.db"
        filled = subprocess.run([built("examples/bench_portal", options), database, *map(str, size)],
                                capture_output=True, text=True)
        assert filled.returncode == 0, filled.stderr[-1000:]
        self.filled = float(filled.stdout)
        self.child, self.ready = self.instance.start(processes)
        self.endpoints = self.instance.endpoints
        self.token = {"Authorization": f"Bearer {self.story['platform_token']}"}
        self.id = self.story["portal"]["id"]
        self.platform = self.endpoints["platform"]
        self.start_upstream()
        self.start_node(folder)
        self.client = self.signed_in_developer()
        self.console = self.signed_in_administrator()

    def start_upstream(self):
        port = urllib.parse.urlsplit(self.story["upstream_url"]).port
        code = ("import http.server\n"
                "class H(http.server.BaseHTTPRequestHandler):\n"
                " protocol_version = 'HTTP/1.1'\n"
                " def do_GET(self):\n"
                "  self.send_response(200); self.send_header('content-length', '2'); self.end_headers(); self.wfile.write(b'ok')\n"
                " def log_message(self, *_): pass\n"
                f"http.server.ThreadingHTTPServer(('127.0.0.1', {port}), H).serve_forever()")
        if not answers(port):
            self.processes.start(["python3", "-c", code], LOAD_CPU)
            wait_for("the upstream", lambda: answers(port))

    def start_node(self, folder):
        """A `gatehouse gateway` that follows; seconds until it obeys everything."""
        self.node_data = folder / f"node-{self.applications}"
        self.node_data.mkdir()
        port = free_port()
        environment = {**os.environ, "GATEHOUSE__GATEWAY__LISTEN": f"127.0.0.1:{port}",
                       "GATEHOUSE__OPERATIONS__LISTEN": f"127.0.0.1:{free_port()}",
                       "GATEHOUSE__GATEWAY__CONTROL_PLANE": self.endpoints["platform"],
                       "GATEHOUSE__GATEWAY__CONTROL_PLANE_TOKEN": self.story["platform_token"],
                       "GATEHOUSE__GATEWAY__NODE": "bench", "GATEHOUSE__EGRESS__ALLOW": "127.0.0.0/8"}
        began = time.monotonic()
        self.node = self.processes.start([self.binary, "gateway", "--data-dir", self.node_data], LOAD_CPU, env=environment)
        self.node_port = port
        wait_for("the node", lambda: answers(port) and self.call_gateway("/api-2", key=None) == 401, 300)
        self.node_ready = time.monotonic() - began
        # It obeys first and keeps what it got afterwards.
        kept = self.node_data / "gateway.json"
        wait_for("the node's file", kept.exists)
        self.snapshot = kept.stat().st_size / 2**20

    def call_gateway(self, path, key):
        connection = http.client.HTTPConnection("127.0.0.1", self.node_port, timeout=20)
        try:
            connection.request("GET", path, headers={"apikey": key} if key else {})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except OSError:
            return 0
        finally:
            connection.close()

    def signed_in_developer(self):
        self.client_jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.client_jar))
        who = self.story["portal"]["developer"]
        status, answer = call(opener, "POST", f"{self.endpoints['portal']}/api/v2/developer/authenticate",
                              {"username": who["email"], "password": who["password"]})
        assert status == 204, f"signing in answered {status}: {answer}"
        return opener

    def signed_in_administrator(self):
        self.console_jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.console_jar))
        page = opener.open(f"{self.platform}/sign-in").read().decode()
        fields = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page).group(1), "return_to": "/account",
                  **self.story["admin"]}
        opener.open(f"{self.platform}/sign-in", urllib.parse.urlencode(fields).encode()).read()
        return opener

    def read(self, opener, url, headers=None):
        begin = time.perf_counter()
        with opener.open(urllib.request.Request(url, headers=headers or {}), timeout=120) as answer:
            text = answer.read()
            assert answer.geturl() == url, f"{url} led to {answer.geturl()}"
        return (time.perf_counter() - begin) * 1000, text

    def write(self, method, url, body=None, opener=None, wanted=(200, 201, 204)):
        begin = time.perf_counter()
        opener = opener or urllib.request.build_opener()
        status, answer = call(opener, method, url, body, {} if opener is self.client else self.token)
        took = (time.perf_counter() - begin) * 1000
        assert status in wanted, f"{method} {url} answered {status}: {answer}"
        return took, answer


def identity(kind, n):
    return f"{kind}0000000-0000-7000-8000-{n:012d}"


def reads(portal, times):
    """Milliseconds for pages and lists, by name."""
    anybody = urllib.request.build_opener()
    front, console = portal.endpoints["portal"], f"{portal.platform}/portals/{portal.id}"
    lists = f"{portal.platform}/v2/portals/{portal.id}"
    last = lambda entries, size: max(1, -(-entries // size))
    middle = portal.applications // 2
    cases = {
        "portal, first page of the catalogue": (portal.client, f"{front}/"),
        "portal, search in the catalogue": (portal.client, f"{front}/?q=gauge+{portal.apis // 2}%2C"),
        "portal API, first APIs": (portal.client, f"{front}/api/v3/apis"),
        "portal API, search": (portal.client, f"{front}/api/v2/search/product-catalog?q=gauge+{portal.apis // 2}"),
        "portal, one API": (portal.client, f"{front}/products/{identity(3, portal.apis // 2)}"),
        "portal, my applications": (portal.client, f"{front}/my-apps"),
        "console, portals": (portal.console, f"{portal.platform}/portals"),
        "console, developers": (portal.console, f"{console}/developers"),
        "console, developers by name": (portal.console, f"{console}/developers?sort=name"),
        "console, developers that wait": (portal.console, f"{console}/developers?status=pending"),
        "console, last page of developers": (portal.console, f"{console}/developers?page={last(portal.developers, 25)}"),
        "console, search for a developer": (portal.console, f"{console}/developers?q=developer-{portal.developers // 2}%40"),
        "console, applications": (portal.console, f"{console}/applications"),
        "console, last page of applications": (portal.console, f"{console}/applications?page={last(portal.applications, 25)}"),
        "console, search for an application": (portal.console, f"{console}/applications?q=client-{middle + 1}"),
        "console, registrations": (portal.console, f"{console}/registrations"),
        "console, registrations that wait": (portal.console, f"{console}/registrations?status=pending"),
        "console, search for a registration": (portal.console, f"{console}/registrations?q=developer-{portal.developers // 2}%40"),
        "console, API products": (portal.console, f"{portal.platform}/api-products"),
        "console, audit": (portal.console, f"{portal.platform}/audit"),
        "console, audit of one kind": (portal.console, f"{portal.platform}/audit?kind=portal"),
        "console, search in the audit": (portal.console, f"{portal.platform}/audit?q=request-{middle}"),
        "API, developers": (anybody, f"{lists}/developers"),
        "API, applications": (anybody, f"{lists}/applications"),
        "API, registrations": (anybody, f"{lists}/application-registrations"),
        "API, API products": (anybody, f"{portal.platform}/v2/api-products"),
        "API, APIs (v3)": (anybody, f"{portal.platform}/v3/apis"),
    }
    found = {}
    for name, (opener, url) in cases.items():
        headers = portal.token if opener is anybody else None
        portal.read(opener, url, headers)
        took = []
        begin = time.monotonic()
        while len(took) < times and (time.monotonic() - begin < 20 or len(took) < 3):
            took.append(portal.read(opener, url, headers)[0])
        found[name] = took
    return found


def writes(portal, times):
    """Milliseconds for writes, each with all that it waits for, and from their answer to the gateway's."""
    lists = f"{portal.platform}/v2/portals/{portal.id}"
    mine = f"{portal.endpoints['portal']}/api/v2/applications"
    found = {name: [] for name in ("approval of a developer", "approval of a registration",
                                   "application with a key", "application through DCR at the own tenant",
                                   "registration", "from the answer until the gateway takes the key",
                                   "a route is changed", "from the answer until the gateway routes")}
    for turn in range(1, times + 1):
        developer = identity(8, turn * 20)
        found["approval of a developer"].append(
            portal.write("PATCH", f"{lists}/developers/{developer}", {"status": "approved"})[0])
        application, registration = identity(9, turn * 10), identity("b", turn * 10)
        url = f"{lists}/applications/{application}/registrations/{registration}"
        found["approval of a registration"].append(portal.write("PATCH", url, {"status": "approved"})[0])
        name = f"bench {portal.applications} {turn}"
        took, made = portal.write("POST", mine, {"name": name, "auth_strategy_id": KEYS},
                                  portal.client)
        also, key = portal.write("POST", f"{mine}/{made['id']}/credentials", {"display_name": "bench"}, portal.client)
        found["application with a key"].append(took + also)
        key = key["credential"]
        took, _ = portal.write("POST", mine, {"name": f"{name} dcr", "auth_strategy_id": portal.story["auth_strategy_id"]},
                               portal.client)
        found["application through DCR at the own tenant"].append(took)
        number = 2 * turn
        took, _ = portal.write("POST", f"{mine}/{made['id']}/registrations", {"product_version_id": identity(4, number)}, portal.client)
        found["registration"].append(took)
        found["from the answer until the gateway takes the key"].append(until(lambda: portal.call_gateway(f"/api-{number}", key) == 200))
        plane, route = plane_of(portal), identity(2, number)
        took, _ = portal.write("PUT", f"{portal.platform}/v2/control-planes/{plane}/core-entities/routes/{route}",
                               {"name": f"route-{number}", "paths": [f"/api-{number}", f"/moved-{number}"],
                                "service": {"id": identity(1, number)}})
        found["a route is changed"].append(took)
        found["from the answer until the gateway routes"].append(until(lambda: portal.call_gateway(f"/moved-{number}", key) == 200))
    return found


def plane_of(portal):
    if not hasattr(portal, "plane"):
        _, planes = portal.read(urllib.request.build_opener(), f"{portal.platform}/v2/control-planes", portal.token)
        portal.plane = json.loads(planes)["data"][0]["id"]
    return portal.plane


def until(done, seconds=60):
    begin = time.perf_counter()
    while not done():
        assert time.perf_counter() - begin < seconds, f"not within {seconds} s"
    return (time.perf_counter() - begin) * 1000


class Browser:
    """Headless Chromium by its driver, with an empty cache."""

    def __init__(self, processes, port):
        self.processes = processes
        self.driver = processes.start(["chromedriver", f"--port={port}"], LOAD_CPU)
        self.base = f"http://127.0.0.1:{port}"
        wait_for("chromedriver", lambda: answers(port))
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync"]
        capabilities = {"alwaysMatch": {"goog:chromeOptions": {"args": arguments}}}
        self.session = self.ask("POST", "/session", {"capabilities": capabilities})["sessionId"]

    def ask(self, method, path, body=None):
        status, answer = call(urllib.request.build_opener(), method, self.base + path, body)
        assert status == 200, f"{method} {path} answered {status}: {answer}"
        return answer["value"]

    def of_session(self, path, body):
        return self.ask("POST", f"/session/{self.session}{path}", body)

    def paint(self, url, cookies):
        """KiB that came over the wire, and milliseconds until something was painted."""
        parts = urllib.parse.urlsplit(url)
        # Cookies can be set for a page that is open; any page of the host will do.
        self.of_session("/url", {"url": f"{parts.scheme}://{parts.netloc}/assets/nothing"})
        for cookie in cookies:
            self.of_session("/cookie", {"cookie": {"name": cookie.name, "value": cookie.value, "path": "/"}})
        self.of_session("/goog/cdp/execute", {"cmd": "Network.clearBrowserCache", "params": {}})
        self.of_session("/url", {"url": url})
        script = ("const done = arguments[0]; const tell = () => { const paint = performance.getEntriesByName('first-contentful-paint');"
                  "if (!paint.length) return setTimeout(tell, 20);"
                  "const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];"
                  "done([loaded.reduce((sum, one) => sum + one.transferSize, 0), paint[0].startTime]); }; tell();")
        weight, painted = self.of_session("/execute/async", {"script": script, "args": []})
        return weight / 1024, painted

    def close(self):
        self.ask("DELETE", f"/session/{self.session}")
        self.processes.stop(self.driver)


def paints(portal, times):
    """Weight in KiB and first paint in milliseconds of pages, by name; each from an empty cache."""
    front, console = portal.endpoints["portal"], f"{portal.platform}/portals/{portal.id}"
    found = {}
    for name, url, jar in (("catalogue", f"{front}/", portal.client_jar),
                           ("one API", f"{front}/products/{identity(3, portal.apis // 2)}", portal.client_jar),
                           ("reference of an API", f"{front}/products/{identity(3, portal.apis // 2)}/versions/{identity(4, portal.apis // 2)}/reference", portal.client_jar),
                           ("one operation of it", f"{front}/products/{identity(3, portal.apis // 2)}/versions/{identity(4, portal.apis // 2)}/reference/operations/getForecast", portal.client_jar),
                           ("developers in the console", f"{console}/developers", portal.console_jar),
                           ("applications in the console", f"{console}/applications", portal.console_jar)):
        browser = Browser(portal.processes, free_port())
        found[name] = [browser.paint(url, jar) for _ in range(times)]
        browser.close()
    return found


def measure(folder, processes, options):
    times = 10 if options.debug else 100
    columns = []
    for size in SIZES:
        portal = Portal(folder, options, processes, size)
        idle = [resident(portal.child), resident(portal.node)]
        # There are five developers that wait among a hundred.
        found = {**reads(portal, times), **writes(portal, 5)}
        after = [resident(portal.child), resident(portal.node)]
        columns.append((portal, idle, found, after, paints(portal, 3 if options.debug else 9)))
        processes.stop(portal.node)
        processes.stop(portal.child)
    small, large = (column[2] for column in columns)
    rows = []
    for name in small:
        a, b = statistics.median(small[name]), statistics.median(large[name])
        rows.append([name, f"{a:.1f}", f"{b:.1f}", f"{b / a:.1f}", f"{max(large[name]):.0f}"])
    facts = [["filled in", *(f"{p.filled:.1f} s" for p, *_ in columns)],
             ["ready from an existing data directory", *(f"{p.ready:.0f} ms" for p, *_ in columns)],
             ["database", *(f"{(p.instance.data / 'gatehouse.db').stat().st_size / 2**20:,.0f} MiB" for p, *_ in columns)],
             ["a gateway node obeys everything after", *(f"{p.node_ready:.1f} s" for p, *_ in columns)],
             ["snapshot on the node's disk", *(f"{p.snapshot:,.2f} MiB" for p, *_ in columns)],
             ["resident memory, all roles", *(f"{column[1][0]:.0f} MiB" for column in columns)],
             ["resident memory, all roles, after all this", *(f"{column[3][0]:.0f} MiB" for column in columns)],
             ["resident memory, the gateway node", *(f"{column[1][1]:.0f} MiB" for column in columns)],
             ["the same after all this", *(f"{column[3][1]:.0f} MiB" for column in columns)]]
    painted = [[name, *(f"{statistics.median(one[at] for one in column[4][name]):.0f}" for at in (0, 1) for column in columns)]
               for name in columns[0][4]]
    head = [" × ".join(f"{n:,}" for n in size) for size in SIZES]
    note = ("APIs × developers × applications; half of the applications with a key, half with a client that their developer "
            "made; one registration each. One request at a time; medians in milliseconds, of writes with all they wait for.")
    return (f"## A portal with a million applications (SQLite, CPU 0; its gateway node on CPU 1)\n\n{note}\n\n"
            f"{table(['what', *head, 'ratio', 'slowest'], rows)}\n\n{table(['what', *head], facts)}\n\n"
            "Pages in Chromium on the other CPU, from an empty cache.\n\n"
            f"{table(['page', *(f'{what}, {size[2]:,}' for what in ('KiB', 'first paint ms') for size in SIZES)], painted)}")
