"""Peers that send nonsense, or too much, or too slowly, or do not read: each
gets an error or is closed, and the switch goes on for all others.
"""

import os
import random
import select
import shlex
import socket
import struct
import threading

import pytest

from lab import LabError, resident_kib, wait_until
from openflow import (ECHO_REPLY, ECHO_REQUEST, ERROR, HEADER, HELLO, OF10,
                      OF13, OpenFlowbridge, Peer)
from switch import Ini
from test_of_ovs_ofctl import ARP, FILES, STEPS, TCP, UDP

pytestmark = [pytest.mark.flowbridge, pytest.mark.slow]

VERSIONS = {"1.0": OF10, "1.3": OF13}
TYPES = (*range(36), 99, 255)
SEED = 20261122
MUTATIONS = 4000
RSS_GROWTH_MAX = 64 << 20


class World:
    """A switch that forwards between two hosts."""

    def __init__(self, lab, space):
        self.lab = lab
        ini = Ini("br0", lab.path("run"))
        ini["bridge"]["fail-mode"] = "secure"
        self.hosts = []
        for number in (1, 2):
            self.hosts.append(lab.host(f"host{number}", space, f"em{number}",
                                       number))
            ini.add_port(f"em{number}", ofport=number)
        self.switch = OpenFlowbridge(lab, space, ini).start()
        wait_until(lambda: os.path.exists(self.switch.management),
                   what="the management socket")
        self.restore()

    def restore(self):
        """Takes back what nonsense has done to flows and ports."""
        ofctl = self.switch.ofctl
        ofctl("-O", "OpenFlow13", "del-flows", "BRIDGE")
        ofctl("-O", "OpenFlow13", "add-flow", "BRIDGE", "actions=normal")
        for port in ("em1", "em2"):
            for action in ("up", "flood", "forward", "receive"):
                ofctl("mod-port", "BRIDGE", port, action)

    def check(self):
        """It lives and forwards."""
        if not self.switch.process.is_running():
            raise LabError(f"the switch has ended: {self.switch.log()}")
        self.restore()
        one, two = self.hosts
        one.ping(two.ip4)
        with Connection(self, OF13) as peer:
            peer.echo()

    def rss(self):
        return resident_kib(self.switch.pid) * 1024


class Connection(Peer):
    """A greeted connection that ends with the block."""

    def __init__(self, world, version):
        super().__init__(world.switch.management, version)
        self.greet()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def survives(self, data):
        """Sends bytes and asks for an echo: False if it was closed for them,
        and an exception if there is neither answer nor end."""
        try:
            self.socket.sendall(data)
            self.echo()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return False
        return True


@pytest.fixture
def world(lab, space):
    world = World(lab, space)
    yield world
    world.check()


class Corpus:
    """Whole messages that ovs-ofctl sends."""

    def __init__(self, world):
        self.lab, self.world = world.lab, world
        self.path = self.lab.path("relay.mgmt")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen(16)
        self.lab.sockets.append(self.listener)
        self.messages = set()
        threading.Thread(target=self.relay, daemon=True).start()

    def relay(self):
        """Passes bytes on to the switch and back, and keeps what comes in."""
        sides = {}
        streams = {}
        while True:
            ready, _, _ = select.select([self.listener, *sides], [], [])
            for sock in ready:
                if sock is self.listener:
                    one, _ = sock.accept()
                    two = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                    two.connect(self.world.switch.management)
                    sides[one], sides[two] = two, one
                    streams[one] = b""
                    continue
                if sock not in sides:
                    continue
                data = self.take(sock)
                if sock in streams:
                    streams[sock] = self.keep(streams[sock] + data)
                try:
                    sides[sock].sendall(data)
                except OSError:
                    data = b""
                if not data:
                    other = sides.pop(sock)
                    del sides[other]
                    sock.close()
                    other.close()

    @staticmethod
    def take(sock):
        try:
            return sock.recv(65536)
        except OSError:
            return b""

    def keep(self, data):
        while len(data) >= HEADER.size:
            size = HEADER.unpack_from(data)[2]
            if len(data) < size:
                break
            # Without the xid, which makes each another one.
            self.messages.add(data[:4] + bytes(4) + data[8:size])
            data = data[size:]
        return data

    def record(self):
        """The messages of all commands, in both versions."""
        for name, text in FILES.items():
            self.lab.write(name, text)
        for step in STEPS.strip().splitlines():
            words = shlex.split(step.format(ARP=ARP, UDP=UDP, TCP=TCP))
            words = [self.lab.path(w) if w in FILES else w for w in words]
            words = [f"unix:{self.path}" if w == "BRIDGE" else w
                     for w in words]
            for version in ("OpenFlow10", "OpenFlow13"):
                self.world.switch.ofctl("-O", version, *words,
                                        is_checked=False)
        return sorted(self.messages)


def mutated(rng, message):
    """A message with something wrong, most of the time."""
    data = bytearray(message)
    roll = rng.random()
    if roll < 0.3 and len(data) > 8:
        del data[rng.randrange(8, len(data)):]
    elif roll < 0.45:
        data += rng.randbytes(rng.choice((1, 4, 8, 64)))
    for _ in range(rng.randrange(1, 4)):
        if len(data) > 8 and roll >= 0.2:
            at = rng.randrange(8, len(data))
            data[at] = rng.choice((0, 1, 0x7f, 0x80, 0xff,
                                   data[at] ^ 1 << rng.randrange(8)))
    struct.pack_into("!H", data, 2, len(data))
    return bytes(data)


@pytest.mark.timeout(120)
def test_messages_of_all_types_that_are_cut_or_filled_with_nonsense(world):
    rng = random.Random(SEED)
    for version in VERSIONS.values():
        peer = Connection(world, version)
        for kind in TYPES:
            for size in (*range(0, 24), 40, 56, 72, 200, 65527):
                for filling in (b"\0" * size, b"\xff" * size,
                                rng.randbytes(size)):
                    message = HEADER.pack(version, kind, 8 + size, 7) + filling
                    if not peer.survives(message):
                        peer.close()
                        peer = Connection(world, version)
        peer.close()


@pytest.mark.timeout(120)
def test_messages_that_are_almost_right(world):
    messages = Corpus(world).record()
    assert len(messages) > 200
    rng = random.Random(SEED)
    peers = {}
    for number in range(MUTATIONS):
        message = mutated(rng, rng.choice(messages))
        version = message[0] if message[0] in VERSIONS.values() else OF13
        if version not in peers:
            peers[version] = Connection(world, version)
        try:
            alive = peers[version].survives(message)
        except (TimeoutError, LabError) as error:
            raise LabError(f"mutation {number}: {message.hex()}") from error
        if not alive:
            peers.pop(version).close()
        assert world.switch.process.is_running(), message.hex()


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())
@pytest.mark.parametrize("size", (0, 1, 7))
def test_a_length_below_the_header_ends_the_connection(world, version, size):
    with Connection(world, version) as peer:
        assert not peer.survives(HEADER.pack(version, ECHO_REQUEST, size, 1)
                                 + b"x" * 64)


NO_HELLO = {
    "HTTP": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "zeros": b"\0" * 64,
    "ones": b"\xff" * 64,
    "TLS": b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\0" * 64,
    "flow-mod": HEADER.pack(4, 14, 8, 1),
}


def test_who_does_not_begin_with_hello_is_sent_away(world):
    """By the first bytes, and the log says why: not that it was silent."""
    for data in NO_HELLO.values():
        for size in (2, len(data)):
            peer = Peer(world.switch.management)
            with world.switch.expecting("service.dropped"):
                peer.socket.sendall(data[:size])
                with pytest.raises((EOFError, ConnectionResetError)):
                    while True:
                        peer.receive()
            peer.close()
    for event in world.switch.events("service.dropped"):
        assert "begins with 0x" in event["reason"]


@pytest.mark.parametrize("bitmap", (1 << 7, 1 << 7 | 1 << 9))
def test_who_has_no_version_in_common_is_told_so(world, bitmap):
    """By an error, which comes before the end though more was sent behind the
    HELLO; and the log has what was offered."""
    peer = Peer(world.switch.management, 7)
    with world.switch.expecting("service.dropped"):
        peer.socket.sendall(
            HEADER.pack(7, HELLO, 16, 1) + struct.pack("!HHI", 1, 8, bitmap)
            + HEADER.pack(7, ECHO_REQUEST, 4008, 2) + bytes(4000))
        error = peer.wait_for(ERROR)
        with pytest.raises((EOFError, ConnectionResetError)):
            peer.receive()
    peer.close()
    assert error[:4] == bytes(4) and b"0x07" in error and b"1.3" in error
    assert "it offers 0x07" in world.switch.events(
        "service.dropped")[-1]["reason"]


def test_who_closes_its_side_hears_the_answers(world):
    """As a script that asks by a pipe does."""
    with Connection(world, OF13) as peer:
        peer.send(ECHO_REQUEST, b"last", xid=0x79)
        peer.socket.shutdown(socket.SHUT_WR)
        assert peer.wait_for(ECHO_REPLY, 0x79) == b"last"


def test_who_says_nothing_is_sent_away_in_time(world):
    peer = Peer(world.switch.management)
    peer.socket.sendall(b"\1")
    with pytest.raises((EOFError, ConnectionResetError)):
        while True:
            peer.receive()
    peer.close()


def test_a_very_long_hello_is_one(world):
    peer = Peer(world.switch.management)
    peer.socket.sendall(HEADER.pack(OF10, HELLO, 65535, 1) + b"h" * 65527)
    peer.wait_for(HELLO)
    peer.echo()
    peer.close()


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())
def test_bytes_that_come_one_by_one_make_a_message(world, version):
    with Connection(world, version) as peer:
        for byte in HEADER.pack(version, ECHO_REQUEST, 12, 0x77) + b"slow":
            peer.socket.sendall(bytes((byte,)))
        assert peer.wait_for(ECHO_REPLY, 0x77) == b"slow"


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())
def test_who_closes_half_is_closed_whole(world, version):
    with Connection(world, version) as peer:
        peer.socket.sendall(HEADER.pack(version, ECHO_REQUEST, 65535, 1))
        peer.socket.shutdown(socket.SHUT_WR)
        with pytest.raises((EOFError, ConnectionResetError)):
            while True:
                peer.receive()


def fill(world, idle):
    """How many there are, with as many as are let in."""
    try:
        while len(idle) < 64:
            idle.append(Connection(world, OF13))
    except (EOFError, ConnectionResetError, BrokenPipeError):
        pass
    return len(idle)


def test_idle_peers_are_counted_and_keep_working(world):
    """64 at most: one more finds the door closed, until somebody goes."""
    idle = [Connection(world, OF13) for _ in range(60)]
    # It takes two at a time.
    assert "em1" in world.switch.ofctl("show", "BRIDGE").stdout
    wait_until(lambda: fill(world, idle) == 64,
               what="the last to be let in")
    with pytest.raises((EOFError, ConnectionResetError, BrokenPipeError)):
        Connection(world, OF13)
    for peer in idle:
        peer.echo()
    for peer in idle:
        peer.close()
    wait_until(lambda: world.switch.ofctl("show", "BRIDGE", is_checked=False
                                          ).returncode == 0,
               what="room for another one")


def test_who_fills_a_listener_locks_nobody_out(world):
    """Who says HELLO gets in where others are silent; and where all have said
    it, the management socket is still open."""
    switch, address = world.switch, ("127.0.0.1", 6654)
    switch.ini["openflow"] = {"listen": "ptcp:6654"}
    switch.reload()

    def come():
        with switch.namespace.entered():
            return Peer(address, OF13)

    def come_and_be_heard():
        peer = come().greet()
        peer.echo()
        return peer
    silent = [come() for _ in range(64)]
    # A peer that is taken in sends away the oldest of the silent.
    with switch.expecting("service.dropped"):
        crowd = [come_and_be_heard()]
    crowd += [come_and_be_heard() for _ in range(63)]
    with pytest.raises((EOFError, ConnectionResetError, BrokenPipeError)):
        come_and_be_heard()
    assert "em1" in switch.ofctl("show", "BRIDGE").stdout
    switch.client("dump-flows")
    listeners = {l["listener"]: l for l in switch.show()["listeners"]}
    assert listeners["ptcp:6654:127.0.0.1"]["connections"] == 64
    crowd[-1].echo()
    # Who came by a listener goes with it.
    del switch.ini["openflow"]
    switch.reload()
    with pytest.raises((EOFError, ConnectionResetError, BrokenPipeError)):
        crowd[-1].echo()
    for peer in silent + crowd:
        peer.close()


def test_a_listener_whose_address_comes_later_opens_then(world):
    switch, name = world.switch, "ptcp:6654:10.77.0.1"
    switch.ini["openflow"] = {"listen": name}
    with switch.expecting("listener.failed", listener=name):
        switch.reload()
    assert "Cannot assign requested address" in switch.client("show").stdout
    with switch.expecting("listener.opened", listener=name):
        switch.namespace.ip("address add 10.77.0.1/32 dev lo")
    assert len(switch.events("listener.failed")) == 1
    assert "em1" in switch.namespace.run("ovs-ofctl", "show",
                                         "tcp:10.77.0.1:6654").stdout


def stuff(peer, message, limit):
    """Sends until 'limit' bytes are gone, or the switch takes no more for a
    while, or closes."""
    peer.socket.settimeout(1.0)
    gone = 0
    try:
        while gone < limit:
            peer.socket.sendall(message)
            gone += len(message)
    except OSError:
        pass


def test_echoes_that_nobody_reads_take_little_memory(world):
    before = world.rss()
    with Connection(world, OF10) as peer:
        stuff(peer, HEADER.pack(OF10, ECHO_REQUEST, 65535, 1) + b"e" * 65527,
              256 << 20)
        assert world.rss() - before < RSS_GROWTH_MAX
        world.check()


def test_statistics_that_nobody_reads_take_little_memory(world):
    flows = world.lab.write("many", "".join(
        f"priority={n},ip,nw_dst=10.1.{n >> 8}.{n & 255},actions=output:1\n"
        for n in range(1, 5000)))
    world.switch.ofctl("-O", "OpenFlow13", "add-flows", "BRIDGE", flows)
    request = struct.pack("!HHIB3xIIIQQHH4x", 1, 0, 0, 0xff, 0xffffffff,
                          0xffffffff, 0, 0, 0, 1, 4)
    message = HEADER.pack(OF13, 18, 8 + len(request), 1) + request
    with Connection(world, OF13) as peer:
        peer.socket.sendall(message)
        assert peer.receive()[1] == 19
        before = world.rss()
        stuff(peer, message * 10, 1000 * len(message))
        assert world.rss() - before < RSS_GROWTH_MAX
        world.check()


def test_packet_ins_that_nobody_reads_take_little_memory(world):
    one, two = world.hosts
    two.count_flood()
    world.switch.ofctl("add-flow", "BRIDGE", "priority=9,dl_type=0x88b5,"
                       "actions=normal,controller:65535")
    peers = [Connection(world, OF10) for _ in range(4)]
    for peer in peers:
        # A service connection is sent packet-ins once it sets this.
        peer.send(9, struct.pack("!HH", 0, 65535))
        peer.echo()
    before = world.rss()
    stream = one.stream(50000, "ff:ff:ff:ff:ff:ff")
    wait_until(lambda: two.flood_frames() > 180000,
               what="the flood at the other host")
    stream.end()
    assert world.rss() - before < RSS_GROWTH_MAX
    for peer in peers:
        peer.close()
