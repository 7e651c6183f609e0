/* SPDX-License-Identifier: GPL-3.0-or-later
 * What takes more than one key at the till, as questions one after the other: a discount, another price, a department key,
 * a bottle that comes back, an unknown item, the buyer's age, suspended tickets, goods taken back. Answers go in, questions
 * and commands of the till come out. Pure: no widget, no clock, no store. */
#pragma once
#include "pos/till.h"

G_BEGIN_DECLS

typedef enum {
    UI_TASK_MORE = 0, /* what has no button of its own */
    UI_TASK_DISCOUNT,
    UI_TASK_PRICE,
    UI_TASK_SHOWN, /* the shopper was shown a lower price */
    UI_TASK_DEPARTMENT,
    UI_TASK_BOTTLE,
    UI_TASK_TEACH,
    UI_TASK_AGE,
    UI_TASK_TICKETS,
    UI_TASK_TAKE_BACK,
    UI_TASK_COUNT,
} UiTaskKind;

/* What a task has to know of the sale. Borrowed for ui_task_new(). */
typedef struct {
    PosCurrency currency;
    const char *time_zone;        /* IANA; NULL the machine's */
    int line;                     /* the chosen line, 0 none */
    const char *line_name;        /* nullable when there is none */
    const GPtrArray *departments; /* PosDepartment*; nullable */
    const char *code;             /* TEACH: as it was scanned */
    gsize code_length;
    int years; /* AGE */
} UiTaskContext;

typedef enum {
    UI_ASK_CHOICE = 0, /* one of choices */
    UI_ASK_TEXT,
    UI_ASK_MONEY,
    UI_ASK_COUNT,
    UI_ASK_GRAMS,
    UI_ASK_DATE, /* eight digits, YYYYMMDD */
} UiAskKind;

/* A choice: what stands on its button. */
typedef struct {
    char *label, *detail; /* detail "" none */
} UiChoice;

typedef struct {
    UiAskKind kind;
    char *title, *hint; /* hint "" none */
    GPtrArray *choices; /* UiChoice*; CHOICE only */
    bool takes_scan;    /* a scan answers it */
    bool may_be_empty;  /* Enter alone answers it */
} UiQuestion;

typedef struct UiTask UiTask;

UiTask *ui_task_new(UiTaskKind kind, const UiTaskContext *context);
void ui_task_free(UiTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiTask, ui_task_free)

UiTaskKind ui_task_kind(const UiTask *task);
/* What is asked now; borrowed until the next answer. NULL: a command is under way, or it is over. */
const UiQuestion *ui_task_question(const UiTask *task);
/* index < the question's choices. */
void ui_task_choose(UiTask *task, guint index);
/* Typed. NULL when it was taken, else one sentence (owned) and the question stands. */
char *ui_task_type(UiTask *task, const char *text);
/* Scanned. False when the question does not take scans: it is meant for the sale. */
bool ui_task_scan(UiTask *task, const char *text);
/* The command that is due, owned; NULL none. */
PosTillCommand *ui_task_take_command(UiTask *task);
/* MORE: what was chosen, as ui_sale_view_act() knows it; NULL else. Static. */
const char *ui_task_act(const UiTask *task);
/* The answer of the till to the last command. True when it was for the task alone: a list, or a look. */
bool ui_task_hear(UiTask *task, const PosTillEvent *event);
/* Nothing more will be asked. */
bool ui_task_is_over(const UiTask *task);

/* The number of a receipt out of what a scanner reads from it: of a receipt's QR code its second field, else the text.
 * Owned. */
char *ui_task_receipt_of(const char *text);

G_END_DECLS
