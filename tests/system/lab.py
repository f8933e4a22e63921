"""A small world for one test: namespaces, hosts, processes and files.

Everything in it ends with the process that made it.  A namespace has no name
in /run/netns: it is held by an open file of ours, so that two runs never meet
and nothing stays behind even after SIGKILL.  Processes die with us too.
"""

import contextlib
import ctypes
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
PR_SET_PDEATHSIG = 1
# What the switch is built with: address, thread or nothing.
SANITIZER = os.environ.get("SANITIZER", "")
# It makes it slower: each bound in real time is so many times as long, by the
# functions here or in place.
SLOWNESS = {"": 1, "address": 3, "thread": 5}[SANITIZER]
# For what comes at once, unless the machine is very busy.  As all such bounds
# it ends a test that hangs; no test is quicker or slower for it.
PATIENCE_S = 60.0
FLOOD_COUNTER = """
table netdev flood {
	counter frames { }
	chain in {
		type filter hook ingress device "eth0" priority 0
		ether type 0x88b5 counter name frames
	}
}
"""

libc = ctypes.CDLL(None, use_errno=True)


class LabError(AssertionError):
    """A command of the world failed, or what was waited for did not come."""


def call(name, *arguments):
    """Calls a function of the C library that returns -1 on failure."""
    if getattr(libc, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def wait_until(condition, seconds=PATIENCE_S, what="the condition"):
    """Polls until 'condition' is true, and returns what it said."""
    seconds *= SLOWNESS
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise LabError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.002)


class Witness:
    """A thread that wants as little as a sleeper does, on the same machine: how
    late was it woken at the worst?  What keeps it as well is not the switch's
    doing."""

    def __enter__(self):
        self.latest_s = 0
        self.is_over = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        return self

    def run(self):
        while not self.is_over:
            before = time.monotonic()
            time.sleep(0.001)
            self.latest_s = max(self.latest_s, time.monotonic() - before)

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()

    def bound(self, seconds):
        """How long that may take here which takes so many seconds at the most
        on a quiet machine: workers, helpers and the loop may be kept waiting,
        one by one."""
        return (seconds + 3 * self.latest_s) * SLOWNESS


def resident_kib(pid):
    """The memory of a process; always 0 under a sanitizer, which keeps what was
    freed for a while and so grows with all that the process does."""
    with open(f"/proc/{pid}/status") as f:
        kib = next(int(x.split()[1]) for x in f if x.startswith("VmRSS"))
    return 0 if SANITIZER else kib


def tool(name):
    """The path of one of the C helpers beside this file, built if need be."""
    source = os.path.join(ROOT, "tests/system", f"{name}.c")
    directory = os.path.join(ROOT, "build/system")
    binary = os.path.join(directory, name)
    if (os.path.exists(binary)
            and os.path.getmtime(binary) >= os.path.getmtime(source)):
        return binary
    os.makedirs(directory, exist_ok=True)
    # Another run may be building it as well: each renames its own.
    mine = tempfile.mktemp(prefix=f"{name}.", dir=directory)
    done = subprocess.run(
        ["cc", "-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra",
         "-Werror", "-o", mine, source], capture_output=True, text=True)
    if done.returncode != 0:
        raise LabError(f"{source} cannot be compiled:\n{done.stderr}")
    os.rename(mine, binary)
    return binary


class Process:
    """A command that runs in the background, its output in a file."""

    def __init__(self, name, popen, output_path):
        self.name = name
        self.popen = popen
        self.pid = popen.pid
        self.output_path = output_path

    def output(self):
        with open(self.output_path, errors="replace") as f:
            return f.read()

    def is_running(self):
        return self.popen.poll() is None

    def wait(self, seconds=PATIENCE_S):
        """Returns its exit status; negative is a signal."""
        seconds *= SLOWNESS
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise LabError(f"{self.name} still runs after {seconds} s:\n"
                           + self.output()) from None

    def wait_output(self, text, seconds=PATIENCE_S):
        def found():
            if text in self.output():
                return True
            if not self.is_running():
                raise LabError(f"{self.name} ended with {self.popen.poll()} "
                               f"and never said {text!r}:\n{self.output()}")
            return False
        wait_until(found, seconds, f"{text!r} from {self.name}")

    def signal(self, number):
        self.popen.send_signal(number)

    def kill(self):
        if self.is_running():
            self.popen.kill()
        self.popen.wait()

    def stop(self, seconds=PATIENCE_S):
        """SIGTERM; returns the exit status."""
        if self.is_running():
            self.popen.terminate()
        return self.wait(seconds)


class Namespace:
    """A network namespace, and how to run things in it."""

    def __init__(self, lab, name):
        self.lab = lab
        self.name = name
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            call("unshare", CLONE_NEWNET)
            self.fd = os.open("/proc/self/ns/net", os.O_RDONLY)
        finally:
            call("setns", home, CLONE_NEWNET)
            os.close(home)
        # What ip(8) takes in the place of a namespace's name.
        self.path = f"/proc/{os.getpid()}/fd/{self.fd}"
        # Duplicate address detection would keep addresses unusable for a
        # second, and solicitations would mix with the frames that tests count.
        for scope in ("all", "default"):
            self.sysctl(f"ipv6/conf/{scope}/accept_dad", 0)
            self.sysctl(f"ipv6/conf/{scope}/router_solicitations", 0)
        self.ip("link set lo up")

    @contextlib.contextmanager
    def entered(self):
        """This process is in the namespace for a moment (to make sockets)."""
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        call("setns", self.fd, CLONE_NEWNET)
        try:
            yield
        finally:
            call("setns", home, CLONE_NEWNET)
            os.close(home)

    def sysctl(self, key, value):
        with self.entered(), open(f"/proc/sys/net/{key}", "w") as f:
            f.write(str(value))

    def move_in(self):
        """In a child that is about to become a command: as ip netns exec, so
        that /sys/class/net shows this namespace too."""
        call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL)
        call("setns", self.fd, CLONE_NEWNET)
        call("unshare", CLONE_NEWNS)
        call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
        call("mount", b"sysfs", b"/sys", b"sysfs", 0, None)

    def run(self, *command, is_checked=True, timeout=PATIENCE_S, **options):
        """Runs a command to its end; returns a CompletedProcess with text."""
        timeout *= SLOWNESS
        try:
            done = subprocess.run(
                command, preexec_fn=self.move_in, timeout=timeout, text=True,
                errors="replace", stdin=subprocess.DEVNULL,
                capture_output=True, **options)
        except subprocess.TimeoutExpired as late:
            raise LabError(f"{self.name}: {shlex.join(command)} takes more "
                           f"than {timeout} s:\n{late.stdout}{late.stderr}"
                           ) from None
        if is_checked and done.returncode != 0:
            raise LabError(f"{self.name}: {shlex.join(command)} ended with "
                           f"{done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def ip(self, arguments):
        """ip(8) with these arguments in one string."""
        return self.run("ip", *arguments.split()).stdout

    def link(self, name):
        """What ip(8) knows of an interface, or None if it is not there."""
        done = self.run("ip", "-j", "-d", "-s", "link", "show", "dev", name,
                        is_checked=False)
        return json.loads(done.stdout)[0] if done.returncode == 0 else None

    def start(self, *command, name=None, **options):
        """Starts a command in the background; the lab ends it at the last."""
        name = name or os.path.basename(command[0])
        path = self.lab.path(f"{len(self.lab.processes)}-{name}.log")
        with open(path, "w") as output:
            popen = subprocess.Popen(
                command, preexec_fn=options.pop("preexec_fn", self.move_in),
                stdin=subprocess.DEVNULL, stdout=output,
                **{"stderr": subprocess.STDOUT, **options})
        process = Process(f"{self.name}: {name}", popen, path)
        self.lab.processes.append(process)
        return process

    def ping(self, address, *options, count=3, timeout=PATIENCE_S):
        """Fails unless every echo comes back."""
        done = self.run("ping", "-n", "-c", str(count), "-i", "0.05", "-W", "5",
                        *options, address, is_checked=False, timeout=timeout)
        if f" {count} received" not in done.stdout:
            raise LabError(f"{self.name} does not reach {address}:\n"
                           f"{done.stdout}{done.stderr}")
        return done.stdout

    def can_ping(self, address, count=2):
        return self.run("ping", "-n", "-c", str(count), "-i", "0.05", "-W", "1",
                        address, is_checked=False).returncode == 0


class Host(Namespace):
    """A computer behind a port: a namespace with one interface, eth0."""

    def __init__(self, lab, name, number):
        super().__init__(lab, name)
        self.mac = f"02:00:00:00:00:{number:02x}"
        self.ip4 = f"10.99.0.{number}"
        self.ip6 = f"fd99::{number}"

    def configure(self, mtu, has_addresses=True):
        """MAC address, MTU and, if wanted, addresses for eth0; a host without
        addresses never says anything of its own accord."""
        if not has_addresses:
            self.sysctl("ipv6/conf/eth0/disable_ipv6", 1)
        self.ip(f"link set eth0 address {self.mac} mtu {mtu}")
        self.ip("link set eth0 up")
        if has_addresses:
            self.ip(f"address add {self.ip4}/24 dev eth0")
            self.ip(f"address add {self.ip6}/64 dev eth0 nodad")


    def count_flood(self):
        """From now on the frames that flood.c sends here are counted, by the
        kernel, which misses none."""
        path = self.lab.write("counter.nft", FLOOD_COUNTER)
        self.run("nft", "-f", path)

    def flood_frames(self):
        """How many have come in since."""
        said = json.loads(self.run("nft", "-j", "list", "counters").stdout)
        return sum(entry["counter"]["packets"] for entry in said["nftables"]
                   if "counter" in entry)

    def flood(self, rate, count, destination="ff:ff:ff:ff:ff:ff", sources=0):
        """Starts sending 'count' frames, 'rate' a second (0: all it can), from
        the host's own address, or from as many 'sources' in turn."""
        return self.start(tool("flood"), "eth0", destination, str(rate),
                          str(count), str(sources))

    def stream(self, rate, destination):
        """Starts sending 'rate' frames a second until it is ended."""
        return Stream(self.flood(rate, 1 << 40, destination))


class Stream:
    """Frames on the way from a host, as many as what happens meanwhile takes.
    """

    def __init__(self, flood):
        self.flood = flood

    def end(self):
        """Ends it; how many frames it has sent."""
        assert self.flood.is_running(), self.flood.output()
        assert self.flood.stop() == 0, self.flood.output()
        return int(re.search(r"(?m)^sent (\d+)", self.flood.output())[1])


class Lab:
    """What one test has made; close() takes all of it away."""

    def __init__(self):
        # Open to all, since the switch may run as another user.
        self.directory = tempfile.mkdtemp(prefix=f"flowbridge-{os.getpid()}-")
        os.chmod(self.directory, 0o755)
        self.processes = []
        self.namespaces = []
        self.sockets = []

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def namespace(self, name):
        self.namespaces.append(Namespace(self, name))
        return self.namespaces[-1]

    def host(self, name, switch_namespace, port, number, mtu=1500,
             has_addresses=True, is_up=True):
        """A host whose cable, a veth pair, ends in the switch's 'port', which
        is put up unless 'is_up' says that somebody else does."""
        host = Host(self, name, number)
        self.namespaces.append(host)
        self.plug(host, switch_namespace, port)
        host.configure(mtu, has_addresses)
        switch_namespace.ip(f"link set {port} mtu {mtu}")
        if is_up:
            switch_namespace.ip(f"link set {port} up")
        return host

    def plug(self, host, switch_namespace, port):
        switch_namespace.ip(f"link add name {port} type veth peer name eth0 "
                            f"netns {host.path}")

    def guest(self, name, switch_namespace, port, number, mtu=1500):
        """A host behind a TAP that is there: a helper holds it, as a virtual
        machine with virtio does, and passes the frames with their offloads
        between it and a TAP that is the guest's eth0."""
        guest = Host(self, name, number)
        self.namespaces.append(guest)
        guest.relay = switch_namespace.start(
            tool("relay"), port, guest.path, "eth0", name=f"relay-{port}")
        guest.relay.wait_output("ready")
        guest.configure(mtu)
        return guest

    def close(self):
        for process in reversed(self.processes):
            process.kill()
        for sock in self.sockets:
            sock.close()
        for namespace in self.namespaces:
            os.close(namespace.fd)
        self.processes, self.sockets, self.namespaces = [], [], []
        shutil.rmtree(self.directory, ignore_errors=True)

    def logs(self):
        """What every process has said: name and text, for a test that fails."""
        return [(p.name, p.output()) for p in self.processes
                if os.path.exists(p.output_path)]
