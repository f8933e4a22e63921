/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every kind of fault is found, in its place, and its line says what to do.
 * What stands here is what people read; change it as the words change.
 */
#include "config/config_build.h"

#include "base/array.h"
#include "tests/unit/config_text.h"
#include "tests/unit/test.h"

static void names_of_sections(void **state)
{
    (void)state;
    check_faults(
        "[bridge]\n"
        "name = a-name-of-16-chr\n"
        "[port em/1]\n"
        "[port em 1]\n"
        "[port]\n"
        "[port ..]\n"
        "[port a%d]\n"
        "[port a:b]",
        ":2: [bridge] name: \"a-name-of-16-chr\" is not an interface name; the "
        "most is 15 characters (name of the bridge and of its interface "
        "LOCAL)\n"
        ":3: [port em/1]: \"em/1\" is not an interface name; it must not have "
        "spaces or any of / : % \" \\\n"
        ":4: [port em 1]: \"em 1\" is not an interface name; it must not have "
        "spaces or any of / : % \" \\\n"
        ":5: [port]: needs a name; write [port INTERFACE]\n"
        ":6: [port ..]: \"..\" is not an interface name\n"
        ":7: [port a%d]: \"a%d\" is not an interface name; it must not have "
        "spaces or any of / : % \" \\\n"
        ":8: [port a:b]: \"a:b\" is not an interface name; it must not have "
        "spaces or any of / : % \" \\\n");
}

static void names_of_keys(void **state)
{
    (void)state;
    check_faults(
        "[bridge]\n"
        "name =\n"
        "naem = x\n"
        "workers = 2\n"
        "zzzzzzzz = 1\n",
        ":2: [bridge] name: has no value; write one or remove the key (name of "
        "the bridge and of its interface LOCAL)\n"
        ":3: [bridge] naem: unknown key; did you mean name?\n"
        ":4: [bridge] workers: belongs in [datapath]; move it there\n"
        ":5: [bridge] zzzzzzzz: unknown key; the keys are name datapath-id "
        "fail-mode mac-aging mac-table-size forward-bpdu\n");
    check_faults(
        "[port em1]\n"
        "vlna = 1\n"
        "mac-aging = 3\n",
        ":2: [port em1] vlna: unknown key; did you mean vlan?\n"
        ":3: [port em1] mac-aging: belongs in [bridge]; move it there\n");
}

static void unknown_sections(void **state)
{
    (void)state;
    check_faults(
        "[brigde]\n"
        "name = x\n"
        "[metrics]\n"
        "listen = 1\n"
        "[mirror x]\n"
        "[bridge br0]\n",
        ":1: [brigde]: unknown section; did you mean [bridge]?\n"
        ":3: [metrics]: unknown section; remove it, the sections are [bridge] "
        "[local] [port INTERFACE] [queue PORT:ID] [controller NAME] [openflow] "
        "[flows] [datapath] [log] [daemon]\n"
        ":5: [mirror x]: unknown section; remove it, the sections are [bridge] "
        "[local] [port INTERFACE] [queue PORT:ID] [controller NAME] [openflow] "
        "[flows] [datapath] [log] [daemon]\n"
        ":6: [bridge br0]: takes no name; write [bridge]\n");
}

static void what_is_there_twice(void **state)
{
    (void)state;
    check_faults(
        "[bridge]\n"
        "[bridge]\n"
        "name = x\n"
        "[port em1]\n"
        "[port em1]\n"
        "ofport = 0\n",
        ":2: [bridge]: duplicates the section on line 1; merge the two\n"
        ":5: [port em1]: duplicates the section on line 4; merge the two\n"
        ":6: [port em1] ofport: \"0\" is out of range; write a whole number "
        "from 1 to 65279 or auto (OpenFlow number of the port)\n");
    check_faults("[bridge]\n"
                 "name = a\n"
                 "name = b\n",
                 ":3: [bridge] name: duplicates line 2; remove one of them\n");
}

static void lines_that_are_nothing(void **state)
{
    (void)state;
    check_faults(
        "name = x\n"
        "[bridge\n"
        "[bridge] x\n"
        "[]\n"
        "foo\n"
        "[log]\n"
        "foo bar\n"
        "= x\n",
        ":1: name: is before the first [section]; move it into one\n"
        ":2: \"[bridge\" is not a section; write [section] alone on its line, "
        "and start a comment behind it with ;\n"
        ":3: \"[bridge] x\" is not a section; write [section] alone on its "
        "line, and start a comment behind it with ;\n"
        ":4: [?]: unknown section; remove it, the sections are [bridge] "
        "[local] [port INTERFACE] [queue PORT:ID] [controller NAME] [openflow] "
        "[flows] [datapath] [log] [daemon]\n"
        ":5: [?]: \"foo\" is neither [section] nor key = value; write one of "
        "them, or ; before a comment\n"
        ":7: [log]: \"foo bar\" is neither [section] nor key = value; write "
        "one of them, or ; before a comment\n"
        ":8: [log]: has no key; write key = value\n");
}

/* What is right elsewhere: each is told what to write here. */
static void what_newcomers_write(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"[port em1]\nvlan = 1 # mine\n",
         ":2: [port em1] vlan: contains #; start a comment behind a value with "
         "; or put it on a line of its own"},
        {"[log]\nfile = /tmp/x # mine\n", ":2: [log] file: contains #; "},
        {"[bridge] # mine\n", "start a comment behind it with ;"},
        {"[port em1]\nvlan = \"10\"\n",
         ":2: [port em1] vlan: is in quotes; write the value without them"},
        {"[port tap0]\ntype = tap\nowner = 'qemu'\n",
         ":3: [port tap0] owner: is in quotes"},
        {"[daemon]\nseccomp no\n",
         ":2: [daemon] seccomp: has no =; write seccomp = VALUE"},
        {"[daemon]\nseccomp = maybe\n",
         ":2: [daemon] seccomp: \"maybe\" is unknown; write no or yes"},
        {"[bridge]\nname = x\nfail-mode = Standalone\n",
         "did you mean standalone?"},
        {"[bridge]\nname = x\nfail_mode = secure\n",
         ":3: [bridge] fail_mode: unknown key; did you mean fail-mode?"},
        {"[openflow]\nversions = OpenFlow13\n",
         ":2: [openflow] versions: \"OpenFlow13\" is not a version; write 1.3"},
        {"[openflow]\nversions = 1.0,OpenFlow10\n",
         "is not a version; write 1.0"},
        {"[openflow]\nlisten = tcp:6633\n",
         ":2: [openflow] listen: \"tcp:6633\" is an address to connect "
         "to; write ptcp:PORT:ADDRESS, or"},
        {"[openflow]\nlisten = tcp:192.0.2.1:6633\n",
         "write ptcp:6633:192.0.2.1, or"},
        {"[openflow]\nlisten = unix:/run/x\n", "write punix:/run/x, or"},
        {"[controller a]\ntarget = ptcp:6633:192.0.2.1\n",
         "write tcp:192.0.2.1:6633 to connect to a controller"},
        {"[log]\nlevel = info, opneflow=debug\n",
         ":2: [log] level: \"opneflow\" is not a module; did you mean "
         "openflow?"},
        {"[log]\nlevel = info, zzzzz=debug\n",
         "is not a module; write the first word of an event"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct config_faults faults = {0};

        write_file(rows[i].text, strlen(rows[i].text));
        assert_null(config_read(config_text_path, &faults));
        assert_true(faults.count >= 1);
        if (!strstr(faults.list[0].text, rows[i].want))
            fail_msg("%s\nis not\n%s", faults.list[0].text, rows[i].want);
        assert_true(faults.list[0].line > 0);
        config_faults_clear(&faults);
    }
}

static void switches_have_many_words(void **state)
{
    static const char *const words[][2] = {
        /* clang-format off */
        {"no",    "yes" },
        {"false", "true"},
        {"off",   "on"  },
        {"0",     "1"   },
        {"No",    "YES" },
        {"Off",   "True"},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        for (size_t value = 0; value < 2; value++) {
            char text[64];
            struct config *c;

            snprintf(text, sizeof(text), "[daemon]\nseccomp = %s\n",
                     words[i][value]);
            c = read_good_text(text);
            assert_int_equal(c->daemon.has_seccomp, value);
            config_free(c);
        }
    /* A choice of two words is none. */
    check_faults("[log]\nformat = yes\n",
                 ":2: [log] format: \"yes\" is unknown; write logfmt or json "
                 "(format of a line)\n");
}

static void identities(void **state)
{
    (void)state;
    check_faults("[bridge]\n"
                 "datapath-id = 12\n",
                 ":2: [bridge] datapath-id: \"12\" is not 16 hex digits; write "
                 "them, or auto (id by which controllers know the switch)\n");
    check_faults(
        "[bridge]\n"
        "datapath-id = 0000000000000000\n"
        "fail-mode = secured\n"
        "forward-bpdu = maybe\n",
        ":2: [bridge] datapath-id: 0 is not a datapath id; write another "
        "number, or auto (id by which controllers know the switch)\n:3: "
        "[bridge] fail-mode: \"secured\" is unknown; did you mean secure? "
        "write standalone or secure (behaviour without a controller)\n:4: "
        "[bridge] forward-bpdu: \"maybe\" is unknown; write no or yes (whether "
        "reserved multicast, such as spanning tree, is forwarded)\n");
    check_faults("[bridge]\n"
                 "name = \033[31m\n",
                 ":2: [bridge] name: \"?[31m\" is not an interface name; "
                 "it must not have spaces or any of / : % \" \\ (name of the "
                 "bridge and of its interface LOCAL)\n");
}

static void lists_of_cpus(void **state)
{
    static const char *const lists[] = {
        "x", "1,", ",1", "1,,2", "3-1", "1-", "-1", "1024", "1 2", "0-99999999",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        char text[64], faults[256];

        snprintf(text, sizeof(text), "[datapath]\ncpus = %s\n", lists[i]);
        snprintf(faults, sizeof(faults),
                 ":2: [datapath] cpus: \"%s\" is not a list of CPUs; write "
                 "numbers and ranges, such as 0,2-5 (CPUs on which the worker "
                 "threads may run; empty: all)\n",
                 lists[i]);
        check_faults(text, faults);
    }
}

static void numbers_and_times(void **state)
{
    (void)state;
    check_faults(
        "[bridge]\n"
        "mac-aging = 5\n"
        "mac-table-size = 15\n"
        "[datapath]\n"
        "workers = 5\n"
        "flow-cache = 1000\n"
        "rx-ring = 1e3\n"
        "busy-poll = 1s\n",
        ":2: [bridge] mac-aging: \"5\" is out of range; write a time from 10s "
        "to 1000000s (time that a learned address is kept after its last "
        "frame)\n:3: [bridge] mac-table-size: \"15\" is out of range; write a "
        "whole number from 16 to 1048576 (the most addresses that can be "
        "learned)\n:5: [datapath] workers: \"5\" is out of range; write a "
        "whole number from 1 to 4 or auto (number of worker threads)\n:6: "
        "[datapath] flow-cache: 1000 is not a power of two; write 512 or 1024 "
        "(number of flows in the cache of each worker)\n:7: [datapath] "
        "rx-ring: \"1e3\" is out of range; write a whole number from 64 to "
        "65536 or auto (number of frames that can wait at a port for a "
        "worker)\n:8: [datapath] busy-poll: \"1s\" is out of range; write a "
        "time from 0us to 100000us (time that a worker polls before it "
        "sleeps)\n");
    check_faults(
        "[bridge]\n"
        "mac-aging = 10500ms\n"
        "mac-table-size = 99999999999999999999\n",
        ":2: [bridge] mac-aging: \"10500ms\" is too precise; write whole "
        "seconds (time that a learned address is kept after its last frame)\n"
        ":3: [bridge] mac-table-size: \"99999999999999999999\" is out of "
        "range; write a whole number from 16 to 1048576 (the most addresses "
        "that can be learned)\n");
    check_faults("[bridge]\n"
                 "mac-aging = soon\n",
                 ":2: [bridge] mac-aging: \"soon\" is not a time; write a "
                 "number like 500ms, 5s or 10m (time that a learned address is "
                 "kept after its last frame)\n");
    check_faults("[bridge]\n"
                 "mac-aging = 5 days\n",
                 ":2: [bridge] mac-aging: \"days\" is not a unit of time; "
                 "write us, ms, s, m or h after the number (time that a "
                 "learned address is kept after its last frame)\n");
}

static void addresses(void **state)
{
    (void)state;
    check_faults("[local]\n"
                 "mac = 02:00:00:00:00\n"
                 "address = 192.0.2.2\n"
                 "gateway = 192.0.2.1/24\n",
                 ":2: [local] mac: \"02:00:00:00:00\" is not a MAC address; "
                 "write one like 02:00:00:00:00:01, the name of an interface "
                 "that has it, or auto (LOCAL's MAC address)\n"
                 ":3: [local] address: \"192.0.2.2\" needs a prefix length; "
                 "write 192.0.2.2/24, for example (LOCAL's IP address with its "
                 "prefix length)\n"
                 ":4: [local] gateway: \"192.0.2.1/24\" is not a host address; "
                 "write one like 192.0.2.1, without a prefix (next hop of the "
                 "host's default route)\n");
    check_faults("[local]\n"
                 "mac = 03:00:00:00:00:01\n"
                 "address = 192.0.2.0/24\n",
                 ":2: [local] mac: 03:00:00:00:00:01 is not a unicast address; "
                 "the first byte must be even and not all bytes 0 (LOCAL's MAC "
                 "address)\n:3: [local] address: 192.0.2.0/24 is a network or "
                 "broadcast address; write the address of the host (LOCAL's IP "
                 "address with its prefix length)\n");
    check_faults("[local]\n"
                 "address = 192.0.2.255/24\n"
                 "gateway = 127.0.0.1\n",
                 ":2: [local] address: 192.0.2.255/24 is a network or "
                 "broadcast address; write the address of the host (LOCAL's IP "
                 "address with its prefix length)\n"
                 ":3: [local] gateway: \"127.0.0.1\" is not a host address; "
                 "write one like 192.0.2.1, without a prefix (next hop of the "
                 "host's default route)\n");
    check_faults("[local]\n"
                 "address = 192.0.2.2/33\n",
                 ":2: [local] address: \"33\" is not a prefix length; write 1 "
                 "to 32 (LOCAL's IP address with its prefix length)\n");
    check_faults("[local]\n"
                 "address = 2001:db8::/64\n",
                 ":2: [local] address: 2001:db8::/64 is a network or broadcast "
                 "address; write the address of the host (LOCAL's IP address "
                 "with its prefix length)\n");
    check_faults("[local]\n"
                 "address = ff02::1/64\n",
                 ":2: [local] address: \"ff02::1/64\" is not a host address; "
                 "write one like 192.0.2.2/24 or 2001:db8::2/64 (LOCAL's IP "
                 "address with its prefix length)\n");
}

static void the_gateway(void **state)
{
    (void)state;
    check_faults(
        "[local]\n"
        "gateway = 192.0.2.1\n",
        ":2: [local] gateway: needs an address; add the key address\n");
    check_faults("[local]\n"
                 "address = 192.0.2.2/24\n"
                 "gateway = 198.51.100.1\n",
                 ":3: [local] gateway: is not in the address's network, so it "
                 "cannot be reached; correct one of them\n");
    check_faults("[local]\n"
                 "address = 192.0.2.2/24\n"
                 "gateway = 2001:db8::1\n",
                 ":3: [local] gateway: has another family than the address; "
                 "write both as IPv4 or both as IPv6\n");
    check_faults("[local]\n"
                 "address = 192.0.2.2/24\n"
                 "gateway = 192.0.2.2\n",
                 ":3: [local] gateway: is the host's own address; write the "
                 "router's\n");
}

static void local_without_local(void **state)
{
    (void)state;
    check_faults("[local]\n"
                 "enable = no\n"
                 "mac = 02:00:00:00:00:01\n"
                 "address = 192.0.2.2/24\n"
                 "gateway = 192.0.2.1\n"
                 "vlan = 10\n",
                 ":3: [local] mac: has no effect with enable = no; remove one "
                 "of them\n:4: [local] address: has no effect with enable = "
                 "no; remove one of them\n:5: [local] gateway: has no effect "
                 "with enable = no; remove one of them\n:6: [local] vlan: has "
                 "no effect with enable = no; remove one of them\n");
}

static void port_numbers_and_names(void **state)
{
    (void)state;
    check_faults(
        "[port em1]\n"
        "ofport = 7\n"
        "[port em2]\n"
        "ofport = 7\n"
        "[port em3]\n"
        "ofport = 65280\n"
        "[port em4]\n"
        "ofport = -1\n",
        ":6: [port em3] ofport: \"65280\" is out of range; write a whole "
        "number from 1 to 65279 or auto (OpenFlow number of the port)\n"
        ":8: [port em4] ofport: \"-1\" is out of range; write a whole number "
        "from 1 to 65279 or auto (OpenFlow number of the port)\n"
        ":4: [port em2] ofport: 7 is already the number of [port em1], line 2; "
        "write another\n");
    check_faults("[port of-switch]\n"
                 "[port lo]\n",
                 ":1: [port of-switch]: is the name of LOCAL, the bridge's own "
                 "interface; remove the section, or change [bridge] name\n:2: "
                 "[port lo]: is the loopback interface, which cannot be a "
                 "port; remove the section\n");
}

static void vlans(void **state)
{
    (void)state;
    check_faults(
        "[port em1]\n"
        "vlan = 10\n"
        "trunks = 10\n"
        "native = 10\n",
        ":3: [port em1] trunks: conflicts with vlan, which makes an access "
        "port; remove one of them\n:4: [port em1] native: conflicts with vlan, "
        "which makes an access port; remove one of them\n");
    check_faults("[local]\n"
                 "native = 10\n"
                 "vlan = 10\n",
                 ":2: [local] native: conflicts with vlan, which makes an "
                 "access port; remove one of them\n");
    check_faults(
        "[port em1]\n"
        "vlan = 4095\n"
        "[port em2]\n"
        "trunks = 10,,20\n"
        "[port em3]\n"
        "trunks = 29-20\n"
        "[port em4]\n"
        "native = 0\n",
        ":2: [port em1] vlan: \"4095\" is not a VLAN; write one from 1 to 4094 "
        "(VLAN of an access port)\n"
        ":4: [port em2] trunks: \"\" is not a VLAN; write a list like "
        "10,20-29, each from 0 (untagged) to 4094 (VLANs of a trunk)\n"
        ":6: [port em3] trunks: \"29-20\" is not a VLAN; write a list like "
        "10,20-29, each from 0 (untagged) to 4094 (VLANs of a trunk)\n"
        ":8: [port em4] native: \"0\" is not a VLAN; write one from 1 to 4094 "
        "(VLAN of a trunk's untagged frames)\n");
}

static void types(void **state)
{
    (void)state;
    check_faults(
        "[port em1]\n"
        "owner = qemu\n"
        "group = qemu\n"
        "[port in1]\n"
        "type = internal\n"
        "host-stack = see\n"
        "owner = x\n"
        "[port t]\n"
        "type = tab\n"
        "[port u]\n"
        "type = tap\n"
        "owner = a b\n"
        "host-stack = hide\n",
        ":9: [port t] type: \"tab\" is unknown; did you mean tap? write nic, "
        "tap or internal (nic: an existing interface; tap: for a virtual "
        "machine; internal: one more interface of the host)\n:12: [port u] "
        "owner: \"a b\" is not a user or group; write a name from /etc/passwd "
        "or /etc/group, or a number (user that may open the TAP)\n:13: [port "
        "u] host-stack: \"hide\" is unknown; write see or shield (whether the "
        "host's own IP stack sees frames of this port)\n:2: [port em1] owner: "
        "is only allowed for type = tap; remove it or set the type\n:3: [port "
        "em1] group: is only allowed for type = tap; remove it or set the "
        "type\n:7: [port in1] owner: is only allowed for type = tap; remove it "
        "or set the type\n:6: [port in1] host-stack: is not allowed for type = "
        "internal, because that port belongs to the host; remove it\n");
    check_faults(
        "[port em1]\n"
        "address = 192.0.2.2/24\n"
        "[port t]\n"
        "type = tap\n"
        "mac = 02:00:00:00:00:01\n",
        ":2: [port em1] address: is only allowed for LOCAL and type = "
        "internal; remove it or set the type\n:5: [port t] mac: is only "
        "allowed for LOCAL and type = internal; remove it or set the type\n");
}

static void the_host_has_several_interfaces_by_one_rule(void **state)
{
    (void)state;
    check_faults(
        "[port in1]\n"
        "type = internal\n"
        "mac = of-switch\n"
        "address = 192.0.2.2/24\n"
        "gateway = 198.51.100.1\n"
        "[port in2]\n"
        "type = internal\n"
        "gateway = 198.51.100.1\n"
        "[local]\n"
        "mac = in1\n",
        ":5: [port in1] gateway: is not in the address's network, so it cannot "
        "be reached; correct one of them\n:3: [port in1] mac: names an "
        "interface that the switch creates; write the name of a NIC, an "
        "address, or auto\n:8: [port in2] gateway: needs an address; add the "
        "key address\n:10: [local] mac: names an interface that the switch "
        "creates; write the name of a NIC, an address, or auto\n");
}

static void log_and_daemon(void **state)
{
    (void)state;
    check_faults(
        "[log]\n"
        "level = loud\n"
        "format = jsn\n"
        "file = log\n"
        "[daemon]\n"
        "run-dir = run\n"
        "seccomp = y\n"
        "user = -x\n",
        ":2: [log] level: \"loud\" is not a level; write error, warning, info "
        "or debug, and for single modules \"info, port=debug\" (least severe "
        "level that is logged, also by module)\n:3: [log] format: \"jsn\" is "
        "unknown; did you mean json? write logfmt or json (format of a "
        "line)\n:4: [log] file: \"log\" is not an absolute path; start it with "
        "/ (log file; empty: standard error, under systemd the journal)\n:6: "
        "[daemon] run-dir: \"run\" is not an absolute path; start it with / "
        "(directory of the sockets)\n:7: [daemon] seccomp: \"y\" is unknown; "
        "write no or yes (whether a filter refuses system calls that the "
        "switch does not need)\n:8: [daemon] user: \"-x\" is not a user or "
        "group; write a name from /etc/passwd or /etc/group, or a number (user "
        "to change to after the start; empty: no change)\n");
    check_faults("[log]\n"
                 "file = /var/log/\n"
                 "[daemon]\n"
                 "run-dir =\n",
                 ":2: [log] file: \"/var/log/\" is a directory; write the path "
                 "of a file (log file; empty: standard error, under systemd "
                 "the journal)\n:4: [daemon] run-dir: has no value; write one "
                 "or remove the key (directory of the sockets)\n");
    check_faults(
        "[daemon]\n"
        "user = "
        "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu\n",
        ":2: [daemon] user: is longer than 63 characters; write a shorter one "
        "(user to change to after the start; empty: no change)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_sections),
        cmocka_unit_test(names_of_keys),
        cmocka_unit_test(unknown_sections),
        cmocka_unit_test(what_is_there_twice),
        cmocka_unit_test(lines_that_are_nothing),
        cmocka_unit_test(what_newcomers_write),
        cmocka_unit_test(switches_have_many_words),
        cmocka_unit_test(identities),
        cmocka_unit_test(lists_of_cpus),
        cmocka_unit_test(numbers_and_times),
        cmocka_unit_test(addresses),
        cmocka_unit_test(the_gateway),
        cmocka_unit_test(local_without_local),
        cmocka_unit_test(port_numbers_and_names),
        cmocka_unit_test(vlans),
        cmocka_unit_test(types),
        cmocka_unit_test(the_host_has_several_interfaces_by_one_rule),
        cmocka_unit_test(log_and_daemon),
    };

    return cmocka_run_group_tests(tests, config_text_begin, config_text_end);
}
