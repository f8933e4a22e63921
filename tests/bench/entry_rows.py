"""Rows about flow entries: how fast frames are under them, how fast they are
taken, how large they are."""

import time

import kinds
from rows import Figure, Frames, Row

MANY = 100000
MOST = 1000000
FEW = 20000  # where each is waited for
OF_A_BARRIER = 1000
PORTS_OF_A_KIND = 1 << 16
NORMAL = "priority=0,actions=NORMAL"


def rules(count):
    """Entries of one mask, of which as many as there are flows match; one
    alone is for all flows."""
    if count == 1:
        return ["priority=5,udp,nw_src=198.18.0.1,actions=output:2"]
    return [f"priority=5,udp,nw_src=198.18.{i >> 16}.1,tp_src={i & 0xffff},"
            "actions=output:2" for i in range(count)]


def wide_masks(count):
    """Entries of as many masks, none of which matches: their networks are far
    from those of the frames, so that a switch need not look at more."""
    return [NORMAL] + [
        f"priority={100 + i},ip,nw_src=10.0.0.0/{16 + i % 8},"
        f"nw_dst=10.0.0.0/{16 + i // 8},actions=drop" for i in range(count)]


def masks(count):
    """Entries of as many masks, one for each UDP source port: those of a frame
    have to be looked at, and no entry matches."""
    return [NORMAL] + [
        "priority=100,udp,"
        f"nw_src=198.18.0.0/{16 + i % count % 8},"
        f"nw_dst=198.18.0.0/{16 + i % count // 8},"
        f"tp_src={i},tp_dst=9,actions=drop" for i in range(PORTS_OF_A_KIND)]


def pipeline():
    """Three tables, a register, a MAC address and a VLAN tag."""
    return [
        "table=0,priority=9,udp,actions=set_field:1->reg0,goto_table:1",
        "table=1,priority=9,udp,nw_dst=198.18.0.0/16,actions="
        "set_field:02:00:00:00:00:09->eth_dst,goto_table:2",
        "table=2,priority=9,reg0=1,actions="
        "push_vlan:0x8100,set_field:4106->vlan_vid,output:2"]


class Entries(Frames):
    """Frames under flow entries, which replace those of the row before."""
    needed = ("ovs-ofctl",)

    def __init__(self, name, flows, make_lines, more, **ratios):
        super().__init__(flows, kinds.ENTRIES, name, more, **ratios)
        self.make_lines = make_lines

    def measure(self, traffic, bed, kept):
        path = traffic.file(self.name, self.make_lines)
        bed.contender.delete_flows(bed)
        bed.contender.add_flows(bed, path)
        return super().measure(traffic, bed, kept)


class MostEntries(Entries):
    """With as many as make sense; says how long they took to be taken."""
    every = 2
    not_taken = ("ovs-netdev",)

    def __init__(self, **ratios):
        super().__init__(f"rules-{MOST}", 1000, lambda: rules(MOST),
                         f", {MOST:,} flow entries of one mask", **ratios)
        self.figures += [
            Figure(f"flow-mods-{MOST}-s", f"{MOST:,} entries by flowbridge "
                   "add-flows", "s", more_is_better=False),
            Figure(f"flow-mods-{MOST}-cpu-s", "CPU time of the switch for "
                   f"{MOST:,} entries", "s", more_is_better=False)]

    def measure(self, traffic, bed, kept):
        path = traffic.file(self.name, self.make_lines)
        bed.contender.delete_flows(bed)
        begin, cpu_ns = time.monotonic(), bed.cpu_ns()
        bed.contender.add_most_flows(bed, path)
        figures = {
            f"flow-mods-{MOST}-s": (time.monotonic() - begin, None),
            f"flow-mods-{MOST}-cpu-s": ((bed.cpu_ns() - cpu_ns) / 1e9, None)}
        return {**Frames.measure(self, traffic, bed, kept), **figures}


class FlowMods(Row):
    """How fast entries are taken, and what memory they need."""
    kind = kinds.NEW_ENTRIES
    name = "flow-mods"
    needed = ("ovs-ofctl",)

    def __init__(self):
        how = {"flow-mods": f"{FEW:,} by ovs-ofctl add-flows, which has a "
               "barrier after each",
               "flow-mods-barrier": f"{FEW:,} with a barrier after each",
               "flow-mods-stream": f"{MANY:,} with a barrier after each "
               f"{OF_A_BARRIER:,}"}
        self.figures = [
            Figure("flow-memory", f"memory for each of {MANY:,} flow entries",
                   "bytes", more_is_better=False, peer="ovs-netdev")]
        for name, what in how.items():
            self.figures += [
                Figure(name, f"flow entries a second, {what}", "1/s",
                       peer="ovs-netdev"),
                Figure(f"{name}-cpu", "flow entries a second of the switch's "
                       f"CPU time, {what}", "1/s of CPU", peer="ovs-netdev")]

    def measure(self, traffic, bed, _kept):
        def own_client(count, of_a_barrier):
            return lambda: traffic.run_tool(
                bed, bed.switch, 60, "flow_mods", bed.contender.target(bed),
                count, of_a_barrier)

        def ovs_ofctl():
            bed.contender.add_flows(bed, few, ())

        few = traffic.file("few-rules", lambda: rules(FEW))
        memory = bed.resident_bytes()
        figures = self._figures(bed, "flow-mods-stream", MANY,
                                own_client(MANY, OF_A_BARRIER))
        figures["flow-memory"] = ((bed.resident_bytes() - memory) / MANY, None)
        figures.update(self._figures(bed, "flow-mods-barrier", FEW,
                                     own_client(FEW, 1)))
        figures.update(self._figures(bed, "flow-mods", FEW, ovs_ofctl))
        return figures

    @staticmethod
    def _figures(bed, name, count, add):
        """Into an empty table."""
        bed.contender.delete_flows(bed)
        begin, cpu_ns = time.monotonic(), bed.cpu_ns()
        add()
        return {name: (count / (time.monotonic() - begin), None),
                f"{name}-cpu": (count * 1e9 / (bed.cpu_ns() - cpu_ns), None)}


def rows():
    """Few entries first: what many leave behind must not count for others."""
    peer = {"peer": "ovs-netdev"}
    of_one = {"beside": "rules-1"}

    def entries(name, flows, make_lines, more, **ratios):
        return Entries(name, flows, make_lines, f", {more}", **ratios)

    return [
        entries("pipeline-3", 1000, pipeline,
                "three tables, a field set, a VLAN tag pushed", **peer),
        *(entries(f"masks-{n}", 1 << 20, lambda n=n: masks(n),
                  f"each frame's new, entries of {n} mask{'s' * (n > 1)}",
                  **peer) for n in (1, 8, 32, 64)),
        entries("masks-wide-64", 1 << 20, lambda: wide_masks(64),
                "each frame's new, 64 entries of as many masks that are no "
                "reason to look at ports", **peer),
        entries("rules-1", 1000, lambda: rules(1), "one flow entry", **peer),
        *(entries(f"rules-{n}", 1000, lambda n=n: rules(n),
                  f"{n:,} flow entries of one mask", **of_one)
          for n in (1000, MANY)),
        MostEntries(**of_one),
        FlowMods()]
