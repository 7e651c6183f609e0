/* SPDX-License-Identifier: GPL-3.0-or-later
 * The ends of the values that cross from the store thread to the screens. */
#include "ui/till_values.h"

void ui_answer_free(UiAnswer *answer)
{
    if (answer != NULL) {
        pos_till_event_free(answer->event);
        g_free(answer->price_at_ms);
        g_free(answer);
    }
}

void ui_tile_free(UiTile *tile)
{
    if (tile != NULL) {
        pos_product_free(tile->product);
        g_free(tile->why);
        g_free(tile);
    }
}

void ui_shop_free(UiShop *shop)
{
    if (shop != NULL) {
        pos_store_settings_clear(&shop->settings);
        g_clear_pointer(&shop->operators, g_ptr_array_unref);
        g_clear_pointer(&shop->categories, g_ptr_array_unref);
        g_clear_pointer(&shop->tares, g_ptr_array_unref);
        g_clear_pointer(&shop->departments, g_ptr_array_unref);
        g_free(shop);
    }
}

void ui_scale_free(UiScale *scale)
{
    if (scale != NULL) {
        ui_answer_free(scale->answer);
        g_free(scale);
    }
}

void ui_header_free(UiHeader *header)
{
    if (header != NULL) {
        pos_till_status_clear(&header->status);
        g_free(header->fault);
        g_free(header->printer);
        g_free(header->held_name);
        g_free(header);
    }
}

void ui_receipt_free(UiReceipt *receipt)
{
    if (receipt != NULL) {
        g_clear_pointer(&receipt->rows, g_ptr_array_unref);
        g_free(receipt->qr_text);
        g_free(receipt->pdf);
        g_free(receipt);
    }
}
