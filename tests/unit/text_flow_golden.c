/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/text_flow_golden.h"

#include <stddef.h>

const char text_flow_same[] = "the line of OpenFlow 1.0";

/* clang-format off */
const struct text_flow_golden text_flow_golden[] = {
    {"in_port=LOCAL,table=0,idle_timeout=60,ip,hard_timeout=60,"
     "vlan_tci=0x0000,dl_src=78:2b:cb:4b:db:c5,dl_dst=00:09:8a:02:80:c0,"
     "nw_proto=1,nw_dst=10.0.0.1,nw_src=10.0.0.2,actions=drop",
     "idle_timeout=60, hard_timeout=60, icmp,in_port=LOCAL,vlan_tci=0x0000,"
     "dl_src=78:2b:cb:4b:db:c5,dl_dst=00:09:8a:02:80:c0,nw_src=10.0.0.2,"
     "nw_dst=10.0.0.1 actions=drop",
     "idle_timeout=60, hard_timeout=60, icmp,in_port=LOCAL,"
     "vlan_tci=0x0000/0x1fff,dl_src=78:2b:cb:4b:db:c5,"
     "dl_dst=00:09:8a:02:80:c0,nw_src=10.0.0.2,nw_dst=10.0.0.1 actions=drop"},
    {"tcp,vlan_tci=0x0000,dl_src=78:2b:cb:4b:db:c5,dl_dst=00:21:9b:8e:36:62,"
     "nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_tos=0,tp_src=22,tp_dst=60221,"
     "idle_timeout=10,hard_timeout=30,actions=output:1",
     "idle_timeout=10, hard_timeout=30, tcp,vlan_tci=0x0000,"
     "dl_src=78:2b:cb:4b:db:c5,dl_dst=00:21:9b:8e:36:62,nw_src=10.0.0.1,"
     "nw_dst=10.0.0.2,nw_tos=0,tp_src=22,tp_dst=60221 actions=output:1",
     "idle_timeout=10, hard_timeout=30, tcp,vlan_tci=0x0000/0x1fff,"
     "dl_src=78:2b:cb:4b:db:c5,dl_dst=00:21:9b:8e:36:62,nw_src=10.0.0.1,"
     "nw_dst=10.0.0.2,nw_tos=0,tp_src=22,tp_dst=60221 actions=output:1"},
    {"tcp,nw_tos=16,tp_src=22,actions=mod_dl_src:00:01:02:03:04:05,"
     "mod_nw_tos:16,mod_tp_src:7,output:1",
     "tcp,nw_tos=16,tp_src=22 actions=mod_dl_src:00:01:02:03:04:05,"
     "mod_nw_tos:16,mod_tp_src:7,output:1",
     "tcp,nw_tos=16,tp_src=22 actions=set_field:00:01:02:03:04:05->eth_src,"
     "set_field:4->ip_dscp,set_field:7->tcp_src,output:1"},
    {"tcp,tcp_flags=+syn-ack,tcp_src=5/7,ip_dscp=4,nw_ecn=1,nw_ttl=3,"
     "actions=set_field:4->ip_dscp,set_field:10.0.0.1->nw_src,"
     "set_field:1->reg0,load:5->reg1,dec_ttl,controller:123,normal",
     "tcp,nw_tos=16,nw_ecn=1,nw_ttl=3,tp_src=0x5/0x7,tcp_flags=+syn-ack "
     "actions=mod_nw_tos:16,mod_nw_src:10.0.0.1,load:0x1->NXM_NX_REG0[],"
     "load:0x5->NXM_NX_REG1[],dec_ttl,CONTROLLER:123,NORMAL",
     NULL},
    {"icmp,icmp_type=8,icmp_code=0,ip_frag=no,actions=flood",
     "icmp,nw_frag=no,icmp_type=8,icmp_code=0 actions=FLOOD",
     text_flow_same},
    {"icmp6,icmp_type=135,icmp_code=0,nd_target=fe80::1,"
     "nd_sll=00:00:00:00:00:05,actions=all,in_port,local,1,p2,CONTROLLER",
     "icmp6,icmp_type=135,icmp_code=0,nd_target=fe80::1,"
     "nd_sll=00:00:00:00:00:05 actions=ALL,IN_PORT,LOCAL,output:1,output:2,"
     "CONTROLLER:65535",
     text_flow_same},
    {"icmp6,icmp_type=136,icmp_code=0,nd_target=fe80::/16,"
     "nd_tll=00:00:00:00:00:05,actions=drop",
     "icmp6,icmp_type=136,icmp_code=0,nd_target=fe80::/16,"
     "nd_tll=00:00:00:00:00:05 actions=drop",
     text_flow_same},
    {"arp,nw_src=1.2.3.4,actions=drop",
     "arp,arp_spa=1.2.3.4 actions=drop",
     text_flow_same},
    {"arp,nw_proto=1,arp_tpa=1.2.3.0/24,actions=drop",
     "arp,arp_tpa=1.2.3.0/24,arp_op=1 actions=drop",
     text_flow_same},
    {"arp,arp_op=1,arp_sha=00:00:00:00:00:01,"
     "arp_tha=00:00:00:00:00:02/00:00:00:00:00:ff,actions=drop",
     "arp,arp_op=1,arp_sha=00:00:00:00:00:01,"
     "arp_tha=00:00:00:00:00:02/00:00:00:00:00:ff actions=drop",
     text_flow_same},
    {"cookie=0x5,table=3,dl_vlan=5,dl_vlan_pcp=3,actions=drop",
     "cookie=0x5, table=3, dl_vlan=5,dl_vlan_pcp=3 actions=drop",
     text_flow_same},
    {"dl_vlan=0xffff,actions=drop",
     "vlan_tci=0x0000 actions=drop",
     "vlan_tci=0x0000/0x1fff actions=drop"},
    {"vlan_vid=0,actions=drop",
     "vlan_tci=0x0000 actions=drop",
     "vlan_tci=0x0000/0x1fff actions=drop"},
    {"vlan_vid=0x1005,actions=drop",
     "dl_vlan=5 actions=drop",
     text_flow_same},
    {"vlan_vid=0x1000/0x1000,actions=drop",
     "vlan_tci=0x1000/0x1000 actions=drop",
     text_flow_same},
    {"vlan_vid=5,actions=drop",
     NULL,
     "vlan_tci=0x0005/0x1fff actions=drop"},
    {"vlan_vid=0x1001/0x1001,actions=drop",
     "vlan_tci=0x1001/0x1001 actions=drop",
     text_flow_same},
    {"vlan_tci=0x1123/0x1fff,actions=drop",
     "dl_vlan=291 actions=drop",
     text_flow_same},
    {"vlan_tci=0x0123/0x0fff,actions=drop",
     "vlan_tci=0x0123/0x0fff actions=drop",
     text_flow_same},
    {"vlan_tci=0x7123,actions=drop",
     "dl_vlan=291,dl_vlan_pcp=3 actions=drop",
     text_flow_same},
    {"dl_vlan_pcp=3,actions=drop",
     "dl_vlan_pcp=3 actions=drop",
     text_flow_same},
    {"vlan_pcp=0,dl_vlan=0,actions=drop",
     "dl_vlan=0,dl_vlan_pcp=0 actions=drop",
     text_flow_same},
    {"mpls,mpls_label=5,mpls_tc=1,mpls_bos=1,mpls_ttl=3,"
     "actions=set_mpls_ttl(5),dec_mpls_ttl,push_mpls:0x8847,"
     "set_field:5->mpls_label,pop_mpls:0x8847",
     "mpls,mpls_label=5,mpls_tc=1,mpls_ttl=3,mpls_bos=1 "
     "actions=set_mpls_ttl(5),dec_mpls_ttl,push_mpls:0x8847,"
     "load:0x5->OXM_OF_MPLS_LABEL[],pop_mpls:0x8847",
     "mpls,mpls_label=5,mpls_tc=1,mpls_ttl=3,mpls_bos=1 "
     "actions=set_mpls_ttl(5),dec_mpls_ttl,push_mpls:0x8847,"
     "set_field:5->mpls_label,pop_mpls:0x8847"},
    {"mplsm,mpls_label=3,actions=set_mpls_label:7,set_mpls_tc:2,"
     "set_field:9->mpls_ttl",
     NULL,
     "mplsm,mpls_label=3 actions=set_field:7->mpls_label,"
     "set_field:2->mpls_tc,set_field:9->mpls_ttl"},
    {"ip,actions=set_queue:5,resubmit(1,2),resubmit:1,resubmit(,3),"
     "resubmit(p-3,4),note:00.11.22",
     "ip actions=set_queue:5,resubmit(1,2),resubmit:1,resubmit(,3),"
     "resubmit(3,4),note:00.11.22.00.00.00",
     text_flow_same},
    {"actions=output:reg1[7..12],exit",
     "actions=output:NXM_NX_REG1[7..12],exit", text_flow_same},
    {"actions=learn()", "actions=learn(table=1)", text_flow_same},
    {"actions=learn(delete_learned,send_flow_rem,limit=4096),output:1",
     "actions=learn(table=1,send_flow_rem,delete_learned,limit=4096),output:1",
     text_flow_same},
    {"actions=learn(NXM_OF_VLAN_TCI[0..11], NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"
     " NXM_NX_REG3[3..19]=0x10011, output:NXM_OF_IN_PORT[],"
     " load:10->NXM_NX_REG0[5..10])",
     "actions=learn(table=1,NXM_OF_VLAN_TCI[0..11],"
     "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],NXM_NX_REG3[3..19]=0x10011,"
     "output:NXM_OF_IN_PORT[],load:0xa->NXM_NX_REG0[5..10])",
     text_flow_same},
    {"actions=learn(table=1,idle_timeout=10, hard_timeout=20, priority=10,"
     " cookie=0xfedcba9876543210, in_port=99,eth_dst=eth_src,"
     "load:in_port->reg1[16..31])",
     "actions=learn(table=1,idle_timeout=10,hard_timeout=20,priority=10,"
     "cookie=0xfedcba9876543210,in_port=99,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"
     "load:NXM_OF_IN_PORT[]->NXM_NX_REG1[16..31])",
     text_flow_same},
    {"tcp6,actions=learn(eth_type=0x86dd,nw_proto=6,"
     "ipv6_dst=2001:0db8:85a3:0000:0000:8a2e:0370:7334,"
     "load(0x20010db885a308d313198a2e03707348->NXM_NX_IPV6_DST[]))",
     "tcp6 actions=learn(table=1,eth_type=0x86dd,nw_proto=6,"
     "ipv6_dst=2001:db8:85a3::8a2e:370:7334,"
     "load:0x20010db885a308d313198a2e03707348->NXM_NX_IPV6_DST[])",
     text_flow_same},
    {"actions=learn(table=1,in_port=1,load:OXM_OF_IN_PORT[]->NXM_NX_REG1[])",
     "actions=learn(table=1,in_port=1,load:OXM_OF_IN_PORT[]->NXM_NX_REG1[])",
     text_flow_same},
    {"ip,actions=note:00.11.22.33.44.55.66",
     "ip actions=note:00.11.22.33.44.55.66.00.00.00.00.00.00.00",
     text_flow_same},
    {"ip,actions=controller(max_len=60),controller:0,CONTROLLER:65535,"
     "controller",
     "ip actions=CONTROLLER:60,CONTROLLER:0,CONTROLLER:65535,CONTROLLER:65535",
     text_flow_same},
    {"actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],"
     "move:NXM_NX_REG0[0..5]->NXM_NX_REG1[1..6],load:0x10->tun_id[],"
     "set_field:0x10->tun_id,load:1->NXM_NX_PKT_MARK[],move:reg2[3]->reg3[4]",
     "actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],"
     "move:NXM_NX_REG0[0..5]->NXM_NX_REG1[1..6],load:0x10->NXM_NX_TUN_ID[],"
     "load:0x10->NXM_NX_TUN_ID[],load:0x1->NXM_NX_PKT_MARK[],"
     "move:NXM_NX_REG2[3]->NXM_NX_REG3[4]",
     NULL},
    {"udp6,ipv6_label=5/0xf,nw_tos=0x20,actions=set_field:fe80::1->ipv6_dst,"
     "set_field:5->udp_src,set_tunnel:5,set_tunnel64:0x123456789abc",
     NULL,
     "udp6,ipv6_label=0x00005/0x0000f,nw_tos=32 "
     "actions=set_field:fe80::1->ipv6_dst,set_field:5->udp_src,"
     "set_field:0x5->tun_id,set_field:0x123456789abc->tun_id"},
    {"ipv6,actions=set_field:7->ipv6_label",
     "ipv6 actions=load:0x7->NXM_NX_IPV6_LABEL[]",
     "ipv6 actions=set_field:0x7->ipv6_label"},
    {"icmp,actions=set_field:1->icmp_type",
     "icmp actions=load:0x1->NXM_OF_ICMP_TYPE[]",
     "icmp actions=set_field:1->icmp_type"},
    {"icmp6,icmp_type=136,icmp_code=0,actions=set_field:1->icmpv6_code,"
     "set_field:fe80::1->nd_target,set_field:1:2:3:4:5:6->nd_tll",
     "icmp6,icmp_type=136,icmp_code=0 actions=load:0x1->NXM_NX_ICMPV6_CODE[],"
     "load:0x1->NXM_NX_ND_TARGET[0..63],"
     "load:0xfe80000000000000->NXM_NX_ND_TARGET[64..127],"
     "load:0x10203040506->NXM_NX_ND_TLL[]",
     "icmp6,icmp_type=136,icmp_code=0 actions=set_field:1->icmpv6_code,"
     "set_field:fe80::1->nd_target,set_field:01:02:03:04:05:06->nd_tll"},
    {"arp,actions=set_field:2->arp_op,"
     "move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],set_field:1.2.3.4->arp_spa,"
     "set_field:1:2:3:4:5:6->arp_sha",
     "arp actions=load:0x2->NXM_OF_ARP_OP[],"
     "move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],"
     "load:0x1020304->NXM_OF_ARP_SPA[],load:0x10203040506->NXM_NX_ARP_SHA[]",
     "arp actions=set_field:2->arp_op,"
     "move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],set_field:1.2.3.4->arp_spa,"
     "set_field:01:02:03:04:05:06->arp_sha"},
    {"actions=strip_vlan",
     "actions=strip_vlan",
     NULL},
    {"actions=meter:1,clear_actions,write_actions(output:1,group:5),"
     "write_metadata:0x12/0xff,goto_table:5",
     NULL,
     "actions=meter:1,clear_actions,write_actions(output:1,group:5),"
     "write_metadata:0x12/0xff,goto_table:5"},
    {"actions=write_metadata:0x12,goto_table:1",
     NULL,
     "actions=write_metadata:0x12,goto_table:1"},
    {"priority=3,actions=clear_actions",
     NULL,
     "priority=3 actions=clear_actions"},
    {"send_flow_rem,check_overlap,reset_counts,no_packet_counts,"
     "no_byte_counts,actions=p-3",
     NULL,
     "send_flow_rem check_overlap reset_counts no_packet_counts "
     "no_byte_counts actions=output:3"},
    {"in_port=p-3,metadata=5/7,tun_id=0x3,reg0=5,reg1=6/0xff,pkt_mark=3,"
     "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00,actions=drop",
     "pkt_mark=0x3,reg0=0x5,reg1=0x6/0xff,tun_id=0x3,metadata=0x5/0x7,"
     "in_port=3,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=drop",
     text_flow_same},
    {"dl_type=0x1234,actions=drop",
     "dl_type=0x1234 actions=drop",
     text_flow_same},
    {"dl_type=0x88e7,dl_src=1:2:3:4:5:6,actions=drop",
     "dl_src=01:02:03:04:05:06,dl_type=0x88e7 actions=drop",
     text_flow_same},
    {"ip,nw_proto=99,nw_src=1.2.3.4/255.0.255.0,actions=drop",
     "ip,nw_src=1.0.3.0/255.0.255.0,nw_proto=99 actions=drop",
     text_flow_same},
    {"dl_type=0x86dd,ipv6_src=fe80::/16,ipv6_dst=::1/ffff::ffff,nw_proto=99,"
     "actions=drop",
     "ipv6,ipv6_src=fe80::/16,ipv6_dst=::1/ffff::ffff,nw_proto=99 "
     "actions=drop",
     text_flow_same},
    {"sctp,tp_dst=5,nw_frag=not_later,actions=drop",
     "sctp,nw_frag=not_later,tp_dst=5 actions=drop",
     text_flow_same},
    {"tcp,tcp_flags=0x12/0xff,ip_frag=first,actions=drop",
     "tcp,nw_frag=first,tcp_flags=-fin+syn-rst-psh+ack-urg-ece-cwr "
     "actions=drop",
     text_flow_same},
    {"tcp,tcp_flags=0x12,ip_frag=yes,actions=drop",
     "tcp,nw_frag=yes,tcp_flags=syn|ack actions=drop",
     text_flow_same},
    {"tcp,tcp_flags=0,actions=drop",
     "tcp,tcp_flags=0 actions=drop",
     text_flow_same},
    {"tcp6,tcp_flags=0x800/0x900,tp_dst=0x50/0xfff0,actions=drop",
     "tcp6,tp_dst=0x50/0xfff0,tcp_flags=-ns+[800] actions=drop",
     text_flow_same},
    {"tcp,tcp_flags=0xfff,actions=drop",
     "tcp,tcp_flags=fin|syn|rst|psh|ack|urg|ece|cwr|ns|[200]|[400]|[800] "
     "actions=drop",
     text_flow_same},
    {"tcp,tcp_flags=syn|ack,actions=drop",
     "tcp,tcp_flags=syn|ack actions=drop",
     text_flow_same},
    {"ip,nw_frag=later,actions=drop",
     "ip,nw_frag=later actions=drop",
     text_flow_same},
    {"rarp,arp_op=3,actions=drop",
     "rarp,arp_op=3 actions=drop",
     text_flow_same},
    {"sctp6,sctp_src=7,actions=drop",
     "sctp6,tp_src=7 actions=drop",
     text_flow_same},
    {"ip,nw_src=1.2.3.4/0,actions=drop",
     "ip actions=drop",
     text_flow_same},
    {"ip,nw_src=10.1.2.3/8,actions=drop",
     "ip,nw_src=10.0.0.0/8 actions=drop",
     text_flow_same},
    {"in_port=65534,actions=output:65534",
     "in_port=LOCAL actions=LOCAL",
     text_flow_same},
    {"actset_output=5,actions=drop",
     "actset_output=5 actions=drop",
     text_flow_same},
    {"idle_timeout=5 hard_timeout=3\tpriority=4 actions=1,2 , 3",
     "idle_timeout=5, hard_timeout=3, priority=4 actions=output:1,output:2,"
     "output:3",
     text_flow_same},
    {"ip,nw_src=10.0.0.1,nw_dst=10.0.0.1 nw_tos=3,actions=drop",
     "ip,nw_src=10.0.0.1,nw_dst=10.0.0.1,nw_tos=0 actions=drop",
     text_flow_same},
    {"actions=",
     "actions=drop",
     text_flow_same},
    {"priority=0,actions=NORMAL",
     "priority=0 actions=NORMAL",
     text_flow_same},
    {"priority=65535,in_port=1,actions=table",
     "priority=65535,in_port=1 actions=TABLE",
     text_flow_same},
    {"icmp,tp_src=8,tp_dst=1,actions=drop",
     "icmp,icmp_type=8,icmp_code=1 actions=drop",
     text_flow_same},
    {"icmp6,icmpv6_type=135,actions=mod_nw_ttl:5,set_field:10->ip_dscp",
     "icmp6,icmp_type=135 actions=load:0x5->NXM_NX_IP_TTL[],mod_nw_tos:40",
     "icmp6,icmp_type=135 actions=mod_nw_ttl:5,set_field:10->ip_dscp"},
    {"dl_src=1:2:3:4:5:6,dl_type=0x0800,nw_proto=6,tp_dst=80,actions=1",
     "tcp,dl_src=01:02:03:04:05:06,tp_dst=80 actions=output:1",
     text_flow_same},
    {"reg15=0xffffffff/0xffff,reg7=1,actions=load:1->NXM_NX_REG0[3],"
     "load:0x3->NXM_NX_REG2[3..7]",
     "reg7=0x1,reg15=0xffff/0xffff actions=load:0x1->NXM_NX_REG0[3],"
     "load:0x3->NXM_NX_REG2[3..7]",
     NULL},
    {"ip,actions=move:ip_dscp[0..2]->reg1[0..2]",
     "ip actions=move:NXM_OF_IP_TOS[2..4]->NXM_NX_REG1[0..2]",
     text_flow_same},
    {"dl_vlan=5,actions=set_field:4103->vlan_vid,set_field:3->vlan_pcp",
     "dl_vlan=5 actions=mod_vlan_vid:7,mod_vlan_pcp:3",
     "dl_vlan=5 actions=set_field:4103->vlan_vid,set_field:3->vlan_pcp"},
    {"duration=3s,n_packets=5,n_bytes=3,idle_age=3,hard_age=4,ip,actions=1",
     "ip actions=output:1",
     text_flow_same},
    {"ip,reg0=0,actions=load:0->NXM_NX_REG0[]",
     "ip,reg0=0 actions=load:0->NXM_NX_REG0[]",
     NULL},
    {"tcp,tp_src=0x10/0xfff0,actions=drop",
     "tcp,tp_src=0x10/0xfff0 actions=drop",
     text_flow_same},
    {"ip,nw_proto=2,actions=drop",
     "ip,nw_proto=2 actions=drop",
     text_flow_same},
    {"reg0=0,actions=set_field:0->reg0",
     "reg0=0 actions=load:0->NXM_NX_REG0[]",
     "reg0=0 actions=set_field:0->reg0"},
    {"reg0=0/0xff,tun_id=0,metadata=0,actions=set_field:0->tun_id,"
     "load:0->NXM_NX_REG1[0..3]",
     "reg0=0/0xff,tun_id=0,metadata=0 actions=load:0->NXM_NX_TUN_ID[],"
     "load:0->NXM_NX_REG1[0..3]",
     NULL},
    {"tcp,tp_src=0/0x7,tp_dst=0,actions=mod_nw_ttl:0",
     "tcp,tp_src=0x0/0x7,tp_dst=0 actions=load:0->NXM_NX_IP_TTL[]",
     "tcp,tp_src=0x0/0x7,tp_dst=0 actions=mod_nw_ttl:0"},
    {"ipv6,ipv6_label=0,actions=write_metadata:0",
     "ipv6,ipv6_label=0x00000 actions=write_metadata:0",
     text_flow_same},
    {"actions=write_metadata:0/0xf0",
     "actions=write_metadata:0/0xf0",
     text_flow_same},
    {"metadata=0x5/0,actions=drop",
     "actions=drop",
     text_flow_same},
    {"mpls,mpls_label=0,actions=drop",
     "mpls,mpls_label=0 actions=drop",
     text_flow_same},
    {"dl_type=0,actions=drop",
     "dl_type=0x0000 actions=drop",
     text_flow_same},
    {"dl_type=0x05ff,actions=drop",
     "dl_type=0x05ff actions=drop",
     text_flow_same},
    {"ipv6,ipv6_src=::ffff:1.2.3.4,ipv6_dst=::/0,actions=drop",
     "ipv6,ipv6_src=::ffff:1.2.3.4 actions=drop",
     text_flow_same},
    {"in_port=ALL,actions=ALL",
     "in_port=ALL actions=ALL",
     text_flow_same},
    {"in_port=0,actions=output:0",
     "in_port=0 actions=output:0",
     text_flow_same},
    {"actions=enqueue:1:2,enqueue:LOCAL:3",
     "actions=enqueue:1:2,enqueue:LOCAL:3",
     NULL},
    {"cookie=0xffffffffffffffff,actions=1",
     "cookie=0xffffffffffffffff, actions=output:1",
     text_flow_same},
    {"pkt_mark=0x5/0xf,actset_output=LOCAL,actions=1",
     "pkt_mark=0x5/0xf,actset_output=LOCAL actions=output:1",
     text_flow_same},
    {"packet_type=(1,0x800),actions=drop",
     "packet_type=(1,0x800) actions=drop",
     text_flow_same},
    {"udp,tp_dst=53/0xff,nw_ttl=0,nw_ecn=0,actions=controller(reason=action,"
     "max_len=5,id=0)",
     "udp,nw_ecn=0,nw_ttl=0,tp_dst=0x35/0xff actions=CONTROLLER:5",
     text_flow_same},
    {"ip,nw_src=255.255.255.255/0.0.0.255,actions=mod_nw_src:1.2.3.4",
     "ip,nw_src=0.0.0.255/0.0.0.255 actions=mod_nw_src:1.2.3.4",
     "ip,nw_src=0.0.0.255/0.0.0.255 actions=set_field:1.2.3.4->ip_src"},
    {"ip,ip_src=1.2.3.4,ip_dst=5.6.7.8,ip_proto=17,udp_src=3,actions=drop",
     "udp,nw_src=1.2.3.4,nw_dst=5.6.7.8,tp_src=3 actions=drop",
     text_flow_same},
    {"eth_src=1:2:3:4:5:6,eth_dst=1:2:3:4:5:6,eth_type=0x800,ip_ecn=3,"
     "actions=drop",
     "ip,dl_src=01:02:03:04:05:06,dl_dst=01:02:03:04:05:06,nw_ecn=3 "
     "actions=drop",
     text_flow_same},
    {"icmp6,icmp_type=135,icmp_code=0,nd_sll=1:2:3:4:5:6/ff:ff:ff:00:00:00,"
     "actions=drop",
     "icmp6,icmp_type=135,icmp_code=0,"
     "nd_sll=01:02:03:00:00:00/ff:ff:ff:00:00:00 actions=drop",
     text_flow_same},
    {"actions=move:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15]",
     "actions=move:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15]",
     text_flow_same},
    {"mpls,actions=load:5->OXM_OF_MPLS_LABEL[],load:1->OXM_OF_MPLS_TC[],"
     "load:1->OXM_OF_MPLS_LABEL[0..3]",
     "mpls actions=load:0x5->OXM_OF_MPLS_LABEL[],load:0x1->OXM_OF_MPLS_TC[],"
     "load:0x1->OXM_OF_MPLS_LABEL[0..3]",
     NULL},
    {"ipv6,actions=load:1->NXM_NX_IPV6_DST[0..63],"
     "load:2->NXM_NX_IPV6_DST[64..127],load:3->NXM_NX_IPV6_SRC[60..70]",
     "ipv6 actions=load:0x1->NXM_NX_IPV6_DST[0..63],"
     "load:0x2->NXM_NX_IPV6_DST[64..127],load:0x3->NXM_NX_IPV6_SRC[60..70]",
     NULL},
    {" ip , actions = drop",
     "ip actions=drop",
     text_flow_same},
    {"ip,actions= 1 ",
     "ip actions=output:1",
     text_flow_same},
    {"ip,actions=output:\"p-3\"",
     "ip actions=output:3",
     text_flow_same},
    {"in_port=\"p-3\",actions=resubmit(\"p-3\",5)",
     "in_port=3 actions=resubmit(3,5)",
     text_flow_same},
    {"actions=Output:1,FLOOD,Normal,dEc_TTL",
     "actions=output:1,FLOOD,NORMAL,dec_ttl",
     NULL},
    {"ip,actions=OUTPUT=2",
     "ip actions=output:2",
     text_flow_same},
    {0},
};
/* clang-format on */
