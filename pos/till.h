/* SPDX-License-Identifier: GPL-3.0-or-later
 * The till: every rule of selling behind one door, for the window and for the command line alike. A command is a
 * value, an event is a value; both cross threads as copies. The till itself belongs to the thread of its
 * PosStore. The words are those of the till's command-line contract. */
#pragma once
#include "pos/clock.h"
#include "pos/scale.h"
#include "pos/store.h"

G_BEGIN_DECLS

typedef enum {
    POS_TILL_LOGIN,
    POS_TILL_LOGOUT,
    POS_TILL_OPEN_SHIFT,
    POS_TILL_SCAN,
    POS_TILL_WEIGHT,
    POS_TILL_QUANTITY,
    POS_TILL_VOID_LINE,
    POS_TILL_OVERRIDE,
    POS_TILL_TENDER,
    POS_TILL_VOID,
    POS_TILL_CART,
    POS_TILL_PRICE_CHECK,
    /* weighing */
    POS_TILL_SCALE,
    POS_TILL_TARE,
    POS_TILL_ZERO,
    POS_TILL_LEAVE, /* the item that waits for its weight is not sold; answered with CART */
    /* people and drawer */
    POS_TILL_LOCK,
    POS_TILL_UNLOCK,
    POS_TILL_NO_SALE,
    POS_TILL_PAID_IN,
    POS_TILL_PAID_OUT,
    POS_TILL_SAFE_DROP,
    POS_TILL_CASH_UP,
    POS_TILL_REPORT,
    POS_TILL_TRAINING,
    POS_TILL_SUSPEND,
    POS_TILL_RESUME,
    POS_TILL_TICKETS,
    POS_TILL_PAYMENT,
    POS_TILL_RECEIPTS,
    POS_TILL_RECEIPT,
    POS_TILL_REPRINT,
    /* goods and money */
    POS_TILL_DISCOUNT,
    POS_TILL_DEPOSIT_RETURN,
    POS_TILL_BAG,
    POS_TILL_DEPARTMENT,
    POS_TILL_TEACH,
    POS_TILL_AGE_CHECK,
    POS_TILL_NEXT_QUANTITY,
    POS_TILL_UNDO,
    POS_TILL_DISPUTE,
    POS_TILL_RETURN,
    POS_TILL_POST_VOID,
    POS_TILL_TYPE,
    POS_TILL_SEARCH,
    POS_TILL_VOID_TENDER, /* takes one of the tenders so far back; answered with CART */
    /* stock; text: what a scanner reads, or the GTIN; all answered with STOCK */
    POS_TILL_RECEIVE,
    POS_TILL_COUNT,
    POS_TILL_WRITE_OFF,
} PosTillVerb;

typedef enum { POS_REPORT_X = 0, POS_REPORT_Z } PosReportKind;

/* Members that a verb does not use are ignored. Strings owned by whoever made the command; a copy owns its own. */
typedef struct {
    PosTillVerb verb;
    char *operator_id, *pin;       /* LOGIN, UNLOCK (operator_id NULL: the one who is there) */
    char *badge;                   /* LOGIN, UNLOCK: the code on a badge, instead of both */
    char *approver, *approver_pin; /* a second person where one is needed; NULL none */
    char *approver_badge;          /* the same by the code on a badge; NULL none */
    char *text;                    /* SCAN, PRICE_CHECK: bytes as the scanner sent them */
    gsize text_length;
    char *reason;         /* OVERRIDE */
    int64_t amount;       /* OPEN_SHIFT float; TENDER; OVERRIDE price: minor units */
    int64_t grams;        /* WEIGHT, TARE */
    int64_t pieces;       /* QUANTITY */
    int line;             /* QUANTITY, VOID_LINE, OVERRIDE; VOID_TENDER: which, from 1 */
    PosTenderKind tender; /* TENDER */
    bool by_hand;         /* WEIGHT typed by a person */
    bool from_scale;      /* WEIGHT, TARE: what the till's scale shows now; grams is not read */
    char *preset;         /* TARE: a container of the setting `tares`; NULL: grams */
    /* people and drawer */
    json_t *
        denominations; /* CASH_UP: pieces by worth, {"50000":3}; NULL: amount is the count; owned */
    PosReportKind report; /* REPORT */
    bool on;              /* TRAINING; PAYMENT: give the charge up */
    char *attempt,
        *outcome; /* PAYMENT: a manager says "paid" or "closed" of an unknown one; else NULL */
    char *ticket; /* RESUME: the number or the code of a suspended ticket */
    /* goods and money; line 0 of a DISCOUNT is the ticket, of a RETURN all that is left of the receipt */
    int64_t percent_bp; /* DISCOUNT: basis points; 0: amount is taken off */
    char *department;   /* DEPARTMENT, TEACH */
    char *name;         /* TEACH, DEPARTMENT (optional): words for the receipt */
    char *receipt; /* RETURN (NULL: without one), POST_VOID, RECEIPT, REPRINT; DISPUTE: whose line
                                    (NULL: of the open cart) */
    char *to;      /* RETURN: "stock" or "waste" */
    char *born;    /* AGE_CHECK: YYYY-MM-DD; never stored */
    bool seen;     /* AGE_CHECK: the cashier has seen that the buyer is old enough */
    bool exchange; /* RETURN: into the open cart, paid out with it */
    /* RECEIVE, COUNT, WRITE_OFF; pieces: how many, or grams of goods by weight; reason: WRITE_OFF */
    char *lot;         /* NULL: that of the text */
    char *best_before; /* RECEIVE: YYYY-MM-DD; NULL: that of the text */
    char *origin;      /* RECEIVE: in words; nullable */
} PosTillCommand;
PosTillCommand *pos_till_command_copy(const PosTillCommand *command);
void pos_till_command_free(PosTillCommand *command);

typedef enum {
    POS_EVENT_REFUSED, /* the user may try otherwise */
    POS_EVENT_ERROR,   /* the machine failed; nothing was half done */
    POS_EVENT_LOGIN,
    POS_EVENT_LOGOUT,
    POS_EVENT_SHIFT,
    POS_EVENT_LINE,
    POS_EVENT_WEIGH, /* a weight is needed first */
    POS_EVENT_LINE_VOID,
    POS_EVENT_TENDER,
    POS_EVENT_SALE, /* on disk */
    POS_EVENT_VOID,
    POS_EVENT_CART,
    POS_EVENT_PRICE,
    /* weighing */
    POS_EVENT_SCALE,
    POS_EVENT_TARE,
    /* people and drawer */
    POS_EVENT_LOCKED,
    POS_EVENT_UNLOCKED,
    POS_EVENT_DRAWER, /* opened, with a record */
    POS_EVENT_REPORT,
    POS_EVENT_TRAINING,
    POS_EVENT_SUSPENDED,
    POS_EVENT_RESUMED,
    POS_EVENT_TICKETS,
    POS_EVENT_PAYMENT, /* a charge is under way (look again), or its end is not known; none when attempt is "" */
    POS_EVENT_RECEIPTS,
    POS_EVENT_RECEIPT,
    POS_EVENT_REPRINT, /* print it, marked COPY n */
    /* goods and money */
    POS_EVENT_DISCOUNT,      /* given: amount is what it takes off */
    POS_EVENT_AGE,           /* the buyer is old enough, nothing waited for it */
    POS_EVENT_NEXT_QUANTITY, /* quantity or tare for the next item is kept */
    POS_EVENT_PRODUCTS,      /* what a search found: record */
    POS_EVENT_STOCK,         /* booked: record has it, type its record's, sale.seq its number */
    POS_EVENT_EXCHANGE, /* goods taken back stand in the open cart: amount is what is credited */
} PosTillEventKind;

typedef struct {
    PosTillEventKind kind;
    PosRefusal refusal;     /* REFUSED */
    char *why;              /* REFUSED, ERROR: the code; owned */
    char *message;          /* REFUSED, ERROR: one sentence for people; owned */
    int64_t seconds;        /* REFUSED with locked_out: how long to wait */
    PosOperator *operator_; /* LOGIN, UNLOCKED; owned */
    PosCartLine line;       /* LINE, LINE_VOID, WEIGH (no quantity), PRICE (qty 1 or 1000 g) */
    PosPrice *price;        /* PRICE: the full price with its reason; owned */
    PosLot *lot;            /* PRICE: the lot with its route, nullable; owned */
    PosScaleStatus scale;   /* SCALE, TARE, WEIGH */
    int64_t tare_g;         /* SCALE, TARE, WEIGH: what the till will deduct from the next weight */
    bool awaits_weight;     /* the same: an item waits for its weight */
    PosMoney total, due, change, amount;
    PosMoney due_cash; /* due, as far as coins can pay it */
    int64_t
        number; /* NEXT_QUANTITY: pieces or grams; DISCOUNT: its number; AGE: years; REFUSED with
                               age_check_needed: years */
    PosSaleProof
        taken_back; /* SALE of an exchange: the record of what came back; else receipt "" */
    PosTenderKind tender;
    PosSaleProof sale; /* SALE */
    json_t *record;    /* SALE: the journal record; DRAWER, REPORT, STOCK: its fields;
                               TICKETS: {"tickets":[…],"offline":…};
                               PRODUCTS: {"products":[{"gtin","name","plu","unit","price"}]}; owned */
    const char *type;  /* DRAWER: no_sale, paid_in, paid_out, safe_drop; REPORT: x, z, cash_up;
                              STOCK: stock_received, stock_counted, write_off; static */
    char *ticket,
        *code; /* SUSPENDED, RESUMED: its number, and the text of the code on its slip; owned */
    json_t *
        left; /* RECEIPT of a sale that is not void: [{"left":200,"line":1,"name":"…"}]: pieces or grams of
                               each row of goods that can be taken back; nullable; owned */
    int copy;           /* REPRINT: the n of COPY n; RECEIPT: how many copies there are */
    PosPayment payment; /* PAYMENT */
    GArray *
        tenders; /* CART, TENDER: of PosTender: what was given of a sale that is not covered yet; owned */
    GArray *
        payments; /* CART, PAYMENT: of PosPayment: what is under way or not known; nullable; owned */
    bool opens_drawer; /* the drawer opens now: kick it */
    bool training;     /* nothing of it is real */
    PosCart *cart;     /* the open cart after the command; owned, never NULL but for ERROR */
} PosTillEvent;
void pos_till_event_free(PosTillEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosTillEvent, pos_till_event_free)

typedef struct PosTill PosTill;

/* store: borrowed, outlives the till. The open cart of before a crash is there again, open and untendered.
 * NULL and an error when the store cannot be read or is not enrolled. */
PosTill *pos_till_new(PosStore *store, const PosClock *clock, GError **error);
void pos_till_free(PosTill *till);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosTill, pos_till_free)

/* The language of names, origins and reasons in events ("ko", "en", "zh"); NULL, as at first: the store's. */
void pos_till_set_language(PosTill *till, const char *language);

/* What a till may ask of central while it works: each call answers within a few seconds, or with POS_ERROR_OFFLINE.
 * Called on the till's thread. Answers are owned by the caller. */
typedef struct {
    void *user;
    /* Shares a suspended ticket: {"ticket","cart","at","operator","terminal","total","lines"}. */
    bool (*ticket_put)(void *user, const json_t *ticket, GError **error);
    /* The store's tickets, an array of the same without carts. */
    json_t *(*tickets)(void *user, GError **error);
    /* Takes one for this terminal and no other. POS_ERROR_NOT_FOUND; POS_ERROR_BUSY: another has it. */
    json_t *(*ticket_claim)(void *user, const char *ticket, GError **error);
    /* Another till's receipt: {"receipt","record","returned":[…],"voided"}. POS_ERROR_NOT_FOUND. */
    json_t *(*receipt)(void *user, const char *receipt, GError **error);
} PosTillRemote;
/* remote: borrowed, outlives the till; NULL, as at first: this till works by itself. */
void pos_till_set_remote(PosTill *till, const PosTillRemote *remote);
/* Central can be reached again: it hears of the tickets that were suspended or fetched meanwhile. May take a few seconds
 * when there are such; does nothing when there are none. */
void pos_till_link_is_back(PosTill *till);

/* The till's way to its scale. Each function may be called from the till's thread and never waits. */
typedef struct {
    void *user;
    void (*status)(void *user, PosScaleStatus *out);
    void (*charge)(void *user, uint64_t load);
    void (*keep_container)(void *user, uint64_t load);
    bool (*zero)(void *user);       /* false when it cannot be zeroed from here */
    bool (*clear_tare)(void *user); /* its own; false when it cannot be told so from here */
} PosTillScale;
/* scale: borrowed, outlives the till or is taken away; NULL, as at first: the till has none. */
void pos_till_set_scale(PosTill *till, const PosTillScale *scale);
/* Whether an item waits for its weight and the scale holds one that rests: then WEIGHT with from_scale is due. To be
 * asked whenever the scale's status has changed. */
bool pos_till_may_weigh(const PosTill *till);
/* What takes money of a kind from now on (pos/tender.h); borrowed, outlives the till. NULL, as at first: by hand.
 * A charge is then not over when `tender` is answered: POS_TILL_PAYMENT asks for its end, SALE or TENDER when it is
 * paid. While it is under way nothing else changes the sale. */
void pos_till_set_provider(PosTill *till, PosTenderKind kind, const PosTenderProvider *provider);

/* Carries out one command and answers with exactly one event. Never NULL. */
PosTillEvent *pos_till_do(PosTill *till, const PosTillCommand *command);

/* Central's time as this terminal reckons it, Unix ms; *out_certain false while there is no offset. */
int64_t pos_till_now_ms(PosTill *till, bool *out_certain);

/* What a header shows. Strings owned. */
typedef struct {
    char *terminal, *store, *last_receipt, *operator_id, *operator_name, *fault;
    char head_hex[65];
    int64_t seq, acked, unsent, unsent_since_ms, feed_version;
    int64_t prices_age_s; /* since central last said that nothing is newer; -1 never */
    int64_t clock_offset_ms;
    bool shift_open, demo;
} PosTillStatus;
/* From any store connection, also a read-only one. */
bool pos_till_status(PosStore *store, const PosClock *clock, PosTillStatus *out, GError **error);
void pos_till_status_clear(PosTillStatus *status);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PosTillStatus, pos_till_status_clear)

G_END_DECLS
