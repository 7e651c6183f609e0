/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns key.pem and cert.pem. Holds: a file under its final name is complete and synced; a key once
 * there is never replaced, since every enrolled terminal has pinned it. Files are put in place with
 * link(2), which never overwrites, so of two programs that make a key at once both end up with the
 * same one. */
#include "sync/central_tls.h"

#include "pos/error.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sodium.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TLS_FILE_BYTES_MAX (256 * 1024) /* a key or a chain of certificates */
#define TLS_CHAIN_MAX 16
#define TLS_SERIAL_BYTES 16

G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gnutls_pubkey_t, gnutls_pubkey_deinit, NULL)

static bool set_gnutls_error(GError **error, int code, const char *what)
{
    g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                _("Cannot make the %s of the central service: %s"), what, gnutls_strerror(code));
    return false;
}

static bool write_all(int fd, const char *text, gsize length)
{
    while (length > 0) {
        gssize written = write(fd, text, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        text += written;
        length -= (gsize)written;
    }
    return true;
}

static void sync_folder(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

/* Puts the bytes under `path` unless something is there already, which is fine too. */
static bool place_file(const char *dir, const char *path, const char *text, gsize length, int mode,
                       GError **error)
{
    g_autofree char *temporary = g_strdup_printf("%s.XXXXXX", path);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, mode);
    bool ok = fd >= 0 && write_all(fd, text, length) && fsync(fd) == 0;
    int failure = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (ok && link(temporary, path) != 0 && errno != EEXIST) {
        failure = errno;
        ok = false;
    }
    if (fd >= 0) {
        (void)g_unlink(temporary);
    }
    if (!ok) {
        g_set_error(error, POS_ERROR, failure == ENOSPC ? POS_ERROR_DISK_FULL : POS_ERROR_FAILED,
                    _("Cannot write %s: %s"), path, g_strerror(failure));
        return false;
    }
    sync_folder(dir);
    return true;
}

static bool read_file(const char *path, char **out_text, gsize *out_length, GError **error)
{
    struct stat info;
    if (stat(path, &info) == 0 && (!S_ISREG(info.st_mode) || info.st_size > TLS_FILE_BYTES_MAX)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("%s is not a PEM file"), path);
        return false;
    }
    g_autoptr(GError) failure = NULL;
    if (!g_file_get_contents(path, out_text, out_length, &failure)) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("Cannot read %s"), failure->message);
        return false;
    }
    return true;
}

/* --- making ----------------------------------------------------------------------------------- */

static bool make_key(const char *dir, const char *path, GError **error)
{
    g_auto(gnutls_x509_privkey_t) key = NULL;
    int code = gnutls_x509_privkey_init(&key);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                            GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    }
    gnutls_datum_t pem = {NULL, 0};
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                                 &pem);
    }
    if (code != GNUTLS_E_SUCCESS) {
        return set_gnutls_error(error, code, _("key"));
    }
    bool ok = place_file(dir, path, (const char *)pem.data, pem.size, 0600, error);
    sodium_memzero(pem.data, pem.size);
    gnutls_free(pem.data);
    return ok;
}

/* The name and addresses are a courtesy to browsers on the same machine: terminals go by the pin.
 */
static int fill_certificate(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
    unsigned char serial[TLS_SERIAL_BYTES];
    randombytes_buf(serial, sizeof serial);
    serial[0] = (serial[0] & 0x7f) | 0x40; /* positive and of full length, RFC 5280 4.1.2.2 */
    static const unsigned char loopback4[4] = {127, 0, 0, 1};
    static const unsigned char loopback6[16] = {[15] = 1};
    const time_t since_2020 = 1577836800;
    int code = gnutls_x509_crt_set_version(certificate, 3);
    code = code ? code : gnutls_x509_crt_set_serial(certificate, serial, sizeof serial);
    code = code ? code : gnutls_x509_crt_set_activation_time(certificate, since_2020);
    code = code ? code
                : gnutls_x509_crt_set_expiration_time(certificate,
                                                      GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION);
    const char *name = "Coster central service";
    code = code ? code
                : gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                                (unsigned)strlen(name));
    code = code ? code
                : gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, "localhost",
                                                       9, GNUTLS_FSAN_SET);
    code = code ? code
                : gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, loopback4,
                                                       sizeof loopback4, GNUTLS_FSAN_APPEND);
    code = code ? code
                : gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, loopback6,
                                                       sizeof loopback6, GNUTLS_FSAN_APPEND);
    code = code ? code : gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    code =
        code ? code : gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    code = code ? code : gnutls_x509_crt_set_key(certificate, key);
    return code ? code : gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
}

static bool import_key(const char *path, const char *pem, gsize length, gnutls_x509_privkey_t *out,
                       GError **error)
{
    gnutls_datum_t datum = {(unsigned char *)pem, (unsigned)length};
    int code = gnutls_x509_privkey_init(out);
    if (code == GNUTLS_E_SUCCESS) {
        code = gnutls_x509_privkey_import2(*out, &datum, GNUTLS_X509_FMT_PEM, NULL, 0);
    }
    if (code != GNUTLS_E_SUCCESS) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s is not a private key without a password in PEM form: %s"), path,
                    gnutls_strerror(code));
        return false;
    }
    return true;
}

static bool make_certificate(const char *dir, const char *path, gnutls_x509_privkey_t key,
                             GError **error)
{
    g_auto(gnutls_x509_crt_t) certificate = NULL;
    int code = gnutls_x509_crt_init(&certificate);
    code = code ? code : fill_certificate(certificate, key);
    gnutls_datum_t pem = {NULL, 0};
    code = code ? code : gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem);
    if (code != GNUTLS_E_SUCCESS) {
        return set_gnutls_error(error, code, _("certificate"));
    }
    bool ok = place_file(dir, path, (const char *)pem.data, pem.size, 0644, error);
    gnutls_free(pem.data);
    return ok;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* SHA-256 over the SubjectPublicKeyInfo in DER (RFC 7469 2.4), as libcurl writes it. NULL on
 * failure. */
static char *make_pin(gnutls_x509_crt_t certificate)
{
    g_auto(gnutls_pubkey_t) public_key = NULL;
    gnutls_datum_t der = {NULL, 0};
    if (gnutls_pubkey_init(&public_key) != GNUTLS_E_SUCCESS ||
        gnutls_pubkey_import_x509(public_key, certificate, 0) != GNUTLS_E_SUCCESS ||
        gnutls_pubkey_export2(public_key, GNUTLS_X509_FMT_DER, &der) != GNUTLS_E_SUCCESS) {
        return NULL;
    }
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, der.data, der.size);
    gnutls_free(der.data);
    g_autofree char *base64 = g_base64_encode(digest, sizeof digest);
    return g_strconcat("sha256//", base64, NULL);
}

static bool same_key(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
    unsigned char of_key[64], of_certificate[64];
    size_t key_length = sizeof of_key, certificate_length = sizeof of_certificate;
    return gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, of_key, &key_length) == 0 &&
           gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, of_certificate,
                                      &certificate_length) == 0 &&
           key_length == certificate_length && memcmp(of_key, of_certificate, key_length) == 0;
}

/* Checks that the chain's first certificate is the key's, and fills in what follows from it. */
static bool read_certificate(const char *key_path, const char *path, gsize length,
                             gnutls_x509_privkey_t key, CentralTls *tls, GError **error)
{
    gnutls_x509_crt_t chain[TLS_CHAIN_MAX];
    unsigned count = TLS_CHAIN_MAX;
    gnutls_datum_t datum = {(unsigned char *)tls->cert_pem, (unsigned)length};
    int code = gnutls_x509_crt_list_import(chain, &count, &datum, GNUTLS_X509_FMT_PEM,
                                           GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);
    if (code <= 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s holds no certificate in PEM form: %s"), path, gnutls_strerror(code));
        return false;
    }
    bool match = same_key(chain[0], key);
    if (match) {
        tls->pin = make_pin(chain[0]);
        tls->self_signed = gnutls_x509_crt_check_issuer(chain[0], chain[0]) != 0;
    }
    for (int i = 0; i < code; i++) {
        gnutls_x509_crt_deinit(chain[i]);
    }
    if (!match || tls->pin == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s does not belong to the key in %s: put the matching pair there"), path,
                    key_path);
        return false;
    }
    return true;
}

bool central_tls_load(const char *tls_dir, CentralTls *out, GError **error)
{
    g_assert(tls_dir != NULL && out != NULL);
    if (sodium_init() < 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("Cannot start the cryptography library: this machine gives no randomness"));
        return false;
    }
    g_auto(CentralTls) tls = {NULL};
    g_autofree char *key_path = g_build_filename(tls_dir, "key.pem", NULL);
    g_autofree char *cert_path = g_build_filename(tls_dir, "cert.pem", NULL);
    if (g_mkdir_with_parents(tls_dir, 0700) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED, _("Cannot make the folder %s: %s"), tls_dir,
                    g_strerror(errno));
        return false;
    }
    /* In this order: another program that makes both at this moment writes the key first. */
    bool has_certificate = g_file_test(cert_path, G_FILE_TEST_EXISTS);
    bool has_key = g_file_test(key_path, G_FILE_TEST_EXISTS);
    if (!has_key && has_certificate) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s is missing, but %s is there: put the certificate's key beside it"),
                    key_path, cert_path);
        return false;
    }
    if (!has_key && !make_key(tls_dir, key_path, error)) {
        return false;
    }
    gsize key_length = 0, cert_length = 0;
    g_auto(gnutls_x509_privkey_t) key = NULL;
    if (!read_file(key_path, &tls.key_pem, &key_length, error) ||
        !import_key(key_path, tls.key_pem, key_length, &key, error)) {
        return false;
    }
    if (!has_certificate && !make_certificate(tls_dir, cert_path, key, error)) {
        return false;
    }
    if (!read_file(cert_path, &tls.cert_pem, &cert_length, error) ||
        !read_certificate(key_path, cert_path, cert_length, key, &tls, error)) {
        return false;
    }
    *out = tls;
    tls = (CentralTls){NULL};
    return true;
}

bool central_tls_ensure(const char *tls_dir, char **out_pin, GError **error)
{
    g_auto(CentralTls) tls = {NULL};
    if (!central_tls_load(tls_dir, &tls, error)) {
        return false;
    }
    if (out_pin != NULL) {
        *out_pin = g_steal_pointer(&tls.pin);
    }
    return true;
}

void central_tls_clear(CentralTls *tls)
{
    if (tls->key_pem != NULL) {
        sodium_memzero(tls->key_pem, strlen(tls->key_pem));
    }
    g_clear_pointer(&tls->key_pem, g_free);
    g_clear_pointer(&tls->cert_pem, g_free);
    g_clear_pointer(&tls->pin, g_free);
    tls->self_signed = false;
}
