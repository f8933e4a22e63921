"""Two switches with the same surroundings, to compare what they do."""

from switch import Ini

LOCAL_MAC = "02:00:00:00:00:64"


class Side:
    """A switch with silent hosts at its ports em1, em2 and so on, which have
    the same numbers and addresses at each side."""

    def __init__(self, lab, name, make, ports, **openflow):
        self.name, self.lab = name, lab
        self.space = lab.namespace(name)
        # LOCAL must be silent, too.
        self.space.sysctl("ipv6/conf/default/disable_ipv6", 1)
        ini = Ini("br0", lab.path(f"run-{name}"))
        ini["local"]["mac"] = LOCAL_MAC
        ini["bridge"].update({
            "fail-mode": "secure", "datapath-id": "0000020000000064"})
        ini["datapath"]["workers"] = 1
        ini["openflow"] = openflow
        self.hosts = {}
        for number in ports:
            port = f"em{number}"
            self.hosts[number] = lab.host(
                f"{name}-host{number}", self.space, port, number,
                has_addresses=False)
            self.space.ip(
                f"link set {port} address 02:00:00:00:10:{number:02x}")
            ini.add_port(port, ofport=number)
        self.switch = make(lab, self.space, ini).start()
        self.space.ip("link set br0 up")
