/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's program decides of VLANs (offload/fast_path_layout.h) is
 * what NORMAL decides: for each kind of port, each VLAN and each tag.
 */
#include "datapath/kernel_path.h"

#include "base/array.h"
#include "datapath/normal.h"
#include "offload/fast_path_layout.h"
#include "tests/unit/test.h"

enum { VLANS = 4096, TAG_BITS = 12 };

static void set_bit(uint64_t *bits, unsigned int n)
{
    bits[n / 64] |= (uint64_t)1 << n % 64;
}

/* A port of each kind, as the datapath and as the kernel has it. */
static const struct vlan_membership *membership(size_t i)
{
    static struct vlan_membership kinds[6];

    if (!kinds[1].mode) {
        kinds[0] = (struct vlan_membership){.mode = VLAN_ALL};
        kinds[1] = (struct vlan_membership){.mode = VLAN_ACCESS, .access = 10};
        kinds[2] =
            (struct vlan_membership){.mode = VLAN_ACCESS, .access = 4094};
        for (size_t k = 3; k < ARRAY_SIZE(kinds); k++) {
            kinds[k].mode = VLAN_TRUNK;
            set_bit(kinds[k].trunks, 10);
            set_bit(kinds[k].trunks, 20);
        }
        kinds[4].native = 1;
        kinds[5].native = 20;
        set_bit(kinds[5].trunks, 0);
        set_bit(kinds[5].trunks, 4095);
    }
    return i < ARRAY_SIZE(kinds) ? &kinds[i] : NULL;
}

static struct fast_port as_kernel_has_it(const struct vlan_membership *m)
{
    struct fast_port p = {
        .vlan_mode = (uint16_t)m->mode,
        .access = m->access,
        .native = m->native,
    };

    assert_int_equal(VLAN_ALL, FAST_VLAN_ALL);
    assert_int_equal(VLAN_ACCESS, FAST_VLAN_ACCESS);
    assert_int_equal(VLAN_TRUNK, FAST_VLAN_TRUNK);
    memcpy(p.trunks, m->trunks, sizeof(p.trunks));
    return p;
}

/* A frame that came in with a tag of this VID, or without for 0. */
static struct frame tagged(uint8_t bytes[64], uint16_t vid)
{
    memset(bytes, 0, 64);
    bytes[5] = 2;
    bytes[11] = 4;
    if (vid) {
        bytes[12] = 0x81;
        bytes[14] = (uint8_t)(vid >> 8);
        bytes[15] = (uint8_t)vid;
    }
    return (struct frame){.data = bytes, .size = 64};
}

/* What the kernel's program makes of a frame from one port to another, said as
 * NORMAL says it; OUTPUT_TAG_COUNT: nothing, the frame is the ring's. */
static enum output_tag kernels_way(const struct fast_port *from,
                                   const struct fast_port *to, uint16_t vid)
{
    int vlan = fast_vlan_of(from, vid);
    int tag = vlan < 0 ? -1 : fast_vlan_tag(to, (uint32_t)vlan);

    if (tag < 0)
        return OUTPUT_TAG_COUNT;
    if (vid && !tag)
        return OUTPUT_TAG_STRIP;
    return !vid && tag ? OUTPUT_TAG_SET : OUTPUT_TAG_KEEP;
}

/* The same of NORMAL, where both addresses are known. */
static enum output_tag normals_way(const struct ports *ports, uint16_t vid,
                                   int vlan)
{
    static struct output_list l;
    const struct datapath_port *from = ports_at(ports, 0);
    uint8_t bytes[64];
    struct frame f = tagged(bytes, vid);
    struct normal_tables t = {.ports = ports,
                              .macs = mac_table_create(16, 300)};

    assert_non_null(t.macs);
    if (vlan >= 0)
        mac_table_learn(t.macs, mac_number(f.data), (uint16_t)vlan, 1, 1);
    normal_ports(&l, &t, NULL, from, &f);
    mac_table_free(t.macs);
    if (l.reason || l.count != 1 || l.ports[0].reason)
        return OUTPUT_TAG_COUNT;
    assert_ptr_equal(l.ports[0].to, ports_at(ports, 1));
    return (enum output_tag)l.ports[0].tag;
}

static void frames_go_the_way_of_normal(void **state)
{
    const struct vlan_membership *in, *out;

    (void)state;
    for (size_t i = 0; (in = membership(i)); i++)
        for (size_t o = 0; (out = membership(o)); o++) {
            static struct ports ports;
            struct datapath_port port = {.index = 0,
                                         .number = 1,
                                         .link = {.is_up = true, .mtu = 1500},
                                         .vlan = *in};
            struct fast_port from = as_kernel_has_it(in);
            struct fast_port to = as_kernel_has_it(out);

            assert_int_equal(ports_set(&ports, &port), 0);
            port.index = 1;
            port.number = 2;
            port.vlan = *out;
            assert_int_equal(ports_set(&ports, &port), 0);
            for (uint16_t vid = 0; vid < VLANS; vid++)
                assert_int_equal(
                    normals_way(&ports, vid, fast_vlan_of(&from, vid)),
                    kernels_way(&from, &to, vid));
            ports_clear(&ports);
        }
}

static void addresses_have_their_places_in_the_table(void **state)
{
    uint32_t first = fast_mac_place(1, 2);
    bool differs = false;

    (void)state;
    for (uint64_t key = 0; key < 1000; key++) {
        uint32_t place = fast_mac_place(7, key << TAG_BITS);

        assert_in_range(place, 0, FAST_MACS - 1);
        differs |= place != first;
    }
    assert_true(differs);
}

/* A switch without it asks all the same. */
static void without_the_kernel_there_is_nothing(void **state)
{
    struct port_counters counters[1] = {{.rx_frames = 7}};
    struct kernel_fence fence;

    (void)state;
    kernel_path_gather(NULL, 0);
    kernel_path_tick(NULL, 0);
    kernel_path_fence(NULL, &fence);
    assert_true(kernel_path_is_past(NULL, &fence));
    assert_false(kernel_path_has(NULL, 0));
    assert_int_equal(kernel_path_frames(NULL, counters), 0);
    assert_int_equal(kernel_path_matched(NULL, 0), 0);
    assert_int_equal(kernel_path_missed(NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_go_the_way_of_normal),
        cmocka_unit_test(addresses_have_their_places_in_the_table),
        cmocka_unit_test(without_the_kernel_there_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
