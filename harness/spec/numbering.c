#include "harness/spec/numbering.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/grid.h"

static void write_numbers(FILE *out, const double *values, size_t count)
{
    fprintf(out, " %zu:", count);
    for (size_t i = 0; i < count; i++)
        fprintf(out, " %.17g", values[i]);
}

static void write_set(FILE *out, const struct registry *registry, const struct choice_set *set)
{
    const struct lg_info *info = registry->info(set->base.index);
    fprintf(out, "%s", info->name);
    for (size_t i = 0; i < info->option_count; i++) {
        size_t count;
        fprintf(out, " %s", info->options[i].name);
        if (info->options[i].kind == LG_OPTION_LIST) {
            const double *list = lg_options_list(&set->base.options, i, &count);
            write_numbers(out, list, count);
        } else {
            write_numbers(out, &set->base.options.value[i], 1);
        }
    }
    for (size_t i = 0; i < set->axis_count; i++) {
        const struct axis *axis = &set->axes[i];
        fprintf(out, " axis %zu", axis->option);
        if (axis->values != NULL)
            write_numbers(out, axis->values, axis->count);
        for (size_t j = 0; axis->lists != NULL && j < axis->count; j++)
            write_numbers(out, axis->lists[j].values, axis->lists[j].count);
    }
    fprintf(out, "\n");
}

static void write_entries(FILE *out, const struct registry *registry, const struct entries *entries)
{
    fprintf(out, "%zu\n", entries->set_count);
    for (size_t i = 0; i < entries->set_count; i++)
        write_set(out, registry, &entries->sets[i]);
}

static void write_seeds(FILE *out, const struct seeds *seeds)
{
    fprintf(out, "seeds");
    for (size_t i = 0; i < seeds->count; i++)
        fprintf(out, " %" PRIu64, seeds->values[i]);
    fprintf(out, "\n");
}

static void write_block(FILE *out, const struct registries *registries, const struct block *block)
{
    const struct setups *setups = &block->setups;
    fprintf(out, "block %zu %s\ndraw %" PRIu64 "\n", strlen(block->label), block->label,
            block->draw);
    write_seeds(out, &block->seeds);
    const struct choice_set activation = {.base = block->activation};
    if (block->has_activation)
        write_set(out, &registries->activation, &activation);
    fprintf(out, "batch %zu", setups->common.batch);
    write_numbers(out, setups->batches, setups->batch_count);
    fprintf(out, "\n");
    write_entries(out, &registries->schedule, &setups->schedules);
    write_entries(out, &registries->initialisation, &setups->initialisations);
}

static void write_mask(FILE *out, const struct mask *mask, const struct choice_set *set)
{
    fprintf(out, " mask %d", mask->is_none);
    for (size_t i = 0; i < set->axis_count; i++)
        for (size_t j = 0; mask->axes[i] != NULL && j < set->axes[i].count; j++)
            fprintf(out, "%s%d", j == 0 ? " " : "", mask->axes[i][j]);
}

static void write_product(FILE *out, const struct registries *registries,
                          const struct product *product)
{
    fprintf(out, "product %zu %zu\n", product->block->first_arm, product->arm_count);
    write_set(out, &registries->loss, product->losses);
    write_set(out, &registries->optimizer, product->optimizers);
    for (size_t i = 0; i < product->cuts.count; i++) {
        write_mask(out, &product->cuts.all[i].loss, product->losses);
        write_mask(out, &product->cuts.all[i].optimizer, product->optimizers);
    }
    fprintf(out, "\n");
}

static void write_selection(FILE *out, const struct arm_selection *selection, size_t count)
{
    fprintf(out, "selection");
    for (size_t i = 0; i < count; i++)
        fprintf(out, " %zu", selection->arms[i]);
    fprintf(out, "\n");
    if (selection->starts == NULL)
        write_seeds(out, &selection->seeds);
}

static void write_grid(FILE *out, const struct experiment *experiment)
{
    const struct grid *grid = experiment->grid;
    for (size_t i = 0; i < grid->block_count; i++)
        write_block(out, &grid->registries, &grid->blocks[i]);
    for (size_t i = 0; i < grid->product_count; i++)
        write_product(out, &grid->registries, &grid->products[i]);
    if (experiment->selection != NULL)
        write_selection(out, experiment->selection, experiment->arm_count);
}

enum lg_status numbering_digest(const struct experiment *experiment, char digest[LG_DIGEST_HEX],
                                struct lg_error *error)
{
    struct cell first;
    char *text = NULL, *common = NULL;
    size_t size = 0;
    enum lg_status status = experiment_cell(experiment, 0, &first, error);
    if (status != LG_OK)
        return status;
    FILE *out = open_memstream(&text, &size);
    common = experiment_canonical(experiment, &first); /* what all cells have in common is there */
    bool is_done = out != NULL && common != NULL;
    if (is_done) {
        fputs(common, out);
        write_grid(out, experiment);
        is_done = ferror(out) == 0;
    }
    is_done = (out == NULL || fclose(out) == 0) && is_done;
    if (is_done)
        lg_digest_bytes(text, size, digest);
    free(text);
    free(common);
    return is_done ? LG_OK : lg_fail(error, LG_ENVIRONMENT, "out of memory");
}
