#!/usr/bin/python3
"""Those who act on a switch while it is soaked, each a process of its own:

    soak_actors.py probe-send INTERFACE
    soak_actors.py probe-receive INTERFACE
    soak_actors.py controller SOCKET SEED
    soak_actors.py nonsense SOCKET SEED RATE
    soak_actors.py churn SOCKET RATE

They say what they have seen on standard output and end at SIGTERM.
"""

import os
import random
import signal
import socket
import struct
import sys
import time

HEADER = struct.Struct("!BBHI")
OF13 = 4
HELLO, ERROR, ECHO_REQUEST, ECHO_REPLY, EXPERIMENTER = range(5)
FEATURES_REQUEST, FEATURES_REPLY, GET_CONFIG, SET_CONFIG = 5, 6, 7, 9
PACKET_IN, PACKET_OUT, FLOW_MOD, GROUP_MOD, METER_MOD = 10, 13, 14, 15, 29
MULTIPART, BARRIER, SET_ASYNC = 18, 20, 28
ADD, DELETE = 0, 3
ANY, NO_BUFFER, NORMAL, CONTROLLER = (0xffffffff, 0xffffffff, 0xfffffffa,
                                      0xfffffffd)
FLOW = struct.Struct("!QQBBHHHIIIHxx")
PROBE = struct.Struct("!6s6sH4sQQ")
PROBE_TYPE, PROBE_MARK = 0x88b6, b"soak"
PROBE_EVERY_S = 0.005
ETH_P_ALL = 0x0003


class Ended(Exception):
    """SIGTERM."""


def end(number, frame):
    raise Ended


def say(*words):
    print(*words, flush=True)


def message(kind, body=b"", xid=1):
    return HEADER.pack(OF13, kind, HEADER.size + len(body), xid) + body


# A frame every five milliseconds, numbered, that says when it was sent.

def probe_send(interface):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((interface, 0))
    number = refused = 0
    due = time.monotonic()
    try:
        while True:
            frame = PROBE.pack(b"\x02\0\0\0\0\x02", b"\x02\0\0\0\0\x01",
                               PROBE_TYPE, PROBE_MARK, number,
                               time.monotonic_ns())
            try:
                s.send(frame.ljust(60, b"\0"))
            except OSError:  # its cable is out
                refused += 1
            number += 1
            due = max(due + PROBE_EVERY_S, time.monotonic() - 1)
            time.sleep(max(0.0, due - time.monotonic()))
    except Ended:
        say("sent", number, "refused", refused)


def probe_receive(interface):
    """Says of each gap when the frames before and behind it were sent."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                      socket.htons(PROBE_TYPE))
    s.bind((interface, PROBE_TYPE))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    expected = before_ns = received = disordered = 0
    try:
        while True:
            try:
                frame = s.recv(2048)
            except OSError:  # the interface is down
                continue
            if len(frame) < PROBE.size:
                continue
            _, _, _, mark, number, sent_ns = PROBE.unpack_from(frame)
            if mark != PROBE_MARK:
                continue
            received += 1
            if number < expected:
                disordered += 1
                continue
            if number > expected and before_ns:
                say("gap", before_ns, sent_ns, number - expected)
            expected, before_ns = number + 1, sent_ns
    except Ended:
        say("received", received, "disordered", disordered)


# OpenFlow by hand.

def flow_mod(table, priority, match, instructions, command=ADD, idle_s=0,
             cookie=0):
    body = FLOW.pack(cookie, 0, table, command, idle_s, 0, priority, NO_BUFFER,
                     ANY, ANY, 0)
    size = 4 + len(match)
    body += struct.pack("!HH", 1, size) + match + bytes(-size % 8)
    return message(FLOW_MOD, body + instructions)


def output(port, max_len=0xffff):
    actions = struct.pack("!HHIH6x", 0, 16, port, max_len)
    return struct.pack("!HH4x", 4, 8 + len(actions)) + actions


def oxm(field, value):
    return struct.pack("!HBB", 0x8000, field << 1, len(value)) + value


class Stream:
    """Whole messages from a socket."""

    def __init__(self, s):
        self.socket = s
        self.unread = b""

    def receive(self):
        """(type, xid, body), or None at the end."""
        while True:
            if len(self.unread) >= HEADER.size:
                _, kind, size, xid = HEADER.unpack_from(self.unread)
                if len(self.unread) >= size:
                    body = self.unread[HEADER.size:size]
                    self.unread = self.unread[size:]
                    return kind, xid, body
            data = self.socket.recv(65536)
            if not data:
                return None
            self.unread += data


def converse(s, rng):
    """A controller's life with one switch: a flow entry of a second for each
    packet-in; now and then it stops reading, lies or breaks off."""
    stream = Stream(s)
    s.sendall(message(HELLO) + message(FEATURES_REQUEST)
              + message(SET_CONFIG, struct.pack("!HH", 0, 128))
              + flow_mod(0, 0, b"", output(CONTROLLER, 128)))
    while True:
        got = stream.receive()
        if got is None:
            return
        kind, xid, body = got
        if kind == ECHO_REQUEST:
            s.sendall(message(ECHO_REPLY, body, xid))
        if kind != PACKET_IN:
            continue
        at = body.find(b"\x88\xb5") - 12
        if at < 0:
            continue
        match = oxm(4, body[at + 6:at + 12])
        s.sendall(flow_mod(0, 10, match, output(NORMAL), idle_s=1))
        whim = rng.randrange(20000)
        if whim < 4:
            time.sleep(rng.uniform(0, 3))
        elif whim < 8:
            s.sendall(message(FLOW_MOD, os.urandom(40)))
        elif whim < 10:
            s.sendall(flow_mod(0, 10, match, output(NORMAL))[:30])
            return


def controller(path, seed):
    rng = random.Random(int(seed))
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    os.chmod(path, 0o777)
    listener.listen(4)
    say("listening")
    while True:
        s, _ = listener.accept()
        try:
            converse(s, rng)
        except OSError:  # it has enough of us
            pass
        s.close()


def connect(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(10)
    s.connect(path)
    s.sendall(message(HELLO))
    return Stream(s)


def samples():
    """Messages and where their bytes may be changed: not what says which table
    or command they are for, so that they leave the others' entries alone."""
    add = flow_mod(200, 5, oxm(3, bytes(6)) + oxm(5, b"\x08\0")
                   + oxm(12, bytes(4)), output(1))
    bucket = struct.pack("!HHII4x", 32, 1, ANY, ANY) + output(1)[8:]
    band = struct.pack("!HHII4x", 1, 16, 1000, 10)
    yield add, 48
    yield message(GROUP_MOD, struct.pack("!HBxI", 0, 1, 77) + bucket), 16
    yield message(METER_MOD, struct.pack("!HHI", 0, 1, 77) + band), 16
    yield message(PACKET_OUT, struct.pack("!IIH6x", NO_BUFFER, CONTROLLER, 16)
                  + output(9)[8:] + bytes(60)), 8
    yield message(EXPERIMENTER, struct.pack("!II", 0x2320, 24)), 8
    yield message(SET_ASYNC, bytes(24)), 8
    yield message(GET_CONFIG), 8
    yield message(BARRIER), 8
    for kind in range(14):
        yield message(MULTIPART, struct.pack("!HH4x", kind, 0)
                      + bytes(40)), 8


def spoil(rng, sample, first):
    data = bytearray(sample)
    for _ in range(rng.randrange(1, 5)):
        if len(data) > first:
            data[rng.randrange(first, len(data))] = rng.randrange(256)
    if rng.random() < 0.3:
        del data[rng.randrange(first, len(data) + 1):]
    elif rng.random() < 0.2:
        data += bytes(rng.randrange(256) for _ in range(rng.randrange(64)))
    if len(data) < HEADER.size:
        data = bytearray(sample[:HEADER.size])
    struct.pack_into("!H", data, 2, len(data))
    if rng.random() < 0.001:
        struct.pack_into("!H", data, 2, rng.randrange(8))  # cannot be
    return bytes(data)


def nonsense(path, seed, rate):
    rng, rate = random.Random(int(seed)), float(rate)
    kinds = list(samples())
    sent = closed = 0
    stream = None
    start = time.monotonic()
    try:
        while True:
            if not stream:
                stream = connect(path)
            for _ in range(20):
                batch = b"".join(spoil(rng, *rng.choice(kinds))
                                 for _ in range(50))
                sent += 50
                try:
                    stream.socket.sendall(batch)
                    mark = rng.randrange(1 << 32)
                    stream.socket.sendall(message(ECHO_REQUEST, xid=mark))
                    got = stream.receive()
                    while got and got[:2] != (ECHO_REPLY, mark):
                        got = stream.receive()
                except (BrokenPipeError, ConnectionResetError):
                    got = None
                if got is None:  # for a length that cannot be
                    stream.socket.close()
                    stream, closed = None, closed + 1
                    break
                time.sleep(max(0.0, start + sent / rate - time.monotonic()))
            if sent % 1000 == 0:
                say("nonsense", sent, "closed", closed)
    except Ended:
        say("nonsense", sent, "closed", closed)


def churn(path, rate):
    """Fills table 50 with 2,000 entries and empties it, over and over."""
    stream, rate = connect(path), float(rate)
    adds = b"".join(flow_mod(50, 1, oxm(3, struct.pack("!HI", 0x0200, n)),
                             output(2)) for n in range(2000))
    mods = 0
    start = time.monotonic()
    try:
        while True:
            stream.socket.sendall(adds + flow_mod(50, 0, b"", b"", DELETE)
                                  + message(BARRIER, xid=9))
            got = stream.receive()
            while got and got[0] != BARRIER + 1:
                if got[0] == ERROR:
                    sys.exit(f"a flow-mod was refused: {got}")
                got = stream.receive()
            mods += 2001
            say("churn", mods)
            time.sleep(max(0.0, start + mods / rate - time.monotonic()))
    except Ended:
        say("churn", mods)


ACTORS = {"probe-send": probe_send, "probe-receive": probe_receive,
          "controller": controller, "nonsense": nonsense, "churn": churn}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end)
    ACTORS[sys.argv[1]](*sys.argv[2:])
