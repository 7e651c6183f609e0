/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stock, sales by hour and new receipts of the open transaction, gathered in memory and written once a row before
 * it commits: a group of batches touches the same few lots thousands of times. Nothing else writes
 * these two tables. Inside a part every change is logged with what was there before, so that
 * undoing the part undoes it here too. */
#include "sync/central_store_book.h"
#include "sync/central_sql.h"

#include <string.h>

#define HOUR_MS 3600000
#define TICKETS_MAX 1000
#define ENTRIES_MAX 50000 /* beyond it, and outside a part, what is gathered is written */

typedef struct {
    char *store, *gtin, *lot, *counted_terminal; /* owned; counted_terminal "" never counted */
    int64_t on_hand, delivered, counted_ms, counted_seq;
    bool exists, dirty;
} Stock;

typedef struct {
    char *store, *gtin, *lot;                /* owned */
    int64_t hour_ms, units, amount, tickets; /* what is to be added */
} Hour;

/* What an entry was; only one of them is set. */
typedef struct {
    Stock *stock;
    Stock stock_was; /* owns counted_terminal only */
    Hour *hour;
    Hour hour_was; /* owns nothing */
} Undo;

typedef struct {
    char *store, *receipt; /* owned */
    CentralTicket ticket;
} Ticket;

struct CentralPending {
    GHashTable *stock, *hours; /* by text key */
    GArray *tickets;           /* of Ticket; inside a part, the part's alone */
    GArray *undo;              /* of Undo, the open part's, oldest first */
};

static void stock_free(gpointer data)
{
    Stock *stock = data;
    g_free(stock->store);
    g_free(stock->gtin);
    g_free(stock->lot);
    g_free(stock->counted_terminal);
    g_free(stock);
}

static void hour_free(gpointer data)
{
    Hour *hour = data;
    g_free(hour->store);
    g_free(hour->gtin);
    g_free(hour->lot);
    g_free(hour);
}

static void undo_clear(gpointer data)
{
    g_free(((Undo *)data)->stock_was.counted_terminal);
}

static void ticket_clear(gpointer data)
{
    Ticket *ticket = data;
    g_free(ticket->store);
    g_free(ticket->receipt);
    central_ticket_clear(&ticket->ticket);
}

CentralPending *central_pending_new(void)
{
    CentralPending *pending = g_new0(CentralPending, 1);
    pending->stock = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, stock_free);
    pending->hours = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, hour_free);
    pending->tickets = g_array_new(FALSE, TRUE, sizeof(Ticket));
    g_array_set_clear_func(pending->tickets, ticket_clear);
    pending->undo = g_array_new(FALSE, TRUE, sizeof(Undo));
    g_array_set_clear_func(pending->undo, undo_clear);
    return pending;
}

void central_pending_free(CentralPending *pending)
{
    if (pending) {
        g_hash_table_unref(pending->stock);
        g_hash_table_unref(pending->hours);
        g_array_unref(pending->tickets);
        g_array_unref(pending->undo);
        g_free(pending);
    }
}

void central_pending_drop(CentralStore *store)
{
    g_array_set_size(store->pending->tickets, 0);
    g_array_set_size(store->pending->undo, 0);
    g_hash_table_remove_all(store->pending->stock);
    g_hash_table_remove_all(store->pending->hours);
}

void central_pending_end_part(CentralStore *store, bool undo)
{
    GArray *log = store->pending->undo;
    if (undo) {
        g_array_set_size(store->pending->tickets, 0);
    }
    for (guint i = log->len; undo && i-- > 0;) {
        Undo *entry = &g_array_index(log, Undo, i);
        if (entry->stock) {
            g_free(entry->stock->counted_terminal);
            *entry->stock = entry->stock_was;
            entry->stock_was.counted_terminal = NULL;
        } else {
            *entry->hour = entry->hour_was;
        }
    }
    g_array_set_size(log, 0);
}

/* --- writing --- */

static bool write_stock(CentralStore *store, Stock *stock, GError **error)
{
    static const char UPDATE[] =
        "UPDATE stock SET on_hand = ?, delivered = ?, counted_ms = ?, counted_terminal = ?, "
        "counted_seq = ? WHERE store = ? AND gtin = ? AND lot = ?";
    static const char INSERT[] =
        "INSERT INTO stock (on_hand, delivered, counted_ms, counted_terminal, counted_seq, store, "
        "gtin, lot) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    if (!stock->dirty) {
        return true;
    }
    if (!central_sql_run(store, NULL, error, stock->exists ? UPDATE : INSERT, "iiitittt",
                         stock->on_hand, stock->delivered, stock->counted_ms,
                         stock->counted_terminal, stock->counted_seq, stock->store, stock->gtin,
                         stock->lot)) {
        return false;
    }
    stock->exists = true;
    stock->dirty = false;
    return true;
}

static bool write_hour(CentralStore *store, Hour *hour, GError **error)
{
    static const char UPDATE[] = "UPDATE sales_hour SET units = units + ?, amount = amount + ?, "
                                 "tickets = tickets + ? "
                                 "WHERE store = ? AND hour_ms = ? AND gtin = ? AND lot = ?";
    static const char INSERT[] = "INSERT INTO sales_hour (units, amount, tickets, store, hour_ms, "
                                 "gtin, lot) VALUES (?, ?, ?, ?, ?, ?, ?)";
    int changed = 0;
    return central_sql_run(store, &changed, error, UPDATE, "iiititt", hour->units, hour->amount,
                           hour->tickets, hour->store, hour->hour_ms, hour->gtin, hour->lot) &&
           (changed > 0 ||
            central_sql_run(store, NULL, error, INSERT, "iiititt", hour->units, hour->amount,
                            hour->tickets, hour->store, hour->hour_ms, hour->gtin, hour->lot));
}

bool central_pending_flush(CentralStore *store, GError **error)
{
    /* A part's rows would be lost with it, and those before it as well. */
    g_assert(!store->in_part);
    if (!central_pending_flush_tickets(store, error)) {
        return false;
    }
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, store->pending->stock);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (!write_stock(store, value, error)) {
            return false;
        }
    }
    g_hash_table_iter_init(&iter, store->pending->hours);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Hour *hour = value;
        bool written = hour->units != 0 || hour->amount != 0 || hour->tickets != 0;
        if (written && !write_hour(store, value, error)) {
            return false;
        }
    }
    central_pending_drop(store);
    return true;
}

bool central_pending_flush_tickets(CentralStore *store, GError **error)
{
    static const char INSERT[] =
        "INSERT INTO ticket (store, receipt, of_terminal, of_seq, terminal, seq, type, at_ms, "
        "total, voided) VALUES ";
    GArray *tickets = store->pending->tickets;
    if (tickets->len == 0) {
        return true;
    }
    g_autofree CentralValue *values = g_new(CentralValue, tickets->len * 10);
    for (guint i = 0; i < tickets->len; i++) {
        const Ticket *row = &g_array_index(tickets, Ticket, i);
        CentralValue *value = values + i * 10;
        value[0] = central_value_text(row->store);
        value[1] = central_value_text(row->receipt);
        value[2] = central_value_text(row->ticket.of_terminal);
        value[3] = central_value_int(row->ticket.of_seq);
        value[4] = central_value_text(row->ticket.terminal);
        value[5] = central_value_int(row->ticket.seq);
        value[6] = central_value_text(row->ticket.type);
        value[7] = central_value_int(row->ticket.at_ms);
        value[8] = central_value_int(row->ticket.total);
        value[9] = central_value_int(row->ticket.voided ? 1 : 0);
    }
    bool ok = central_sql_insert(store, error, INSERT, "tttititiii", values, tickets->len);
    g_array_set_size(tickets, 0);
    return ok;
}

bool central_pending_add_ticket(CentralStore *store, const char *store_id, const char *receipt,
                                const CentralTicket *ticket, GError **error)
{
    GArray *tickets = store->pending->tickets;
    Ticket row = {.store = g_strdup(store_id), .receipt = g_strdup(receipt), .ticket = *ticket};
    row.ticket.of_terminal = g_strdup(ticket->of_terminal);
    row.ticket.terminal = g_strdup(ticket->terminal);
    row.ticket.type = g_strdup(ticket->type);
    g_array_append_val(tickets, row);
    return tickets->len < TICKETS_MAX || central_pending_flush_tickets(store, error);
}

/* Room for one entry more. */
static bool make_room(CentralStore *store, GError **error)
{
    g_assert(store->in_transaction);
    guint count =
        g_hash_table_size(store->pending->stock) + g_hash_table_size(store->pending->hours);
    return store->in_part || count < ENTRIES_MAX || central_pending_flush(store, error);
}

/* --- stock --- */

static Stock *read_stock(CentralStore *store, const char *store_id, const char *gtin,
                         const char *lot, GError **error)
{
    static const char SQL[] =
        "SELECT on_hand, delivered, counted_ms, counted_terminal, counted_seq FROM stock "
        "WHERE store = ? AND gtin = ? AND lot = ?";
    g_autoptr(CentralQuery) query =
        central_sql_query(store, error, SQL, "ttt", store_id, gtin, lot);
    int code = query ? central_sql_step(query, error) : CENTRAL_SQL_ERROR;
    if (code != CENTRAL_SQL_ROW && code != CENTRAL_SQL_DONE) {
        return NULL;
    }
    Stock *stock = g_new0(Stock, 1);
    stock->store = g_strdup(store_id);
    stock->gtin = g_strdup(gtin);
    stock->lot = g_strdup(lot);
    stock->exists = code == CENTRAL_SQL_ROW;
    if (stock->exists) {
        stock->on_hand = central_sql_column_int(query, 0);
        stock->delivered = central_sql_column_int(query, 1);
        stock->counted_ms = central_sql_column_int(query, 2);
        stock->counted_terminal = central_sql_text(query, 3);
        stock->counted_seq = central_sql_column_int(query, 4);
    } else {
        stock->counted_terminal = g_strdup("");
    }
    return stock;
}

static Stock *find_stock(CentralStore *store, const char *store_id, const char *gtin,
                         const char *lot, GError **error)
{
    char key[160];
    g_snprintf(key, sizeof key, "%s/%s/%s", store_id, gtin, lot);
    Stock *stock = g_hash_table_lookup(store->pending->stock, key);
    if (!stock && make_room(store, error)) {
        stock = read_stock(store, store_id, gtin, lot, error);
        if (stock) {
            g_hash_table_insert(store->pending->stock, g_strdup(key), stock);
        }
    }
    return stock;
}

static void log_stock(CentralStore *store, Stock *stock)
{
    if (store->in_part) {
        Undo undo = {.stock = stock, .stock_was = *stock};
        undo.stock_was.counted_terminal = g_strdup(stock->counted_terminal);
        g_array_append_val(store->pending->undo, undo);
    }
}

static bool is_counted_since(const Stock *stock, const CentralMoment *when)
{
    CentralMoment counted = {stock->counted_ms, stock->counted_terminal, stock->counted_seq};
    return *stock->counted_terminal && central_moment_compare(&counted, when) >= 0;
}

bool central_store_stock_move(CentralStore *store, const char *store_id, const char *gtin,
                              const char *lot, int64_t units, bool is_delivery,
                              const CentralMoment *when, GError **error)
{
    Stock *stock = find_stock(store, store_id, gtin, lot, error);
    if (!stock) {
        return false;
    }
    log_stock(store, stock);
    stock->on_hand += is_counted_since(stock, when) ? 0 : units;
    stock->delivered += is_delivery ? units : 0;
    stock->dirty = true;
    return true;
}

bool central_store_stock_count_is_newest(CentralStore *store, const char *store_id,
                                         const char *gtin, const char *lot,
                                         const CentralMoment *when, bool *out_newest,
                                         GError **error)
{
    const Stock *stock = find_stock(store, store_id, gtin, lot, error);
    if (!stock) {
        return false;
    }
    *out_newest = !is_counted_since(stock, when);
    return true;
}

bool central_store_stock_count(CentralStore *store, const char *store_id, const char *gtin,
                               const char *lot, int64_t counted_and_since,
                               const CentralMoment *when, GError **error)
{
    /* A delivery at the very time of the count was there to be counted. */
    static const char LATER[] = "SELECT COALESCE(SUM(quantity), 0) FROM delivery "
                                "WHERE store = ? AND gtin = ? AND lot = ? AND at_ms > ?";
    int64_t later = 0;
    Stock *stock = find_stock(store, store_id, gtin, lot, error);
    if (!stock || !central_sql_int(store, 0, &later, error, LATER, "ttti", store_id, gtin, lot,
                                   when->at_ms)) {
        return false;
    }
    log_stock(store, stock);
    stock->on_hand = counted_and_since + later;
    stock->counted_ms = when->at_ms;
    g_free(stock->counted_terminal);
    stock->counted_terminal = g_strdup(when->terminal);
    stock->counted_seq = when->seq;
    stock->dirty = true;
    return true;
}

/* --- sales by hour --- */

static int64_t hour_of(int64_t at_ms)
{
    int64_t hours = at_ms / HOUR_MS;
    return (at_ms % HOUR_MS < 0 ? hours - 1 : hours) * HOUR_MS;
}

bool central_store_sales_add(CentralStore *store, const char *store_id, const char *gtin,
                             const char *lot, int64_t at_ms, int64_t units, int64_t amount_minor,
                             int tickets, GError **error)
{
    char key[200];
    int64_t hour_ms = hour_of(at_ms);
    g_snprintf(key, sizeof key, "%s/%" G_GINT64_FORMAT "/%s/%s", store_id, (gint64)hour_ms, gtin,
               lot);
    Hour *hour = g_hash_table_lookup(store->pending->hours, key);
    if (!hour) {
        if (!make_room(store, error)) {
            return false;
        }
        hour = g_new0(Hour, 1);
        hour->store = g_strdup(store_id);
        hour->gtin = g_strdup(gtin);
        hour->lot = g_strdup(lot);
        hour->hour_ms = hour_ms;
        g_hash_table_insert(store->pending->hours, g_strdup(key), hour);
    }
    if (store->in_part) {
        Undo undo = {.hour = hour, .hour_was = *hour};
        g_array_append_val(store->pending->undo, undo);
    }
    hour->units += units;
    hour->amount += amount_minor;
    hour->tickets += tickets;
    return true;
}
