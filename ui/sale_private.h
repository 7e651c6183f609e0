/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of the sale screen share; no one else includes it. */
#pragma once
#include "ui/cart_model.h"
#include "ui/sale_view.h"
#include "ui/scale_view.h"
#include "ui/task_view.h"

G_BEGIN_DECLS

typedef enum { ASK_CODE, ASK_WEIGHT, ASK_QUANTITY, ASK_MANAGER_PIN, ASK_TASK } UiSaleAsking;
/* What F7 and the message's button do next. */
typedef enum { OFFER_NONE, OFFER_APPROVE, OFFER_TEACH, OFFER_AGE, OFFER_TICKETS } UiSaleOffer;
typedef enum { NOTICE_NONE, NOTICE_ERROR, NOTICE_PRICE, NOTICE_VOID, NOTICE_LIFT } UiSaleNotice;

struct _UiSaleView {
    AdwBin parent;
    UiPicker *picker;
    UiPad *pad;
    GtkListView *cart;
    GtkStack *cart_stack;
    GtkLabel *cart_title, *count, *total, *notice_title, *notice_text;
    GtkRevealer *notice;
    GtkWidget *notice_box, *confirm, *lift, *camera;
    GtkBox *managers;
    GtkStack *left;
    UiTaskView *task;
    GtkBox *panes;
    GtkWidget *pad_pane, *quick;
    UiScaleView *scale;
    PosScaleCondition scale_condition;
    AdwStatusPage *nothing; /* instead of lines */
    GtkWidget *line_tools;
    GtkButton *pay, *void_cart;
    GtkToggleButton *price_check;
    UiCartModel *model;
    GtkSingleSelection *selection;
    PosCurrency currency;
    GPtrArray *manager_names; /* PosOperator* of role manager */
    UiSaleAsking asking;
    UiSaleNotice showing;
    int quantity_line, years;
    guint answers;
    PosTillCommand *last; /* what was sent last: what a manager may approve; NULL nothing */
    char *approver;
    UiSaleOffer offer;
    char *time_zone;
    GPtrArray *departments; /* PosDepartment* */
    bool left_hand, credits;
};

/* --- sale_view.c ---------------------------------------------------------------------------------- */

/* Emits "command"; keeps what a second person may have to approve. Borrowed. */
void ui_sale_command(UiSaleView *self, const PosTillCommand *value);

/* --- sale_questions.c ------------------------------------------------------------------------------ */

/* NULL: the cart is empty. Borrowed. */
UiCartLine *ui_sale_selected_line(UiSaleView *self);
void ui_sale_begin_task(UiSaleView *self, UiTaskKind kind);
void ui_sale_on_task_asks(UiSaleView *self);
void ui_sale_on_task_command(UiSaleView *self, const PosTillCommand *value);
void ui_sale_on_task_act(UiSaleView *self, const char *what);
void ui_sale_on_task_refused(UiSaleView *self, const char *sentence);
/* The pad takes codes again; a task that was open is over. */
void ui_sale_ask_code(UiSaleView *self);
/* The scale stands on the screen while an item waits for it. */
void ui_sale_reveal_scale(UiSaleView *self);
/* The message row; title and text may be NULL. What it offered before is gone. */
void ui_sale_set_notice(UiSaleView *self, UiSaleNotice notice, const char *title, const char *text);
void ui_sale_set_offer(UiSaleView *self, UiSaleOffer offer);
void ui_sale_clear_notice(UiSaleView *self);
/* F7: what the message offers. */
void ui_sale_take_offer(UiSaleView *self);
void ui_sale_ask_manager_pin(UiSaleView *self, const PosOperator *manager);
/* Who approves the last command. sentence: why someone has to; nullable. */
void ui_sale_ask_approval(UiSaleView *self, const char *sentence);
void ui_sale_on_manager_clicked(GtkButton *button, UiSaleView *self);
/* NULL: no manager's. Borrowed. */
const PosOperator *ui_sale_manager_of_badge(UiSaleView *self, const char *text);
/* The last command once more, with a second person: by pin or by badge, the other NULL. */
void ui_sale_approve(UiSaleView *self, const char *pin, const char *badge);

/* --- sale_line.c ----------------------------------------------------------------------------------- */

/* Does what the line says. */
void ui_sale_send_line(UiSaleView *self);
void ui_sale_on_picked(UiSaleView *self, const char *gtin);
void ui_sale_on_pad_accepted(UiSaleView *self, const char *text);

/* --- sale_acts.c ----------------------------------------------------------------------------------- */

void ui_sale_ask_quantity(UiSaleView *self);
void ui_sale_step_quantity(UiSaleView *self, int64_t step);
/* container: its name, "" what lies on the scale, NULL none any more. */
void ui_sale_tare(UiSaleView *self, const char *container);
void ui_sale_zero(UiSaleView *self);
void ui_sale_on_price_check_toggled(UiSaleView *self);

G_END_DECLS
