/* SPDX-License-Identifier: GPL-3.0-or-later
 * Enrolment: a code and an address become an identity in the folder's store. The request carries a nonce that is kept
 * until the answer is in the store, so that trying again with the same code gets the same answer and burns nothing. */
#include "sync/client.h"

#include "pos/bounds.h"
#include "pos/error.h"
#include "sync/pin.h"
#include "sync/runner_private.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#define TIMEOUT_MS 20000
#define TRIES 2 /* an answer may be lost once */
#define FEED_TIMEOUT_MS 120000
#define NONCE_BYTES 16
#define META_NONCE "enrol_nonce" /* "<hash of the code>:<nonce>" while an answer is awaited */

typedef struct {
    bool done, again;
    SyncWireEnrolled enrolled;
    const char *url;
    GError *error;
} Answer;

/* --- checks --------------------------------------------------------------------------------------- */

static bool check_name(const char *name, GError **error)
{
    if (name == NULL) {
        return true;
    }
    bool good =
        name[0] != '\0' && strlen(name) <= POS_BOUND_NAME_BYTES && g_utf8_validate(name, -1, NULL);
    for (const char *at = name; good && *at != '\0'; at = g_utf8_next_char(at)) {
        good = !g_unichar_iscntrl(g_utf8_get_char(at));
    }
    if (!good) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The terminal's name must be plain text of 1 to %d bytes."),
                    POS_BOUND_NAME_BYTES);
    }
    return good;
}

static bool check_mode(const char *mode, GError **error)
{
    static const char *const modes[] = {"till", "kiosk", "manager", NULL};
    if (mode != NULL && !g_strv_contains(modes, mode)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%.40s” is no mode of a terminal: use till, kiosk or manager."), mode);
        return false;
    }
    return true;
}

/* --- the nonce ------------------------------------------------------------------------------------ */

static char *make_nonce(PosStore *store, const char *code, GError **error)
{
    guint8 bytes[NONCE_BYTES];
    char hex[NONCE_BYTES * 2 + 1];
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, code, -1);
    g_autofree char *kept = pos_store_meta_get(store, META_NONCE);
    if (kept != NULL && g_str_has_prefix(kept, digest) && kept[strlen(digest)] == ':') {
        return g_strdup(kept + strlen(digest) + 1);
    }
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    g_autofree char *keep = g_strconcat(digest, ":", hex, NULL);
    return pos_store_meta_set(store, META_NONCE, keep, error) ? g_strdup(hex) : NULL;
}

/* --- the request ---------------------------------------------------------------------------------- */

static void refuse(Answer *answer, int code, char *sentence)
{
    g_clear_error(&answer->error);
    g_set_error_literal(&answer->error, POS_ERROR, code, sentence);
    g_free(sentence);
}

static void take_status(Answer *answer, const SyncAnswer *http)
{
    g_auto(SyncWireError) said = {0};
    sync_wire_parse_error(http->body, http->length, &said);
    switch (http->status) {
    case 403:
        refuse(answer, POS_ERROR_INVALID,
               g_strdup(_("The central service does not take this code: it is wrong, used, too "
                          "old, or for another mode. Ask for a new one.")));
        break;
    case 429:
        refuse(answer, POS_ERROR_FAILED,
               g_strdup(_("Too many wrong codes were tried: wait a minute, then try again.")));
        break;
    default:
        refuse(answer, http->status >= 500 ? POS_ERROR_OFFLINE : POS_ERROR_FAILED,
               g_strdup_printf(_("%s answered with an error (HTTP %ld%s%s): this terminal was not "
                                 "enrolled."),
                               answer->url, http->status, said.message[0] != '\0' ? ": " : "",
                               said.message));
        break;
    }
}

static void on_answer(const SyncAnswer *http, void *user)
{
    Answer *answer = user;
    g_autoptr(GError) error = NULL;
    answer->done = true;
    switch (http->result) {
    case SYNC_ANSWER_UNREACHABLE:
    case SYNC_ANSWER_TIMEOUT:
        answer->again = http->result == SYNC_ANSWER_UNREACHABLE;
        refuse(answer, POS_ERROR_OFFLINE,
               g_strdup_printf(_("The central service at %s cannot be reached (%s): check the "
                                 "address and that it runs, then enrol again with the same code."),
                               answer->url, http->why));
        return;
    case SYNC_ANSWER_STRANGER:
        refuse(
            answer, POS_ERROR_FAILED,
            g_strdup_printf(_("%s does not show the key that belongs to this code, so the code "
                              "was not sent: check the address, and that nobody stands between."),
                            answer->url));
        return;
    case SYNC_ANSWER_NONSENSE:
        refuse(answer, POS_ERROR_FAILED,
               g_strdup_printf(_("What answers at %s is no central service (%s)."), answer->url,
                               http->why));
        return;
    case SYNC_ANSWER_HTTP:
        break;
    }
    if (http->status != 200 && http->status != 201) {
        take_status(answer, http);
    } else if (!sync_wire_parse_enrolled(http->body, http->length, &answer->enrolled, &error)) {
        refuse(answer, POS_ERROR_FAILED,
               g_strdup_printf(_("What answers at %s is no central service (%s)."), answer->url,
                               error->message));
    }
}

static bool request(const char *url, const char *pin, const SyncWireEnrol *enrol,
                    SyncWireEnrolled *out, GError **error)
{
    gsize length = 0;
    char *text = sync_wire_enrol_request(enrol, &length);
    g_autoptr(GBytes) body = g_bytes_new_take(text, length);
    g_autoptr(SyncTransfer) transfer = sync_transfer_new(url, pin, "");
    Answer answer = {.url = url};
    for (int i = 0; i < TRIES && (i == 0 || answer.again); i++) {
        answer.done = answer.again = false;
        sync_transfer_start(transfer, &(SyncRequestSpec){
                                          .path = "/v1/enrol",
                                          .body = body,
                                          .timeout_ms = TIMEOUT_MS,
                                          .on_done = on_answer,
                                          .user = &answer,
                                      });
        while (!answer.done) {
            sync_transfer_poll(transfer, TIMEOUT_MS, -1);
        }
        if (answer.enrolled.terminal != NULL) {
            g_clear_error(&answer.error);
            *out = answer.enrolled;
            return true;
        }
    }
    g_propagate_error(error, answer.error);
    return false;
}

/* --- the answer ----------------------------------------------------------------------------------- */

static char *prefix_of(const SyncWireEnrolled *enrolled, const PosIdentity *before)
{
    if (enrolled->receipt_prefix[0] != '\0') {
        return g_strdup(enrolled->receipt_prefix);
    }
    if (strcmp(before->terminal, enrolled->terminal) == 0 && before->receipt_prefix[0] != '\0') {
        return g_strdup(before->receipt_prefix);
    }
    g_autofree char *head = g_strdup_printf("T%.6s", enrolled->terminal);
    return g_ascii_strup(head, -1);
}

/* Whether the central of now may hold what the one of before acknowledged: a key in common, or no keys and one
 * address. */
static bool is_same_central(const PosIdentity *before, const PosIdentity *identity)
{
    if (before->pin[0] == '\0' || identity->pin[0] == '\0') {
        return strcmp(before->pin, identity->pin) == 0 && strcmp(before->url, identity->url) == 0;
    }
    g_auto(GStrv) old = g_strsplit(before->pin, ";", 8);
    g_auto(GStrv) present = g_strsplit(identity->pin, ";", 8);
    for (gsize i = 0; old[i] != NULL; i++) {
        if (g_strv_contains((const char *const *)present, old[i])) {
            return true;
        }
    }
    return false;
}

/* The first record that central may not hold under the old id. By its own word where it gave that; else all of them at
 * another central, or what follows its acknowledgement, or earlier where the chains part. Sending too many is harmless,
 * central books each once. */
static int64_t first_unheld(PosStore *store, const PosIdentity *before, const PosIdentity *identity,
                            int64_t acked, int64_t held)
{
    guint64 fork = 0;
    if (held >= 0) {
        return held + 1;
    }
    if (!is_same_central(before, identity)) {
        return 1;
    }
    g_autofree char *text = pos_store_meta_get(store, SYNC_META_FORK_SEQ);
    bool known = text != NULL && g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &fork, NULL);
    return known ? MIN((int64_t)fork, acked + 1) : acked + 1;
}

/* Another store's feed has other versions, another mode's may lack operators: read from the beginning. */
static bool forget_feed(PosStore *store, const PosIdentity *before, const PosIdentity *identity,
                        GError **error)
{
    g_autofree char *note = NULL;
    bool same =
        strcmp(before->store, identity->store) == 0 && strcmp(before->mode, identity->mode) == 0;
    return same || pos_store_feed_apply(store, NULL, 0, 0, "", true, &note, error);
}

/* The new identity into the store. A journal under another id is not left behind: what central does not hold of it
 * goes up under the new one, each old line unchanged inside an adopted record. */
static bool take_identity(PosStore *store, const PosIdentity *before, const PosIdentity *identity,
                          int64_t seq, int64_t held, GError **error)
{
    const PosClock *clock = pos_clock_system();
    int64_t acked = 0, adopted = 0;
    if (seq == 0 || strcmp(before->terminal, identity->terminal) == 0) {
        return pos_store_identity_set(store, identity, error);
    }
    if (!pos_store_acked_get(store, &acked, error)) {
        return false;
    }
    return pos_store_identity_replace(store, identity,
                                      first_unheld(store, before, identity, acked, held),
                                      clock->wall_ms(clock->user), &adopted, error);
}

/* All that follows from an answer, in one transaction. */
static bool keep(PosStore *store, const PosIdentity *before, const PosIdentity *identity,
                 int64_t seq, int64_t held, GError **error)
{
    if (!pos_store_begin(store, error)) {
        return false;
    }
    if (!take_identity(store, before, identity, seq, held, error) ||
        !forget_feed(store, before, identity, error) ||
        !pos_store_meta_set(store, META_NONCE, "", error) ||
        !pos_store_meta_set(store, SYNC_META_FORK_SEQ, "", error) ||
        !pos_store_meta_set(store, POS_META_SYNC_FAULT, "", error)) {
        pos_store_rollback(store);
        return false;
    }
    return pos_store_commit(store, error);
}

/* Reads the feed, so that the till can sell at once. */
static bool first_feed(const char *dir, GError **error)
{
    const PosClock *clock = pos_clock_system();
    int64_t until_ms = clock->boot_ms(clock->user) + FEED_TIMEOUT_MS;
    g_autoptr(SyncRunner) runner = sync_runner_new(dir, clock, error);
    if (runner == NULL) {
        return false;
    }
    sync_runner_ask(runner);
    int64_t left_ms = FEED_TIMEOUT_MS;
    while (!sync_runner_has_feed(runner) && left_ms > 0) {
        sync_runner_step(runner, left_ms);
        left_ms = until_ms - clock->boot_ms(clock->user);
    }
    if (!sync_runner_has_feed(runner)) {
        g_autofree char *lacks = sync_runner_lacks(runner);
        g_set_error(error, POS_ERROR, POS_ERROR_OFFLINE,
                    _("This terminal is enrolled, but has no prices yet: run `coster sync`. %s"),
                    lacks);
        return false;
    }
    return true;
}

/* The last record, the one before it, and those 2, 4, 8, … further back: where central agrees with one of them, at most
 * as much again is sent twice. */
static bool list_chain(PosStore *store, int64_t seq, SyncWireEnrol *enrol, GError **error)
{
    int64_t back = 0;
    while (back < seq && enrol->chain_count < SYNC_WIRE_CHAIN_MAX) {
        enrol->chain[enrol->chain_count].seq = seq - back;
        if (!pos_store_outgoing_hash_at(store, seq - back, &enrol->chain[enrol->chain_count].hash,
                                        error)) {
            return false;
        }
        enrol->chain_count++;
        back = back == 0 ? 1 : back * 2;
    }
    return true;
}

static bool is_forked(PosStore *store)
{
    g_autofree char *text = pos_store_meta_get(store, SYNC_META_FORK_SEQ);
    return text != NULL && text[0] != '\0';
}

bool sync_enrol(const char *dir, const char *url, const char *code, const char *name,
                const char *mode, GError **error)
{
    g_autofree char *base = NULL, *whole_code = NULL, *pin = NULL;
    g_auto(PosIdentity) before = {0};
    g_auto(SyncWireEnrolled) enrolled = {0};
    int64_t seq = 0;
    SyncWireEnrol enrol = {.name = name, .mode = mode};
    if (!sync_pin_parse_code(code, &whole_code, &pin, error) ||
        !sync_pin_parse_url(url, &base, error) || !check_name(name, error) ||
        !check_mode(mode, error)) {
        return false;
    }
    g_autoptr(PosStore) store = pos_store_open(dir, POS_STORE_WRITE, error);
    if (store == NULL || !pos_store_identity_get(store, &before, error) ||
        !pos_store_journal_head(store, &seq, &enrol.head, error) ||
        !pos_store_outgoing_hash_at(store, seq, &enrol.head, error) ||
        !list_chain(store, seq, &enrol, error)) {
        return false;
    }
    g_autofree char *nonce = make_nonce(store, whole_code, error);
    if (nonce == NULL) {
        return false;
    }
    enrol.code = whole_code;
    enrol.nonce = nonce;
    /* Who knows that central holds other records under its id asks for a fresh one: central can compare only with what
     * it has, and would let two copies of a disk take the id from each other for ever. */
    enrol.terminal = seq > 0 && before.terminal[0] != '\0' ? before.terminal : NULL;
    enrol.forked = is_forked(store);
    enrol.seq = seq;
    if (!request(base, pin, &enrol, &enrolled, error)) {
        return false;
    }
    g_autofree char *prefix = prefix_of(&enrolled, &before);
    PosIdentity identity = {
        .terminal = enrolled.terminal,
        .store = enrolled.store,
        .token = enrolled.token,
        .url = base,
        .pin = pin,
        .mode = enrolled.mode,
        .name = (char *)(name != NULL ? name : before.name),
        .currency = enrolled.currency,
        .receipt_prefix = prefix,
    };
    if (!keep(store, &before, &identity, seq, enrolled.held, error)) {
        return false;
    }
    g_clear_pointer(&store, pos_store_close);
    return first_feed(dir, error);
}
