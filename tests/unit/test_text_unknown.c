/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every field and action that ovs-ofctl has a name for is known, or refused by
 * that name with a reason; none is taken for misspelt.
 */
#include "text/text_unknown.h"

#include <string.h>

#include "base/array.h"
#include "tests/unit/test.h"
#include "text/text_flow.h"

static struct text_error error;
static const struct text_parse parse = {NULL, &error};

/* All names of ovs-fields(7): what is not known here is refused with a reason,
 * and nothing is taken for misspelt. */
static void knows_or_refuses_all_fields_by_name(void **state)
{
    static const char *const known[] = {"tun_id",
                                        "tunnel_id",
                                        "OXM_OF_TUNNEL_ID",
                                        "NXM_NX_TUN_ID",
                                        "in_port",
                                        "NXM_OF_IN_PORT",
                                        "in_port_oxm",
                                        "OXM_OF_IN_PORT",
                                        "pkt_mark",
                                        "NXM_NX_PKT_MARK",
                                        "actset_output",
                                        "ONFOXM_ET_ACTSET_OUTPUT",
                                        "packet_type",
                                        "OXM_OF_PACKET_TYPE",
                                        "metadata",
                                        "OXM_OF_METADATA",
                                        "reg0",
                                        "NXM_NX_REG0",
                                        "xreg0",
                                        "OXM_OF_PKT_REG0",
                                        "xxreg0",
                                        "NXM_NX_XXREG0",
                                        "eth_src",
                                        "dl_src",
                                        "OXM_OF_ETH_SRC",
                                        "NXM_OF_ETH_SRC",
                                        "eth_dst",
                                        "dl_dst",
                                        "OXM_OF_ETH_DST",
                                        "NXM_OF_ETH_DST",
                                        "eth_type",
                                        "dl_type",
                                        "OXM_OF_ETH_TYPE",
                                        "NXM_OF_ETH_TYPE",
                                        "vlan_vid",
                                        "OXM_OF_VLAN_VID",
                                        "vlan_pcp",
                                        "OXM_OF_VLAN_PCP",
                                        "vlan_tci",
                                        "NXM_OF_VLAN_TCI",
                                        "mpls_label",
                                        "OXM_OF_MPLS_LABEL",
                                        "mpls_tc",
                                        "OXM_OF_MPLS_TC",
                                        "mpls_bos",
                                        "OXM_OF_MPLS_BOS",
                                        "mpls_ttl",
                                        "NXM_NX_MPLS_TTL",
                                        "ip_src",
                                        "nw_src",
                                        "OXM_OF_IPV4_SRC",
                                        "NXM_OF_IP_SRC",
                                        "ip_dst",
                                        "nw_dst",
                                        "OXM_OF_IPV4_DST",
                                        "NXM_OF_IP_DST",
                                        "ipv6_src",
                                        "OXM_OF_IPV6_SRC",
                                        "NXM_NX_IPV6_SRC",
                                        "ipv6_dst",
                                        "OXM_OF_IPV6_DST",
                                        "NXM_NX_IPV6_DST",
                                        "ipv6_label",
                                        "OXM_OF_IPV6_FLABEL",
                                        "NXM_NX_IPV6_LABEL",
                                        "nw_proto",
                                        "ip_proto",
                                        "OXM_OF_IP_PROTO",
                                        "NXM_OF_IP_PROTO",
                                        "nw_ttl",
                                        "NXM_NX_IP_TTL",
                                        "ip_frag",
                                        "nw_frag",
                                        "NXM_NX_IP_FRAG",
                                        "nw_tos",
                                        "NXM_OF_IP_TOS",
                                        "ip_dscp",
                                        "OXM_OF_IP_DSCP",
                                        "nw_ecn",
                                        "ip_ecn",
                                        "OXM_OF_IP_ECN",
                                        "NXM_NX_IP_ECN",
                                        "arp_op",
                                        "OXM_OF_ARP_OP",
                                        "NXM_OF_ARP_OP",
                                        "arp_spa",
                                        "OXM_OF_ARP_SPA",
                                        "NXM_OF_ARP_SPA",
                                        "arp_tpa",
                                        "OXM_OF_ARP_TPA",
                                        "NXM_OF_ARP_TPA",
                                        "arp_sha",
                                        "OXM_OF_ARP_SHA",
                                        "NXM_NX_ARP_SHA",
                                        "arp_tha",
                                        "OXM_OF_ARP_THA",
                                        "NXM_NX_ARP_THA",
                                        "tcp_src",
                                        "tp_src",
                                        "OXM_OF_TCP_SRC",
                                        "NXM_OF_TCP_SRC",
                                        "tcp_dst",
                                        "tp_dst",
                                        "OXM_OF_TCP_DST",
                                        "NXM_OF_TCP_DST",
                                        "tcp_flags",
                                        "ONFOXM_ET_TCP_FLAGS",
                                        "NXM_NX_TCP_FLAGS",
                                        "udp_src",
                                        "OXM_OF_UDP_SRC",
                                        "NXM_OF_UDP_SRC",
                                        "udp_dst",
                                        "OXM_OF_UDP_DST",
                                        "NXM_OF_UDP_DST",
                                        "sctp_src",
                                        "OXM_OF_SCTP_SRC",
                                        "sctp_dst",
                                        "OXM_OF_SCTP_DST",
                                        "icmp_type",
                                        "OXM_OF_ICMPV4_TYPE",
                                        "NXM_OF_ICMP_TYPE",
                                        "icmp_code",
                                        "OXM_OF_ICMPV4_CODE",
                                        "NXM_OF_ICMP_CODE",
                                        "icmpv6_type",
                                        "OXM_OF_ICMPV6_TYPE",
                                        "NXM_NX_ICMPV6_TYPE",
                                        "icmpv6_code",
                                        "OXM_OF_ICMPV6_CODE",
                                        "NXM_NX_ICMPV6_CODE",
                                        "nd_target",
                                        "OXM_OF_IPV6_ND_TARGET",
                                        "NXM_NX_ND_TARGET",
                                        "nd_sll",
                                        "OXM_OF_IPV6_ND_SLL",
                                        "NXM_NX_ND_SLL",
                                        "nd_tll",
                                        "OXM_OF_IPV6_ND_TLL",
                                        "NXM_NX_ND_TLL",
                                        "reg1",
                                        "reg15",
                                        "xreg7",
                                        "xxreg3",
                                        "NXM_NX_REG15",
                                        "OXM_OF_PKT_REG7",
                                        "NXM_NX_XXREG3"};
    static const char *const refused_names[] = {
        "conj_id",
        "NXM_NX_CONJ_ID",
        "tun_src",
        "NXM_NX_TUN_IPV4_SRC",
        "tun_dst",
        "NXM_NX_TUN_IPV4_DST",
        "tun_ipv6_src",
        "NXM_NX_TUN_IPV6_SRC",
        "tun_ipv6_dst",
        "NXM_NX_TUN_IPV6_DST",
        "tun_gbp_id",
        "NXM_NX_TUN_GBP_ID",
        "tun_gbp_flags",
        "NXM_NX_TUN_GBP_FLAGS",
        "tun_erspan_ver",
        "NXOXM_ET_ERSPAN_VER",
        "tun_erspan_idx",
        "NXOXM_ET_ERSPAN_IDX",
        "tun_erspan_dir",
        "NXOXM_ET_ERSPAN_DIR",
        "tun_erspan_hwid",
        "NXOXM_ET_ERSPAN_HWID",
        "tun_gtpu_flags",
        "NXOXM_ET_GTPU_FLAGS",
        "tun_gtpu_msgtype",
        "NXOXM_ET_GTPU_MSGTYPE",
        "tun_metadata0",
        "NXM_NX_TUN_METADATA0",
        "tun_flags",
        "NXM_NX_TUN_FLAGS",
        "skb_priority",
        "ct_state",
        "NXM_NX_CT_STATE",
        "ct_zone",
        "NXM_NX_CT_ZONE",
        "ct_mark",
        "NXM_NX_CT_MARK",
        "ct_label",
        "NXM_NX_CT_LABEL",
        "ct_nw_src",
        "NXM_NX_CT_NW_SRC",
        "ct_nw_dst",
        "NXM_NX_CT_NW_DST",
        "ct_ipv6_src",
        "NXM_NX_CT_IPV6_SRC",
        "ct_ipv6_dst",
        "NXM_NX_CT_IPV6_DST",
        "ct_nw_proto",
        "NXM_NX_CT_NW_PROTO",
        "ct_tp_src",
        "NXM_NX_CT_TP_SRC",
        "ct_tp_dst",
        "NXM_NX_CT_TP_DST",
        "nsh_flags",
        "NXOXM_NSH_FLAGS",
        "nsh_ttl",
        "NXOXM_NSH_TTL",
        "nsh_mdtype",
        "NXOXM_NSH_MDTYPE",
        "nsh_np",
        "NXOXM_NSH_NP",
        "nsh_spi",
        "nsp",
        "NXOXM_NSH_SPI",
        "nsh_si",
        "nsi",
        "NXOXM_NSH_SI",
        "nsh_c1",
        "nshc1",
        "NXOXM_NSH_C1",
        "nsh_c2",
        "nshc2",
        "NXOXM_NSH_C2",
        "nsh_c3",
        "nshc3",
        "NXOXM_NSH_C3",
        "nsh_c4",
        "nshc4",
        "NXOXM_NSH_C4",
        "nd_reserved",
        "ERICOXM_OF_ICMPV6_ND_RESERVED",
        "nd_options_type",
        "ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE"};
    static const char misspelt[] = "unknown field";
    char text[128];
    struct flow_mod mod;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        snprintf(text, sizeof(text), "actions=move:%s[0]->reg0[0]", known[i]);
        if (!text_flow_read(&parse, FLOW_MOD_ADD, text, &mod))
            fail_msg("%s: %s", text, error.line);
        flow_mod_clear(&mod);
    }
    for (size_t i = 0; i < ARRAY_SIZE(refused_names); i++) {
        snprintf(text, sizeof(text), "actions=move:%s[0]->reg0[0]",
                 refused_names[i]);
        assert_false(text_flow_read(&parse, FLOW_MOD_ADD, text, &mod));
        if (strstr(error.line, misspelt))
            fail_msg("%s: %s", text, error.line);
    }
}

/* And all of its actions that are not done here. */
static void refuses_actions_by_name(void **state)
{
    static const char *const words[] = {
        "ct",
        "ct(commit)",
        "ct_clear",
        "encap(ethernet)",
        "decap()",
        "dec_nsh_ttl",
        "bundle(eth_src,0,hrw,ofport,members:1,2)",
        "bundle_load(eth_src,0,hrw,ofport,NXM_NX_REG0[],members:1,2)",
        "multipath(eth_src,50,modulo_n,1,0,NXM_NX_REG0[])",
        "push:NXM_NX_REG0[]",
        "pop:NXM_NX_REG0[]",
        "conjunction(1,1/2)",
        "sample(probability=1)",
        "clone(output:1)",
        "check_pkt_larger(100)->NXM_NX_REG0[0]",
        "delete_field:tun_metadata0",
        "fin_timeout(idle_timeout=5)"};
    char text[128];
    struct flow_mod mod;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        snprintf(text, sizeof(text), "actions=%s", words[i]);
        assert_false(text_flow_read(&parse, FLOW_MOD_ADD, text, &mod));
        if (strstr(error.line, "neither an action nor a port"))
            fail_msg("%s: %s", text, error.line);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_or_refuses_all_fields_by_name),
        cmocka_unit_test(refuses_actions_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
