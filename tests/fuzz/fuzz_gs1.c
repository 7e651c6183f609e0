/* SPDX-License-Identifier: GPL-3.0-or-later
 * libFuzzer's door to pos/gs1. Built with -Dfuzzing=true and clang; run as ./fuzz-gs1
 * CORPUS_FOLDER. */
#include "tests/fuzz/gs1_property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gs1_property_check(data, size);
    return 0;
}
