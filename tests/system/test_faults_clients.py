"""Each call of a client command that may fail fails once: the command says so
in one line and ends with 1, or does what it always does; it never crashes,
hangs or leaks, and a file of flows is added whole or not at all.

With FAULTS=all ("make faults") that is every call of every command, else the
first of a few call sites."""

import json
import re
import signal

import pytest

import faults
from frames import Wire
from lab import wait_until

pytestmark = pytest.mark.flowbridge

FLOWS = "".join(f"table=9,priority={n},actions=drop\n" for n in range(1, 4))
FLOW = "table=7,priority=3,ip,nw_dst=10.0.0.0/8"
DEL_FLOWS = ("del-flows", "table=7")
DEL_GROUP = ("del-groups", "group_id=7")
DEL_METER = ("del-meters", "meter=7")
GROUP = "group_id=7,type=all,bucket=output:1"
TO_CONTROLLER = f"in_port=1,packet={'ff' * 60},actions=controller"
METER = "meter=7,kbps,bands=type=drop rate=100"

# A command, what goes before it and what takes its effect away.
COMMANDS = (
    (("--version",), (), ()),
    (("help", "show"), (), ()),
    (("check",), (), ()),
    (("check", "--json"), (), ()),
    (("show",), (), ()),
    (("show", "--json"), (), ()),
    (("dump-ports",), (), ()),
    (("dump-ports", "em1", "--json"), (), ()),
    (("fdb",), (), ()),
    (("dump-flows",), (), ()),
    (("dump-flows", "--json", "in_port=1"), (), ()),
    (("dump-groups",), (), ()),
    (("dump-groups", "--json"), (), ()),
    (("dump-meters",), (), ()),
    (("dump-meters", "--json"), (), ()),
    (("dump-tables",), (), ()),
    (("dump-tables", "--json"), (), ()),
    (("trace", "in_port=em1,dl_src=02:00:00:00:00:01"), (), ()),
    (("trace", "--json", "in_port=em1"), (), ()),
    (("packet-out", f"in_port=1,packet={'ff' * 60},actions=output:2"), (), ()),
    (("reload",), (), ()),
    (("reload", "--json"), (), ()),
    (("add-flow", f"{FLOW},actions=output:2"), (), DEL_FLOWS),
    (("mod-flows", f"{FLOW},actions=output:1"),
     ("add-flow", f"{FLOW},actions=output:2"), DEL_FLOWS),
    (("mod-flows", "--strict", f"{FLOW},actions=output:1"),
     ("add-flow", f"{FLOW},actions=output:2"), DEL_FLOWS),
    (DEL_FLOWS, ("add-flow", f"{FLOW},actions=output:2"), ()),
    (("add-flows", "FILE"), (), ("del-flows", "table=9")),
    (("add-group", GROUP), (), DEL_GROUP),
    (("mod-group", GROUP), ("add-group", GROUP), DEL_GROUP),
    (DEL_GROUP, ("add-group", GROUP), ()),
    (("add-meter", METER), (), DEL_METER),
    (("mod-meter", METER), ("add-meter", METER), DEL_METER),
    (DEL_METER, ("add-meter", METER), ()),
)


class World:
    def __init__(self, lab, space, make_switch):
        self.lab, self.space = lab, space
        self.wire = Wire(lab.host("host", space, "em1", 1,
                                  has_addresses=False))
        self.flows = lab.write("more", FLOWS)
        self.switch = make_switch()
        ini = self.switch.ini
        ini["flows"] = {"file": lab.write("flows", "priority=2,actions=normal"
                                          "\n")}
        ini["daemon"]["user"] = ""
        ini.add_port("em1", ofport=1)
        ini.add_port("tap0", type="tap", ofport=2)
        self.switch.start()
        self.wire.send(bytes.fromhex("ffffffffffff0200000000010800")
                       + bytes(46))
        self.switch.wait_learned("02:00:00:00:00:01")
        for command in (("add-group", "group_id=1,type=all,bucket=output:1"),
                        ("add-meter", "meter=1,kbps,bands=type=drop rate=9")):
            self.switch.client(*command)

    def words(self, command):
        """The command line of the binary in which calls fail."""
        name, *rest = [self.flows if word == "FILE" else word
                       for word in command]
        if name.startswith("-") or name == "help":
            return faults.BINARY, name, *rest
        return faults.BINARY, name, "-c", self.switch.config_path, *rest

    def do(self, command, **options):
        return self.space.run(
            *self.words(command), is_checked=False,
            env=faults.environment(leaks=True, **options))


@pytest.fixture
def world(lab, quiet_space, make_switch):
    return World(lab, quiet_space, make_switch)


def shape(text):
    """What does not change while a switch goes on."""
    return re.sub(r"[\s\d.]+", " ", text)


def complaints(text):
    """What a command says besides that a call has failed."""
    return [line for line in text.splitlines()
            if not line.startswith("fault: ")]


def judge(done, usual):
    """What comes of it, or an AssertionError."""
    assert not faults.CRASH.search(done.stderr), done.stderr
    assert done.returncode in (0, 1), (done.returncode, done.stderr)
    if "fault: " not in done.stderr:
        return "not reached"
    said = complaints(done.stderr)
    if done.returncode == 1:
        if not said:  # check --json has it among the faults.
            assert json.loads(done.stdout)["faults"], done.stdout
            return "refused"
        assert len(said) == 1, f"says {said}"
        assert re.match(r"(flowbridge|/\S+): .*\w", said[0]), said
        return "refused"
    assert said == [], f"says {said} and ends with 0"
    assert shape(done.stdout) == shape(usual.stdout), done.stdout
    return "done"


def is_whole(world, command):
    """Whether a file of flows is there or is not."""
    if command[0] != "add-flows":
        return True
    text = world.switch.client("dump-flows", "table=9").stdout
    return text.count("priority=") in (0, 3)


def try_command(world, command, before, after):
    """Lets each of a command's call sites fail; returns what is wrong."""
    def run(**options):
        if before:
            world.switch.client(*before)
        try:
            return world.do(command, **options), is_whole(world, command)
        finally:
            if after:
                world.switch.client(*after)

    record = world.lab.path(f"sites-{len(world.lab.processes)}-{command[0]}")
    usual, _ = run(record=record)
    assert usual.returncode == 0, usual
    wrong = []

    def attempt(what, site, nth):
        done, whole = run(site=site, nth=nth)
        outcome = judge(done, usual)
        if not whole:
            wrong.append(f"{what}: half done")
        # What was there before is not touched by a refusal.
        if before and outcome == "refused":
            world.switch.client(*(after or command), is_checked=False)
        return outcome

    wrong += faults.try_sites(record, attempt, attempts=3, short=2,
                              prefix=" ".join(command))
    return wrong


@pytest.mark.timeout(1800 if faults.DOES_ALL else 120)
def test_commands(world):
    wrong = []
    for command, before, after in COMMANDS:
        wrong += try_command(world, command, before, after)
    assert not wrong, "\n".join(wrong)


def watch(world, **options):
    """A monitor that is interrupted once it has shown a frame, or that has
    ended; its exit status and what it said."""
    process = world.space.start(
        *world.words(("monitor",)),
        env=faults.environment(leaks=True, **options))

    def has_shown():
        world.switch.client("packet-out", TO_CONTROLLER)
        return (not process.is_running()
                or "packet-in" in process.output())
    try:
        wait_until(has_shown)
        process.signal(signal.SIGINT)
        status = process.wait()
    finally:
        process.kill()
    return status, process.output()


@pytest.mark.timeout(1800 if faults.DOES_ALL else 120)
def test_monitor(world):
    record = world.lab.path("sites-monitor")
    status, _ = watch(world, record=record)
    assert status in (0, -signal.SIGINT)

    def attempt(_what, site, nth):
        status, said = watch(world, site=site, nth=nth)
        assert not faults.CRASH.search(said), said
        if "fault: " not in said:
            return "not reached"
        if status in (0, -signal.SIGINT):
            return "done"
        assert status == 1, (status, said)
        assert said.count("flowbridge: ") == 1, said
        return "refused"

    wrong = faults.try_sites(record, attempt, attempts=2, short=6,
                             prefix="monitor")
    assert not wrong, "\n".join(wrong)
