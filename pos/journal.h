/* SPDX-License-Identifier: GPL-3.0-or-later
 * The journal's records as values: canonical lines, the hash chain, what makes a record well-formed and
 * what makes a sale add up. No disk here: pos/store_journal.c keeps the lines. Used by terminal and
 * central alike. Source of the rules: sync-protocol.md, "Up". */
#pragma once
#include "pos/json.h"
#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
    uint8_t bytes[32];
} PosHash;

/* One line of a journal. line: canonical JSON without newline, NUL-terminated, owned. */
typedef struct {
    int64_t seq; /* from 1, without holes */
    char *line;
    gsize length;
    PosHash hash; /* SHA-256(previous hash || line) */
} PosRecord;

void pos_record_clear(PosRecord *record);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PosRecord, pos_record_clear)

/* The hash before seq 1. */
PosHash pos_hash_zero(void);
PosHash pos_hash_chain(const PosHash *previous, const char *line, gsize length);
bool pos_hash_equal(const PosHash *a, const PosHash *b);
/* 64 lower-case hex digits, and back (false unless exactly that). */
char *pos_hash_to_hex(const PosHash *hash);
bool pos_hash_from_hex(const char *hex, PosHash *out);

/* Makes a record: adds seq, terminal, at and type to `fields` (borrowed, unchanged, may be NULL), writes the
 * canonical line, chains the hash. POS_ERROR_INVALID when a field cannot be canonical or the line
 * exceeds POS_BOUND_RECORD_BYTES. */
bool pos_record_make(json_t *fields, const char *type, int64_t seq, const char *terminal,
                     const char *at_rfc3339, const PosHash *previous, PosRecord *out,
                     GError **error);

/* Whether a line still fits into a record when it stands inside an `adopted` one. A terminal writes no other, so that
 * after a fork nothing of its own has to be left behind. */
bool pos_record_is_adoptable(const char *line, gsize length);

/* Well-formed: canonical, within bounds, with seq >= 1, terminal, at (RFC 3339 with offset), type. On
 * success *out_object is a new reference to the parsed record. */
bool pos_record_parse(const char *line, gsize length, json_t **out_object, GError **error);

/* Whether a parsed `sale`, `return` or `post_void` (with its lines) adds up: each amount = price x qty rounded half away from zero
 * (or a given lower one with "discount"), a row of kind discount reduces rows of its rate by no more than is left of
 * them (sync/PROTOCOL.md), total = sum + rounding, tenders - change = total, tax table = gross per
 * rate. NULL when it does, else one sentence (owned by the caller) that says what does not. */
char *pos_record_audit_sale(const json_t *record);

G_END_DECLS
