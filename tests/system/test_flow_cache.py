"""Controllers that say again and again what changes nothing cost no frame its
place in the flow cache: show's cache_misses stays."""

import threading

import pytest
from scapy.all import IP, UDP, Ether, Raw

from frames import Wire
from lab import PATIENCE_S, wait_until
from openflow import OpenFlowbridge
from switch import Ini

pytestmark = pytest.mark.flowbridge

FLOWS = 20
ENTRIES = [f"priority=9,udp,tp_dst={1000 + n},actions=output:2"
           for n in range(FLOWS)] + ["priority=0,actions=drop"]

# With ovs-ofctl, and whether it is refused.
IDLE_REQUESTS = (
    (("add-flow", "BRIDGE",
      "check_overlap,priority=9,udp,actions=drop"), True),
    (("add-flow", "BRIDGE", "udp,tp_dst=1000,actions=group:77"), True),
    (("mod-flows", "BRIDGE", "udp,tp_dst=1,actions=output:1"), False),
    (("mod-flows", "BRIDGE", "udp,actions=group:77"), True),
    (("--strict", "mod-flows", "BRIDGE",
      "priority=8,udp,tp_dst=1000,actions=output:1"), False),
    (("del-flows", "BRIDGE", "tcp"), False),
    (("del-flows", "BRIDGE", "out_port=1"), False),
    (("--strict", "del-flows", "BRIDGE",
      "priority=8,udp,tp_dst=1000"), False),
    (("del-groups", "BRIDGE", "group_id=77"), False),
    (("del-groups", "BRIDGE"), False),
    (("del-meter", "BRIDGE", "meter=77"), False),
    (("del-meters", "BRIDGE"), False),
)


@pytest.fixture
def hosts(lab, quiet_space):
    return [lab.host(f"host{n}", quiet_space, f"em{n}", n, has_addresses=False)
            for n in (1, 2)]


@pytest.fixture
def switch(lab, quiet_space, hosts):
    ini = Ini("br0", lab.path("run"))
    ini["local"]["enable"] = "no"
    made = OpenFlowbridge(lab, quiet_space, ini)
    made.ini["datapath"]["kernel"] = "no"
    for name in ("em1", "em2"):
        made.ini.add_port(name)
    made.start()
    for name in ("em1", "em2"):
        made.wait_port(name, link="up")
    for entry in ENTRIES:
        ofctl(made, "add-flow", "BRIDGE", entry)
    return made


def ofctl(switch, *arguments, is_checked=True):
    return switch.ofctl("-O", "OpenFlow13", *arguments, is_checked=is_checked)


def frames_of(hosts):
    return [bytes(Ether(src=hosts[0].mac, dst=hosts[1].mac)
                  / IP(src="10.0.0.1", dst="10.0.0.2")
                  / UDP(sport=5, dport=1000 + n) / Raw(bytes(30)))
            for n in range(FLOWS)]


class Traffic:
    """All frames over and over, until the end of the block."""

    def __init__(self, host, frames):
        self.wire, self.frames, self.sent = Wire(host), frames, 0
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.is_over.wait(0.005):
            self.send()

    def send(self):
        for frame in self.frames:
            self.wire.send(frame)
        self.sent += len(self.frames)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()


def cache(switch):
    shown = switch.show()
    return shown["cache_hits"], shown["cache_misses"]


def wait_counted(switch, frames):
    wait_until(lambda: sum(cache(switch)) >= frames, PATIENCE_S,
               f"{frames} frames to be looked up")


def test_what_changes_nothing_makes_no_frame_miss(switch, hosts):
    frames = frames_of(hosts)
    traffic = Traffic(hosts[0], frames)
    before = sum(cache(switch))
    traffic.send()
    wait_counted(switch, before + traffic.sent)
    misses = cache(switch)[1]
    assert misses >= FLOWS
    with traffic:
        for _ in range(3):
            for words, is_refused in IDLE_REQUESTS:
                done = ofctl(switch, *words, is_checked=False)
                said = done.stdout + done.stderr
                assert ("OFPT_ERROR" in said) == is_refused, (words, said)
    wait_counted(switch, before + traffic.sent)
    assert cache(switch)[1] == misses
    assert f"{misses} misses" in switch.client("show").stdout
    # And this is how what changes something is seen.
    ofctl(switch, "add-flow", "BRIDGE", "priority=9,tcp,actions=drop")
    traffic.send()
    wait_counted(switch, before + traffic.sent)
    assert cache(switch)[1] == misses + FLOWS
