"""What devices leave to one another, in any mixture, loses no frame.

TCP, UDP in segments (USO) and in fragments, and the same in VXLAN, over IPv4
and IPv6, with the offloads of the sender, of the receiver and of the switch's
ports drawn at random.  The kernel's bridge passes the same test.

OFFLOADS=all tries every one with every other one, which takes hours;
OFFLOADS=SEED draws from that seed.
"""

import itertools
import os
import random
import time

import pytest

import transfers
from lab import SLOWNESS

SEED = os.environ.get("OFFLOADS", "1")
BUDGET_S = 9  # for each path, and what has begun goes on
SWITCHABLE = ("gro", "rx-gro-list", "rx-udp-gro-forwarding", "tso", "gso", "tx",
              "sg", "tx-udp-segmentation", "tx-udp_tnl-segmentation")
USUALLY_OFF = ("gro", "rx-gro-list", "rx-udp-gro-forwarding")
# As much as a device may put together, up or down from the usual 65536.
SIZES = ("16000", "65536", "185000")
PATHS = ("veth-veth", "veth-tap", "veth-local", "tap-local")
LOCAL = 100  # the last number of LOCAL's addresses
# A full-size TCP transfer, long enough for super-frames to grow.
TCP_SIZE = 3_000_000
IS_LOSS = ("bad-gso", "edit", "truncated", "mtu", "tx-error", "tx-full")


class Device:
    """An interface and what its offloads are like."""

    def __init__(self, namespace, name):
        self.namespace, self.name = namespace, name

    def set(self, flipped, size):
        """All offloads as usual, but these the other way round.  What a kind
        of device cannot change stays."""
        words = []
        for name in SWITCHABLE:
            is_on = (name not in USUALLY_OFF) != (name in flipped)
            words += [name, "on" if is_on else "off"]
        self.namespace.run("ethtool", "-K", self.name, *words,
                           is_checked=False)
        for key in ("gso_max_size", "gro_max_size", "gso_ipv4_max_size",
                    "gro_ipv4_max_size"):
            self.namespace.run("ip", "link", "set", self.name, key, size,
                               is_checked=False)


class End:
    """One end of a path: a namespace whose interface has these addresses."""

    def __init__(self, namespace, interface, number):
        self.namespace, self.number = namespace, number
        self.device = Device(namespace, interface)

    def addresses(self, net):
        return f"10.{net}.0.{self.number}", f"fd{net}::{self.number}"

    def join_tunnels(self, other):
        """VXLAN to the other end, over IPv4 (net 94) and IPv6 (net 96)."""
        for net, local, remote in zip((94, 96), self.addresses(99),
                                      other.addresses(99)):
            name = f"vx{net}"
            ip = self.namespace.ip
            ip(f"link add {name} type vxlan id {net} dstport 4789 "
               f"local {local} remote {remote} dev {self.device.name}")
            ip4, ip6 = self.addresses(net)
            ip(f"address add {ip4}/24 dev {name}")
            ip(f"link set {name} up")
            ip(f"address add {ip6}/64 dev {name} nodad")


def make_end(lab, space, switch, kind, number):
    """The end, and the switch's port for it, if it is a device apart."""
    if kind == "local":
        space.ip(f"address add fd99::{LOCAL}/64 dev {switch.name} nodad")
        return End(space, switch.name, LOCAL), None
    if kind == "tap":
        guest = lab.guest(f"guest{number}", space, f"tap{number}", number)
        return End(guest, "eth0", number), Device(space, f"tap{number}")
    host = next(n for n in lab.namespaces if n.name == f"host{number}")
    return End(host, "eth0", number), Device(space, f"em{number}")


@pytest.fixture(params=PATHS)
def path(request, lab, space, make_switch):
    """The switch, its two ends, and its ports that are devices apart."""
    kinds = request.param.split("-")
    switch = make_switch(local={"address": f"10.99.0.{LOCAL}/24"})
    for number, kind in enumerate(kinds, 1):
        if kind == "veth":
            lab.host(f"host{number}", space, f"em{number}", number)
            switch.ini.add_port(f"em{number}")
        elif kind == "tap":
            switch.ini.add_port(f"tap{number}", type="tap")
    switch.start()
    made = [make_end(lab, space, switch, kind, number)
            for number, kind in enumerate(kinds, 1)]
    one, two = made[0][0], made[1][0]
    one.join_tunnels(two)
    two.join_tunnels(one)
    return switch, [one, two], [port for _, port in made if port]


def transfer_all(sender, receiver):
    """Every kind of traffic once; raises transfers.Failed with its name."""
    seconds = 10 * SLOWNESS
    ends = sender.namespace, receiver.namespace
    for net in (99, 94, 96):
        for address in receiver.addresses(net):
            try:
                transfers.tcp(*ends, address, TCP_SIZE, seconds)
                transfers.udp(*ends, address, [24000, 5000, 100, 1201],
                              seconds, segment=1200)
                transfers.udp(*ends, address, [1000, 4001, 60000], seconds)
            except transfers.Failed as failed:
                raise transfers.Failed(f"to {address}: {failed}") from None


def losses(switch):
    """What the switch says that it has lost: port, kind, reason, frames."""
    found = []
    for name, port in switch.ports().items() if switch.is_flowbridge else ():
        found += [(name, kind, reason, port[kind][reason])
                  for kind in ("drops", "tx_drops") for reason in IS_LOSS
                  if port[kind].get(reason)]
        if port["missed"]:
            found.append((name, "missed", "", port["missed"]))
    return found


def draws():
    """For sender, receiver and ports: what is flipped, and a size."""
    if SEED == "all":
        single = [()] + [(name,) for name in SWITCHABLE]
        for flips in itertools.product(single, repeat=3):
            for size in SIZES:
                yield [(flip, size) for flip in flips]
        return
    dice = random.Random(SEED)
    yield [((), "65536")] * 3
    yield [((), "185000")] * 3
    end = time.monotonic() + BUDGET_S * SLOWNESS
    while time.monotonic() < end:
        yield [(tuple(x for x in SWITCHABLE if dice.random() < 0.3),
                dice.choice(SIZES)) for _ in range(3)]


@pytest.mark.slow
@pytest.mark.timeout(86400 if SEED == "all" else 60)
def test_no_mixture_of_offloads_loses_a_frame(path):
    switch, ends, ports = path
    for number, (of_sender, of_receiver, of_ports) in enumerate(draws()):
        sender, receiver = ends if number % 2 == 0 else reversed(ends)
        sender.device.set(*of_sender)
        receiver.device.set(*of_receiver)
        for port in ports:
            port.set(*of_ports)
        what = (f"draw {number} of {SEED}: sender {of_sender}, receiver "
                f"{of_receiver}, ports {of_ports}")
        try:
            transfer_all(sender, receiver)
        except transfers.Failed as failed:
            pytest.fail(f"{what}: {failed}; {losses(switch)}")
        assert not losses(switch), what
