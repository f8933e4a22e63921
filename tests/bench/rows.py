"""What is measured: each row yields one or more figures of a contender."""

import dataclasses
import json
import shutil
import time

import kinds
from testbed import Failed, SINK, run, wait_for
from traffic import Busy, idle_seconds

IPERF_PORT = "5201"


@dataclasses.dataclass
class Figure:
    name: str
    title: str  # with {size} for that of a frame
    unit: str
    more_is_better: bool = True
    beside: str = None  # ratios are to this figure of the same contender
    peer: str = None    # ratios are to this contender


class Row:
    """Rows that need no more than what run builds itself are never missing.
    measure() returns for each figure (value, what was offered or None)."""
    needed = ()     # programs
    every = 1       # this many rounds
    not_taken = ()  # contenders that take too long
    is_about_waiting = False  # one frame at a time

    def missing(self):
        gone = [program for program in self.needed if not shutil.which(program)]
        return f"no {gone[0]}" if gone else None


class Frames(Row):
    """Small frames as fast as they come through."""

    def __init__(self, flows, kind=kinds.PLAIN, name=None, more="", **ratios):
        self.flows, self.kind = flows, kind
        self.name = name or f"frames-{flows}"
        beside = ratios.get("beside")
        what = (f"one way, {flows:,} UDP flow{'s' * (flows > 1)}{more}")
        self.figures = [
            Figure(self.name, "{size}-byte frames a second, " + what,
                   "frames/s", **ratios),
            Figure(f"{self.name}-cpu",
                   "{size}-byte frames a second of CPU time, " + what,
                   "frames/s of CPU",
                   **{**ratios, "beside": beside and f"{beside}-cpu"}),
            Figure(f"{self.name}-all-cpu",
                   "CPU time of both CPUs for a frame that came, generator "
                   "and kernel included, " + what, "ns", more_is_better=False)]

    def measure(self, traffic, bed, kept):
        came, offered, a_cpu_second, all_ns = traffic.saturate(bed, self.flows)
        kept.setdefault("capacity", came)
        figures = {self.name: (came, offered),
                   f"{self.name}-all-cpu": (all_ns, None)}
        if bed.switch_pids:
            figures[f"{self.name}-cpu"] = (a_cpu_second, None)
        return figures


class Tcp(Row):
    """One TCP connection between the two hosts, with their offloads."""
    needed = ("iperf3",)

    def __init__(self, kind, name, sink):
        self.kind, self.name = kind, name
        what = ("TCP, one connection, default offloads, from behind a veth "
                f"pair to behind a {sink}")
        self.figures = [
            Figure(name, what, "Mbit/s"),
            Figure(f"{name}-cpu", "the same for a second of the switch's CPU "
                   "time", "Mbit/s of CPU"),
            Figure(f"{name}-all-cpu", "CPU time of both CPUs for a KB of it",
                   "ns", more_is_better=False),
            Figure(f"{name}-ends", "how busy the CPU of both ends was "
                   "meanwhile", "%")]

    def measure(self, traffic, bed, _kept):
        bed.set_shields(False)
        server = bed.start(bed.sink, bed.traffic_cpu,
                           ["iperf3", "-s", "-1", "-p", IPERF_PORT,
                            "--forceflush"])
        try:
            wait_for(lambda: bed.has_printed(server, "listening"), 5, "iperf3")
            seconds = traffic.options.tcp_s
            begin_s, cpu_ns = time.monotonic(), bed.cpu_ns()
            idle_s, all_cpus = idle_seconds(bed.traffic_cpu), Busy(bed)
            speed = self._transfer(bed, seconds)
            all_cpus = all_cpus.cpus()
            idle_s = idle_seconds(bed.traffic_cpu) - idle_s
            busy = 1 - idle_s / (time.monotonic() - begin_s)
            cpu_ns = bed.cpu_ns() - cpu_ns
            figures = {self.name: (speed, None),
                       f"{self.name}-ends": (100 * busy, None)}
            if speed:
                figures[f"{self.name}-all-cpu"] = (all_cpus * 8e6 / speed, None)
            if bed.switch_pids and speed:
                figures[f"{self.name}-cpu"] = (speed * seconds * 1e9 / cpu_ns,
                                               None)
            return figures
        finally:
            bed.stop(server)

    @staticmethod
    def _transfer(bed, seconds):
        """No connection is a result: nothing came through."""
        try:
            printed = run(
                bed.pinned(bed.source, bed.traffic_cpu, [
                    "iperf3", "-J", "-c", SINK["ip"], "-p", IPERF_PORT,
                    "-t", str(seconds), "--connect-timeout", "2000"]),
                limit_s=seconds + 6)
            return (json.loads(printed)["end"]["sum_received"]
                    ["bits_per_second"] / 1e6)
        except (Failed, KeyError, ValueError):
            return 0.0


class RoundTrip(Row):
    """A frame to the sink host and its echo back."""
    kind = kinds.PLAIN
    is_about_waiting = True

    def __init__(self, name, load):
        self.name, self.load = name, load
        beside = "half of its own frames-1 rate" if load else "nothing"
        self.figures = [
            Figure(f"{name}-{p}", f"round trip, {p}, beside {beside}", "us",
                   more_is_better=False) for p in ("p50", "p99")]

    def measure(self, traffic, bed, kept):
        seconds = traffic.options.window_ms / 1000
        offered, generator = None, None
        if self.load:
            capacity = kept.get("capacity") or traffic.saturate(bed, 1)[0]
            generator = traffic.generator(
                bed, 1, rate=max(1, int(capacity * self.load)))
        took = traffic.round_trip(bed, seconds)
        if generator:
            load = traffic.offered(bed, generator)
            bed.stop(generator)
            offered = load["frames"] * 1e9 / load["ns"]
        return {f"{self.name}-{p}": (took[f"{p}_us"], offered)
                for p in ("p50", "p99")}


def rows():
    return [Frames(1), Frames(1000), Frames(100000),
            RoundTrip("rtt-idle", 0), RoundTrip("rtt-load", 0.5),
            Tcp(kinds.OFFLOADS, "tcp", "veth pair"),
            Tcp(kinds.TAP, "tcp-tap", "TAP")]
