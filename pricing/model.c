/* SPDX-License-Identifier: GPL-3.0-or-later
 * The demand model's arithmetic. */
#include "pricing/model.h"

#include <assert.h>
#include <math.h>

double pricing_model_log_response(const PricingModel *model, double x)
{
    double place = (x - PRICING_MODEL_X_MIN) / PRICING_MODEL_X_STEP;
    place = fmin(fmax(place, 0), PRICING_MODEL_X_COUNT - 1);
    int low = (int)place;
    if (low >= PRICING_MODEL_X_COUNT - 1) {
        return model->log_response[PRICING_MODEL_X_COUNT - 1];
    }
    double part = place - low;
    return (1 - part) * model->log_response[low] + part * model->log_response[low + 1];
}

double pricing_model_log_fresh(const PricingModel *model, double age)
{
    int low = (int)age;
    if (low >= PRICING_MODEL_AGES - 1) {
        return model->log_fresh[PRICING_MODEL_AGES - 1];
    }
    double part = age - low;
    return (1 - part) * model->log_fresh[low] + part * model->log_fresh[low + 1];
}

void pricing_model_split_log(PricingChoice choice, int lots, const double *log_attraction,
                             double *out)
{
    assert(lots >= 1 && lots <= PRICING_MODEL_LOTS_MAX && choice.sharp > 0);
    if (lots == 1) {
        out[0] = exp(log_attraction[0]);
        return;
    }
    double top = log_attraction[0], sum = 0;
    for (int i = 1; i < lots; i++) {
        top = fmax(top, log_attraction[i]);
    }
    for (int i = 0; i < lots; i++) {
        out[i] = exp(choice.sharp * (log_attraction[i] - top));
        sum += out[i];
    }
    double all = exp(top + log(sum / lots) / choice.sharp + (1 - choice.crowd) * log(lots));
    for (int i = 0; i < lots; i++) {
        out[i] *= all / sum;
    }
}

void pricing_model_split(const PricingModel *model, int lots, const double *x, const double *age,
                         double *out)
{
    assert(lots >= 1 && lots <= PRICING_MODEL_LOTS_MAX);
    double log_attraction[PRICING_MODEL_LOTS_MAX];
    for (int i = 0; i < lots; i++) {
        log_attraction[i] =
            pricing_model_log_response(model, x[i]) + pricing_model_log_fresh(model, age[i]);
    }
    pricing_model_split_log(model->choice, lots, log_attraction, out);
}
