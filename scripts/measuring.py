"""What every part of scripts/bench measures with: child processes, wrk, processor time, memory."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONNECTIONS = 64
PROXY_CPU, LOAD_CPU = "0", "1"


class Processes:
    """Child processes that end with the block, and no others."""

    def __enter__(self):
        self.children = []
        return self

    def start(self, command, cpu=None, **options):
        pinned = ["taskset", "-c", cpu] if cpu and os.cpu_count() > 1 else []
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        child = subprocess.Popen([*pinned, *map(str, command)], **options)
        self.children.append(child)
        return child

    def stop(self, child):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def __exit__(self, *_):
        for child in reversed(self.children):
            self.stop(child)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(what, ready, seconds=60):
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} was not ready within {seconds} s")
        time.sleep(0.02)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def built(program, options):
    """The path of a program or an example; all are built at once, so that parts share their dependencies."""
    profile = [] if options.debug else ["--release"]
    subprocess.run(["cargo", "build", "--quiet", "--workspace", "--bins", "--examples", *profile], cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    return pathlib.Path(target) / ("debug" if options.debug else "release") / program


def resident(child):
    status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


RESULT = """
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


def wrk(script, port, seconds):
    """Requests per second, p50 and p99 in microseconds; any error fails the run."""
    command = ["taskset", "-c", LOAD_CPU] if os.cpu_count() > 1 else []
    command += ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", script, f"http://127.0.0.1:{port}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    requests, duration, errors, p50, p99 = map(int, found.groups())
    assert errors == 0, f"{errors} of {requests} requests failed: {script}"
    return requests / (duration / 1e6), p50, p99


def cpu_seconds(child):
    """User and system time of a process and the children it forked."""
    own = [child.pid]
    children = pathlib.Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
    ticks = 0
    for pid in own + children:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Product:
    """A `gatehouse serve` on a data directory that quickstart filled."""

    def __init__(self, binary, data):
        self.binary, self.data = binary, data
        self.settings = {f"GATEHOUSE__{name}__LISTEN": f"127.0.0.1:{free_port()}"
                         for name in ("GATEWAY", "PLATFORM", "PORTAL", "IDENTITY", "OPERATIONS")}

    def tell_story(self):
        """Runs quickstart once; gives what it wrote down."""
        done = subprocess.run([self.binary, "quickstart", "--exit", "--data-dir", self.data], capture_output=True,
                              text=True, env={**os.environ, **self.settings})
        assert done.returncode == 0, f"quickstart failed: {done.stdout[-500:]}{done.stderr[-500:]}"
        return json.loads((self.data / "quickstart.json").read_text())

    def start(self, processes):
        """Milliseconds until every listener is ready."""
        ready = self.data / "endpoints.json"
        ready.unlink(missing_ok=True)
        begin = time.monotonic()
        child = processes.start([self.binary, "serve", "--data-dir", self.data], PROXY_CPU,
                                env={**os.environ, **self.settings})
        while not ready.exists():
            assert child.poll() is None, "serve ended before it was ready"
            assert time.monotonic() - begin < 60, "serve was not ready within 60 s"
            time.sleep(0.001)
        took = (time.monotonic() - begin) * 1000
        self.endpoints = json.loads(ready.read_text())
        return child, took


def call(opener, method, url, body=None, headers=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with opener.open(request, timeout=30) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith((b"{", b"[")) else None
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
