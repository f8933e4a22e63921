/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file is read whole or refused with every fault in it, each on its line;
 * what it does not say has its default; a comparison names what changed.
 */
#include "config/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "config/config_keys.h"
#include "tests/unit/config_text.h"
#include "tests/unit/test.h"

/* Good files. */

static void an_empty_file_has_the_defaults(void **state)
{
    static const uint8_t zero[6];
    struct config *c = read_good_text("");

    (void)state;
    assert_string_equal(c->path, config_text_path);
    assert_string_equal(c->bridge.name, "of-switch");
    assert_int_equal(c->bridge.datapath_id, 0);
    assert_int_equal(c->bridge.fail_mode, FAIL_STANDALONE);
    assert_int_equal(c->bridge.mac_aging_s, 300);
    assert_int_equal(c->bridge.mac_table_size, 8192);
    assert_false(c->bridge.forwards_bpdu);
    assert_true(c->local.is_enabled);
    assert_memory_equal(c->local.port.mac.address, zero, 6);
    assert_string_equal(c->local.port.mac.of, "");
    assert_int_equal(c->local.port.address.family, 0);
    assert_int_equal(c->local.port.gateway.family, 0);
    assert_int_equal(c->local.port.vlan.mode, VLAN_ALL);
    assert_int_equal(c->port_count, 0);
    assert_int_equal(c->queue_count, 0);
    assert_int_equal(c->controller_count, 0);
    assert_int_equal(c->openflow.versions, 0x12);
    assert_int_equal(c->openflow.listen.count, 0);
    assert_int_equal(c->openflow.tables, 255);
    assert_int_equal(c->openflow.buffers, 256);
    assert_string_equal(c->openflow.private_key, "");
    assert_string_equal(c->flows.file, "");
    assert_int_equal(c->datapath.workers, 0);
    assert_int_equal(c->datapath.flow_cache, 65536);
    assert_int_equal(c->datapath.rx_ring, 0);
    assert_int_equal(c->datapath.busy_poll_us, 0);
    assert_int_equal(CPU_COUNT(&c->datapath.cpus), 0);
    assert_string_equal(c->log.level, "info");
    assert_false(c->log.is_json);
    assert_string_equal(c->log.file, "");
    assert_string_equal(c->daemon.user, "");
    assert_string_equal(c->daemon.run_dir, "/run/flowbridge");
    assert_true(c->daemon.has_seccomp);
    config_free(c);
}

static const char sample[] =
    "[bridge]\n"
    "name = of-switch            ; also the LOCAL interface's name\n"
    "datapath-id = auto          ; 16 hex digits, or auto: stable\n"
    "fail-mode = standalone      ; standalone | secure\n"
    "mac-aging = 300\n"
    "mac-table-size = 8192\n"
    "forward-bpdu = no           ; 01:80:c2:00:00:0x and other multicast\n"
    "\n"
    "[local]                     ; the host's own interface on the bridge\n"
    "enable = yes\n"
    "mac = auto                  ; stable like datapath-id; or an address\n"
    "address = 192.0.2.2/24      ; optional; without it use dhclient\n"
    "gateway = 192.0.2.1         ; optional\n"
    "\n"
    "[port em1]                  ; one section a port\n"
    "type = nic                  ; nic | tap | internal (further TAPs)\n"
    "ofport = 1                  ; optional\n"
    "vlan = 10                   ; access VLAN; or trunks = 10,20-29\n"
    "host-stack = shield         ; shield: the host's own IP stack | see\n"
    "\n"
    "[port tap0]\n"
    "type = tap                  ; made if it is not there\n"
    "owner = qemu                ; user (and group =) who may open it\n"
    "\n"
    "[datapath]\n"
    "workers = auto              ; threads\n"
    "flow-cache = 65536          ; entries a worker\n"
    "rx-ring = 2048              ; frames a port and worker\n"
    "busy-poll = 0               ; microseconds\n"
    "\n"
    "[log]\n"
    "level = info                ; error | warning | info | debug\n"
    "format = logfmt             ; logfmt | json\n"
    "file =                      ; empty: standard error (the journal)\n"
    "\n"
    "[daemon]\n"
    "user = flowbridge           ; empty: stay who started it\n"
    "run-dir = /run/flowbridge\n"
    "seccomp = yes\n";

static void the_sample_is_good(void **state)
{
    struct config *c = read_good_text(sample);
    static const uint8_t address[] = {192, 0, 2, 2}, gateway[] = {192, 0, 2, 1};

    (void)state;
    assert_int_equal(c->local.port.address.family, AF_INET);
    assert_memory_equal(c->local.port.address.bytes, address, 4);
    assert_int_equal(c->local.port.address.prefix_length, 24);
    assert_memory_equal(c->local.port.gateway.bytes, gateway, 4);
    assert_int_equal(c->port_count, 2);
    assert_string_equal(c->ports[0].name, "em1");
    assert_int_equal(c->ports[0].type, PORT_NIC);
    assert_int_equal(c->ports[0].ofport, 1);
    assert_int_equal(c->ports[0].vlan.mode, VLAN_ACCESS);
    assert_int_equal(c->ports[0].vlan.access, 10);
    assert_true(c->ports[0].has_shield);
    assert_int_equal(c->ports[0].line, 15);
    assert_string_equal(c->ports[1].name, "tap0");
    assert_int_equal(c->ports[1].type, PORT_TAP);
    assert_int_equal(c->ports[1].ofport, 0);
    assert_int_equal(c->ports[1].vlan.mode, VLAN_ALL);
    assert_string_equal(c->ports[1].owner, "qemu");
    assert_string_equal(c->daemon.user, "flowbridge");
    config_free(c);
}

static void values_are_read(void **state)
{
    static const uint8_t mac[] = {2, 0, 0, 0xab, 0, 1};
    struct config *c = read_good_text(
        "\xef\xbb\xbf# a comment\n"
        "; another = one\n"
        "[bridge]\n"
        "  name=br-0\r\n"
        "\tdatapath-id : 00aB00000000000f\n"
        "fail-mode = secure\nmac-aging = 10m\nmac-table-size = 64K\n"
        "forward-bpdu = yes\n"
        "[local]\nmac = 02:00:00:aB:00:01\n"
        "address = 2001:db8::2/64\ngateway = fe80::1\nnative = 5\n"
        "[ port\t em1 ] ; padded\ntrunks = 10, 20-29,0\nnative = 1\n"
        "host-stack = see\n"
        "[port em2]\nnative = 7\n"
        "[port vm]\ntype = tap\nowner = 1000\ngroup = kvm\nofport = 65279\n"
        "[port host1]\ntype = internal\nvlan = 20\nmac = em1\n"
        "address = 198.51.100.2/24\ngateway = 198.51.100.1\n"
        "[datapath]\nworkers = 4\nflow-cache = 64\nrx-ring = 65536\n"
        "busy-poll = 1ms\ncpus = 1, 3 - 5,0\n"
        "[log]\nlevel = warning, port=debug\nformat = json\n"
        "file = /var/log/a;b.log ; no comment before\n"
        "[daemon]\nuser =\nrun-dir = /tmp/x//\nseccomp = no");

    (void)state;
    assert_string_equal(c->bridge.name, "br-0");
    assert_true(c->bridge.datapath_id == 0x00ab00000000000f);
    assert_int_equal(c->bridge.fail_mode, FAIL_SECURE);
    assert_int_equal(c->bridge.mac_aging_s, 600);
    assert_int_equal(c->bridge.mac_table_size, 65536);
    assert_true(c->bridge.forwards_bpdu);
    assert_memory_equal(c->local.port.mac.address, mac, 6);
    assert_int_equal(c->local.port.address.family, AF_INET6);
    assert_int_equal(c->local.port.gateway.family, AF_INET6);
    assert_int_equal(c->local.port.vlan.mode, VLAN_TRUNK);
    assert_int_equal(c->local.port.vlan.native, 5);
    assert_int_equal(c->port_count, 4);
    assert_string_equal(c->ports[0].name, "em1");
    assert_int_equal(c->ports[0].vlan.mode, VLAN_TRUNK);
    assert_int_equal(c->ports[0].vlan.native, 1);
    assert_true(c->ports[0].vlan.trunks[0] == 0x3ff00401);
    assert_false(c->ports[0].has_shield);
    assert_int_equal(c->ports[1].vlan.mode, VLAN_TRUNK);
    assert_true(c->ports[1].vlan.trunks[0] == ~UINT64_C(1));
    assert_true(c->ports[1].vlan.trunks[63] == UINT64_MAX >> 1);
    assert_string_equal(c->ports[2].owner, "1000");
    assert_string_equal(c->ports[2].group, "kvm");
    assert_int_equal(c->ports[2].ofport, 65279);
    assert_int_equal(c->ports[3].type, PORT_INTERNAL);
    assert_false(c->ports[3].has_shield);
    assert_int_equal(c->ports[3].vlan.access, 20);
    assert_string_equal(c->ports[3].mac.of, "em1");
    assert_int_equal(c->ports[3].address.prefix_length, 24);
    assert_int_equal(c->ports[3].gateway.family, AF_INET);
    assert_int_equal(c->datapath.workers, 4);
    assert_int_equal(c->datapath.flow_cache, 64);
    assert_int_equal(c->datapath.rx_ring, 65536);
    assert_int_equal(c->datapath.busy_poll_us, 1000);
    assert_int_equal(CPU_COUNT(&c->datapath.cpus), 5);
    assert_true(CPU_ISSET(4, &c->datapath.cpus));
    assert_string_equal(c->log.level, "warning, port=debug");
    assert_true(c->log.is_json);
    assert_string_equal(c->log.file, "/var/log/a;b.log");
    assert_string_equal(c->daemon.user, "");
    assert_string_equal(c->daemon.run_dir, "/tmp/x");
    assert_false(c->daemon.has_seccomp);
    config_free(c);
}

/* Bad files; test_config_build.c has the faults of single keys. */

static void files_that_cannot_be_read_say_why(void **state)
{
    static char large[(1 << 20) + 1];
    struct config_faults faults = {0};

    (void)state;
    assert_null(config_read("/nowhere/x.ini", &faults));
    assert_null(config_read("/tmp", &faults));
    assert_int_equal(faults.count, 2);
    assert_string_equal(
        faults.list[0].text,
        "/nowhere/x.ini: cannot be read: No such file or directory; correct "
        "that, or give another file with -c");
    assert_string_equal(faults.list[1].text,
                        "/tmp: cannot be read: Is a directory; correct that, "
                        "or give another file with -c");
    config_faults_clear(&faults);
    memset(large, '\n', sizeof(large));
    check_faults_of(large, sizeof(large),
                    ": cannot be read: it is larger than 1 MiB; correct that, "
                    "or give another file with -c\n");
}

static void a_path_that_is_too_long_is_a_fault(void **state)
{
    static char long_path[5000];
    struct config_faults faults = {0};

    (void)state;
    memset(long_path, 'x', sizeof(long_path) - 1);
    assert_null(config_read(long_path, &faults));
    assert_int_equal(faults.count, 1);
    config_faults_clear(&faults);
}

static void a_nul_byte_is_a_fault_of_its_line(void **state)
{
    static const char text[] = "[bridge]\nname = a\0b\nmac-aging = 1\n";

    (void)state;
    check_faults_of(
        text, sizeof(text) - 1,
        ":2: [bridge]: the line has a NUL byte; write plain text\n:3: [bridge] "
        "mac-aging: \"1\" is out of range; write a time from 10s to 1000000s "
        "(time that a learned address is kept after its last frame)\n");
}

/* Emptied, cut off by a full disk, or saved half-way. */
static void a_file_without_a_name_is_a_fault(void **state)
{
    static const struct {
        const char *text, *place;
    } rows[] = {
        /* clang-format off */
        {"",                         ":1"},
        {"\n\n",                     ":1"},
        {"; nothing yet\n",          ":1"},
        {"[bridge]\n",               ":1"},
        {"[port em1]\n\n[bridge]\n", ":3"},
        /* clang-format on */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct config_faults faults = {0};
        char want[128];

        write_file_itself(rows[i].text, strlen(rows[i].text));
        assert_null(config_read(config_text_path, &faults));
        assert_int_equal(faults.count, 1);
        snprintf(want, sizeof(want), "%s%s: [bridge] name: is missing; write ",
                 config_text_path, rows[i].place);
        assert_memory_equal(faults.list[0].text, want, strlen(want));
        config_faults_clear(&faults);
    }
}

/* Debian's inih takes long lines, others say that they do not. */
static void a_long_line_is_read_or_refused(void **state)
{
    static char text[20000] = "[port em1]\ntrunks = 1";
    struct config_faults faults = {0};
    struct config *c;

    (void)state;
    for (int i = 0; i < 500; i++)
        strcat(text, ",1001");
    write_file(text, strlen(text));
    c = config_read(config_text_path, &faults);
    if (c)
        assert_true(c->ports[0].vlan.trunks[1001 / 64] >> 1001 % 64 & 1);
    else
        assert_non_null(strstr(faults.list[0].text,
                               ":2: [port em1]: the line is "
                               "longer than "));
    config_free(c);
    config_faults_clear(&faults);

    for (int i = 0; i < 2000; i++)
        strcat(text, ",1001");
    write_file(text, strlen(text));
    assert_null(config_read(config_text_path, &faults));
    assert_int_equal(faults.count, 1);
    assert_non_null(strstr(faults.list[0].text,
                           ":2: [port em1]: the line is longer than "));
    config_faults_clear(&faults);
}

/* A long comment is no long line. */
static void comments_may_be_long(void **state)
{
    static char text[20000] = "[bridge]\nname = br0 ;";

    (void)state;
    memset(text + strlen(text), 'c', 15000);
    config_free(read_good_text(text));
}

static void very_many_faults_end_somewhere(void **state)
{
    static char text[20000] = "[bridge]\n";
    struct config_faults faults = {0};

    (void)state;
    for (int i = 0; i < 1000; i++)
        strcat(text, "nothing\n");
    write_file(text, strlen(text));
    assert_null(config_read(config_text_path, &faults));
    assert_int_equal(faults.count, 101);
    assert_non_null(strstr(faults.list[100].text,
                           "has more faults; only the first 100 are listed"));
    config_faults_clear(&faults);
}

static void ports_have_a_most(void **state)
{
    static char text[20000];
    struct config *c;

    (void)state;
    for (int i = 0; i < CONFIG_PORTS_MAX; i++)
        sprintf(text + strlen(text), "[port p%d]\n", i);
    c = read_good_text(text);
    assert_int_equal(c->port_count, CONFIG_PORTS_MAX);
    config_free(c);
    strcat(text, "[port more]\nofport = 0\n");
    check_faults(
        text, ":256: [port more]: is one too many; the most is 255\n"
              ":257: [port more] ofport: \"0\" is out of range; write a whole "
              "number from 1 to 65279 or auto (OpenFlow number of the port)\n");
}

/* Whatever stands in a file, it is read or refused, and nothing else happens;
 * of use under a sanitizer. */
static void random_files_do_no_harm(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct config_faults faults = {0};
        char text[sizeof(sample)];
        struct config *c;

        memcpy(text, sample, sizeof(sample));
        for (int i = 0; i < 8; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            text[(seed >> 33) % (sizeof(sample) - 1)] =
                i % 2 ? (char)(seed >> 56) : "[]=;\n, -/"[(seed >> 56) % 9];
        }
        write_file(text, sizeof(text) - 1);
        c = config_read(config_text_path, &faults);
        assert_true(!c == (faults.count > 0));
        config_free(c);
        config_faults_clear(&faults);
    }
}

/* The table itself. */

static void every_key_has_a_good_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];

        assert_true(strlen(key->help) > 0);
        assert_ptr_equal(config_keys_find(key->section, key->name), key);
        assert_true(key->initial || key->kind->may_be_empty ||
                    key->section == CONFIG_BRIDGE || /* name */
                    key->section == CONFIG_PORT ||
                    key->section == CONFIG_LOCAL ||
                    key->section == CONFIG_CONTROLLER);
    }
}

/* Comparisons. */

struct seen {
    char text[4096];
    size_t restarts;
};

static void see(void *context, const char *line, bool needs_restart)
{
    struct seen *seen = context;

    strcat(strcat(seen->text, line), "\n");
    seen->restarts += needs_restart;
}

static void check_diff(const char *from_text, const char *to_text,
                       const char *want, size_t restarts)
{
    struct config *from = read_good_text(from_text);
    struct config *to = read_good_text(to_text);
    struct seen seen = {{0}, 0};
    size_t count = config_diff(from, to, see, &seen);

    assert_string_equal(seen.text, want);
    assert_int_equal(seen.restarts, restarts);
    for (const char *c = want; (c = strchr(c, '\n')); c++)
        count--;
    assert_int_equal(count, 0);
    config_free(from);
    config_free(to);
}

static void the_same_has_no_difference(void **state)
{
    (void)state;
    check_diff(sample, sample, "", 0);
    check_diff("", "[bridge]\nmac-aging = 5m\n[log]\nfile =\n", "", 0);
    check_diff("[port a]\n[port b]\n", "[port b]\n[port a]\n", "", 0);
}

static void differences_name_key_and_values(void **state)
{
    (void)state;
    check_diff("[bridge]\nname = a\n[local]\naddress = 192.0.2.2/24\n",
               "[bridge]\nname = b\nmac-aging = 1m\nfail-mode = secure\n"
               "[local]\nmac = em1\nvlan = 7\n"
               "[log]\nformat = json\n[datapath]\nworkers = 2\n",
               "[bridge] name: a -> b (needs a restart)\n"
               "[bridge] fail-mode: standalone -> secure\n"
               "[bridge] mac-aging: 300s -> 60s\n"
               "[local] mac: auto -> em1\n"
               "[local] address: 192.0.2.2/24 -> (none)\n"
               "[local] vlan: (none) -> 7\n"
               "[datapath] workers: auto -> 2 (needs a restart)\n"
               "[log] format: logfmt -> json\n",
               2);
}

static void count_restarts(void *context, const char *line, bool needs_restart)
{
    (void)line;
    *(size_t *)context += needs_restart;
}

/* What needs a restart stays as it is, and the table says what that is. */
static void a_reload_keeps_what_needs_a_restart(void **state)
{
    struct config *from = read_good_text("");
    struct config *to = read_good_text(
        "[bridge]\nname = b\ndatapath-id = 00000000000000ab\n"
        "mac-aging = 1m\n"
        "[openflow]\ntables = 7\nbuffers = 8\n"
        "[datapath]\nworkers = 2\nflow-cache = 128\nrx-ring = 128\n"
        "busy-poll = 5\ncpus = 1\nkernel = auto\n"
        "[daemon]\nuser = root\nrun-dir = /tmp\nseccomp = no\n");
    size_t restarts = 0, keys = 0;

    (void)state;
    for (size_t i = 0; i < config_key_count; i++)
        keys += config_keys[i].needs_restart;
    config_diff(from, to, count_restarts, &restarts);
    assert_int_equal(restarts, keys); /* each key differs */
    restarts = 0;
    config_keep(to, from);
    assert_int_equal(config_diff(from, to, count_restarts, &restarts), 2);
    assert_int_equal(restarts, 0);
    assert_int_equal(to->bridge.mac_aging_s, 60);
    assert_true(CPU_ISSET(1, &to->datapath.cpus));
    config_free(from);
    config_free(to);
}

static void ports_are_compared_by_name(void **state)
{
    (void)state;
    check_diff("[port a]\nvlan = 10\n[port b]\n[port c]\ntrunks = 1,2,3\n",
               "[port c]\ntrunks = 1-3,5\nnative = 1\n[port d]\n[port a]\n"
               "ofport = 3\nvlan = 11\nhost-stack = see\n",
               "[port b]: removed\n"
               "[port c] trunks: 1-3 -> 1-3,5\n"
               "[port c] native: (none) -> 1\n"
               "[port d]: added\n"
               "[port a] ofport: auto -> 3\n"
               "[port a] vlan: 10 -> 11\n"
               "[port a] host-stack: shield -> see\n",
               0);
}

/* Two lists of VLANs that differ only far behind what is shown. */
static void long_values_are_compared_whole(void **state)
{
    static char from[20000] = "[port a]\ntrunks = 1", to[20000];
    struct config *a, *b;
    struct seen seen = {{0}, 0};

    (void)state;
    for (int vlan = 3; vlan < 300; vlan += 2)
        sprintf(from + strlen(from), ",%d", vlan);
    strcpy(to, from);
    strcat(to, ",4000");
    a = read_good_text(from);
    b = read_good_text(to);
    assert_int_equal(config_diff(a, b, see, &seen), 1);
    assert_non_null(strstr(seen.text, "... -> 1,3,5"));
    config_free(a);
    config_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_has_the_defaults),
        cmocka_unit_test(the_sample_is_good),
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(files_that_cannot_be_read_say_why),
        cmocka_unit_test(a_path_that_is_too_long_is_a_fault),
        cmocka_unit_test(a_nul_byte_is_a_fault_of_its_line),
        cmocka_unit_test(a_file_without_a_name_is_a_fault),
        cmocka_unit_test(a_long_line_is_read_or_refused),
        cmocka_unit_test(comments_may_be_long),
        cmocka_unit_test(very_many_faults_end_somewhere),
        cmocka_unit_test(ports_have_a_most),
        cmocka_unit_test(random_files_do_no_harm),
        cmocka_unit_test(every_key_has_a_good_row),
        cmocka_unit_test(the_same_has_no_difference),
        cmocka_unit_test(differences_name_key_and_values),
        cmocka_unit_test(a_reload_keeps_what_needs_a_restart),
        cmocka_unit_test(ports_are_compared_by_name),
        cmocka_unit_test(long_values_are_compared_whole),
    };

    return cmocka_run_group_tests(tests, config_text_begin, config_text_end);
}
