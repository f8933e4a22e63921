"""Who is measured.  Each knows whether it is here, and how to start between
the two ports of a test bed."""

import os
import shutil

from testbed import PORTS, run, wait_for

OVS_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"

FLOWBRIDGE_INI = """[bridge]
name = bench
[local]
enable = no
[port {}]
type = nic
[port {}]
type = nic
[datapath]
workers = 1
[daemon]
user =
run-dir = {}
"""


def add_flows(bed, socket, lines):
    """Gives a switch that speaks OpenFlow the entries of a row."""
    path = os.path.join(bed.directory, "flows")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    run(["ovs-ofctl", "add-flows", f"unix:{bed.directory}/{socket}", path],
        limit_s=60)


class Bare:
    """Two AF_PACKET rings and no switch between them: the yardstick."""

    name = "bare"

    def missing(self):
        return None

    def variant(self, row):
        """Rows of one variant share a test bed."""
        return "vnet" if row.needs_offloads else "plain"

    def takes(self, _row):
        """Knows no flow entries, and is the yardstick of those who do."""
        return True

    def start(self, bed, variant, tools):
        options = ["-v"] if variant == "vnet" else []
        bed.start_switch([tools["bare_ring"], *options, *PORTS], "ready")


class Flowbridge:
    def __init__(self, name, binary):
        self.name, self._binary = name, binary

    def missing(self):
        if os.access(self._binary, os.X_OK):
            return None
        return f"no {self._binary}"

    def variant(self, row):
        return row.name if row.flow_lines else "all"

    def takes(self, _row):
        return True

    def load(self, bed, row):
        add_flows(bed, "bench.mgmt", row.flow_lines)

    def start(self, bed, _variant, _tools):
        path = os.path.join(bed.directory, "flowbridge.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(FLOWBRIDGE_INI.format(*PORTS, bed.directory))
        bed.start_switch([self._binary, "run", "-c", path], "event=ready")


class KernelBridge:
    name = "kernel-bridge"

    def missing(self):
        return None

    def variant(self, _row):
        return "all"

    def takes(self, row):
        return not row.flow_lines

    def start(self, bed, _variant, _tools):
        bed.ip(bed.switch, "\n".join(
            ["link add name br0 type bridge mcast_snooping 0",
             *(f"link set {port} master br0" for port in PORTS),
             "link set br0 up"]))


class Ovs:
    """Open vSwitch's userspace datapath, with a database and daemon of its
    own; nothing of the system's service is used."""

    def __init__(self, name, has_tso):
        self.name, self._has_tso = name, has_tso

    def missing(self):
        for program in ("ovsdb-tool", "ovsdb-server", "ovs-vswitchd",
                        "ovs-vsctl"):
            if not shutil.which(program):
                return f"no {program}"
        return None if os.path.exists(OVS_SCHEMA) else f"no {OVS_SCHEMA}"

    def variant(self, row):
        return row.name if row.flow_lines else "all"

    def takes(self, _row):
        return True

    def load(self, bed, row):
        add_flows(bed, "br0.mgmt", row.flow_lines)

    def start(self, bed, _variant, _tools):
        private = dict(os.environ)
        private.update({f"OVS_{which}DIR": bed.directory
                        for which in ("RUN", "LOG", "DB", "SYSCONF")})
        database = os.path.join(bed.directory, "conf.db")
        socket = f"unix:{bed.directory}/db.sock"
        control = ["ovs-vsctl", "--timeout=10", f"--db={socket}"]

        run(["ovsdb-tool", "create", database, OVS_SCHEMA], env=private)
        bed.start_switch(["ovsdb-server", database, f"--remote=p{socket}",
                          "-vconsole:warn"], env=private)
        wait_for(lambda: os.path.exists(f"{bed.directory}/db.sock"), 10,
                 "ovsdb-server")
        run([*control, "--no-wait", "init", "--", "set", "Open_vSwitch", ".",
             "other_config:userspace-tso-enable="
             f"{str(self._has_tso).lower()}"], env=private)
        bed.start_switch(["ovs-vswitchd", socket, "--disable-system",
                          "-vconsole:warn"], env=private)
        run([*control, "add-br", "br0", "--", "set", "bridge", "br0",
             "datapath_type=netdev",
             *(word for port in PORTS
               for word in ("--", "add-port", "br0", port))], env=private)


def contenders(binary, others):
    """All there are; 'others' are more flowbridge binaries, by name."""
    return [
        Bare(),
        Flowbridge("flowbridge", binary),
        *(Flowbridge(name, path) for name, path in others),
        KernelBridge(),
        Ovs("ovs-netdev", False),
        Ovs("ovs-netdev-tso", True),
    ]
