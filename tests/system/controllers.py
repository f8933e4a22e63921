"""OpenFlow controllers of other people, and ours in apps/."""

import os
import sys

APPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "apps")


def start_testcontroller(namespace, *arguments, name="ovs-testcontroller"):
    """ovs-testcontroller, with options and where it listens."""
    lab = namespace.lab
    environment = dict(os.environ, **{
        f"OVS_{which}DIR": lab.directory
        for which in ("RUN", "LOG", "DB", "SYSCONF")})
    return namespace.start(
        "ovs-testcontroller", "--unixctl=none", "-vconsole:info",
        "-vsyslog:off", *arguments, name=name, env=environment)


def start_osken(namespace, app, port):
    """One of apps/ by os-ken, once it is listening."""
    controller = namespace.start(
        "osken-manager", "--ofp-listen-host", "127.0.0.1",
        "--ofp-tcp-listen-port", str(port), os.path.join(APPS, app), name=app,
        env=dict(os.environ, PYTHONUNBUFFERED="1"))
    controller.wait_output("instantiating app os_ken.controller.ofp_handler")
    return controller


def start_pox_learning(namespace, host, port, idle_s=10, hard_s=30):
    """What POX's l2_learning does."""
    controller = namespace.start(
        sys.executable, os.path.join(APPS, "pox_learning.py"), host, str(port),
        str(idle_s), str(hard_s), name="pox_learning.py")
    controller.wait_output("listening")
    return controller


class Authority:
    """A certificate authority of our own, and what it signs; the files are in
    the lab."""

    def __init__(self, lab, name="ca"):
        self.lab, self.name = lab, name
        self.certificate = lab.path(f"{name}.pem")
        self.space = lab.namespace(f"{name}-maker")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-subj", f"/CN=flowbridge test {name}", "-keyout",
                     lab.path(f"{name}.key"), "-out", self.certificate)

    def openssl(self, *words):
        self.space.run("openssl", *words)

    def sign(self, name):
        """(key, certificate) of somebody."""
        key, request, certificate = (
            self.lab.path(f"{name}.{kind}") for kind in ("key", "csr", "pem"))
        self.openssl("req", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-subj",
                     f"/CN={name}", "-keyout", key, "-out", request)
        self.openssl("x509", "-req", "-in", request, "-CA", self.certificate,
                     "-CAkey", self.lab.path(f"{self.name}.key"),
                     "-CAcreateserial", "-days", "2", "-out", certificate)
        # The switch may read it as another user.
        os.chmod(key, 0o644)
        return key, certificate
