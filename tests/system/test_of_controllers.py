"""Real controllers: traffic passes as they say, their flows expire as they
say, and what is promised for their end comes true.
"""

import re
import signal
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from controllers import (Authority, start_osken, start_pox_learning,
                         start_testcontroller)
from lab import PATIENCE_S, Witness, wait_until
from openflow import OpenFlowbridge
from switch import Ini

pytestmark = [pytest.mark.flowbridge, pytest.mark.slow]

PORT = 6653
PROBE_S = 1
OPENFLOW = {f"1.{minor}": f"OpenFlow1{minor}" for minor in range(6)}


class World:
    """Two hosts at a switch that is not started yet."""

    def __init__(self, lab, space):
        self.lab, self.space = lab, space
        self.ini = Ini("br0", lab.path("run"))
        self.ini["openflow"] = {}
        self.hosts = []
        for number in (1, 2):
            self.hosts.append(lab.host(f"host{number}", space, f"em{number}",
                                       number))
            self.ini.add_port(f"em{number}", ofport=number)
        self.switch = OpenFlowbridge(lab, space, self.ini)

    def control(self, target=f"tcp:127.0.0.1:{PORT}", name="test", **keys):
        self.ini[f"controller {name}"] = {
            "target": target, "inactivity-probe": PROBE_S, "max-backoff": 1,
            "connection-mode": "out-of-band",
            **{k.replace("_", "-"): v for k, v in keys.items()}}

    def start(self, versions="1.0, 1.3", fail_mode="secure"):
        self.ini["bridge"]["fail-mode"] = fail_mode
        self.ini["openflow"]["versions"] = versions
        self.switch.start()
        self.wait_ready()
        return self.switch

    def wait_ready(self, after=0):
        return self.switch.wait_event("controller.state", after=after,
                                      to="ready")

    def controllers(self):
        """Name -> what show says of it."""
        return {c["name"]: c for c in self.switch.show()["controllers"]}

    def ping(self, count=3):
        one, two = self.hosts
        one.ping(two.ip4, count=count)

    def can_ping(self):
        one, two = self.hosts
        return one.can_ping(two.ip4, count=1)

    def run_tcp(self):
        one, two = self.hosts
        server = two.start("iperf3", "-s", "-1", "--forceflush",
                           name="iperf3-server")
        server.wait_output("Server listening")
        one.run("iperf3", "-c", two.ip4, "-n", "2M")
        server.wait()

    def flows(self, version="1.3"):
        """The lines of all flows with a timeout."""
        text = self.switch.ofctl("-O", OPENFLOW[version], "dump-flows",
                                 "BRIDGE").stdout
        return [line for line in text.splitlines() if "idle_timeout" in line]

    def wait_flows_gone(self):
        """Of timeouts of 2 and 4 s; what controllers take by themselves is
        more than what is waited for."""
        wait_until(lambda: not self.flows(), 9, "the flows to expire")


def seconds_between(one, two):
    """By the times of two events in the log."""
    times = [datetime.fromisoformat(e["ts"].replace("Z", "+00:00"))
             for e in (one, two)]
    return (times[1] - times[0]).total_seconds()


@pytest.fixture
def world(lab, space):
    return World(lab, space)


def listen_at(world, transport, stranger=None):
    """(where the switch finds it, what ovs-testcontroller is told); its
    certificate is one by 'stranger', if that is an authority."""
    if transport == "tcp":
        return f"tcp:127.0.0.1:{PORT}", [f"ptcp:{PORT}:127.0.0.1"]
    if transport == "unix":
        path = world.lab.path("controller.sock")
        return f"unix:{path}", [f"punix:{path}"]
    authority = Authority(world.lab)
    key, certificate = authority.sign("switch")
    world.ini["openflow"].update({
        "private-key": key, "certificate": certificate,
        "ca-certificate": authority.certificate})
    key, certificate = (stranger or authority).sign("controller")
    return f"ssl:127.0.0.1:{PORT}", [
        f"pssl:{PORT}:127.0.0.1", f"--private-key={key}",
        f"--certificate={certificate}", f"--ca-cert={authority.certificate}"]


@pytest.mark.parametrize("transport, version", [
    *(("tcp", version) for version in OPENFLOW),
    *((transport, version) for transport in ("ssl", "unix")
      for version in ("1.0", "1.3"))])
def test_ovs_testcontroller(world, transport, version):
    target, listen = listen_at(world, transport)
    start_testcontroller(world.space, "--max-idle=2", "-O", OPENFLOW[version],
                         *listen)
    if transport == "unix":
        # The switch runs as nobody.
        path = target.removeprefix("unix:")
        wait_until(lambda: world.space.run("chmod", "666", path,
                                           is_checked=False).returncode == 0)
    world.control(target)
    world.start(versions=", ".join(OPENFLOW))
    assert world.switch.events("controller.state", to="ready")[-1][
        "version"] == version
    world.ping()
    world.run_tcp()
    flows = world.flows(version)
    assert flows and all("idle_timeout=2" in line for line in flows)
    world.wait_flows_gone()


def test_tls_of_a_stranger_is_refused(world):
    """A controller whose certificate another authority has signed."""
    target, listen = listen_at(world, "ssl", Authority(world.lab, "stranger"))
    start_testcontroller(world.space, *listen)
    world.control(target)
    world.ini["bridge"]["fail-mode"] = "secure"
    world.switch.start()
    event = world.switch.wait_event("controller.state", to="backoff")
    assert "certificate" in event["error"], event
    assert not world.switch.events("controller.state", to="ready")


def test_keys_are_read_anew_by_a_reload(world):
    """The switch has a certificate that the controller does not believe; the
    right one comes under the same name."""
    target, listen = listen_at(world, "ssl")
    files = [world.ini["openflow"][key]
             for key in ("private-key", "certificate")]
    good = [Path(name).read_bytes() for name in files]
    for name, bad in zip(files, Authority(world.lab, "other").sign("another")):
        Path(name).write_bytes(Path(bad).read_bytes())
    start_testcontroller(world.space, *listen)
    world.control(target)
    world.ini["bridge"]["fail-mode"] = "secure"
    world.ini["log"] = {"level": "info, controller=debug"}
    world.switch.start()
    world.switch.wait_event("controller.state", to="backoff")
    for name, text in zip(files, good):
        Path(name).write_bytes(text)
    attempts = len(world.switch.events("controller.state", to="backoff"))
    world.switch.wait_event("controller.state", after=attempts, to="backoff")
    assert not world.switch.events("controller.state", to="ready")
    world.switch.reload()
    world.switch.wait_event("controller.state", 10, to="ready")
    world.ping()


def test_pox_learning_uses_buffers_and_time_outs(world):
    controller = start_pox_learning(world.space, "127.0.0.1", PORT, 2, 4)
    world.control()
    world.start()
    controller.wait_output("up")
    assert "buffers=256 tables=255" in controller.output()
    world.hosts[0].ping(world.hosts[1].ip4, "-s", "1000")
    world.run_tcp()
    said = controller.output()
    assert re.search(r"size=1042 sent=128 reason=0 buffered=1", said), said
    assert "buffered=0" not in said and "error" not in said, said
    flows = world.flows("1.0")
    exact = [line for line in flows if "idle_timeout=2, hard_timeout=4" in line
             and "in_port=1" in line and "vlan_tci=0x0000" in line
             and "dl_src=02:00:00:00:00:01" in line and "tp_dst" in line]
    assert exact, flows
    # Used all the time, so that the hard timeout ends it.
    start = time.monotonic()
    count = len(re.findall("flow port=1", said))
    while len(re.findall("flow port=1", controller.output())) == count:
        world.ping(count=1)
        assert time.monotonic() - start < PATIENCE_S
    assert "error" not in controller.output(), controller.output()
    world.wait_flows_gone()


@pytest.mark.parametrize("version, app", (("1.0", "learning10.py"),
                                          ("1.3", "learning13.py")))
def test_os_ken_learns_and_is_told_of_removed_flows(world, version, app):
    controller = start_osken(world.space, app, PORT)
    world.control()
    world.start()
    controller.wait_output("up datapath=")
    world.ping()
    assert len(world.flows(version)) >= 2
    controller.wait_output("flow-removed reason=0")
    assert "error" not in controller.output(), controller.output()


# Answers to requests; those of which several parts may come count once.
ANSWERS = {"1.0": 8, "1.3": 18}


@pytest.mark.parametrize("version", ("1.0", "1.3"))
def test_os_ken_gets_every_statistic(world, version):
    controller = start_osken(world.space, "every_statistic.py", PORT)
    world.control()
    world.start(versions=version)
    controller.wait_output("done")
    said = controller.output()
    assert "error" not in said, said
    assert len(set(re.findall(r"answer (\w+)", said))) == ANSWERS[version], said


def test_standalone_opens_after_three_probes_and_closes_again(world):
    controller = start_pox_learning(world.space, "127.0.0.1", PORT)
    world.control()
    switch = world.start(fail_mode="standalone")
    world.ping()
    assert world.controllers()["test"]["state"] == "ready"
    assert world.flows()
    controller.kill()
    gone = switch.wait_event("controller.state", **{"from": "ready"})
    event = switch.wait_event("failmode.entered", 3 * PROBE_S + 10)
    assert -0.5 < seconds_between(gone, event) - 3 * PROBE_S < 2, switch.log()
    assert event["mode"] == "standalone" and int(event["flows_removed"]) > 0
    assert switch.show()["fail_mode_active"] is True
    assert world.controllers()["test"]["state"] != "ready"
    assert not world.flows()
    world.ping()
    count = len(switch.events("controller.state", to="ready"))
    controller = start_pox_learning(world.space, "127.0.0.1", PORT)
    world.wait_ready(after=count)
    switch.wait_event("failmode.left", mode="standalone")
    controller.wait_output("up")
    world.ping()
    assert "packet-in" in controller.output()
    assert switch.show()["fail_mode_active"] is False


def test_secure_stays_closed_while_flows_expire(world):
    controller = start_pox_learning(world.space, "127.0.0.1", PORT, 2, 30)
    world.control()
    switch = world.start()
    world.ping()
    flows = len(world.flows())
    controller.kill()
    switch.wait_event("failmode.entered", mode="secure")
    # What is there goes on forwarding, until it expires.
    assert len(world.flows()) == flows
    world.wait_flows_gone()
    assert not world.can_ping()
    assert switch.show()["fail_mode_active"] is True
    count = len(switch.events("controller.state", to="ready"))
    start_pox_learning(world.space, "127.0.0.1", PORT)
    world.wait_ready(after=count)
    switch.wait_event("failmode.left", mode="secure")
    world.ping()


def test_first_retry_comes_within_a_second(world):
    controller = start_pox_learning(world.space, "127.0.0.1", PORT)
    world.control(max_backoff=8)
    switch = world.start()
    with Witness() as witness:
        controller.kill()
        gone = switch.wait_event("controller.state", **{"from": "ready"})
        retry = switch.wait_event("controller.state",
                                  **{"from": "connecting", "to": "backoff"})
    assert int(gone["retry_ms"]) <= 1000
    # The answer to the call takes its time, too.
    took = seconds_between(gone, retry)
    assert 0 < took < witness.bound(1.5), switch.log()


def test_a_frozen_controller_is_given_up(world):
    controller = start_pox_learning(world.space, "127.0.0.1", PORT)
    world.control()
    switch = world.start(fail_mode="standalone")
    world.ping()
    frozen = {"ts": datetime.now(timezone.utc).isoformat()}
    controller.signal(signal.SIGSTOP)
    given_up = switch.wait_event("controller.state", 10, **{"from": "idle"})
    # Two probes from the last word, which is of the time of the pings.
    assert given_up["error"] == f"was silent for {2 * PROBE_S} s"
    assert PROBE_S < seconds_between(frozen, given_up) < 2 * PROBE_S + 2
    switch.wait_event("failmode.entered", 10, mode="standalone")
    world.ping()
    controller.signal(signal.SIGCONT)
    switch.wait_event("failmode.left")


def test_one_of_two_controllers_is_enough(world):
    start_pox_learning(world.space, "127.0.0.1", PORT)
    other = start_pox_learning(world.space, "127.0.0.1", PORT + 1)
    world.control(name="one")
    world.control(f"tcp:127.0.0.1:{PORT + 1}", name="two")
    world.ini["log"] = {"level": "info, controller=debug"}
    switch = world.start(fail_mode="standalone")
    switch.wait_event("controller.state", to="ready", controller="two")
    other.kill()
    switch.wait_event("controller.state", controller="two", to="backoff")
    # Longer than standalone would wait.
    wait_until(lambda: len(switch.events(
        "controller.state", controller="two", to="backoff")) >= 5,
        what="some more attempts")
    assert not switch.events("failmode.entered")
    assert world.controllers()["one"]["state"] == "ready"
    world.ping()
