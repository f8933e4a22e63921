"""The same random flows and frames through the switch and Open vSwitch: the
same frames must come out, byte for byte, and be counted for the same flows.
"""

import os
import re
import struct
import time

import pytest

from differential import (FRAGMENT_FLOWS, FRAGMENT_MODES, PORTS, Maker,
                          fragments)
from frames import Wire
from lab import LabError, wait_until
from openflow import OpenFlowbridge
from openvswitch import OpenVSwitch
from sides import Side
from switch import LOCAL_PORT_NUMBER

MARK_TYPE = 0x88b6
# Above all others: what comes behind a frame by the same way has seen it off.
MARK_FLOW = f"priority=65535,dl_type={MARK_TYPE:#x},actions=ALL,IN_PORT"
COUNTERS = re.compile(r"cookie=(0x[0-9a-f]+).*n_packets=(\d+)")

COUNT_WAIT_S = 3.0
FIRST_SET = int(os.environ.get("DIFFERENTIAL_FIRST", "0"))
TABLE_SETS = int(os.environ.get("DIFFERENTIAL_SETS", "50"))
FLOWS, FRAMES = 40, 200


class WiredSide(Side):
    """A side with a wire to each host and to LOCAL."""

    def __init__(self, lab, name, make):
        super().__init__(lab, name, make, PORTS)
        self.wires = {number: Wire(host)
                      for number, host in self.hosts.items()}
        self.wires[LOCAL_PORT_NUMBER] = Wire(self.space, "br0")
        if not self.switch.is_flowbridge:
            # What it keeps is for one flow then.  A verdict for many that
            # sets a part of an MPLS label sets all of it to the first one's.
            self.switch.appctl("upcall/disable-megaflows")

    def load(self, version, groups, flows):
        """Puts these flows and groups in the place of those before; what
        ovs-ofctl says if the switch refuses them, or None."""
        path = self.lab.write(f"{self.name}.flows", "\n".join(
            [MARK_FLOW, *(flow.text() for flow in flows)]))
        group_path = self.lab.write(f"{self.name}.groups", "\n".join(groups))
        ofctl = self.switch.ofctl
        # In this order: Open vSwitch 3.1 does not survive that a group goes
        # which two of a flow's lists name.
        ofctl("-O", version, "del-flows", "BRIDGE")
        ofctl("-O", version, "del-groups", "BRIDGE")
        ofctl("-O", version, "add-groups", "BRIDGE", group_path)
        done = ofctl("-O", version, "add-flows", "BRIDGE", path,
                     is_checked=False)
        # Open vSwitch has verdicts of the old tables still at hand.
        self.switch.settle()
        return done.stderr if done.returncode else None

    def set_frags(self, mode):
        # Open vSwitch counts a verdict's frames for the entries that they would
        # meet when it gets to it.
        self.switch.settle()
        self.switch.ofctl("set-frags", "BRIDGE", mode)
        self.switch.settle()

    def pass_frames(self, frames):
        """Sends all of them; port -> what came out of it, sorted."""
        for port, frame in frames:
            self.wires[port].send(frame)
        for port, wire in self.wires.items():
            wire.send(bytes(12) + struct.pack("!HH", MARK_TYPE, port % 100)
                      + bytes(46))
        return {port: sorted(self.until_marks(wire))
                for port, wire in self.wires.items()}

    def until_marks(self, wire):
        """Frames up to the last of the marks, one from each port."""
        came, marks = [], set()

        def found():
            for frame in iter(wire.receive, None):
                if frame[12:14] == struct.pack("!H", MARK_TYPE):
                    marks.add(frame[14:16])
                else:
                    came.append(frame)
            return len(marks) == len(self.wires)
        wait_until(found, what=f"the marks at {self.name}")
        return came

    def counters(self, version):
        """Cookie -> packets.  Not bytes: after a push Open vSwitch counts
        those that are there by then."""
        self.switch.settle()
        text = self.switch.ofctl("-O", version, "dump-flows", "BRIDGE").stdout
        return {int(cookie, 16): int(packets)
                for cookie, packets in COUNTERS.findall(text)
                if cookie != "0x0"}


class PlainFlow:
    """An entry that is written out."""

    def __init__(self, cookie, words):
        self.words = f"cookie={cookie:#x},{words}"

    def text(self):
        return self.words


class Case:
    """Groups, flows and frames, and the two sides to try them on."""

    def __init__(self, sides, version, groups):
        self.sides, self.version, self.groups = sides, version, groups

    def load(self, flows):
        """False if both refuse the flows."""
        self.said = said = [side.load(self.version, self.groups, flows)
                for side in self.sides]
        if any(said) and not all(said):
            raise LabError(f"only one side takes the flows: {said}")
        return not any(said)

    def differing(self, frames):
        """What came out at one side only: a list of (side, port, frame)."""
        one, two = (side.pass_frames(frames) for side in self.sides)
        found = []
        for port in one:
            found += [(0, port, f) for f in lacking(one[port], two[port])]
            found += [(1, port, f) for f in lacking(two[port], one[port])]
        return found

    def fails(self, flows, frame):
        """Whether the sides do not do the same with one frame."""
        try:
            if not self.load(flows):
                return False
            return self.differing([frame]) != [] or self.counts_differ()
        except LabError:
            return False

    def counts_differ(self):
        """Frames may be out before they are counted, but not for long."""
        deadline = time.monotonic() + COUNT_WAIT_S
        while time.monotonic() < deadline:
            one, two = (side.counters(self.version) for side in self.sides)
            if one == two:
                return False
        return True

    def smallest(self, flows, frame):
        """As few flows and words as still make a difference."""
        size = max(len(flows) // 2, 1)
        while size:
            at = 0
            while at < len(flows):
                # What a miss does is not what is asked.
                fewer = flows[:at] + [flow for flow in flows[at:at + size]
                                      if not flow.priority] + flows[at + size:]
                if fewer != flows and self.fails(fewer, frame):
                    flows = fewer
                else:
                    at += size
            size //= 2
        for index in range(len(flows)):
            is_smaller = True
            while is_smaller:
                is_smaller = False
                for copy in flows[index].smaller():
                    fewer = flows[:index] + [copy] + flows[index + 1:]
                    if self.fails(fewer, frame):
                        flows, is_smaller = fewer, True
                        break
        return flows

    def report(self, flows, frame):
        """The smallest such case, for a person."""
        flows = self.smallest(flows, frame)
        self.load(flows)
        lines = ["", "groups:", *self.groups, "flows:",
                 *(flow.text() for flow in flows),
                 f"frame into port {frame[0]}: {frame[1].hex()}"]
        for side in self.sides:
            came = side.pass_frames([frame])
            lines.append(f"out of {side.name}:")
            lines += [f"    port {port}: {f.hex()}"
                      for port, out in came.items() for f in out]
            lines.append(f"    counted {side.counters(self.version)}")
        return "\n".join(lines)


def lacking(these, those):
    """What of 'these' is not among 'those', each as often as it is there."""
    left = list(those)
    found = []
    for frame in these:
        if frame in left:
            left.remove(frame)
        else:
            found.append(frame)
    return found


def first_suspect(case, flows, frames):
    """The first frame that makes a difference by itself."""
    for frame in frames:
        if case.fails(flows, frame):
            return frame
    raise LabError("the frames differ only when all of them are sent")


def try_set(sides, seed, version):
    """One set of tables and its frames; how many frames came out."""
    maker = Maker(seed, version == "OpenFlow10")
    groups = maker.groups()
    flows = maker.flows(FLOWS, list(groups))
    frames = [maker.frame(number) for number in range(FRAMES)]
    case = Case(sides, version, list(groups.values()))
    mode = FRAGMENT_MODES[seed % len(FRAGMENT_MODES)]
    for side in sides:
        side.set_frags(mode)
    if not case.load(flows):
        raise LabError(f"seed {seed}: no switch takes the flows: {case.said}")
    differing = case.differing(frames)
    suspects = {f[-4:] for _, _, f in differing}
    frames.sort(key=lambda frame: frame[1][-4:] not in suspects)
    if differing or case.counts_differ():
        frame = first_suspect(case, flows, frames)
        raise LabError(f"seed {seed}, {mode}: the two differ"
                       + case.report(flows, frame))


@pytest.mark.flowbridge
@pytest.mark.slow
@pytest.mark.timeout(100 + 4 * TABLE_SETS)
@pytest.mark.parametrize("version", ("OpenFlow10", "OpenFlow13"))
def test_random_flows_do_as_in_open_vswitch(lab, version):
    sides = (WiredSide(lab, "ours", OpenFlowbridge),
             WiredSide(lab, "theirs", OpenVSwitch))
    for seed in range(FIRST_SET, FIRST_SET + TABLE_SETS):
        try_set(sides, seed, version)


@pytest.mark.flowbridge
def test_fragments_do_as_in_open_vswitch(lab):
    sides = [WiredSide(lab, name, make) for name, make in
             (("ours", OpenFlowbridge), ("theirs", OpenVSwitch))]
    flows = [PlainFlow(number, text)
             for number, text in enumerate(FRAGMENT_FLOWS, 1)]
    case = Case(sides, "OpenFlow13", [])
    assert case.load(flows), case.said
    # The second time by what was kept of the first.
    for mode in [mode for mode in FRAGMENT_MODES for _ in range(2)]:
        for side in sides:
            side.set_frags(mode)
        differing = case.differing(fragments())
        assert not differing, f"\n{mode}:\n" + "\n".join(
            f"out of {sides[side].name} alone, port {port}: {frame.hex()}"
            for side, port, frame in differing)
    assert not case.counts_differ()
