/* SPDX-License-Identifier: GPL-3.0-or-later
 * Test vectors: CSV files with a header line, and the folders they lie in. */
#pragma once
#include <glib.h>

/* A file of rows; cells by column name. */
typedef struct {
    char **header;
    GPtrArray *rows; /* of char ** with as many cells as the header */
} Vectors;

/* Reads RFC 4180 CSV (quotes, doubled quotes, line ends inside quotes). Aborts the test when it
 * cannot. */
Vectors *vectors_read(const char *path);
void vectors_free(Vectors *vectors);
/* A cell; the column must exist. Borrowed. */
const char *vectors_cell(const Vectors *vectors, guint row, const char *column);

/* "\xHH" to a byte, "\\" to a backslash. Owned, NUL after its length. */
char *vectors_unescape(const char *text, gsize *out_length);

/* A file of this tree's tests/data. Owned. */
char *vectors_path(const char *name);
/* A file below $COSTER_TEST_DATA, where larger data lies; NULL when the variable is unset. Owned.
 */
char *vectors_outside_path(const char *name);
