/* SPDX-License-Identifier: GPL-3.0-or-later
 * Rows on demand. An item stands for a place of the list: another order or search changes the rows at the places and only takes
 * places away from, or adds them to, the end, so that the widgets on the screen stay and get other words. */
#include "ui/manager_rows.h"

#define KEPT_MAX 4000
#define WIDGETS 240 /* GtkColumnView makes widgets for some 200 rows, whatever fits on the screen */
#define AT_ONCE 12  /* rows whose widgets are made or dropped between two frames */

struct _UiInventoryItem {
    GObject parent;
    PosStore *store; /* borrowed */
    int64_t id;
    PosInventoryRow *row; /* read when it is asked for */
    bool is_read;
};
G_DEFINE_FINAL_TYPE(UiInventoryItem, ui_inventory_item, G_TYPE_OBJECT)

const PosInventoryRow *ui_inventory_item_row(UiInventoryItem *self)
{
    if (!self->is_read) {
        self->is_read = true;
        self->row = pos_store_inventory_row(self->store, self->id);
    }
    return self->row;
}

static void item_take(UiInventoryItem *self, int64_t id)
{
    if (id == self->id && self->is_read && id == 0) {
        return;
    }
    g_clear_pointer(&self->row, pos_inventory_row_free);
    self->is_read = false;
    self->id = id;
    g_signal_emit_by_name(self, "changed");
}

static void ui_inventory_item_finalize(GObject *object)
{
    pos_inventory_row_free(UI_INVENTORY_ITEM(object)->row);
    G_OBJECT_CLASS(ui_inventory_item_parent_class)->finalize(object);
}

static void ui_inventory_item_class_init(UiInventoryItemClass *class)
{
    G_OBJECT_CLASS(class)->finalize = ui_inventory_item_finalize;
    g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_inventory_item_init(UiInventoryItem *self)
{
    (void)self;
}

struct _UiInventoryRows {
    GObject parent;
    PosStore *store;
    GArray *ids;
    guint shown;      /* places that the view has; follows the count of ids in steps */
    guint steps;      /* idle source; 0 none */
    GHashTable *kept; /* position to UiInventoryItem */
};

static GType rows_item_type(GListModel *model)
{
    (void)model;
    return UI_TYPE_INVENTORY_ITEM;
}

static guint rows_count(GListModel *model)
{
    return UI_INVENTORY_ROWS(model)->shown;
}

/* Nobody but us holds it; what is on the screen has to go on hearing of changes. */
static gboolean is_unseen(gpointer position, gpointer item, gpointer user)
{
    (void)position;
    (void)user;
    return G_OBJECT(item)->ref_count == 1;
}

static gpointer rows_get(GListModel *model, guint position)
{
    UiInventoryRows *self = UI_INVENTORY_ROWS(model);
    if (position >= self->shown) {
        return NULL;
    }
    UiInventoryItem *item = g_hash_table_lookup(self->kept, GUINT_TO_POINTER(position));
    if (item != NULL) {
        return g_object_ref(item);
    }
    if (g_hash_table_size(self->kept) >= KEPT_MAX) {
        g_hash_table_foreach_remove(self->kept, is_unseen, NULL);
    }
    item = g_object_new(UI_TYPE_INVENTORY_ITEM, NULL);
    item->store = self->store;
    item->id = position < self->ids->len ? g_array_index(self->ids, int64_t, position) : 0;
    g_hash_table_insert(self->kept, GUINT_TO_POINTER(position), g_object_ref(item));
    return item;
}

static void list_model_init(GListModelInterface *interface)
{
    interface->get_item_type = rows_item_type;
    interface->get_n_items = rows_count;
    interface->get_item = rows_get;
}

G_DEFINE_FINAL_TYPE_WITH_CODE(UiInventoryRows, ui_inventory_rows, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, list_model_init))

/* One step of the view's length towards that of the list. */
static gboolean step(gpointer user)
{
    UiInventoryRows *self = user;
    guint wanted = self->ids->len, before = self->shown;
    if (before > wanted) {
        self->shown =
            before > WIDGETS ? MAX(wanted, WIDGETS) : MAX(wanted, before - MIN(AT_ONCE, before));
    } else if (before < wanted) {
        self->shown = before >= WIDGETS ? wanted : MIN(wanted, before + AT_ONCE);
    }
    if (before > self->shown) {
        g_list_model_items_changed(G_LIST_MODEL(self), self->shown, before - self->shown, 0);
    } else if (before < self->shown) {
        g_list_model_items_changed(G_LIST_MODEL(self), before, 0, self->shown - before);
    }
    if (self->shown != wanted) {
        return G_SOURCE_CONTINUE;
    }
    self->steps = 0;
    return G_SOURCE_REMOVE;
}

void ui_inventory_rows_set(UiInventoryRows *self, GArray *ids)
{
    GHashTableIter iter;
    void *position, *item;
    g_array_unref(self->ids);
    self->ids = ids;
    g_hash_table_iter_init(&iter, self->kept);
    while (g_hash_table_iter_next(&iter, &position, &item)) {
        guint at = GPOINTER_TO_UINT(position);
        if (G_OBJECT(item)->ref_count == 1) {
            g_hash_table_iter_remove(&iter);
        } else { /* 0 is no row: a place that is about to go is empty */
            item_take(item, at < ids->len ? g_array_index(ids, int64_t, at) : 0);
        }
    }
    if (self->shown != ids->len && self->steps == 0) {
        self->steps = g_idle_add(step, self);
    }
}

UiInventoryRows *ui_inventory_rows_new(PosStore *store)
{
    UiInventoryRows *self = g_object_new(UI_TYPE_INVENTORY_ROWS, NULL);
    self->store = store;
    return self;
}

static void ui_inventory_rows_finalize(GObject *object)
{
    UiInventoryRows *self = UI_INVENTORY_ROWS(object);
    g_clear_handle_id(&self->steps, g_source_remove);
    g_array_unref(self->ids);
    g_hash_table_unref(self->kept);
    G_OBJECT_CLASS(ui_inventory_rows_parent_class)->finalize(object);
}

static void ui_inventory_rows_class_init(UiInventoryRowsClass *class)
{
    G_OBJECT_CLASS(class)->finalize = ui_inventory_rows_finalize;
}

static void ui_inventory_rows_init(UiInventoryRows *self)
{
    self->ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    self->kept = g_hash_table_new_full(NULL, NULL, NULL, g_object_unref);
}
