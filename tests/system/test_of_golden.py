"""The messages of tests/golden/ say to others what they say to us: ovs-ofctl
takes each of them, and what our text tells of one is in what ovs-ofctl and
tshark make of its bytes.  No switch runs here.
"""

import re
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
# tshark has no words for 1.1 and 1.2.
VERSIONS = ("of10", "of11", "of12", "of13", "of14", "of15")

# Messages that Open vSwitch 3.1 does not take, and why.
UNKNOWN = {
    "BUNDLE_ADD": "what it has in it is a header and no more",
    "EXPERIMENTER": "an extension that nobody knows",
    "MP_EXPERIMENTER request": "an extension that nobody knows",
    "MP_FLOW_STATS request": "it asks for and tells no statistics of 1.5",
    "MP_METER_FEATURES reply": "of 1.5: its structure is one of 1.3",
    "NX_FLOW_MOD_TABLE_ID": "of 1.3: it has it in 1.0 alone",
    "SET_ASYNC": "of 1.5: it knows no mask of controller-status",
}
# Fields that it has none of.
FIELDS = ("pbb_isid",)

# Members that are not on the wire, or told as words where tshark does not
# look: bits, masks, what a version has no room for, and what stands for "any".
WORDS = {"packet_in", "port_status", "flow_removed", "role_status",
         "table_status", "requestforward", "flow_stats", "controller_status",
         "actions_all", "actions_select", "actions_indirect", "actions_ff",
         "duration_ns", "stats.duration_ns", "buffer_id", "out_group",
         "command_bucket_id", "short_id", "size", "first", "i.metadata",
         "i.metadata_mask"}
# The same of single kinds of messages.
WORDS_OF = {
    "BUNDLE_CONTROL": {"type"},
    "ERROR": {"type", "code", "experimenter", "text"},
    "HELLO": {"versions"},
    "MP_FLOW request": {"command", "priority"},
    "MP_AGGREGATE request": {"command", "priority"},
    "MP_QUEUE_DESC reply": {"min_rate", "max_rate"},
    "NX_ROLE_REPLY": {"role"},
}
# What openflow_v1 and no dissector of tshark tells, beside these.
WORDS_OF_OLD = {"command", "table", "priority", "stats.priority", "flags",
                "out_port", "cookie_mask", "current", "advertised",
                "advertise", "supported", "peer", "config", "mask", "state",
                "capabilities", "number", "port", "reason", "current_kbps",
                "max_kbps", "min_rate", "max_rate", "role", "type", "queue"}
ANY = (0xffffffff, 0xfffffffc, 0xfffffffe, 0xffffffffffffffff, 0xffff)
NUMBER = re.compile(r"\b0x[0-9a-f]+|\d+")
MEMBER = re.compile(r' ([\w.]+)=("[^"]*"|\{[^}]*\}|\S+)')


class Message:
    """A block: its name, its bytes, the lines of what it says."""

    def __init__(self, text, where):
        lines = text.strip().splitlines()
        self.name = lines[0].split(" xid=")[0]
        self.said = [line[2:] for line in lines if line.startswith(">")]
        self.data = bytes.fromhex("".join(
            line for line in lines[1:] if not line.startswith(">")))
        self.where = f"{where}: {self.name}"

    def members(self):
        """(name, text) of all that it says."""
        for line in self.said:
            yield from MEMBER.findall(line)


def read_messages(version):
    messages = []
    for path in sorted((GOLDEN / version).iterdir()):
        text = re.sub(r"(?m)^#.*\n", "", path.read_text())
        messages += [Message(block, f"{version}/{path.name}")
                     for block in re.split(r"\n\s*\n", text) if block.strip()]
    assert len(messages) > 40
    return messages


def ofctl_says(messages, path):
    """For each message a text.  An echo parts each from the next."""
    stop = bytes.fromhex("01020008deadbeef")
    with open(path, "wb") as stream:
        for message in messages:
            stream.write(message.data + stop)
    done = subprocess.run(
        ["ovs-ofctl", "-vconsole:off", "-vsyslog:off", "-mm", "ofp-parse",
         path], text=True, timeout=60, capture_output=True, check=True)
    said = re.split(r"OFPT_ECHO_REQUEST \(xid=0xdeadbeef\):.*\n", done.stdout)
    assert len(said) == len(messages) + 1
    return said[:-1]


def tshark_says(messages, path):
    """For each message an element, as PDML has it."""
    # An upper protocol's bytes alone, whose name a tag in front tells.
    tag = struct.pack("!HH8sHH", 12, 8, b"openflow", 0, 0)
    with open(path, "wb") as capture:
        capture.write(struct.pack("!IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                                  252))
        for message in messages:
            size = len(tag) + len(message.data)
            capture.write(struct.pack("!IIII", 0, 0, size, size) + tag +
                          message.data)
    done = subprocess.run(["tshark", "-n", "-r", path, "-T", "pdml"],
                          text=True, timeout=60, capture_output=True,
                          check=True)
    return ElementTree.fromstring(done.stdout).findall("packet")


def to_number(text, base=0):
    try:
        return int(text, base)
    except ValueError:
        return None


def told_by_tshark(packet):
    numbers, texts = set(), []
    for field in packet.iter():
        numbers |= {to_number(field.get("value", ""), 16),
                    to_number(field.get("show", ""))}
        texts.append(field.get("show", ""))
    return numbers, "\n".join(texts)


def is_told(name, value, numbers, text):
    """Is this in what the others say?"""
    if value[0] in '"{' or ":" in value:
        return value.strip('"{}') in text
    number = int(value, 0)
    return (number in numbers or number in ANY or
            number > 0xffff and f"{number:x}" in text)


def is_to_be_told(version, message, name, value):
    if name in WORDS or name in WORDS_OF.get(message.name, ()):
        return False
    if value[0] == "{" or name in ("data", "request"):
        return False  # A match is told in more than one way; bytes are bytes.
    if version in ("of10", "of11", "of12") and name in WORDS_OF_OLD:
        return False
    return not message.name.startswith(("MP_TABLE_FEATURES", "BUNDLE_ADD"))


@pytest.mark.parametrize("version", VERSIONS)
def test_ovs_ofctl_takes_them(version, tmp_path):
    messages = read_messages(version)
    for message, said in zip(messages, ofctl_says(messages, tmp_path / "of")):
        if message.name in UNKNOWN or any(
                f"{field}=" in line for field in FIELDS
                for line in message.said):
            continue
        if message.name == "ERROR":
            said = said.split("\n")[0]  # Then comes the request, if it can.
        assert "***decode" not in said, f"{message.where}\n{said}"
        kind = message.name.split()[0]
        kind = re.sub("^MP_(NX_)?", "", kind)
        kind = re.sub("^NX_", "", kind)
        assert kind in said.split("\n")[0], f"{message.where}\n{said}"


@pytest.mark.parametrize("version", VERSIONS)
def test_others_read_in_them_what_we_read(version, tmp_path):
    messages = read_messages(version)
    packets = tshark_says(messages, tmp_path / "golden.pcap")
    texts = ofctl_says(messages, tmp_path / "golden.of")
    faults = []
    for message, packet, said in zip(messages, packets, texts, strict=True):
        numbers, text = told_by_tshark(packet)
        numbers |= {int(word, 0) for word in NUMBER.findall(said)
                    if word == "0" or not word.startswith("0") or "x" in word}
        text += said
        faults += [f"{message.where}: {name}={value}"
                   for name, value in message.members()
                   if is_to_be_told(version, message, name, value) and
                   not is_told(name, value, numbers, text)]
    assert not faults, "\n".join(faults)
