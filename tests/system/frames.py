"""Frames in and out of an interface, exactly as they are on the wire."""

import socket
import struct

from lab import PATIENCE_S, wait_until

ETH_P_ALL = 0x0003
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP, PACKET_AUXDATA, PACKET_VNET_HDR = 1, 8, 15
PACKET_MR_PROMISC = 1
SO_RCVBUFFORCE = 33
TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 0x10, 0x40
PACKET_OUTGOING = 4
VNET_HEADER = struct.Struct("=BBHHHH")
AUXDATA = struct.Struct("=IIIHHHH")
FRAME_SIZE_MAX = 65536 + 64
NEEDS_CHECKSUM, DATA_IS_VALID = 1, 2
GSO_NONE, GSO_TCPV4, GSO_UDP, GSO_TCPV6, GSO_UDP_L4 = 0, 1, 3, 4, 5


def checksum(data):
    """The Internet checksum of 'data' (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def complete(frame, vnet):
    """The frame with the checksum that its vnet header says is missing."""
    flags, _, _, _, start, offset = VNET_HEADER.unpack(vnet)
    if not flags & NEEDS_CHECKSUM:
        return frame
    at = start + offset
    value = checksum(frame[start:]) or 0xffff
    return frame[:at] + struct.pack("!H", value) + frame[at + 2:]


class Wire:
    """An AF_PACKET socket on an interface that sees all frames coming in."""

    def __init__(self, namespace, interface="eth0", buffer_size=16 << 20):
        with namespace.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            index = socket.if_nametoindex(interface)
        s = self.socket
        s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, buffer_size)
        s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        s.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, struct.pack(
            "iHH8s", index, PACKET_MR_PROMISC, 0, b""))
        with namespace.entered():
            s.bind((interface, ETH_P_ALL))
        s.setblocking(False)
        namespace.lab.sockets.append(s)

    def send(self, frame, vnet=bytes(VNET_HEADER.size)):
        """Sends one frame; without a vnet header of its own it is whole."""
        self.socket.setblocking(True)
        try:
            self.socket.send(vnet + bytes(frame))
        finally:
            self.socket.setblocking(False)

    def receive(self):
        """The next frame that came in, with its VLAN tag and its checksum in
        their places, or None.  The host's own frames are left out."""
        while True:
            try:
                data, control, _, address = self.socket.recvmsg(
                    FRAME_SIZE_MAX, 256)
            except BlockingIOError:
                return None
            if address[2] == PACKET_OUTGOING:
                continue
            vnet, frame = data[:VNET_HEADER.size], data[VNET_HEADER.size:]
            frame = complete(frame, vnet)
            for level, kind, value in control:
                if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                    frame = with_tag(frame, value)
            return frame

    def drain(self):
        """All frames that have come in so far."""
        return list(iter(self.receive, None))

    def wait_for(self, wanted, seconds=PATIENCE_S):
        """Frames up to and with the first one that is 'wanted' (bytes, or a
        function that says so)."""
        is_wanted = wanted if callable(wanted) else wanted.__eq__
        frames = []

        def found():
            for frame in iter(self.receive, None):
                frames.append(frame)
                if is_wanted(frame):
                    return True
            return False
        wait_until(found, seconds, "a frame to arrive")
        return frames


def with_tag(frame, auxdata):
    """Puts the VLAN tag back that the kernel has taken out of the frame."""
    status, _, _, _, _, tci, tpid = AUXDATA.unpack(auxdata)
    if not status & TP_STATUS_VLAN_VALID:
        return frame
    if not status & TP_STATUS_VLAN_TPID_VALID:
        tpid = 0x8100
    return frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]
