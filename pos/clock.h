/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where time enters: a function table, so that a test can be any time and a till can decide what is in
 * force on boot time plus the offset to central's clock (sync-protocol.md, `hello`). */
#pragma once
#include <stdint.h>

typedef struct {
    int64_t (*wall_ms)(void *user); /* Unix ms by the machine's wall clock */
    int64_t (*boot_ms)(void *user); /* ms since boot, suspend included, never jumps */
    void *user;
} PosClock;

/* The machine's clocks. Static. */
const PosClock *pos_clock_system(void);
