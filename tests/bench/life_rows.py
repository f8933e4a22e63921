"""Rows about the life of a switch: its controller, its start, changes, rest,
and more workers than one."""

import os
import signal
import time

import kinds
from entry_rows import MANY, NORMAL, rules
from rows import Figure, Frames, Row
from testbed import Failed, SINK, SOURCE, wait_for

UNDER_WAY = 64
FAR_FLOW = 1 << 22  # none of those before it
RELOAD_RATE = 50000
RELOADS = 10
RELOAD_WINDOW_MS = 1000
SETTLE_LIMIT_S = 2
CHANGES_RATE = 100000
CHANGES_MS = 1500
FEW_FLOWS = 100


class PacketIns(Row):
    """Each frame is a question to a learning controller, the same for all,
    which adds a flow entry and sends the frame on."""
    kind = kinds.CONTROLLER
    name = "packet-ins"
    is_about_waiting = True

    def __init__(self):
        peer = {"peer": "ovs-netdev"}
        self.figures = [
            Figure("packet-ins", "packet-ins a second, each answered by a flow "
                   f"entry and the frame; {UNDER_WAY} under way", "1/s",
                   **peer),
            Figure("packet-ins-cpu", "the same for a second of the switch's "
                   "CPU time", "1/s of CPU", **peer),
            *(Figure(f"first-packet-{p}", "the way of the first frame of a "
                     f"flow, by the controller, one at a time, {p}", "us",
                     more_is_better=False, **peer) for p in ("p50", "p99"))]

    def measure(self, traffic, bed, _kept):
        window_ms = traffic.options.window_ms
        alone = traffic.fly(bed, 1, window_ms)
        cpu_ns = bed.cpu_ns()
        many = traffic.fly(bed, UNDER_WAY, window_ms, FAR_FLOW)
        cpu_ns = bed.cpu_ns() - cpu_ns
        return {"packet-ins": (many["count"] * 1e9 / many["ns"], None),
                "packet-ins-cpu": (many["count"] * 1e9 / cpu_ns, None),
                "first-packet-p50": (alone["p50_us"], None),
                "first-packet-p99": (alone["p99_us"], None)}


class Reload(Row):
    """Frames at a steady rate, and a changed configuration again and again."""
    kind = kinds.RELOAD
    name = "reload"

    def __init__(self):
        self.figures = [
            Figure("reload-lost", f"frames lost at {RELOAD_RATE:,} a second "
                   f"beside {RELOADS} reloads", "frames",
                   more_is_better=False),
            Figure("reload-none-lost", "the same without a reload", "frames",
                   more_is_better=False),
            Figure("reload-ms", "from SIGHUP until the change is in force, "
                   "median", "ms", more_is_better=False)]

    def measure(self, traffic, bed, _kept):
        without, _ = self._count_lost(traffic, bed, 0)
        lost, took = self._count_lost(traffic, bed, RELOADS)
        return {"reload-lost": (lost, None),
                "reload-none-lost": (without, None),
                "reload-ms": (sorted(took)[len(took) // 2] * 1000, None)}

    def _count_lost(self, traffic, bed, reloads):
        """Frames that left the source and did not reach the sink; the
        seconds that each reload took."""
        def count():
            return (bed.counter(bed.source, SOURCE["interface"], "tx_packets"),
                    bed.counter(bed.sink, SINK["interface"], "rx_packets"))

        bed.set_shields(True)
        sent, came = count()
        generator = traffic.generator(bed, 1000, rate=RELOAD_RATE,
                                      window_ms=RELOAD_WINDOW_MS)
        took = [self._reload(bed, number) for number in range(reloads)]
        traffic.offered(bed, generator)
        bed.stop(generator)
        sent = count()[0] - sent
        end = time.monotonic() + SETTLE_LIMIT_S
        while count()[1] - came < sent and time.monotonic() < end:
            time.sleep(0.02)
        return sent - (count()[1] - came), took

    @staticmethod
    def _reload(bed, number):
        process = bed.switch_processes[-1]
        before = bed.output(process).count("event=reload.done")
        bed.contender.change_ini(bed, bed.kind, number)
        begin = time.monotonic()
        os.kill(process.pid, signal.SIGHUP)
        wait_for(lambda: (bed.output(process).count("event=reload.done") >
                          before), 5, "reload", 0.002)
        return time.monotonic() - begin


class Changes(Row):
    """Frames at a steady rate while the flow table changes: those of a flow
    stay in order and none is lost, whatever way each goes."""
    kind = kinds.NEW_ENTRIES
    needed = ("ovs-ofctl",)

    def __init__(self, rate):
        self.rate, self.name = rate, f"changes-{rate}"
        what = (f"of {CHANGES_RATE:,} frames a second beside {rate} flow-mods "
                "a second")
        self.figures = [
            Figure(f"{self.name}-late", f"frames that came after later ones of "
                   f"their flow, {what}", "frames", more_is_better=False),
            Figure(f"{self.name}-lost", f"frames lost, {what}", "frames",
                   more_is_better=False),
            Figure(f"{self.name}-by-kernel", f"frames that went by the kernel, "
                   f"{what}", "%")]

    def measure(self, traffic, bed, _kept):
        bed.contender.delete_flows(bed)
        bed.contender.add_flows(bed, traffic.file("normal", lambda: [NORMAL]))
        traffic.wait_until_forwarding(bed)
        bed.set_shields(True)
        ms = CHANGES_MS
        generator = traffic.generator(bed, FEW_FLOWS, rate=CHANGES_RATE,
                                      window_ms=ms)
        by_kernel = bed.contender.kernel_frames(bed)
        order = bed.start(bed.sink, bed.traffic_cpu, [
            traffic.tools["order"], SINK["interface"], str(ms)])
        changer = bed.start(bed.switch, bed.traffic_cpu, [
            traffic.tools["flow_mods"], bed.contender.target(bed),
            str(self.rate * ms // 1000), "1", str(1000000 // self.rate)])
        came = traffic.figures(bed, order, traffic.limit_s() + ms / 1000)
        by_kernel = bed.contender.kernel_frames(bed) - by_kernel
        traffic.figures(bed, changer, traffic.limit_s())
        traffic.offered(bed, generator)
        bed.stop(generator)
        lost = came["last"] - came["first"] + 1 - came["frames"]
        return {f"{self.name}-late": (came["reordered"], None),
                f"{self.name}-lost": (lost, None),
                f"{self.name}-by-kernel": (100 * by_kernel / came["frames"],
                                           None)}


class Start(Row):
    """From the start of the process to ready.  The host of a virtual machine
    takes back memory that nobody uses, and is slow to give it again: what has
    rings is started once before, and gets the same memory."""

    def __init__(self, kind, name, what, make_lines=None):
        self.kind, self.name, self._make_lines = kind, name, make_lines
        self.figures = [
            Figure(f"{name}-s", f"from start to ready, {what}", "s",
                   more_is_better=False, peer="ovs-netdev"),
            Figure(f"{name}-cpu-s", "CPU time of the same", "s",
                   more_is_better=False, peer="ovs-netdev")]

    def measure(self, traffic, bed, _kept):
        flows = (traffic.file(self.name, self._make_lines)
                 if self._make_lines else None)
        if bed.contender.has_rings:
            bed.contender.start(bed, bed.kind, traffic.tools, flows)
            bed.stop_switch()
        took_s = bed.contender.start(bed, bed.kind, traffic.tools, flows)
        return {f"{self.name}-s": (took_s, None),
                f"{self.name}-cpu-s": (bed.cpu_ns() / 1e9, None)}


class Idle(Row):
    """What a switch that has nothing to do takes.  All rest at a time, which
    takes nothing from any of them."""
    kind = kinds.MANY_PORTS
    name = "idle"
    every = 2
    figures = [Figure("idle", f"CPU time while idle, {kinds.PORTS_OF_MANY} "
                      f"ports, over some seconds", "% of a CPU",
                      more_is_better=False, peer="ovs-netdev")]

    def measure_together(self, traffic, beds):
        """The figures of each of these test beds."""
        for bed in beds:
            if not bed.switch_pids:
                bed.contender.start(bed, self.kind, traffic.tools)
        seconds = traffic.options.idle_s
        begin = [bed.cpu_ns() for bed in beds]
        time.sleep(seconds)
        return [{"idle": ((bed.cpu_ns() - ns) / 1e7 / seconds, None)}
                for bed, ns in zip(beds, begin)]


class Workers(Frames):
    """Both CPUs for the switch; the generator keeps one of them busy."""

    def __init__(self, count, kind, **ratios):
        super().__init__(1000, kind, f"workers-{count}",
                         f", {count} worker{'s' * (count > 1)} on both CPUs",
                         **ratios)
        self.figures.append(Figure(
            f"{self.name}-reordered", "frames that came after later ones of "
            "their flow", "frames", more_is_better=False))

    def measure(self, traffic, bed, kept):
        figures = super().measure(traffic, bed, kept)
        frames, reordered = traffic.count_reordered(bed, self.flows,
                                                    traffic.options.window_ms)
        if not frames:
            raise Failed("no frame whose order could be looked at")
        return {**figures, f"{self.name}-reordered": (reordered, None)}


def rows():
    return [PacketIns(), Reload(), Changes(20), Changes(200),
            Start(kinds.FLOW_FILE, "start-flows",
                  f"{MANY:,} flow entries in the file", lambda: rules(MANY)),
            Start(kinds.MANY_PORTS, "start-ports",
                  f"{kinds.PORTS_OF_MANY} ports"),
            Idle(),
            Workers(1, kinds.ONE_WORKER),
            Workers(2, kinds.TWO_WORKERS, beside="workers-1")]
