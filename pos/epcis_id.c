/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/epcis_id.h"

#include <string.h>

#include "pos/bounds.h"
#include "pos/error.h"
#include "pos/gs1.h"

#define HOST "https://id.gs1.org"

static char *refuse(GError **error, const char *uri)
{
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                "“%.80s” is no valid identifier: give a GS1 Digital Link, an EPC URN or another "
                "absolute URI",
                uri);
    return NULL;
}

static bool all_digits(const char *text, gsize count)
{
    return strlen(text) == count && strspn(text, "0123456789") == count;
}

/* `first` of 6 to 12 digits and `second` fill `count` digits together: a company prefix and a reference. */
static bool fills(const char *first, const char *second, gsize count)
{
    gsize length = strlen(first);
    return length >= 6 && length <= 12 && length <= count && all_digits(first, length) &&
           all_digits(second, count - length);
}

/* Digits and their check digit behind. Owned. */
static char *with_check(const char *digits)
{
    return g_strdup_printf("%s%c", digits, pos_gs1_check_digit(digits, strlen(digits)));
}

/* Company prefix and item reference with its leading indicator to the 14 digits. NULL when they do not fit. Owned. */
static char *gtin_of(const char *prefix, const char *reference)
{
    if (strlen(reference) < 1 || !fills(prefix, reference, 13)) {
        return NULL;
    }
    g_autofree char *digits = g_strdup_printf("%c%s%s", reference[0], prefix, reference + 1);
    return with_check(digits);
}

/* An element string's value for a path: percent-encoded but for RFC 3986's unreserved characters. */
static char *path_of(const char *ai, const char *value, const char *qualifier_ai,
                     const char *qualifier)
{
    g_autofree char *tail = qualifier == NULL ? NULL : g_uri_escape_string(qualifier, NULL, FALSE);
    return tail == NULL ? g_strdup_printf(HOST "/%s/%s", ai, value)
                        : g_strdup_printf(HOST "/%s/%s/%s/%s", ai, value, qualifier_ai, tail);
}

/* The parts behind the scheme of an EPC URN to a link's path. NULL when they are not of that scheme. Owned. */
static char *link_of_parts(const char *scheme, const char *prefix, const char *reference,
                           const char *rest)
{
    if (strcmp(scheme, "sgtin") == 0 || strcmp(scheme, "lgtin") == 0) {
        g_autofree char *gtin = rest == NULL ? NULL : gtin_of(prefix, reference);
        g_autofree char *value = rest == NULL ? NULL : g_uri_unescape_string(rest, NULL);
        if (gtin == NULL || value == NULL) {
            return NULL;
        }
        bool whole = strcmp(value, "*") == 0;
        return path_of("01", gtin, *scheme == 'l' ? "10" : "21", whole ? NULL : value);
    }
    if (strcmp(scheme, "sscc") == 0 && rest == NULL && fills(prefix, reference, 17)) {
        g_autofree char *digits = g_strdup_printf("%c%s%s", reference[0], prefix, reference + 1);
        g_autofree char *sscc = with_check(digits);
        return path_of("00", sscc, NULL, NULL);
    }
    bool is_party = strcmp(scheme, "pgln") == 0;
    if ((is_party || strcmp(scheme, "sgln") == 0) && fills(prefix, reference, 12)) {
        g_autofree char *digits = g_strconcat(prefix, reference, NULL);
        g_autofree char *gln = with_check(digits);
        g_autofree char *extension =
            rest == NULL || strcmp(rest, "0") == 0 ? NULL : g_uri_unescape_string(rest, NULL);
        return path_of(is_party ? "417" : "414", gln, "254", is_party ? NULL : extension);
    }
    return NULL;
}

/* "urn:epc:id:…", "urn:epc:class:…", "urn:epc:idpat:…" to a link; NULL when it is none of the known schemes. */
static char *link_of_urn(const char *urn)
{
    const char *at = strchr(urn + strlen("urn:epc:"), ':');
    const char *colon = at == NULL ? NULL : strchr(at + 1, ':');
    if (colon == NULL) {
        return NULL;
    }
    g_autofree char *scheme = g_strndup(at + 1, (gsize)(colon - at - 1));
    g_auto(GStrv) parts = g_strsplit(colon + 1, ".", 3);
    guint count = g_strv_length(parts);
    return count < 2 ? NULL
                     : link_of_parts(scheme, parts[0], parts[1], count > 2 ? parts[2] : NULL);
}

/* A link on any host to the one on id.gs1.org, without attributes. NULL when it is no Digital Link. */
static char *link_of_url(const char *url)
{
    PosGs1Message message;
    PosGs1Settings settings = {0};
    g_autofree char *bare = g_strndup(url, strcspn(url, "?#"));
    pos_gs1_read(bare, strlen(bare), &settings, &message);
    return message.kind == POS_GS1_LINK ? pos_gs1_link_canonical(&message, HOST) : NULL;
}

/* RFC 3986: a scheme, a colon and something behind, no space and no control character. */
static bool is_absolute_uri(const char *uri)
{
    gsize scheme = strspn(uri, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    if (scheme == 0 || !g_ascii_isalpha(uri[0]) || uri[scheme] != ':' || uri[scheme + 1] == '\0') {
        return false;
    }
    for (const char *at = uri; *at != '\0'; at++) {
        if ((guchar)*at <= ' ' || *at == 0x7f || strchr("\"<>\\^`{|}", *at) != NULL) {
            return false;
        }
    }
    return true;
}

char *pos_epcis_id(const char *uri, GError **error)
{
    gsize length = uri == NULL ? 0 : strnlen(uri, POS_EPCIS_ID_BYTES + 1);
    if (length == 0 || length > POS_EPCIS_ID_BYTES || !is_absolute_uri(uri)) {
        return refuse(error, uri != NULL ? uri : "");
    }
    if (g_ascii_strncasecmp(uri, "urn:epc:", 8) == 0) {
        g_autofree char *urn_link = link_of_urn(uri);
        g_autofree char *checked = urn_link == NULL ? NULL : link_of_url(urn_link);
        return checked != NULL ? g_steal_pointer(&checked) : refuse(error, uri);
    }
    bool is_web =
        g_ascii_strncasecmp(uri, "http://", 7) == 0 || g_ascii_strncasecmp(uri, "https://", 8) == 0;
    g_autofree char *link = is_web ? link_of_url(uri) : NULL;
    if (link != NULL) {
        return g_steal_pointer(&link);
    }
    if (g_ascii_strncasecmp(uri, HOST "/", strlen(HOST) + 1) == 0) {
        return refuse(error, uri); /* nothing else lives there */
    }
    return g_strdup(uri);
}

char *pos_epcis_id_of_lot(const char *gtin, const char *lot)
{
    PosDate none = {0};
    return pos_gs1_link(HOST, gtin, lot == NULL || *lot == '\0' ? NULL : lot, none, none);
}

bool pos_epcis_id_lot(const char *id, char out_gtin[15], char out_lot[21])
{
    PosGs1Message message;
    PosGs1Settings settings = {0};
    if (id == NULL || !g_str_has_prefix(id, HOST "/01/")) {
        return false;
    }
    pos_gs1_read(id, strlen(id), &settings, &message);
    if (message.kind != POS_GS1_LINK || message.serial[0] != '\0') {
        return false;
    }
    g_strlcpy(out_gtin, message.gtin, 15);
    g_strlcpy(out_lot, message.lot, 21);
    return true;
}

bool pos_epcis_id_gln(const char *id, char out_gln[14])
{
    static const char start[] = HOST "/414/";
    if (id == NULL || !g_str_has_prefix(id, start)) {
        return false;
    }
    const char *gln = id + strlen(start);
    if (strspn(gln, "0123456789") != 13) {
        return false;
    }
    g_strlcpy(out_gln, gln, 14);
    return true;
}
