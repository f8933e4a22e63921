"""OpenFlow mode from end to end: a bridge of a NIC, a guest's TAP and LOCAL in
secure mode, whose controller is on a remote host that only the bridge itself
leads to.
"""

import re
import struct

import pytest

from controllers import start_pox_learning
from lab import wait_until
from openflow import (FEATURES_REPLY, FEATURES_REQUEST, OF10, OpenFlowbridge,
                      Peer)
from peers import start_dhclient, start_dnsmasq, start_http, wait_address
from switch import Ini

pytestmark = [pytest.mark.flowbridge, pytest.mark.slow]

PORT = 6633
HTTP = "http://{}:8000/"
# OpenFlow 1.0: flow, table, port and queue statistics, and IP fields of ARP.
CAPABILITIES = 0xc7
ALL_ACTIONS = 0xfff
SHOWN = """\
OFPT_FEATURES_REPLY (xid=0x2): dpid:DPID
n_tables:255, n_buffers:256
capabilities: FLOW_STATS TABLE_STATS PORT_STATS QUEUE_STATS ARP_MATCH_IP
actions: output enqueue set_vlan_vid set_vlan_pcp strip_vlan mod_dl_src \
mod_dl_dst mod_nw_src mod_nw_dst mod_nw_tos mod_tp_src mod_tp_dst
 1(em1): addr:EM1
     config:     0
     state:      0
     current:    10GB-FD COPPER
     speed: 10000 Mbps now, 0 Mbps max
 2(tap0): addr:TAP0
     config:     0
     state:      0
     current:    TAPSPEED
     speed: TAPRATE Mbps now, 0 Mbps max
 LOCAL(of-switch): addr:LOCAL
     config:     0
     state:      0
     current:    TAPSPEED
     speed: TAPRATE Mbps now, 0 Mbps max
OFPT_GET_CONFIG_REPLY (xid=0x4): frags=normal miss_send_len=0
"""


class Article:
    """The bridge, the guest, and the remote host with controller and DHCP."""

    def __init__(self, lab, space, target="{0.ip4}"):
        self.space, self.lab = space, lab
        self.remote = lab.host("remote", space, "em1", 1)
        self.guest = lab.guest("guest", space, "tap0", 3)
        ini = Ini("of-switch", lab.path("run"))
        ini["bridge"]["fail-mode"] = "secure"
        ini.add_port("em1", ofport=1)
        ini.add_port("tap0", type="tap", ofport=2)
        ini["controller pox"] = {
            "target": f"tcp:{target.format(self.remote)}:{PORT}",
            "max-backoff": 1,
            "connection-mode": "in-band", "inactivity-probe": 1}
        self.switch = OpenFlowbridge(lab, space, ini).start()
        start_dnsmasq(self.remote)
        start_http(self.remote, lab.path(""))

    def control(self, idle_s=10, hard_s=30, address=None):
        """Starts the controller; it must come up over the bridge."""
        switch = self.switch
        count = len(switch.events("controller.state", to="ready"))
        self.controller = start_pox_learning(
            self.remote, address or self.remote.ip4, PORT, idle_s, hard_s)
        switch.wait_event("controller.state", 10, after=count, to="ready")
        self.controller.wait_output("up")

    def lease(self):
        """LOCAL's address, by DHCP."""
        start_dhclient(self.space, "of-switch")
        return wait_address(self.space, "of-switch")

    def mac(self, port):
        return self.space.link(port)["address"]

    def fetches(self, namespace):
        """TCP to the remote host, which is nothing that is dropped."""
        namespace.run("python3", "-c", "import urllib.request, sys;"
                      "urllib.request.urlopen(sys.argv[1]).read()",
                      HTTP.format(self.remote.ip4))

    def flows(self, *match):
        text = self.switch.ofctl("dump-flows", "BRIDGE", *match).stdout
        return text.splitlines()[1:]


@pytest.fixture
def article(lab, space):
    return Article(lab, space)


def test_secure_mode_lets_dhcp_and_the_controller_through(article):
    """Before there is a controller nothing passes but DHCP of LOCAL; then all
    does, as the controller says."""
    article.lease()
    assert not article.guest.can_ping(article.remote.ip4, count=1)
    article.control()
    # The guest may have given up looking for that address just now.
    wait_until(lambda: article.guest.can_ping(article.remote.ip4, count=1),
               what="the guest to reach the remote host")
    article.fetches(article.guest)
    article.fetches(article.space)
    said = article.controller.output()
    assert "error" not in said and re.search(r"flow port=2 out=1", said), said
    # What lets in-band control through is not among the flows that are shown.
    assert all("NORMAL" not in line for line in article.flows())
    lines = [line for line in article.flows("tcp") if "tp_src=8000" in line
             and f"dl_dst={article.guest.mac}" in line]
    assert len(lines) == 1, article.flows()
    assert re.fullmatch(
        r" cookie=0x0, duration=[\d.]+s, table=0, n_packets=\d+, n_bytes=\d+, "
        r"idle_timeout=10, hard_timeout=30, (idle_age=\d+, )?"
        r"(priority=65535,)?tcp,in_port=1,vlan_tci=0x0000,"
        rf"dl_src={article.remote.mac},dl_dst={article.guest.mac},"
        rf"nw_src={article.remote.ip4},nw_dst={article.guest.ip4},nw_tos=\d+,"
        r"tp_src=8000,tp_dst=\d+ actions=output:2", lines[0]), lines[0]


def test_the_controller_is_found_again_by_the_bridge_itself(article):
    article.lease()
    article.control(idle_s=2, hard_s=4)
    article.guest.ping(article.remote.ip4)
    article.controller.kill()
    article.switch.wait_event("failmode.entered", mode="secure")
    wait_until(lambda: not article.flows(), 10, "the flows to expire")
    assert not article.guest.can_ping(article.remote.ip4, count=1)
    article.control()
    article.switch.wait_event("failmode.left", mode="secure")
    article.guest.ping(article.remote.ip4)


def test_ipv6_leads_to_the_controller_as_well(lab, space):
    """Neighbour discovery and TCP of LOCAL, before anybody has said so."""
    article = Article(lab, space, target="[{0.ip6}]")
    space.ip("address add fd99::9/64 dev of-switch nodad")
    article.control(address=article.remote.ip6)
    article.guest.ping(article.remote.ip4)
    article.guest.ping(article.remote.ip6)
    article.controller.kill()
    article.switch.wait_event("failmode.entered", mode="secure")
    article.control(address=article.remote.ip6)
    article.guest.ping(article.remote.ip6)


def test_a_flow_that_drops_icmp_drops_nothing_else(article):
    address = article.lease()
    article.control()
    article.switch.ofctl(
        "add-flow", "BRIDGE",
        "in_port=LOCAL,table=0,idle_timeout=60,ip,hard_timeout=60,"
        f"vlan_tci=0x0000,dl_src={article.mac('of-switch')},"
        f"dl_dst={article.remote.mac},nw_proto=1,nw_dst={article.remote.ip4},"
        f"nw_src={address},actions=drop")
    lines = article.flows("icmp,in_port=LOCAL")
    assert len(lines) == 1 and re.fullmatch(
        r" cookie=0x0, duration=[\d.]+s, table=0, n_packets=0, n_bytes=0, "
        r"idle_timeout=60, hard_timeout=60, (idle_age=0, )?"
        rf"icmp,in_port=LOCAL,vlan_tci=0x0000,"
        rf"dl_src={article.mac('of-switch')},dl_dst={article.remote.mac},"
        rf"nw_src={address},nw_dst={article.remote.ip4} actions=drop",
        lines[0]), lines
    assert not article.space.can_ping(article.remote.ip4)
    # The echoes come in, the answers do not go out.
    assert not article.remote.can_ping(address)
    assert re.search(r"n_packets=[1-9]", article.flows("icmp,in_port=LOCAL")[0])
    article.fetches(article.space)
    article.space.ping(article.guest.ip4)
    article.guest.ping(article.remote.ip4)
    article.switch.ofctl("del-flows", "BRIDGE", "icmp,in_port=LOCAL")
    article.space.ping(article.remote.ip4)


def test_show_prints_the_ports(article):
    """The TAPs' speed is what the kernel says of a TAP, which changed with
    Linux 6."""
    rate = int(article.space.run("cat", "/sys/class/net/tap0/speed").stdout)
    expected = SHOWN
    for word, value in (
            ("DPID", article.switch.show()["datapath_id"]),
            ("EM1", article.mac("em1")), ("TAP0", article.mac("tap0")),
            ("addr:LOCAL", f"addr:{article.mac('of-switch')}"),
            ("TAPSPEED", {10: "10MB-FD COPPER",
                          10000: "10GB-FD COPPER"}[rate]),
            ("TAPRATE", str(rate))):
        expected = expected.replace(word, value)
    assert article.switch.ofctl("show", "BRIDGE").stdout == expected
    peer = Peer(article.switch.management, OF10).greet()
    peer.send(FEATURES_REQUEST)
    _, buffers, tables, capabilities, actions = struct.unpack_from(
        "!QIB3xII", peer.wait_for(FEATURES_REPLY))
    assert (buffers, tables) == (256, 255)
    assert (capabilities, actions) == (CAPABILITIES, ALL_ACTIONS)
    peer.close()
