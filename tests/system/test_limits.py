"""Each bound that others can come to: what happens there, and that it is
counted where show says it is.  flowbridge(8), LIMITS."""

import contextlib
import json
import os
import resource
import socket
import struct
import time

import pytest

from frames import Wire
from lab import PATIENCE_S, wait_until
from openflow import ERROR, HEADER, HELLO, OF13, Peer

pytestmark = pytest.mark.flowbridge

OF14 = 5
FLOW_MOD, GROUP_MOD, MULTIPART_REQUEST = 14, 15, 18
METER_MOD, BUNDLE_CONTROL = 29, 33
FLOW_MOD_FAILED = 5
GROUP_MOD_FAILED, METER_MOD_FAILED, BUNDLE_FAILED, BAD_REQUEST = 6, 12, 17, 1


@pytest.fixture
def host(lab, quiet_space):
    return lab.host("host1", quiet_space, "em1", 1, has_addresses=False)


@pytest.fixture
def own_switch(host, make_switch):
    """One of this user, whose limits may be changed."""
    return started(make_switch, user="")


@pytest.fixture
def one_heap_switch(host, make_switch):
    """One whose threads share a heap.  Else each that has ever asked for memory
    leaves an address space of 64 MiB, from which others get some long after
    RLIMIT_AS lets none have any."""
    return started(make_switch, user="", prefix=("env", "MALLOC_ARENA_MAX=1"))


@pytest.fixture
def switch(host, make_switch):
    return started(make_switch, user="nobody")


def started(make_switch, user, prefix=()):
    made = make_switch("em1", local={"enable": "no"})
    made.ini["daemon"]["user"] = user
    made.ini["openflow"] = {"versions": "1.0, 1.3, 1.4", "buffers": 2}
    made.ini["bridge"]["mac-table-size"] = "16"
    made.start(prefix)
    made.wait_port("em1", link="up")
    return made


def path_of(switch, kind):
    return f"{switch.ini['daemon']['run-dir']}/{switch.name}.{kind}"


def limit(switch, what):
    return next(row for row in switch.show()["limits"] if row["what"] == what)


def errors(peer, count, expected):
    """The next errors, all of these numbers."""
    for _ in range(count):
        body = peer.wait_for(ERROR)
        assert struct.unpack_from("!HH", body) == expected


@pytest.fixture
def peer(switch):
    made = Peer(path_of(switch, "mgmt"), OF14).greet()
    yield made
    made.close()


def test_buckets(switch, peer):
    bucket = struct.pack("!HHIII", 16, 0, 0xffffffff, 0xffffffff, 0)
    peer.send(GROUP_MOD, struct.pack("!HBBI", 0, 0, 0, 1) + 1025 * bucket)
    errors(peer, 1, (GROUP_MOD_FAILED, 4))
    row = limit(switch, "buckets")
    assert (row["most"], row["hits"]) == (1024, 1)
    assert limit(switch, "groups")["in_use"] == 0
    assert "buckets" in switch.client("show").stdout


def test_groups(switch, peer):
    peer.socket.sendall(b"".join(
        HEADER.pack(OF14, GROUP_MOD, 16, n)
        + struct.pack("!HBBI", 0, 0, 0, n) for n in range(65538)))
    errors(peer, 2, (GROUP_MOD_FAILED, 3))
    row = limit(switch, "groups")
    assert (row["in_use"], row["most"], row["hits"]) == (65536, 65536, 2)


def test_meters_and_bands(switch, peer):
    band = struct.pack("!HHIII", 1, 16, 100, 0, 0)
    peer.send(METER_MOD, struct.pack("!HHI", 0, 1, 1) + 17 * band)
    errors(peer, 1, (METER_MOD_FAILED, 11))
    peer.send(METER_MOD, struct.pack("!HHI", 0, 1, 1) + 16 * band)
    peer.echo()
    assert limit(switch, "bands")["hits"] == 1
    assert limit(switch, "meters")["in_use"] == 1


def masked_flow(mask):
    """A flow-mod that matches these bits of the metadata, with no actions."""
    match = struct.pack("!HHIQQ", 1, 24, 0x80000510, 0, mask)
    body = struct.pack("!QQBBHHHIIIHH", 0, 0, 1, 0, 0, 0, 7, 0xffffffff,
                       0xffffffff, 0xffffffff, 0, 0) + match
    return HEADER.pack(OF14, FLOW_MOD, HEADER.size + len(body), mask) + body


def test_flows_of_a_table(switch, peer):
    """As many masks as a table takes; other tables have their own."""
    switch.client("add-flow", "table=0,in_port=1,actions=drop")
    peer.socket.sendall(b"".join(masked_flow(n + 1) for n in range(2048 + 3)))
    errors(peer, 3, (FLOW_MOD_FAILED, 1))
    row = limit(switch, "flows")
    assert row["in_use"] == 2048 + 2  # and standalone's own
    assert (row["most"], row["hits"]) == (1 << 20, 3)


def test_bundles(switch, peer):
    for number in range(18):
        peer.send(BUNDLE_CONTROL, struct.pack("!IHH", number, 0, 1))
    errors(peer, 2, (BUNDLE_FAILED, 5))
    row = limit(switch, "bundles")
    assert (row["most"], row["hits"]) == (16, 2)
    assert limit(switch, "bundle_bytes")["in_use"] == 0


def test_bundles_take_no_more_than_all_may(switch, peer):
    """Bytes are counted over all connections, and given back at the end."""
    other = Peer(path_of(switch, "mgmt"), OF14).greet()
    flow = struct.pack("!QQBBHHHIIIHH", 0, 0, 0, 0, 0, 0, 7, 0xffffffff,
                       0xffffffff, 0xffffffff, 0, 0)
    flow += struct.pack("!HH4x", 1, 4)
    inner = HEADER.pack(OF14, 14, HEADER.size + len(flow), 9) + flow
    for one in (peer, other):
        one.send(BUNDLE_CONTROL, struct.pack("!IHH", 1, 0, 1))
        one.wait_for(BUNDLE_CONTROL)
        one.send(34, struct.pack("!IHH", 1, 0, 1) + inner, xid=9)
        one.echo()
    both = limit(switch, "bundle_bytes")["in_use"]
    assert both >= 2 * len(inner)
    other.close()
    wait_until(lambda: limit(switch, "bundle_bytes")["in_use"] == both / 2)


def test_requests_in_parts(switch, peer):
    """The second one has to wait until the first has had its time."""
    for xid in (1, 2):
        peer.send(MULTIPART_REQUEST, struct.pack("!HHI", 12, 1, 0), xid=xid)
    errors(peer, 1, (BAD_REQUEST, 13))
    assert limit(switch, "request_parts")["hits"] == 1


def test_packet_buffers(switch, host):
    peer = Peer(path_of(switch, "mgmt"), OF13).greet()
    # Tell it of packet-ins: SET_CONFIG makes a service ask for them.
    peer.send(9, struct.pack("!HH", 0, 64))
    switch.client("add-flow", "actions=controller:64")
    wire = Wire(host)
    for number in range(3):
        wire.send(bytes.fromhex("ffffffffffff0200000000") + bytes([number])
                  + b"\x88\xb5" + bytes(60))
    wait_until(lambda: limit(switch, "packet_buffers")["hits"] == 1)
    row = limit(switch, "packet_buffers")
    assert (row["in_use"], row["most"]) == (2, 2)
    peer.close()


def test_addresses(switch, host):
    wire = Wire(host)
    for number in range(20):
        wire.send(bytes.fromhex("ffffffffffff0200000001")
                  + bytes([number]) + b"\x88\xb5" + bytes(46))
    wait_until(lambda: limit(switch, "macs")["hits"] == 4)
    row = limit(switch, "macs")
    assert (row["in_use"], row["most"]) == (16, 16)


def test_connections(switch):
    peers = [Peer(path_of(switch, "mgmt")).greet() for _ in range(64)]
    more = Peer(path_of(switch, "mgmt"))
    assert more.socket.recv(1) == b""
    row = limit(switch, "connections")
    assert (row["in_use"], row["hits"]) == (64, 1)
    peers[0].echo()
    for one in peers + [more]:
        one.close()
    wait_until(lambda: limit(switch, "connections")["in_use"] == 0)


def ask(path):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(PATIENCE_S)
    client.connect(path)
    return client


def test_control_clients(switch):
    path = path_of(switch, "ctl")
    clients = [ask(path) for _ in range(17)]
    answer = json.loads(clients[-1].recv(4096))
    assert not answer["ok"] and "too many" in answer["error"]
    one = clients.pop(0)
    for client in clients:
        client.close()
    # With the answer to this, the switch has seen that they are gone.
    one.sendall(b"{}\n")
    assert not json.loads(one.recv(4096))["ok"]
    one.close()
    big = ask(path)
    big.sendall(b" " * ((1 << 20) + 2))
    assert "longer" in json.loads(big.recv(4096))["error"]
    big.close()
    assert limit(switch, "control_clients")["hits"] == 2


def test_log_lines(switch):
    """Four times as often as an event may be written at once."""
    peers = [Peer(path_of(switch, "mgmt")).greet() for _ in range(64)]
    for _ in range(300):
        more = Peer(path_of(switch, "mgmt"))
        assert more.socket.recv(1) == b""
        more.close()
    assert limit(switch, "connections")["hits"] == 300
    assert limit(switch, "log_lines")["hits"] > 0
    assert len(switch.events("service.refused")) < 300
    for one in peers:
        one.close()


def cpu_s(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_open_files(own_switch):
    """With none left it says so, does not spin, goes on with those who are
    there, and takes others again once there are some."""
    switch = own_switch
    first = Peer(path_of(switch, "mgmt")).greet()
    used = len(os.listdir(f"/proc/{switch.pid}/fd"))
    hard = resource.prlimit(switch.pid, resource.RLIMIT_NOFILE)[1]
    resource.prlimit(switch.pid, resource.RLIMIT_NOFILE, (used, hard))
    late = Peer(path_of(switch, "mgmt"))
    switch.wait_event("listener.failed")
    before, began = cpu_s(switch.pid), time.monotonic()
    while time.monotonic() - began < 0.5:
        first.echo()
        time.sleep(0.05)
    assert cpu_s(switch.pid) - before < 0.25
    resource.prlimit(switch.pid, resource.RLIMIT_NOFILE, (hard, hard))
    late.send(HELLO)
    late.wait_for(HELLO)
    late.echo()


@pytest.mark.unsanitized
def test_memory(one_heap_switch):
    """With none left requests are refused, and then taken again."""
    switch = one_heap_switch
    with open(f"/proc/{switch.pid}/statm") as f:
        size = int(f.read().split()[0]) * resource.getpagesize()
    room = 4 << 20
    resource.prlimit(switch.pid, resource.RLIMIT_AS, (size + room, -1))
    peer = Peer(path_of(switch, "mgmt"), OF14).greet()
    peer.socket.settimeout(PATIENCE_S)
    # Where there is none even to say so, the connection ends.
    with contextlib.suppress(EOFError, OSError):
        peer.socket.sendall(b"".join(
            HEADER.pack(OF14, GROUP_MOD, 16 + 16 * 40, n)
            + struct.pack("!HBBI", 0, 0, 0, n)
            + 40 * struct.pack("!HHIII", 16, 0, 0xffffffff, 0xffffffff, 0)
            for n in range(4000)))
        errors(peer, 1, (GROUP_MOD_FAILED, 3))
    resource.prlimit(switch.pid, resource.RLIMIT_AS, (-1, -1))
    assert limit(switch, "memory")["hits"] > 0
    switch.client("add-flow", "in_port=1,actions=drop")


@pytest.mark.unsanitized
def test_too_little_memory_to_start(host, make_switch):
    switch = make_switch("em1", local={"enable": "no"})
    switch.launch(prefix=("prlimit", f"--as={24 << 20}"))
    assert switch.process.wait() == 1
    assert len(switch.events("start.failed")) == 1
