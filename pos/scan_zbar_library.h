/* SPDX-License-Identifier: GPL-3.0-or-later
 * libzbar, loaded when it is first asked: it brings 15 more libraries (X11, D-Bus, V4L) that most pictures need
 * nothing of. Internal to pos/scan_zbar*.c. Any thread. */
#pragma once
#include <zbar.h>

/* The functions that are called, without their "zbar_". */
#define POS_ZBAR_FUNCTIONS(X)                                                                      \
    X(image_create)                                                                                \
    X(image_destroy)                                                                               \
    X(image_first_symbol)                                                                          \
    X(image_scanner_create)                                                                        \
    X(image_scanner_destroy)                                                                       \
    X(image_scanner_set_config)                                                                    \
    X(image_set_data)                                                                              \
    X(image_set_format)                                                                            \
    X(image_set_size)                                                                              \
    X(scan_image)                                                                                  \
    X(symbol_get_data)                                                                             \
    X(symbol_get_data_length)                                                                      \
    X(symbol_get_loc_size)                                                                         \
    X(symbol_get_loc_x)                                                                            \
    X(symbol_get_loc_y)                                                                            \
    X(symbol_get_modifiers)                                                                        \
    X(symbol_get_quality)                                                                          \
    X(symbol_get_type)                                                                             \
    X(symbol_next)

typedef struct {
#define POS_ZBAR_MEMBER(name) __typeof__(zbar_##name) *name;
    POS_ZBAR_FUNCTIONS(POS_ZBAR_MEMBER)
#undef POS_ZBAR_MEMBER
} PosZbarLibrary;

/* Static; NULL when the library is not installed, which is said once. */
const PosZbarLibrary *pos_zbar_library(void);
