"""What the switch's threads need of the scheduler: a CPU, any CPU, and nobody's
kindness."""

import ctypes
import os
import re
import socket
import statistics
import struct
import threading
import time

import pytest

from frames import ETH_P_ALL, SO_RCVBUFFORCE
from lab import SLOWNESS, Witness, wait_until

pytestmark = [pytest.mark.flowbridge, pytest.mark.slow]

SO_ATTACH_FILTER, SO_TIMESTAMPNS = 26, 35
PROBE_TYPE = 0x88b6
# Classic BPF: the half word at 12 is PROBE_TYPE.
ONLY_PROBES = [(0x28, 0, 0, 12), (0x15, 0, 1, PROBE_TYPE), (6, 0, 0, 64),
               (6, 0, 0, 0)]
# As many short runs of TCP, each so long.
RUNS = int(os.environ.get("SCHEDULING_RUNS", "20"))
RUN_S = 1
LATE_S = 0.1
ALL_CPUS = sorted(os.sched_getaffinity(0))


def threads(switch):
    """The CPUs of each thread, by its name."""
    directory = f"/proc/{switch.pid}/task"
    cpus = {}
    for number in os.listdir(directory):
        with open(f"{directory}/{number}/comm") as file:
            name = file.read().strip()
        cpus[name] = sorted(os.sched_getaffinity(int(number)))
    return cpus


def test_no_thread_is_kept_on_a_cpu_unless_told(lab, space, make_switch):
    """The scheduler alone knows which CPU is free, also of several switches."""
    switch = make_switch()
    switch.start()
    cpus = threads(switch)
    assert "worker-0" in cpus
    assert set(map(tuple, cpus.values())) == {tuple(ALL_CPUS)}


@pytest.mark.skipif(len(ALL_CPUS) < 2, reason="there is just one CPU")
def test_workers_run_where_the_configuration_says(lab, space, make_switch):
    switch = make_switch()
    switch.ini["datapath"].update({"cpus": ALL_CPUS[0], "workers": 2})
    switch.start()
    cpus = threads(switch)
    assert cpus["worker-0"] == cpus["worker-1"] == ALL_CPUS[:1]
    assert cpus["flowbridge"] == ALL_CPUS
    switch.ini["datapath"]["cpus"] = f"{ALL_CPUS[0]}-{ALL_CPUS[-1]}"
    switch.reload()
    assert threads(switch)["worker-1"] == ALL_CPUS
    switch.ini["datapath"]["cpus"] = ALL_CPUS[-1]
    switch.reload()
    assert threads(switch)["worker-1"] == ALL_CPUS[-1:]
    switch.ini["datapath"]["cpus"] = ""
    switch.reload()
    assert threads(switch)["worker-0"] == ALL_CPUS


def test_cpus_that_are_not_there_are_a_fault(lab, space, make_switch):
    switch = make_switch()
    switch.ini["datapath"]["cpus"] = 1000
    switch.write()
    result = switch.client("check", is_checked=False)
    assert result.returncode == 1
    assert "[datapath] cpus: none of these CPUs can be used" in result.stderr


class Comers:
    """Ordinary processes that come and go, about three at a time."""

    BUSY = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done"

    def __init__(self, space):
        loop = f"while :; do sh -c '{self.BUSY}'; sleep 0.0$((RANDOM % 9)); done"
        self.processes = [space.start("bash", "-c", loop) for _ in range(3)]

    def end(self):
        for process in self.processes:
            process.kill()


@pytest.mark.timeout(60 + 3 * RUNS)
def test_tcp_never_stands_still_beside_others(lab, space, make_switch):
    """Short runs beside processes that come and go: none below a third of the
    median of all, unless the machine itself stood still in it."""
    one, two = [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]
    switch = make_switch("em1", "em2")
    switch.start()
    one.ping(two.ip4)
    server = two.start("iperf3", "-s", "--forceflush")
    comers = Comers(space)
    rates, runs = [], 0
    while len(rates) < RUNS:
        runs += 1
        server.wait_output(f"(test #{runs})")
        with Witness() as witness:
            said = one.run("iperf3", "-c", two.ip4, "-t", str(RUN_S),
                           "-f", "m").stdout
        if witness.latest_s < RUN_S / 4:
            rates.append(float(re.search(
                r"([\d.]+) Mbits/sec\s+receiver", said)[1]))
    comers.end()
    assert min(rates) > statistics.median(rates) / 3, sorted(rates)
    assert not switch.events("worker.stuck")


class Stamps:
    """When the kernel saw the numbered probes at an interface."""

    def __init__(self, namespace, interface):
        program = b"".join(struct.pack("HBBI", *row) for row in ONLY_PROBES)
        self.filter = ctypes.create_string_buffer(program)
        with namespace.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
            self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            # As a port it gives frames to those alone who want all of them.
            self.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                                   struct.pack("HL", len(ONLY_PROBES),
                                               ctypes.addressof(self.filter)))
            self.socket.bind((interface, ETH_P_ALL))
        self.socket.setblocking(False)
        namespace.lab.sockets.append(self.socket)

    def read(self, stamps):
        """Adds those that have come."""
        while True:
            try:
                frame, extra, _, _ = self.socket.recvmsg(64, 64)
            except BlockingIOError:
                return stamps
            seconds, ns = struct.unpack("qq", extra[0][2][:16])
            number, = struct.unpack("!I", frame[14:18])
            stamps.setdefault(number, seconds + ns / 1e9)


def longest_gap(stamps, count):
    times = sorted(stamps[number] for number in stamps if number < count)
    return max(after - before for before, after in zip(times, times[1:]))


def test_no_frame_waits_long_at_half_load(lab, space, make_switch):
    """Each millisecond a numbered frame, beside half of the frames that the
    switch can forward and processes that come and go: none is under way for a
    tenth of a second, and as long is never without one, by the kernel's stamps
    at both ends."""
    one, two = [lab.host(f"host{n}", space, f"em{n}", n,
                         has_addresses=False) for n in (1, 2)]
    switch = make_switch("em1", "em2")
    switch.start()
    two.flood(0, 1, one.mac).wait()
    switch.wait_learned(two.mac, "em2")
    into, out = Stamps(space, "em1"), Stamps(two, "eth0")
    probe = bytes.fromhex((two.mac + one.mac).replace(":", "")) + \
        struct.pack("!H", PROBE_TYPE)
    with one.entered():
        sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sender.bind(("eth0", 0))
    lab.sockets.append(sender)
    comers = Comers(space)
    stream = one.stream(150_000 // SLOWNESS, two.mac)
    came, left, sent = {}, {}, 0
    with Witness() as witness:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            sender.send(probe + struct.pack("!I", sent) + bytes(42))
            sent += 1
            time.sleep(0.001)
            if sent % 100 == 0:
                into.read(came)
                out.read(left)
    stream.end()
    comers.end()
    # The last ones may find the ring full.
    while not any(number >= sent for number in out.read(left)):
        sender.send(probe + struct.pack("!I", sent) + bytes(42))
        time.sleep(0.1)
    into.read(came)
    late_s = LATE_S * SLOWNESS + witness.latest_s
    delays = {number: left[number] - came[number]
              for number in left if number in came and number < sent}
    assert max(delays.values()) < late_s
    assert longest_gap(left, sent) < longest_gap(came, sent) + late_s
    assert not switch.events("worker.stuck")
