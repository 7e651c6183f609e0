/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every bound of the project in one place. A size that comes from outside is checked against one
 * of these before anything is allocated or stored. */
#pragma once

#define POS_BOUND_SCAN_BYTES 4096           /* one scanned text, FNC1 and AIM identifier included */
#define POS_BOUND_GS1_ELEMENTS 64           /* element strings in one message */
#define POS_BOUND_GS1_VALUE_BYTES 90        /* longest value of an AI (91..99), GS1 GenSpecs 3.x */
#define POS_BOUND_LOT_BYTES 20              /* AI 10, GS1 GenSpecs 3.4.1 */
#define POS_BOUND_CART_LINES 200            /* lines in one open cart */
#define POS_BOUND_CART_TENDERS 16           /* tender legs of one sale */
#define POS_BOUND_TAX_RATES 8               /* different rates on one ticket */
#define POS_BOUND_RECORD_BYTES (64 * 1024)  /* one journal record's line, sync-protocol.md */
#define POS_BOUND_BATCH_RECORDS 1000        /* journal records in one POST, sync-protocol.md */
#define POS_BOUND_BATCH_BYTES (1024 * 1024) /* bytes of one POST unpacked, sync-protocol.md */
#define POS_BOUND_FEED_LINE_BYTES (256 * 1024) /* one feed item's line */
#define POS_BOUND_FEED_COMMIT_ITEMS 1000000    /* items of one version while a terminal stages it */
#define POS_BOUND_JSON_DEPTH 16                /* nesting of any JSON from outside */
#define POS_BOUND_NAME_BYTES 200               /* product, operator, store, terminal names */
#define POS_BOUND_COMMAND_BYTES (64 * 1024)    /* one line of JSON on stdin of `coster till` */
#define POS_BOUND_LOTS_PER_PRODUCT 1000        /* lots of one product looked at for FEFO */
#define POS_BOUND_IMAGE_PIXELS (64 * 1000 * 1000)     /* a picture given to the decoder */
#define POS_BOUND_IMAGE_FILE_BYTES (64 * 1024 * 1024) /* a picture file */
#define POS_BOUND_LAYOUT_FILE_BYTES (64 * 1024) /* layouts of restricted-circulation numbers */
#define POS_BOUND_PIN_BYTES 64                  /* a PIN as typed */
#define POS_BOUND_OFFER_GTINS 1000              /* products of one multi-buy offer */
#define POS_BOUND_OFFERS 500                    /* multi-buy offers of a store */
#define POS_BOUND_CART_DISCOUNTS 50             /* discounts that people gave on one ticket */
#define POS_BOUND_DEPARTMENTS 100               /* department keys of a store */
#define POS_BOUND_TAUGHT_NAME_BYTES 100         /* a name keyed in at the till */
#define POS_BOUND_NOTE_BYTES 100                /* a reason as a row of a record carries it */
#define POS_BOUND_GRAMS_MAX 1000000             /* one line: a tonne */
#define POS_BOUND_PIECES_MAX 100000             /* one line */
#define POS_BOUND_AMOUNT_MINOR_MAX 9007199254740991LL /* 2^53-1, sync-protocol.md */
#define POS_BOUND_TICKET_MINOR_MAX                                                                 \
    1000000000000LL /* one ticket: the sums of a terminal's life then hold thousands of such */
#define POS_BOUND_PRICE_STEPS 100  /* waiting or recent prices of one price item */
#define POS_BOUND_WHY_BYTES 1000   /* a reason in words */
#define POS_BOUND_INSTANT_BYTES 40 /* RFC 3339 with offset and fraction */
#define POS_BOUND_TICKET_BYTES 64  /* number of a suspended ticket, its code's prefix included */
#define POS_BOUND_TICKETS 500      /* suspended tickets that are listed */
#define POS_BOUND_PAYMENTS 200 /* charges of one terminal that something is still to happen to */
#define POS_BOUND_ROOM_BYTES                                                                       \
    (512 * 1024) /* free on the disk before money moves: several sales and their log */
#define POS_BOUND_PARKED_CARTS 100                  /* clerks with an open cart at one till */
#define POS_BOUND_OPERATOR_BYTES 64                 /* an operator's id */
#define POS_BOUND_PRINT_ROWS 4000                   /* one document to print */
#define POS_BOUND_PRINT_INDENT 16                   /* cells */
#define POS_BOUND_PRINT_DOTS 832                    /* widest roll: 104 mm at 203 dpi */
#define POS_BOUND_PRINT_IMAGE_ROWS 1024             /* dots of one image's height */
#define POS_BOUND_PRINT_JOBS 500                    /* waiting for one printer */
#define POS_BOUND_PRINT_JOB_BYTES (4 * 1024 * 1024) /* one job on disk */
