/* SPDX-License-Identifier: GPL-3.0-or-later
 * The cart's list model: compares the new cart with what is shown by line number and reports only the range
 * that differs. Line objects hold copies of their value. */
#include "ui/cart_model.h"

#include "ui/closures.h"
#include <glib/gi18n-lib.h>
#include <string.h>

struct _UiCartLine {
    GObject parent;
    PosCartLine value;
    PosCurrency currency;
    int64_t price_at_ms, now_ms;
};
G_DEFINE_FINAL_TYPE(UiCartLine, ui_cart_line, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_NAME,
    PROP_DETAIL,
    PROP_QUANTITY,
    PROP_PRICE,
    PROP_AMOUNT,
    PROP_AGE,
    PROP_FRESHNESS,
    PROP_FRESHNESS_CLASSES,
    PROP_SUMMARY,
    PROP_COUNT
};

const PosCartLine *ui_cart_line_value(UiCartLine *self)
{
    return &self->value;
}

/* Discounts, deposits and goods without a code have no lot: they are neither fresh nor old. */
static bool is_goods(UiCartLine *self)
{
    return self->value.kind == POS_LINE_GOODS || self->value.kind == POS_LINE_BAG;
}

static char *line_price(UiCartLine *self)
{
    if (self->value.kind == POS_LINE_DISCOUNT) {
        return g_strdup("");
    }
    g_autofree char *price =
        ui_format_unit_price(self->value.price, self->value.quantity.unit, &self->currency);
    g_autofree char *quantity = ui_format_quantity(self->value.quantity);
    if (self->value.weighed_by_hand) {
        /* Translators: %1$s is a weight that was typed, %2$s a price per kilogram. */
        return g_strdup_printf(_("%1$s typed × %2$s"), quantity, price);
    }
    return g_strdup_printf("%s × %s", quantity, price);
}

static char *line_freshness(UiCartLine *self)
{
    if (!is_goods(self)) {
        return g_strdup("");
    }
    g_autofree char *words = pos_freshness_words(self->value.freshness);
    if (self->value.lifted_by != NULL && self->value.lifted_by[0] != '\0') {
        /* Translators: %1$s says how fresh, %2$s is the manager who allowed the sale. */
        return g_strdup_printf(_("%1$s, allowed by %2$s"), words, self->value.lifted_by);
    }
    return g_steal_pointer(&words);
}

static char *line_summary(UiCartLine *self)
{
    g_autofree char *price = line_price(self);
    g_autofree char *amount = pos_money_format(self->value.amount, &self->currency);
    g_autofree char *fresh = line_freshness(self);
    return g_strdup_printf("%s, %s, %s, %s", pos_names_in(&self->value.names, ui_language()), price,
                           amount, fresh);
}

static void ui_cart_line_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    UiCartLine *self = UI_CART_LINE(object);
    switch (id) {
    case PROP_NAME:
        g_value_set_string(value, pos_names_in(&self->value.names, ui_language()));
        break;
    case PROP_DETAIL:
        g_value_take_string(value, ui_format_source(self->value.lot, self->value.origin));
        break;
    case PROP_QUANTITY:
        g_value_take_string(value, ui_format_quantity(self->value.quantity));
        break;
    case PROP_PRICE:
        g_value_take_string(value, line_price(self));
        break;
    case PROP_AMOUNT:
        g_value_take_string(value, pos_money_format(self->value.amount, &self->currency));
        break;
    case PROP_AGE:
        g_value_take_string(value, is_goods(self)
                                       ? ui_format_price_age(self->price_at_ms, self->now_ms)
                                       : g_strdup(""));
        break;
    case PROP_FRESHNESS:
        g_value_take_string(value, line_freshness(self));
        break;
    case PROP_FRESHNESS_CLASSES: {
        const char *colour = ui_freshness_class(self->value.freshness.colour);
        const char *classes[] = {is_goods(self) ? "freshness" : "plain",
                                 is_goods(self) ? colour : NULL, NULL};
        g_value_set_boxed(value, classes);
        break;
    }
    case PROP_SUMMARY:
        g_value_take_string(value, line_summary(self));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void ui_cart_line_finalize(GObject *object)
{
    pos_cart_line_clear(&UI_CART_LINE(object)->value);
    G_OBJECT_CLASS(ui_cart_line_parent_class)->finalize(object);
}

static const char *const line_properties[PROP_COUNT] = {
    [PROP_NAME] = "name",           [PROP_DETAIL] = "detail",
    [PROP_QUANTITY] = "quantity",   [PROP_PRICE] = "price",
    [PROP_AMOUNT] = "amount",       [PROP_AGE] = "age",
    [PROP_FRESHNESS] = "freshness", [PROP_FRESHNESS_CLASSES] = "freshness-classes",
    [PROP_SUMMARY] = "summary",
};

static void ui_cart_line_class_init(UiCartLineClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
    object_class->get_property = ui_cart_line_get_property;
    object_class->finalize = ui_cart_line_finalize;
    for (guint i = PROP_0 + 1; i < PROP_COUNT; i++) {
        g_object_class_install_property(
            object_class, i,
            i == PROP_FRESHNESS_CLASSES
                ? g_param_spec_boxed(line_properties[i], NULL, NULL, G_TYPE_STRV, flags)
                : g_param_spec_string(line_properties[i], NULL, NULL, NULL, flags));
    }
}

static void ui_cart_line_init(UiCartLine *self)
{
}

static bool lines_equal(const PosCartLine *a, const PosCartLine *b)
{
    return a->quantity.unit == b->quantity.unit && a->quantity.value == b->quantity.value &&
           a->price.minor == b->price.minor && a->amount.minor == b->amount.minor &&
           a->price_version == b->price_version && a->freshness.reason == b->freshness.reason &&
           a->freshness.colour == b->freshness.colour &&
           a->freshness.days_left == b->freshness.days_left && a->kind == b->kind &&
           g_strcmp0(a->lot, b->lot) == 0 && g_strcmp0(a->lifted_by, b->lifted_by) == 0 &&
           strcmp(a->gtin, b->gtin) == 0;
}

static void line_notify(UiCartLine *self, bool age_only)
{
    for (guint i = PROP_0 + 1; i < PROP_COUNT; i++) {
        if (!age_only || i == PROP_AGE) {
            g_object_notify(G_OBJECT(self), line_properties[i]);
        }
    }
}

static void line_update(UiCartLine *self, const PosCartLine *value, const PosCurrency *currency,
                        int64_t price_at_ms, int64_t now_ms)
{
    const bool same = lines_equal(&self->value, value);
    self->currency = *currency;
    self->price_at_ms = price_at_ms;
    self->now_ms = now_ms;
    if (!same) {
        PosCartLine old = self->value;
        self->value = pos_cart_line_copy(value);
        pos_cart_line_clear(&old);
    }
    line_notify(self, same);
}

struct _UiCartModel {
    GObject parent;
    GPtrArray *lines; /* UiCartLine* */
    PosCurrency currency;
    PosMoney total;
};

static GType model_item_type(GListModel *list)
{
    return UI_TYPE_CART_LINE;
}

static guint model_n_items(GListModel *list)
{
    return UI_CART_MODEL(list)->lines->len;
}

static gpointer model_item(GListModel *list, guint position)
{
    UiCartModel *self = UI_CART_MODEL(list);
    return position < self->lines->len ? g_object_ref(self->lines->pdata[position]) : NULL;
}

static void model_interface_init(GListModelInterface *iface)
{
    iface->get_item_type = model_item_type;
    iface->get_n_items = model_n_items;
    iface->get_item = model_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE(UiCartModel, ui_cart_model, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, model_interface_init))

static void ui_cart_model_finalize(GObject *object)
{
    g_ptr_array_unref(UI_CART_MODEL(object)->lines);
    G_OBJECT_CLASS(ui_cart_model_parent_class)->finalize(object);
}

static void ui_cart_model_class_init(UiCartModelClass *class)
{
    G_OBJECT_CLASS(class)->finalize = ui_cart_model_finalize;
}

static void ui_cart_model_init(UiCartModel *self)
{
    self->lines = g_ptr_array_new_with_free_func(g_object_unref);
    const bool known = pos_currency_from_code("KRW", &self->currency);
    g_assert(known);
}

UiCartModel *ui_cart_model_new(void)
{
    return g_object_new(UI_TYPE_CART_MODEL, NULL);
}

void ui_cart_model_set_currency(UiCartModel *self, const PosCurrency *currency)
{
    self->currency = *currency;
}

static int line_number(UiCartModel *self, guint index)
{
    return UI_CART_LINE(self->lines->pdata[index])->value.line;
}

void ui_cart_model_set_cart(UiCartModel *self, const PosCart *cart, const int64_t *price_at_ms,
                            int64_t now_ms)
{
    g_assert(cart != NULL);
    const guint old_count = self->lines->len;
    const guint new_count = (guint)pos_cart_count(cart);
    guint head = 0, tail = 0;
    while (head < old_count && head < new_count &&
           line_number(self, head) == pos_cart_at(cart, head)->line) {
        head++;
    }
    while (tail < old_count - head && tail < new_count - head &&
           line_number(self, old_count - 1 - tail) ==
               pos_cart_at(cart, new_count - 1 - tail)->line) {
        tail++;
    }
    const guint removed = old_count - head - tail, added = new_count - head - tail;
    if (removed > 0) {
        g_ptr_array_remove_range(self->lines, head, removed);
    }
    for (guint i = 0; i < added; i++) {
        g_ptr_array_insert(self->lines, (int)(head + i), g_object_new(UI_TYPE_CART_LINE, NULL));
    }
    for (guint i = 0; i < new_count; i++) {
        line_update(self->lines->pdata[i], pos_cart_at(cart, i), &self->currency,
                    price_at_ms != NULL ? price_at_ms[i] : 0, now_ms);
    }
    self->total = pos_cart_total(cart);
    if (removed > 0 || added > 0) {
        g_list_model_items_changed(G_LIST_MODEL(self), head, removed, added);
    }
}

void ui_cart_model_set_now(UiCartModel *self, int64_t now_ms)
{
    for (guint i = 0; i < self->lines->len; i++) {
        UiCartLine *line = self->lines->pdata[i];
        line->now_ms = now_ms;
        line_notify(line, true);
    }
}

int ui_cart_model_position(UiCartModel *self, int line)
{
    for (guint i = 0; i < self->lines->len; i++) {
        if (line_number(self, i) == line) {
            return (int)i;
        }
    }
    return -1;
}

char *ui_cart_model_total(UiCartModel *self)
{
    return pos_money_format(self->total, &self->currency);
}
