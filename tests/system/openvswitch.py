"""Open vSwitch in userspace, with a database and a daemon of its own: nothing
of the machine's service is used.  It is what OpenFlow users know, so that
what it does with the same flows is what they expect of any switch.
"""

import os

from lab import PATIENCE_S, wait_until
from openflow import Ofctl

SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


class OpenVSwitch(Ofctl):
    """A bridge of the ports of an Ini (see switch.py), in a namespace.  It
    takes of it what is needed to compare: names, numbers and fail mode."""

    is_flowbridge = False

    def __init__(self, lab, namespace, ini):
        self.lab = lab
        self.namespace = namespace
        self.ini = ini
        self.name = ini["bridge"]["name"]
        self.directory = lab.path(f"ovs-{len(lab.processes)}")
        self.management = f"{self.directory}/{self.name}.mgmt"
        self.daemon = None

    def start(self):
        os.mkdir(self.directory)
        self.environment = dict(os.environ, **{
            f"OVS_{which}DIR": self.directory
            for which in ("RUN", "LOG", "DB", "SYSCONF")})
        database = f"{self.directory}/conf.db"
        self.socket = f"unix:{self.directory}/db.sock"
        self.run("ovsdb-tool", "create", database, SCHEMA)
        self.launch("ovsdb-server", database, f"--remote=p{self.socket}")
        wait_until(lambda: os.path.exists(f"{self.directory}/db.sock"),
                   what="ovsdb-server")
        self.vsctl("--no-wait", "init")
        self.daemon = self.launch("ovs-vswitchd", self.socket,
                                  "--disable-system",
                                  f"--unixctl={self.directory}/ctl")
        mac = self.ini["local"].get("mac")
        words = ["add-br", self.name, "--", "set", "bridge", self.name,
                 "datapath_type=netdev", "fail_mode=secure",
                 "other-config:disable-in-band=true"]
        if mac:
            words.append(f'other-config:hwaddr="{mac}"')
        for number, (port, keys) in enumerate(self.ini.ports().items(), 1):
            words += ["--", "add-port", self.name, port, "--", "set",
                      "interface", port,
                      f"ofport_request={keys.get('ofport', number)}"]
        self.vsctl(*words)
        wait_until(lambda: os.path.exists(self.management),
                   what="the bridge's management socket")
        return self

    def launch(self, name, *arguments):
        return self.namespace.start(name, *arguments, "-vconsole:warn",
                                    "-vsyslog:off", name=name,
                                    env=self.environment)

    def run(self, *command):
        return self.namespace.run(*command, env=self.environment).stdout

    def vsctl(self, *arguments):
        return self.run("ovs-vsctl", f"--timeout={PATIENCE_S:.0f}", f"--db={self.socket}",
                        *arguments)

    def appctl(self, *arguments):
        return self.run("ovs-appctl", "-t", f"{self.directory}/ctl",
                        *arguments)

    def settle(self):
        """Counters of flows are up to date."""
        self.appctl("revalidator/purge")

    def stop(self):
        self.daemon.stop()
