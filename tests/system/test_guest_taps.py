"""TAPs of guests: who may open them, with how many queues, and that one which
the switch made goes when it is no port any more and its guest has let go."""

import contextlib
import fcntl
import os
import pwd
import struct

import pytest

from lab import wait_until

pytestmark = pytest.mark.flowbridge

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI, IFF_MULTI_QUEUE = 0x0002, 0x1000, 0x0100
DAEMON, NOBODY = (pwd.getpwnam(name).pw_uid for name in ("daemon", "nobody"))


@pytest.fixture
def switch(make_switch):
    switch = make_switch()
    switch.ini["local"]["enable"] = "no"
    switch.ini.add_port("tap0", type="tap")
    return switch


def attach(space, flags=0):
    """A file of tap0, as a virtual machine has it."""
    with space.entered():
        fd = os.open("/dev/net/tun", os.O_RDWR)
        try:
            fcntl.ioctl(fd, TUNSETIFF, struct.pack(
                "16sH22x", b"tap0", IFF_TAP | IFF_NO_PI | flags))
        except OSError:
            os.close(fd)
            raise
    return fd


@contextlib.contextmanager
def guest(space, flags=0):
    fd = attach(space, flags)
    yield
    os.close(fd)


def has_tap(space):
    return space.link("tap0") is not None


def owner(space):
    """The user who may open the TAP, by number."""
    user = space.link("tap0")["linkinfo"]["info_data"]["user"]
    return int(user) if str(user).isdigit() else pwd.getpwnam(user).pw_uid


def start_and_wait(switch, space):
    switch.start()
    wait_until(lambda: has_tap(space), what="tap0")


@pytest.mark.parametrize("end", ["stop", "kill9"])
def test_tap_of_a_guest_that_outlives_the_switch_goes_later(switch, space, end):
    start_and_wait(switch, space)
    with guest(space):
        switch.wait_port("tap0", link="up")
        getattr(switch, end)()
        assert has_tap(space)
        switch.start()
        switch.wait_port("tap0", link="up")
    switch.wait_port("tap0", link="down")
    assert has_tap(space)
    assert switch.stop()[0] == 0
    assert not has_tap(space)


def test_tap_whose_section_has_gone_goes_with_its_guest(switch, space):
    start_and_wait(switch, space)
    with guest(space):
        switch.wait_port("tap0", link="up")
        del switch.ini["port tap0"]
        switch.reload()
        switch.wait_event("tap.kept", tap="tap0")
        assert has_tap(space)
    wait_until(lambda: not has_tap(space), what="tap0 to go")
    # The same when it was taken out of the file while the switch was away.
    switch.ini.add_port("tap0", type="tap")
    switch.reload()
    wait_until(lambda: has_tap(space), what="tap0")
    with guest(space):
        switch.wait_port("tap0", link="up")
        switch.kill9()
        del switch.ini["port tap0"]
        switch.start()
        assert has_tap(space)
    switch.wait_event("tap.removed", tap="tap0")
    assert not has_tap(space)


def test_tap_of_another_is_never_removed(switch, space):
    space.ip("tuntap add mode tap name tap0")
    start_and_wait(switch, space)
    del switch.ini["port tap0"]
    switch.reload()
    switch.stop()
    switch.start()
    switch.stop()
    assert has_tap(space)


def test_owner_is_put_in_force_or_refused(switch, space):
    switch.ini["port tap0"]["owner"] = "daemon"
    start_and_wait(switch, space)
    assert owner(space) == DAEMON
    switch.ini["port tap0"]["owner"] = "nobody"
    switch.reload()
    assert owner(space) == NOBODY
    with guest(space):
        switch.wait_port("tap0", link="up")
        switch.ini["port tap0"]["owner"] = "daemon"
        switch.write()
        for command in ("reload", "check"):
            done = switch.client(command, is_checked=False)
            assert done.returncode == 1
            assert "while a guest has the TAP tap0 open" in (done.stdout
                                                             + done.stderr)
        assert owner(space) == NOBODY
    switch.wait_port("tap0", link="down")
    switch.reload()
    assert owner(space) == DAEMON
    # An owner cannot be taken away: it is made anew, for root alone.
    del switch.ini["port tap0"]["owner"]
    switch.reload()
    wait_until(lambda: has_tap(space) and owner(space) == 0, what="a new tap0")


def test_owner_of_a_tap_that_was_there_is_put_in_force(switch, space):
    space.ip("tuntap add mode tap name tap0 user daemon")
    switch.ini["port tap0"]["owner"] = "nobody"
    switch.start()
    assert owner(space) == NOBODY
    # One that comes in the hands of its guest: once that has let go.
    space.ip("link delete tap0")
    switch.wait_event("port.lost", port="tap0")
    wait_until(lambda: has_tap(space) and owner(space) == NOBODY)
    switch.stop()
    space.ip("tuntap add mode tap name tap0 user daemon")
    with guest(space):
        switch.launch()
        assert switch.process.wait() == 1
        assert "while a guest has" in switch.log()
    assert owner(space) == DAEMON


def test_queues_are_as_many_as_the_guest_wants(switch, space):
    switch.ini["port tap0"]["queues"] = "2"
    start_and_wait(switch, space)
    with pytest.raises(OSError):
        attach(space)
    with guest(space, IFF_MULTI_QUEUE), guest(space, IFF_MULTI_QUEUE):
        switch.wait_port("tap0", link="up")
        del switch.ini["port tap0"]["queues"]
        switch.write()
        assert switch.client("reload", is_checked=False).returncode == 1
    switch.wait_port("tap0", link="down")
    switch.reload()

    def has_one_queue():
        return (has_tap(space) and not space.link("tap0")["linkinfo"]
                ["info_data"]["multi_queue"])
    wait_until(has_one_queue, what="a new tap0")
    switch.wait_port("tap0", link="down")
    with guest(space):
        switch.wait_port("tap0", link="up")
