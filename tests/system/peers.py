"""Servers and clients of other people, set up to leave the machine alone."""

import sys

from lab import wait_until

DHCP_FIRST, DHCP_LAST = "10.99.0.50", "10.99.0.60"
HTTP_PORT = 8000

# All that dhclient may do is set the address; dhclient-script of the
# distribution would rewrite /etc/resolv.conf.
DHCLIENT_SCRIPT = """#!/bin/sh
case $reason in
PREINIT) ip link set "$interface" up ;;
BOUND|RENEW|REBIND|REBOOT)
	ip address replace "$new_ip_address/24" dev "$interface" ;;
esac
"""


def start_dnsmasq(host):
    """A DHCP server on the host's eth0."""
    lab = host.lab
    server = host.start(
        "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0",
        "--no-ping", "--interface=eth0", "--bind-interfaces", "--user=root",
        "--pid-file=",
        f"--dhcp-range={DHCP_FIRST},{DHCP_LAST},1h", "--log-dhcp",
        f"--dhcp-leasefile={lab.path('dnsmasq.leases')}")
    server.wait_output("DHCP, IP range")
    return server


def start_http(host, directory):
    """Serves the files of a directory at the host's IPv4 address."""
    server = host.start(sys.executable, "-u", "-m", "http.server",
                        str(HTTP_PORT), "--bind", host.ip4, "--directory",
                        directory, name="http.server")
    server.wait_output("Serving HTTP")
    return server


def start_dhclient(namespace, interface):
    """dhclient on an interface, its files in the lab; ends with it."""
    lab = namespace.lab
    return namespace.start(
        "dhclient", "-4", "-d", "-v", "-cf", "/dev/null",
        "-lf", lab.path("dhclient.leases"), "-pf", lab.path("dhclient.pid"),
        "-sf", lab.write("dhclient-script", DHCLIENT_SCRIPT, 0o755), interface)


def addresses(namespace, interface):
    """The interface's IPv4 addresses."""
    fields = namespace.ip(f"-4 -o address show dev {interface}").split()
    return [word.split("/")[0] for before, word in zip(fields, fields[1:])
            if before == "inet"]


def wait_address(namespace, interface):
    return wait_until(lambda: addresses(namespace, interface),
                      what=f"an address on {interface}")[0]
