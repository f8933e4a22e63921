"""Bytes from one namespace to another, by sockets of this process."""

import random
import socket
import threading

SO_RCVBUFFORCE, UDP_SEGMENT = 33, 103
BUFFER = 32 << 20
PORT = 5001


def make_socket(namespace, address, kind):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with namespace.entered():
        return socket.socket(family, kind)


def pattern(size, seed):
    return random.Random(seed).randbytes(size)


class Failed(Exception):
    """What was sent is not what arrived."""


def tcp(sender, receiver, address, size, seconds):
    """Sends 'size' bytes to 'address', which is one of the receiver's; they
    must arrive within so many seconds."""
    wanted, got, errors = pattern(size, size), bytearray(), []
    with make_socket(receiver, address, socket.SOCK_STREAM) as door, \
            make_socket(sender, address, socket.SOCK_STREAM) as s:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((address, PORT))
        door.listen(1)
        door.settimeout(seconds)
        s.settimeout(seconds)

        def receive():
            try:
                peer, _ = door.accept()
                with peer:
                    peer.settimeout(seconds)
                    while data := peer.recv(1 << 18):
                        got.extend(data)
            except OSError as error:
                errors.append(error)
        thread = threading.Thread(target=receive, daemon=True)
        thread.start()
        try:
            s.connect((address, PORT))
            s.sendall(wanted)
            s.shutdown(socket.SHUT_WR)
        except OSError as error:
            errors.append(error)
        thread.join(seconds)
        if errors or thread.is_alive() or bytes(got) != wanted:
            raise Failed(f"{len(got)} of {size} bytes in {seconds} s, "
                         f"{errors}")


def udp(sender, receiver, address, sizes, seconds, segment=0):
    """Sends datagrams of these sizes, or with 'segment' each as datagrams of
    that size at once; all of them must arrive."""
    wanted = [pattern(size, size + i) for i, size in enumerate(sizes)]
    got = []
    with make_socket(receiver, address, socket.SOCK_DGRAM) as door, \
            make_socket(sender, address, socket.SOCK_DGRAM) as s:
        door.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        door.bind((address, PORT))
        door.settimeout(seconds)
        if segment:
            s.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, segment)
        try:
            for data in wanted:
                s.sendto(data, (address, PORT))
                size = 0
                while size < len(data):
                    got.append(door.recv(1 << 16))
                    size += len(got[-1])
        except OSError as error:
            raise Failed(f"{len(got)} datagrams of {sizes}, {error}") from None
    if b"".join(got) != b"".join(wanted):
        raise Failed(f"{len(got)} other datagrams than were sent: {sizes}")
    if segment and any(len(data) > segment for data in got):
        raise Failed("datagrams were put together")
