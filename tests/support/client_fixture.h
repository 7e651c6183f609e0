/* SPDX-License-Identifier: GPL-3.0-or-later
 * A terminal's folder enrolled at a fake central, for tests of the sync client. */
#pragma once
#include "pos/store.h"
#include "sync/client.h"
#include "tests/support/fake_central.h"

typedef struct {
    char *dir;
    FakeCentral *fake;
    PosStore *store; /* of the test's own thread */
} Terminal;

/* Makes the folder, a fake central with a product and its price (version 2), and enrols. */
void terminal_set_up(Terminal *terminal, bool tls);
/* The folder alone; central as above. */
void terminal_set_up_bare(Terminal *terminal, bool tls);
/* Enrols with the fake's code; false and the error as it comes. */
bool terminal_enrol(Terminal *terminal, GError **error);
void terminal_tear_down(Terminal *terminal);

/* Writes that many records. */
void terminal_write(Terminal *terminal, int count);
int64_t terminal_last_seq(Terminal *terminal);
int64_t terminal_acked(Terminal *terminal);
int64_t terminal_version(Terminal *terminal);
/* Items of the applied feed that are not deleted and whose line holds this text. */
int terminal_items(Terminal *terminal, const char *text);
/* Owned. */
char *terminal_line(Terminal *terminal, int64_t seq);
/* Every record of this terminal is at central once, in order, byte for byte. */
void terminal_assert_all_at_central(Terminal *terminal);
