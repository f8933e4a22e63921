"""OpenFlow towards a switch: ovs-ofctl, and messages as they are on the wire.
"""

import socket
import struct

from lab import PATIENCE_S, LabError
from switch import Flowbridge

HEADER = struct.Struct("!BBHI")
OF10, OF13 = 1, 4
HELLO, ERROR, ECHO_REQUEST, ECHO_REPLY, EXPERIMENTER = 0, 1, 2, 3, 4
FEATURES_REQUEST, FEATURES_REPLY = 5, 6
BARRIER_REQUEST = 20  # since 1.1


class Ofctl:
    """What has a management socket, by its path in 'management', and a
    'namespace' to run ovs-ofctl in."""

    def ofctl(self, *arguments, is_checked=True, timeout=PATIENCE_S):
        """ovs-ofctl; the word BRIDGE among the arguments stands for the
        switch's management socket."""
        words = [f"unix:{self.management}" if word == "BRIDGE" else word
                 for word in arguments]
        return self.namespace.run("ovs-ofctl", "-vsyslog:off",
                                  "-vconsole:off", *words,
                                  is_checked=is_checked, timeout=timeout)


class Peer:
    """A connection that speaks OpenFlow by hand."""

    def __init__(self, path, version=OF10, seconds=PATIENCE_S):
        """'path' is that of a socket file, or an address and a port."""
        family = socket.AF_UNIX if isinstance(path, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(seconds)
        self.socket.connect(path)
        self.version = version
        self.xid = 0x1000
        self.unread = b""

    def send(self, kind, body=b"", xid=None, version=None):
        if xid is None:
            self.xid += 1
            xid = self.xid
        self.socket.sendall(HEADER.pack(
            self.version if version is None else version, kind,
            HEADER.size + len(body), xid) + body)
        return xid

    def take(self, size):
        while len(self.unread) < size:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError("the switch has closed the connection")
            self.unread += data
        taken, self.unread = self.unread[:size], self.unread[size:]
        return taken

    def receive(self):
        """(version, type, xid, body) of the next message; EOFError when the
        switch has closed the connection."""
        version, kind, length, xid = HEADER.unpack(self.take(HEADER.size))
        return version, kind, xid, self.take(length - HEADER.size)

    def wait_for(self, kind, xid=None):
        """The body of the next message of this type; echo requests on the way
        are answered."""
        while True:
            _, got, got_xid, body = self.receive()
            if got == ECHO_REQUEST:
                self.send(ECHO_REPLY, body, xid=got_xid)
            if got == kind and xid in (None, got_xid):
                return body

    def greet(self):
        """Exchanges HELLO."""
        self.send(HELLO)
        self.wait_for(HELLO)
        return self

    def echo(self, body=b"still there?"):
        """Fails unless the switch answers."""
        xid = self.send(ECHO_REQUEST, body)
        if self.wait_for(ECHO_REPLY, xid) != body:
            raise LabError("the echo came back changed")

    def close(self):
        self.socket.close()


class OpenFlowbridge(Ofctl, Flowbridge):
    """flowbridge with what OpenFlow needs beside."""

    @property
    def management(self):
        return f"{self.ini['daemon']['run-dir']}/{self.name}.mgmt"

    def settle(self):
        """Its counters are always up to date."""
