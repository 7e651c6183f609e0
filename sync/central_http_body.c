/* SPDX-License-Identifier: GPL-3.0-or-later
 * Packed bodies to bytes, with a bound that holds whatever the packed form claims of itself. Pure.
 */
#include "sync/central_http.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define FIRST_ROOM (16 * 1024)
#define GZIP_WINDOW (15 + 16) /* zlib's way to say: gzip header, largest window */
#define ZSTD_WINDOW_LOG_MAX                                                                        \
    23 /* 8 MiB, what a level up to 19 asks for; RFC 8878 3.1.1.1.2 recommends it as a limit */

typedef struct {
    char *bytes;
    gsize length, size, max;
} Output;

/* Room for at least one more byte, one byte beyond the bound at most (which is how going over it is
 * seen). */
static bool output_grow(Output *out)
{
    if (out->length < out->size) {
        return true;
    }
    if (out->size > out->max) {
        return false;
    }
    out->size = out->size == 0 ? FIRST_ROOM : out->size * 2;
    out->size = MIN(out->size, out->max + 1);
    out->bytes = g_realloc(out->bytes, out->size + 1);
    return true;
}

static CentralBodyStatus unpack_gzip(const char *packed, gsize length, Output *out)
{
    z_stream stream = {0};
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK) {
        return CENTRAL_BODY_MALFORMED;
    }
    stream.next_in = (Bytef *)packed;
    stream.avail_in = (uInt)length;
    CentralBodyStatus status = CENTRAL_BODY_OK;
    bool complete = false;
    while (status == CENTRAL_BODY_OK && !complete) {
        if (!output_grow(out)) {
            status = CENTRAL_BODY_TOO_LARGE;
            break;
        }
        stream.next_out = (Bytef *)out->bytes + out->length;
        stream.avail_out = (uInt)(out->size - out->length);
        int code = inflate(&stream, Z_NO_FLUSH);
        out->length = out->size - stream.avail_out;
        if (code == Z_STREAM_END) {
            complete = stream.avail_in == 0;
            if (!complete && inflateReset(&stream) != Z_OK) { /* a further member, RFC 1952 2.2 */
                status = CENTRAL_BODY_MALFORMED;
            }
        } else if (code != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0)) {
            status = CENTRAL_BODY_MALFORMED;
        }
    }
    inflateEnd(&stream);
    return status;
}

static CentralBodyStatus unpack_zstd(const char *packed, gsize length, Output *out)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();
    if (context == NULL) {
        return CENTRAL_BODY_MALFORMED;
    }
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX);
    ZSTD_inBuffer input = {packed, length, 0};
    CentralBodyStatus status = CENTRAL_BODY_OK;
    for (;;) {
        if (!output_grow(out)) {
            status = CENTRAL_BODY_TOO_LARGE;
            break;
        }
        ZSTD_outBuffer output = {out->bytes, out->size, out->length};
        size_t left = ZSTD_decompressStream(context, &output, &input);
        out->length = output.pos;
        if (ZSTD_isError(left)) {
            status = CENTRAL_BODY_MALFORMED;
            break;
        }
        if (left == 0 && input.pos == input.size) {
            break; /* the last frame is complete */
        }
        if (input.pos == input.size && output.pos < output.size) {
            status = CENTRAL_BODY_MALFORMED; /* cut off */
            break;
        }
    }
    ZSTD_freeDCtx(context);
    return status;
}

CentralBodyStatus central_http_unpack(const char *encoding, const char *packed, gsize length,
                                      gsize bytes_max, char **out, gsize *out_length)
{
    Output output = {.max = bytes_max};
    CentralBodyStatus status = CENTRAL_BODY_OK;
    if (length > bytes_max) {
        status = CENTRAL_BODY_TOO_LARGE;
    } else if (encoding == NULL || g_ascii_strcasecmp(encoding, "identity") == 0) {
        output.bytes = g_malloc(length + 1);
        if (length > 0) {
            memcpy(output.bytes, packed, length);
        }
        output.length = length;
    } else if (g_ascii_strcasecmp(encoding, "gzip") == 0 ||
               g_ascii_strcasecmp(encoding, "x-gzip") == 0) {
        status = length == 0 ? CENTRAL_BODY_MALFORMED : unpack_gzip(packed, length, &output);
    } else if (g_ascii_strcasecmp(encoding, "zstd") == 0) {
        status = length == 0 ? CENTRAL_BODY_MALFORMED : unpack_zstd(packed, length, &output);
    } else {
        status = CENTRAL_BODY_UNSUPPORTED;
    }
    if (status == CENTRAL_BODY_OK && output.length > bytes_max) {
        status = CENTRAL_BODY_TOO_LARGE;
    }
    if (status != CENTRAL_BODY_OK) {
        g_free(output.bytes);
        return status;
    }
    output.bytes[output.length] = '\0';
    *out = output.bytes;
    *out_length = output.length;
    return CENTRAL_BODY_OK;
}
