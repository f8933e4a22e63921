"""Each call that may fail fails once: the switch says so and goes on, or does
not start and leaves nothing; it never crashes, hangs or leaks.

By default that is some of the start; with FAULTS=all ("make faults") all of it,
and a life with controllers by TCP and TLS, a state file, reloads, bundles, and
devices that come and go."""

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import threading

import pytest

import faults
from controllers import Authority
from frames import Wire
from lab import LabError, wait_until
from openflow import BARRIER_REQUEST, HEADER, HELLO, OF13

pytestmark = pytest.mark.flowbridge

SHORT = 40  # call sites that a short run tries
TCP_PORT, TLS_PORT, TLS_LISTEN = 6653, 6652, 6651
FLOWS = "priority=5,in_port=1,actions=output:2\n" \
        "priority=5,in_port=2,actions=output:1\n"
BARRIER_REPLY = HEADER.pack(OF13, 21, HEADER.size, 2)
FRAME = bytes.fromhex("ffffffffffff" "020000000001" "0800") + bytes(46)

# (call, function) -> why nobody is told when this fails.
SILENT = {
    ("sched_getaffinity", "datapath_size_workers"): "one worker is enough",
    ("socket", "try_connect"): "the lock tells of two at once",
    ("connect", "try_connect"): "the same",
    ("open", "open"): "the standard streams are open",
    ("fstat", "log_output_open_standard"): "the log goes there all the same",
    ("fstat", "begin"): "the same",
    ("fstat", "ends_in_a_line"): "an empty line more",
    ("poll", "poll"): "the line is written a little later",
    ("write", "write_some"): "the same",
    ("getpwnam", "find_user"): "the log's file is opened by who starts it",
    ("read", "read"): "the event is there still, and is read again",
    ("ioctl", "tap_place_look"): "asked again soon",
    ("socket", "open_own"): "asked again soon",
    ("ioctl", "open_own"): "asked again soon",
    ("epoll_ctl", "datapath_remove_port"): "the queue is closed anyway",
    ("fstat", "is_own"): "asked again soon",
    ("pthread_create", "start_thread"): "the others, or the main thread, do it",
    ("setsockopt", "packet_socket_buffers"): "the kernel's own size does",
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
    ("recv", "recv"): "the connection ends, and is made again",
    ("realloc", "buffer_reserve"): "the connection ends, and is made again",
    ("malloc", "answer_when_ports_are_there"): "the answer comes at once",
    ("malloc", "reload_wait_begin"): "the answer comes at once",
    ("realloc", "make_room"): "the connection ends, and is made again",
    ("sendmmsg", "send_run"): "counted among the frames unsent",
    ("calloc", "bundle_open"): "the client does without a bundle",
    ("getsockopt", "new_statistics"): "counted with the next",
    ("getsockopt", "finish_connect"): "it is called again, as if refused",
    ("epoll_ctl", "worker_unwatch"): "the queue is closed anyway",
    ("epoll_ctl", "watch"): "the same, by its last call",
    ("socket", "link_get_speed"): "the speed is shown as unknown",
    ("ioctl", "read_settings"): "the speed is shown as unknown",
    ("getsockopt", "take_error"): "the device is found gone anyway",
    ("unlinkat", "state_file_remove_rest"): "each save takes it away first",
    ("strndup", "open_place"): "a save says so; what a start finds can wait",
    ("open", "open_place"): "the same",
    ("fclose", "flow_file_read"): "it has been read",
    ("fclose", "identity_of_machine"): "it has been read",
    ("fstatat", "try_lock"): "tried again",
    ("SSL_set_fd", "tls_session_create"): "as if the peer had hung up",
    ("SSL_new", "tls_session_create"): "the same",
    ("calloc", "tls_session_create"): "the same",
    ("writev", "send_one"): "counted among the frames dropped",
    ("malloc", "packet_buffers_hold"): "the controller gets the whole frame",
    ("unlinkat", "write_beside"): "what is there still is said next",
    ("fsync", "state_file_write"): "it is saved, but for a power cut now",
    ("malloc", "publish_list"): "what is empty stays a little longer",
    ("realloc", "add_bucket"): "a group is saved in another notation",
    ("calloc", "copy_frame"): "show counts it with what is congested",
    ("reallocarray", "connection_list_add"): "the peer is told, calls again",
    ("seccomp_attr_set", "seccomp_restrict_worker"): "only makes it quicker",
}


class Controller:
    """Greets who calls on two ports, by TCP and by TLS, and asks for a barrier.
    """

    def __init__(self, world):
        self.tls = world.tls(ssl.PROTOCOL_TLS_SERVER)
        with world.space.entered():
            self.sockets = [socket.create_server(("127.0.0.1", port))
                            for port in (TCP_PORT, TLS_PORT)]
        for one, has_tls in zip(self.sockets, (False, True)):
            threading.Thread(target=self.serve, args=(one, has_tls),
                             daemon=True).start()

    def serve(self, one, has_tls):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = one.accept()
                threading.Thread(target=self.greet, args=(peer, has_tls),
                                 daemon=True).start()

    def greet(self, peer, has_tls):
        with contextlib.suppress(OSError), peer:
            if has_tls:
                peer = self.tls.wrap_socket(peer, server_side=True)
            with peer:
                for kind in (HELLO, BARRIER_REQUEST):
                    peer.sendall(HEADER.pack(OF13, kind, HEADER.size, 1))
                while peer.recv(65536):
                    pass

    def close(self):
        for one in self.sockets:
            one.shutdown(socket.SHUT_RDWR)
            one.close()


class World:
    """A switch in a namespace, for many runs."""

    def __init__(self, lab, space, make_switch):
        self.lab, self.space = lab, space
        self.hosts = [lab.host(f"host{n}", space, f"em{n}", n,
                               has_addresses=False) for n in (1, 2)]
        self.wire = Wire(self.hosts[0])
        self.switch = make_switch()
        self.run_dir = self.switch.ini["daemon"]["run-dir"]
        self.state = lab.path("state")
        self.saved = None  # what a start finds there
        self.authority = Authority(lab)
        self.keys = self.authority.sign("peer")

    def tls(self, protocol):
        """Of a peer that shows a certificate and believes ours."""
        context = ssl.SSLContext(protocol)
        key, certificate = self.keys
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(self.authority.certificate)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        return context

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
        ini["controller pox"] = {"target": f"tcp:127.0.0.1:{TCP_PORT}"}

    def add_tls_and_state(self):
        """Controllers by TLS, both ways, and a state file."""
        ini = self.switch.ini
        key, certificate = self.keys
        ini["openflow"].update({
            "private-key": key, "certificate": certificate,
            "ca-certificate": self.authority.certificate})
        ini["openflow"]["listen"].append(f"pssl:{TLS_LISTEN}:127.0.0.1")
        ini["controller tls"] = {"target": f"ssl:127.0.0.1:{TLS_PORT}"}
        ini["daemon"]["state-file"] = self.state

    def launch(self, **options):
        if self.saved:
            with open(self.state, "wb") as f:
                f.write(self.saved)
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
                      if e.get("level") in ("warning", "error")
                      or str(e.get("event")).endswith(".failed"))

    def end(self):
        """It ends when it is told to; returns its exit status."""
        process = self.switch.process
        if process.is_running():
            process.signal(signal.SIGTERM)
        status = process.wait()
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
    _, told, output = live(world, work, record=record)
    usual = (world.faults_said(), told)

    def attempt(what, site, nth):
        outcome = judge(world, usual,
                        live(world, work, site=site, nth=nth, leaks=leaks))
        call, function = what.split()[:2]
        assert outcome != "silent" or (call, function) in SILENT, \
            "nobody is told"
        return outcome

    return faults.try_sites(record, attempt, attempts, SHORT)


def test_start(world):
    world.configure()
    wrong = try_all(world, lambda world: [])
    assert not wrong, "\n".join(wrong)


def come_by_tls(world):
    """Greets the switch where it listens; what is wrong with that."""
    try:
        with world.space.entered():
            peer = socket.create_connection(("127.0.0.1", TLS_LISTEN), 5)
        with peer, world.tls(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(peer) as tls:
            tls.sendall(HEADER.pack(OF13, HELLO, HEADER.size, 1)
                        + HEADER.pack(OF13, BARRIER_REQUEST, HEADER.size, 2))
            said = b""
            while BARRIER_REPLY not in said:
                more = tls.recv(65536)
                if not more:
                    return ["TLS: it ended"]
                said += more
    except OSError as error:
        return [f"TLS: {type(error).__name__}"]
    return []


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
    told += come_by_tls(world)
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
    set_up(world)
    reload()
    client("show")
    return told


def leave_groups(world):
    """What the state file is to keep."""
    for command in (("add-group", "group_id=5,type=all,bucket=output:1"),
                    ("add-meter", "meter=5,kbps,bands=type=drop rate=9"),
                    ("add-flow", "table=2,priority=5,actions=group:5")):
        world.switch.client(*command)
    return []


def set_up(world):
    world.configure("", "no")
    world.add_tls_and_state()


def check_life(world):
    set_up(world)
    live(world, leave_groups)
    with open(world.state, "rb") as f:
        world.saved = f.read()
    controller = Controller(world)
    try:
        wrong = try_all(world, work_hard, attempts=2, leaks=True)
    finally:
        controller.close()
    assert not wrong, "\n".join(wrong)


if faults.DOES_ALL:
    @pytest.mark.timeout(7200)
    def test_life(world):
        check_life(world)
