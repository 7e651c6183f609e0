/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the manager's screens share: the desk's thread, the shop's words and money, ways to say something and to ask for one
 * value. A screen is a widget made by `build`, refreshed by `show`; it asks the desk, and shows what comes. Main thread. */
#pragma once
#include "pos/store_manage.h"
#include "ui/manage_thread.h"
#include <adwaita.h>

G_BEGIN_DECLS

typedef struct UiManager UiManager;
typedef struct UiManagerPage UiManagerPage;

struct UiManager {
    UiManageThread *thread;
    PosStore *store; /* read only, of the main thread: names, prices, rows */
    PosCurrency currency;
    GTimeZone *zone; /* owned */
    char *operator_id, *operator_name;
    GtkLabel *said;    /* one sentence for the whole window */
    GtkWidget *prompt; /* a question with one entry, below the page */
    GtkLabel *prompt_label;
    GtkEditable *prompt_entry;
    void (*prompt_done)(GtkWidget *page, const char *text);
    GtkWidget *prompt_page;
    void (*go)(UiManager *manager, const char *page); /* of the window */
    gpointer window;
};

struct UiManagerPage {
    const char *name, *title; /* title translatable */
    GtkWidget *(*build)(UiManager *manager);
    void (*show)(GtkWidget *page); /* it is seen now, or what it shows has changed */
    gboolean (*key)(GtkWidget *page,
                    guint keyval); /* nullable: one key, when no entry has the focus */
};
extern const UiManagerPage ui_manager_morning_page, ui_manager_inventory_page,
    ui_manager_receive_page, ui_manager_count_page, ui_manager_waste_page, ui_manager_order_page,
    ui_manager_price_page, ui_manager_recall_page, ui_manager_figures_page, ui_manager_inbox_page,
    ui_manager_people_page, ui_manager_setup_page;

/* The state that a page keeps at its widget, and the manager that it was built with. */
void ui_manager_page_set(GtkWidget *page, UiManager *manager, gpointer state,
                         GDestroyNotify destroy);
gpointer ui_manager_page_state(GtkWidget *page);
UiManager *ui_manager_page_manager(GtkWidget *page);

/* Asks the desk (request stolen). done (nullable) gets the answer, borrowed, also a refusal, which was said already. */
void ui_manager_ask(GtkWidget *page, json_t *request,
                    void (*done)(GtkWidget *page, const json_t *answer));
/* The same for a decision: says `sentence` when it was written, and shows the page anew. */
void ui_manager_decide(GtkWidget *page, json_t *request, const char *sentence);
/* A sentence of a kind ("error", "info", "good", "warning"). */
void ui_manager_say(UiManager *manager, const char *kind, const char *text);
/* Asks for one value below the page; Return answers, Escape gives up. */
void ui_manager_prompt(GtkWidget *page, const char *question, const char *text,
                       void (*done)(GtkWidget *page, const char *text));

/* Words. Owned. */
char *ui_manager_money(const UiManager *manager, int64_t minor);
char *ui_manager_amount(int64_t units, bool by_weight); /* "12", "1.250 kg" */
char *ui_manager_name(UiManager *manager, const char *gtin);
char *ui_manager_category(UiManager *manager, const char *id);        /* its name, else the id */
char *ui_manager_when(const UiManager *manager, const char *rfc3339); /* "23 Nov 09:10" */
/* What a person typed: pieces, or kilograms as grams; an amount of money as minor units. -1 when it is neither. */
int64_t ui_manager_read_quantity(const char *text, bool by_weight);
int64_t ui_manager_read_money(const UiManager *manager, const char *text);
/* Money as it would be typed: "12.50". Owned. */
char *ui_manager_typed_money(const UiManager *manager, int64_t minor);

const char *ui_manager_text(const json_t *object, const char *member);
int64_t ui_manager_number(const json_t *object, const char *member);

/* ui_form_button() whose words stay on one line. */
GtkWidget *ui_manager_button(const char *label, const char *css_class, GCallback clicked,
                             gpointer user);
/* A title with what stands beside it, and a page's box with it on top. */
GtkWidget *ui_manager_frame(const char *title, GtkWidget **out_bar);
/* A list of rows that is empty with a sentence. */
GtkWidget *ui_manager_list(GtkListBox **out_list, const char *when_empty);
void ui_manager_list_clear(GtkListBox *list);
/* A row of words at the left and words at the right; each nullable. */
GtkWidget *ui_manager_row(const char *title, const char *detail, const char *right,
                          const char *right_class);

G_END_DECLS
