"""A virtual machine on a TAP: QEMU without KVM, Debian's kernel, and an
initramfs of busybox that is made here."""

import fcntl
import glob
import lzma
import os
import shutil
import subprocess
import tempfile

from lab import ROOT, LabError

MAC = "52:54:00:45:67:30"
PACKAGE = "linux-image-amd64"
CACHE = os.path.join(ROOT, "build/guest")
# Each in the order of loading.
MODULES = {
    "rtl8139": ("mii", "8139cp"),
    "virtio-net-pci": ("virtio_ring", "virtio", "virtio_pci_legacy_dev",
                       "virtio_pci_modern_dev", "virtio_pci", "failover",
                       "net_failover", "virtio_net"),
}
COMMANDS = ("sh", "mount", "insmod", "ip", "udhcpc", "ping", "wget",
            "sha256sum", "poweroff", "cat", "tee", "cut")

INIT = """#!/bin/sh
mount -t proc none /proc
mount -t sysfs none /sys
for module in {modules}; do insmod /modules/$module.ko; done
ip link set lo up
ip link set eth0 up
udhcpc -i eth0 -s /udhcpc -n -q -t 10 -T 1 && echo "guest: has an address"
ping -c 3 -W 2 {server} && echo "guest: ping is answered"
set -- $(wget -q -O - http://{server}:{port}/{file} | sha256sum)
echo "guest: sha256 $1"
poweroff -f
"""
UDHCPC = """#!/bin/sh
[ "$1" = bound ] && ip address add "$ip/$mask" dev "$interface" &&
	echo "guest: address $ip"
exit 0
"""


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, **options)
    if done.returncode != 0:
        raise LabError(f"{' '.join(command)} ended with {done.returncode}: "
                       f"{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout


def download(directory):
    """Fetches the package of Debian's kernel and unpacks it, without
    installing anything."""
    names = run("apt-cache", "depends", "--important", PACKAGE).decode().split()
    names = [n for n in names if n.startswith("linux-image-")]
    if len(names) < 2:
        raise LabError(f"The guest's kernel is in the package {PACKAGE}, which "
                       f"apt does not know: run apt-get update")
    run("apt-get", "download", "-q", names[-1], cwd=directory, timeout=300)
    package, = glob.glob(f"{directory}/*.deb")
    wanted = ["./boot/vmlinuz-*"] + [
        f"./lib/modules/*/{module.replace('_', '?')}.ko*"
        for row in MODULES.values() for module in row]
    archive = f"{directory}/package.tar"
    with open(archive, "wb") as f:
        subprocess.run(["dpkg-deb", "--fsys-tarfile", package], stdout=f,
                       check=True)
    run("tar", "-x", "-f", archive, "-C", directory, "--wildcards", *wanted)
    os.unlink(archive)
    os.unlink(package)


def find_kernel(directory):
    """The newest kernel below 'directory' that has all modules: its image and
    a table of the modules; or None."""
    needed = {module for row in MODULES.values() for module in row}
    for image in sorted(glob.glob(f"{directory}/boot/vmlinuz-*"), reverse=True):
        version = os.path.basename(image).removeprefix("vmlinuz-")
        paths = glob.glob(f"{directory}/lib/modules/{version}/kernel/**/*.ko*",
                          recursive=True)
        found = {os.path.basename(p).split(".")[0].replace("-", "_"): p
                 for p in paths if p.endswith((".ko", ".ko.xz"))}
        if needed <= found.keys():
            return image, {name: found[name] for name in needed}
    return None


def kernel():
    """The installed kernel, or the one in build/guest, fetched if need be."""
    found = find_kernel("") or find_kernel(CACHE)
    if found:
        return found
    os.makedirs(os.path.dirname(CACHE), exist_ok=True)
    with open(f"{CACHE}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not find_kernel(CACHE):
            with tempfile.TemporaryDirectory(dir=os.path.dirname(CACHE)) as new:
                # apt fetches as a user of its own where it can.
                os.chmod(new, 0o755)
                download(new)
                shutil.rmtree(CACHE, ignore_errors=True)
                shutil.copytree(new, CACHE, symlinks=True)
    found = find_kernel(CACHE)
    if not found:
        raise LabError(f"{PACKAGE} has not the modules {MODULES}")
    return found


def write_executable(path, text):
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o755)


def make_initramfs(lab, device, modules, **values):
    """Packs busybox, the modules and our init; the path of the archive."""
    root = lab.path("initramfs")
    for directory in ("bin", "proc", "sys", "dev", "modules"):
        os.makedirs(f"{root}/{directory}")
    shutil.copy("/bin/busybox", f"{root}/bin/busybox")
    for command in COMMANDS:
        os.symlink("busybox", f"{root}/bin/{command}")
    for name in MODULES[device]:
        opener = lzma.open if modules[name].endswith(".xz") else open
        with opener(modules[name], "rb") as f, \
                open(f"{root}/modules/{name}.ko", "wb") as to:
            shutil.copyfileobj(f, to)
    write_executable(f"{root}/init",
                     INIT.format(modules=" ".join(MODULES[device]), **values))
    write_executable(f"{root}/udhcpc", UDHCPC)
    names = run("find", ".", "-print0", cwd=root)
    archive = run("cpio", "-0", "-o", "-H", "newc", "--quiet", input=names,
                  cwd=root)
    path = lab.path("initramfs.cpio")
    with open(path, "wb") as f:
        f.write(archive)
    return path


def boot(namespace, tap, device, server, port, file):
    """Starts the guest on 'tap': it gets an address, pings 'server', fetches
    'file' from it, prints the checksum and ends."""
    image, modules = kernel()
    archive = make_initramfs(namespace.lab, device, modules, server=server,
                             port=port, file=file)
    return namespace.start(
        "qemu-system-x86_64", "-accel", "tcg", "-m", "256", "-nographic",
        "-no-reboot", "-nodefaults", "-serial", "stdio",
        "-netdev", f"tap,id=n0,ifname={tap},script=no,downscript=no",
        "-device", f"{device},netdev=n0,mac={MAC}", "-kernel", image,
        "-initrd", archive, "-append",
        "console=ttyS0 quiet panic=-1 mitigations=off nokaslr", name="guest")
