"""Our own subcommands that speak OpenFlow, and trace, against the running
switch; what they show is what ovs-ofctl shows."""

import json
import re

import pytest

from frames import Wire
from lab import wait_until
from switch import BINARY

pytestmark = pytest.mark.flowbridge

UDP = ("020000000002020000000001" "0800" "4500001c00000000401166cf"
       "0a0000010a000002" "0007000900080000")
FLOWS = ["priority=5,tcp,tp_dst=80,idle_timeout=100,actions=output:2",
         "table=3,cookie=0x77,ip,nw_dst=10.0.0.0/8,send_flow_rem,"
         "actions=dec_ttl,mod_dl_src:02:00:00:00:00:09,CONTROLLER:60",
         "priority=9,arp,in_port=em1,actions=drop",
         "dl_vlan=7,actions=strip_vlan,NORMAL"]


@pytest.fixture
def hosts(lab, quiet_space):
    return [lab.host(f"host{n}", quiet_space, f"em{n}", n, has_addresses=False)
            for n in (1, 2)]


@pytest.fixture
def switch(hosts, make_switch):
    made = make_switch(local={"enable": "no"})
    made.ini["bridge"]["fail-mode"] = "secure"
    made.ini.add_port("em1", ofport=1)
    made.ini.add_port("em2", ofport=2)
    return made


@pytest.fixture
def running(switch):
    switch.start()
    for port in ("em1", "em2"):
        switch.wait_port(port, link="up")
    return switch


def ovs(switch, version, *arguments):
    """Lines of ovs-ofctl, without its headline and what time changes."""
    run_dir = switch.ini["daemon"]["run-dir"]
    command, *rest = arguments
    done = switch.namespace.run(
        "ovs-ofctl", "-O", version, command,
        f"unix:{run_dir}/{switch.name}.mgmt", *rest)
    return timeless(done.stdout, has_headline=True)


def timeless(text, has_headline=False):
    lines = [re.sub(r"(duration[=:])[\d.]+s|, idle_age=\d+|, hard_age=\d+",
                    r"\1", line).strip() for line in text.splitlines()]
    return sorted(line for line in lines[1 if has_headline else 0:] if line)


def refused(switch, *arguments, status=1):
    """The one line that a command fails with."""
    done = switch.client(*arguments, is_checked=False)
    assert done.returncode == status, done
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def dumped(switch, *arguments):
    return json.loads(switch.client("dump-flows", "--json",
                                    *arguments).stdout)["flows"]


@pytest.mark.parametrize("version",
                         [f"OpenFlow1{n}" for n in (0, 2, 3, 4, 5)])
def test_flows_are_shown_as_ovs_ofctl_shows_them(running, version):
    for flow in FLOWS:
        assert running.client("add-flow", "-O", version, flow).stdout == ""
    ours = running.client("dump-flows", "-O", version).stdout
    assert timeless(ours) == ovs(running, version, "dump-flows")
    assert len(timeless(ours)) == len(FLOWS)
    ours = running.client("dump-flows", "-O", version, "table=3").stdout
    assert timeless(ours) == ovs(running, version, "dump-flows", "table=3")
    assert len(timeless(ours)) == 1


def test_flows_are_changed_and_deleted(running):
    for flow in FLOWS:
        running.client("add-flow", flow)
    running.client("mod-flows", "tcp,actions=output:em1")
    assert [f["actions"] for f in dumped(running, "tcp")] == ["output:1"]
    running.client("mod-flows", "--strict", "tcp,tp_dst=80,actions=drop")
    assert [f["actions"] for f in dumped(running, "tcp")] == ["output:1"]
    running.client("mod-flows", "--strict",
                   "priority=5,tcp,tp_dst=80,actions=drop")
    assert [f["actions"] for f in dumped(running, "tcp")] == ["drop"]
    running.client("del-flows", "cookie=0x77/-1")
    assert len(dumped(running)) == 3
    running.client("del-flows", "--strict", "arp,in_port=1")
    assert len(dumped(running)) == 3
    running.client("del-flows", "--strict", "priority=9,arp,in_port=1")
    assert len(dumped(running)) == 2
    running.client("del-flows")
    assert dumped(running) == []


def test_a_file_of_flows_is_added_whole_or_not_at_all(running, lab):
    good = lab.write("good", "# two\n" + "\n".join(FLOWS) + "\n")
    running.client("add-flows", good)
    assert len(dumped(running)) == len(FLOWS)
    bad = lab.write("bad", "priority=1,actions=drop\n\n"
                           "priority=2,actions=meter:77,output:1\n"
                           "priority=3,actions=drop\n")
    line = refused(running, "add-flows", bad)
    assert f"{bad}:3: the switch refuses: " in line
    assert "nothing was changed" in line
    assert len(dumped(running)) == len(FLOWS)
    words = lab.write("words", "priority=1,actions=drop\nactions=outptu:1\n")
    assert f"{words}:2: outptu: " in refused(running, "add-flows", words)
    assert len(dumped(running)) == len(FLOWS)
    assert "nonesuch" in refused(running, "add-flows", lab.path("nonesuch"))


def test_groups_are_shown_as_ovs_ofctl_shows_them(running):
    running.client("add-group", "group_id=1,type=select,"
                   "bucket=weight:3,watch_port:1,output:em1,"
                   "bucket=mod_dl_src:02:00:00:00:00:09,output:2")
    running.client("add-group", "group_id=2,type=all,bucket=group:1")
    ours = running.client("dump-groups").stdout
    assert timeless(ours) == sorted(
        ovs(running, "OpenFlow13", "dump-groups")
        + ovs(running, "OpenFlow13", "dump-group-stats"))
    running.client("add-flow", "actions=group:2")
    assert "already exists" in refused(running, "add-group",
                                      "group_id=1,type=all")
    running.client("mod-group", "group_id=2,type=all,bucket=output:2")
    result = json.loads(running.client("dump-groups", "--json",
                                       "group_id=2").stdout)
    assert [b["actions"] for b in result["groups"][0]["buckets"]] == [
        "output:2"]
    assert result["groups"][0]["ref_count"] == 1
    running.client("del-groups", "group_id=2")
    assert dumped(running) == []
    running.client("del-groups")
    assert running.client("dump-groups").stdout == ""


def test_meters_are_shown_as_ovs_ofctl_shows_them(running):
    running.client("add-meter", "meter=1,kbps,burst,stats,"
                   "band=type=drop,rate=1000,burst_size=200")
    running.client("add-meter", "meter=2,pktps,band=type=drop,rate=5")
    ours = timeless(running.client("dump-meters").stdout)
    theirs = sorted(ovs(running, "OpenFlow13", "dump-meters")
                    + ovs(running, "OpenFlow13", "meter-stats"))
    assert ours == theirs
    running.client("mod-meter", "meter=2,pktps,band=type=drop,rate=6")
    result = json.loads(running.client("dump-meters", "--json",
                                       "meter=2").stdout)
    assert result["meters"][0]["bands"][0]["rate"] == 6
    assert "need OpenFlow 1.3 or later" in refused(running, "dump-meters",
                                                   "-O", "1.0")
    assert "METER_MOD_FAILED" in refused(running, "mod-meter",
                                         "meter=9,kbps,band=type=drop,rate=6")
    running.client("del-meters")
    assert running.client("dump-meters").stdout == ""


def test_a_packet_out_of_1_5_has_metadata_and_registers(running, hosts):
    wire = Wire(hosts[1])
    running.client("add-flow", "metadata=9,reg1=3,actions=output:2")
    packet = f"in_port=1,metadata=9,reg1=3,packet={UDP},actions=TABLE"
    assert "add -O OpenFlow15" in refused(running, "packet-out", packet)
    assert "duplicate" in refused(running, "packet-out", "-O", "1.5",
                              f"metadata=1,{packet}")
    running.client("packet-out", "-O", "1.5", packet)
    frame = wait_until(wire.receive, what="the frame")
    assert bytes(frame).hex().startswith(UDP)


def test_a_packet_out_goes_out_and_a_table_counts(running, hosts):
    wire = Wire(hosts[1])
    running.client("packet-out", f"in_port=1,packet={UDP},actions=output:em2")
    frame = wait_until(wire.receive, what="the frame")
    assert bytes(frame).hex().startswith(UDP)
    running.client("add-flow", "table=0,actions=output:2")
    running.client("packet-out", f"in_port=em1,packet={UDP},actions=TABLE")
    assert wait_until(wire.receive, what="the frame")

    def has_counted():
        tables = json.loads(running.client("dump-tables", "--json").stdout)
        first = tables["tables"][0]
        return first["entries"] == 1 and first["matched"] >= 1
    wait_until(has_counted, what="the table's counters")
    assert re.search(r"^ +0 +1 +\d+ +\d+$",
                     running.client("dump-tables").stdout, re.M)


def test_monitor_shows_what_happens(running, lab):
    lines = running.namespace.start(BINARY, "monitor", "--json", "-c",
                                    running.config_path)
    plain = running.namespace.start(BINARY, "monitor", "-c",
                                    running.config_path)
    running.client("add-flow", "udp,send_flow_rem,actions=CONTROLLER:60")

    def packet_came():
        running.client("packet-out", f"in_port=1,packet={UDP},actions=TABLE")
        return ("packet-in" in lines.output()
                and "packet-in" in plain.output())
    wait_until(packet_came, what="a packet-in")
    event = json.loads(lines.output().splitlines()[0])
    assert event["reason"] == "action" and event["in_port"] == 1
    assert event["data"].startswith(UDP)
    assert "udp" in event["flow"] and "tp_dst=9" in event["flow"]
    running.client("del-flows")
    plain.wait_output("flow-removed reason=delete table=0")
    running.namespace.ip("link set em2 down")
    plain.wait_output("port-status reason=modify port=2 name=em2")
    lines.wait_output('"link":"down"')


def test_a_trace_says_what_the_switch_then_does(running, hosts):
    running.client("add-flow", "table=0,udp,actions=mod_nw_ttl:9,goto_table:4")
    running.client("add-flow", "table=4,cookie=0x5,udp,actions=output:em2")
    text = running.client("trace", f"in_port=em1,packet={UDP}").stdout
    assert "table 0: udp actions=mod_nw_ttl:9,goto_table:4\n" in text
    assert "table 4: cookie=0x5, udp actions=output:2\n" in text
    assert text.endswith("output to port 2 (em2)\nverdict: forwarded\n")
    result = json.loads(running.client("trace", "in_port=1,arp",
                                       "--json").stdout)
    assert result["verdict"] == "dropped" and result["reason"] == "no-match"
    # It has sent nothing and counted nothing.
    assert [f["packets"] for f in dumped(running)] == [0, 0]
    assert "in_port" in refused(running, "trace", "ip")
    wire = Wire(hosts[1])
    Wire(hosts[0]).send(bytes.fromhex(UDP))
    frame = wait_until(wire.receive, what="the frame")
    assert bytes(frame)[22] == 9


def test_flows_from_the_file(switch, lab):
    path = lab.write("flows.conf", "priority=3,in_port=em1,actions=output:2\n"
                                   "table=1,actions=drop\n")
    switch.ini["flows"] = {"file": path}
    switch.start()
    assert len(dumped(switch)) == 2
    lab.write("flows.conf", "priority=3,in_port=em1,actions=output:2\n"
                            "table=2,actions=outptu:9\n")
    done = switch.client("check", is_checked=False)
    assert done.returncode == 1 and f"{path}:2: outptu: " in done.stderr
    done = switch.client("reload", is_checked=False)
    assert done.returncode == 1 and f"{path}:2: outptu: " in done.stderr
    assert len(dumped(switch)) == 2
    lab.write("flows.conf", "priority=3,in_port=em1,actions=output:2\n"
                            "table=2,actions=output:9\n")
    before = dumped(switch, "table=0")[0]["duration_s"]
    switch.client("reload")
    flows = dumped(switch)
    assert [f["table"] for f in flows] == [0, 2]
    assert flows[0]["duration_s"] >= before
    assert switch.events("flows.loaded")[-1]["removed"] == "1"


def test_hidden_entries_are_shown_on_request(switch):
    switch.ini["local"] = {"address": "10.99.0.9/24"}
    switch.ini["controller pox"] = {"target": "tcp:10.99.0.1:6633",
                                    "connection-mode": "in-band"}
    switch.start()

    def hidden(*match):
        return [f for f in dumped(switch, "--all", *match) if f.get("hidden")]
    wait_until(hidden, what="rules for the way to the controller")
    assert dumped(switch) == []
    assert all(f["match"].startswith("arp") for f in hidden("arp"))
    assert 0 < len(hidden("arp")) < len(hidden())
    text = switch.client("dump-flows", "--all").stdout
    assert text.startswith("(hidden) cookie=")
    run_dir = switch.ini["daemon"]["run-dir"]
    done = switch.namespace.run(
        BINARY, "dump-flows", "--all", "-s",
        f"unix:{run_dir}/{switch.name}.mgmt", is_checked=False)
    assert done.returncode == 1 and "control socket" in done.stderr


def test_faults_are_one_line_that_says_what_to_do(running):
    assert "perhaps output" in refused(running, "add-flow", "actions=outptu:1")
    assert "lacks actions" in refused(running, "add-flow", "ip")
    assert "no such port" in refused(running, "add-flow",
                                     "actions=output:nosuch")
    assert "needs an argument" in refused(running, "add-flow", status=2)
    assert "takes no --strict" in refused(running, "add-flow", "--strict",
                                          "actions=drop", status=2)
    assert "-O takes" in refused(running, "dump-flows", "-O", "OpenFlow99",
                                 status=2)
    done = running.namespace.run(BINARY, "dump-flow", is_checked=False)
    assert done.returncode == 2 and "'dump-flows'" in done.stderr
    running.stop()
    assert "flowbridge run" in refused(running, "dump-flows")
