"""The configuration file: check, a start that is refused, reload."""

import json
import os
import re
import signal

import pytest

from lab import wait_until
from switch import parse_log_line

pytestmark = pytest.mark.flowbridge

BAD_FILE = """[bridge]
name = br0
fail-mode = open
mac-agin = 300

[port em1]
type = nic
ofport = 1

[port em2]
ofport = 1

[prot em3]
type = nic

[daemon]
run-dir = {run_dir}
"""
# Line, section and key of each fault in it.
BAD_FILE_FAULTS = [(3, "bridge", "fail-mode"), (4, "bridge", "mac-agin"),
                   (11, "port em2", "ofport"), (13, "prot em3", None)]


@pytest.fixture
def hosts(lab, space):
    return [lab.host(f"host{n}", space, f"em{n}", n) for n in (1, 2, 3)]


@pytest.fixture
def switch(hosts, make_switch):
    return make_switch("em1", "em2")


def make_bad(switch):
    """Makes the switch write a file with faults instead of its own."""
    text = BAD_FILE.format(run_dir=switch.ini["daemon"]["run-dir"])
    switch.ini.text = lambda: text


def check_faults(switch, text):
    """Each fault is in 'text', on a line of its own, and no other is."""
    lines = [line for line in text.splitlines()
             if f"{switch.config_path}:" in line]
    for number, section, key in BAD_FILE_FAULTS:
        where = re.escape(f"{switch.config_path}:{number}: [{section}]")
        pattern = where + (rf" {key}: .*\w" if key else r".*\w")
        assert [x for x in lines if re.search(pattern, x)], (pattern, text)
    assert len(lines) == len(BAD_FILE_FAULTS), text


def machine(space):
    """What a start could touch."""
    keep = ("ifname", "flags", "mtu", "address", "promiscuity",
            "inet6_addr_gen_mode")
    links = json.loads(space.run("ip", "-j", "-d", "link", "show").stdout)
    for link in links:
        # The kernel says that the cable is in a moment after it is.
        link["flags"] = sorted({*link["flags"]} - {"NO-CARRIER", "LOWER_UP"})
    return ([{key: link.get(key) for key in keep} for link in links],
            space.run("nft", "list", "ruleset").stdout)


def test_check_accepts_a_good_file(switch):
    switch.write()
    done = switch.client("check", is_checked=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_check_prints_every_fault(switch):
    make_bad(switch)
    switch.write()
    done = switch.client("check", is_checked=False)
    assert done.returncode == 1
    check_faults(switch, done.stdout + done.stderr)


def test_check_says_when_the_file_is_missing(switch):
    done = switch.client("check", is_checked=False)
    assert done.returncode == 1
    assert switch.config_path in done.stderr
    assert "No such file" in done.stderr


@pytest.mark.parametrize("what", ["address", "default route"])
def test_check_finds_the_host_on_a_port(space, switch, what):
    space.ip("address add 192.0.2.9/24 dev em1")
    if what == "default route":
        space.ip("route add default via 192.0.2.1 dev em1")
    switch.write()
    done = switch.client("check", is_checked=False)
    assert done.returncode == 1
    assert "[port em1]" in done.stderr and what in done.stderr


def test_run_with_a_bad_file_touches_nothing(lab, space, switch):
    before = machine(space)
    make_bad(switch)
    switch.launch()
    assert switch.process.wait() == 1
    check_faults(switch, switch.log())
    assert machine(space) == before
    assert not os.path.exists(lab.path("run"))


def test_run_without_a_file_says_so(space, switch):
    switch.launch()
    os.unlink(switch.config_path)
    switch.process.kill()
    done = switch.client("run", is_checked=False)
    assert done.returncode == 1
    assert switch.config_path in done.stderr


def test_bad_reload_changes_nothing_and_says_why(hosts, space, switch):
    switch.start()
    hosts[0].ping(hosts[1].ip4)
    switch.wait_learned(hosts[0].mac, "em1")
    before, devices = switch.ports(), machine(space)
    make_bad(switch)
    switch.write()
    with switch.expecting("reload.refused"):
        done = switch.client("reload", is_checked=False)
    assert done.returncode == 1
    check_faults(switch, done.stderr)
    check_faults(switch, switch.log())
    after = switch.ports()
    assert after.keys() == before.keys()
    for name, port in after.items():
        assert port["ofport"] == before[name]["ofport"]
        assert port["rx_frames"] >= before[name]["rx_frames"]
    assert machine(space) == devices
    assert switch.wait_learned(hosts[0].mac, "em1")["age_s"] >= 0
    hosts[0].ping(hosts[1].ip4)


def test_reload_applies_the_difference_alone(hosts, space, switch):
    switch.start()
    hosts[0].ping(hosts[1].ip4)
    assert not hosts[0].can_ping(hosts[2].ip4)
    before = switch.ports()
    learned = switch.wait_learned(hosts[0].mac, "em1")

    switch.ini.add_port("em3")
    said = switch.reload().stdout
    assert "em3" in said and "em1" not in said
    switch.wait_port("em3", link="up")
    hosts[0].ping(hosts[2].ip4)
    after = switch.ports()
    for name in before:
        assert after[name]["ofport"] == before[name]["ofport"]
        assert after[name]["rx_frames"] >= before[name]["rx_frames"]
    assert switch.wait_learned(hosts[0].mac)["port"] == learned["port"]

    del switch.ini["port em3"]
    switch.reload()
    assert switch.ports().keys() == before.keys()
    assert not hosts[0].can_ping(hosts[2].ip4)
    hosts[0].ping(hosts[1].ip4)
    # It is the host's again as it was.
    assert space.link("em3")["promiscuity"] == 0
    assert "em3" not in space.run("nft", "list", "ruleset").stdout


def test_a_reload_ends_when_its_ports_are_there_or_gone(space, switch):
    switch.start()
    names = [f"late{n}" for n in range(40)]
    for n, name in enumerate(names):
        switch.ini.add_port(name, type=("internal", "tap")[n % 2])
    switch.reload()
    ports = switch.ports()
    assert [n for n in names if ports[n]["link"] == "absent"] == []

    for name in names:
        del switch.ini[f"port {name}"]
    switch.reload()
    assert "late" not in space.run("ip", "link").stdout


def test_reload_changes_vlans_of_a_port(hosts, switch):
    switch.start()
    hosts[0].ping(hosts[1].ip4)
    switch.ini["port em1"]["vlan"] = 10
    switch.reload()
    assert not hosts[0].can_ping(hosts[1].ip4)
    switch.ini["port em2"]["vlan"] = 10
    switch.reload()
    hosts[0].ping(hosts[1].ip4)


def test_reload_names_what_only_a_restart_changes(switch):
    switch.start()
    switch.ini["datapath"]["rx-ring"] = 4096
    done = switch.reload()
    assert re.search(r"rx-ring.*restart", done.stdout), done.stdout


def test_reload_without_a_switch_says_what_to_do(switch):
    switch.write()
    done = switch.client("reload", is_checked=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "flowbridge run" in done.stderr


def test_sighup_reloads_too(hosts, switch):
    switch.start()
    switch.ini.add_port("em3")
    switch.write()
    with switch.expecting("reload.done"):
        switch.process.signal(1)
    wait_until(lambda: "em3" in switch.ports())


# A file that does not say where its switch is any more.


@pytest.mark.parametrize("change", ("name", "run-dir", "emptied", "both"))
def test_a_switch_is_found_by_a_file_that_says_another_place(
        lab, hosts, switch, change):
    switch.start()
    if change in ("name", "both"):
        switch.ini["bridge"]["name"] = "another"
    if change in ("run-dir", "both"):
        switch.ini["daemon"]["run-dir"] = lab.path("elsewhere")
    if change == "emptied":
        switch.ini.text = lambda: ""
    switch.write()
    done = switch.client("reload", is_checked=False)
    assert "needs a restart" in done.stdout + done.stderr
    assert "flowbridge run" not in done.stderr, done.stderr
    assert done.returncode == (1 if change == "emptied" else 0)
    assert {"em1", "em2"} <= set(switch.ports())
    assert not os.path.exists(lab.path("elsewhere"))
    hosts[0].ping(hosts[1].ip4)


@pytest.mark.parametrize("text", ("", "# nothing\n", "[bridge]\n",
                                  "[bridge]\nmac-aging = 60\n[port em1]\n"))
def test_an_emptied_or_cut_off_file_is_refused(lab, space, hosts, switch,
                                               text):
    switch.start()
    switch.ini.text = lambda: text
    switch.write()
    with switch.expecting("reload.refused"):
        switch.process.signal(signal.SIGHUP)
    assert {"em1", "em2"} <= set(switch.ports())
    done = switch.client("check", "--json", is_checked=False)
    assert done.returncode == 1
    fault = json.loads(done.stdout)["faults"][0]
    assert (fault["section"], fault["key"]) == ("bridge", "name")


@pytest.mark.parametrize("by_signal", (True, False))
def test_rotating_the_log_does_not_read_a_half_edited_file(
        lab, hosts, switch, by_signal):
    path = lab.path("log/switch.log")
    os.mkdir(lab.path("log"))
    os.chmod(lab.path("log"), 0o777)
    switch.ini["log"] = {"file": path}
    switch.start()
    del switch.ini["port em2"]
    switch.write()
    os.rename(path, path + ".1")
    if by_signal:
        switch.process.signal(signal.SIGUSR2)
    else:
        switch.client("reopen")
    wait_until(lambda: os.path.exists(path))
    assert {"em1", "em2"} <= set(switch.ports())
    with open(path + ".1") as old:
        assert "event=reload" not in old.read()
    with switch.expecting("state.bridge"):
        switch.process.signal(signal.SIGUSR1)


# What a start and a reload say, and where.


def launch_refused(switch):
    switch.launch()
    assert switch.process.wait() == 1
    return switch.process.output()


@pytest.mark.parametrize("how", ("json", "file", "both"))
def test_a_refused_start_is_told_as_the_file_says(lab, switch, how):
    os.chmod(lab.directory, 0o777)
    path = lab.path("refused.log")
    switch.ini["log"] = {}
    if how != "file":
        switch.ini["log"]["format"] = "json"
    if how != "json":
        switch.ini["log"]["file"] = path
    switch.ini["port em1"]["vlan"] = "5000"
    texts = [launch_refused(switch)]
    if how != "json":
        with open(path) as file:
            texts.append(file.read())
    for text in texts:
        events = [parse_log_line(line) for line in text.splitlines()]
        assert [e["event"] for e in events] == ["config.fault", "start.failed"]
        assert text.startswith("ts=" if how == "file" else "{")


def test_the_file_of_the_log_has_the_start(lab, switch):
    os.chmod(lab.directory, 0o777)
    switch.ini["log"] = {"file": lab.path("start.log")}
    switch.start()
    assert switch.events("port.added", port="em1")
    assert switch.process.output() == ""
    # It is the user's, so that it can be opened again.
    assert os.stat(lab.path("start.log")).st_uid == 65534


@pytest.mark.parametrize("section,key,value", (
    ("log", "file", "/nonexistent/dir/x.log"),
    ("log", "file", "/dev"),
    ("log", "file", "/etc/passwd/x.log"),
    ("daemon", "state-file", "/nonexistent/dir/x.state"),
    ("daemon", "state-file", "/dev"),
    ("daemon", "run-dir", "/nonexistent/dir/run"),
    ("daemon", "run-dir", "/etc/passwd"),
    ("log", "level", "info, opneflow=debug"),
))
def test_paths_and_modules_that_cannot_be_are_found(switch, section, key,
                                                    value):
    switch.start()
    kept = switch.ini[section][key] if key in switch.ini.get(section, {}) \
        else None
    switch.ini.setdefault(section, {})[key] = value
    switch.write()
    done = switch.client("check", "--json", is_checked=False)
    faults = json.loads(done.stdout)["faults"]
    assert done.returncode == 1
    assert [(f["section"], f["key"]) for f in faults] == [(section, key)]
    assert faults[0]["line"] > 0
    assert switch.client("reload", is_checked=False).returncode == 1
    assert switch.ports()
    assert kept is None or kept != value


def test_a_log_file_that_cannot_be_opened_is_a_failed_reload(lab, switch):
    """Only the user that the switch has become may not write there."""
    os.mkdir(lab.path("roots"), 0o755)
    switch.start()
    switch.ini["log"] = {"file": lab.path("roots/x.log"), "level": "debug"}
    switch.write()
    done = switch.client("reload", is_checked=False)
    assert done.returncode == 1
    assert "[log] file" in done.stderr
    # Nothing of the file is in force, and the log goes on.
    assert switch.events("reload.refused")
    assert not [e for e in switch.events() if e["level"] == "debug"]


def test_an_interface_that_is_nowhere_is_a_note(switch):
    switch.ini.add_port("nowhere")
    switch.write()
    done = switch.client("check")
    assert "[port nowhere]: note: " in done.stderr
    notes = json.loads(switch.client("check", "--json").stdout)["notes"]
    assert [(n["section"], n["line"] > 0) for n in notes] == \
        [("port nowhere", True)]


def test_a_reload_says_what_the_file_of_flows_changed(lab, switch):
    path = lab.write("flows", "priority=7,ip,nw_dst=10.0.0.1,actions=drop\n")
    switch.ini["flows"] = {"file": path}
    switch.start()
    assert switch.reload().stdout == "nothing has changed\n"
    lab.write("flows", "priority=7,ip,nw_dst=10.0.0.2,actions=drop\n")
    assert "1 added, 1 removed" in switch.reload().stdout
    os.unlink(path)
    assert switch.client("reload", is_checked=False).returncode == 1


def test_faults_of_the_file_of_flows_have_their_key(lab, switch):
    switch.ini["flows"] = {"file": lab.write("flows", "\nnonsense\n")}
    switch.write()
    done = switch.client("check", "--json", is_checked=False)
    fault = json.loads(done.stdout)["faults"][0]
    assert (fault["file"], fault["line"], fault["section"], fault["key"]) == \
        (lab.path("flows"), 2, "flows", "file")


@pytest.mark.parametrize("users", (("", "daemon", ""), ("daemon", "nobody"),
                                   ("nobody", "", "daemon")))
def test_a_changed_user_finds_nothing_in_the_way(lab, switch, users):
    """The directory is root's, as whoever was before had made it."""
    os.mkdir(lab.path("run"), 0o755)
    switch.ini["daemon"]["state-file"] = lab.path("state")
    os.chmod(lab.directory, 0o777)
    for user in users:
        switch.ini["daemon"]["user"] = user
        switch.start()
        assert switch.show()
        assert switch.stop()[0] == 0
