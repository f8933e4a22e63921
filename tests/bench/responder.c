/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A learning controller of OpenFlow 1.0 that costs next to nothing, the same
 * to every switch.  It learns which MAC address is behind which port, and for
 * a UDP frame to a known one adds an exact flow entry and sends the frame on,
 * as POX's l2_learning does; all else is flooded.
 *
 * responder SOCKET: listens there, for one switch after the other; prints "up"
 * when one has said what it is.
 */
#include <stdio.h>
#include <stdlib.h>

#include "openflow10.h"

enum {
    PLACES = 256, /* of addresses; a newer one takes an older one's place */
    IDLE_S = 10,
    PRIORITY = 0x8000,
    ANSWERS_MAX = 1 << 20,
    FRAME_MAX = 2048,
};

struct place {
    uint8_t mac[6];
    unsigned int port;
};

static struct place places[PLACES];
static uint8_t answers[ANSWERS_MAX];
static size_t answers_size;

static struct place *place_of(const uint8_t *mac)
{
    return &places[mac[5]];
}

/* Room for an answer, which is zero. */
static uint8_t *new_answer(unsigned int type, unsigned int size, uint32_t xid)
{
    uint8_t *message = answers + answers_size;

    memset(message, 0, size);
    openflow10_header(message, type, size, xid);
    answers_size += size;
    return message;
}

static void greet(void)
{
    uint8_t *config;

    new_answer(OF10_FEATURES_REQUEST, OF10_HEADER, 1);
    config = new_answer(OF10_SET_CONFIG, OF10_SET_CONFIG_SIZE, 2);
    udp_frame_put16(config + 10, 0xffff);
}

/* Every field as it is in the frame, which is of UDP over IPv4. */
static void add_flow(const uint8_t *packet_in, const uint8_t *frame,
                     unsigned int port)
{
    uint8_t *message = new_answer(OF10_FLOW_MOD, OF10_FLOW_MOD_SIZE,
                                  openflow10_get32(packet_in + 4));
    uint8_t *match = message + OF10_HEADER;

    memcpy(match + 4, packet_in + 14, 2);
    memcpy(match + 6, frame + 6, 6);
    memcpy(match + 12, frame, 6);
    udp_frame_put16(match + 18, 0xffff);
    memcpy(match + 22, frame + 12, 2);
    match[24] = frame[UDP_FRAME_IP + 1];
    match[25] = frame[UDP_FRAME_IP + 9];
    memcpy(match + 28, frame + UDP_FRAME_IP + 12, 8);
    memcpy(match + 36, frame + UDP_FRAME_SOURCE_PORT, 4);
    udp_frame_put16(message + 58, IDLE_S);
    udp_frame_put16(message + 62, PRIORITY);
    memcpy(message + 64, packet_in + 8, 4);
    udp_frame_put16(message + 68, OF10_NO_PORT);
    openflow10_output(message + 72, port);
}

static void send_on(const uint8_t *packet_in, const uint8_t *frame,
                    unsigned int size, unsigned int port)
{
    bool is_buffered = openflow10_get32(packet_in + 8) != OF10_NO_BUFFER;
    uint8_t *message = new_answer(
        OF10_PACKET_OUT, OF10_PACKET_OUT_DATA + (is_buffered ? 0 : size),
        openflow10_get32(packet_in + 4));

    memcpy(message + 8, packet_in + 8, 4);
    memcpy(message + 12, packet_in + 14, 2);
    udp_frame_put16(message + 14, 8);
    openflow10_output(message + 16, port);
    if (!is_buffered)
        memcpy(message + OF10_PACKET_OUT_DATA, frame, size);
}

static void take_packet(const uint8_t *packet_in)
{
    const uint8_t *frame = packet_in + OF10_PACKET_IN_DATA;
    unsigned int size = udp_frame_get16(packet_in + 2);
    bool is_buffered = openflow10_get32(packet_in + 8) != OF10_NO_BUFFER;
    struct place *source, *target;

    if (size < OF10_PACKET_IN_DATA + UDP_FRAME_PAYLOAD ||
        size > OF10_PACKET_IN_DATA + FRAME_MAX)
        return;
    size -= OF10_PACKET_IN_DATA;
    source = place_of(frame + 6);
    memcpy(source->mac, frame + 6, 6);
    source->port = udp_frame_get16(packet_in + 14);
    target = place_of(frame);
    if (!target->port || memcmp(target->mac, frame, 6) ||
        udp_frame_get16(frame + 12) != 0x0800 ||
        frame[UDP_FRAME_IP + 9] != 17) {
        send_on(packet_in, frame, size, OF10_FLOOD);
        return;
    }
    /* Where the switch holds the frame, the flow-mod sends it on, too. */
    add_flow(packet_in, frame, target->port);
    if (!is_buffered)
        send_on(packet_in, frame, size, target->port);
}

static void take(const uint8_t *message)
{
    switch (message[1]) {
    case OF10_HELLO:
        greet();
        break;
    case OF10_ECHO_REQUEST:
        new_answer(OF10_ECHO_REPLY, OF10_HEADER, openflow10_get32(message + 4));
        break;
    case OF10_FEATURES_REPLY:
        printf("up\n");
        fflush(stdout);
        break;
    case OF10_PACKET_IN:
        take_packet(message);
        break;
    default:
        break;
    }
}

/* Answers all that has come before it reads on, as a controller would. */
static void serve(struct openflow10 *c)
{
    new_answer(OF10_HELLO, OF10_HEADER, 0);
    do {
        const uint8_t *message;

        while ((message = openflow10_next(c))) {
            take(message);
            if (answers_size > ANSWERS_MAX / 2)
                break;
        }
        if (!openflow10_send(c, answers, answers_size))
            break;
        answers_size = 0;
        if (message)
            continue;
    } while (openflow10_read(c));
    answers_size = 0;
}

int main(int argc, char **argv)
{
    static struct openflow10 connection;
    struct sockaddr_un at;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (argc != 2) {
        fprintf(stderr, "usage: responder SOCKET\n");
        return 2;
    }
    at = openflow10_address(argv[1]);
    if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof(at)) ||
        listen(listener, 1)) {
        perror(argv[1]);
        return 1;
    }
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        connection.begin = connection.end = 0;
        connection.fd = accept(listener, NULL, NULL);
        if (connection.fd < 0)
            return 1;
        serve(&connection);
        close(connection.fd);
    }
}
