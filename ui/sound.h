/* SPDX-License-Identifier: GPL-3.0-or-later
 * The till's sounds: short tones, on a thread of their own, so that no sound device ever holds up a screen; without one
 * they are silent. GStreamer is loaded with the first. Main thread. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef enum {
    UI_SOUND_GOOD = 0, /* an item is on the cart */
    UI_SOUND_BAD,      /* refused: look at the screen */
    UI_SOUND_DONE,     /* sold */
} UiSoundKind;

typedef struct UiSound UiSound;

UiSound *ui_sound_new(void);
/* Waits for the tone that is playing. NULL is fine. */
void ui_sound_free(UiSound *sound);
void ui_sound_set_on(UiSound *sound, bool on);
/* Nothing while it is off. */
void ui_sound_play(UiSound *sound, UiSoundKind kind);
/* Plays whether it is on or not. How many tones were asked for since the start, for whoever wants to know that one was. */
void ui_sound_test(UiSound *sound);
unsigned ui_sound_count(const UiSound *sound);
/* Whether the last tone could not be played: no sound device. */
bool ui_sound_is_mute(UiSound *sound);

G_END_DECLS
