"""The part `dcr` of scripts/bench: applications and looks at DCR providers, with providers that answer at once."""

import json
import subprocess

from measuring import PROXY_CPU, built, table

KINDS = {"auth0": "Auth0", "okta": "Okta", "azureAd": "Entra ID", "curity": "Curity", "http": "HTTP bridge",
         "rfc7591": "RFC 7591"}
LISTING = ("auth0", "okta", "azureAd")


def measure(_folder, _processes, options):
    binary = built("examples/bench_dcr", options)
    applications, clients = (80, 2_000) if options.debug else (2_000, 100_000)

    def run(*words):
        done = subprocess.run(["taskset", "-c", PROXY_CPU, binary, *map(str, words)], capture_output=True, text=True)
        assert done.returncode == 0, f"bench_dcr {' '.join(map(str, words))}: {done.stderr[-500:]}"
        return json.loads(done.stdout)

    lives = []
    for kind, name in KINDS.items():
        measured = run("lifecycle", kind, applications)
        lives.append([name, *(f"{measured[what]:,.0f}" for what in ("created", "rotated", "deleted")),
                      *(f"{measured[what]:.1f}" for what in ("idle", "height", "after"))])
    looks, sides = [], []
    for kind in LISTING:
        measured = run("look", kind, clients)
        idle, filled, look = measured["idle"], measured["filled"], measured["all"]["mebibytes"]
        sides.append([KINDS[kind], f"{idle:.1f}", f"{filled - idle:.1f}", f"{look:.1f}"])
        for what, words in (("all", f"all {clients:,} clients"), ("nothing", "nothing changed"), ("five", "five changed")):
            look = measured[what]
            looks.append([KINDS[kind], words, f"{look['seconds']:.3f}", f"{look['requests']:,}", f"{look['mebibytes']:.1f}"])
    note = ("Each provider stands in the same process and answers at once, so that what is measured is ours (and the "
            "provider's share of the same CPU); SQLite, one CPU, eight applications at a time. Memory is that of "
            f"the process, portal and provider in one: before, at its height, and after {applications:,} applications.")
    head = ["provider", "created/s", "rotated/s", "deleted/s", "MiB before", "at the height", "after"]
    return (f"## DCR\n\n{note}\n\n{table(head, lives)}\n\n"
            "A look at a provider's clients; the memory is what the look took at its height beyond what was there.\n\n"
            f"{table(['provider', 'look', 'seconds', 'requests', 'MiB'], looks)}\n\n"
            f"Who holds what while all {clients:,} clients are looked at, in MiB.\n\n"
            f"{table(['provider', 'portal, idle', 'the provider’s clients, in its stand-in', 'the look, at its height'], sides)}")
