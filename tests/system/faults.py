"""A switch in which a chosen call fails, and how to find its call sites.

The binary is linked with tests/faults/inject.c, which reads what is to fail
from the environment.
"""

import os
import re
import subprocess

from lab import ROOT

BINARY = os.path.realpath(os.environ.get(
    "FLOWBRIDGE_FAULTS", os.path.join(ROOT, "build/faults/flowbridge")))
CRASH = re.compile(r"Sanitizer|runtime error|Assertion|libev\) |\[libev\]")


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


def environment(record=None, site=None, nth=1, leaks=False):
    result = dict(os.environ, ASAN_OPTIONS=f"detect_leaks={int(leaks)}",
                  UBSAN_OPTIONS="print_stacktrace=1")
    if record:
        result["FAULT_RECORD"] = record
    if site:
        result.update(FAULT_SITE=site, FAULT_NTH=str(nth))
    return result
