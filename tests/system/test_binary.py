"""The binary that plain `make` leaves: hardened as distributions want it, and
the same in whatever folder it was built."""

import subprocess

import pytest

from lab import ROOT, SANITIZER
from switch import BINARY

pytestmark = [pytest.mark.flowbridge,
              pytest.mark.skipif(SANITIZER != "", reason="stands in its place")]


def said(*command):
    return subprocess.run(command, text=True, check=True,
                          capture_output=True).stdout


def test_it_guards_its_stack_and_its_copies():
    symbols = said("nm", "-D", BINARY)
    assert "__stack_chk_fail" in symbols
    assert "_chk@" in symbols  # of FORTIFY_SOURCE


def test_it_is_bound_at_the_start_and_may_lie_anywhere():
    dynamic = said("readelf", "-d", BINARY)
    assert "BIND_NOW" in dynamic or "NOW" in dynamic
    assert "PIE" in dynamic
    assert "GNU_RELRO" in said("readelf", "-l", BINARY)


def test_it_does_not_know_where_it_was_built():
    with open(BINARY, "rb") as file:
        assert ROOT.encode() not in file.read()
