"""A TAP as a virtual machine holds it, for frames with headers of one's own."""

import contextlib
import fcntl
import os
import struct

TUNSETIFF, TUNSETOFFLOAD = 0x400454ca, 0x400454d0
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
NO_HEADER = bytes(10)


class Tap:
    """The file of a TAP that is there; 'offloads' is what the guest takes."""

    def __init__(self, namespace, name, offloads=0):
        with namespace.entered():
            self.fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.fd, TUNSETIFF, struct.pack(
                "16sH", name.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
        fcntl.ioctl(self.fd, TUNSETOFFLOAD, offloads)

    def send(self, frame, vnet=NO_HEADER):
        os.write(self.fd, vnet + bytes(frame))

    def close(self):
        os.close(self.fd)


@contextlib.contextmanager
def held(namespace, name, offloads=0):
    tap = Tap(namespace, name, offloads)
    try:
        yield tap
    finally:
        tap.close()
