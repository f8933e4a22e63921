"""The switch under test, and the kernel's bridge in its place.

Both are set up by the same Ini, start, stop and join the same ports, so that a
test of plain switching can be proved against a peer that is known to be right.
"""

import contextlib
import json
import os
import re
import signal
import time

from lab import PATIENCE_S, ROOT, LabError, wait_until

BINARY = os.environ.get("FLOWBRIDGE", os.path.join(ROOT, "build/flowbridge"))
FIELD = re.compile(r'([\w.-]+)=("(?:[^"\\]|\\.)*"|\S*)')
LOCAL_PORT_NUMBER = 65534


class Ini(dict):
    """A configuration file: section -> key -> value, in order."""

    def __init__(self, name, run_dir):
        super().__init__()
        self["bridge"] = {"name": name}
        self["local"] = {}
        kernel = os.environ.get("FLOWBRIDGE_KERNEL")
        self["datapath"] = {"kernel": kernel} if kernel else {}
        # As in real life: a user of no rights, and the system call filter on.
        self["daemon"] = {"user": "nobody", "run-dir": run_dir}

    def add_port(self, name, type="nic", **keys):
        self[f"port {name}"] = {
            "type": type, **{k.replace("_", "-"): v for k, v in keys.items()}}

    def ports(self):
        """Name -> keys of each [port] section."""
        return {section.split(None, 1)[1]: keys
                for section, keys in self.items()
                if section.startswith("port ")}

    def text(self):
        lines = []
        for section, keys in self.items():
            lines.append(f"[{section}]")
            for key, value in keys.items():
                # A list is a key that is said several times.
                for one in value if isinstance(value, list) else [value]:
                    lines.append(f"{key} = {one}")
        return "\n".join(lines) + "\n"


def parse_log_line(line):
    """One line of the log, logfmt or JSON, as a dict."""
    if line.startswith("{"):
        return json.loads(line)
    event = {}
    for key, value in FIELD.findall(line):
        if value.startswith('"'):
            try:
                value = json.loads(value)
            except ValueError:
                value = value[1:-1]
        event[key] = value
    return event


class Flowbridge:
    """build/flowbridge run, in a namespace."""

    is_flowbridge = True

    def __init__(self, lab, namespace, ini):
        self.lab = lab
        self.namespace = namespace
        self.ini = ini
        self.name = ini["bridge"]["name"]
        self.config_path = lab.path(f"{self.name}.ini")
        self.process = None

    def write(self):
        self.lab.write(os.path.basename(self.config_path), self.ini.text())

    def start(self, prefix=(), seconds=PATIENCE_S, **options):
        """Starts it and waits until it is ready; 'prefix' is a command to
        start it by."""
        self.launch(prefix, **options)
        self.wait_event("ready", seconds=seconds)
        return self

    def launch(self, prefix=(), binary=BINARY, **options):
        self.write()
        self.process = self.namespace.start(
            *prefix, binary, "run", "-c", self.config_path,
            name=f"flowbridge-{self.name}", **options)

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        path = self.ini.get("log", {}).get("file")
        if path and os.path.exists(path):
            with open(path, errors="replace") as f:
                return f.read()
        return self.process.output()

    def events(self, name=None, **keys):
        """The log's events, oldest first: of this name and with these keys."""
        # The last line may be only half there.
        lines = self.log().rpartition("\n")[0].splitlines()
        found = [parse_log_line(line) for line in lines]
        return [e for e in found
                if (name is None or e.get("event") == name)
                and all(str(e.get(k)) == str(v) for k, v in keys.items())]

    def wait_event(self, name, seconds=PATIENCE_S, after=0, **keys):
        """Waits for more than 'after' events of this kind; the last one."""
        def found():
            events = self.events(name, **keys)
            if len(events) > after:
                return events[-1]
            if not self.process.is_running():
                raise LabError(f"flowbridge ended with "
                               f"{self.process.popen.poll()} and no "
                               f"event={name}:\n{self.log()}")
            return None
        return wait_until(found, seconds, f"event={name} {keys or ''}")

    @contextlib.contextmanager
    def expecting(self, name, seconds=PATIENCE_S, **keys):
        """What is done inside must bring one more event of this kind."""
        count = len(self.events(name, **keys))
        yield
        self.wait_event(name, seconds, after=count, **keys)

    def client(self, *arguments, is_checked=True, timeout=PATIENCE_S):
        return self.namespace.run(BINARY, arguments[0], "-c", self.config_path,
                                  *arguments[1:], is_checked=is_checked,
                                  timeout=timeout)

    def show(self):
        return json.loads(self.client("show", "--json").stdout)

    def ports(self):
        """Name -> what show says of it."""
        return {port["name"]: port for port in self.show()["ports"]}

    def port(self, name):
        return self.ports()[name]

    def wait_port(self, name, seconds=PATIENCE_S, **keys):
        """Waits until show says this of a port."""
        def found():
            port = self.ports().get(name, {})
            return all(port.get(k) == v for k, v in keys.items())
        wait_until(found, seconds, f"port {name} to be {keys}")

    def fdb(self):
        return json.loads(self.client("fdb", "--json").stdout)["entries"]

    def wait_learned(self, mac, port=None, seconds=PATIENCE_S):
        def found():
            return [e for e in self.fdb() if e["mac"] == mac
                    and port in (None, e["port"])]
        return wait_until(found, seconds, f"{mac} to be learned")[0]

    def reload(self):
        """Writes the file anew and reloads; the client waits for the verdict.
        """
        self.write()
        return self.client("reload")

    def stop(self, seconds=PATIENCE_S):
        """SIGTERM; returns the exit status and how long it took."""
        start = time.monotonic()
        self.process.signal(signal.SIGTERM)
        status = self.process.wait(seconds)
        return status, time.monotonic() - start

    def kill9(self):
        self.process.kill()


class KernelBridge:
    """The kernel's bridge; it knows only the keys that it can follow."""

    is_flowbridge = False

    def __init__(self, lab, namespace, ini):
        self.namespace = namespace
        self.ini = ini
        self.name = ini["bridge"]["name"]

    def start(self):
        ip = self.namespace.ip
        # Else the bridge drops and trims IP packets as a router would.
        for table in ("iptables", "ip6tables", "arptables"):
            self.namespace.sysctl(f"bridge/bridge-nf-call-{table}", 0)
        ip(f"link add name {self.name} type bridge stp_state 0 "
           f"forward_delay 0 mcast_snooping 0")
        for port, keys in self.ini.ports().items():
            if keys["type"] == "tap" and not self.namespace.link(port):
                ip(f"tuntap add {port} mode tap vnet_hdr")
            if self.namespace.link(port):
                ip(f"link set {port} master {self.name}")
                ip(f"link set {port} up")
        mac = self.ini["local"].get("mac")
        if mac:
            ip(f"link set {self.name} address {mac}")
        ip(f"link set {self.name} up")
        address = self.ini["local"].get("address")
        if address:
            ip(f"address add {address} dev {self.name}")
        return self

    def stop(self):
        self.namespace.ip(f"link delete {self.name}")
        return 0, 0.0
