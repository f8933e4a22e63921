/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In-band control of a closed bridge: LOCAL gets its address and reaches the
 * controller, and nothing else passes.
 */
#include "tests/sim/controlled.h"
#include "tests/unit/test.h"

#define CLOSED "[bridge]\nfail-mode = secure\n[local]\nenable = yes\n"
#define PORTS  "[port em1]\nofport = 1\n[port em2]\nofport = 2\n"
#define POX    "[controller pox]\ntarget = tcp:192.0.2.1:6653\n"

static struct sim *open_with(const char *ini)
{
    struct sim *s = sim_open(ini);

    sim_link_up(s, "em1");
    sim_link_up(s, "em2");
    sim_pass_ms(s, 2000);
    sim_forget(s);
    return s;
}

/* LOCAL's MAC address, or another one for NULL. */
static void put_mac(struct sim *s, const char *port, uint8_t *at)
{
    const struct bridge_port *p;

    memcpy(at, "\2\0\0\0\0\x99", 6);
    for (size_t i = 0;
         port && (p = port_set_at(bridge_ports(sim_bridge(s)), i)); i++)
        if (!strcmp(p->config.name, port))
            memcpy(at, p->link.mac, 6);
}

/* Whether it leaves by em1 or em2 or LOCAL when it comes in at 'port'. */
static bool passes(struct sim *s, const char *port, const struct small_frame *f)
{
    sim_forget(s);
    sim_receive(s, port, f->data, f->size);
    sim_run(s);
    assert_true(sim_accounts_match(s));
    return sent_count(s, "em1") + sent_count(s, "em2") +
               sent_count(s, "of-switch") >
           0;
}

static struct small_frame arp_of(struct sim *s, const char *from, uint8_t op,
                                 const char *spa, const char *tpa)
{
    static const uint8_t head[] = {8, 6, 0, 1, 8, 0, 6, 4, 0};
    struct small_frame f = {.size = 60};

    memset(f.data, 0xff, 6);
    put_mac(s, from, f.data + 6);
    memcpy(f.data + 12, head, sizeof(head));
    f.data[21] = op;
    memcpy(f.data + 22, f.data + 6, 6);
    memcpy(f.data + 28, spa, 4);
    memcpy(f.data + 38, tpa, 4);
    return f;
}

/* An IPv4 frame of TCP or UDP from this host's LOCAL or to it. */
static struct small_frame ip_of(struct sim *s, uint8_t protocol,
                                const char *addresses, uint16_t from,
                                uint16_t to)
{
    static const uint8_t head[] = {8, 0, 0x45, 0, 0, 46, 0, 0, 0, 0, 64};
    struct small_frame f = {.size = 60};

    memset(f.data, 0xff, 6);
    put_mac(s, "of-switch", f.data + 6);
    memcpy(f.data + 12, head, sizeof(head));
    f.data[23] = protocol;
    memcpy(f.data + 26, addresses, 8);
    f.data[34] = (uint8_t)(from >> 8);
    f.data[35] = (uint8_t)from;
    f.data[36] = (uint8_t)(to >> 8);
    f.data[37] = (uint8_t)to;
    if (protocol == 6)
        f.data[46] = 0x50;
    else
        f.data[39] = 26;
    return f;
}

static const char us_to_it[] = "\xc0\0\2\2\xc0\0\2\1";
static const char it_to_us[] = "\xc0\0\2\1\xc0\0\2\2";
static const char none_to_all[] = "\0\0\0\0\xff\xff\xff\xff";

static void what_a_closed_bridge_lets_pass(void **state)
{
    struct sim *s = open_with(CLOSED PORTS POX);
    struct small_frame f;

    (void)state;
    f = ip_of(s, 17, none_to_all, 68, 67);
    assert_true(passes(s, "of-switch", &f));
    f = ip_of(s, 17, none_to_all, 67, 68);
    assert_true(passes(s, "em1", &f));
    f = arp_of(s, "of-switch", 1, "\xc0\0\2\2", "\xc0\0\2\1");
    assert_true(passes(s, "of-switch", &f));
    f = arp_of(s, NULL, 1, "\xc0\0\2\1", "\xc0\0\2\2");
    assert_true(passes(s, "em1", &f));
    f = ip_of(s, 6, us_to_it, 4711, 6653);
    assert_true(passes(s, "of-switch", &f));
    f = ip_of(s, 6, it_to_us, 6653, 4711);
    assert_true(passes(s, "em1", &f));
    assert_int_equal(flow_count(s), 0);
    sim_close(s);
}

static void what_it_does_not(void **state)
{
    struct sim *s = open_with(CLOSED PORTS POX);
    struct small_frame f;

    (void)state;
    f = ip_of(s, 17, none_to_all, 68, 67);
    assert_false(passes(s, "em1", &f));
    f = arp_of(s, NULL, 1, "\xc0\0\2\7", "\xc0\0\2\2");
    assert_false(passes(s, "em1", &f));
    f = ip_of(s, 6, us_to_it, 4711, 22);
    assert_false(passes(s, "of-switch", &f));
    f = frame_of(0xff, 1, -1);
    assert_false(passes(s, "em1", &f));
    sim_close(s);
}

static void out_of_band_it_is_closed(void **state)
{
    struct sim *s =
        open_with(CLOSED PORTS POX "connection-mode = out-of-band\n");
    struct small_frame f = ip_of(s, 17, none_to_all, 68, 67);

    (void)state;
    assert_false(passes(s, "of-switch", &f));
    assert_true(sim_reload(s, CLOSED PORTS POX));
    assert_true(passes(s, "of-switch", &f));
    assert_true(sim_reload(s, CLOSED PORTS));
    assert_false(passes(s, "of-switch", &f));
    sim_close(s);
}

/* POX deletes all flows when it connects; the way to it must stay. */
static void no_controller_deletes_the_way_to_itself(void **state)
{
    struct sim *s = open_with(CLOSED PORTS POX);
    uint8_t delete[72] = {1, 14, 0, 72, 0, 0, 0, 5, 0, 0x3f, 0xff, 0xff};
    struct small_frame f = ip_of(s, 6, us_to_it, 4711, 6653);

    (void)state;
    delete[57] = 3; /* DELETE */
    memset(delete + 64, 0xff, 6);
    listen_as(s, 0, 1);
    accept_switch(s, 0);
    peer_send(sim_peer(s, 0), delete, sizeof(delete));
    sim_run(s);
    assert_int_equal(sim_peer(s, 0)->received[TYPE_ERROR], 0);
    assert_true(passes(s, "of-switch", &f));
    sim_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_closed_bridge_lets_pass),
        cmocka_unit_test(what_it_does_not),
        cmocka_unit_test(out_of_band_it_is_closed),
        cmocka_unit_test(no_controller_deletes_the_way_to_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
