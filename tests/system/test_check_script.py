"""scripts/check: what it does with a part that hangs, is slow, or lacks
something.  A failure that it reports must mean a fault of the switch."""

import os
import shutil
import subprocess

import pytest

from lab import ROOT

pytestmark = pytest.mark.flowbridge
NOBODY = 65534


def run_part(lab, silence_s, script):
    log = lab.path("part.log")
    result = subprocess.run(
        [os.path.join(ROOT, "scripts", "run-part"), "part", log,
         str(silence_s), "sh", "-c", script],
        text=True, capture_output=True, check=False)
    with open(log) as file:
        return result.returncode, result.stdout, file.read()


def test_a_part_that_prints_nothing_is_ended_with_its_processes(lab):
    status, said, log = run_part(lab, 1, "echo begun; sleep 1000 & echo $!; "
                                         "wait")
    child = log.split()[1]
    assert status == 124
    assert "printed nothing for 1 s" in said
    assert not os.path.exists(f"/proc/{child}") or \
        open(f"/proc/{child}/stat").read().split(")")[1].split()[0] == "Z"


def test_a_part_that_goes_on_printing_may_take_longer(lab):
    status, _, log = run_part(
        lab, 2, "for i in 1 2 3 4 5 6; do echo $i; sleep 0.6; done; exit 3")
    assert status == 3
    assert log.split() == list("123456")


@pytest.fixture
def stripped(lab):
    """A checkout that belongs to nobody, and a search path without tools that
    only tests need."""
    tree = lab.path("tree")
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(
        "build", ".git", "config.*", "autom4te.cache"))
    subprocess.run(["chown", "-R", str(NOBODY), tree], check=True)
    bin_dir = lab.path("bin")
    os.mkdir(bin_dir)
    for directory in ("/bin", "/usr/bin", "/usr/sbin"):
        for name in os.listdir(directory):
            link = os.path.join(bin_dir, name)
            if name not in ("valgrind", "clang-format", "mandoc") and \
                    not os.path.lexists(link):
                os.symlink(os.path.join(directory, name), link)
    return tree, bin_dir


def test_quick_builds_without_root_and_counts_what_it_skips(stripped):
    tree, bin_dir = stripped
    # What takes long has been tried by whoever runs this: builds and the unit
    # tests are made trivial, so that only the script itself is at work.
    with open(os.path.join(tree, "Makefile"), "w") as makefile:
        makefile.write("all check build/faults/flowbridge:\n\t@echo $@ done\n")
    result = subprocess.run(
        [os.path.join(tree, "scripts", "check"), "quick"], text=True,
        capture_output=True, check=False, user=NOBODY, group=NOBODY,
        extra_groups=[], env={"PATH": bin_dir, "HOME": "/tmp"})
    lines = result.stdout.splitlines()
    assert result.returncode == 0, result.stdout + result.stderr
    assert lines[-1] == "2 passed, 0 failed, 2 skipped"
    assert any(line.startswith("== tidy is skipped: it needs clang-format")
               for line in lines)
    assert any(line.startswith("== instructions is skipped: it needs valgrind")
               for line in lines)
    assert any(line.startswith("== build begins") and "(next: tidy)" in line
               for line in lines)
