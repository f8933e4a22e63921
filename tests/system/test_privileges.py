"""It runs with two capabilities and no more, however it was started."""

import os
import re
import shutil
import subprocess

import pytest

from lab import PATIENCE_S, SANITIZER, wait_until
from switch import BINARY

pytestmark = pytest.mark.flowbridge

NET_ADMIN_AND_NET_RAW = 0x3000
NOBODY = 65534
ETC = os.path.join(os.path.dirname(__file__), "../../etc")


# As udev makes it, if this machine has a stricter one; seen by this command
# alone.
OPEN_TUN = """
mount -t tmpfs -o mode=755 tmpfs /mnt && mknod -m 666 /mnt/tun c 10 200 &&
	chmod 666 /mnt/tun && mount --bind /mnt/tun /dev/net/tun && exec "$@"
"""


def statuses(pid):
    """/proc/PID/status of every thread, as dicts; but not of ThreadSanitizer's
    own, which is there before the switch begins and stays what it was."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as f:
            found.append(dict(line.rstrip("\n").split(":\t", 1) for line in f
                              if ":\t" in line))
    if SANITIZER == "thread":
        found = [status for status in found if status["Pid"] == str(pid)
                 or status["Name"] != "flowbridge"]
    return found


def check_statuses(pid, uid):
    threads = statuses(pid)
    assert len(threads) >= 2, "workers have threads of their own"
    for status in threads:
        name = status["Name"]
        assert set(status["Uid"].split()) == {str(uid)}, name
        for kind in ("CapEff", "CapPrm"):
            assert int(status[kind], 16) == NET_ADMIN_AND_NET_RAW, (name, kind)
        for kind in ("CapInh", "CapAmb"):
            assert int(status[kind], 16) == 0, (name, kind)
        assert status["NoNewPrivs"] == "1", name
        assert status["Seccomp"] == "2", name
        # Workers have a narrower filter of their own above the process's.
        assert status["Seccomp_filters"] == ("2" if name.startswith("worker-")
                                             else "1"), name
    return threads


def as_nobody(*capabilities):
    """The start of a command that runs the rest as nobody."""
    given = ",".join(["-all"] + [f"+{c}" for c in capabilities])
    return ("sh", "-c", OPEN_TUN, "sh", "setpriv", "--reuid", "nobody",
            "--regid", "nogroup", "--clear-groups", "--inh-caps", given,
            "--ambient-caps", given)


@pytest.fixture
def hosts(lab, space):
    return [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]


def check_forwarding_and_hot_plug(lab, space, switch, hosts):
    hosts[0].ping(hosts[1].ip4)
    space.ip("link delete em1")
    switch.wait_port("em1", link="absent")
    lab.plug(hosts[0], space, "em1")
    hosts[0].configure(1500)
    space.ip("link set em1 up")
    switch.wait_port("em1", link="up")
    hosts[0].ping(hosts[1].ip4)


def test_root_becomes_the_configured_user(lab, space, make_switch, hosts):
    switch = make_switch("em1", "em2").start()
    for status in check_statuses(switch.pid, NOBODY):
        assert int(status["CapBnd"], 16) == 0
        assert status["Groups"].split() in ([], [str(NOBODY)])
    check_forwarding_and_hot_plug(lab, space, switch, hosts)
    check_statuses(switch.pid, NOBODY)


def test_root_stays_root_but_without_its_power(lab, space, make_switch, hosts):
    switch = make_switch("em1", "em2")
    switch.ini["daemon"]["user"] = ""
    switch.start()
    for status in check_statuses(switch.pid, 0):
        assert int(status["CapBnd"], 16) == 0
    check_forwarding_and_hot_plug(lab, space, switch, hosts)


@pytest.fixture
def binary(lab):
    """A copy of the binary that everybody can reach."""
    path = lab.path("flowbridge")
    shutil.copy(BINARY, path)
    os.chmod(path, 0o755)
    return path


@pytest.fixture
def unprivileged(lab, make_switch):
    """A switch as an ordinary user would set it up."""
    switch = make_switch("em1", "em2")
    del switch.ini["daemon"]["user"]
    switch.ini["datapath"].pop("kernel", None)  # it would need more
    os.mkdir(lab.path("run"))
    os.chown(lab.path("run"), NOBODY, NOBODY)
    return switch


def test_ambient_capabilities_are_enough(lab, space, unprivileged, hosts,
                                         binary):
    switch = unprivileged
    switch.ini.add_port("tap0", type="tap", owner="nobody")
    switch.start(as_nobody("net_admin", "net_raw"), binary=binary)
    check_statuses(switch.pid, NOBODY)
    assert space.link("tap0")["linkinfo"]["info_data"]["user"] in (
        "nobody", str(NOBODY), NOBODY)
    check_forwarding_and_hot_plug(lab, space, switch, hosts)
    assert switch.stop()[0] == 0


def test_the_kernel_forwards_for_an_unprivileged_switch(lab, space, unprivileged,
                                                        hosts, binary):
    """CAP_BPF and CAP_PERFMON, 39 and 38, are for the start alone."""
    switch = unprivileged
    switch.ini["datapath"]["kernel"] = "require"
    switch.start(as_nobody("net_admin", "net_raw", "cap_38", "cap_39"),
                 binary=binary)
    check_statuses(switch.pid, NOBODY)
    check_forwarding_and_hot_plug(lab, space, switch, hosts)
    wait_until(lambda: all(port["in_kernel"] for port in switch.ports().values()
                           if port["type"] == "nic"), PATIENCE_S,
               "the kernel to forward")


@pytest.mark.parametrize("given, missing", [
    ((), ("CAP_NET_ADMIN", "CAP_NET_RAW")),
    (("net_admin",), ("CAP_NET_RAW",)),
    (("net_raw",), ("CAP_NET_ADMIN",)),
])
def test_missing_capability_is_named(unprivileged, hosts, binary, given,
                                     missing):
    switch = unprivileged
    switch.launch(as_nobody(*given), binary=binary)
    assert switch.process.wait() == 1
    failure, = switch.events("start.failed")
    named, hint = failure["error"].split("missing", 1)
    named = set(re.findall(r"CAP_\w+", named))
    assert named and named <= set(missing)
    # A command that is cut helps nobody.
    assert "--ambient-caps +net_admin,+net_raw" in hint


def test_taps_have_their_owner(space, make_switch):
    switch = make_switch()
    switch.ini.add_port("tap0", type="tap", owner="nobody", group="nogroup")
    switch.start()
    data = wait_until(lambda: space.link("tap0"))["linkinfo"]["info_data"]
    assert data["user"] in ("nobody", str(NOBODY), NOBODY)
    assert data["group"] in ("nogroup", str(NOBODY), NOBODY)
    assert data["persist"]


def test_wide_open_listeners_are_warned_of(lab, space, make_switch, hosts):
    switch = make_switch("em1", "em2")
    switch.ini["openflow"] = {"listen": ["ptcp:6655", "ptcp:6656:0.0.0.0"]}
    switch.start()
    switch.wait_event("listener.opened", listener="ptcp:6655:127.0.0.1")
    switch.wait_event("listener.exposed", listener="ptcp:6656:0.0.0.0")
    assert [e["listener"] for e in switch.events("listener.exposed")] == \
        ["ptcp:6656:0.0.0.0"]


@pytest.mark.parametrize("unit", ("flowbridge.service", "flowbridge@.service"))
def test_units_keep_the_service_from_the_rest_of_the_machine(unit):
    """What is left is what a switch is for: the host's network, its devices
    and the two capabilities.  systemd counts that as 2.4 of 10."""
    command = ("systemd-analyze", "security", "--offline=yes", "--no-pager",
               "--threshold=24", os.path.join(ETC, unit))
    result = subprocess.run(command, text=True, check=False, timeout=PATIENCE_S,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert result.returncode == 0, result.stdout
