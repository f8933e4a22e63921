"""Each call that may fail fails once: the switch says so and goes on, or does
not start and leaves nothing; it never crashes, hangs or leaks.

By default that is the start; with FAULTS=all ("make faults") also a life with
controllers, reloads and devices that come and go, and the client commands."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import threading

import pytest

import faults
from frames import Wire
from lab import LabError, wait_until
from openflow import BARRIER_REQUEST, HEADER, HELLO, OF13

pytestmark = pytest.mark.flowbridge

DOES_ALL = os.environ.get("FAULTS") == "all"
# FAULTS_ONLY='malloc|make_room': calls and functions to try.
ONLY = re.compile(os.environ.get("FAULTS_ONLY", ""))
SHORT = 40  # call sites that a short run tries
FLOWS = "priority=5,in_port=1,actions=output:2\n" \
        "priority=5,in_port=2,actions=output:1\n"
FRAME = bytes.fromhex("ffffffffffff" "020000000001" "0800") + bytes(46)

# (call, function) -> why nobody is told when this fails.
SILENT = {
    ("sched_getaffinity", "automatic_workers"): "one worker is enough",
    ("pthread_create", "add_threads"): "the others do its part",
    ("realloc", "closing_add"): "the queue is closed at once",
    ("pthread_setaffinity_np", "worker_start"): "workers run where they like",
    ("setsockopt", "set_buffers"): "the kernel's own size does",
    ("setsockopt", "bind_and_listen"): "the bind says what it comes to",
    ("setsockopt", "tune"): "only makes things quicker",
    ("setsockopt", "link_monitor_open"): "the kernel's own size does",
    ("mnl_socket_setsockopt", "netlink_open"): "older kernels have none",
    ("open", "open_file"): "the stock has a file",
    ("ioctl", "tap_device_give_back"): "the file is closed instead",
    ("ioctl", "set_offloads"): "some offloads are not in every kernel",
    ("seccomp_attr_set", "seccomp_restrict"): "only makes it quicker",
    ("calloc", "in_band_update"): "tried again in a second",
    ("socket", "stream_connect"): "called again; show has the last error",
    ("connect", "start_connect"): "called again; show has the last error",
    ("calloc", "wire_create"): "called again; show has the last error",
    ("malloc", "wire_create"): "called again; show has the last error",
    ("send", "put"): "the connection ends, and is made again",
    ("recv", "get"): "the connection ends, and is made again",
    ("recv", "receive"): "the client is gone, and asks again",
    ("realloc", "make_room"): "the connection ends, and is made again",
    ("sendmmsg", "send_run"): "counted among the frames unsent",
    ("calloc", "bundle_open"): "the client does without a bundle",
    ("fmemopen", "add_vlan"): "the port is shown without its VLANs",
    ("getsockopt", "ring_missed"): "counted with the next",
    ("getsockopt", "finish_connect"): "it is called again, as if refused",
    ("epoll_ctl", "worker_unwatch"): "the queue is closed anyway",
    ("epoll_ctl", "watch"): "the same, by its last call",
    ("socket", "link_get_speed"): "the speed is shown as unknown",
    ("ioctl", "read_settings"): "the speed is shown as unknown",
    ("malloc", "publish_list"): "what is empty stays a little longer",
    ("sched_getaffinity", "cpu_for"): "workers run where they like",
    ("seccomp_attr_set", "seccomp_restrict_worker"): "only makes it quicker",
}


class Controller:
    """Greets who calls on port 6653, and asks for a barrier."""

    def __init__(self, space):
        with space.entered():
            self.socket = socket.create_server(("127.0.0.1", 6653))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.socket.accept()
                for kind in (HELLO, BARRIER_REQUEST):
                    peer.sendall(HEADER.pack(OF13, kind, HEADER.size, 1))
                threading.Thread(target=self.drain, args=(peer,),
                                 daemon=True).start()

    @staticmethod
    def drain(peer):
        with contextlib.suppress(OSError):
            while peer.recv(65536):
                pass
            peer.close()


class World:
    """A switch in a namespace, for many runs."""

    def __init__(self, lab, space, make_switch):
        self.lab, self.space = lab, space
        self.hosts = [lab.host(f"host{n}", space, f"em{n}", n,
                               has_addresses=False) for n in (1, 2)]
        self.wire = Wire(self.hosts[0])
        self.switch = make_switch()
        self.run_dir = self.switch.ini["daemon"]["run-dir"]

    def configure(self, user="nobody", seccomp="yes"):
        ini = self.switch.ini
        ini.clear()
        ini["bridge"] = {"name": "br0"}
        ini["local"] = {"address": "10.99.0.100/24", "gateway": "10.99.0.1"}
        ini["openflow"] = {"listen": ["ptcp:6654:127.0.0.1"],
                           "versions": "1.0, 1.3, 1.4"}
        ini["flows"] = {"file": self.lab.write("flows", FLOWS)}
        ini["daemon"] = {"user": user, "run-dir": self.run_dir,
                         "seccomp": seccomp}
        ini.add_port("em1", ofport=1)
        ini.add_port("em2", ofport=2)
        ini.add_port("tap0", type="tap", ofport=3, owner="nobody")
        ini["queue em2:3"] = {"max-rate": "500M"}
        ini["controller pox"] = {"target": "tcp:127.0.0.1:6653"}

    def launch(self, **options):
        self.switch.launch(binary=faults.BINARY,
                           env=faults.environment(**options))

    def has_ended_or_is_ready(self):
        return (not self.switch.process.is_running()
                or self.switch.events("ready"))

    def left(self):
        """What a run has left behind; that is taken away now."""
        links = {link["ifname"]: link for link in
                 json.loads(self.space.ip("-j -d link"))}
        left = [name for name in ("br0", "tap0", "tap1") if name in links]
        for name in left:
            self.space.ip(f"link delete {name}")
        left += [f"{name} promiscuous" for name in ("em1", "em2")
                 if links[name]["promiscuity"]]
        left += self.space.run("nft", "list", "ruleset").stdout.splitlines()
        if os.path.isdir(self.run_dir):
            left += [n for n in os.listdir(self.run_dir) if "lock" not in n]
            shutil.rmtree(self.run_dir)
        return left

    def faults_said(self):
        """The events of the log that tell of something wrong."""
        return sorted(e["event"] for e in self.switch.events()
                      if e.get("level") in ("warning", "error"))

    def end(self):
        """It ends when it is told to; returns its exit status."""
        process = self.switch.process
        if process.is_running():
            process.signal(signal.SIGTERM)
        status = process.wait(20)
        output = process.output()
        assert not faults.CRASH.search(output), output
        assert status in (0, 1), f"ended with {status}: {output}"
        return status


@pytest.fixture
def world(lab, quiet_space, make_switch):
    return World(lab, quiet_space, make_switch)


def live(world, work, **options):
    """One life of the switch.  True if it came up."""
    world.launch(**options)
    try:
        wait_until(world.has_ended_or_is_ready)
        is_ready = bool(world.switch.events("ready"))
        told = work(world) if is_ready else []
        status = world.end()
    finally:
        world.switch.process.kill()
        left = world.left()
    output = world.switch.process.output()
    assert left == [], f"left {left}: {output}"
    assert status == (0 if is_ready else 1), output
    return is_ready, told, output


def judge(world, usual, outcome):
    """Raises if nobody is told."""
    is_ready, told, output = outcome
    said = world.faults_said()
    if "fault: " not in output:
        return "not reached"
    if is_ready:
        return "goes on" if (said, told) != usual else "silent"
    assert said.count("start.failed") == 1, output
    return "refused"


def try_all(world, work, attempts=1, leaks=False):
    """Lets each call site that a life reaches fail; returns what is wrong."""
    record = world.lab.path("sites")
    _, told, _ = live(world, work, record=record)
    usual = (world.faults_said(), told)
    sites = faults.sites_in(record)
    functions = faults.functions_of(sites)
    wrong = []
    step = 1 if DOES_ALL else -(-len(sites) // SHORT)
    for site, call in list(sites.items())[::step]:
        if not ONLY.search(f"{call} {functions[site]}"):
            continue
        for nth in range(1, attempts + 1):
            what = f"{call} {functions[site]} {site} {nth}"
            try:
                outcome = judge(world, usual,
                                live(world, work, site=site, nth=nth,
                                     leaks=leaks))
            except AssertionError as fault:
                outcome = "wrong"
                wrong.append(f"{what}: {fault}")
            print(f"{outcome}: {what}")
            if outcome == "silent" and (call, functions[site]) not in SILENT:
                wrong.append(f"{what}: nobody is told")
            if outcome == "not reached":
                break
    return sites, wrong


def test_start(world):
    world.configure()
    _, wrong = try_all(world, lambda world: [])
    assert not wrong


def work_hard(world):
    """A life; returns what its operator is told to be wrong."""
    switch, told = world.switch, []

    def client(*arguments):
        try:
            done = switch.client(*arguments, is_checked=False)
        except LabError:
            told.append(f"{arguments}: hangs")
            raise
        if done.returncode != 0:
            told.append(f"{arguments}: {done.stderr.strip()}")

    def reload(**options):
        switch.write()
        client("reload", *options)

    def arrive():
        world.wire.send(FRAME)

    client("add-group", "group_id=1,type=select,bucket=weight:1,output:1,"
           "bucket=weight:2,output:2")
    client("add-meter", "meter=1,kbps,bands=type=drop rate=1000")
    client("add-flow", "priority=9,dl_vlan=7,actions=meter:1,group:1")
    client("add-flow", "priority=8,dl_src=02:00:00:00:00:01,"
           "actions=normal,controller:100")
    client("add-flows", world.lab.write(
        "more", "table=1,actions=drop\ntable=1,in_port=1,actions=normal\n"))
    arrive()
    for command in ("show", "fdb", "dump-flows", "dump-groups", "dump-meters",
                    "dump-tables", "dump-ports"):
        client(command)
    client("dump-flows", "--all")
    client("trace", "in_port=em1,dl_src=02:00:00:00:00:01")
    world.space.ip("link set em2 down")
    world.space.ip("link set em2 up")
    world.space.ip("link add name em3 type veth peer name em4")
    try:
        switch.ini.add_port("em3", ofport=4)
        switch.ini.add_port("tap1", type="tap")
        switch.ini["openflow"]["listen"].append("ptcp:6655:127.0.0.1")
        switch.ini["controller ryu"] = {"target": "tcp:127.0.0.1:6656"}
        switch.ini["bridge"]["mac-table-size"] = "4096"
        switch.ini["port em1"]["host-stack"] = "see"
        switch.ini["queue em2:4"] = {"max-rate": "50M"}
        reload()
        switch.process.signal(signal.SIGUSR1)
        arrive()
        client("del-flows", "table=1")
        client("del-groups", "group_id=1")
    finally:
        world.space.ip("link delete em3")
    world.configure("", "no")
    reload()
    client("show")
    return told


def check_life(world):
    world.configure("", "no")
    controller = Controller(world.space)
    try:
        sites, wrong = try_all(world, work_hard, attempts=2, leaks=True)
    finally:
        controller.socket.close()
    print(len(sites), "call sites")
    assert not wrong


if DOES_ALL:
    @pytest.mark.timeout(7200)
    def test_life(world):
        check_life(world)
