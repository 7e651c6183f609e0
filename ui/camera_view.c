/* SPDX-License-Identifier: GPL-3.0-or-later
 * Shows what the camera says of itself; decides nothing. */
#include "ui/camera_view.h"

struct _UiCameraView {
    GtkWidget parent;
    GtkWidget *overlay, *waiting;
    GtkPicture *picture;
    GtkSpinner *spinner;
    GtkLabel *sentence;
    UiCamera *camera; /* nullable */
};
G_DEFINE_FINAL_TYPE(UiCameraView, ui_camera_view, GTK_TYPE_WIDGET)

static void on_camera_changed(UiCameraView *self)
{
    const UiCameraState state =
        self->camera != NULL ? ui_camera_state(self->camera) : UI_CAMERA_OFF;
    const char *sentence = self->camera != NULL ? ui_camera_sentence(self->camera) : "";
    gtk_widget_set_visible(GTK_WIDGET(self), state != UI_CAMERA_OFF);
    gtk_widget_set_visible(self->waiting, sentence[0] != '\0');
    gtk_widget_set_visible(GTK_WIDGET(self->spinner), state == UI_CAMERA_STARTING);
    gtk_spinner_set_spinning(self->spinner, state == UI_CAMERA_STARTING);
    gtk_label_set_label(self->sentence, sentence);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self), sentence[0] != '\0' ? sentence : NULL);
}

void ui_camera_view_set_camera(UiCameraView *self, UiCamera *camera)
{
    if (self->camera == camera) {
        return;
    }
    if (self->camera != NULL) {
        g_signal_handlers_disconnect_by_data(self->camera, self);
    }
    g_set_object(&self->camera, camera);
    gtk_picture_set_paintable(self->picture, camera != NULL ? GDK_PAINTABLE(camera) : NULL);
    if (camera != NULL) {
        g_signal_connect_object(camera, "changed", G_CALLBACK(on_camera_changed), self,
                                G_CONNECT_SWAPPED);
    }
    on_camera_changed(self);
}

static void ui_camera_view_dispose(GObject *object)
{
    UiCameraView *self = UI_CAMERA_VIEW(object);
    if (self->camera != NULL) {
        g_signal_handlers_disconnect_by_data(self->camera, self);
        g_clear_object(&self->camera);
    }
    g_clear_pointer(&self->overlay, gtk_widget_unparent);
    G_OBJECT_CLASS(ui_camera_view_parent_class)->dispose(object);
}

static void ui_camera_view_class_init(UiCameraViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    G_OBJECT_CLASS(class)->dispose = ui_camera_view_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/coster/Coster/camera_view.ui");
    gtk_widget_class_bind_template_child(widget_class, UiCameraView, overlay);
    gtk_widget_class_bind_template_child(widget_class, UiCameraView, picture);
    gtk_widget_class_bind_template_child(widget_class, UiCameraView, waiting);
    gtk_widget_class_bind_template_child(widget_class, UiCameraView, spinner);
    gtk_widget_class_bind_template_child(widget_class, UiCameraView, sentence);
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void ui_camera_view_init(UiCameraView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    on_camera_changed(self);
}
