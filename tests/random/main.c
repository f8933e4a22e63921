/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random steps against the whole switch, beside a model of it: see README.
 *
 *     random [--seed N] [--steps N] [--tell] [--no-shrink]
 *
 * A seed stands for a world of up to WORLD_STEPS steps, the next seed for the
 * next one.  Each world is a process of its own, so that one that dies, however
 * it dies, can be told of and run again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/random/steps.h"

enum {
    WORLD_STEPS = 5000,
    STEPS_TOLD = 25,    /* of those before a failure */
    TRIALS_MAX = 600,   /* to leave steps out */
    TRIAL_TIME_S = 120, /* that a world may take */
    DEFAULT_STEPS = 60000,
};

/* Which steps of a world are done; a step draws from dice of its own, so that
 * one that is left out does not change the others' draws. */
struct plan {
    uint64_t seed;
    uint32_t steps;
    uint32_t told_from; /* steps from here on are told of */
    bool is_left_out[WORLD_STEPS];
};

static struct plan plan;
static struct world world;
/* What the parent sees of a world. */
static struct sight {
    uint32_t step;
    const char *failure; /* what was wrong; NULL: it has just died */
} * sight;

static void live(void)
{
    alarm(TRIAL_TIME_S);
    world.is_told_of = plan.told_from == 0;
    world.failure = &sight->failure;
    world_open(&world, plan.seed);
    for (uint32_t i = 0; i < plan.steps; i++) {
        sight->step = i;
        if (plan.is_left_out[i])
            continue;
        world.is_told_of = i >= plan.told_from;
        world_begin_step(&world, i);
        steps_do(&world);
    }
    world_close(&world);
}

/* True if the world has lived to its end. */
static bool run_world(bool is_quiet)
{
    pid_t child;
    int status;

    *sight = (struct sight){.step = 0};
    fflush(stdout);
    child = fork();
    if (child < 0) {
        perror("fork");
        exit(2);
    }
    if (!child) {
        if (is_quiet && !freopen("/dev/null", "w", stderr))
            _exit(2);
        live();
        exit(0);
    }
    if (waitpid(child, &status, 0) != child) {
        perror("waitpid");
        exit(2);
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static uint32_t count_steps(void)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < plan.steps; i++)
        count += !plan.is_left_out[i];
    return count;
}

/* Leaves out [from, from + count) if it fails without them too, and so. */
static void try_without(uint32_t from, uint32_t count, const char *failure)
{
    bool before[WORLD_STEPS];

    memcpy(before, plan.is_left_out, sizeof(before));
    for (uint32_t i = from; i < from + count && i < plan.steps; i++)
        plan.is_left_out[i] = true;
    if (run_world(true) || sight->failure != failure)
        memcpy(plan.is_left_out, before, sizeof(before));
    else if (sight->step + 1 < plan.steps)
        plan.steps = sight->step + 1;
}

/* Drops halves, quarters, ... single steps for as long as it still fails. */
static void shrink(void)
{
    const char *failure = sight->failure;
    uint32_t trials = 0;

    for (uint32_t size = (plan.steps + 1) / 2; size; size /= 2)
        for (uint32_t from = 0; from < plan.steps; from += size) {
            bool has_any = false;

            for (uint32_t i = from; i < from + size && i < plan.steps; i++)
                has_any |= !plan.is_left_out[i];
            if (!has_any)
                continue;
            if (trials++ == TRIALS_MAX)
                return;
            try_without(from, size, failure);
        }
}

static void tell_failure(bool does_shrink)
{
    plan.steps = sight->step + 1;
    printf("seed %" PRIu64 " fails at step %u; the last steps:\n", plan.seed,
           plan.steps - 1);
    plan.told_from = plan.steps > STEPS_TOLD ? plan.steps - STEPS_TOLD : 1;
    run_world(false);
    if (does_shrink) {
        plan.told_from = UINT32_MAX;
        shrink();
        printf("%u steps are enough:\n", count_steps());
        plan.told_from = 0;
        run_world(false);
    }
    printf("again: build/sim/random --seed %" PRIu64 " --steps %u --tell\n",
           plan.seed, plan.steps);
}

/* Processor time of all worlds so far. */
static double used_s(void)
{
    struct rusage r;

    getrusage(RUSAGE_CHILDREN, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static uint64_t number_of(const char *text)
{
    char *end;
    uint64_t number = text ? strtoull(text, &end, 10) : 0;

    if (!text || *end) {
        fprintf(stderr, "random: not a number: %s\n", text ? text : "");
        exit(2);
    }
    return number;
}

struct options {
    uint64_t seed, steps;
    bool is_told_of, does_shrink;
};

static struct options read_options(char **arguments)
{
    struct options o = {.seed = 1, .steps = DEFAULT_STEPS, .does_shrink = true};

    for (char **a = arguments; *a; a++)
        if (!strcmp(*a, "--seed") && a[1]) {
            o.seed = number_of(*++a);
        } else if (!strcmp(*a, "--steps") && a[1]) {
            o.steps = number_of(*++a);
        } else if (!strcmp(*a, "--tell")) {
            o.is_told_of = true;
        } else if (!strcmp(*a, "--no-shrink")) {
            o.does_shrink = false;
        } else {
            fprintf(stderr, "usage: random [--seed N] [--steps N] [--tell] "
                            "[--no-shrink]\n");
            exit(2);
        }
    return o;
}

int main(int argc, char **argv)
{
    struct options o = read_options(argv + 1);
    uint64_t left = o.steps;

    (void)argc;
    sight = mmap(NULL, sizeof(*sight), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (sight == MAP_FAILED) {
        perror("mmap");
        return 2;
    }
    plan.seed = o.seed;
    for (; left; plan.seed++) {
        plan.steps = left < WORLD_STEPS ? (uint32_t)left : WORLD_STEPS;
        plan.told_from = o.is_told_of ? 0 : UINT32_MAX;
        left -= plan.steps;
        if (!run_world(!o.is_told_of)) {
            tell_failure(o.does_shrink);
            return 1;
        }
    }
    printf("%" PRIu64 " steps, seeds %" PRIu64 " to %" PRIu64
           ", %.0f steps a second of processor time\n",
           o.steps, o.seed, plan.seed - 1, (double)o.steps / used_s());
    return 0;
}
