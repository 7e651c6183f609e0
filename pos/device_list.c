/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the places in /dev and /sys that tell what is plugged in. A device that cannot be looked at is left out. */
#include "pos/device_list.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "pos/hid_pos.h"

#define FOUND_MAX 64

void pos_device_found_free(PosDeviceFound *found)
{
    g_free(found->path);
    g_free(found->name);
    g_free(found);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder that begin and end so, in order. */
static GPtrArray *names_in(const char *folder, const char *prefix, const char *suffix)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_prefix(name, prefix) && g_str_has_suffix(name, suffix)) {
            g_ptr_array_add(names, g_strdup(name));
        }
    }
    g_ptr_array_sort(names, compare_names);
    return names;
}

static void add(GPtrArray *found, PosScannerSource source, const char *path, const char *name)
{
    if (found->len < FOUND_MAX && strlen(path) < POS_DEVICE_PATH_BYTES) {
        PosDeviceFound *device = g_new0(PosDeviceFound, 1);
        device->source = source;
        device->path = g_strdup(path);
        device->name = g_utf8_make_valid(name, -1);
        g_ptr_array_add(found, device);
    }
}

/* "usb-Honeywell_1902g-if00" as "Honeywell 1902g". */
static char *name_of_id(const char *id, const char *suffix)
{
    g_autofree char *text = g_strndup(id, strlen(id) - strlen(suffix));
    char *begin = g_str_has_prefix(text, "usb-") ? text + 4 : text;
    char *interface = g_strrstr(begin, "-if");
    if (interface != NULL) {
        *interface = '\0';
    }
    return g_strdelimit(g_strdup(begin), "_", ' ');
}

/* The line of a uevent file that names the device. Owned, NULL if none. */
static char *hid_name(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "uevent", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return NULL;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, "HID_NAME=")) {
            return g_strdup(*line + strlen("HID_NAME="));
        }
    }
    return NULL;
}

static void find_hid(GPtrArray *found, const char *root)
{
    g_autofree char *class = g_strconcat(root, "/sys/class/hidraw", NULL);
    g_autoptr(GPtrArray) names = names_in(class, "hidraw", "");
    for (guint i = 0; i < names->len; i++) {
        const char *each = names->pdata[i];
        g_autofree char *device = g_build_filename(class, each, "device", NULL);
        g_autofree char *file = g_build_filename(device, "report_descriptor", NULL);
        g_autofree char *path = g_strconcat("/dev/", each, NULL);
        g_autofree char *bytes = NULL;
        gsize length = 0;
        PosHidLayout layout;
        if (g_file_get_contents(file, &bytes, &length, NULL) &&
            pos_hid_layout_parse((const uint8_t *)bytes, length, &layout, NULL)) {
            g_autofree char *name = hid_name(device);
            add(found, POS_SCANNER_HID, path, name != NULL ? name : path);
        }
    }
}

/* Whether a link among the names leads to the device. */
static bool is_named(GPtrArray *names, const char *folder, const char *device)
{
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *link = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *target = g_file_read_link(link, NULL);
        g_autofree char *base = target != NULL ? g_path_get_basename(target) : NULL;
        if (g_strcmp0(base, device) == 0) {
            return true;
        }
    }
    return false;
}

/* The kernel makes /dev/ttyS* for lines that a machine may not have; their type is then 0. */
static bool is_there(const char *root, const char *device)
{
    g_autofree char *path = g_strconcat(root, "/sys/class/tty/", device, "/type", NULL);
    g_autofree char *type = NULL;
    return !g_str_has_prefix(device, "ttyS") ||
           (g_file_get_contents(path, &type, NULL, NULL) && type[0] != '0');
}

static void find_serial(GPtrArray *found, const char *root)
{
    static const char *const prefixes[] = {"ttyACM", "ttyUSB", "ttyS"};
    g_autofree char *by_id = g_strconcat(root, "/dev/serial/by-id", NULL);
    g_autofree char *dev = g_strconcat(root, "/dev", NULL);
    g_autoptr(GPtrArray) ids = names_in(by_id, "", "");
    for (guint i = 0; i < ids->len; i++) {
        g_autofree char *path = g_strconcat("/dev/serial/by-id/", ids->pdata[i], NULL);
        g_autofree char *name = name_of_id(ids->pdata[i], "");
        add(found, POS_SCANNER_SERIAL, path, name);
    }
    for (gsize p = 0; p < G_N_ELEMENTS(prefixes); p++) {
        g_autoptr(GPtrArray) names = names_in(dev, prefixes[p], "");
        for (guint i = 0; i < names->len; i++) {
            if (!is_named(ids, by_id, names->pdata[i]) && is_there(root, names->pdata[i])) {
                g_autofree char *path = g_strconcat("/dev/", names->pdata[i], NULL);
                add(found, POS_SCANNER_SERIAL, path, path);
            }
        }
    }
}

static void find_keyboards(GPtrArray *found, const char *root)
{
    static const char suffix[] = "-event-kbd";
    g_autofree char *folder = g_strconcat(root, "/dev/input/by-id", NULL);
    g_autoptr(GPtrArray) names = names_in(folder, "", suffix);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_strconcat("/dev/input/by-id/", names->pdata[i], NULL);
        g_autofree char *name = name_of_id(names->pdata[i], suffix);
        add(found, POS_SCANNER_EVDEV, path, name);
    }
}

GPtrArray *pos_device_list_scanners(const char *root)
{
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)pos_device_found_free);
    find_hid(found, root);
    find_serial(found, root);
    find_keyboards(found, root);
    return found;
}
