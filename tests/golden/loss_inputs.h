/* Random predictions and targets that fit a loss's shape, for arithmetic tests. */
#ifndef TESTS_GOLDEN_LOSS_INPUTS_H
#define TESTS_GOLDEN_LOSS_INPUTS_H

#include "engine/base/pcg.h"
#include "engine/loss/loss.h"

/* `wild` as a prediction that the loss allows. */
static inline real loss_input_prediction(const struct loss *loss, struct lg_pcg *pcg, real wild)
{
    const double low = loss->shape.minimum, high = loss->shape.maximum;
    if (low == 0 && high == 0)
        return wild;
    const double top = high < low + 4 ? high : low + 4;
    return (real)(low + (top - low) * lg_pcg_uniform(pcg));
}

/* Row b of a target for `features` features; `wild`: (features) numbers of any kind.
 * target: (features), of which LG_TARGET_CLASS and _PAIR fill one. */
static inline void loss_input_target(const struct loss *loss, struct lg_pcg *pcg, size_t features,
                                     const real *wild, real *target)
{
    switch (loss->shape.target) {
    case LG_TARGET_CLASS:
        target[0] = (real)lg_pcg_below(pcg, (uint32_t)features);
        return;
    case LG_TARGET_PAIR:
        target[0] = lg_pcg_below(pcg, 2) ? 1 : -1;
        return;
    case LG_TARGET_CLASSES: { /* ascending classes, about half of them */
        size_t count = 0;
        for (size_t c = 0; c < features; c++)
            if (lg_pcg_below(pcg, 2))
                target[count++] = (real)c;
        while (count < features)
            target[count++] = -1;
        return;
    }
    default:
        break;
    }
    for (size_t i = 0; i < features; i++)
        switch (loss->shape.target) {
        case LG_TARGET_SIGNS:
            target[i] = lg_pcg_below(pcg, 2) ? 1 : -1;
            break;
        case LG_TARGET_UNIT:
            target[i] =
                lg_pcg_below(pcg, 4) ? (real)lg_pcg_uniform(pcg) : (real)lg_pcg_below(pcg, 2);
            break;
        case LG_TARGET_NOT_NEGATIVE:
            target[i] = wild[i] < 0 ? -wild[i] : wild[i];
            break;
        default:
            target[i] = wild[i];
        }
}

#endif
