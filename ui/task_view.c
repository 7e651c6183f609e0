/* SPDX-License-Identifier: GPL-3.0-or-later
 * The task's pane. It keeps no answer: the task does. */
#include "ui/task_view.h"

#include "ui/wedge.h"

#include <glib/gi18n-lib.h>

struct _UiTaskView {
    AdwBin parent;
    GtkLabel *title, *hint, *pad_hint;
    GtkWidget *words;
    GtkEntry *entry;
    GtkBox *choices;
    UiTask *task;
    guint held; /* a timer: a digit that may be a scanner's first */
    guint held_index;
};
G_DEFINE_FINAL_TYPE(UiTaskView, ui_task_view, ADW_TYPE_BIN)

static void drop_held(UiTaskView *self)
{
    g_clear_handle_id(&self->held, g_source_remove);
}

static void on_choice_clicked(GtkButton *button, UiTaskView *self)
{
    ui_task_view_choose(self, GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "index")));
}

static GtkWidget *words_label(const char *text, const char *class)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_widget_add_css_class(label, class);
    gtk_widget_set_hexpand(label, TRUE);
    return label;
}

static void add_choice(UiTaskView *self, guint index, const UiChoice *choice)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 14);
    GtkWidget *both = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    g_autofree char *digit = index < 9 ? g_strdup_printf("%u", index + 1) : g_strdup("");
    GtkWidget *key = gtk_label_new(digit);
    gtk_widget_add_css_class(key, "task-digit");
    gtk_widget_set_valign(key, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(both, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(both), words_label(choice->label, "task-label"));
    if (choice->detail[0] != '\0') {
        gtk_box_append(GTK_BOX(both), words_label(choice->detail, "task-detail"));
    }
    gtk_box_append(GTK_BOX(row), key);
    gtk_box_append(GTK_BOX(row), both);
    GtkWidget *button = gtk_button_new();
    gtk_button_set_child(GTK_BUTTON(button), row);
    gtk_widget_add_css_class(button, "task-choice");
    g_object_set_data(G_OBJECT(button), "index", GUINT_TO_POINTER(index));
    g_autofree char *name = choice->detail[0] != '\0'
                                ? g_strdup_printf("%s, %s", choice->label, choice->detail)
                                : g_strdup(choice->label);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    g_signal_connect(button, "clicked", G_CALLBACK(on_choice_clicked), self);
    gtk_box_append(self->choices, button);
}

static void show(UiTaskView *self)
{
    const UiQuestion *question = ui_task_view_question(self);
    GtkWidget *child = NULL;
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self->choices))) != NULL) {
        gtk_box_remove(self->choices, child);
    }
    const bool text = question != NULL && question->kind == UI_ASK_TEXT;
    gtk_label_set_label(self->title, question != NULL ? question->title : _("One moment…"));
    gtk_label_set_label(self->hint, question != NULL ? question->hint : "");
    gtk_widget_set_visible(GTK_WIDGET(self->hint), question != NULL && question->hint[0] != '\0');
    gtk_widget_set_visible(self->words, text);
    gtk_widget_set_visible(GTK_WIDGET(self->pad_hint),
                           question != NULL && !text && question->kind != UI_ASK_CHOICE);
    gtk_editable_set_text(GTK_EDITABLE(self->entry), "");
    for (guint i = 0; question != NULL && i < question->choices->len; i++) {
        add_choice(self, i, question->choices->pdata[i]);
    }
    if (text) {
        gtk_accessible_update_property(GTK_ACCESSIBLE(self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       question->title, -1);
        gtk_widget_grab_focus(GTK_WIDGET(self->entry));
    } else {
        GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(self));
        if (root != NULL) {
            gtk_root_set_focus(root, NULL); /* digits choose; nothing is pressed by Enter alone */
        }
    }
}

/* After each answer: what the task has to say, then what it asks. */
static void go_on(UiTaskView *self)
{
    g_autoptr(GObject) alive = g_object_ref(G_OBJECT(self));
    PosTillCommand *command = ui_task_take_command(self->task);
    const char *act = ui_task_act(self->task);
    if (ui_task_is_over(self->task)) {
        ui_task_view_end(self);
    } else {
        show(self);
    }
    g_signal_emit_by_name(self, "asks");
    if (command != NULL) {
        g_signal_emit_by_name(self, "command", command);
        pos_till_command_free(command);
    }
    if (act != NULL) {
        g_signal_emit_by_name(self, "act", act);
    }
}

void ui_task_view_begin(UiTaskView *self, UiTaskKind kind, const UiTaskContext *context)
{
    g_clear_pointer(&self->task, ui_task_free);
    self->task = ui_task_new(kind, context);
    go_on(self);
}

void ui_task_view_end(UiTaskView *self)
{
    drop_held(self);
    g_clear_pointer(&self->task, ui_task_free);
}

gboolean ui_task_view_is_open(UiTaskView *self)
{
    return self->task != NULL;
}

const UiQuestion *ui_task_view_question(UiTaskView *self)
{
    return self->task != NULL ? ui_task_question(self->task) : NULL;
}

int ui_task_view_kind(UiTaskView *self)
{
    return self->task != NULL ? (int)ui_task_kind(self->task) : -1;
}

void ui_task_view_accept(UiTaskView *self, const char *text)
{
    if (ui_task_view_question(self) == NULL) {
        return;
    }
    g_autofree char *bad = ui_task_type(self->task, text);
    if (bad != NULL) {
        g_signal_emit_by_name(self, "refused", bad);
    } else {
        go_on(self);
    }
}

void ui_task_view_choose(UiTaskView *self, guint index)
{
    const UiQuestion *question = ui_task_view_question(self);
    if (question != NULL && question->kind == UI_ASK_CHOICE && index < question->choices->len) {
        ui_task_choose(self->task, index);
        go_on(self);
    }
}

gboolean ui_task_view_scan(UiTaskView *self, const char *text)
{
    drop_held(self);
    if (self->task == NULL || !ui_task_scan(self->task, text)) {
        return FALSE;
    }
    go_on(self);
    return TRUE;
}

static int digit_of(guint keyval)
{
    const bool pad = keyval >= GDK_KEY_KP_1 && keyval <= GDK_KEY_KP_9;
    const bool row = keyval >= GDK_KEY_1 && keyval <= GDK_KEY_9;
    return pad ? (int)(keyval - GDK_KEY_KP_1) : row ? (int)(keyval - GDK_KEY_1) : -1;
}

static gboolean on_held(gpointer user)
{
    UiTaskView *self = UI_TASK_VIEW(user);
    self->held = 0;
    ui_task_view_choose(self, self->held_index);
    return G_SOURCE_REMOVE;
}

/* A digit chooses when nothing follows it at a scanner's speed: the first keys of a code press nothing. Keys that wait
 * already come before the timer, so a window that was busy does not mistake them. */
static void hold_digit(UiTaskView *self, guint index)
{
    const bool follows = self->held != 0;
    drop_held(self);
    if (!follows) {
        self->held_index = index;
        self->held = g_timeout_add_full(G_PRIORITY_LOW, UI_WEDGE_HOLD_MS, on_held, self, NULL);
    }
}

gboolean ui_task_view_key(UiTaskView *self, guint keyval)
{
    const UiQuestion *question = ui_task_view_question(self);
    if (question == NULL) {
        return FALSE;
    }
    const bool enter = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter;
    if (question->kind == UI_ASK_CHOICE && digit_of(keyval) >= 0) {
        hold_digit(self, (guint)digit_of(keyval));
        return TRUE;
    }
    if (question->kind == UI_ASK_CHOICE && keyval == GDK_KEY_Down &&
        gtk_widget_get_focus_child(GTK_WIDGET(self->choices)) == NULL) {
        gtk_widget_child_focus(GTK_WIDGET(self->choices), GTK_DIR_TAB_FORWARD);
        return TRUE;
    }
    if (enter && question->may_be_empty && question->kind != UI_ASK_CHOICE) {
        ui_task_view_accept(self, "");
        return TRUE;
    }
    return FALSE;
}

gboolean ui_task_view_hear(UiTaskView *self, const PosTillEvent *event)
{
    if (self->task == NULL || ui_task_question(self->task) != NULL) {
        return FALSE;
    }
    const bool mine = ui_task_hear(self->task, event);
    go_on(self);
    return mine;
}

static void on_entry_activate(UiTaskView *self)
{
    g_autofree char *text = g_strdup(gtk_editable_get_text(GTK_EDITABLE(self->entry)));
    ui_task_view_accept(self, g_strstrip(text));
}

static void ui_task_view_dispose(GObject *object)
{
    ui_task_view_end(UI_TASK_VIEW(object));
    G_OBJECT_CLASS(ui_task_view_parent_class)->dispose(object);
}

static void ui_task_view_class_init(UiTaskViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    const GType type = G_TYPE_FROM_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_task_view_dispose;
    g_signal_new("command", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                 G_TYPE_POINTER);
    g_signal_new("act", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                 G_TYPE_STRING);
    g_signal_new("asks", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    g_signal_new("refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                 G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/task_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiTaskView, title);
    gtk_widget_class_bind_template_child(widget_class, UiTaskView, hint);
    gtk_widget_class_bind_template_child(widget_class, UiTaskView, pad_hint);
    gtk_widget_class_bind_template_child(widget_class, UiTaskView, words);
    gtk_widget_class_bind_template_child(widget_class, UiTaskView, entry);
    gtk_widget_class_bind_template_child(widget_class, UiTaskView, choices);
    gtk_widget_class_bind_template_callback(widget_class, on_entry_activate);
}

static void ui_task_view_init(UiTaskView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
