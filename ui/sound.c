/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/sound.h"

#include <gst/gst.h>

#define TONE_WAIT_NS (2 * GST_SECOND)
#define WAITING_MAX 2 /* a scanner is faster than tones: what would come late is not played */

struct UiSound {
    GThreadPool *pool;
    bool on;
    unsigned count;
    gint mute; /* atomic */
};

/* Two tones of 60 ms each. */
static const int tones[][2] = {
    [UI_SOUND_GOOD] = {1760, 0}, [UI_SOUND_BAD] = {330, 220}, [UI_SOUND_DONE] = {1320, 1760}};

/* True when it was played to its end. */
static bool play_tone(int frequency)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text =
        g_strdup_printf("audiotestsrc num-buffers=6 samplesperbuffer=441 freq=%d volume=0.4 ! "
                        "audio/x-raw,rate=44100 ! audioconvert ! audioresample ! autoaudiosink",
                        frequency);
    GstElement *pipeline = gst_parse_launch(text, &error);
    if (pipeline == NULL) {
        return false;
    }
    bool played = false;
    if (error == NULL &&
        gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE) {
        GstBus *bus = gst_element_get_bus(pipeline);
        GstMessage *message = gst_bus_timed_pop_filtered(
            bus, TONE_WAIT_NS, (GstMessageType)(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
        played = message != NULL && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
        g_clear_pointer(&message, gst_message_unref);
        gst_object_unref(bus);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
    return played;
}

static void run(gpointer data, gpointer user)
{
    UiSound *sound = user;
    const UiSoundKind kind = (UiSoundKind)(GPOINTER_TO_INT(data) - 1);
    if (!gst_is_initialized() && !gst_init_check(NULL, NULL, NULL)) {
        g_atomic_int_set(&sound->mute, 1);
        return;
    }
    bool played = true;
    for (int i = 0; i < 2 && tones[kind][i] != 0 && played; i++) {
        played = play_tone(tones[kind][i]);
    }
    g_atomic_int_set(&sound->mute, !played);
}

UiSound *ui_sound_new(void)
{
    UiSound *sound = g_new0(UiSound, 1);
    sound->pool = g_thread_pool_new(run, sound, 1, FALSE, NULL);
    return sound;
}

void ui_sound_free(UiSound *sound)
{
    if (sound != NULL) {
        g_thread_pool_free(sound->pool, TRUE, TRUE);
        g_free(sound);
    }
}

void ui_sound_set_on(UiSound *sound, bool on)
{
    sound->on = on;
}

static void ask(UiSound *sound, UiSoundKind kind)
{
    sound->count++;
    if (g_thread_pool_unprocessed(sound->pool) < WAITING_MAX) {
        g_thread_pool_push(sound->pool, GINT_TO_POINTER((int)kind + 1), NULL);
    }
}

void ui_sound_play(UiSound *sound, UiSoundKind kind)
{
    /* Once nothing could be heard, each scan need not try again: the test button does. */
    if (sound->on && !ui_sound_is_mute(sound)) {
        ask(sound, kind);
    }
}

void ui_sound_test(UiSound *sound)
{
    ask(sound, UI_SOUND_DONE);
}

unsigned ui_sound_count(const UiSound *sound)
{
    return sound->count;
}

bool ui_sound_is_mute(UiSound *sound)
{
    return g_atomic_int_get(&sound->mute) != 0;
}
