"""A restart: what is kept, for how long frames do not flow, and what an end at
any moment leaves behind."""

import os
import random
import re
import signal
import socket
import stat
import struct
import time

import pytest

from lab import SLOWNESS, wait_until
from openflow import OpenFlowbridge
from switch import Ini

pytestmark = pytest.mark.flowbridge

FLOWS = 10_000
RATE = 5_000
NOBODY = 65534
ETHERTYPE = 0x88b5  # of flood.c's frames
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35
TIMESPEC = struct.Struct("qq")
# On a machine that has nothing else to do it is a tenth of this.
GAP_MAX_S = 1.0 * SLOWNESS


class Sink:
    """Notes when frames of flood.c come in, by the kernel's clock."""

    def __init__(self, lab, host):
        with host.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                        socket.htons(ETHERTYPE))
            self.socket.bind(("eth0", ETHERTYPE))
        lab.sockets.append(self.socket)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setblocking(False)
        self.times = []

    def take(self):
        """Reads what waits; how many have come so far."""
        while True:
            try:
                _, ancillary, _, _ = self.socket.recvmsg(64, 64)
            except BlockingIOError:
                return len(self.times)
            seconds, ns = TIMESPEC.unpack(ancillary[0][2])
            self.times.append(seconds + ns / 1e9)

    def longest_gap(self):
        """In seconds."""
        self.take()
        return max(after - before for before, after
                   in zip(self.times, self.times[1:]))


@pytest.fixture
def hosts(lab, space):
    return [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]


@pytest.fixture
def switch(lab, hosts, space):
    ini = Ini("br0", lab.path("run"))
    for n in (1, 2):
        ini.add_port(f"em{n}", ofport=n)
    # The user that it becomes writes here.
    directory = lab.path("state")
    os.mkdir(directory)
    os.chown(directory, NOBODY, NOBODY)
    ini["daemon"]["state-file"] = os.path.join(directory, "br0")
    ini["log"] = {"level": "debug"}
    return OpenFlowbridge(lab, space, ini)


def state_path(switch):
    return switch.ini["daemon"]["state-file"]


def many_flows(lab, count, text):
    """A file of flows, one for each of the sources of flood.c."""
    return lab.write("flows", "".join(
        text.format(mac=f"02:aa:00:00:{n >> 8:02x}:{n & 255:02x}") + "\n"
        for n in range(count)))


def tables(switch):
    """What ovs-ofctl sees, but for what time changes and for the fail mode's
    entry, which is made anew."""
    said = []
    for command in ("dump-flows", "dump-groups", "dump-meters"):
        said += switch.ofctl("-O", "OpenFlow15", command,
                             "BRIDGE").stdout.splitlines()[1:]
    return sorted(re.sub(r"(duration|idle_age|hard_age)=[\d.]+s?, ?", "", line)
                  for line in said if "NORMAL" not in line)


def test_what_it_was_told_and_learned_is_kept(hosts, switch):
    one, two = hosts
    switch.start()
    for command, what in (
            ("add-meter", "meter=1 kbps stats bands=type=drop rate=1000000"),
            ("add-group", "group_id=1,type=all,bucket=output:2"),
            ("add-flow", "cookie=0xabc,priority=9,idle_timeout=500,"
             "hard_timeout=600,send_flow_rem,in_port=1,"
             "actions=meter:1,group:1"),
            ("add-flow", "table=3,importance=4,ip,nw_dst=10.0.0.0/8,"
             "actions=dec_ttl,resubmit(,5)")):
        switch.ofctl("-O", "OpenFlow15", command, "BRIDGE", what)
    one.ping(two.ip4)
    switch.wait_learned(two.mac, "em2")
    # Frames stop, so that none is counted behind the last look.
    for host in hosts:
        host.ip("link set eth0 arp off")
        host.sysctl("ipv6/conf/eth0/disable_ipv6", 1)
    before = tables(switch)
    assert len(before) >= 4
    assert any("n_packets=" in line and "n_packets=0" not in line
               for line in before)
    assert switch.stop()[0] == 0
    status = os.stat(state_path(switch))
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_uid == NOBODY
    switch.start()
    assert tables(switch) == before
    assert [e for e in switch.fdb() if e["mac"] == two.mac]
    event = switch.events("statefile.restored")[0]
    assert (event["flows"], event["groups"], event["meters"]) == ("2", "1", "1")


def test_damaged_state_is_not_used(hosts, switch):
    switch.start()
    switch.ofctl("add-flow", "BRIDGE", "table=7,actions=drop")
    switch.stop()
    with open(state_path(switch), "r+b") as f:
        f.seek(60)
        byte = f.read(1)
        f.seek(60)
        f.write(bytes([byte[0] ^ 1]))
    switch.start()
    assert switch.events("statefile.ignored")[0]["reason"] == "it is damaged"
    assert "table=7" not in switch.ofctl("dump-flows", "BRIDGE").stdout
    hosts[0].ping(hosts[1].ip4)


def test_state_that_cannot_be_written_is_said_once(lab, switch):
    """The directory is root's; one that is not there is a fault of the file."""
    os.mkdir(lab.path("roots"), 0o755)
    switch.ini["daemon"]["state-file"] = lab.path("roots/state")
    switch.start()
    assert "cannot write" in switch.wait_event("config.note")["note"]
    switch.wait_event("statefile.failed")
    assert switch.stop()[0] == 0
    assert len(switch.events("statefile.failed")) == 1


def pid_of(lab):
    with open(lab.path("run/br0.ctl.lock")) as f:
        return int(f.read())


def test_no_frame_is_missed_for_long(lab, hosts, switch):
    """10,000 flows, which 5,000 frames a second take in turn.  The new switch
    starts as soon as the old one has ended, as from systemd."""
    one, two = hosts
    switch.ini["bridge"]["fail-mode"] = "secure"
    switch.start(prefix=("sh", "-c", '"$@"; exec "$@"', "sh"))
    flows = many_flows(lab, FLOWS, "in_port=1,dl_src={mac},actions=output:2")
    switch.ofctl("add-flows", "BRIDGE", flows)
    sink = Sink(lab, two)
    stream = one.flood(RATE, 4 * RATE, two.mac, sources=FLOWS)
    wait_until(lambda: sink.take() > RATE, what="frames")
    os.kill(pid_of(lab), signal.SIGTERM)
    switch.wait_event("ready", after=1)
    assert switch.events("statefile.restored")[-1]["flows"] == str(FLOWS)
    before = sink.take()
    wait_until(lambda: sink.take() > before, what="frames after it")
    stream.wait()
    gap = sink.longest_gap()
    print(f"no frame for {1000 * gap:.0f} ms")
    assert gap < GAP_MAX_S


def leaves_nothing_that_cuts_off(space):
    assert space.run("nft", "list", "ruleset").stdout == ""
    for name in ("em1", "em2"):
        assert space.link(name)["promiscuity"] == 0
    assert space.link("br0") is None


def in_start(lab, switch, rng):
    switch.launch()
    time.sleep(rng.uniform(0, 0.15))


def after_start(lab, switch, rng):
    """When the state is written for the first time, too."""
    switch.start()
    time.sleep(rng.uniform(0, 0.15))


def in_load(lab, switch, rng):
    switch.start()
    flows = many_flows(lab, 2000, "table=1,dl_src={mac},actions=drop")
    switch.namespace.start("ovs-ofctl", "add-flows",
                           f"unix:{switch.management}", flows)
    time.sleep(rng.uniform(0, 0.2))


def in_reload(lab, switch, rng):
    switch.start()
    switch.ini["port em2"]["vlan"] = rng.choice((5, 6))
    switch.write()
    switch.process.signal(signal.SIGHUP)
    time.sleep(rng.uniform(0, 0.02))
    del switch.ini["port em2"]["vlan"]


def in_stop(lab, switch, rng):
    switch.start()
    switch.process.signal(signal.SIGTERM)
    time.sleep(rng.uniform(0, 0.1))


MOMENTS = (in_start, after_start, in_load, in_reload, in_stop)


def test_end_at_any_moment_stops_no_next_start(lab, space, hosts, switch):
    """kill -9, twenty times; each next start is the test of the one before."""
    seed = int.from_bytes(os.urandom(4), "big")
    rng = random.Random(seed)
    print(f"seed {seed}")
    switch.ini.add_port("tap0", type="tap")
    switch.start()
    switch.ofctl("add-flows", "BRIDGE", many_flows(
        lab, 2000, "table=1,dl_src={mac},actions=drop"))
    assert switch.stop()[0] == 0
    for turn in range(20):
        MOMENTS[turn % len(MOMENTS)](lab, switch, rng)
        switch.kill9()
        leaves_nothing_that_cuts_off(space)
        assert not switch.events("statefile.ignored")
    switch.start()
    assert switch.events("statefile.restored")[0]["flows"] == "2000"
    switch.wait_port("tap0", link="down")
    hosts[0].ping(hosts[1].ip4)
    assert switch.stop()[0] == 0
    assert os.listdir(os.path.dirname(state_path(switch))) == ["br0"]
