/*
 * KERNEL before a function makes one clone for each generation of vector units; the loader picks.
 * Where clones can't be had, the flags of the build decide: clang 14 doesn't know the generations
 * by name, and a sanitizer isn't ready yet when the loader asks which clone to take.
 */
#ifndef HUIMIN_EVAL_KERNEL_CLONES_H
#define HUIMIN_EVAL_KERNEL_CLONES_H

#include <string.h>
#include "eval/kernel.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#elif defined(__x86_64__) && defined(__clang__)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define KERNEL
#else
#define KERNEL __attribute__((target_clones("avx512bw", "avx2", "default")))
#endif
#else
#define KERNEL
#endif

#define KERNEL_ARGS                                                                                \
    size_t n, void *restrict dv, const void *restrict av, const void *restrict bv,                 \
        const void *restrict cv, const struct kernel_const *kc

#endif
