/* SPDX-License-Identifier: GPL-3.0-or-later
 * Rows on demand. What was read is kept while it is among the last few thousand that were looked at. */
#include "ui/manager_rows.h"

#define KEPT_MAX 4000

struct _UiInventoryItem {
    GObject parent;
    PosInventoryRow *row;
};
G_DEFINE_FINAL_TYPE(UiInventoryItem, ui_inventory_item, G_TYPE_OBJECT)

const PosInventoryRow *ui_inventory_item_row(UiInventoryItem *self)
{
    return self->row;
}

static void ui_inventory_item_finalize(GObject *object)
{
    pos_inventory_row_free(UI_INVENTORY_ITEM(object)->row);
    G_OBJECT_CLASS(ui_inventory_item_parent_class)->finalize(object);
}

static void ui_inventory_item_class_init(UiInventoryItemClass *class)
{
    G_OBJECT_CLASS(class)->finalize = ui_inventory_item_finalize;
}

static void ui_inventory_item_init(UiInventoryItem *self)
{
    (void)self;
}

struct _UiInventoryRows {
    GObject parent;
    PosStore *store;
    GArray *ids;
    GHashTable *kept; /* position to UiInventoryItem */
};

static GType rows_item_type(GListModel *model)
{
    (void)model;
    return UI_TYPE_INVENTORY_ITEM;
}

static guint rows_count(GListModel *model)
{
    return UI_INVENTORY_ROWS(model)->ids->len;
}

static gpointer rows_get(GListModel *model, guint position)
{
    UiInventoryRows *self = UI_INVENTORY_ROWS(model);
    if (position >= self->ids->len) {
        return NULL;
    }
    UiInventoryItem *item = g_hash_table_lookup(self->kept, GUINT_TO_POINTER(position));
    if (item != NULL) {
        return g_object_ref(item);
    }
    if (g_hash_table_size(self->kept) >= KEPT_MAX) {
        g_hash_table_remove_all(self->kept);
    }
    item = g_object_new(UI_TYPE_INVENTORY_ITEM, NULL);
    item->row = pos_store_inventory_row(self->store, g_array_index(self->ids, int64_t, position));
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

void ui_inventory_rows_set(UiInventoryRows *self, GArray *ids)
{
    guint before = self->ids->len;
    g_array_unref(self->ids);
    self->ids = ids;
    g_hash_table_remove_all(self->kept);
    g_list_model_items_changed(G_LIST_MODEL(self), 0, before, ids->len);
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
