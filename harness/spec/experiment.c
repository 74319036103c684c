#include "harness/spec/experiment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/choice.h"
#include "harness/spec/document.h"
#include "harness/spec/evaluation.h"
#include "harness/spec/grid.h"
#include "harness/spec/keep.h"
#include "harness/spec/label.h"
#include "harness/spec/override.h"
#include "harness/spec/schema.h"
#include "harness/spec/set_size.h"
#include "harness/spec/slugs.h"
#include "harness/spec/stop.h"
#include "harness/spec/task.h"
#include "harness/spec/tuning.h"

/* A spec being read. */
struct reading {
    struct registries registries;
    struct section top;
    struct experiment *experiment;
    struct lg_error *error;
};

/* A number of features that the dataset dictates. */
static enum lg_status check_features(const struct reading *reading, const struct node *node,
                                     const char *path, size_t found)
{
    const struct lg_dataset_info *info = reading->experiment->dataset;
    char expected[128];
    if (found == set_features(info))
        return LG_OK;
    snprintf(expected, sizeof expected, "%zu, the pixels of an image of %s", set_features(info),
             info->name);
    return node_fail_expected(node, reading->error, path, expected);
}

static enum lg_status read_layer(struct reading *reading, const struct node *node, size_t index)
{
    struct experiment *experiment = reading->experiment;
    struct lg_layer_config *layer = &experiment->layers[index];
    struct path path = path_entry("model.layers", index);
    struct section section;
    uint64_t outputs = 0;
    const struct node *activation = NULL;
    enum lg_status status = section_open(&section, "model.layers[]", path.text, node,
                                         &reading->experiment->pool, reading->error);
    if (status == LG_OK)
        status = section_integer(&section, "outputs", &outputs);
    layer->outputs = (size_t)outputs;
    /* A mean and a variance may stand side by side. */
    if (status == LG_OK && index + 1 == experiment->layer_count &&
        experiment->task == LG_TASK_RECONSTRUCT && layer->outputs != 2 * experiment->inputs)
        status = check_features(reading, node_get(node, "outputs"),
                                path_key(path.text, "outputs").text, layer->outputs);
    if (status == LG_OK)
        status = section_node(&section, "activation", &activation);
    if (status == LG_OK)
        status =
            choice_read(&reading->experiment->pool, &reading->registries.activation, activation,
                        path_key(path.text, "activation").text, &layer->activation, reading->error);
    return status;
}

static enum lg_status read_model(struct reading *reading)
{
    struct experiment *experiment = reading->experiment;
    struct section section;
    const struct node *node = NULL, *layers = NULL;
    uint64_t inputs = 0;
    enum lg_status status = section_node(&reading->top, "model", &node);
    if (status == LG_OK)
        status = section_open(&section, "model", "model", node, &reading->experiment->pool,
                              reading->error);
    if (status == LG_OK)
        status = section_integer(&section, "inputs", &inputs);
    if (status == LG_OK)
        status = check_features(reading, node_get(node, "inputs"), "model.inputs", (size_t)inputs);
    if (status == LG_OK)
        status = section_list(&section, "layers", &layers);
    if (status != LG_OK)
        return status;
    experiment->inputs = (size_t)inputs;
    experiment->layer_count = layers->count;
    for (size_t i = 0; i < layers->count && status == LG_OK; i++)
        status = read_layer(reading, layers->members[i].value, i);
    return status;
}

static enum lg_status read_initialisation(struct reading *reading)
{
    static const enum lg_rng rngs[] = {LG_RNG_PCG, LG_RNG_TORCH7}; /* in the schema's order */
    struct experiment *experiment = reading->experiment;
    struct section section;
    const struct node *node = NULL, *method = NULL;
    size_t rng = 0;
    enum lg_status status = section_node(&reading->top, "initialisation", &node);
    if (status == LG_OK)
        status = section_open(&section, "initialisation", "initialisation", node,
                              &reading->experiment->pool, reading->error);
    if (status == LG_OK)
        status = section_node(&section, "method", &method);
    if (status == LG_OK)
        status =
            choice_read(&reading->experiment->pool, &reading->registries.initialisation, method,
                        "initialisation.method", &experiment->setup.initialisation, reading->error);
    if (status == LG_OK)
        status = section_word(&section, "rng", &rng);
    experiment->rng = rngs[rng];
    return status;
}

static enum lg_status read_term(struct reading *reading, const struct node *node, size_t index)
{
    struct experiment *experiment = reading->experiment;
    struct lg_term *term = &experiment->terms[index];
    struct path path = path_entry("terms", index);
    struct section section;
    const struct node *loss = NULL;
    enum lg_status status = section_open(&section, "terms[]", path.text, node,
                                         &reading->experiment->pool, reading->error);
    if (status == LG_OK)
        status = section_node(&section, "loss", &loss);
    if (status == LG_OK)
        status = choice_read(&reading->experiment->pool, &reading->registries.loss, loss,
                             path_key(path.text, "loss").text, &term->loss, reading->error);
    return status == LG_OK ? section_real(&section, "weight", experiment->precision, &term->weight)
                           : status;
}

static enum lg_status read_terms(struct reading *reading)
{
    const struct node *list = NULL;
    enum lg_status status = section_list(&reading->top, "terms", &list);
    for (size_t i = 0; status == LG_OK && list != NULL && i < list->count; i++) {
        status = read_term(reading, list->members[i].value, i);
        reading->experiment->term_count++;
    }
    return status;
}

static enum lg_status read_schedule(struct reading *reading)
{
    const struct node *node = NULL;
    enum lg_status status = section_node(&reading->top, "schedule", &node);
    reading->experiment->setup.has_schedule = node != NULL;
    if (status != LG_OK || node == NULL)
        return status;
    return choice_read(&reading->experiment->pool, &reading->registries.schedule, node, "schedule",
                       &reading->experiment->setup.schedule, reading->error);
}

static enum lg_status read_heading(struct reading *reading)
{
    static const enum lg_precision precisions[] = {LG_F32, LG_F64}; /* in the schema's order */
    struct experiment *experiment = reading->experiment;
    const char *title = NULL, *description = NULL;
    size_t dataset = 0, precision = 0;
    enum lg_status status = section_text(&reading->top, "title", &title);
    if (status == LG_OK)
        status = section_text(&reading->top, "description", &description);
    if (status == LG_OK)
        status = section_name(&reading->top, "dataset", &reading->registries.dataset, &dataset);
    if (status == LG_OK)
        status = section_word(&reading->top, "precision", &precision);
    if (status != LG_OK)
        return status;
    snprintf(experiment->title, sizeof experiment->title, "%s", title);
    snprintf(experiment->description, sizeof experiment->description, "%s", description);
    experiment->dataset = lg_dataset_find(reading->registries.dataset.names[dataset]);
    experiment->precision = precisions[precision];
    registries_set_precision(&reading->registries, experiment->precision);
    return LG_OK;
}

static enum lg_status read_training(struct reading *reading)
{
    struct experiment *experiment = reading->experiment;
    uint64_t batch = 0, epochs = 0, samples = 0;
    size_t outside = 0;
    enum lg_status status = section_integer(&reading->top, "batch", &batch);
    if (status == LG_OK)
        status = section_flag(&reading->top, "shuffle", &experiment->shuffle);
    if (status == LG_OK)
        status = section_integer(&reading->top, "epochs", &epochs);
    if (status == LG_OK)
        status = section_integer_to(&reading->top, "samples",
                                    (int64_t)set_samples(experiment->dataset), &samples);
    if (status == LG_OK)
        status = section_word(&reading->top, "outside_domain", &outside);
    experiment->setup.batch = (size_t)batch;
    experiment->epochs = (size_t)epochs;
    experiment->samples = (size_t)samples;
    experiment->allows_outside = outside == 1; /* the schema's order: refuse, allow */
    if (status == LG_OK)
        status = keep_read(&reading->top, &experiment->keep);
    return status == LG_OK ? evaluation_read(&reading->top, experiment) : status;
}

/* A sample beyond those used means the last one, so that a spec which names sample 60000
 * can still be tried on fewer with --set samples=N. */
static enum lg_status read_image(struct reading *reading)
{
    struct experiment *experiment = reading->experiment;
    struct section section;
    const struct node *node = NULL;
    uint64_t sample = 0;
    enum lg_status status = section_node(&reading->top, "image", &node);
    if (status == LG_OK)
        status = section_open(&section, "image", "image", node, &reading->experiment->pool,
                              reading->error);
    if (status == LG_OK)
        status = section_integer_to(&section, "sample", (int64_t)set_samples(experiment->dataset),
                                    &sample);
    size_t last = experiment_sample_count(experiment);
    experiment->image_sample = sample == 0 || sample > last ? last : (size_t)sample;
    return status;
}

/* Add a loss to the metrics unless it is there; false when they are full. */
static bool add_metric(struct experiment *experiment, size_t loss)
{
    for (size_t i = 0; i < experiment->metric_count; i++) {
        if (experiment->metrics[i] == loss)
            return true;
    }
    if (experiment->metric_count == LG_METRICS_MAX)
        return false;
    experiment->metrics[experiment->metric_count++] = loss;
    return true;
}

static void note_unmeasured(struct experiment *experiment, size_t loss, const char *why)
{
    for (size_t i = 0; i < experiment->unmeasured_count; i++)
        if (experiment->unmeasured[i].loss == loss)
            return;
    if (experiment->unmeasured_count == LG_METRICS_MAX)
        return;
    struct unmeasured *next = &experiment->unmeasured[experiment->unmeasured_count++];
    next->loss = loss;
    snprintf(next->why, sizeof next->why, "%s", why);
}

/* Every loss of the grid that can be measured on all arms. */
static enum lg_status choose_metrics(struct reading *reading, const struct grid *grid)
{
    struct experiment *experiment = reading->experiment;
    for (size_t i = 0; i < grid->product_count; i++) {
        const size_t loss = grid->products[i].losses->base.index;
        char why[DOMAIN_WHY_MAX];
        if (!task_measures(grid, experiment, loss, why))
            note_unmeasured(experiment, loss, why);
        else if (!add_metric(experiment, loss))
            return node_fail(grid->products[i].block->node, reading->error,
                             "the grid has more than %d losses: list the metrics to measure",
                             LG_METRICS_MAX);
    }
    return LG_OK;
}

static enum lg_status read_metric(struct reading *reading, const struct grid *grid,
                                  const struct node *node, size_t index)
{
    struct experiment *experiment = reading->experiment;
    struct path path = path_entry("metrics", index);
    char why[DOMAIN_WHY_MAX];
    size_t loss = 0;
    enum lg_status status =
        schema_name(node, path.text, &reading->registries.loss, &loss, reading->error);
    if (status == LG_OK && !task_measures(grid, experiment, loss, why))
        status = node_fail(node, reading->error, "%s: %s cannot be measured on every arm: %s",
                           path.text, reading->registries.loss.names[loss], why);
    size_t before = experiment->metric_count;
    if (status == LG_OK && (!add_metric(experiment, loss) || experiment->metric_count == before))
        status = node_fail_expected(node, reading->error, path.text,
                                    "a loss that is not in the list yet");
    return status;
}

static enum lg_status read_metrics(struct reading *reading, const struct grid *grid)
{
    const struct node *list = NULL;
    enum lg_status status = section_list(&reading->top, "metrics", &list);
    if (status == LG_OK && list == NULL)
        status = choose_metrics(reading, grid);
    for (size_t i = 0; list != NULL && i < list->count && status == LG_OK; i++)
        status = read_metric(reading, grid, list->members[i].value, i);
    return status;
}

static enum lg_status read_grid(struct reading *reading)
{
    struct experiment *experiment = reading->experiment;
    struct seeds seeds;
    struct grid *grid = pool_take(&reading->experiment->pool, sizeof *grid, reading->error);
    const struct node *list = NULL, *node = NULL;
    if (grid == NULL)
        return LG_ENVIRONMENT;
    experiment->grid = grid;
    enum lg_status status = section_list(&reading->top, "seeds", &list);
    if (status == LG_OK)
        status = grid_read_seeds(&reading->experiment->pool, list, "seeds", &seeds, reading->error);
    if (status == LG_OK)
        status = section_node(&reading->top, "grid", &node);
    if (status == LG_OK)
        status = grid_read(&reading->experiment->pool, &reading->registries, node, &seeds,
                           &experiment->setup, grid, reading->error);
    if (status == LG_OK)
        status = task_check_arms(grid, experiment, reading->error);
    if (status == LG_OK)
        status = read_metrics(reading, grid);
    if (status == LG_OK)
        status = labels_prepare(&reading->experiment->pool, grid, reading->error);
    experiment->arm_count = grid->arm_count;
    experiment->cell_count = grid->cell_count;
    if (status == LG_OK)
        status = slugs_check(experiment, reading->error);
    if (status == LG_OK)
        status = tuning_apply(&reading->top, experiment, reading->error);
    return status;
}

static enum lg_status read_root(struct reading *reading, const struct node *root)
{
    enum lg_status status =
        section_open(&reading->top, NULL, "", root, &reading->experiment->pool, reading->error);
    if (status == LG_OK)
        status = read_heading(reading);
    if (status == LG_OK)
        status = task_read(&reading->top, reading->experiment);
    if (status == LG_OK)
        status = read_model(reading);
    if (status == LG_OK)
        status = read_initialisation(reading);
    if (status == LG_OK)
        status = read_schedule(reading);
    if (status == LG_OK)
        status = read_terms(reading);
    if (status == LG_OK)
        status = read_training(reading);
    if (status == LG_OK)
        status = read_image(reading);
    if (status == LG_OK)
        status = read_grid(reading);
    if (status == LG_OK)
        status = stop_read(&reading->top, reading->experiment);
    return status;
}

/* The path, the name that results go by, the text and its digest. */
static enum lg_status note_origin(struct experiment *experiment, const char *path, const char *text,
                                  size_t size, struct lg_error *error)
{
    static const char *const endings[] = {".yaml", ".yml"};
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t length = strlen(name);
    for (size_t i = 0; i < 2; i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && strcmp(name + length - ending, endings[i]) == 0) {
            length -= ending;
            break;
        }
    }
    if (length >= sizeof experiment->name || strlen(path) >= sizeof experiment->path)
        return lg_fail_at(error, LG_USAGE, path, 0, 0, "the file's name is too long");
    snprintf(experiment->name, sizeof experiment->name, "%.*s", (int)length, name);
    snprintf(experiment->path, sizeof experiment->path, "%s", path);
    lg_digest_bytes(text, size, experiment->sha256);
    experiment->text = calloc(1, size + 1);
    if (experiment->text == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    if (size > 0)
        memcpy(experiment->text, text, size);
    return LG_OK;
}

enum lg_status experiment_parse(const struct lg_backend *backend, const char *path,
                                const char *text, size_t size, const char *const *overrides,
                                size_t override_count, struct experiment *experiment,
                                struct lg_error *error)
{
    *experiment = (struct experiment){.registries = backend};
    struct source source = {.name = path, .code = LG_INPUT, .has_lines = true};
    struct reading reading = {.experiment = experiment, .error = error};
    const struct node *root = NULL;
    enum lg_status status = LG_OK;
    if (size > DOCUMENT_BYTES_MAX)
        status =
            lg_fail_at(error, LG_INPUT, path, 0, 0, "found more than %d bytes", DOCUMENT_BYTES_MAX);
    if (status == LG_OK)
        status = note_origin(experiment, path, text, size, error);
    if (status == LG_OK)
        status = registries_collect(&experiment->pool, backend, &reading.registries, error);
    if (status == LG_OK)
        status = document_parse(&experiment->pool, &source, text, size, &root, error);
    if (status == LG_OK && root->kind != NODE_MAPPING)
        status = node_fail_expected(root, error, "the spec", "a mapping of keys to values");
    for (size_t i = 0; i < override_count && status == LG_OK; i++)
        status = override_apply(&experiment->pool, overrides[i], &root, error);
    if (status == LG_OK)
        status = read_root(&reading, root);
    if (status != LG_OK)
        experiment_free(experiment);
    return status;
}

/* The whole file, up to one byte more than a spec may have. The caller frees it. */
static enum lg_status read_file(const char *path, char **text, size_t *size, struct lg_error *error)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return lg_fail_at(error, LG_ENVIRONMENT, path, 0, 0, "%s", strerror(errno));
    enum lg_status status = LG_OK;
    *text = malloc(DOCUMENT_BYTES_MAX + 1);
    if (*text == NULL) {
        status = lg_fail(error, LG_ENVIRONMENT, "out of memory");
    } else {
        *size = fread(*text, 1, DOCUMENT_BYTES_MAX + 1, file);
        if (ferror(file) && errno == EISDIR)
            status = lg_fail_at(error, LG_INPUT, path, 0, 0, "found a directory, expected a file");
        else if (ferror(file))
            status = lg_fail_at(error, LG_ENVIRONMENT, path, 0, 0, "%s", strerror(errno));
    }
    fclose(file);
    return status;
}

enum lg_status experiment_load(const char *path, const char *const *overrides,
                               size_t override_count, struct experiment *experiment,
                               struct lg_error *error)
{
    *experiment = (struct experiment){.name = ""};
    const struct lg_backend *backend = NULL;
    char *text = NULL;
    size_t size = 0;
    enum lg_status status = lg_backend_select(LG_F64, "generic", &backend, error);
    if (status == LG_OK)
        status = read_file(path, &text, &size, error);
    if (status == LG_OK)
        status = experiment_parse(backend, path, text, size, overrides, override_count, experiment,
                                  error);
    free(text);
    return status;
}

void experiment_free(struct experiment *experiment)
{
    pool_free(&experiment->pool);
    free(experiment->text);
    *experiment = (struct experiment){.name = ""};
}

struct lg_net_config experiment_net_config(const struct experiment *experiment,
                                           const struct cell *cell)
{
    struct lg_net_config config = {.inputs = experiment->inputs,
                                   .layer_count = experiment->layer_count,
                                   .batch = cell->setup.batch,
                                   .task = experiment->task,
                                   .classes = experiment->class_count,
                                   .has_schedule = cell->setup.has_schedule,
                                   .schedule = cell->setup.schedule,
                                   .term_count = experiment->term_count,
                                   .clip_value = experiment->clip_value,
                                   .clip_norm = experiment->clip_norm,
                                   .l1 = experiment->penalty_l1,
                                   .loss = cell->loss,
                                   .optimizer = cell->optimizer,
                                   .metric_count = experiment->metric_count};
    memcpy(config.layers, experiment->layers, sizeof config.layers);
    config.layers[config.layer_count - 1].activation = cell->activation;
    memcpy(config.terms, experiment->terms, sizeof config.terms);
    memcpy(config.metrics, experiment->metrics, sizeof config.metrics);
    return config;
}
