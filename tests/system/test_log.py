"""What is said in the log, when nobody reads it and when too much happens."""

import fcntl
import os
import re
import signal
import time

import pytest

from lab import Witness, wait_until
from switch import parse_log_line

pytestmark = pytest.mark.flowbridge

F_SETPIPE_SZ = 1031


@pytest.fixture
def hosts(lab, space):
    return [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2)]


@pytest.fixture
def switch(hosts, make_switch):
    return make_switch("em1", "em2")


class Pipe:
    """Standard error of a switch, read when the test wants."""

    def __init__(self):
        self.reader, self.writer = os.pipe()
        fcntl.fcntl(self.writer, F_SETPIPE_SZ, 4096)
        os.set_blocking(self.reader, False)
        self.text = ""

    def read(self):
        try:
            while True:
                got = os.read(self.reader, 65536)
                if not got:
                    break
                self.text += got.decode()
        except BlockingIOError:
            pass
        return self.text

    def lines(self):
        return [parse_log_line(line) for line in self.read().splitlines()]

    def close(self):
        os.close(self.reader)
        os.close(self.writer)


@pytest.fixture
def stalled(switch):
    """The switch runs, and nobody reads what it says."""
    pipe = Pipe()
    switch.launch(stderr=pipe.writer)
    wait_until(lambda: any(e.get("event") == "ready" for e in pipe.lines()))
    answers = 0
    while answers < 50:
        os.kill(switch.pid, signal.SIGUSR1)
        switch.client("fdb")
        answers += 1
    yield pipe
    pipe.close()


def test_a_reader_that_stands_still_stops_nothing(hosts, switch, stalled):
    hosts[0].ping(hosts[1].ip4)
    with Witness() as witness:
        status, took = switch.stop()
    assert status == 0 and took < witness.bound(1.0)


def test_lines_that_nobody_read_are_counted_and_the_last_word_is_right(
        space, switch, stalled):
    for state in ("down", "up") * 5:
        space.ip(f"link set em1 {state}")
    switch.wait_port("em1", link="up")

    def last():
        links = [e for e in stalled.lines() if e.get("event") == "port.link"
                 and e["port"] == "em1"]
        return links and links[-1]["link"] == "up"
    wait_until(last)
    lines = stalled.text.splitlines()
    assert all(re.match(r"ts=\S+ level=\w+ event=[\w.]+", l) for l in lines)
    assert sum(int(parse_log_line(l).get("lost", 0)) for l in lines) > 50


def test_the_last_word_after_a_thousand_flaps_is_right(space, switch):
    switch.start()
    batch = switch.lab.write("batch", "link set em1 down\nlink set em1 up\n"
                             * 1000)
    space.run("ip", "-batch", batch)
    switch.wait_port("em1", link="up")
    wait_until(lambda: switch.events("port.link", port="em1")[-1]["link"]
               == "up")
    said = switch.events("port.link", port="em1")
    assert len(said) < 1000


def test_a_switch_with_closed_streams_keeps_its_files_to_itself(
        lab, space, switch):
    """The next file that is opened must not become standard error."""
    switch.ini["daemon"]["user"] = ""
    switch.ini["log"] = {"file": lab.path("closed.log")}
    switch.start(prefix=("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"))
    for number in range(3):
        assert os.readlink(f"/proc/{switch.pid}/fd/{number}") == "/dev/null"


@pytest.mark.parametrize("number", (signal.SIGHUP, signal.SIGUSR1,
                                    signal.SIGUSR2))
def test_a_signal_that_comes_before_it_is_ready_waits(switch, number):
    """As logrotate sends one to a switch that just starts."""
    switch.launch(prefix=("sh", "-c", f'kill -{number.value} $$; exec "$@"',
                          "sh"), preexec_fn=block_and_move_in(switch, number))
    switch.wait_event("ready")
    wanted = {signal.SIGHUP: "reload.done", signal.SIGUSR1: "state.bridge"}
    if number in wanted:
        switch.wait_event(wanted[number])
    assert switch.ports()


def block_and_move_in(switch, number):
    """The signal is pending from the first instruction on."""
    def prepare():
        signal.pthread_sigmask(signal.SIG_BLOCK, [number])
        switch.namespace.move_in()
    return prepare
