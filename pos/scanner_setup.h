/* SPDX-License-Identifier: GPL-3.0-or-later
 * Setting a scanner up: codes whose content is known are scanned, and what arrives tells how the scanner is set. Each
 * arrival is compared with the known content under every keyboard layout, Caps Lock rule and substitute for GS; what
 * explains it becomes the scanner's settings. Pure. */
#pragma once
#include "pos/evdev_keys.h"
#include "pos/scanner.h"

G_BEGIN_DECLS

typedef enum {
    POS_SETUP_EAN13 = 0,
    POS_SETUP_CODE128,
    POS_SETUP_DATAMATRIX,
    POS_SETUP_LINK
} PosSetupCode;
#define POS_SETUP_CODES 4

/* The content of a code to scan, GS as 0x1D, without FNC1 in front. Static. */
const char *pos_setup_content(PosSetupCode code);

/* What came. Borrowed. strokes: of a scanner that types, else NULL; then raw counts. */
typedef struct {
    const char *raw;
    gsize raw_length;
    const PosKeyStroke *strokes;
    gsize strokes_count;
    bool caps_lock;
    char end;            /* the byte that ended it; 0: a pause, or its report had an end */
    bool framed;         /* by the device itself (HID reports): an ending is not needed */
    uint32_t gap_max_ms; /* between keys */
} PosSetupArrival;

typedef enum {
    POS_SETUP_RIGHT,   /* one of the codes, whole */
    POS_SETUP_GS_LOST, /* one of the codes, but GS is dropped */
    POS_SETUP_LETTERS, /* one of the codes, but capitals and small letters are mixed up for no known reason */
    POS_SETUP_FRAGMENT, /* the end of one of the codes: its beginning is lost */
    POS_SETUP_UNKNOWN,  /* none of them, or damaged beyond telling */
} PosSetupOutcome;

/* What one arrival tells. */
typedef struct {
    PosSetupOutcome outcome;
    PosSetupCode code; /* unless UNKNOWN */
    bool aim;
    char aim_id[4];     /* "" none */
    bool tells_gs;      /* the code has a GS in it */
    char gs[8];         /* what came in place of GS, as in PosScannerSettings */
    bool tells_letters; /* the code has letters, so layout and capitals are known */
    PosScannerLayout layout;
    bool caps_inverted;
} PosSetupFinding;

void pos_setup_read(const PosSetupArrival *arrival, PosSetupFinding *out);

/* What is known so far. All zero: nothing. */
typedef struct {
    bool seen[POS_SETUP_CODES]; /* arrived right */
    bool aim_seen, aim_missed, gs_lost, letters_wrong, fragment;
    bool tells_gs, tells_layout;
    bool any, no_end,
        slow; /* slow: its keys are so far apart that a person's may be taken for them */
    PosSetupFinding last;
    char gs[8];
    PosScannerLayout layout;
    bool caps_inverted;
    char end;
} PosSetupState;

void pos_setup_add(PosSetupState *state, const PosSetupArrival *arrival);
/* Whether EAN-13, one code with GS and the web address have arrived right, and nothing is wrong. */
bool pos_setup_is_done(const PosSetupState *state);
/* Puts what was found out into a scanner's settings. */
void pos_setup_apply(const PosSetupState *state, PosScannerSettings *settings);
/* Sentences for people, translated: what is wrong and what to switch on at the scanner, or that all is right. Owned
 * GPtrArray of char*, the most important first, never empty. */
GPtrArray *pos_setup_advice(const PosSetupState *state);

/* Bytes as people can read them: control characters as their pictures (GS as ␝, CR as ␍), what is no UTF-8 as \xNN.
 * Owned. */
char *pos_setup_legible(const char *bytes, gsize length);

G_END_DECLS
