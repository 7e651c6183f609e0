/* SPDX-License-Identifier: GPL-3.0-or-later
 * A manager's decisions into the journal. What always holds: a record that this file writes has passed the same
 * checks that central makes. */
#include "pos/manage.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"
#include "pos/store_private.h"

#define PIN_BYTES_MIN 4

static bool refuse(GError **error, const char *sentence)
{
    g_set_error_literal(error, POS_ERROR, POS_ERROR_INVALID, sentence);
    return false;
}

bool pos_manage_may(PosStore *store, const char *operator_id, PosPermission permission,
                    GError **error)
{
    g_autoptr(PosOperator) operator_ =
        operator_id == NULL ? NULL : pos_store_operator(store, operator_id);
    if (operator_ == NULL) {
        return refuse(error, _("Log in first: the store does not know this operator."));
    }
    PosRole role = pos_store_role(store, operator_->role);
    if (!pos_role_may(&role, permission)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s may not do this; the role “%s” lacks “%s”."), operator_->name,
                    operator_->role, pos_permission_code(permission));
        return false;
    }
    return true;
}

/* Adds who and what was known; out of the open transaction, so that the version is the one applied. */
static bool write_record(PosStore *store, const char *operator_id, json_t *fields, const char *type,
                         int64_t at_ms, PosRecord *out, GError **error)
{
    int64_t version = 0;
    g_autofree char *epoch = NULL;
    if (!pos_store_feed_version(store, &version, &epoch, error)) {
        return false;
    }
    json_object_set_new(fields, "operator", json_string(operator_id));
    json_object_set_new(fields, "feed_version", json_integer(version));
    return pos_store_journal_append(store, fields, type, at_ms, out, error);
}

bool pos_manage_write(PosStore *store, const char *operator_id, const json_t *fields, int64_t at_ms,
                      PosRecord *out, GError **error)
{
    PosManageCommand command;
    if (!pos_manage_check(fields, &command, error) ||
        !pos_manage_may(store, operator_id, pos_manage_permission(command), error)) {
        return false;
    }
    g_autoptr(json_t) mine = json_deep_copy(fields);
    return write_record(store, operator_id, mine, "command", at_ms, out, error);
}

static void add_cost(PosStore *store, json_t *line)
{
    const char *gtin = json_string_value(json_object_get(line, "gtin"));
    const char *lot = json_string_value(json_object_get(line, "lot"));
    g_autofree char *key = lot && *lot ? g_strconcat(gtin, "/", lot, NULL) : NULL;
    if (json_object_get(line, "unit_cost")) {
        return;
    }
    g_autoptr(json_t) of_lot = key ? store_feed_value(store, "lot", key, NULL) : NULL;
    const json_t *cost = json_object_get(of_lot, "unit_cost");
    g_autoptr(json_t) product = cost ? NULL : store_feed_value(store, "product", gtin, NULL);
    cost = cost ? cost : json_object_get(product, "unit_cost");
    if (json_is_integer(cost) && json_integer_value(cost) >= 0) {
        json_object_set(line, "unit_cost", (json_t *)cost);
    }
}

bool pos_manage_write_stock(PosStore *store, const char *operator_id, const char *type,
                            const json_t *fields, int64_t at_ms, PosRecord *out, GError **error)
{
    if (strcmp(type, "write_off") != 0 && strcmp(type, "stock_received") != 0 &&
        strcmp(type, "stock_counted") != 0) {
        return refuse(error, _("A stock record is write_off, stock_received or stock_counted."));
    }
    if (!pos_manage_check_stock(type, fields, error) ||
        !pos_manage_may(store, operator_id, POS_MAY_MOVE_STOCK, error)) {
        return false;
    }
    g_autoptr(json_t) mine = json_deep_copy(fields);
    json_t *lines = json_object_get(mine, "lines");
    if (!json_is_array(lines)) {
        add_cost(store, mine);
    }
    for (gsize i = 0; i < json_array_size(lines); i++) {
        add_cost(store, json_array_get(lines, i));
    }
    return write_record(store, operator_id, mine, type, at_ms, out, error);
}

PosOperator *pos_manage_log_in(PosStore *store, const char *operator_id, const char *pin,
                               GError **error)
{
    g_autoptr(PosOperator) operator_ = pos_store_operator(store, operator_id);
    gsize length = strlen(pin);
    bool right = operator_ != NULL && *operator_->pin_hash != '\0' &&
                 length <= POS_BOUND_PIN_BYTES &&
                 crypto_pwhash_str_verify(operator_->pin_hash, pin, length) == 0;
    if (!right) {
        refuse(error, _("That is not the operator's PIN; try again."));
        return NULL;
    }
    if (!pos_manage_may(store, operator_id, POS_MAY_SEE_FIGURES, error)) {
        return NULL;
    }
    return g_steal_pointer(&operator_);
}

char *pos_manage_pin_hash(const char *pin, GError **error)
{
    char hash[crypto_pwhash_STRBYTES];
    gsize length = strlen(pin);
    if (length < PIN_BYTES_MIN || length > POS_BOUND_PIN_BYTES) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("A PIN has %d to %d characters."),
                    PIN_BYTES_MIN, POS_BOUND_PIN_BYTES);
        return NULL;
    }
    if (crypto_pwhash_str(hash, pin, length, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        g_set_error_literal(error, POS_ERROR, POS_ERROR_FAILED,
                            _("There is not enough memory to hash the PIN."));
        return NULL;
    }
    return g_strdup(hash);
}

char *pos_manage_new_code(const char *pin, char out_hash[65])
{
    uint8_t bytes[16], digest[crypto_hash_sha256_BYTES];
    char secret[sodium_base64_ENCODED_LEN(16, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    do { /* "-…" on a command line would be read as an option */
        randombytes_buf(bytes, sizeof bytes);
        sodium_bin2base64(secret, sizeof secret, bytes, sizeof bytes,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    } while (!g_ascii_isalnum(secret[0]));
    crypto_hash_sha256(digest, (const unsigned char *)secret, strlen(secret));
    sodium_bin2hex(out_hash, 65, digest, sizeof digest);
    if (!g_str_has_prefix(pin, "sha256//")) {
        return g_strdup(secret);
    }
    char *code = g_strdup_printf("%s.%s", secret, pin + strlen("sha256//"));
    g_strdelimit(code, "+", '-');
    g_strdelimit(code, "/", '_');
    g_strdelimit(code, "=", '\0');
    return code;
}
