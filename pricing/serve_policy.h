/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster-pricing serve-policy`: the policy protocol (version 1) over two streams. */
#pragma once
#include <stdio.h>

/* Reads lines from `in` until {"type":"end"} or its end, answers on `out` one line each to `init`
 * and `epoch`, flushed. A line that cannot be understood is answered with
 * {"type":"error","message":…} (an epoch with a seq: with no prices) and said on `log`; nothing
 * else is lost by it. Returns the exit code: 0, or 1 when `out` can no longer be written. */
int pricing_serve_policy(FILE *in, FILE *out, FILE *log);
