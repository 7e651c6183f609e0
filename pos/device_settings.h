/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is plugged into this terminal and how it is spoken to: a plain value (copy it by assignment), and one table that
 * says each setting's key, kind, bounds and meaning. The same table reads and prints JSON, checks what a person types
 * and lists the settings. A new device kind is one struct here, one table in pos/device_settings.c and a row in its
 * list of kinds; a new setting is one member and one row.
 *
 * The values are this terminal's own (they are not in the feed). Saving them and their `config` record is one
 * transaction (pos/store_device.c). */
#pragma once
#include "pos/escpos_text.h"
#include "pos/json.h"
#include "pos/scale_frame.h"
#include "pos/store.h"

G_BEGIN_DECLS

#define POS_DEVICE_PATH_BYTES 256 /* with the NUL */

/* --- lines: what serial scanners, scales and printers share ---------------------------------------- */

typedef enum { POS_PARITY_NONE = 0, POS_PARITY_EVEN, POS_PARITY_ODD } PosParity;
typedef enum { POS_FLOW_NONE = 0, POS_FLOW_RTS_CTS, POS_FLOW_XON_XOFF } PosFlow;

typedef struct {
    int baud;      /* one of 300 … 115200 */
    int data_bits; /* 7, 8 */
    int stop_bits; /* 1, 2 */
    PosParity parity;
    PosFlow flow;
} PosSerialLine;

/* --- scanners ---------------------------------------------------------------------------------------- */

typedef enum {
    POS_SCANNER_NONE = 0,
    POS_SCANNER_KEYBOARD, /* types keys into the window */
    POS_SCANNER_SERIAL,   /* /dev/ttyACM0, /dev/ttyUSB0, /dev/ttyS0 */
    POS_SCANNER_HID,      /* HID POS, usage page 8C, through /dev/hidraw0 */
    POS_SCANNER_EVDEV, /* types keys, read (and grabbed) at /dev/input/event3: the desktop never sees them */
} PosScannerSource;

/* The keyboard that a scanner which types believes to be. */
typedef enum {
    POS_SCANNER_LAYOUT_US = 0,
    POS_SCANNER_LAYOUT_DE,
    POS_SCANNER_LAYOUT_FR,
} PosScannerLayout;

typedef enum {
    POS_SCANNER_END_ANY = 0, /* CR, LF or TAB; else a pause */
    POS_SCANNER_END_CR,
    POS_SCANNER_END_LF,
    POS_SCANNER_END_TAB,
    POS_SCANNER_END_PAUSE,
} PosScannerEnd;

typedef enum { POS_SCANNER_AIM_UNKNOWN = 0, POS_SCANNER_AIM_ON, POS_SCANNER_AIM_OFF } PosScannerAim;

/* A key that comes before each code. */
typedef enum {
    POS_SCANNER_PREFIX_NONE = 0,
    POS_SCANNER_PREFIX_F9,
    POS_SCANNER_PREFIX_F11,
    POS_SCANNER_PREFIX_STX, /* Ctrl+B; on a serial line the byte 02 */
} PosScannerPrefix;

typedef struct {
    PosScannerSource source;
    char path[POS_DEVICE_PATH_BYTES]; /* "" for the keyboard */
    PosSerialLine line;
    char gs
        [8]; /* what it sends instead of GS: "" GS itself (also Ctrl+] and Alt+029), "F8", "<GS>", or one
                            * printable character such as "|", "~", "^" */
    PosScannerEnd end;
    int pause_ms; /* a code without an ending ends after this silence */
    PosScannerPrefix prefix;
    PosScannerAim aim; /* ON: what comes without an identifier is a fragment and is refused */
    PosScannerLayout layout;
    bool caps_inverted; /* it swaps capitals while Caps Lock is on */
} PosScannerSettings;

/* --- the receipt printer ------------------------------------------------------------------------------ */

typedef enum {
    POS_PRINTER_NONE = 0,
    POS_PRINTER_USB,      /* /dev/usb/lp0 */
    POS_PRINTER_SERIAL,   /* /dev/ttyS0, /dev/ttyUSB0 */
    POS_PRINTER_TCP,      /* host or host:port, else port 9100 */
    POS_PRINTER_CUPS,     /* a queue that takes ESC/POS as it is */
    POS_PRINTER_CUPS_PDF, /* a queue with a driver: gets a PDF */
    POS_PRINTER_FILE,     /* bytes are added to the file */
    POS_PRINTER_PDF,      /* a folder that gets one PDF a receipt */
} PosPrinterSource;

/* Whether it is asked for its status. AUTO: a network or USB printer that never answers is believed to be unable to. */
typedef enum {
    POS_PRINTER_STATUS_AUTO = 0,
    POS_PRINTER_STATUS_ON,
    POS_PRINTER_STATUS_OFF
} PosPrinterAsks;
typedef enum {
    POS_PRINTER_RECEIPT_ALWAYS = 0,
    POS_PRINTER_RECEIPT_ASK,
    POS_PRINTER_RECEIPT_NEVER
} PosPrinterReceipts;
typedef enum {
    POS_PRINTER_DRAWER_NONE = 0,
    POS_PRINTER_DRAWER_PIN_2,
    POS_PRINTER_DRAWER_PIN_5
} PosPrinterDrawer;
/* A receipt of which nobody knows whether it came out. */
typedef enum { POS_PRINTER_UNCERTAIN_COPY = 0, POS_PRINTER_UNCERTAIN_ASK } PosPrinterUncertain;

typedef struct {
    PosPrinterSource source;
    char address[POS_DEVICE_PATH_BYTES]; /* device, host, queue, file or folder, by source */
    PosSerialLine line;
    int columns; /* 32, 42, 48 */
    int dots;    /* 384, 512, 576 */
    PosEscposText text;
    int table; /* of text latin */
    bool draws_qr, cuts;
    PosPrinterAsks asks;
    PosPrinterReceipts receipts;
    PosPrinterDrawer drawer;
    PosPrinterUncertain uncertain;
} PosPrinterSettings;

/* --- scales ------------------------------------------------------------------------------------------- */

typedef enum {
    POS_SCALE_FRAMING_AUTO = 0, /* what the protocol's scales come with: 7E1 for 8217, else 8N1 */
    POS_SCALE_FRAMING_8N1,
    POS_SCALE_FRAMING_7E1,
    POS_SCALE_FRAMING_7O1,
    POS_SCALE_FRAMING_8E1,
} PosScaleFraming;

/* A scale's kind is none, or one more than its protocol. */
#define POS_SCALE_KIND_NONE 0
#define POS_SCALE_KIND_OF(protocol) ((int)(protocol) + 1)
#define POS_SCALE_KIND_PROTOCOL(kind) ((PosScaleProtocol)((kind)-1))

typedef struct {
    int kind;
    char path[POS_DEVICE_PATH_BYTES]; /* /dev/ttyUSB0, /dev/ttyS0, a simulator's */
    int baud;
    PosScaleFraming framing;
    int division_g; /* what its display moves by */
} PosScaleSettings;

/* --- the others ---------------------------------------------------------------------------------------- */

typedef struct {
    char path
        [POS_DEVICE_PATH_BYTES]; /* device, file or address (ui/camera_source.h); "" the first camera */
} PosCameraSettings;

/* A terminal that takes cards; address as in pos/card_link.h, "": it stands by itself and the cashier keys in the amount. */
typedef struct {
    char address[POS_DEVICE_PATH_BYTES];
    int timeout_s; /* of a charge; then its end is not known */
} PosCardSettings;

typedef struct {
    bool on;
} PosSoundSettings;

typedef struct {
    bool left_hand; /* the pad stands at the left */
} PosScreenSettings;

typedef struct {
    PosScannerSettings scanner, scanner2; /* as a flatbed and a handheld one */
    PosPrinterSettings printer;
    PosScaleSettings scale;
    PosCameraSettings camera;
    PosCardSettings card;
    PosSoundSettings sound;
    PosScreenSettings screen;
} PosDeviceSettings;

/* What a fresh terminal has. */
void pos_device_settings_defaults(PosDeviceSettings *out);

/* {"scanner":{"source":"keyboard",…},…}. Members that are absent keep their defaults; unknown ones and bad values are
 * POS_ERROR_INVALID, and out is then untouched. */
bool pos_device_settings_from_json(const json_t *object, PosDeviceSettings *out, GError **error);
/* Every setting. New reference. */
json_t *pos_device_settings_to_json(const PosDeviceSettings *settings);

/* --- one setting by its key, "scanner.path" ---------------------------------------------------------- */

gsize pos_device_settings_count(void);
/* The index-th key in the order of the tables. Static. */
const char *pos_device_settings_key(gsize index);
/* What it is, in words, translated; with the values it may have. Owned. */
char *pos_device_settings_help(gsize index);
/* What it is, in words alone, translated; static. */
const char *pos_device_settings_words(gsize index);
/* The only values it may have, as they are typed, ended by NULL; NULL when it is typed. Static. */
const char *const *pos_device_settings_choices(gsize index);
/* As a person reads and types it: "on", "9600", "even", "/dev/ttyACM0". Owned. NULL for an unknown key. */
char *pos_device_settings_get(const PosDeviceSettings *settings, const char *key);
/* The same for everyone's eyes: of an address no user name and password. */
char *pos_device_settings_public(const PosDeviceSettings *settings, const char *key);
/* POS_ERROR_INVALID with a sentence that says what it may be; settings are then untouched. */
bool pos_device_settings_set(PosDeviceSettings *settings, const char *key, const char *value,
                             GError **error);

/* --- on disk (pos/store_device.c) ------------------------------------------------------------------- */

#define POS_META_DEVICES "devices"

/* What was saved, else the defaults. What cannot be read never stops a till: it is the defaults, and *out_note
 * (owned, nullable, NULL if none) says what is wrong. */
void pos_store_devices_load(PosStore *store, PosDeviceSettings *out, char **out_note);
/* Saves, with a `config` record that names each change: {"changes":[{"key","new","old"}],"operator","type":"config",…}
 * in one transaction. operator_id: nullable, of who is logged in. Nothing is written when nothing changed. */
bool pos_store_devices_save(PosStore *store, const PosDeviceSettings *settings,
                            const char *operator_id, int64_t at_ms, GError **error);

G_END_DECLS
