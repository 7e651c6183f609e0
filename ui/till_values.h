/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the store thread hands to the screens: owned values that nobody else holds. Each free accepts NULL. */
#pragma once
#include "pos/till.h"
#include "sync/client.h"

G_BEGIN_DECLS

/* An event of the till, and since when each line of its cart has its price (Unix ms, 0 unknown). */
typedef struct {
    PosTillEvent *event;
    int64_t *price_at_ms; /* as many as the event's cart has lines; NULL when it has no cart */
    int64_t now_ms;       /* central's time */
} UiAnswer;
void ui_answer_free(UiAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiAnswer, ui_answer_free)

/* A product as the picker shows it. */
typedef struct {
    PosProduct *product;
    bool sellable; /* the till would put it on the cart now */
    PosMoney price, list_price;
    PosFreshness freshness;
    char *why; /* not sellable: the till's sentence; else "" */
} UiTile;
void ui_tile_free(UiTile *tile);

/* What changes seldom. */
typedef struct {
    PosStoreSettings settings;
    GPtrArray *operators;   /* PosOperator* */
    GPtrArray *categories;  /* PosCategory* */
    GPtrArray *tares;       /* PosTare*; nullable */
    GPtrArray *departments; /* PosDepartment*; nullable */
} UiShop;
void ui_shop_free(UiShop *shop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiShop, ui_shop_free)

/* What the header shows. */
typedef struct {
    PosTillStatus status;
    SyncLink link;
    bool without_sync; /* started with --offline */
    char *fault;       /* one sentence, nullable */
    bool has_printer;  /* one is set for this till */
    bool prints_sales; /* each receipt goes to it by itself */
    bool printing;     /* something is on its way to paper */
    bool has_card;     /* a card terminal answers by itself */
    int held;          /* receipts that perhaps did not come out, and wait for someone to say */
    char *held_name;   /* the first of them; nullable */
    char *printer;     /* what is the matter with the printer, one sentence; "" or NULL nothing */
    bool clock_certain;
    int64_t now_ms;
} UiHeader;
void ui_header_free(UiHeader *header);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiHeader, ui_header_free)

/* What the counter scale says, and the line that it just gave. */
typedef struct {
    PosScaleStatus status;
    int64_t tare_g; /* what the till deducts from the next weight */
    UiAnswer
        *answer; /* the weight was taken for the item that waits; owned, NULL when it was not */
} UiScale;
void ui_scale_free(UiScale *scale);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiScale, ui_scale_free)

/* A receipt as the screen shows it. */
typedef struct {
    GPtrArray *rows; /* char* */
    char *qr_text;
    char *pdf;          /* where it was written as a PDF; NULL it was not */
    bool asks_to_print; /* it waits to be asked for (pos_printer_release()) */
} UiReceipt;
void ui_receipt_free(UiReceipt *receipt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiReceipt, ui_receipt_free)

G_END_DECLS
