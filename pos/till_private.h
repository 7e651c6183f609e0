/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of the till share; no one else includes it. A function that answers a command returns its event;
 * one that only checks returns NULL when all is well, else the event that says no. */
#pragma once
#include "pos/gs1.h"
#include "pos/till.h"

G_BEGIN_DECLS

/* What a code names. No ownership. */
typedef struct {
    char gtin[15];
    char lot[POS_BOUND_LOT_BYTES + 1]; /* "" when the code names none */
    PosDate best_before, use_by;       /* as the code says them; may be empty */
    PosQuantity quantity;              /* as the code says it; NONE when it does not */
    bool has_label_price; /* a price was printed into a restricted-circulation number */
    PosMoney label_price;
} PosTillItem;

/* What the shop has for it now. */
typedef struct {
    PosProduct *product;
    PosLot *lot;      /* NULL when nothing is known of it */
    PosPrice *price;  /* the one that is charged; NULL when there is none */
    PosMoney charged; /* what the price promise lets it cost */
    PosFreshness freshness;
} PosTillOffer;
void pos_till_offer_clear(PosTillOffer *offer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PosTillOffer, pos_till_offer_clear)

/* A tender leg that counts; only in memory until the sale is on disk. */
typedef struct {
    PosTenderKind kind;
    PosMoney amount;
    char attempt[48]; /* of its tender_attempt, "" for cash */
} PosTillLeg;

/* A scanned item that waits for its weight. */
typedef struct {
    bool active;
    PosTillItem item;
    PosMoney charged; /* when it was scanned: an open line never pays more */
    int64_t tare_g;   /* of its packaging */
    char lifted_by[POS_BOUND_OPERATOR_BYTES + 1];
} PosTillPending;

/* What the cashier had deducted from the next weight. */
typedef struct {
    bool is_set;
    int64_t grams;
} PosTillTare;

struct PosTill {
    PosStore *store;       /* borrowed */
    const PosClock *clock; /* borrowed */
    PosIdentity identity;
    const PosTillRemote *remote; /* borrowed, nullable */
    char *language;              /* of words in events; NULL: the store's */

    PosStoreSettings settings; /* as of feed version settings_version */
    int64_t settings_version;
    GTimeZone *zone;
    PosRcnLayouts *rcn; /* nullable */

    PosOperator *operator_; /* NULL: no one is logged in */
    bool shift_open;
    bool
        training; /* nothing reaches stock, totals or receipt numbers; the cart is only in memory */
    bool is_locked; /* the operator has turned away: nothing but PIN or badge */

    PosCart *cart;
    GPtrArray *undo;       /* of PosCart*: the open cart before each of its last changes */
    GPtrArray *all_offers; /* of PosOffer*, as of offers_version */
    int64_t offers_version;
    GPtrArray *offers; /* those that are on now */
    const GPtrArray
        *offers_judged;  /* the last that the open cart was tried with; for comparing only */
    int64_t next_pieces; /* for the next item by the piece; 0 none */
    GBytes *age_text;    /* the scan that waits for a look at the buyer's papers, nullable */
    int age_min;         /* what it needs */
    PosTillPending pending;
    PosTillTare tare;
    const PosTillScale *scale; /* borrowed, nullable */
    GArray *legs;              /* of PosTillLeg: what was tendered so far */
    GArray *spares; /* of PosTillLeg: approved by a card terminal, not part of a sale yet */
    const PosTenderProvider *providers[POS_TENDER_KINDS]; /* borrowed; NULL: by hand */
    PosPayment charge;                                    /* in flight; attempt "" none */
    int64_t charge_until_boot_ms;                         /* then its end is not known */
    GArray *answers;     /* of PosTenderAnswer: about the charge in flight, not looked at yet */
    int64_t ask_boot_ms; /* when the others are asked about again */
    int64_t refreshed_version, refreshed_ms;

    int64_t now_ms; /* when the command in hand came: one instant decides all of it */
    PosDate today;  /* its day in the store's zone */

    int64_t base_ms, base_boot_ms; /* the newest instant known, and the boot clock then */
    int64_t base_seq;              /* last record that base_ms has taken into account */
};

/* --- till.c ------------------------------------------------------------------------------------- */

PosTillEvent *pos_till_event_new(PosTillEventKind kind);
PosTillEvent *pos_till_refuse(PosRefusal refusal, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Takes the error. */
PosTillEvent *pos_till_fail(GError *error);
/* A LINE event of a line of the cart. */
PosTillEvent *pos_till_line_event(PosTill *till, int line);
/* The refusal no_such_line of the open cart. */
PosTillEvent *pos_till_refuse_line(int line);
/* The refusal not_logged_in, or NULL. */
PosTillEvent *pos_till_need_login(PosTill *till);
/* Words in the till's language, else in the store's. Borrowed. */
const char *pos_till_name(PosTill *till, const PosNames *names);
char *pos_till_money(PosTill *till, PosMoney amount);

/* --- till_login.c ------------------------------------------------------------------------------- */

PosTillEvent *pos_till_login(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_logout(PosTill *till);
PosTillEvent *pos_till_lock(PosTill *till);
PosTillEvent *pos_till_unlock(PosTill *till, const PosTillCommand *command);

/* What comes before every command: a locked till says no, a badge that is scanned logs in. NULL: carry on. */
PosTillEvent *pos_till_before(PosTill *till, const PosTillCommand *command);

/* --- till_drawer.c ------------------------------------------------------------------------------ */

PosTillEvent *pos_till_open_shift(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_drawer(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_cash_up(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_report(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_training(PosTill *till, const PosTillCommand *command);
/* Without a record; the practice cart is dropped when it ends. */
void pos_till_training_set(PosTill *till, bool on);
/* Whether the drawer opens with this event. */
bool pos_till_opens_drawer(const PosTill *till, const PosTillEvent *event);

/* --- till_payment.c ----------------------------------------------------------------------------- */

/* What takes money of a kind now; NULL: nothing. */
const PosTenderProvider *pos_till_provider(const PosTill *till, PosTenderKind kind);
PosTillEvent *pos_till_charge_begin(PosTill *till, const PosTenderProvider *provider,
                                    PosTenderKind kind, PosMoney amount);
bool pos_till_is_charging(const PosTill *till);
PosTillEvent *pos_till_payment(PosTill *till, const PosTillCommand *command);
/* Takes what the providers have said, and asks again about what is not known. Before every command. */
void pos_till_payments_look(PosTill *till);
/* What was in flight when the program ended is not known. */
bool pos_till_payments_load(PosTill *till, GError **error);
/* The money of a leg is there (till_tender.c): TENDER, or SALE when that covers it. */
PosTillEvent *pos_till_leg_done(PosTill *till, const PosTillLeg *leg);

/* --- till_receipt.c ----------------------------------------------------------------------------- */

PosTillEvent *pos_till_receipts(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_receipt(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_reprint(PosTill *till, const PosTillCommand *command);

/* --- till_ticket.c ------------------------------------------------------------------------------ */

PosTillEvent *pos_till_suspend(PosTill *till);
/* text: the ticket's number, or the code on its slip. */
PosTillEvent *pos_till_resume(PosTill *till, const PosTillCommand *command, const char *text);
PosTillEvent *pos_till_tickets(PosTill *till);
bool pos_till_is_ticket_code(const char *text, gsize length);

/* --- till_approve.c ----------------------------------------------------------------------------- */

/* NULL and *out (owned) when the PIN is the operator's, or the badge (nullable, wins) is someone's. */
PosTillEvent *pos_till_check_person(PosTill *till, const char *operator_id, const char *pin,
                                    const char *badge, PosOperator **out);
/* Whether the command names a second person. */
bool pos_till_has_approver(const PosTillCommand *command);
/* NULL when the operator who is logged in may do it by himself and `value` is within `limit` (POS_LIMIT_COUNT: no limit
 * to look at), or when the command names an approver (PIN or badge) for whom both hold. Else APPROVAL_NEEDED,
 * NOT_ALLOWED (the approver may not either), WRONG_PIN, LOCKED_OUT. what: for the sentence. out_approver (nullable): the
 * approver's id, "" when the operator needed none. */
PosTillEvent *pos_till_need(PosTill *till, const PosTillCommand *command, PosPermission permission,
                            PosLimit limit, int64_t value, const char *what,
                            char out_approver[POS_BOUND_OPERATOR_BYTES + 1]);

/* --- till_write.c: time and the journal ----------------------------------------------------------- */

typedef struct {
    const char *type;
    json_t *fields; /* borrowed, nullable */
    PosRecord
        *out; /* nullable: the record as it was written; valid when the transaction was committed */
} PosTillRecord;

/* One transaction: the records, the open cart (NULL: leave it), one named value (NULL: none). On failure nothing was
 * written. */
bool pos_till_write(PosTill *till, const PosTillRecord *records, gsize records_count,
                    const PosCart *cart, const char *meta_key, const char *meta_value,
                    GError **error);
/* The same with more to do in the transaction, after the records and the cart. NULL: nothing. */
typedef bool (*PosTillMore)(PosTill *till, void *user, GError **error);
bool pos_till_write_with(PosTill *till, const PosTillRecord *records, gsize records_count,
                         const PosCart *cart, PosTillMore more, void *user, GError **error);
/* The instant for the next record: never before the last record's. */
int64_t pos_till_record_at_ms(PosTill *till);

/* --- till_offer.c: code to item, item to offer ---------------------------------------------------- */

PosTillEvent *pos_till_item_read(PosTill *till, const PosTillCommand *command, PosTillItem *out);
/* UNKNOWN_ITEM, NO_PRICE. */
PosTillEvent *pos_till_offer_find(PosTill *till, const PosTillItem *item, PosTillOffer *out);
/* The sentence for a red lot. */
PosTillEvent *pos_till_refuse_red(PosTill *till, const PosNames *names, const char *gtin,
                                  const char *lot, PosFreshness freshness, int line);
/* Lets open lines take lower prices and the newest freshness; when `now` even if nothing seems to have moved. */
void pos_till_refresh(PosTill *till, bool now);
/* A line without number and amount. quantity is not set from the item. Owned. */
PosCartLine pos_till_line_from_offer(PosTill *till, const PosTillItem *item,
                                     const PosTillOffer *offer);

/* --- till_scan.c -------------------------------------------------------------------------------- */

PosTillEvent *pos_till_scan(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_weight(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_price_check(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_search(PosTill *till, const PosTillCommand *command);

/* --- till_weigh.c ------------------------------------------------------------------------------- */

typedef struct {
    int64_t net_g, tare_g;
    bool by_hand, on_scale;
    uint64_t load; /* of the till's scale, 0 none */
} PosTillWeight;
/* The weight that a WEIGHT command brings for a product, or why it brings none. */
PosTillEvent *pos_till_weigh(PosTill *till, const PosTillCommand *command,
                             const PosProduct *product, PosTillWeight *out);
/* The weight is on the ticket: its load is charged, its tare used up. */
void pos_till_weighed(PosTill *till, const PosTillWeight *weight);
/* Sets what WEIGH, SCALE and TARE say of the scale. */
void pos_till_fill_scale(const PosTill *till, PosTillEvent *event);
PosTillEvent *pos_till_scale(PosTill *till);
PosTillEvent *pos_till_zero(PosTill *till);
PosTillEvent *pos_till_leave(PosTill *till);
PosTillEvent *pos_till_tare(PosTill *till, const PosTillCommand *command);

/* --- till_cart.c -------------------------------------------------------------------------------- */

PosTillEvent *pos_till_quantity(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_void_line(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_override(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_void(PosTill *till);
/* Makes `cart` (taken) the open cart, with the records in the same transaction. Refuses when what was already
 * tendered does not fit it. */
PosTillEvent *pos_till_cart_replace(PosTill *till, PosCart *cart, const PosTillRecord *records,
                                    gsize records_count);

/* --- till_discount.c ---------------------------------------------------------------------------- */

PosTillEvent *pos_till_discount(PosTill *till, const PosTillCommand *command);
/* Reads the feed's offers when it has moved; the open cart takes them unless that makes it dearer. */
void pos_till_offers_refresh(PosTill *till);

/* --- till_dispute.c ----------------------------------------------------------------------------- */

PosTillEvent *pos_till_dispute(PosTill *till, const PosTillCommand *command);

/* --- till_goods.c ------------------------------------------------------------------------------- */

PosTillEvent *pos_till_bag(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_deposit_return(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_department(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_teach(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_age_check(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_next_quantity(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_undo(PosTill *till);
/* The refusal age_check_needed, and the scan waits; NULL when the buyer is known to be old enough. */
PosTillEvent *pos_till_age_needed(PosTill *till, const PosTillCommand *command,
                                  const PosProduct *product);
/* The line of a code that was taught here; NULL when it was not. */
PosTillEvent *pos_till_sell_taught(PosTill *till, const PosTillCommand *command);
/* What a taught item is kept under: its GTIN, else the scanned words. NULL when they are none; owned. */
char *pos_till_code_of(PosTill *till, const PosTillCommand *command);
/* Pieces of the command, else those said before, else 1. */
int64_t pos_till_pieces(const PosTill *till, const PosTillCommand *command);
/* A cart (taken) that undo comes back to. */
void pos_till_undo_push(PosTill *till, PosCart *before);
/* Another cart is open: nothing of the last one is undone, said before or waited for. */
void pos_till_undo_clear(PosTill *till);

/* --- till_return.c ------------------------------------------------------------------------------ */

PosTillEvent *pos_till_return(PosTill *till, const PosTillCommand *command);
/* What can be taken back of each row of a sale's goods, as PosTillEvent.left; NULL when nothing can be said. */
json_t *pos_till_left(PosTill *till, const char *receipt);
/* Puts all that is left of a line of a receipt into `cart` as goods taken back in exchange, to stock. NULL when it is
 * there; *out_row (new reference): the line as it was sold. */
PosTillEvent *pos_till_take_whole_line(PosTill *till, const PosTillCommand *command,
                                       const char *approver, PosCart *cart, json_t **out_row,
                                       int64_t *out_quantity);
PosTillEvent *pos_till_post_void(PosTill *till, const PosTillCommand *command);
/* Whether the goods that the open cart takes back in exchange are still to be had. */
PosTillEvent *pos_till_exchange_check(PosTill *till);

/* --- till_stock.c ------------------------------------------------------------------------------- */

PosTillEvent *pos_till_stock(PosTill *till, const PosTillCommand *command);

/* --- till_tender.c ------------------------------------------------------------------------------ */

PosTillEvent *pos_till_tender(PosTill *till, const PosTillCommand *command);
PosTillEvent *pos_till_void_tender(PosTill *till, const PosTillCommand *command);
/* Of PosTender: the legs that count. Owned. */
GArray *pos_till_tenders(const PosTill *till);
/* A sale of the cart with the legs that count so far, TENDERING; NULL when they do not leave anything due. */
PosSale *pos_till_sale_build(const PosTill *till, const PosCart *cart);
/* Card approvals that no sale took up before the program ended, read back from the journal. */
bool pos_till_spares_load(PosTill *till, GError **error);

G_END_DECLS
