#!/usr/bin/python3
"""Does as POX's forwarding.l2_learning does, message for message: OpenFlow 1.0,
all flows deleted at the start, exact flows of all twelve fields, idle and hard
timeouts, buffer ids, FLOOD.

    pox_learning.py HOST PORT [IDLE_S HARD_S]

Says what happens on standard output, one line an event.
"""

import selectors
import socket
import struct
import sys

HEADER = struct.Struct("!BBHI")
HELLO, ERROR, ECHO_REQUEST, ECHO_REPLY = 0, 1, 2, 3
FEATURES_REQUEST, FEATURES_REPLY, SET_CONFIG = 5, 6, 9
PACKET_IN, FLOW_REMOVED, PORT_STATUS, PACKET_OUT, FLOW_MOD = 10, 11, 12, 13, 14
STATS_REQUEST, STATS_REPLY, BARRIER_REQUEST, BARRIER_REPLY = 16, 17, 18, 19
ADD, DELETE = 0, 3
FLOOD, NONE = 0xfffb, 0xffff
NO_BUFFER = 0xffffffff
MISS_SEND_LEN = 128
FLOW_PRIORITY = 0x8000
# Just as POX has it: nw_* and tp_* are zero and not wildcarded, without the
# dl_type that would give them a meaning.
DELETE_ALL_WILDCARDS = 0x0010001f
LLDP_TYPE = 0x88cc
NO_VLAN = 0xffff


def say(text):
    print(text, flush=True)


def match_of(frame, in_port):
    """The match with nothing wildcarded that this frame hits."""
    destination, source = frame[:6], frame[6:12]
    kind, = struct.unpack_from("!H", frame, 12)
    at, vlan, pcp = 14, NO_VLAN, 0
    if kind == 0x8100:
        tci, kind = struct.unpack_from("!HH", frame, 14)
        at, vlan, pcp = 18, tci & 0xfff, tci >> 13
    tos = protocol = tp_src = tp_dst = 0
    nw_src = nw_dst = bytes(4)
    if kind == 0x0800:
        tos, protocol = frame[at + 1] & 0xfc, frame[at + 9]
        nw_src, nw_dst = frame[at + 12:at + 16], frame[at + 16:at + 20]
        l4 = at + 4 * (frame[at] & 15)
        is_later_fragment = struct.unpack_from("!H", frame, at + 6)[0] & 0x1fff
        if protocol in (6, 17) and not is_later_fragment:
            tp_src, tp_dst = struct.unpack_from("!HH", frame, l4)
        elif protocol == 1 and not is_later_fragment:
            tp_src, tp_dst = frame[l4], frame[l4 + 1]
    elif kind == 0x0806:
        protocol = frame[at + 7]
        nw_src, nw_dst = frame[at + 14:at + 18], frame[at + 24:at + 28]
    return struct.pack("!IH6s6sHBxHBBxx4s4sHH", 0, in_port, source,
                       destination, vlan, pcp, kind, tos, protocol, nw_src,
                       nw_dst, tp_src, tp_dst)


def output_to(port):
    return struct.pack("!HHHH", 0, 8, port, 0)


class Switch:
    """One switch that has come to us."""

    def __init__(self, connection, idle_s, hard_s):
        self.socket = connection
        self.idle_s, self.hard_s = idle_s, hard_s
        self.unread = b""
        self.xid = 0
        self.ports = {}  # address -> port
        self.handlers = {
            HELLO: self.on_hello, ERROR: self.on_error,
            ECHO_REQUEST: self.on_echo, FEATURES_REPLY: self.on_features,
            PACKET_IN: self.on_packet_in, BARRIER_REPLY: self.on_barrier,
            FLOW_REMOVED: self.on_flow_removed,
            PORT_STATUS: self.on_port_status,
        }
        self.send(HELLO)

    def send(self, kind, body=b"", xid=None):
        self.xid += 1
        self.socket.sendall(HEADER.pack(
            1, kind, 8 + len(body), self.xid if xid is None else xid) + body)

    def read(self):
        """Handles what has come in; False when the switch is gone."""
        try:
            data = self.socket.recv(65536)
            self.unread += data
            self.handle()
        except OSError:
            return False
        return data != b""

    def handle(self):
        """Handles all messages that are whole."""
        while len(self.unread) >= 8:
            _, kind, size, xid = HEADER.unpack_from(self.unread)
            if len(self.unread) < size:
                break
            body, self.unread = self.unread[8:size], self.unread[size:]
            self.handlers.get(kind, lambda *_: None)(xid, body)

    def on_hello(self, _, _body):
        self.send(FEATURES_REQUEST)
        self.send(STATS_REQUEST, struct.pack("!HH", 0, 0))

    def on_features(self, _, body):
        datapath, buffers, tables = struct.unpack_from("!QIB", body)
        say(f"features datapath={datapath:016x} buffers={buffers} "
            f"tables={tables}")
        self.send(SET_CONFIG, struct.pack("!HH", 0, MISS_SEND_LEN))
        self.send_flow(bytes([0, 0x10, 0, 0x1f]) + bytes(36), DELETE, b"")
        self.send(BARRIER_REQUEST)

    def on_barrier(self, _, _body):
        say("up")

    def on_error(self, _, body):
        say("error type=%u code=%u about=%s" % (
            *struct.unpack_from("!HH", body), body[4:].hex()))

    def on_echo(self, xid, body):
        self.send(ECHO_REPLY, body, xid)

    def on_flow_removed(self, _, body):
        say(f"flow-removed reason={body[50]}")

    def on_port_status(self, _, body):
        say(f"port-status reason={body[0]}")

    def send_flow(self, match, command, actions, buffer_id=NO_BUFFER,
                  times=(0, 0)):
        self.send(FLOW_MOD, match + struct.pack(
            "!QHHHHIHH", 0, command, *times, FLOW_PRIORITY, buffer_id, NONE, 0)
            + actions)

    def send_packet(self, buffer_id, in_port, frame, actions):
        self.send(PACKET_OUT, struct.pack(
            "!IHH", buffer_id, in_port, len(actions)) + actions
            + (frame if buffer_id == NO_BUFFER else b""))

    def on_packet_in(self, _, body):
        buffer_id, size, in_port, reason = struct.unpack_from("!IHHB", body)
        frame = body[10:]
        destination, source = frame[:6], frame[6:12]
        is_buffered = buffer_id != NO_BUFFER
        say(f"packet-in port={in_port} size={size} sent={len(frame)} "
            f"reason={reason} buffered={int(is_buffered)}")
        self.ports[source] = in_port
        kind, = struct.unpack_from("!H", frame, 12)
        if kind == LLDP_TYPE or (destination[:5] == b"\x01\x80\xc2\0\0"
                                 and destination[5] < 16):
            self.send_packet(buffer_id, in_port, b"", b"")
        elif destination[0] & 1 or destination not in self.ports:
            self.send_packet(buffer_id, in_port, frame, output_to(FLOOD))
        elif self.ports[destination] == in_port:
            self.send_flow(match_of(frame, in_port), ADD, b"", buffer_id,
                           (self.idle_s, self.idle_s))
        else:
            actions = output_to(self.ports[destination])
            say(f"flow port={in_port} out={self.ports[destination]}")
            self.send_flow(match_of(frame, in_port), ADD, actions, buffer_id,
                           (self.idle_s, self.hard_s))
            if not is_buffered:
                self.send_packet(buffer_id, in_port, frame, actions)


def main():
    host, port, *times = sys.argv[1:]
    idle_s, hard_s = map(int, times or (10, 30))
    listener = socket.create_server(
        (host, int(port)),
        family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    say("listening")
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY,
                                      1)
                say("connected")
                switch = Switch(connection, idle_s, hard_s)
                selector.register(connection, selectors.EVENT_READ, switch)
            elif not key.data.read():
                say("gone")
                selector.unregister(key.fileobj)
                key.fileobj.close()


if __name__ == "__main__":
    main()
