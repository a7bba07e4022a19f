/*
 * What the unit tests share: cmocka with the headers that it wants first, and checks that read
 * well with str.
 */
#ifndef HUIMIN_UNIT_TEST_H
#define HUIMIN_UNIT_TEST_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/str.h"

/* The text of a str and a literal are the same. */
#define check_str(got, lit)                                                                        \
    do {                                                                                           \
        str got_ = (got);                                                                          \
        if (!str_eq(got_, S(lit)))                                                                 \
            fail_msg("found \"%.*s\", expected \"%s\"", STR_ARG(got_), lit);                       \
    } while (0)

/* How the process ends in which fn(p) runs: as waitpid() tells it; its messages are dropped. */
static inline int status_of(void (*fn)(void *), void *p)
{
    int status = 0;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        /* The test frame's handlers would take an abort for a failed test and go on. */
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr))
            _exit(99);
        fn(p);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* fn(p) runs into an assert. */
static inline void check_aborts(void (*fn)(void *), void *p)
{
    int status = status_of(fn, p);

    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

#endif
