/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/pin.h"

#include "pos/error.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define PIN_PREFIX "sha256//"
#define PIN_BYTES 32
#define PIN_BASE64URL_LENGTH 43 /* 32 bytes without padding */
#define PIN_BASE64_LENGTH 44
#define SECRET_LENGTH_MIN 8

static bool is_code_text(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && text[i] != '-' && text[i] != '_') {
            return false;
        }
    }
    return true;
}

static bool decodes_to_key_hash(const char *base64)
{
    gsize length = 0;
    g_autofree guchar *bytes = NULL;
    if (strlen(base64) != PIN_BASE64_LENGTH || base64[PIN_BASE64_LENGTH - 1] != '=' ||
        strchr(base64, '=') != base64 + PIN_BASE64_LENGTH - 1) {
        return false;
    }
    for (gsize i = 0; i + 1 < PIN_BASE64_LENGTH; i++) {
        if (!g_ascii_isalnum(base64[i]) && base64[i] != '+' && base64[i] != '/') {
            return false;
        }
    }
    bytes = g_base64_decode(base64, &length);
    return length == PIN_BYTES;
}

/* "sha256//…" of a code's pin part, NULL when it is none. */
static char *pin_from_base64url(const char *text)
{
    gsize length = strlen(text);
    if (length == PIN_BASE64_LENGTH && text[PIN_BASE64_LENGTH - 1] == '=') {
        length--;
    }
    if (length != PIN_BASE64URL_LENGTH || !is_code_text(text, length)) {
        return NULL;
    }
    g_autofree char *base64 = g_strdup_printf("%.*s=", (int)length, text);
    g_strdelimit(base64, "-", '+');
    g_strdelimit(base64, "_", '/');
    if (!decodes_to_key_hash(base64)) {
        return NULL;
    }
    return g_strconcat(PIN_PREFIX, base64, NULL);
}

static bool bad_code(GError **error)
{
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                _("This is not an enrolment code: copy it whole, as `coster-central enrol-code` "
                  "printed it."));
    return false;
}

bool sync_pin_parse_code(const char *text, char **out_code, char **out_pin, GError **error)
{
    if (text == NULL || strlen(text) > SYNC_PIN_CODE_BYTES_MAX) {
        return bad_code(error);
    }
    g_autofree char *code = g_strstrip(g_strdup(text));
    const char *dot = strchr(code, '.');
    gsize secret_length = dot != NULL ? (gsize)(dot - code) : strlen(code);
    if (secret_length < SECRET_LENGTH_MIN || !is_code_text(code, secret_length)) {
        return bad_code(error);
    }
    g_autofree char *pin = dot != NULL ? pin_from_base64url(dot + 1) : g_strdup("");
    if (pin == NULL) {
        return bad_code(error);
    }
    *out_code = g_steal_pointer(&code);
    *out_pin = g_steal_pointer(&pin);
    return true;
}

static bool is_loopback(const char *host)
{
    if (g_ascii_strcasecmp(host, "localhost") == 0) {
        return true;
    }
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
    return address != NULL && g_inet_address_get_is_loopback(address);
}

static bool bad_url(const char *text, const char *why, GError **error)
{
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                _("“%.200s” is no address of a central service: %s."), text, why);
    return false;
}

bool sync_pin_parse_url(const char *text, char **out_base, GError **error)
{
    if (text == NULL || text[0] == '\0' || strlen(text) > 512 || !g_utf8_validate(text, -1, NULL)) {
        return bad_url(text != NULL && g_utf8_validate(text, -1, NULL) ? text : "",
                       _("give one like https://central.example:8443"), error);
    }
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    g_autoptr(GUri) uri = g_uri_parse(trimmed, G_URI_FLAGS_NONE, NULL);
    if (uri == NULL || g_uri_get_host(uri) == NULL || g_uri_get_host(uri)[0] == '\0') {
        return bad_url(trimmed, _("give one like https://central.example:8443"), error);
    }
    if (g_uri_get_userinfo(uri) != NULL || g_uri_get_query(uri) != NULL ||
        g_uri_get_fragment(uri) != NULL) {
        return bad_url(trimmed, _("it must end after host, port and path"), error);
    }
    bool https = strcmp(g_uri_get_scheme(uri), "https") == 0;
    bool http = strcmp(g_uri_get_scheme(uri), "http") == 0;
    if (!https && !(http && is_loopback(g_uri_get_host(uri)))) {
        return bad_url(trimmed,
                       http ? _("without encryption (http) only this very machine is spoken to; "
                                "use https")
                            : _("it must begin with https://"),
                       error);
    }
    gsize length = strlen(trimmed);
    while (length > 0 && trimmed[length - 1] == '/') {
        trimmed[--length] = '\0';
    }
    *out_base = g_steal_pointer(&trimmed);
    return true;
}

bool sync_pin_url_is_loopback(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    return uri != NULL && g_uri_get_host(uri) != NULL && is_loopback(g_uri_get_host(uri));
}

bool sync_pin_is_valid(const char *pin)
{
    if (pin[0] == '\0') {
        return true;
    }
    g_auto(GStrv) parts = g_strsplit(pin, ";", 8);
    for (gsize i = 0; parts[i] != NULL; i++) {
        if (!g_str_has_prefix(parts[i], PIN_PREFIX) ||
            !decodes_to_key_hash(parts[i] + strlen(PIN_PREFIX))) {
            return false;
        }
    }
    return true;
}

char *sync_pin_join(const char *pin, const char *next)
{
    if (pin[0] == '\0' || strchr(pin, ';') != NULL || !sync_pin_is_valid(pin)) {
        return g_strdup("");
    }
    if (next[0] == '\0' || strcmp(pin, next) == 0 || strchr(next, ';') != NULL ||
        !sync_pin_is_valid(next)) {
        return g_strdup(pin);
    }
    return g_strconcat(pin, ";", next, NULL);
}
