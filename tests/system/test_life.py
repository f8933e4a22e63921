"""Start, log, signals, systemd, and the end."""

import json
import os
import re
import signal
import socket
import stat
import time

import pytest

from lab import PATIENCE_S, Witness, wait_until
from switch import BINARY

pytestmark = pytest.mark.flowbridge

MANY = 64
MANY_LIMIT_S = 2.0  # one after the other they take longer than that
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def hosts(lab, space):
    return [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]


@pytest.fixture
def switch(hosts, make_switch):
    return make_switch("em1", "em2")


def test_local_is_set_up_when_it_says_ready(space, hosts, switch):
    switch.ini["local"].update(address="10.99.0.100/24", gateway=hosts[0].ip4)
    switch.start()
    assert "UP" in space.link("br0")["flags"]
    assert "inet 10.99.0.100/24" in space.ip("address show dev br0")
    assert f"via {hosts[0].ip4} dev br0" in space.ip("route show default")
    hosts[0].ping("10.99.0.100")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_within_a_second_and_leaves_nothing(lab, space, switch, number):
    switch.ini.add_port("tap0", type="tap")
    switch.ini.add_port("inner", type="internal")
    switch.start()
    wait_until(lambda: space.link("tap0"))
    with Witness() as witness:
        begin = time.monotonic()
        switch.process.signal(number)
        assert switch.process.wait() == 0
        took = time.monotonic() - begin
    assert took < witness.bound(1.0)
    for name in ("br0", "tap0", "inner"):
        assert space.link(name) is None, name
    assert space.link("em1")["promiscuity"] == 0
    assert space.run("nft", "list", "ruleset").stdout == ""
    assert [n for n in os.listdir(lab.path("run")) if "lock" not in n] == []


def test_ends_within_a_second_under_load(hosts, switch):
    switch.start()
    hosts[0].flood(0, 10_000_000)
    wait_until(lambda: switch.port("em1")["rx_frames"] > 1000)
    with Witness() as witness:
        status, seconds = switch.stop()
    assert status == 0
    assert seconds < witness.bound(1.0)


def test_starts_and_ends_quickly_with_many_ports(lab, space, switch):
    names = [f"many{n}" for n in range(MANY)]
    batch = lab.write("batch", "".join(
        f"link add {name} type veth peer far{name}\n"
        f"link set {name} up\nlink set far{name} up\n" for name in names))
    space.run("ip", "-batch", batch)
    for name in names:
        switch.ini.add_port(name)
    # It is not the clearing of memory that is measured here.
    switch.ini["datapath"]["rx-ring"] = "128"
    with Witness() as starting:
        begin = time.monotonic()
        switch.start()
        started = time.monotonic() - begin
    assert {e["port"] for e in switch.events("port.added")} >= set(names)
    assert switch.events(level="error") == []
    with Witness() as ending:
        status, ended = switch.stop()
    print(f"{MANY} ports: ready after {started:.3f} s, ended in {ended:.3f} s")
    assert status == 0
    assert {link["promiscuity"] for link in
            json.loads(space.ip("-j -d link")) if link["ifname"] in names
            } == {0}
    assert started < starting.bound(MANY_LIMIT_S)
    assert ended < ending.bound(MANY_LIMIT_S)


def test_tap_that_was_there_stays(space, switch):
    space.ip("tuntap add tap0 mode tap")
    switch.ini.add_port("tap0", type="tap")
    switch.start()
    assert switch.stop()[0] == 0
    assert space.link("tap0")


def test_second_start_is_refused(space, hosts, switch):
    switch.start()
    first = switch.process
    done = switch.client("run", is_checked=False)
    assert done.returncode == 1
    assert "already running" in done.stderr
    assert "config.fault" not in done.stderr
    assert first.is_running()
    hosts[0].ping(hosts[1].ip4)


def test_control_socket_is_for_its_group_only(lab, switch):
    switch.start()
    status = os.stat(lab.path("run/br0.ctl"))
    assert stat.S_ISSOCK(status.st_mode)
    assert stat.S_IMODE(status.st_mode) == 0o660


def test_json_log_has_the_same_keys(switch):
    switch.start()
    switch.stop()
    plain = switch.events()
    switch.ini["log"] = {"format": "json"}
    switch.start()
    switch.stop()
    lines = switch.log().splitlines()
    found = [json.loads(line) for line in lines]
    for event in plain + found:
        assert TIMESTAMP.fullmatch(event["ts"])
        assert event["level"] in ("error", "warning", "info", "debug")
    assert {e["event"]: list(e) for e in found} == \
        {e["event"]: list(e) for e in plain}


def test_log_file_is_opened_anew_at_sighup(lab, switch):
    path = lab.path("switch.log")
    switch.ini["log"] = {"file": path}
    # The file is to be made anew by the user that the switch has become.
    os.chmod(lab.directory, 0o777)
    switch.start()
    os.rename(path, path + ".1")
    switch.process.signal(signal.SIGHUP)
    wait_until(lambda: os.path.exists(path) and os.path.getsize(path) > 0)
    with open(path + ".1") as f:
        assert "event=ready" in f.read()
    assert "event=ready" not in switch.process.output()


def test_sigusr1_writes_the_state_to_the_log(hosts, switch):
    switch.start()
    hosts[0].ping(hosts[1].ip4)
    switch.process.signal(signal.SIGUSR1)
    bridge = switch.wait_event("state.bridge")
    assert int(bridge["macs"]) >= 2
    for port in ("em1", "em2", "br0"):
        state = switch.wait_event("state.port", port=port)
        assert state["link"] == "up"
        assert int(state["rx_frames"]) > 0 or port == "br0"


class NotifySocket:
    """What systemd would listen on."""

    def __init__(self, lab):
        self.path = lab.path("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        os.chmod(self.path, 0o777)
        lab.sockets.append(self.socket)
        self.received = []

    def wait(self, line, seconds=PATIENCE_S, count=1):
        def found():
            try:
                while True:
                    self.received += self.socket.recv(4096).decode().split("\n")
            except BlockingIOError:
                pass
            return self.received.count(line) >= count
        wait_until(found, seconds, f"{count} times {line} in {self.received}")


def test_systemd_is_told_of_the_state(lab, switch):
    notify = NotifySocket(lab)
    environment = {**os.environ, "NOTIFY_SOCKET": notify.path,
                   "WATCHDOG_USEC": "400000"}
    switch.start(env=environment)
    notify.wait("READY=1")
    with Witness() as witness:
        begin = time.monotonic()
        notify.wait("WATCHDOG=1", count=5)
        took = time.monotonic() - begin
    assert took < witness.bound(5 * 0.4 + 0.3)
    notify.received.clear()
    switch.process.signal(signal.SIGHUP)
    notify.wait("RELOADING=1")
    notify.wait("READY=1")
    assert switch.stop()[0] == 0
    notify.wait("STOPPING=1")


def test_watchdog_bites_when_the_main_loop_stands(lab, switch):
    """No sign of life comes from a thread that does not look at the loop."""
    notify = NotifySocket(lab)
    switch.start(env={**os.environ, "NOTIFY_SOCKET": notify.path,
                      "WATCHDOG_USEC": "200000"})
    notify.wait("WATCHDOG=1", count=2)
    os.kill(switch.pid, signal.SIGSTOP)
    notify.wait("READY=1")
    notify.received.clear()
    time.sleep(0.5)
    try:
        notify.wait("WATCHDOG=1", seconds=0)
        assert False, "it was stopped and still said WATCHDOG=1"
    except AssertionError as silence:
        assert "in vain" in str(silence)
    finally:
        os.kill(switch.pid, signal.SIGCONT)
    notify.wait("WATCHDOG=1")


def test_show_and_fdb_tell_a_person_the_same(hosts, switch):
    switch.start()
    hosts[0].ping(hosts[1].ip4)
    switch.wait_learned(hosts[0].mac, "em1")
    text = switch.client("show").stdout
    for word in ("br0", "em1", "em2", "LOCAL"):
        assert word in text
    assert hosts[0].mac in switch.client("fdb").stdout
    assert "em1" in switch.client("dump-ports").stdout
    assert "em2" not in switch.client("dump-ports", "em1").stdout


def test_show_has_the_features_that_ovs_ofctl_shows(lab, space, hosts, switch):
    switch.start()
    wanted = {}
    target = f"unix:{lab.path('run')}/br0.mgmt"
    shown = "".join(
        space.run("ovs-ofctl", "-O", "OpenFlow13", command, target).stdout
        for command in ("show", "dump-ports-desc"))
    for line in shown.splitlines():
        port = re.match(r" \w+\((\w+)\): addr:", line)
        if port:
            wanted[port.group(1)] = known = {"advertised": [], "supported": [],
                                             "peer": [], "current": []}
        found = re.match(r"     (current|advertised|supported|peer): +(.*)",
                         line)
        if found:
            known[found.group(1)] = found.group(2).split()
        speed = re.match(r"     speed: (\d+) Mbps now, (\d+) Mbps max", line)
        if speed:
            known["speed_mbps"], known["max_speed_mbps"] = map(
                int, speed.groups())
    ports = switch.ports()
    assert wanted["em1"]["current"]
    for name, features in wanted.items():
        assert {k: ports[name][k] for k in features} == features, name
        assert " ".join(features["current"]) in switch.client("show").stdout


def test_json_is_utf_8_whatever_an_interface_is_called(lab, space, hosts,
                                                       make_switch):
    switch = make_switch("em1", "em2")
    switch.write()
    with open(switch.config_path, "ab") as config:
        config.write(b"[port em\xe9]\ntype = internal\n"
                     b"[port b\xc3\xbc]\ntype = internal\nvlan = x\n")
    done = space.run("sh", "-c", f"exec {BINARY} check --json -c "
                     f"{switch.config_path} >{lab.path('check')}",
                     is_checked=False)
    assert done.returncode == 1
    with open(lab.path("check"), encoding="utf-8") as answer:
        assert json.load(answer)["faults"][0]["section"] == "port bü"
    text = open(switch.config_path, "rb").read().replace(b"vlan = x\n", b"")
    with open(switch.config_path, "wb") as config:
        config.write(text)
    switch.process = space.start(BINARY, "run", "-c", switch.config_path,
                                 name="latin-1")
    switch.wait_event("ready")
    for command in ("show", "dump-ports", "fdb"):
        space.run("sh", "-c", f"exec {BINARY} {command} --json -c "
                  f"{switch.config_path} >{lab.path('answer')}")
        with open(lab.path("answer"), encoding="utf-8") as answer:
            text = json.dumps(json.load(answer), ensure_ascii=False)
        assert command == "fdb" or ("em\ufffd" in text and "bü" in text)
