/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/central_page_words.h"

#include <string.h>

static const CentralPageWords languages[] = {
    {
        "ko",
        "한국어",
        "1개",
        "1kg당",
        "100g당",
        "최근 30일 최저가 %s",
        "%s에서 내렸어요",
        "%s에서 올랐어요",
        "평소 가격입니다",
        "지금 본 가격은 %s까지 지켜 드립니다. 계산대에서 이 가격이나 더 낮은 가격으로 계산합니다.",
        "%s 기준",
        "아직 가격이 없습니다. 직원에게 문의해 주세요.",
        "가격",
        "로트",
        "원산지",
        "품질유지기한",
        "소비기한",
        "보관",
        "알레르기 유발",
        "없음",
        "표시 없음",
        "상품 정보",
        "어디서 왔나요",
        "%d곳을 거쳐 왔습니다",
        "이 상품의 이동 경로는 아직 알려지지 않았습니다.",
        "다른 로트",
        "로트별 보기",
        "이동 경로 보기",
        "상품 정보로 돌아가기",
        "여기서 저온 유통이 끊겼습니다",
        "회수 상품입니다",
        "판매하지 않습니다",
        "구입하셨다면 매장에 가져와 주세요.",
        "시연용 매장입니다. 상품과 장소는 지어낸 것입니다.",
        "이 매장에 없는 상품입니다. 다른 가게의 상품이거나 더는 팔지 않는 상품일 수 있어요. "
        "직원에게 보여 주시면 도와 드립니다.",
        "이 로트는 아직 알려지지 않았습니다. 상품의 일반 정보를 보여 드립니다.",
        "주소가 올바르지 않습니다. 진열대의 코드를 다시 찍어 주세요.",
        "이동 경로 지도",
    },
    {
        "zh",
        "中文",
        "每件",
        "每公斤",
        "每100克",
        "近30天最低价 %s",
        "从 %s 降价",
        "从 %s 涨价",
        "平时的价格",
        "您现在看到的价格保留到 %s：收银台按此价或更低价结算。",
        "截至 %s",
        "暂无价格，请询问店员。",
        "价格",
        "批号",
        "产地",
        "最佳食用期",
        "保质期至",
        "储存",
        "过敏原",
        "无",
        "未标注",
        "商品信息",
        "它从哪里来",
        "途经 %d 处",
        "这件商品的来路尚不清楚。",
        "其他批次",
        "按批次查看",
        "查看来路",
        "返回商品信息",
        "冷链在这里中断",
        "此商品已召回",
        "停止销售",
        "如已购买，请带回本店。",
        "演示店铺：商品与地点均为虚构。",
        "本店没有这件商品，可能属于别家店铺或已停售。请给店员看一下，我们会帮您。",
        "这个批次尚不清楚，下面是商品的一般信息。",
        "地址不正确，请重新扫描货架上的码。",
        "来路地图",
    },
    {
        "en",
        "English",
        "each",
        "per kg",
        "per 100 g",
        "Lowest of the last 30 days %s",
        "Reduced from %s",
        "Up from %s",
        "The usual price",
        "The price that you see now is yours until %s: the till charges it, or less.",
        "as of %s",
        "It has no price yet: please ask a member of staff.",
        "Price",
        "Lot",
        "Origin",
        "Best before",
        "Use by",
        "Storage",
        "Allergens",
        "None",
        "Not stated",
        "About it",
        "Where it comes from",
        "It came by way of %d places",
        "The way of this one is not known yet.",
        "Other lots",
        "By lot",
        "See its way here",
        "Back to the product",
        "The cold chain broke here",
        "This lot is recalled",
        "Not for sale",
        "If you have bought it, please bring it back to the shop.",
        "A demonstration shop: products and places are made up.",
        "This shop does not know that product. It may be another shop's, or no longer sold: show "
        "it to a member of staff, who will help.",
        "This lot is not known yet: here is what we know of the product.",
        "This address is not right: please scan the code on the shelf again.",
        "Map of its way",
    },
};

const CentralPageWords *central_page_words(const char *language)
{
    for (gsize i = 0; i < G_N_ELEMENTS(languages); i++) {
        if (language != NULL && g_str_has_prefix(language, languages[i].code)) {
            return &languages[i];
        }
    }
    return &languages[G_N_ELEMENTS(languages) - 1];
}

static const struct {
    const char *step, *ko, *en, *zh;
} steps[] = {
    {"commissioning", "수확·생산", "Harvested", "采收"},
    {"creating_class_instance", "생산", "Made", "生产"},
    {"packing", "포장", "Packed", "包装"},
    {"shipping", "출발", "Sent off", "发货"},
    {"departing", "출발", "Left", "出发"},
    {"transporting", "운송", "On the way", "运输"},
    {"sensor_reporting", "온도 측정", "Temperature read", "测温"},
    {"arriving", "도착", "Arrived", "到达"},
    {"receiving", "입고", "Arrived", "到货"},
    {"accepting", "입고", "Taken in", "验收"},
    {"storing", "보관", "Stored", "储存"},
    {"loading", "상차", "Loaded", "装车"},
    {"unloading", "하차", "Unloaded", "卸货"},
    {"unpacking", "포장 해체", "Unpacked", "拆箱"},
    {"repackaging", "소분·재포장", "Cut and packed", "分装"},
    {"inspecting", "검수", "Checked", "检验"},
    {"stocking", "진열", "Put on the shelf", "上架"},
    {"holding", "판매 보류", "Held back", "暂停销售"},
};

const char *central_page_step_words(const char *step, const char *language)
{
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (strcmp(step, steps[i].step) == 0) {
            return g_str_has_prefix(language, "ko")   ? steps[i].ko
                   : g_str_has_prefix(language, "zh") ? steps[i].zh
                                                      : steps[i].en;
        }
    }
    return step;
}
