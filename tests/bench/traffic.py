"""How frames are made and counted, and for how long."""

import os
import time

from testbed import Failed, PORTS, SINK, SOURCE, run, wait_for


def fields(line):
    """The numbers of a line of key=value."""
    return {key: float(value) for key, value in
            (word.split("=") for word in line.split())}


def idle_seconds(cpu):
    """For how long this CPU has had nothing to do."""
    with open("/proc/stat", encoding="ascii") as file:
        words = next(line for line in file
                     if line.startswith(f"cpu{cpu} ")).split()
    return int(words[4]) / os.sysconf("SC_CLK_TCK")


class Busy:
    """How many of a test bed's CPUs are busy from now on."""

    def __init__(self, bed):
        self._cpus = sorted({bed.traffic_cpu, *map(
            int, str(bed.switch_cpu).split(","))})
        self._begin_s, self._idle_s = time.monotonic(), self._idle()

    def _idle(self):
        return sum(map(idle_seconds, self._cpus))

    def cpus(self):
        took_s = time.monotonic() - self._begin_s
        return len(self._cpus) - (self._idle() - self._idle_s) / took_s


class Traffic:
    """What all rows use.  Files that several rounds need are kept in
    'directory'."""

    def __init__(self, tools, options):
        self.tools, self.options = tools, options
        self.directory = None  # see run
        self.injects = False   # see find_method

    def file(self, name, make_lines):
        """The path of a file of lines, which are made when it is not there."""
        path = os.path.join(self.directory, name)
        if not os.path.exists(path):
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in make_lines())
        return path

    def generator(self, bed, flows, rate=None, window_ms=None):
        """Starts the generator, and returns when it sends, which it does
        until it is stopped; at a rate it always is the source host."""
        o = self.options
        argv = [self.tools["generator"], "-c", str(bed.traffic_cpu),
                "-s", str(o.frame_size), "-f", str(flows),
                "-w", "0" if rate else str(o.warm_up_ms),
                "-t", str(window_ms or o.window_ms)]
        if rate:
            argv += ["-r", str(rate)]
        if self.injects and not rate:
            process = bed.start(bed.switch, bed.traffic_cpu,
                                argv + ["-x", PORTS[0]])
        else:
            process = bed.start(bed.source, bed.traffic_cpu,
                                argv + [SOURCE["interface"]])
        wait_for(lambda: bed.has_printed(process, "begin_ns="), 15,
                 "the generator's first frame")
        return process

    def offered(self, bed, generator):
        """What it sent within its window."""
        wait_for(lambda: bed.has_printed(generator, " ns="), self.limit_s(),
                 "the generator's window")
        return fields(bed.output(generator))

    def figures(self, bed, process, limit_s):
        """What a tool printed, once it has ended."""
        wait_for(lambda: process.poll() is not None, limit_s, process.name)
        bed.stop(process)
        if process.returncode:
            raise Failed(f"{process.name}: {bed.output(process).strip()}")
        return fields(bed.output(process))

    def find_method(self, bed):
        """Finds whether this kernel takes frames as if a driver had them."""
        self.injects = True
        try:
            bed.stop(self.generator(bed, 1))
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
        """Frames a second that came through, and that were offered; those
        that came for a second of the switch's CPU time; and the CPU time of
        all, ns for each that came."""
        o = self.options
        bed.set_shields(True)
        generator = self.generator(bed, flows)
        begin_ns = int(fields(bed.output(generator))["begin_ns"])
        sink = bed.start(bed.sink, bed.traffic_cpu, [
            self.tools["sink"], SINK["interface"], str(begin_ns),
            str(o.window_ms), *map(str, bed.switch_pids)])
        busy = Busy(bed)
        came = self.figures(bed, sink, self.limit_s())
        cpus = busy.cpus()
        offered = self.offered(bed, generator)
        bed.stop(generator)
        return (came["frames"] * 1e9 / came["ns"],
                offered["frames"] * 1e9 / offered["ns"],
                came["frames"] * 1e9 / max(1, came["cpu_ns"]),
                cpus * came["ns"] / max(1, came["frames"]))

    def count_reordered(self, bed, flows, window_ms):
        """Frames that came, and those that came too late, within flows."""
        bed.set_shields(True)
        generator = self.generator(bed, flows)
        came = self.run_tool(bed, bed.sink, self.limit_s(), "order",
                             SINK["interface"], window_ms)
        bed.stop(generator)
        return came["frames"], came["reordered"]

    def round_trip(self, bed, seconds):
        bed.set_shields(True)
        echo = bed.start(bed.sink, bed.traffic_cpu,
                         [self.tools["latency"], "echo", SINK["interface"]])
        try:
            wait_for(lambda: bed.has_printed(echo, "ready"), 5, "echo")
            return self.run_tool(bed, bed.source, seconds + 5, "latency",
                                 "ping", SOURCE["interface"], seconds)
        finally:
            bed.stop(echo)

    def run_tool(self, bed, namespace, limit_s, tool, *arguments):
        """One of our own, beside the switch: what it prints."""
        return fields(run(
            bed.pinned(namespace, bed.traffic_cpu,
                       [self.tools[tool], *map(str, arguments)]),
            limit_s=limit_s))

    def fly(self, bed, under_way, window_ms, first=0):
        """Frames of new flows, from number 'first', so many under way at a
        time."""
        bed.set_shields(True)
        return self.run_tool(bed, bed.source, window_ms / 1000 + 10, "flight",
                             SOURCE["interface"], f"/run/netns/{bed.sink}",
                             SINK["interface"], under_way, window_ms, first)

    def wait_until_forwarding(self, bed):
        """Till frames pass both ways; teaches both MAC addresses, too."""
        def answers():
            try:
                return self.round_trip(bed, 0.05)["count"] > 0
            except Failed:
                return False
        wait_for(answers, 10, "a frame through the switch and back")
