/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/allergen.h"

#include <string.h>

static const struct {
    const char *code, *ko, *en, *zh;
} allergens[] = {
    {"gluten", "밀·글루텐", "Wheat, gluten", "小麦、麸质"},
    {"crustaceans", "갑각류(새우, 게)", "Crustaceans", "甲壳类"},
    {"egg", "달걀", "Egg", "鸡蛋"},
    {"fish", "생선", "Fish", "鱼类"},
    {"peanut", "땅콩", "Peanut", "花生"},
    {"soy", "대두", "Soya", "大豆"},
    {"milk", "우유", "Milk", "牛奶"},
    {"nuts", "견과류", "Nuts", "坚果"},
    {"celery", "셀러리", "Celery", "芹菜"},
    {"mustard", "겨자", "Mustard", "芥末"},
    {"sesame", "참깨", "Sesame", "芝麻"},
    {"sulphites", "아황산류", "Sulphites", "亚硫酸盐"},
    {"lupin", "루핀", "Lupin", "羽扇豆"},
    {"molluscs", "조개류(오징어 포함)", "Molluscs", "软体动物"},
    {"buckwheat", "메밀", "Buckwheat", "荞麦"},
    {"peach", "복숭아", "Peach", "桃"},
    {"tomato", "토마토", "Tomato", "番茄"},
    {"pork", "돼지고기", "Pork", "猪肉"},
    {"beef", "쇠고기", "Beef", "牛肉"},
    {"chicken", "닭고기", "Chicken", "鸡肉"},
};

bool pos_allergen_is_known(const char *code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(allergens); i++) {
        if (strcmp(code, allergens[i].code) == 0) {
            return true;
        }
    }
    return false;
}

const char *pos_allergen_words(const char *code, const char *language)
{
    for (gsize i = 0; i < G_N_ELEMENTS(allergens); i++) {
        if (strcmp(code, allergens[i].code) == 0) {
            return g_str_has_prefix(language, "ko")   ? allergens[i].ko
                   : g_str_has_prefix(language, "zh") ? allergens[i].zh
                                                      : allergens[i].en;
        }
    }
    return code;
}
