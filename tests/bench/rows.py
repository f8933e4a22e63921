"""What is measured: each row yields one or more figures of a contender."""

import json
import shutil

from testbed import Failed, PORTS, SINK, SOURCE, run, wait_for

IPERF_PORT = "5201"


def _fields(line):
    """The numbers of a line of key=value."""
    return {key: float(value) for key, value in
            (word.split("=") for word in line.split())}


class Traffic:
    """How to make frames, and for how long to look at them."""

    def __init__(self, tools, options):
        self.tools, self.options = tools, options
        self.injects = False  # see find_method

    def generator(self, bed, flows, rate=None, window_ms=None):
        """Starts the generator; at a rate it always is the source host."""
        o = self.options
        argv = [self.tools["generator"], "-c", str(bed.traffic_cpu),
                "-s", str(o.frame_size), "-f", str(flows),
                "-w", "0" if rate else str(o.warm_up_ms),
                "-t", str(window_ms or o.window_ms)]
        if rate:
            argv += ["-r", str(rate)]
        elif self.injects:
            return bed.start(bed.switch, bed.traffic_cpu,
                             argv + ["-x", PORTS[0]])
        return bed.start(bed.source, bed.traffic_cpu,
                         argv + [SOURCE["interface"]])

    def figures(self, bed, process, limit_s):
        """What a tool printed, once it has ended."""
        wait_for(lambda: process.poll() is not None, limit_s, process.name)
        bed.stop(process)
        if process.returncode:
            raise Failed(f"{process.name}: {bed.output(process).strip()}")
        return _fields(bed.output(process))

    def find_method(self, bed):
        """Finds whether this kernel takes frames as if a driver had them."""
        process = bed.start(bed.switch, bed.traffic_cpu,
                            [self.tools["generator"], "-x", "-c",
                             str(bed.traffic_cpu), "-t", "100", PORTS[0]])
        try:
            self.injects = self.figures(bed, process, 10)["frames"] > 0
        except Failed:
            self.injects = False

    def noise(self, bed):
        """What part of the two CPUs' time others took, while both spin."""
        processes = [bed.start(bed.switch, cpu,
                               [self.tools["noise"], str(cpu), "300"])
                     for cpu in (bed.switch_cpu, bed.traffic_cpu)]
        took = [self.figures(bed, process, 10) for process in processes]
        return max(t["lost_ns"] / t["ns"] for t in took)

    def limit_s(self):
        o = self.options
        return (o.warm_up_ms + o.window_ms) / 1000 + 10

    def saturate(self, bed, flows):
        """Frames a second that came through, and that were offered; and
        those that came for a second of the switch's CPU time."""
        o = self.options
        bed.set_shields(True)
        generator = self.generator(bed, flows)
        sink = bed.start(bed.sink, bed.traffic_cpu, [
            self.tools["sink"], SINK["interface"], str(o.warm_up_ms),
            str(o.window_ms), *map(str, bed.switch_pids)])
        offered = self.figures(bed, generator, self.limit_s())
        came = self.figures(bed, sink, self.limit_s())
        return (came["frames"] * 1e9 / came["ns"],
                offered["frames"] * 1e9 / offered["ns"],
                came["frames"] * 1e9 / max(1, came["cpu_ns"]))

    def round_trip(self, bed, seconds):
        bed.set_shields(True)
        echo = bed.start(bed.sink, bed.traffic_cpu,
                         [self.tools["latency"], "echo", SINK["interface"]])
        try:
            wait_for(lambda: bed.has_printed(echo, "ready"), 5, "echo")
            return _fields(run(
                bed.pinned(bed.source, bed.traffic_cpu,
                           [self.tools["latency"], "ping",
                            SOURCE["interface"], str(seconds)]),
                limit_s=seconds + 5))
        finally:
            bed.stop(echo)

    def wait_until_forwarding(self, bed):
        """Till frames pass both ways; teaches both MAC addresses, too."""
        def answers():
            try:
                return self.round_trip(bed, 0.2)["count"] > 0
            except Failed:
                return False
        wait_for(answers, 10, "a frame through the switch and back")


def rules(count):
    """Entries of one mask, of which as many as there are flows match."""
    return [f"priority=5,udp,nw_src=198.18.{i >> 16}.1,tp_src={i & 0xffff},"
            "actions=output:2" for i in range(count)]


def masks(count):
    """Entries of as many masks, none of which matches."""
    return [f"priority={100 + i},ip,nw_src=10.0.0.0/{16 + i % 8},"
            f"nw_dst=10.0.0.0/{16 + i // 8},actions=drop"
            for i in range(count)]


class Row:
    """Rows that need no more than what run builds itself are never missing."""
    flow_lines = []

    def missing(self):
        return None


class Frames(Row):
    """Small frames as fast as they come through."""
    needs_offloads = False
    unit, more_is_better = "frames/s", True

    def __init__(self, flows):
        self.flows = flows
        self.name = f"frames-{flows}"
        self.figures = [self.name, f"{self.name}-cpu"]

    def title(self, options, figure):
        second = "second of CPU time" if figure != self.name else "second"
        return (f"{options.frame_size}-byte frames a {second}, one way, "
                f"{self.flows:,} UDP flow{'s' * (self.flows > 1)}")

    def measure(self, traffic, bed, kept):
        came, offered, a_cpu_second = traffic.saturate(bed, self.flows)
        kept.setdefault("capacity", came)
        figures = {self.name: (came, offered)}
        if bed.switch_pids:
            figures[f"{self.name}-cpu"] = (a_cpu_second, None)
        return figures


class Entries(Frames):
    """The same with flow entries beside the one that says NORMAL."""

    def __init__(self, name, flows, flow_lines):
        super().__init__(flows)
        self.name, self.flow_lines = name, flow_lines
        self.figures = [name, f"{name}-cpu"]

    def missing(self):
        return None if shutil.which("ovs-ofctl") else "no ovs-ofctl"

    def title(self, options, figure):
        return (super().title(options, figure) +
                f", {len(self.flow_lines):,} flow entries")


class Tcp(Row):
    """One TCP connection between the two hosts, with their offloads."""
    needs_offloads = True
    unit, more_is_better = "Mbit/s", True
    name = "tcp"
    figures = ["tcp"]

    def missing(self):
        return None if shutil.which("iperf3") else "no iperf3"

    def title(self, _options, _figure):
        return "TCP, one connection, default offloads"

    def measure(self, traffic, bed, _kept):
        seconds = traffic.options.tcp_s
        bed.set_shields(False)
        server = bed.start(bed.sink, bed.traffic_cpu,
                           ["iperf3", "-s", "-1", "-p", IPERF_PORT,
                            "--forceflush"])
        try:
            wait_for(lambda: bed.has_printed(server, "listening"), 5, "iperf3")
            return {"tcp": (self._transfer(bed, seconds), None)}
        finally:
            bed.stop(server)

    @staticmethod
    def _transfer(bed, seconds):
        """No connection is a result: nothing came through."""
        try:
            printed = run(
                bed.pinned(bed.source, bed.traffic_cpu, [
                    "iperf3", "-J", "-c", SINK["ip"], "-p", IPERF_PORT,
                    "-t", str(seconds), "-O", "1", "--connect-timeout",
                    "2000"]),
                limit_s=seconds + 6)
            return (json.loads(printed)["end"]["sum_received"]
                    ["bits_per_second"] / 1e6)
        except (Failed, KeyError, ValueError):
            return 0.0


class RoundTrip(Row):
    """A frame to the sink host and its echo back."""
    needs_offloads = False
    unit, more_is_better = "us", False

    def __init__(self, name, load):
        self.name, self.load = name, load
        self.figures = [f"{name}-p50", f"{name}-p99"]

    def title(self, _options, figure):
        beside = "half of its own frames-1 rate" if self.load else "nothing"
        return (f"round trip in us, {figure[-3:]}, beside {beside}")

    def measure(self, traffic, bed, kept):
        seconds = traffic.options.window_ms / 1000
        offered, generator = None, None
        if self.load:
            capacity = kept.get("capacity") or traffic.saturate(bed, 1)[0]
            generator = traffic.generator(
                bed, 1, rate=max(1, int(capacity * self.load)),
                window_ms=traffic.options.window_ms + 400)
        took = traffic.round_trip(bed, seconds)
        if generator:
            load = traffic.figures(bed, generator, traffic.limit_s())
            offered = load["frames"] * 1e9 / load["ns"]
        return {f"{self.name}-{p}": (took[f"{p}_us"], offered)
                for p in ("p50", "p99")}


def rows():
    """All there are, in the order in which they are measured."""
    return [Frames(1), Frames(1000), Frames(100000), Tcp(),
            RoundTrip("rtt-idle", 0), RoundTrip("rtt-load", 0.5),
            *(Entries(f"rules-{n}", 1000, rules(n)) for n in (1000, 100000)),
            *(Entries(f"masks-{n}", 1 << 20, masks(n)) for n in (8, 64))]
