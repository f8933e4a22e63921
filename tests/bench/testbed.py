"""Where a contender is measured: three network namespaces in a row.

    source (src0) --- veth --- (p0) switch (p1) --- veth --- (dst0) sink

With a TAP in the second place, a relay holds the switch's end and one in the
sink's namespace, as a virtual machine does with its network card.
Names carry the number of this process, so that several runs do not meet, and
all of it goes when the test bed is closed.
"""

import contextlib
import ctypes
import glob
import os
import re
import shutil
import signal
import subprocess
import time

SOURCE = {"interface": "src0", "mac": "02:00:00:00:00:01", "ip": "198.18.0.1"}
SINK = {"interface": "dst0", "mac": "02:00:00:00:00:02", "ip": "198.18.0.2"}
PORTS = ("p0", "p1")
SPARE_PORT = "p2"  # nobody is behind it
COMMAND_LIMIT_S = 20
STOP_LIMIT_S = 3
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Frames of the generator end at the ingress hook, before they cost anything.
# AF_PACKET sockets, such as the one that measures the round trip, get them.
SHIELD = """table netdev bench {{
    chain ingress {{
        type filter hook ingress device "{}" priority 0; policy drop;
    }}
}}
"""

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


class Failed(Exception):
    """Something did not work; the text is for the report."""


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def run(argv, stdin=None, limit_s=COMMAND_LIMIT_S, env=None):
    """Runs a command to its end and returns what it prints."""
    try:
        done = subprocess.run(argv, input=stdin, text=True, env=env,
                              capture_output=True, timeout=limit_s,
                              preexec_fn=_die_with_parent)
    except subprocess.TimeoutExpired:
        raise Failed(f"{argv[0]}: took more than {limit_s:g} s") from None
    except OSError as e:
        raise Failed(f"{argv[0]}: {e.strerror}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Failed(f"{' '.join(argv)}: " +
                     (said[-1] if said else f"exit code {done.returncode}"))
    return done.stdout


def wait_for(is_true, limit_s, what, step_s=0.01):
    """Looks again and again until 'is_true' says so."""
    end = time.monotonic() + limit_s
    while not is_true():
        if time.monotonic() > end:
            raise Failed(f"{what}: not within {limit_s:g} s")
        time.sleep(step_s)


def remove_leftovers():
    """Removes what a run that was killed could not."""
    def is_left(name):
        owner = re.match(r"fbb(\d+)-", name)
        return owner and not os.path.exists(f"/proc/{owner[1]}")

    for line in run(["ip", "netns", "list"]).splitlines():
        if is_left(line):
            _delete_namespace(line.split()[0])
    for path in glob.glob("/tmp/fbb*-*"):
        if is_left(os.path.basename(path)):
            shutil.rmtree(path, ignore_errors=True)


def _delete_namespace(name):
    """With whatever still runs in it, such as a contender's children."""
    found = subprocess.run(["ip", "netns", "pids", name], check=False,
                           capture_output=True, text=True,
                           timeout=COMMAND_LIMIT_S)
    for pid in found.stdout.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", name], check=False,
                   stderr=subprocess.DEVNULL, timeout=COMMAND_LIMIT_S)


def close_all():
    """Takes down every test bed there is.  Signals wait meanwhile, so that
    none is taken down by half."""
    old = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        while TestBed.open_ones:
            TestBed.open_ones.pop().close()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


class TestBed:
    """Namespaces, and the processes in them; close_all() ends both."""
    _made = 0
    open_ones = []

    def __init__(self, directory, switch_cpu, traffic_cpu, extra_ports=0):
        """'switch_cpu' is what taskset takes: a list of them, too."""
        TestBed._made += 1
        TestBed.open_ones.append(self)
        prefix = f"fbb{os.getpid()}-{TestBed._made}"
        self.source, self.switch, self.sink = (
            f"{prefix}-{end}" for end in ("source", "switch", "sink"))
        self.directory = os.path.join(directory, str(TestBed._made))
        self.switch_cpu, self.traffic_cpu = switch_cpu, traffic_cpu
        self._processes = []
        self.switch_processes = []
        self.contender = self.kind = None
        self.controller = os.path.join(self.directory, "controller.sock")
        self._started = 0
        os.mkdir(self.directory)
        for name in (self.source, self.switch, self.sink):
            run(["ip", "netns", "add", name])
            # No frames but those of the measurement.
            run(self.inside(name) + ["sysctl", "-qw"] + [
                f"net.ipv6.conf.{which}.disable_ipv6=1"
                for which in ("all", "default")])
        self._join(self.source, SOURCE, PORTS[0])
        self._join(self.sink, SINK, PORTS[1])
        self.extra_ports = [f"x{i}" for i in range(extra_ports)]
        self.ip(self.switch, "\n".join(
            line for port in (SPARE_PORT, *self.extra_ports) for line in
            (f"link add name {port} type veth peer name {port} netns "
             f"{self.source}", f"link set {port} up")))
        self.ip(self.source, "\n".join(
            f"link set {port} up" for port in (SPARE_PORT,
                                               *self.extra_ports)))

    def close(self):
        while self._processes:
            self.stop(self._processes[-1])
        for name in (self.source, self.switch, self.sink):
            _delete_namespace(name)

    def _join(self, namespace, host, port):
        name = host["interface"]
        self.ip(namespace, "\n".join([
            f"link add name {name} address {host['mac']} type veth "
            f"peer name {port} netns {self.switch}",
            f"address add {host['ip']}/24 dev {name}",
            f"link set {name} up"]))
        self.ip(self.switch, f"link set {port} up")

    def replace_sink_by_tap(self, relay):
        """Ends the sink's veth pair; in its place come two TAPs."""
        self.ip(self.switch, f"link del {PORTS[1]}")
        process = self.start(self.switch, self.traffic_cpu, [
            relay, PORTS[1], f"/run/netns/{self.sink}", SINK["interface"]])
        wait_for(lambda: self.has_printed(process, "ready"), 5, "relay")
        self.ip(self.switch, f"link set {PORTS[1]} up")
        self.ip(self.sink, "\n".join([
            f"link set {SINK['interface']} address {SINK['mac']} up",
            f"address add {SINK['ip']}/24 dev {SINK['interface']}"]))

    @property
    def switch_pids(self):
        return [process.pid for process in self.switch_processes]

    def cpu_ns(self):
        """What the switch's processes have had of CPUs, all threads."""
        total = 0
        for pid in self.switch_pids:
            for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
                with contextlib.suppress(OSError), open(path) as file:
                    total += int(file.read().split()[0])
        return total

    def resident_bytes(self):
        """Memory of the process that forwards, which was started last."""
        with open(f"/proc/{self.switch_pids[-1]}/status") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise Failed("no VmRSS")

    def counter(self, namespace, interface, name):
        """One of the counters that the kernel keeps of an interface."""
        return int(run(self.inside(namespace) + [
            "cat", f"/sys/class/net/{interface}/statistics/{name}"]))

    @staticmethod
    def ip(namespace, commands):
        run(["ip", "-n", namespace, "-batch", "-"], stdin=commands + "\n")

    @staticmethod
    def inside(namespace):
        return ["ip", "netns", "exec", namespace]

    def pinned(self, namespace, cpu, argv):
        """Ahead of whatever else this machine is busy with."""
        return self.inside(namespace) + ["nice", "-n", "-20", "taskset", "-c",
                                         str(cpu)] + argv

    def set_shields(self, are_up):
        """Whether the hosts' own stacks are kept from seeing frames."""
        for namespace, host in ((self.source, SOURCE), (self.sink, SINK)):
            rules = SHIELD.format(host["interface"]) if are_up else ""
            run(self.inside(namespace) + ["nft", "-f", "-"],
                stdin="flush ruleset\n" + rules)

    def start(self, namespace, cpu, argv, env=None):
        """Starts a process that lives until stop() or the test bed's end.

        What it prints is in the file 'process.log'."""
        self._started += 1
        path = os.path.join(self.directory, f"{self._started}.log")
        with open(path, "wb") as log:
            process = subprocess.Popen(
                self.pinned(namespace, cpu, argv), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, env=env,
                preexec_fn=_die_with_parent)
        process.log = path
        process.name = os.path.basename(argv[0])
        self._processes.append(process)
        return process

    def start_switch(self, argv, ready=None, env=None):
        """Starts a part of the switch; waits for a line that has 'ready'."""
        process = self.start(self.switch, self.switch_cpu, argv, env)
        self.switch_processes.append(process)
        if ready:
            wait_for(lambda: self.has_printed(process, ready), 30,
                     f"{process.name}: {ready!r}", 0.002)
        return process

    def stop_switch(self):
        """All that was started as a part of it."""
        while self.switch_processes:
            self.stop(self.switch_processes.pop())

    @staticmethod
    def output(process):
        with open(process.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def has_printed(self, process, text):
        printed = self.output(process)
        if text not in printed and process.poll() is not None:
            last = printed.strip().splitlines()
            raise Failed(f"{process.name} ended: " +
                         (last[-1] if last else str(process.returncode)))
        return text in printed

    def stop(self, process):
        if process in self._processes:
            self._processes.remove(process)
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
