#include "harness/spec/evaluation.h"

#include <stdio.h>

#include "harness/spec/set_size.h"

/* Fewer than the training samples that are used: a number, or a mapping with one. */
static enum lg_status read_validation(const struct section *top, struct experiment *experiment)
{
    const size_t used = experiment_sample_count(experiment);
    const struct node *node = NULL, *samples = NULL;
    const char *path = "validation";
    struct section section;
    uint64_t held = 0;
    enum lg_status status = section_node(top, "validation", &node);
    if (status != LG_OK || node == NULL)
        return status;
    samples = node;
    status = section_open(&section, path, path, node->kind == NODE_MAPPING ? node : NULL, top->pool,
                          top->error);
    if (status == LG_OK)
        status = section_integer(&section, "seed", &experiment->validation.seed);
    if (status == LG_OK && node->kind == NODE_MAPPING) {
        path = "validation.samples";
        samples = node_get(node, "samples");
    }
    if (status == LG_OK && used < 2)
        return node_fail(samples, top->error,
                         "%s: nothing can be held out of the %zu training sample that is used",
                         path, used);
    if (status == LG_OK)
        status = schema_integer(samples, path, 1, (int64_t)used - 1, NULL, &held, top->error);
    experiment->validation.samples = (size_t)held;
    return status;
}

enum lg_status evaluation_read(const struct section *top, struct experiment *experiment)
{
    const struct node *node = NULL;
    size_t word = 0;
    enum lg_status status = read_validation(top, experiment);
    if (status == LG_OK)
        status = section_node(top, "evaluate", &node);
    if (status == LG_OK && node != NULL)
        status = section_word(top, "evaluate", &word);
    experiment->evaluate = node != NULL                         ? (enum evaluate)word
                           : experiment->validation.samples > 0 ? EVALUATE_END
                                                                : EVALUATE_TEST;
    return status;
}
