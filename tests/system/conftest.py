"""Options, fixtures and the last line of the system tests."""

import atexit
import os
import signal

import pytest

from lab import SANITIZER, SLOWNESS, Lab
from sanitizers import Reports
from switch import Flowbridge, Ini, KernelBridge

# A test's own bound is what it takes at the most on a quiet machine.  It is
# ended after so many times as long, for then it hangs.
BUSY_MACHINE = 5
SWITCHES = {"flowbridge": Flowbridge, "kernel-bridge": KernelBridge}


def share(text):
    number, count = map(int, text.split("/"))
    if not 1 <= number <= count:
        raise ValueError(text)
    return number, count


def pytest_addoption(parser):
    parser.addoption(
        "--switch", choices=sorted(SWITCHES), default="flowbridge",
        help="what the tests run against; with kernel-bridge just those of "
             "plain switching, which prove the tests themselves")
    parser.addoption(
        "--share", type=share, default=(1, 1), metavar="N/ALL",
        help="every ALL-th test, from the N-th on; so the shares of ALL runs, "
             "1/ALL to ALL/ALL, are all the tests")


def pytest_configure(config):
    # A polite end must take the worlds of the tests away, too.
    def interrupt(number, frame):
        raise KeyboardInterrupt
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    config.counts = {"passed": 0, "failed": 0}
    config.reports = Reports()
    os.environ.update(config.reports.environment())


def pytest_collection_modifyitems(config, items):
    for item in items:
        marker = item.get_closest_marker("timeout")
        seconds = marker.args[0] if marker else float(config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(
            SLOWNESS * BUSY_MACHINE * seconds), append=False)
    unable = set()
    if config.getoption("--switch") != "flowbridge":
        unable.add("flowbridge")
    if SANITIZER:
        unable.add("unsanitized")
    able = [i for i in items
            if not unable & {marker.name for marker in i.iter_markers()}]
    number, count = config.getoption("--share")
    chosen = able[number - 1::count]
    config.hook.pytest_deselected(
        items=[i for i in items if i not in chosen])
    items[:] = chosen


@pytest.fixture(autouse=True)
def sanitizer_is_silent(request):
    """What a sanitizer says of any process of a test fails the test.  Set up
    before all others, so that it looks when they have ended the processes."""
    reports = request.config.reports
    yield
    said = reports.take()
    assert not said, said


@pytest.fixture
def lab():
    world = Lab()
    atexit.register(world.close)
    yield world
    world.close()
    atexit.unregister(world.close)


@pytest.fixture
def space(lab):
    """The switch's namespace."""
    return lab.namespace("switch")


@pytest.fixture
def quiet_space(space):
    """The same, but LOCAL says nothing of its own accord."""
    space.sysctl("ipv6/conf/default/disable_ipv6", 1)
    return space


@pytest.fixture
def make_switch(lab, space, request):
    """Makes (does not start) a switch for the test to set up."""
    kind = SWITCHES[request.config.getoption("--switch")]

    def make(*nics, name="br0", local=None):
        ini = Ini(name, lab.path("run"))
        ini["local"].update(local or {})
        for nic in nics:
            ini.add_port(nic)
        return kind(lab, space, ini)
    return make


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    world = item.funcargs.get("lab") if hasattr(item, "funcargs") else None
    if report.failed and world:
        for name, text in world.logs():
            report.sections.append((name, text[-20000:]))
    counts = item.config.counts
    if report.failed:
        counts["failed"] += 1
    elif report.passed and report.when == "call":
        counts["passed"] += 1
    elif report.skipped:
        # Nothing here may be skipped in silence.
        counts["failed"] += 1


def pytest_sessionfinish(session, exitstatus):
    # Broken off, or nothing was run: that is no success either.
    if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        session.config.counts["failed"] += 1


def pytest_unconfigure(config):
    if hasattr(config, "reports"):
        config.reports.close()
    path = os.environ.get("SYSTEM_TESTS_RESULT")
    if path and hasattr(config, "counts"):
        with open(path, "w") as f:
            f.write("{passed} passed, {failed} failed\n".format(
                **config.counts))
