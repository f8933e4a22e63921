/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: which subcommands there are, and which code each one is. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc_flag.h"
#include "base/array.h"
#include "base/suggest.h"
#include "client/add_flows.h"
#include "client/ctl_call.h"
#include "client/dump_ports.h"
#include "client/fdb.h"
#include "client/flows.h"
#include "client/groups.h"
#include "client/meters.h"
#include "client/monitor.h"
#include "client/of_command.h"
#include "client/offload.h"
#include "client/options.h"
#include "client/packet_out.h"
#include "client/port_text.h"
#include "client/reload_output.h"
#include "client/show.h"
#include "client/switch_search.h"
#include "client/tables.h"
#include "client/trace.h"
#include "config/run_location.h"
#include "daemon/check.h"
#include "daemon/daemon.h"
#include "openflow/of_hello.h"

enum { DONE = 0, FAILED = 1, MISUSED = 2 };

enum {
    ANSWER_WAIT_MS = 5000,
    RELOAD_WAIT_MS = 30000, /* it makes devices and waits for the kernel */
};

static const char default_config_path[] =
    SYSCONFDIR "/flowbridge/flowbridge.ini";

struct command {
    const char *name;
    const char *argument; /* that it may take, for the usage; NULL: none */
    const char *summary;
    int (*run)(const struct command *c, const struct options *o);
    bool has_target, has_json; /* takes -s, --json */
    bool has_strict, has_all;  /* takes --strict, --all */
    bool needs_argument;
    struct ctl_call ctl;                   /* for run_ctl_call */
    int (*openflow)(struct of_command *c); /* for run_of_command; takes -O */
};

static int run_daemon(const struct command *c, const struct options *o)
{
    (void)c;
    return daemon_run(o->config_path);
}

static int run_check(const struct command *c, const struct options *o)
{
    (void)c;
    return check_run(o->config_path, o->is_json, stdout, stderr);
}

/* One of the two sockets of a switch. */
struct address {
    struct run_location location;
    char target[sizeof("unix:/.mgmt") + sizeof(struct run_location)];
    struct dial_peer peer;
};

/* Where the configuration has the switch, or where it runs all the same; false:
 * it has been said why not. */
static bool find_location(const char *config_path,
                          struct run_location *location)
{
    char error[1024 + 4096], path[sizeof(*location) + sizeof("/.ctl")];
    int err = run_location_read(location, config_path, error, sizeof(error));
    struct switch_found found;

    snprintf(path, sizeof(path), "%s/%s.ctl", location->run_dir,
             location->bridge);
    if (!err && switch_search_is_alive(path))
        return true;
    /* The file may name another place than where the switch runs, or
     * nothing (-EINVAL). */
    if ((!err || err == -EINVAL) && switch_search(config_path, &found)) {
        fprintf(stderr,
                "flowbridge: the switch of %s runs as %s in %s; a change of "
                "[bridge] name or [daemon] run-dir needs a restart\n",
                config_path, found.name, found.run_dir);
        snprintf(location->bridge, sizeof(location->bridge), "%s", found.name);
        snprintf(location->run_dir, sizeof(location->run_dir), "%s",
                 found.run_dir);
        return true;
    }
    if (err)
        fprintf(stderr, "flowbridge: %s\n", error);
    return !err;
}

static void put_address(struct address *a, const char *config_path,
                        const char *suffix)
{
    snprintf(a->target, sizeof(a->target), "unix:%s/%s.%s", a->location.run_dir,
             a->location.bridge, suffix);
    a->peer = (struct dial_peer){a->target, a->location.bridge, config_path};
}

static int run_ctl_call(const struct command *c, const struct options *o)
{
    const char *name = o->argument_count > 0 ? o->arguments[0] : NULL;
    struct address a = {.peer.target = o->target};

    if (!o->target) {
        if (!find_location(o->config_path, &a.location))
            return FAILED;
        put_address(&a, o->config_path, "ctl");
    }
    return ctl_call_run(&c->ctl, &a.peer, name, o->is_json, stdout, stderr);
}

static int run_of_command(const struct command *c, const struct options *o)
{
    struct address mgmt = {.peer.target = o->target}, ctl;
    uint32_t versions = of_command_usual_versions();
    struct of_command of = {
        .argument = o->argument_count > 0 ? o->arguments[0] : NULL,
        .is_json = o->is_json,
        .is_strict = o->is_strict,
        .shows_all = o->is_all,
        .out = stdout,
        .err = stderr,
    };
    char error[1024 + 4096];
    int status;

    if (!o->openflow)
        of.mgmt = &mgmt.peer;
    if (o->openflow && !of_command_read_versions(o->openflow, &versions)) {
        fprintf(stderr,
                "flowbridge: -O takes OpenFlow10 to OpenFlow15, not "
                "'%s'\n",
                o->openflow);
        return MISUSED;
    }
    if (!o->target) {
        if (!find_location(o->config_path, &mgmt.location))
            return FAILED;
        ctl.location = mgmt.location;
        put_address(&mgmt, o->config_path, "mgmt");
        put_address(&ctl, o->config_path, "ctl");
        of.ctl = &ctl.peer;
    }
    of.session = of_session_open(&mgmt.peer, versions, ANSWER_WAIT_MS, error,
                                 sizeof(error));
    if (!of.session)
        return of_command_fail(&of, "%s", error);
    status = c->openflow(&of);
    of_command_clear(&of);
    of_session_close(of.session);
    return status;
}

/* Rows that differ in length make clang-format 14 stagger them. */
/* clang-format off */
static const struct command commands[] = {
    {.name = "run",
     .summary = "runs the switch, until SIGTERM or SIGINT",
     .run = run_daemon},
    {.name = "check",
     .summary = "prints every fault of the configuration",
     .run = run_check,
     .has_json = true},
    {.name = "show",
     .summary = "shows the switch, its ports and dropped frames",
     .run = run_ctl_call,
     .has_target = true,
     .has_json = true,
     .ctl = {"show", show_print, .wait_ms = ANSWER_WAIT_MS}},
    {.name = "dump-ports",
     .argument = "PORT",
     .summary = "shows all counters of each port, or of one",
     .run = run_ctl_call,
     .has_target = true,
     .has_json = true,
     .ctl = {"dump-ports", dump_ports_print, .list = "ports",
                  .is_named = port_text_is_named, .wait_ms = ANSWER_WAIT_MS}},
    {.name = "fdb",
     .summary = "shows the learned MAC addresses",
     .run = run_ctl_call,
     .has_target = true,
     .has_json = true,
     .ctl = {"fdb", fdb_print, .wait_ms = ANSWER_WAIT_MS}},
    {.name = "offload",
     .summary = "shows what the kernel forwards by itself",
     .run = run_ctl_call,
     .has_target = true,
     .has_json = true,
     .ctl = {"offload", offload_print, .wait_ms = ANSWER_WAIT_MS}},
    {.name = "dump-flows",
     .argument = "FLOW",
     .summary = "shows the flow entries, or those that a match covers",
     .run = run_of_command,
     .openflow = flows_dump,
     .has_target = true,
     .has_json = true,
     .has_all = true},
    {.name = "add-flow",
     .argument = "FLOW",
     .needs_argument = true,
     .summary = "adds a flow entry",
     .run = run_of_command,
     .openflow = flows_add,
     .has_target = true},
    {.name = "mod-flows",
     .argument = "FLOW",
     .needs_argument = true,
     .summary = "changes the actions of the flow entries of a match",
     .run = run_of_command,
     .openflow = flows_modify,
     .has_target = true,
     .has_strict = true},
    {.name = "del-flows",
     .argument = "FLOW",
     .summary = "deletes all flow entries, or those of a match",
     .run = run_of_command,
     .openflow = flows_delete,
     .has_target = true,
     .has_strict = true},
    {.name = "add-flows",
     .argument = "FILE",
     .needs_argument = true,
     .summary = "adds the flow entries of a file, all or none",
     .run = run_of_command,
     .openflow = add_flows,
     .has_target = true},
    {.name = "dump-groups",
     .argument = "GROUP",
     .summary = "shows the groups and their counters",
     .run = run_of_command,
     .openflow = groups_dump,
     .has_target = true,
     .has_json = true},
    {.name = "add-group",
     .argument = "GROUP",
     .needs_argument = true,
     .summary = "adds a group",
     .run = run_of_command,
     .openflow = groups_add,
     .has_target = true},
    {.name = "mod-group",
     .argument = "GROUP",
     .needs_argument = true,
     .summary = "changes a group",
     .run = run_of_command,
     .openflow = groups_modify,
     .has_target = true},
    {.name = "del-groups",
     .argument = "GROUP",
     .summary = "deletes all groups, or one",
     .run = run_of_command,
     .openflow = groups_delete,
     .has_target = true},
    {.name = "dump-meters",
     .argument = "METER",
     .summary = "shows the meters and their counters",
     .run = run_of_command,
     .openflow = meters_dump,
     .has_target = true,
     .has_json = true},
    {.name = "add-meter",
     .argument = "METER",
     .needs_argument = true,
     .summary = "adds a meter",
     .run = run_of_command,
     .openflow = meters_add,
     .has_target = true},
    {.name = "mod-meter",
     .argument = "METER",
     .needs_argument = true,
     .summary = "changes a meter",
     .run = run_of_command,
     .openflow = meters_modify,
     .has_target = true},
    {.name = "del-meters",
     .argument = "METER",
     .summary = "deletes all meters, or one",
     .run = run_of_command,
     .openflow = meters_delete,
     .has_target = true},
    {.name = "dump-tables",
     .summary = "shows entries, lookups and matches of the flow tables",
     .run = run_of_command,
     .openflow = tables_dump,
     .has_target = true,
     .has_json = true},
    {.name = "packet-out",
     .argument = "PACKET",
     .needs_argument = true,
     .summary = "sends a frame with actions",
     .run = run_of_command,
     .openflow = packet_out,
     .has_target = true},
    {.name = "monitor",
     .summary = "shows packet-ins, removed flows and changes of ports",
     .run = run_of_command,
     .openflow = monitor,
     .has_target = true,
     .has_json = true},
    {.name = "trace",
     .argument = "FLOW",
     .summary = "shows how a packet would be handled, step by step",
     .run = run_ctl_call,
     .has_target = true,
     .has_json = true,
     .needs_argument = true,
     .ctl = {"trace", trace_print, .wait_ms = ANSWER_WAIT_MS,
                  .argument_key = "flow"}},
    {.name = "reload",
     .summary = "applies the changed configuration, or prints its faults",
     .run = run_ctl_call,
     .has_target = true,
     .has_json = true,
     .ctl = {"reload", reload_output_print, .wait_ms = RELOAD_WAIT_MS}},
    {.name = "reopen",
     .summary = "opens the log file again, for example after a rotation",
     .run = run_ctl_call,
     .has_target = true,
     .has_json = true,
     .ctl = {"reopen", reload_output_print_reopened, .wait_ms = ANSWER_WAIT_MS}},
};
/* clang-format on */

enum { COMMAND_COUNT = ARRAY_SIZE(commands) };

static void print_usage(const struct command *c, FILE *out)
{
    fprintf(out, "usage: flowbridge %s%s%s%s [-c FILE]%s%s%s%s%s\n", c->name,
            !c->argument        ? ""
            : c->needs_argument ? " "
                                : " [",
            c->argument ? c->argument : "",
            c->argument && !c->needs_argument ? "]" : "",
            c->has_target ? " [-s unix:PATH|tcp:HOST:PORT]" : "",
            c->openflow ? " [-O VERSION]" : "",
            c->has_strict ? " [--strict]" : "", c->has_all ? " [--all]" : "",
            c->has_json ? " [--json]" : "");
}

static int print_command_help(const struct command *c)
{
    print_usage(c, stdout);
    printf("\nflowbridge %s %s.\n\n", c->name, c->summary);
    printf("  -c FILE      the configuration; default %s\n",
           default_config_path);
    if (c->has_target)
        printf("  -s TARGET    the switch's %s socket: unix:PATH, or "
               "tcp:HOST:PORT of\n"
               "               a proxy; default: the socket of the "
               "configuration\n",
               c->openflow ? "management" : "control");
    if (c->openflow)
        puts("  -O VERSION   OpenFlow10 to OpenFlow15; default: the higher of "
             "1.0 and 1.3 that\n"
             "               the switch offers");
    if (c->has_strict)
        puts("  --strict     only the entry with exactly this match "
             "and priority");
    if (c->has_all)
        puts("  --all        shows hidden entries, too");
    if (c->has_json)
        puts("  --json       prints JSON, for programs");
    return DONE;
}

static int print_help(void)
{
    puts("usage: flowbridge COMMAND [-c FILE] [OPTION...]\n\n"
         "A virtual Ethernet switch.  Commands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-12s %s\n", commands[i].name, commands[i].summary);
    printf("  %-12s %s\n", "help",
           "explains a command: flowbridge help COMMAND");
    printf("\nThe configuration is %s if no -c FILE is given.\n"
           "flowbridge --version tells how it was built.  "
           "See flowbridge(8), flowbridge.ini(5).\n",
           default_config_path);
    return DONE;
}

static int print_version(void)
{
    static const char *const parts[] = {
#ifdef HAVE_LIBNFTNL
        "shield",
#endif
#ifdef HAVE_LIBSECCOMP
        "seccomp",
#endif
#ifdef HAVE_OPENSSL
        "tls",
#endif
#ifdef HAVE_LIBBPF
        "kernel",
#endif
        NULL,
    };
    char versions[OF_HELLO_TEXT_SIZE];

    puts("flowbridge " VERSION);
#ifdef __clang__
    fputs("built by " __VERSION__ ", with", stdout);
#else
    fputs("built by gcc " __VERSION__ ", with", stdout);
#endif
    for (size_t i = 0; parts[i]; i++)
        printf(" %s", parts[i]);
    puts(parts[0] ? "" : " no optional part");
    of_hello_text(OF_VERSIONS_ALL, versions);
    printf("OpenFlow versions: %s\n", versions);
    return DONE;
}

static const struct command *find(const char *name)
{
    struct suggestion n = suggest_for(name);

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (!strcmp(commands[i].name, name))
            return &commands[i];
        suggest_try(&n, commands[i].name);
    }
    suggest_try(&n, "help");
    fprintf(stderr, "flowbridge: unknown command '%s'; ", name);
    if (n.best)
        fprintf(stderr, "did you mean '%s'?\n", n.best);
    else
        fputs("flowbridge --help lists them\n", stderr);
    return NULL;
}

static int misuse(const struct command *c, const char *fault)
{
    fprintf(stderr, "flowbridge: %s %s; ", c->name, fault);
    print_usage(c, stderr);
    return MISUSED;
}

static int help(const struct options *o)
{
    const struct command *c;

    if (o->argument_count == 0)
        return print_help();
    c = find(o->arguments[0]);
    return c ? print_command_help(c) : MISUSED;
}

static int dispatch(struct options *o)
{
    const struct command *c;
    int status;

    if (o->is_version)
        return print_version();
    if (!o->command && o->is_help)
        return print_help();
    if (!o->command) {
        fputs("flowbridge: no command is given; flowbridge --help lists them\n",
              stderr);
        return MISUSED;
    }
    if (!strcmp(o->command, "help"))
        return help(o);
    c = find(o->command);
    if (!c)
        return MISUSED;
    if (o->is_help)
        return print_command_help(c);
    if (o->argument_count > (c->argument ? 1 : 0))
        return misuse(c, "takes no such argument");
    if (o->argument_count == 0 && c->needs_argument)
        return misuse(c, "needs an argument");
    if (o->target && !c->has_target)
        return misuse(c, "takes no -s");
    if (o->is_json && !c->has_json)
        return misuse(c, "takes no --json");
    if (o->is_strict && !c->has_strict)
        return misuse(c, "takes no --strict");
    if (o->is_all && !c->has_all)
        return misuse(c, "takes no --all");
    if (o->openflow && !c->openflow)
        return misuse(c, "takes no -O");
    if (!o->config_path)
        o->config_path = default_config_path;
    if (c->run == run_daemon)
        return c->run(c, o);
    alloc_flag_watch();
    status = c->run(c, o);
    if (status != DONE || !alloc_flag_is_raised())
        return status;
    fputs("flowbridge: out of memory: some of the answer is missing\n", stderr);
    return FAILED;
}

int main(int argc, char **argv)
{
    char error[512];
    struct options o;
    int status;

    if (options_parse(&o, argc, argv, error, sizeof(error)) < 0) {
        fprintf(stderr, "flowbridge: %s; see flowbridge --help\n", error);
        return MISUSED;
    }
    status = dispatch(&o);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("flowbridge: cannot write the answer");
        return FAILED;
    }
    return status;
}
