/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of flows goes as one bundle, or where there are none as one message
 * after the other; faults in it and refusals name its line.
 */
#include "client/add_flows.h"

#include <unistd.h>

#include "openflow/of_bundle.h"
#include "openflow/of_error.h"
#include "openflow/of_flow.h"
#include "tests/unit/of_peer.h"
#include "tests/unit/test.h"

/* What the switch saw: a letter a message. */
static char seen[64];
static bool has_bundles, refuses_second;

static void note(char letter)
{
    size_t used = strlen(seen);

    assert_true(used + 1 < sizeof(seen));
    seen[used] = letter;
    seen[used + 1] = '\0';
}

static void refuse(struct of_buffer *out, const struct of_header *h,
                   enum flow_error error)
{
    uint8_t request[OF_HEADER_SIZE] = {h->version, h->type, 0, OF_HEADER_SIZE};
    struct reader r = reader_over(request, sizeof(request));

    request[7] = (uint8_t)h->xid;
    of_error_write(out, (enum of_version)h->version, error, &r);
}

static void flow_came(const struct of_header *h, struct reader *body,
                      struct of_buffer *out)
{
    const struct of_flow_format f = {(enum of_version)h->version, false, false};
    struct flow_mod mod;

    assert_int_equal(of_flow_mod_read(&f, body, &mod), FLOW_OK);
    note((char)('0' + mod.priority));
    if (refuses_second && mod.priority == 2)
        refuse(out, h, FLOW_TABLE_FULL);
    flow_mod_clear(&mod);
}

static void control_came(const struct of_message *m, struct of_buffer *out)
{
    static const char letters[] = {
        [OF_BUNDLE_OPEN_REQUEST] = 'O', [OF_BUNDLE_COMMIT_REQUEST] = 'C'};
    struct reader body = m->body;
    struct of_bundle_control c;

    assert_int_equal(of_bundle_read_control(&body, &c), FLOW_OK);
    assert_true(c.type < sizeof(letters) && letters[c.type]);
    note(letters[c.type]);
    assert_int_equal(c.flags, OF_BUNDLE_ATOMIC | OF_BUNDLE_ORDERED);
    c.type++;
    if (!has_bundles)
        refuse(out, &m->header, FLOW_BAD_EXPERIMENTER);
    else if (refuses_second && letters[c.type - 1] == 'C')
        refuse(out, &m->header, FLOW_BUNDLE_FAILED);
    else
        of_bundle_write_control(out, (enum of_version)m->header.version,
                                m->header.xid, &c);
}

static void answer(struct of_peer *p, const struct of_message *m,
                   struct of_buffer *out)
{
    struct reader body = m->body;

    (void)p;
    if (m->kind == OF_BUNDLE_CONTROL) {
        control_came(m, out);
    } else if (m->kind == OF_BUNDLE_ADD) {
        struct of_bundle_add add;
        struct of_header h;

        assert_int_equal(of_bundle_read_add(&m->header, &body, &add), FLOW_OK);
        h = of_read_header(&add.message);
        note('+');
        flow_came(&h, &add.message, out);
    } else if (m->kind == OF_FLOW_MOD) {
        flow_came(&m->header, &body, out);
    }
}

/* Runs it with a file of this text; the name begins what is said. */
static int add_text(struct of_peer *p, const char *text, const char **said)
{
    char path[96];
    const struct of_command c = {.argument = path};
    FILE *file;
    int status;

    snprintf(path, sizeof(path), "%s/flows", p->dir);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    seen[0] = '\0';
    p->answer = answer;
    status = peer_run(p, add_flows, &c, OF_VERSION_BIT(OF13));
    unlink(path);
    assert_string_equal(p->out, "");
    *said = p->err;
    if (strstr(p->err, path))
        *said = strstr(p->err, path) + strlen(path);
    return status;
}

static const char three[] = "# comment\npriority=1,actions=drop\n\n"
                            "priority=2,actions=drop\n"
                            "delete_strict priority=3\n";

static void one_bundle(void **state)
{
    const char *said;

    has_bundles = true;
    refuses_second = false;
    assert_int_equal(add_text(*state, three, &said), 0);
    assert_string_equal(seen, "O+1+2+3C");
    assert_string_equal(said, "");
}

static void a_bundle_that_is_refused(void **state)
{
    const char *said;

    has_bundles = refuses_second = true;
    assert_int_equal(add_text(*state, three, &said), 1);
    assert_string_equal(seen, "O+1+2+3C");
    assert_string_equal(said, ":4: the switch refuses: the table is full "
                              "(FLOW_MOD_FAILED, code 1); nothing was "
                              "changed\n");
}

static void without_bundles(void **state)
{
    const char *said;

    has_bundles = refuses_second = false;
    assert_int_equal(add_text(*state, three, &said), 0);
    assert_string_equal(seen, "O123");
    refuses_second = true;
    assert_int_equal(add_text(*state, three, &said), 1);
    assert_string_equal(seen, "O123");
    assert_string_equal(said, ":4: the switch refuses: the table is full "
                              "(FLOW_MOD_FAILED, code 1); other lines were "
                              "carried out\n");
}

static void nothing_is_sent_of_a_file_with_faults(void **state)
{
    const char *said;

    assert_int_equal(
        add_text(*state, "actions=drop\nactons=drop\nip,action\n", &said), 1);
    assert_string_equal(seen, "");
    assert_memory_equal(said, ":2: actons: ", 12);
    assert_non_null(strstr(said, "flows:3: "));
}

static void an_empty_file_is_no_fault(void **state)
{
    const char *said;

    assert_int_equal(add_text(*state, "\n# nothing\n", &said), 0);
    assert_string_equal(seen, "");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, peer_set_up, peer_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_bundle),
        TEST(a_bundle_that_is_refused),
        TEST(without_bundles),
        TEST(nothing_is_sent_of_a_file_with_faults),
        TEST(an_empty_file_is_no_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
