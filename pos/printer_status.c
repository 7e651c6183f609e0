/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the meaning of the four status bytes of ESC/POS (DLE EOT 1..4) and the words for each cause. */
#include "pos/printer_status.h"

#include <glib/gi18n-lib.h>

#define ANSWER_MASK 0x93
#define ANSWER_FIXED 0x12
#define N1_OFFLINE 0x08
#define N2_COVER_OPEN 0x04
#define N2_PAPER_END 0x20
#define N2_ERROR 0x40
#define N3_RECOVERABLE 0x04
#define N3_CUTTER 0x08
#define N3_UNRECOVERABLE 0x20
#define N3_AUTO_RECOVERABLE 0x40
#define N4_NEAR_END 0x0c
#define N4_END 0x60

typedef struct {
    const char *code, *words;
} Fault;

static const Fault FAULTS[POS_PRINTER_FAULTS_COUNT] = {
    [POS_PRINTER_FINE] = {"fine", ""},
    [POS_PRINTER_OFF] =
        {"off", N_("The printer is off or its cable is out: switch it on, check the cable.")},
    [POS_PRINTER_DENIED] =
        {"denied",
         N_("The printer may not be used by this user: add the user to the group lp or dialout.")},
    [POS_PRINTER_TAKEN] = {"taken", N_("Another program uses the printer: close that program.")},
    [POS_PRINTER_NO_QUEUE] =
        {"no_queue", N_("The print queue is not there: check its name, and that CUPS runs.")},
    [POS_PRINTER_PAPER_OUT] = {"paper_out", N_("The printer's paper is out: put in a new roll.")},
    [POS_PRINTER_COVER_OPEN] = {"cover_open", N_("The printer's cover is open: close it.")},
    [POS_PRINTER_CUTTER] =
        {"cutter",
         N_("The printer's cutter is jammed: switch it off, open the cover and free it.")},
    [POS_PRINTER_HOT] = {"hot",
                         N_("The printer is too hot: it goes on by itself when it has cooled.")},
    [POS_PRINTER_BROKEN] =
        {"broken",
         N_("The printer reports a fault: switch it off and on; if it stays, have it serviced.")},
    [POS_PRINTER_OFFLINE] = {"offline",
                             N_("The printer is offline: check its paper, cover and feed button.")},
    [POS_PRINTER_STUCK] =
        {"stuck",
         N_("The printer takes no more data: check its paper and cover, or switch it off and on.")},
    [POS_PRINTER_RUBBISH] = {"rubbish", N_("What the printer answers has no meaning: check its "
                                           "speed and parity, and that it is an ESC/POS printer.")},
    [POS_PRINTER_NO_ROOM] = {"no_room", N_("The place to print to cannot be written: check the "
                                           "folder and the space on the disk.")},
    [POS_PRINTER_SETTINGS] = {"settings",
                              N_("The printer's settings cannot work: see “coster device”.")},
};

bool pos_printer_is_answer(uint8_t byte)
{
    return (byte & ANSWER_MASK) == ANSWER_FIXED;
}

static PosPrinterFault fault_of(const uint8_t bytes[POS_PRINTER_ANSWERS])
{
    uint8_t printer = bytes[0], cause = bytes[1], error = bytes[2], paper = bytes[3];
    if (cause & N2_COVER_OPEN) {
        return POS_PRINTER_COVER_OPEN;
    }
    if ((paper & N4_END) != 0 || (cause & N2_PAPER_END) != 0) {
        return POS_PRINTER_PAPER_OUT;
    }
    if (error & N3_CUTTER) {
        return POS_PRINTER_CUTTER;
    }
    if (error & N3_UNRECOVERABLE) {
        return POS_PRINTER_BROKEN;
    }
    if (error & N3_AUTO_RECOVERABLE) {
        return POS_PRINTER_HOT;
    }
    if ((error & N3_RECOVERABLE) != 0 || (cause & N2_ERROR) != 0) {
        return POS_PRINTER_BROKEN;
    }
    return printer & N1_OFFLINE ? POS_PRINTER_OFFLINE : POS_PRINTER_FINE;
}

PosPrinterState pos_printer_state_read(const uint8_t bytes[POS_PRINTER_ANSWERS])
{
    for (int i = 0; i < POS_PRINTER_ANSWERS; i++) {
        if (!pos_printer_is_answer(bytes[i])) {
            return (PosPrinterState){.fault = POS_PRINTER_RUBBISH};
        }
    }
    return (PosPrinterState){.fault = fault_of(bytes), .paper_low = (bytes[3] & N4_NEAR_END) != 0};
}

const char *pos_printer_fault_code(PosPrinterFault fault)
{
    return FAULTS[fault].code;
}

const char *pos_printer_fault_words(PosPrinterFault fault)
{
    return fault == POS_PRINTER_FINE ? "" : _(FAULTS[fault].words);
}

const char *pos_printer_state_words(PosPrinterState state)
{
    if (state.fault == POS_PRINTER_FINE && state.paper_low) {
        return _("The printer's paper is nearly out: have a new roll ready.");
    }
    return pos_printer_fault_words(state.fault);
}
