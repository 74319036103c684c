/* A validation split: a part of the training samples that training does not see. */
#ifndef LOSSGRID_HOLD_OUT_H
#define LOSSGRID_HOLD_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "lossgrid/dataset.h"

/* shares[c] of the counts[c] samples of each class, `held` of all together: the same share of
 * each, the parts left over to the classes with the largest remainders, of equal ones to the
 * first (largest remainder method). held: at most the sum of counts. */
void lg_hold_out_shares(const uint32_t counts[256], size_t held, uint32_t shares[256]);

/* Keep the first `used` training samples of the dataset and move `held` of them to its
 * validation part: of each class as many as lg_hold_out_shares() says, drawn without
 * replacement from the stream of (seed, LG_PURPOSE_VALIDATION, class). Both parts stay in file
 * order. 0 < held < used <= train.count; no part may be held out already. LG_ENVIRONMENT when
 * memory is short. */
enum lg_status lg_dataset_hold_out(struct lg_dataset *dataset, size_t used, size_t held,
                                   uint64_t seed, struct lg_error *error);

#endif
