"""A switch in which a chosen call fails, and how to find its call sites.

The binary is linked with tests/faults/inject.c, which reads what is to fail
from the environment.
"""

import os
import re
import subprocess

from lab import ROOT, LabError

BINARY = os.path.realpath(os.environ.get(
    "FLOWBRIDGE_FAULTS", os.path.join(ROOT, "build/faults/flowbridge")))
CRASH = re.compile(r"Sanitizer|runtime error|Assertion|libev\) |\[libev\]")
DOES_ALL = os.environ.get("FAULTS") == "all"
# FAULTS_ONLY='malloc|make_room': calls and functions to try.
ONLY = re.compile(os.environ.get("FAULTS_ONLY", ""))
# FAULTS_PART=2/5: the second fifth of the call sites.
PART, PARTS = map(int, os.environ.get("FAULTS_PART", "1/1").split("/"))

# (call, function) -> why this does not fail on purpose.
SPARED = {
    ("write", "write_line"): "the next line says how many were lost",
    ("write", "worker_wake"): "it fails only if the worker is awake",
    ("fstatat", "socket_file_close"): "what is left, the next start takes",
    ("unlinkat", "socket_file_close"): "the same",
    ("read", "note_event"): "it fails only if nothing woke the worker",
}


def functions_of(sites):
    """Call site -> the function that has the call, inlined or not."""
    # The call is before the address that it returns to.
    asked = "".join(f"{int(site, 16) - 1:x}\n" for site in sites)
    said = subprocess.run(["addr2line", "-fe", BINARY], input=asked, text=True,
                          capture_output=True, check=True).stdout
    return dict(zip(sites, said.splitlines()[::2]))


def sites_in(path):
    """What a run has recorded: call site -> name of the call, in order."""
    found = {}
    if os.path.exists(path):
        with open(path) as f:
            for line in f:
                name, site = line.split()
                found.setdefault(site, name)
    return found


def chosen(path, short):
    """(site, call, function) of what a run has recorded and is to fail: all, or
    about 'short' of them."""
    sites = sites_in(path)
    functions = functions_of(sites)
    found = [(site, call, functions[site]) for site, call in sites.items()
             if (call, functions[site]) not in SPARED
             and ONLY.search(f"{call} {functions[site]}")]
    step = 1 if DOES_ALL else max(1, -(-len(found) // short))
    return found[::step][PART - 1::PARTS]


def try_sites(path, attempt, attempts, short, prefix=""):
    """Lets the chosen sites of a record fail, at their first call and on to
    'attempts'.  attempt(what, site, nth) says what came of it; what is wrong is
    an AssertionError, and returned as a list of texts."""
    wrong = []
    for site, call, function in chosen(path, short):
        for nth in range(1, attempts + 1):
            what = f"{prefix} {call} {function} {site} {nth}".strip()
            try:
                outcome = attempt(what, site, nth)
            except (AssertionError, LabError) as fault:
                outcome = "wrong"
                wrong.append(f"{what}: {fault}")
            print(f"{outcome}: {what}", flush=True)
            if outcome == "not reached":
                break
    return wrong


def environment(record=None, site=None, nth=1, leaks=False):
    result = dict(os.environ, ASAN_OPTIONS=f"detect_leaks={int(leaks)}",
                  UBSAN_OPTIONS="print_stacktrace=1")
    if record:
        result["FAULT_RECORD"] = record
    if site:
        result.update(FAULT_SITE=site, FAULT_NTH=str(nth))
    return result
