"""Who is measured.  Each knows whether it is here, on which kinds of test bed
it can be measured, and how to start between the two ports of one."""

import json
import os
import shutil
import time

import kinds
from testbed import PORTS, SPARE_PORT, run, wait_for

LOADING_LIMIT_S = 120
OVS_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"

FLOWBRIDGE_INI = """[bridge]
name = bench
fail-mode = {fail_mode}
mac-aging = {aging_s}
[local]
enable = no
{ports}
{more}
[datapath]
workers = {workers}
busy-poll = {busy_poll_us}
{datapath}
[daemon]
user =
run-dir = {directory}
"""

CONTROLLER = """[controller bench]
target = unix:{}
packet-in-rate = 0
"""


class Contender:
    """What most of them are like."""
    kinds = set(kinds.FORWARDING)
    has_rings = False  # which take much memory at its start

    def missing(self):
        return None

    def takes(self, row):
        return row.kind in self.kinds and self.name not in row.not_taken


class Bare(Contender):
    """Two AF_PACKET rings and no switch between them: the yardstick.  It knows
    no flow entries."""

    name = "bare"

    def start(self, bed, kind, tools):
        options = ["-v"] if kind in kinds.WITH_OFFLOADS else []
        bed.start_switch([tools["bare_ring"], *options, *PORTS], "ready")


class KernelBridge(Contender):
    name = "kernel-bridge"

    def start(self, bed, _kind, _tools):
        bed.ip(bed.switch, "\n".join(
            ["link add name br0 type bridge mcast_snooping 0",
             *(f"link set {port} master br0" for port in PORTS),
             "link set br0 up"]))


class SpeaksOpenFlow(Contender):
    """A switch that ovs-ofctl can talk to, by a socket of this name."""
    socket = None

    def target(self, bed):
        return f"{bed.directory}/{self.socket}"

    def add_flows(self, bed, path, options=("-O", "OpenFlow14", "--bundle")):
        """From a file of the notation of ovs-ofctl.  In a bundle it does not
        wait for the switch after each, which takes more than all else."""
        run(bed.pinned(bed.switch, bed.traffic_cpu, [
            "ovs-ofctl", *options, "add-flows", f"unix:{self.target(bed)}",
            path]), limit_s=LOADING_LIMIT_S)

    def kernel_frames(self, _bed):
        """Frames from the first port that its programs in the kernel sent."""
        return 0

    def delete_flows(self, bed):
        run(["ovs-ofctl", "del-flows", f"unix:{self.target(bed)}"],
            limit_s=60)


class Flowbridge(SpeaksOpenFlow):
    kinds = set(kinds.ALL)
    socket = "bench.mgmt"
    busy_poll_us = 0
    datapath = port = ""  # keys that not every version knows
    has_rings = True

    def __init__(self, name, binary):
        self.name, self._binary = name, binary

    def missing(self):
        if os.access(self._binary, os.X_OK):
            return None
        return f"no {self._binary}"

    def write_ini(self, bed, kind, flows=None, aging_s=300, ports=PORTS):
        """Returns the path of what kind of bed and row ask for."""
        path = os.path.join(bed.directory, "flowbridge.ini")
        more = f"[flows]\nfile = {flows}\n" if flows else ""
        if kind == kinds.CONTROLLER:
            more += CONTROLLER.format(bed.controller)
        with open(path, "w", encoding="utf-8") as file:
            file.write(FLOWBRIDGE_INI.format(
                fail_mode=("secure" if kind == kinds.CONTROLLER
                           else "standalone"),
                aging_s=aging_s,
                ports="\n".join(f"[port {port}]\ntype = nic\n{self.port}"
                                for port in (*ports, *bed.extra_ports)),
                more=more, directory=bed.directory,
                workers=2 if kind == kinds.TWO_WORKERS else 1,
                busy_poll_us=self.busy_poll_us, datapath=self.datapath))
        return path

    def add_most_flows(self, bed, path):
        """By the switch's own client, which has no limit but time."""
        run(bed.pinned(bed.switch, bed.traffic_cpu, [
            self._binary, "add-flows", "-s", f"unix:{self.target(bed)}",
            path]), limit_s=LOADING_LIMIT_S)

    def start(self, bed, kind, _tools, flows=None):
        """Returns the seconds until it says that it is ready."""
        path = self.write_ini(bed, kind, flows)
        begin = time.monotonic()
        bed.start_switch([self._binary, "run", "-c", path], "event=ready")
        return time.monotonic() - begin

    def change_ini(self, bed, kind, number):
        """Changes the file: another timeout, and a port comes or goes."""
        self.write_ini(bed, kind, aging_s=300 + number,
                       ports=(*PORTS, SPARE_PORT) if number % 2 else PORTS)


class FlowbridgePoll(Flowbridge):
    """One that looks for frames for longer than they are apart, for rows that
    are about waiting."""
    kinds = {kinds.PLAIN, kinds.CONTROLLER}
    busy_poll_us = 500

    def takes(self, row):
        return row.is_about_waiting and super().takes(row)


class FlowbridgeKernel(Flowbridge):
    """One whose kernel forwards what it can."""
    datapath = "kernel = require"

    def kernel_frames(self, bed):
        shown = json.loads(run([self._binary, "show", "--json", "-c",
                                os.path.join(bed.directory,
                                             "flowbridge.ini")]))
        return next(port["kernel_frames"] for port in shown["ports"]
                    if port["name"] == PORTS[0])


class FlowbridgePeer(FlowbridgeKernel):
    """One that skips this end of the veth pairs."""
    kinds = {kinds.PLAIN, kinds.OFFLOADS}
    port = "deliver = peer"


class Ovs(SpeaksOpenFlow):
    """Open vSwitch's userspace datapath, with a database and daemon of its
    own; nothing of the system's service is used."""

    socket = "br0.mgmt"

    def __init__(self, name, has_tso):
        self.name, self._has_tso = name, has_tso
        # Without it no TCP comes through, with it nothing else is faster.
        self.kinds = set(kinds.WITH_OFFLOADS if has_tso else
                         kinds.OF_OPEN_VSWITCH)

    def missing(self):
        for program in ("ovsdb-tool", "ovsdb-server", "ovs-vswitchd",
                        "ovs-vsctl"):
            if not shutil.which(program):
                return f"no {program}"
        return None if os.path.exists(OVS_SCHEMA) else f"no {OVS_SCHEMA}"

    def _bridge(self, bed, kind):
        """The words that tell ovs-vsctl what is wanted."""
        words = ["--", "set", "Open_vSwitch", ".",
                 "other_config:userspace-tso-enable="
                 f"{str(self._has_tso).lower()}",
                 "--", "add-br", "br0", "--", "set", "bridge", "br0",
                 "datapath_type=netdev", "other_config:disable-in-band=true"]
        for port in (*PORTS, *bed.extra_ports):
            words += ["--", "add-port", "br0", port]
        if kind == kinds.CONTROLLER:
            words += ["--", "set-fail-mode", "br0", "secure", "--",
                      "set-controller", "br0", f"unix:{bed.controller}",
                      "--", "set", "controller", "br0",
                      "connection_mode=out-of-band"]
        return words

    def start(self, bed, kind, _tools, flows=None):
        """Returns the seconds that its daemon needs until all that is in the
        database is in force.  That the database runs already, and knows, is
        in its favour."""
        private = dict(os.environ)
        private.update({f"OVS_{which}DIR": bed.directory
                        for which in ("RUN", "LOG", "DB", "SYSCONF")})
        database = os.path.join(bed.directory, "conf.db")
        socket = f"unix:{bed.directory}/db.sock"
        control = ["ovs-vsctl", "--timeout=30", f"--db={socket}"]

        run(["ovsdb-tool", "create", database, OVS_SCHEMA], env=private)
        bed.start_switch(["ovsdb-server", database, f"--remote=p{socket}",
                          "-vconsole:warn"], env=private)
        wait_for(lambda: os.path.exists(f"{bed.directory}/db.sock"), 10,
                 "ovsdb-server")
        run([*control, "--no-wait", "init", *self._bridge(bed, kind)],
            env=private)
        begin = time.monotonic()
        bed.start_switch(["ovs-vswitchd", socket, "--disable-system",
                          "-vconsole:warn"], env=private)
        # Returns when the daemon has done what the database says, which it
        # waits for only when there is something new in there.
        run([*control, "set", "Open_vSwitch", ".", "external_ids:is=new"],
            env=private, limit_s=30)
        if flows:
            wait_for(lambda: os.path.exists(self.target(bed)), 10,
                     "the bridge's management socket", 0.002)
            self.add_flows(bed, flows)
        return time.monotonic() - begin


def contenders(binary, others):
    """All there are; 'others' are more flowbridge binaries, by name."""
    return [
        Bare(),
        Flowbridge("flowbridge", binary),
        FlowbridgePoll("flowbridge-poll", binary),
        FlowbridgeKernel("flowbridge-kernel", binary),
        FlowbridgePeer("flowbridge-peer", binary),
        *(Flowbridge(name, path) for name, path in others),
        KernelBridge(),
        Ovs("ovs-netdev", False),
        Ovs("ovs-netdev-tso", True),
    ]
