"""The main loop goes on while ports come and go, however many: between two of
its signs of life to the service manager there is no long silence."""

import os
import select
import socket
import threading
import time

import pytest

from lab import Witness, wait_until

pytestmark = pytest.mark.flowbridge

PORTS = 250
REMAKES = 200
# The loop looks every 50 ms whether a sign is due, each 50 ms.
SIGN_US = 100000
SILENCE_S = 0.2 + 0.1
STOP_S = 1.0


class Silence:
    """The longest time between two WATCHDOG=1, without that for which this
    machine kept a thread that only sleeps from its CPU."""

    def __init__(self, lab):
        self.path = lab.path("signs")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        os.chmod(self.path, 0o777)
        lab.sockets.append(self.socket)
        self.environment = {**os.environ, "NOTIFY_SOCKET": self.path,
                            "WATCHDOG_USEC": str(SIGN_US)}

    def __enter__(self):
        self.longest = 0
        self.ends = False
        self.witness = Witness().__enter__()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        return self

    def listen(self):
        last = time.monotonic()
        while not self.ends:
            if not select.select([self.socket], [], [], 0.1)[0]:
                continue
            is_sign = b"WATCHDOG=1" in self.socket.recv(4096)
            now = time.monotonic()
            if is_sign:
                self.longest = max(self.longest, now - last)
                last = now
        self.longest = max(self.longest, time.monotonic() - last)

    def __exit__(self, *_):
        self.ends = True
        self.thread.join()
        self.witness.__exit__()

    def check(self):
        bound = self.witness.bound(SILENCE_S)
        assert self.longest < bound, (self.longest, bound)


def batch(lab, space, text):
    space.run("ip", "-b", lab.write("batch", text))


def coming(count):
    return "".join(f"link add v{n} type veth peer name e{n}\n"
                   for n in range(count))


def going(count):
    return "".join(f"link del v{n}\n" for n in range(count))


def made_and_removed_s(lab, space):
    """How long this machine takes for as many TAPs, one after the other."""
    names = [f"s{n}" for n in range(PORTS)]
    begin = time.monotonic()
    batch(lab, space, "".join(f"tuntap add {n} mode tap\n" for n in names)
          + "".join(f"link del {n}\n" for n in names))
    return time.monotonic() - begin


def wait_present(switch, count):
    wait_until(lambda: sum(p["link"] != "absent" for n, p in
                           switch.ports().items() if n[0] == "v") == count,
               what=f"{count} ports")


@pytest.fixture
def quiet(space):
    space.sysctl("ipv6/conf/default/disable_ipv6", 1)
    return space


@pytest.mark.timeout(180)
def test_many_ports_come_and_go_at_once(lab, quiet, make_switch):
    switch = make_switch(*(f"v{n}" for n in range(PORTS)))
    silence = Silence(lab)
    switch.start(env=silence.environment)
    with silence:
        batch(lab, quiet, coming(PORTS))
        wait_present(switch, PORTS)
        batch(lab, quiet, going(PORTS) + coming(PORTS))
        # LOCAL is added as well.
        wait_until(lambda: sum(e["port"][0] == "v" for e in
                               switch.events("port.added")) > PORTS,
                   what="ports to come back")
        wait_present(switch, PORTS)
    silence.check()


@pytest.mark.timeout(180)
def test_one_port_is_made_again_and_again(lab, quiet, make_switch):
    switch = make_switch("v0")
    silence = Silence(lab)
    switch.start(env=silence.environment)
    with silence:
        batch(lab, quiet, REMAKES * (coming(1) + going(1)) + coming(1))
        wait_present(switch, 1)
    silence.check()
    ifindex = quiet.link("v0")["ifindex"]
    assert ifindex > REMAKES and switch.port("v0")["link"] != "absent"


@pytest.mark.timeout(180)
def test_ends_within_a_second_with_many_taps(lab, quiet, make_switch):
    switch = make_switch()
    for n in range(PORTS):
        switch.ini.add_port(f"t{n}", type="tap")
    switch.start()
    with Witness() as witness:
        status, took = switch.stop()
    # A busy machine takes its time for each of them.
    slow_s = made_and_removed_s(lab, quiet)
    assert status == 0 and took < witness.bound(max(STOP_S, slow_s))
    assert "t0:" not in quiet.run("ip", "link").stdout
