"""A switch that everything happens to at once: a storm of packet-ins, a flood of
addresses, flow entries that come and go, nonsense on its sockets; and one after
the other its controller is killed, its file reloaded, its ports taken away.

SOAK_MINUTES says for how long (make soak MINUTES=60); the faults of an hour are
a thousand of each kind.  All that time frames go from em1 to em2 by an entry of
the operator's: they stop while one of these two ports is away and for a second
after it, at the most.  Memory and file descriptors stay what they are.
"""

import collections
import os
import random
import statistics
import sys
import time

import pytest

from lab import LabError, resident_kib, wait_until
from openflow import OpenFlowbridge
from switch import Ini

MINUTES = float(os.environ.get("SOAK_MINUTES", "0.5"))
SEED = int(os.environ.get("SOAK_SEED", "20261122"))
ACTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "soak_actors.py")
CYCLE_S = 3.4  # a thousand an hour, and some
RESUMES_S = 1.0
GAP_NOTED_S = 0.25
RSS_GROWTH_MAX_KIB = 4096
FLOWS = """
priority=100,in_port=1,actions=output:2
priority=100,in_port=2,actions=output:1,LOCAL
priority=100,in_port=LOCAL,actions=output:2
priority=90,in_port=4,actions=NORMAL
"""

pytestmark = [pytest.mark.flowbridge, pytest.mark.slow,
              pytest.mark.timeout(MINUTES * 60 + 120)]

Outage = collections.namedtuple("Outage", "begin end")


class Soak:
    def __init__(self, lab, space):
        self.lab, self.space = lab, space
        self.rng = random.Random(SEED)
        ini = Ini("br0", lab.path("run"))
        ini["bridge"]["fail-mode"] = "secure"
        ini["local"]["address"] = "10.99.0.100/24"
        self.hosts = {}
        for number in range(1, 6):
            self.hosts[number] = lab.host(
                f"host{number}", space, f"em{number}", number,
                has_addresses=number <= 2)
            if number < 5:
                ini.add_port(f"em{number}", ofport=number)
        ini["controller main"] = {
            "target": f"unix:{lab.path('controller')}",
            "inactivity-probe": 1, "max-backoff": 1, "packet-in-rate": 2000}
        ini["flows"] = {"file": lab.write("flows", FLOWS)}
        self.controller = None
        self.floods = {}
        self.counts = collections.Counter()
        self.outages = []  # when the probes' way was cut
        self.rss_kib = []
        self.start_controller()
        self.switch = OpenFlowbridge(lab, space, ini).start()
        wait_until(lambda: os.path.exists(self.switch.management),
                   what="the management socket")

    def actor(self, namespace, *words):
        return namespace.start(sys.executable, ACTORS,
                               *(str(word) for word in words), name=words[0])

    def start_controller(self):
        self.controller = self.actor(self.space, "controller",
                                     self.lab.path("controller"),
                                     self.rng.randrange(1 << 30))
        self.controller.wait_output("listening")

    def start_traffic(self):
        hosts, management = self.hosts, self.switch.management
        self.receiver = self.actor(hosts[2], "probe-receive", "eth0")
        self.sender = self.actor(hosts[1], "probe-send", "eth0")
        self.nonsense = self.actor(self.space, "nonsense", management, SEED,
                                   300)
        self.churn = self.actor(self.space, "churn", management, 2000)
        # To the controller, and through the table of addresses.
        for number in (3, 4):
            self.flood(number)

    def flood(self, number):
        """Anew, since it ends when its cable is out."""
        if number in self.floods:
            self.floods[number].kill()
        self.floods[number] = self.hosts[number].flood(3000, 1 << 40,
                                                       sources=100_000)

    # What goes wrong, one in each cycle.

    def kill_controller(self):
        self.controller.kill()
        self.counts["controllers killed"] += 1
        time.sleep(self.rng.uniform(0, 0.3))
        self.start_controller()

    def reload(self):
        ini = self.switch.ini
        kind = self.counts["reloads"] % 4
        if kind == 0:
            ini.add_port("em5", vlan=10)
        elif kind == 1:
            ini["bridge"]["mac-aging"] = self.rng.randrange(10, 300)
        elif kind == 2:
            ini["bridge"]["mac-aging"] = "soon"  # a typo
        else:
            ini["bridge"]["mac-aging"] = 300
            del ini["port em5"]
        self.switch.write()
        done = self.switch.client("reload", is_checked=False)
        assert done.returncode == (1 if kind == 2 else 0), done.stderr
        self.counts["reloads"] += 1

    def flap_link(self, number):
        """Its cable is pulled out and put back."""
        begin = time.monotonic()
        host = self.hosts[number]
        host.ip("link set eth0 down")
        time.sleep(self.rng.uniform(0, 0.3))
        host.ip("link set eth0 up")
        return Outage(begin, time.monotonic())

    def flap_port(self):
        number = self.rng.randrange(1, 5)
        outage = self.flap_link(number)
        if number <= 2:
            self.outages.append(outage)
        else:
            self.flood(number)
        self.counts["ports flapped"] += 1

    def replace_port(self):
        """The interface is deleted and made again."""
        host = self.hosts[4]
        self.space.ip("link delete em4")
        self.lab.plug(host, self.space, "em4")
        host.configure(1500, has_addresses=False)
        self.space.ip("link set em4 up")
        self.switch.wait_port("em4", link="up")
        self.flood(4)
        self.counts["ports replaced"] += 1

    # What must hold all the time.

    def look(self):
        if not self.switch.process.is_running():
            raise LabError("the switch has ended: " + self.switch.log())
        self.switch.client("show")
        self.rss_kib.append(resident_kib(self.switch.pid))
        assert not self.switch.events("worker.stuck")
        for actor in (self.sender, self.receiver, self.nonsense, self.churn):
            if not actor.is_running():
                raise LabError(f"{actor.name} has ended: {actor.output()}")

    def files(self):
        return len(os.listdir(f"/proc/{self.switch.pid}/fd"))

    def cycle(self):
        begin = time.monotonic()
        self.kill_controller()
        self.reload()
        self.flap_port()
        if self.counts["ports flapped"] % 10 == 0:
            self.replace_port()
        self.look()
        time.sleep(max(0.0, begin + CYCLE_S - time.monotonic()))

    def gaps(self):
        """Where frames were missing: begin and end, s, and how many."""
        for line in self.receiver.output().splitlines():
            if line.startswith("gap "):
                begin, end, count = map(int, line.split()[1:])
                yield begin / 1e9, end / 1e9, count

    def check_gaps(self):
        for begin, end, count in self.gaps():
            length = end - begin
            causes = [o for o in self.outages
                      if o.begin - 0.1 <= end and begin <= o.end + RESUMES_S]
            if causes:
                resumed = end - max(o.end for o in causes)
                self.counts["frames lost with a port away"] += count
                assert resumed <= RESUMES_S, \
                    f"no frames until {resumed} s after the port was back"
            else:
                self.counts["frames lost otherwise"] += count
                assert length < GAP_NOTED_S, f"no frames for {length} s"

    def check_memory(self):
        """After the first fifth, in which everything is filled.  What stays
        taken is the least of some: there is more of it now and then."""
        fifth = max(1, len(self.rss_kib) // 5)
        early = statistics.median(self.rss_kib[fifth:2 * fifth + 1])
        late = min(self.rss_kib[-max(fifth, 4):])
        self.counts["RSS early, KiB"], self.counts["RSS late, KiB"] = early, late
        assert late - early <= RSS_GROWTH_MAX_KIB, self.rss_kib

    def quiet(self):
        """Ends all that goes on and returns what the actors said last."""
        said = []
        for actor in (self.nonsense, self.churn, self.sender, self.receiver):
            assert actor.stop() == 0, actor.output()
            said.append(actor.output().splitlines()[-1])
        return said


def test_soak(lab, space, capsys):
    soak = Soak(lab, space)
    files = soak.files()
    soak.start_traffic()
    end = time.monotonic() + MINUTES * 60
    while time.monotonic() < end:
        soak.cycle()
    said = soak.quiet()
    soak.check_gaps()
    soak.check_memory()
    ports = soak.switch.ports()
    if "em5" in ports:  # two sockets and a ring of its own
        del soak.switch.ini["port em5"]
    soak.switch.ini["bridge"]["mac-aging"] = 300
    soak.switch.reload()
    wait_until(lambda: soak.files() <= files, what="files to be closed")
    one, two = soak.hosts[1], soak.hosts[2]
    one.ping(two.ip4)
    two.ping("10.99.0.100")
    with capsys.disabled():
        print(f"\nsoak of {MINUTES} min, seed {SEED}: {dict(soak.counts)}; "
              f"{'; '.join(said)}; em3 {ports['em3']['rx_frames']} frames")
    assert soak.switch.stop()[0] == 0
