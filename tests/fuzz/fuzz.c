/* SPDX-License-Identifier: GPL-3.0-or-later
 * libFuzzer's door to one property: PROPERTY is which. Built with -Dfuzzing=true and clang; ./dev fuzz
 * runs all of them. */
#include "tests/fuzz/properties.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PROPERTY(data, size);
    return 0;
}
