/* The text that decides a cell's key. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/evaluation.h"
#include "harness/spec/experiment.h"
#include "harness/spec/set_size.h"
#include "harness/spec/stop.h"

static void write_list(FILE *out, const char *name, const struct lg_options *options, size_t i)
{
    size_t count;
    const double *numbers = lg_options_list(options, i, &count);
    fprintf(out, " %s=[", name);
    for (size_t j = 0; j < count; j++)
        fprintf(out, "%s%.17g", j > 0 ? "," : "", numbers[j]);
    fprintf(out, "]");
}

/* " name option=value ..." with every option, defaults too, since a default may
 * change with the engine. */
static void write_choice(FILE *out, const struct lg_info *info, const struct lg_choice *choice)
{
    fprintf(out, " %s", info->name);
    for (size_t i = 0; i < info->option_count; i++) {
        const struct lg_option *option = &info->options[i];
        double value = choice->options.value[i];
        if (option->kind == LG_OPTION_CHOICE)
            fprintf(out, " %s=%s", option->name, option->choices[(size_t)value]);
        else if (option->kind == LG_OPTION_LIST)
            write_list(out, option->name, &choice->options, i);
        else
            fprintf(out, " %s=%.17g", option->name, value);
    }
    fprintf(out, "\n");
}

/* Whether the number of epochs decides more than when training ends. */
static bool needs_end(const struct experiment *experiment, const struct cell *cell)
{
    return cell->setup.has_schedule &&
           experiment->registries->schedule_needs_end(cell->setup.schedule.index);
}

static void write_experiment(FILE *out, const struct experiment *experiment,
                             const struct cell *cell)
{
    const struct lg_backend *registries = experiment->registries;
    fprintf(out, "numerics " SPEC_NUMERICS "\ndataset %s\nprecision %s\ninputs %zu\n",
            experiment->dataset->name, lg_precision_name(experiment->precision),
            experiment->inputs);
    for (size_t i = 0; i < experiment->layer_count; i++) {
        const struct lg_layer_config *layer = &experiment->layers[i];
        const struct lg_choice *activation =
            i + 1 < experiment->layer_count ? &layer->activation : &cell->activation;
        fprintf(out, "layer %zu", layer->outputs);
        write_choice(out, registries->activation(activation->index), activation);
    }
    fprintf(out, "initialisation");
    write_choice(out, registries->initialisation(cell->setup.initialisation.index),
                 &cell->setup.initialisation);
    fprintf(out, "rng %s\n", experiment->rng == LG_RNG_TORCH7 ? "torch7" : "pcg");
    fprintf(out, "batch %zu\nshuffle %s\n", cell->setup.batch,
            experiment->shuffle ? "true" : "false");
    if (needs_end(experiment, cell))
        fprintf(out, "epochs %zu\n", experiment->epochs);
    fprintf(out, "samples %zu\nimage %zu\nevaluate %s", experiment_sample_count(experiment),
            experiment->image_sample, evaluate_words[experiment->evaluate]);
    /* What is measured in the last epoch alone makes that one's row another. */
    if (experiment->evaluate == EVALUATE_END)
        fprintf(out, " %zu", experiment->epochs);
    fprintf(out, "\nmetrics");
    for (size_t i = 0; i < experiment->metric_count; i++)
        fprintf(out, " %s", registries->loss(experiment->metrics[i])->name);
    fprintf(out, "\n");
}

/* When a cell ends, and what is measured until then. */
static void write_stops(FILE *out, const struct experiment *experiment)
{
    char name[MEASURED_NAME_MAX];
    if (experiment->evaluate_every > 0)
        fprintf(out, "evaluate_every %zu\n", experiment->evaluate_every);
    for (size_t i = 0; i < experiment->stop_count; i++) {
        const struct stop_rule *stop = &experiment->stops[i];
        fprintf(out, "stop %s", measured_name(experiment, &stop->of, name));
        if (stop->patience > 0)
            fprintf(out, " patience=%zu least_change=%.17g", stop->patience, stop->least_change);
        if (stop->has_value)
            fprintf(out, " reaches=%.17g", stop->value);
        fprintf(out, "\n");
    }
}

char *experiment_canonical(const struct experiment *experiment, const struct cell *cell)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    const struct lg_backend *registries = experiment->registries;
    write_experiment(out, experiment, cell);
    if (!experiment->keep.images || !experiment->keep.parameters)
        fprintf(out, "keep%s%s\n", experiment->keep.images ? " images" : "",
                experiment->keep.parameters ? " parameters" : "");
    if (experiment->validation.samples > 0)
        fprintf(out, "validation %zu seed %" PRIu64 "\n", experiment->validation.samples,
                experiment->validation.seed);
    write_stops(out, experiment);
    if (experiment->task != LG_TASK_RECONSTRUCT)
        fprintf(out, "task %s\n", lg_task_names[experiment->task]);
    if (cell->setup.has_schedule) {
        fprintf(out, "schedule");
        write_choice(out, registries->schedule(cell->setup.schedule.index), &cell->setup.schedule);
    }
    if (experiment->selects) {
        fprintf(out, "classes");
        for (size_t i = 0; i < experiment->class_count; i++)
            fprintf(out, " %u", experiment->classes[i]);
        fprintf(out, "\n");
    }
    if (experiment->clip_value > 0 || experiment->clip_norm > 0 || experiment->penalty_l1 > 0)
        fprintf(out, "clip_value %.17g\nclip_norm %.17g\nl1 %.17g\n", experiment->clip_value,
                experiment->clip_norm, experiment->penalty_l1);
    for (size_t i = 0; i < experiment->term_count; i++) {
        const struct lg_term *term = &experiment->terms[i];
        fprintf(out, "term %.17g", term->weight);
        write_choice(out, registries->loss(term->loss.index), &term->loss);
    }
    fprintf(out, "loss");
    write_choice(out, registries->loss(cell->loss.index), &cell->loss);
    fprintf(out, "optimizer");
    write_choice(out, registries->optimizer(cell->optimizer.index), &cell->optimizer);
    fprintf(out, "seed %" PRIu64 "\ndraw %" PRIu64 "\n", cell->seed, cell->draw);
    bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

/* Take the line that begins so, of which there is at most one, behind the first, out of the
 * text. */
static void drop_line(char *text, const char *begin)
{
    char *line = strstr(text, begin);
    if (line++ == NULL) /* behind the line end that `begin` begins with */
        return;
    const char *next = strchr(line, '\n') + 1;
    memmove(line, next, strlen(next) + 1);
}

char *experiment_configuration(const struct experiment *experiment, const struct cell *cell)
{
    char *text = experiment_canonical(experiment, cell);
    if (text == NULL)
        return NULL;
    drop_line(text, "\nimage ");
    drop_line(text, "\nevaluate ");
    drop_line(text, "\nmetrics");
    if (experiment->evaluate_every > 0 && experiment->stop_count == 0)
        drop_line(text, "\nevaluate_every ");
    drop_line(text, "\nkeep");
    drop_line(text, "\nseed ");
    text[strlen(text) - 1] = '\0'; /* the last line end */
    for (char *end = text; (end = strchr(end, '\n')) != NULL;)
        *end = ';';
    return text;
}

bool experiment_key(const struct experiment *experiment, struct cell *cell)
{
    char *text = experiment_canonical(experiment, cell);
    if (text == NULL)
        return false;
    lg_digest_bytes(text, strlen(text), cell->key);
    free(text);
    return true;
}

bool experiment_id(const struct experiment *experiment, const struct cell *cell,
                   char id[EXPERIMENT_ID_BYTES + 1])
{
    char hex[LG_DIGEST_HEX];
    char *text = experiment_configuration(experiment, cell);
    if (text == NULL)
        return false;
    lg_digest_bytes(text, strlen(text), hex);
    memcpy(id, hex, EXPERIMENT_ID_BYTES);
    id[EXPERIMENT_ID_BYTES] = '\0';
    free(text);
    return true;
}
