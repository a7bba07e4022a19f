/* What every file of test/fuzz defines: one input; returns 0, and must not crash, leak or hang. */
#ifndef HUIMIN_FUZZ_FUZZ_H
#define HUIMIN_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
