/* SPDX-License-Identifier: GPL-3.0-or-later
 * The rules of enrolment. A code's secret and a token are shown once and kept only as hashes; the
 * stored answer is sealed with a key made of the secret, so that the database alone gives no one a
 * token. */
#include "sync/central_enrolment.h"

#include "pos/bounds.h"
#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#define SECRET_BYTES 16 /* 128 bits of chance; the contract asks for 80 */
#define TOKEN_BYTES 32
#define ID_BYTES 10
#define CODE_BYTES_MAX 256
#define CHAIN_MAX 64
#define NONCE_BYTES_MAX 200
#define MODE_DEFAULT "till"

static char *random_text(gsize bytes_count)
{
    uint8_t bytes[64];
    g_assert(bytes_count <= sizeof bytes);
    randombytes_buf(bytes, bytes_count);
    gsize size = sodium_base64_ENCODED_LEN(bytes_count, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = g_malloc(size);
    sodium_bin2base64(text, size, bytes, bytes_count, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    return text;
}

/* Lower-case letters and digits: a terminal's id is read aloud and typed. */
static char *random_id(void)
{
    uint8_t bytes[ID_BYTES];
    char hex[2 * ID_BYTES + 1];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    return g_strdup(hex);
}

/* The part before the pin. */
static char *secret_of(const char *code)
{
    const char *dot = strchr(code, '.');
    return dot ? g_strndup(code, (gsize)(dot - code)) : g_strdup(code);
}

static PosHash hash_of(const char *secret)
{
    PosHash hash;
    crypto_hash_sha256(hash.bytes, (const unsigned char *)secret, strlen(secret));
    return hash;
}

static bool is_mode(const char *mode)
{
    return strcmp(mode, "till") == 0 || strcmp(mode, "kiosk") == 0 || strcmp(mode, "manager") == 0;
}

char *central_enrol_new_code(CentralStore *store, const char *store_id, const char *mode,
                             int64_t now_ms, int64_t valid_ms, GError **error)
{
    if (!is_mode(mode)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%s” is no mode; use till, kiosk or manager."), mode);
        return NULL;
    }
    g_autofree char *secret = random_text(SECRET_BYTES);
    while (!g_ascii_isalnum(secret[0])) { /* "-…" on a command line would be read as an option */
        g_free(secret);
        secret = random_text(SECRET_BYTES);
    }
    PosHash hash = hash_of(secret);
    if (!central_store_code_add(store, &hash, store_id, mode, now_ms, now_ms + valid_ms, error)) {
        return NULL;
    }
    return g_steal_pointer(&secret);
}

/* --- the sealed answer -------------------------------------------------------------------- */

static void key_of(const char *secret, const char *nonce, uint8_t key[crypto_secretbox_KEYBYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, crypto_secretbox_KEYBYTES);
    crypto_generichash_update(&state, (const unsigned char *)secret, strlen(secret) + 1);
    crypto_generichash_update(&state, (const unsigned char *)nonce, strlen(nonce));
    crypto_generichash_final(&state, key, crypto_secretbox_KEYBYTES);
}

static GBytes *seal(const json_t *answer, const char *secret, const char *nonce)
{
    uint8_t key[crypto_secretbox_KEYBYTES];
    g_autofree char *text = json_dumps(answer, JSON_COMPACT);
    gsize length = strlen(text);
    gsize size = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + length;
    uint8_t *box = g_malloc(size);
    key_of(secret, nonce, key);
    randombytes_buf(box, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, (const uint8_t *)text, length, box,
                          key);
    sodium_memzero(key, sizeof key);
    sodium_memzero(text, length);
    return g_bytes_new_take(box, size);
}

static json_t *unseal(GBytes *sealed, const char *secret, const char *nonce)
{
    uint8_t key[crypto_secretbox_KEYBYTES];
    gsize size = 0;
    const uint8_t *box = g_bytes_get_data(sealed, &size);
    if (size < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES) {
        return NULL;
    }
    gsize length = size - crypto_secretbox_NONCEBYTES - crypto_secretbox_MACBYTES;
    g_autofree char *text = g_malloc(length + 1);
    key_of(secret, nonce, key);
    int wrong = crypto_secretbox_open_easy((uint8_t *)text, box + crypto_secretbox_NONCEBYTES,
                                           size - crypto_secretbox_NONCEBYTES, box, key);
    sodium_memzero(key, sizeof key);
    json_t *answer = wrong ? NULL : json_loadb(text, length, 0, NULL);
    sodium_memzero(text, length);
    return answer;
}

/* --- enrolling ---------------------------------------------------------------------------- */

/* Whether a terminal that has a journal keeps its id: it is of this store and of the code's mode (a
 * kiosk's code must not put a till out of action, whose id every feed shows), never forked, and what
 * it has is not behind what central holds. Where it is ahead, its next records show by `prev`
 * whether the chains are one. */
static bool keeps_id(CentralStore *store, const CentralEnrolRequest *request,
                     const CentralCode *code, CentralTerminal *out)
{
    PosHash head;
    g_auto(CentralTerminal) known = {0};
    if (!request->terminal || !*request->terminal || request->seq < 0 || request->forked ||
        !central_store_terminal_get(store, request->terminal, &known, NULL) || known.forked ||
        strcmp(known.store, code->store) != 0 || strcmp(known.mode, code->mode) != 0 ||
        known.acked > request->seq) {
        return false;
    }
    if (known.acked == request->seq && known.acked > 0 &&
        (!request->head || !pos_hash_from_hex(request->head, &head) ||
         !pos_hash_equal(&head, &known.head))) {
        return false;
    }
    *out = known;
    memset(&known, 0, sizeof known);
    return true;
}

static json_t *make_answer(CentralStore *store, const char *id, const char *token, GError **error)
{
    g_auto(CentralTerminal) terminal = {0};
    if (!central_store_terminal_get(store, id, &terminal, error)) {
        return NULL;
    }
    g_autoptr(json_t) settings =
        central_store_feed_value(store, terminal.store, "setting", "store", NULL);
    const char *currency = json_string_value(json_object_get(settings, "currency"));
    g_autofree char *head = pos_hash_to_hex(&terminal.head);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:s}", "terminal", terminal.id, "store",
                     terminal.store, "token", token, "mode", terminal.mode, "currency",
                     currency ? currency : "KRW", "acked", (json_int_t)terminal.acked, "head",
                     terminal.acked > 0 ? json_string(head) : json_null(), "receipt_prefix",
                     terminal.receipt_prefix);
}

/* Up to which record central has the same under the id that the terminal had: what follows goes up as
 * adopted. Without a list of hashes its word is all that there is. */
static int64_t held_of(CentralStore *store, const CentralEnrolRequest *request)
{
    g_auto(CentralTerminal) known = {0};
    int64_t held = 0;
    if (!request->terminal || !*request->terminal ||
        !central_store_terminal_get(store, request->terminal, &known, NULL)) {
        return 0;
    }
    for (gsize i = 0; i < MIN(json_array_size(request->chain), CHAIN_MAX); i++) {
        const json_t *link = json_array_get(request->chain, i);
        int64_t seq = json_integer_value(json_object_get(link, "seq"));
        const char *hex = json_string_value(json_object_get(link, "hash"));
        PosHash theirs, ours;
        if (seq > held && hex && pos_hash_from_hex(hex, &theirs) &&
            central_store_journal_get(store, request->terminal, seq, NULL, NULL, &ours, NULL) &&
            pos_hash_equal(&theirs, &ours)) {
            held = seq;
        }
    }
    return request->chain ? held : known.acked;
}

static json_t *enrol_terminal(CentralStore *store, const CentralEnrolRequest *request,
                              const CentralCode *code, int64_t now_ms, GError **error)
{
    g_auto(CentralTerminal) known = {0};
    g_autofree char *token = random_text(TOKEN_BYTES);
    g_autofree char *id = NULL;
    int64_t held = held_of(store, request);
    bool ok;
    if (keeps_id(store, request, code, &known)) {
        id = g_strdup(known.id);
        ok = central_store_terminal_renew(store, id, token, request->name, code->mode, error);
    } else {
        id = random_id();
        ok = central_store_terminal_add(store, id, code->store, request->name, code->mode, token,
                                        now_ms, error);
    }
    json_t *answer = ok ? make_answer(store, id, token, error) : NULL;
    if (answer && request->terminal && *request->terminal) {
        json_object_set_new(answer, "held", json_integer((json_int_t)held));
    }
    return answer;
}

/* A code that was used: the same nonce gets the same answer for a while, all else is refused. */
static void answer_again(const CentralEnrolRequest *request, const CentralCode *code,
                         const char *secret, int64_t now_ms, CentralEnrolStatus *out_status,
                         json_t **out_answer)
{
    if (code->answer && code->nonce && request->nonce && *request->nonce &&
        strcmp(code->nonce, request->nonce) == 0 &&
        now_ms - code->used_ms < CENTRAL_ENROL_ANSWER_MS) {
        *out_answer = unseal(code->answer, secret, request->nonce);
    }
    *out_status = *out_answer ? CENTRAL_ENROL_OK : CENTRAL_ENROL_REFUSED;
}

static bool enrol(CentralStore *store, const CentralEnrolRequest *request, int64_t now_ms,
                  CentralEnrolStatus *out_status, json_t **out_answer, GError **error)
{
    g_auto(CentralCode) code = {0};
    g_autoptr(GError) why = NULL;
    g_autofree char *secret = secret_of(request->code);
    PosHash hash = hash_of(secret);
    if (!central_store_code_get(store, &hash, &code, &why)) {
        if (g_error_matches(why, POS_ERROR, POS_ERROR_NOT_FOUND)) {
            return true;
        }
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (code.used_ms != 0) {
        answer_again(request, &code, secret, now_ms, out_status, out_answer);
        return true;
    }
    if (now_ms >= code.expires_ms) {
        return true;
    }
    if (request->mode && *request->mode && strcmp(request->mode, code.mode) != 0) {
        *out_status = CENTRAL_ENROL_WRONG_MODE;
        return true;
    }
    g_autoptr(json_t) answer = enrol_terminal(store, request, &code, now_ms, error);
    if (!answer) {
        return false;
    }
    const char *nonce = request->nonce ? request->nonce : "";
    g_autoptr(GBytes) sealed = seal(answer, secret, nonce);
    if (!central_store_code_forget(store, now_ms - CENTRAL_ENROL_ANSWER_MS, error) ||
        !central_store_code_use(store, &hash, nonce, sealed, now_ms, error)) {
        return false;
    }
    *out_status = CENTRAL_ENROL_OK;
    *out_answer = g_steal_pointer(&answer);
    return true;
}

static bool is_bounded(const char *text, gsize bytes_max)
{
    return !text || (strlen(text) <= bytes_max && g_utf8_validate(text, -1, NULL));
}

bool central_enrol(CentralStore *store, const CentralEnrolRequest *request, int64_t now_ms,
                   CentralEnrolStatus *out_status, json_t **out_answer, GError **error)
{
    *out_status = CENTRAL_ENROL_REFUSED;
    *out_answer = NULL;
    if (!is_bounded(request->code, CODE_BYTES_MAX) ||
        !is_bounded(request->name, POS_BOUND_NAME_BYTES) ||
        !is_bounded(request->nonce, NONCE_BYTES_MAX)) {
        return true;
    }
    json_t *answer = NULL;
    CentralScope scope = {0};
    while (central_store_scope(store, &scope, error)) {
        json_decref(answer);
        answer = NULL;
        *out_status = CENTRAL_ENROL_REFUSED;
        scope.ok = enrol(store, request, now_ms, out_status, &answer, error);
    }
    if (!scope.ok) {
        json_decref(answer);
        return false;
    }
    *out_answer = answer;
    return true;
}
