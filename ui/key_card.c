/* SPDX-License-Identifier: GPL-3.0-or-later
 * The card: one list of rows for the screen and for paper. */
#include "ui/key_card.h"

#include "pos/error.h"
#include "ui/sale_keys.h"
#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define A4_WIDTH_PT 595.0
#define A4_HEIGHT_PT 842.0
#define MARGIN_PT 40.0
#define ROW_PT 19.0
#define KEY_PT 150.0
#define COLUMNS 3

struct _UiKeyCard {
    AdwBin parent;
};
G_DEFINE_FINAL_TYPE(UiKeyCard, ui_key_card, ADW_TYPE_BIN)

typedef void (*RowFunc)(const char *key, const char *words, void *user);

/* Each row of the card; key NULL: a heading. */
static void each_row(RowFunc row, void *user)
{
    gsize count = 0;
    const UiSaleKey *keys = ui_sale_keys(&count);
    row(NULL, _("Keys of the sale"), user);
    bool letters = false;
    for (gsize i = 0; i < count; i++) {
        const bool again = i > 0 && strcmp(keys[i].act, keys[i - 1].act) == 0;
        const bool both = i + 1 < count && strcmp(keys[i].act, keys[i + 1].act) == 0;
        g_autofree char *pair =
            both ? g_strdup_printf("%s  %s", keys[i].key, keys[i + 1].key) : NULL;
        if (!letters && keys[i].with != 0) {
            row("F5", _("Camera"), user);
            row("Alt+C", _("Drawer"), user);
            row("Alt+F", _("Receipts"), user);
            row("Alt+L", _("Lock the till"), user);
            row("Alt+A  Alt+Y", _("Print again what perhaps did not come out; it did"), user);
            row(NULL, _("With letters"), user);
            letters = true;
        }
        if (!again) {
            row(both ? pair : keys[i].key, _(keys[i].label), user);
        }
    }
    row(NULL, _("What may be typed"), user);
    const char *const *typed = ui_sale_keys_typed();
    for (gsize i = 0; typed[i] != NULL; i += 2) {
        row(typed[i], _(typed[i + 1]), user);
    }
}

/* --- paper ------------------------------------------------------------------------------------------- */

typedef struct {
    cairo_t *cairo;
    double y;
} Paper;

static void draw_text(Paper *paper, const char *text, double x, const char *font)
{
    PangoLayout *layout = pango_cairo_create_layout(paper->cairo);
    PangoFontDescription *description = pango_font_description_from_string(font);
    pango_layout_set_font_description(layout, description);
    pango_layout_set_text(layout, text, -1);
    cairo_move_to(paper->cairo, x, paper->y);
    pango_cairo_show_layout(paper->cairo, layout);
    pango_font_description_free(description);
    g_object_unref(layout);
}

static void draw_row(const char *key, const char *words, void *user)
{
    Paper *paper = user;
    if (key == NULL) {
        paper->y += 6;
        draw_text(paper, words, MARGIN_PT, "Noto Sans, Noto Sans CJK KR Bold 12");
        paper->y += ROW_PT + 4;
        return;
    }
    draw_text(paper, key, MARGIN_PT, "Noto Sans Mono, Noto Sans CJK KR Bold 10");
    draw_text(paper, words, MARGIN_PT + KEY_PT, "Noto Sans, Noto Sans CJK KR 10");
    paper->y += ROW_PT - 2;
}

static void draw_card(cairo_t *cairo)
{
    Paper paper = {cairo, MARGIN_PT};
    cairo_set_source_rgb(cairo, 0, 0, 0);
    each_row(draw_row, &paper);
}

bool ui_key_card_save(const char *path, GError **error)
{
    cairo_surface_t *surface = cairo_pdf_surface_create(path, A4_WIDTH_PT, A4_HEIGHT_PT);
    cairo_t *cairo = cairo_create(surface);
    draw_card(cairo);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    const bool fine = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    if (!fine) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("The card %s cannot be written; check the folder and its free space."), path);
    }
    return fine;
}

static void on_draw_page(GtkPrintOperation *operation, GtkPrintContext *context, int page,
                         gpointer user)
{
    draw_card(gtk_print_context_get_cairo_context(context));
}

static void on_print(UiKeyCard *self)
{
    g_autoptr(GtkPrintOperation) operation = gtk_print_operation_new();
    GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(self));
    gtk_print_operation_set_n_pages(operation, 1);
    gtk_print_operation_set_use_full_page(operation, TRUE);
    gtk_print_operation_set_unit(operation, GTK_UNIT_POINTS);
    gtk_print_operation_set_job_name(operation, _("All keys"));
    gtk_print_operation_set_allow_async(operation, TRUE);
    g_signal_connect(operation, "draw-page", G_CALLBACK(on_draw_page), NULL);
    gtk_print_operation_run(operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG,
                            GTK_IS_WINDOW(root) ? GTK_WINDOW(root) : NULL, NULL);
}

/* --- the screen ---------------------------------------------------------------------------------------- */

static void on_close(UiKeyCard *self)
{
    g_signal_emit_by_name(self, "closed");
}

typedef struct {
    GtkGrid *grids[COLUMNS];
    int which, row;
} Screen;

static void add_row(const char *key, const char *words, void *user)
{
    Screen *screen = user;
    GtkWidget *text = gtk_label_new(words);
    gtk_label_set_xalign(GTK_LABEL(text), 0);
    gtk_label_set_wrap(GTK_LABEL(text), TRUE);
    if (key == NULL) {
        screen->which += screen->row > 0;
        screen->row = 0;
        gtk_widget_add_css_class(text, "title-3");
        gtk_grid_attach(screen->grids[screen->which], text, 0, screen->row++, 2, 1);
        return;
    }
    GtkWidget *cap = gtk_label_new(key);
    gtk_widget_add_css_class(cap, "key-cap");
    gtk_widget_set_halign(cap, GTK_ALIGN_START);
    gtk_grid_attach(screen->grids[screen->which], cap, 0, screen->row, 1, 1);
    gtk_grid_attach(screen->grids[screen->which], text, 1, screen->row++, 1, 1);
}

gboolean ui_key_card_key(UiKeyCard *self, guint keyval)
{
    if (keyval != GDK_KEY_Escape && keyval != GDK_KEY_F1) {
        return FALSE;
    }
    on_close(self);
    return TRUE;
}

static GtkWidget *head_button(UiKeyCard *self, const char *label, GCallback clicked)
{
    GtkWidget *button = gtk_button_new_with_label(label);
    gtk_widget_add_css_class(button, "setup-button");
    g_signal_connect_swapped(button, "clicked", clicked, self);
    return button;
}

static void ui_key_card_class_init(UiKeyCardClass *class)
{
    g_signal_new("closed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                 G_TYPE_NONE, 0);
}

static void ui_key_card_init(UiKeyCard *self)
{
    Screen screen = {0};
    GtkWidget *page = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *head = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 10);
    GtkWidget *title = gtk_label_new(_("All keys"));
    GtkWidget *both = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 40);
    GtkWidget *scroller = gtk_scrolled_window_new();
    gtk_widget_add_css_class(title, "title-1");
    gtk_label_set_xalign(GTK_LABEL(title), 0);
    gtk_widget_set_hexpand(title, TRUE);
    gtk_box_append(GTK_BOX(head), title);
    gtk_box_append(GTK_BOX(head),
                   head_button(self, _("Print or save as PDF"), G_CALLBACK(on_print)));
    gtk_box_append(GTK_BOX(head), head_button(self, _("Close (Esc)"), G_CALLBACK(on_close)));
    for (int i = 0; i < COLUMNS; i++) {
        screen.grids[i] = GTK_GRID(gtk_grid_new());
        gtk_grid_set_row_spacing(screen.grids[i], 6);
        gtk_grid_set_column_spacing(screen.grids[i], 16);
        gtk_box_append(GTK_BOX(both), GTK_WIDGET(screen.grids[i]));
    }
    each_row(add_row, &screen);
    gtk_widget_set_halign(both, GTK_ALIGN_CENTER);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroller), both);
    gtk_widget_set_vexpand(scroller, TRUE);
    gtk_widget_add_css_class(page, "setup-page");
    gtk_box_append(GTK_BOX(page), head);
    gtk_box_append(GTK_BOX(page), scroller);
    adw_bin_set_child(ADW_BIN(self), page);
}

GtkWidget *ui_key_card_new(void)
{
    return g_object_new(UI_TYPE_KEY_CARD, NULL);
}
