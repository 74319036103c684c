#include "harness/gradcheck/items.h"
#include "harness/spec/set_size.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/clamp_check.h"
#include "harness/gradcheck/loss_subject.h"
#include "harness/gradcheck/other_checks.h"
#include "harness/gradcheck/training_check.h"
#include "harness/gradcheck/variants.h"
#include "harness/spec/registry.h"

enum item_kind {
    ITEM_LOSS,
    ITEM_ACTIVATION,
    ITEM_LAYER,
    ITEM_INITIALISATION,
    ITEM_OPTIMIZER,
    ITEM_NETWORK,
    ITEM_INPUT,
    ITEM_PATH,
    ITEM_TRAINING,
};
static const char *const kind_names[] = {"loss",           "activation", "layer",
                                         "initialisation", "optimizer",  "network",
                                         "network",        "path",       "training"};

struct item {
    enum item_kind kind;
    size_t index, variant; /* of a registry, or of the shapes */
    double reach;          /* of a loss's or an activation's points */
    const struct experiment *experiment;
    const struct cell *cell;
    bool is_first; /* of its spec: looked at more closely */
};

/* Samples in a batch of which values are measured: few, and as many as may be packed; and
 * where blocks stop being measured whole. */
enum { BATCH = 3, BATCH_PACKED = 7, WHOLE_SMALL = 1200, WHOLE_NETWORK = 16 };

/* Layers by themselves: through and beyond the kernels' tiles, batches of one and more. */
static const struct {
    size_t inputs, outputs, batch;
} shapes[] = {{1, 1, 1}, {3, 5, 3}, {17, 9, 1}, {17, 9, 3}, {33, 35, 2}, {5, 40, 1}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* ---- The list ------------------------------------------------------------ */

static bool add(struct items *items, const struct item *item)
{
    struct item *list = realloc(items->list, (items->count + 1) * sizeof *list);
    if (list == NULL)
        return false;
    items->list = list;
    list[items->count++] = *item;
    return true;
}

/* Every variant of registry entries: all, or the one at `only`. */
static bool add_entries(struct items *items, enum item_kind kind, size_t count, size_t only,
                        const struct lg_info *(*info)(size_t))
{
    const bool has_reach = kind == ITEM_LOSS || kind == ITEM_ACTIVATION;
    bool added = true;
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; (only == SIZE_MAX || only == i) && v < variants_count(info(i)); v++)
            for (size_t r = 0; r < (has_reach ? REACHES : 1); r++)
                added = added && add(items, &(struct item){.kind = kind,
                                                           .index = i,
                                                           .variant = v,
                                                           .reach = subject_reaches[r]});
    return added;
}

static bool same_network(const struct cell *a, const struct cell *b)
{
    /* NOLINTBEGIN: choices as bits; they are copies of one another */
    return memcmp(&a->loss, &b->loss, sizeof a->loss) == 0 &&
           memcmp(&a->activation, &b->activation, sizeof a->activation) == 0;
    /* NOLINTEND */
}

/* A cell that lives as long as the items; NULL when memory is short. */
static struct cell *keep_cell(struct items *items, const struct cell *cell)
{
    struct cell **cells = realloc(items->cells, (items->cell_count + 1) * sizeof *cells);
    if (cells == NULL)
        return NULL;
    items->cells = cells;
    cells[items->cell_count] = malloc(sizeof *cell);
    if (cells[items->cell_count] == NULL)
        return NULL;
    *cells[items->cell_count] = *cell;
    return cells[items->cell_count++];
}

/* The networks of a spec that differ in more than the optimizer or the seed; the inputs of
 * the first of them. */
static bool add_networks(struct items *items, const struct experiment *experiment)
{
    static const enum item_kind kinds[] = {ITEM_NETWORK, ITEM_INPUT, ITEM_PATH, ITEM_TRAINING};
    bool added = true;
    const size_t before = items->cell_count;
    for (size_t arm = 0; added && arm < experiment->arm_count; arm++) {
        struct cell found;
        bool known = false;
        added = experiment_cell(experiment, experiment_first_cell(experiment, arm), &found, NULL) ==
                LG_OK;
        for (size_t d = before; d < items->cell_count; d++)
            known = known || same_network(&found, items->cells[d]);
        const struct cell *cell = added && !known ? keep_cell(items, &found) : NULL;
        added = added && (known || cell != NULL);
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds && !known; k++)
            added = added && ((kinds[k] == ITEM_INPUT && arm > 0) ||
                              add(items, &(struct item){.kind = kinds[k],
                                                        .experiment = experiment,
                                                        .cell = cell,
                                                        .is_first = arm == 0}));
    }
    return added;
}

enum lg_status items_make(const struct copies *copies, const struct items_scope *scope,
                          struct items *items, struct lg_error *error)
{
    const struct lg_backend *b = copies->backend[COPY_F64];
    size_t loss = SIZE_MAX, activation = SIZE_MAX, optimizer = SIZE_MAX;
    *items = (struct items){.list = NULL};
    enum lg_status status = LG_OK;
    if (scope->loss != NULL)
        status = registry_lookup("loss", b->loss_count, b->loss, scope->loss, &loss, error);
    if (status == LG_OK && scope->activation != NULL)
        status = registry_lookup("activation", b->activation_count, b->activation,
                                 scope->activation, &activation, error);
    if (status == LG_OK && scope->optimizer != NULL)
        status = registry_lookup("optimizer", b->optimizer_count, b->optimizer, scope->optimizer,
                                 &optimizer, error);
    if (status != LG_OK)
        return status;
    bool added = true;
    if (scope->everything || scope->loss != NULL)
        added = add_entries(items, ITEM_LOSS, b->loss_count, loss, b->loss);
    if (scope->everything || scope->activation != NULL)
        added = added &&
                add_entries(items, ITEM_ACTIVATION, b->activation_count, activation, b->activation);
    if (scope->everything) {
        for (size_t i = 0; i < SHAPES + b->activation_count; i++)
            added = added && add(items, &(struct item){.kind = ITEM_LAYER, .index = i});
        added = added && add_entries(items, ITEM_INITIALISATION, b->initialisation_count, SIZE_MAX,
                                     b->initialisation);
    }
    if (scope->everything || scope->optimizer != NULL)
        added = added &&
                add_entries(items, ITEM_OPTIMIZER, b->optimizer_count, optimizer, b->optimizer);
    for (size_t e = 0; e < scope->experiment_count; e++)
        added = added && add_networks(items, &scope->experiments[e]);
    if (added)
        return LG_OK;
    items_free(items);
    return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
}

void items_free(struct items *items)
{
    for (size_t i = 0; i < items->cell_count; i++)
        free(items->cells[i]);
    free(items->cells);
    free(items->list);
    *items = (struct items){.list = NULL};
}

/* ---- Networks ------------------------------------------------------------ */

static struct lg_choice choice_of(const struct lg_info *(*info)(size_t), size_t index)
{
    return (struct lg_choice){index, lg_options_default(info(index))};
}

/* inputs - outputs, or inputs - hidden - outputs, with mse, from Xavier's weights. */
static enum lg_status small_network(const struct lg_backend *b, size_t inputs, size_t hidden,
                                    size_t outputs, size_t batch, size_t activation,
                                    struct network_request *request, struct lg_error *error)
{
    struct lg_choice method = {.index = 0}, identity = {.index = 0}, loss = {.index = 0};
    enum lg_status status = registry_choose("initialisation", b->initialisation_count,
                                            b->initialisation, "xavier_uniform", &method, error);
    if (status == LG_OK)
        status = registry_choose("activation", b->activation_count, b->activation, "identity",
                                 &identity, error);
    if (status == LG_OK)
        status = registry_choose("loss", b->loss_count, b->loss, "mse", &loss, error);
    if (status != LG_OK)
        return status;
    *request = (struct network_request){.kind = "layer"};
    struct lg_net_config *config = &request->config;
    size_t layer = 0;
    config->inputs = inputs;
    if (hidden > 0)
        config->layers[layer++] =
            (struct lg_layer_config){hidden, choice_of(b->activation, activation)};
    config->layers[layer++] = (struct lg_layer_config){outputs, identity};
    config->layer_count = layer;
    config->batch = batch;
    config->task = LG_TASK_CLASSIFY;
    config->classes = outputs;
    config->loss = loss;
    request->how = (struct lg_initialisation){
        .method = method.index, .seed = 1, .draw = 1, .options = method.options};
    return LG_OK;
}

static enum lg_status layer_request(const struct lg_backend *b, size_t index,
                                    char name[SUBJECT_NAME_MAX], struct network_request *request,
                                    struct lg_error *error)
{
    if (index < SHAPES) {
        snprintf(name, SUBJECT_NAME_MAX, "linear %zu to %zu, batch of %zu", shapes[index].inputs,
                 shapes[index].outputs, shapes[index].batch);
        return small_network(b, shapes[index].inputs, 0, shapes[index].outputs, shapes[index].batch,
                             0, request, error);
    }
    snprintf(name, SUBJECT_NAME_MAX, "%s between two", b->activation(index - SHAPES)->name);
    return small_network(b, 6, 7, 4, BATCH, index - SHAPES, request, error);
}

static enum lg_status initialisation_request(const struct lg_backend *b, const struct item *item,
                                             char options[SUBJECT_OPTIONS_MAX],
                                             struct network_request *request,
                                             struct lg_error *error)
{
    const struct lg_info *info = b->initialisation(item->index);
    size_t tanh = 0;
    enum lg_status status =
        registry_lookup("activation", b->activation_count, b->activation, "tanh", &tanh, error);
    if (status == LG_OK)
        status = small_network(b, 8, 6, 5, BATCH, tanh, request, error);
    if (status != LG_OK)
        return status;
    request->kind = "initialisation";
    request->how.method = item->index;
    request->how.options = variants_get(info, item->variant, 0);
    variants_describe(info, &request->how.options, options);
    return LG_OK;
}

/* "huber;delta=0.5;softplus": the loss and the last activation, where they matter. */
static void describe_cell(const struct lg_backend *b, const struct cell *cell,
                          char options[SUBJECT_OPTIONS_MAX])
{
    char own[SUBJECT_OPTIONS_MAX];
    const struct lg_info *loss = b->loss(cell->loss.index);
    variants_describe(loss, &cell->loss.options, own);
    snprintf(options, SUBJECT_OPTIONS_MAX, "%s%s%.160s;%s", loss->name, own[0] != '\0' ? ";" : "",
             own, b->activation(cell->activation.index)->name);
}

static struct network_request cell_request(const struct lg_backend *b, const struct item *item,
                                           char options[SUBJECT_OPTIONS_MAX])
{
    const struct experiment *experiment = item->experiment;
    struct network_request request = {
        .kind = "network",
        .name = experiment->name,
        .config = experiment_net_config(experiment, item->cell),
        .how = {.method = item->cell->setup.initialisation.index,
                .rng = experiment->rng,
                .seed = item->cell->seed,
                .draw = item->cell->draw,
                .options = item->cell->setup.initialisation.options},
        .part = item->kind == ITEM_INPUT ? NETWORK_INPUT : NETWORK_PARAMETERS,
    };
    if (item->kind == ITEM_TRAINING)
        request.config.batch =
            request.config.batch < TRAINING_BATCH_MAX ? request.config.batch : TRAINING_BATCH_MAX;
    else
        request.config.batch = item->kind == ITEM_INPUT                       ? 1
                               : item->kind == ITEM_NETWORK && item->is_first ? BATCH_PACKED
                                                                              : BATCH;
    describe_cell(b, item->cell, options);
    if (item->kind == ITEM_INPUT)
        strncat(options, ";input", SUBJECT_OPTIONS_MAX - 1 - strlen(options));
    return request;
}

/* ---- One item ------------------------------------------------------------ */

static struct check_plan plan_of(const struct item *item, uint64_t seed)
{
    const bool is_network = item->kind == ITEM_NETWORK || item->kind == ITEM_INPUT;
    return (struct check_plan){.whole = is_network ? WHOLE_NETWORK : WHOLE_SMALL,
                               .entries = 4,
                               .directions = 2,
                               .steps = is_network ? 13 : 15,
                               .seed = seed};
}

/* A subject of its own, created and ended here. */
static enum lg_status finish(enum lg_status created, struct subject *subject,
                             const struct item *item, uint64_t seed, const struct fault *fault,
                             struct result *result, struct lg_error *error)
{
    if (created == LG_FAILED) { /* it says why; that is a result */
        result_dead(result, "", error->message);
        return LG_OK;
    }
    if (created != LG_OK)
        return created;
    const struct check_plan plan = plan_of(item, seed);
    result_begin(result, subject->kind, subject->name, subject->options);
    const enum lg_status status = subject_check(subject, &plan, fault, result, error);
    if (subject->not_finite > 0)
        result_skip(result, "", "no finite value: drawn again");
    subject_free(subject);
    return status;
}

static enum lg_status injects_nothing(struct result *result)
{
    result_skip(result, "", "faults are injected into gradients alone");
    return LG_OK;
}

/* Samples in the last batch of an epoch, where it is shorter than the others; else 0. */
static size_t last_batch(const struct item *item)
{
    return experiment_sample_count(item->experiment) % item->cell->setup.batch;
}

static enum lg_status check_network(const struct copies *copies, const struct item *item,
                                    uint64_t seed, const struct fault *fault, struct result *result,
                                    struct lg_error *error)
{
    const struct lg_backend *b = copies->backend[COPY_F64];
    char name[SUBJECT_NAME_MAX] = "", options[SUBJECT_OPTIONS_MAX] = "";
    struct network_request request;
    struct subject subject;
    enum lg_status made = LG_OK;
    if (item->kind == ITEM_LAYER)
        made = layer_request(b, item->index, name, &request, error);
    else if (item->kind == ITEM_INITIALISATION)
        made = initialisation_request(b, item, options, &request, error);
    else
        request = cell_request(b, item, options);
    if (made != LG_OK)
        return made;
    if (item->kind == ITEM_INITIALISATION)
        snprintf(name, sizeof name, "%s", b->initialisation(item->index)->name);
    if (name[0] != '\0')
        request.name = name;
    request.options = options;
    request.seed = seed;
    result_begin(result, kind_names[item->kind], request.name, options);
    if (item->kind == ITEM_TRAINING) {
        const struct training_request training = {
            .network = &request, .last = last_batch(item), .is_thorough = item->is_first};
        return training_check(copies, &training, seed, fault, result, error);
    }
    if (item->kind == ITEM_PATH && fault != NULL)
        return injects_nothing(result);
    if (item->kind == ITEM_PATH)
        return path_check(copies, &request, result, error);
    const enum lg_status created = network_subject(copies, &request, &subject, error);
    return finish(created, &subject, item, seed, fault, result, error);
}

static enum lg_status check_entry(const struct copies *copies, const struct item *item,
                                  uint64_t seed, const struct fault *fault, struct result *result,
                                  struct lg_error *error)
{
    const struct lg_backend *b = copies->backend[COPY_F64];
    const struct lg_info *info = item->kind == ITEM_LOSS         ? b->loss(item->index)
                                 : item->kind == ITEM_ACTIVATION ? b->activation(item->index)
                                                                 : b->optimizer(item->index);
    const size_t features = item->kind == ITEM_LOSS ? (size_t)LOSS_FEATURES : 0;
    const struct lg_choice choice = {item->index, variants_get(info, item->variant, features)};
    char options[SUBJECT_OPTIONS_MAX];
    struct subject subject;
    variants_describe(info, &choice.options, options);
    result_begin(result, kind_names[item->kind], info->name, options);
    if (item->kind == ITEM_OPTIMIZER)
        return optimizer_check(copies, &choice, seed, fault != NULL ? fault->name : NULL, result,
                               error);
    const enum lg_status created =
        item->kind == ITEM_LOSS
            ? loss_subject(copies, &choice, item->reach, seed, &subject, error)
            : activation_subject(copies, &choice, item->reach, seed, &subject, error);
    const enum lg_status status = finish(created, &subject, item, seed, fault, result, error);
    const bool is_near = item->kind == ITEM_LOSS && item->reach == subject_reaches[0];
    return status == LG_OK && is_near && fault == NULL ? clamp_check(copies, &choice, result, error)
                                                       : status;
}

enum lg_status items_check(const struct copies *copies, const struct items *items, size_t index,
                           uint64_t seed, const struct fault *fault, struct result *result,
                           struct lg_error *error)
{
    const struct item *item = &items->list[index];
    switch (item->kind) {
    case ITEM_LOSS:
    case ITEM_ACTIVATION:
    case ITEM_OPTIMIZER:
        return check_entry(copies, item, seed, fault, result, error);
    case ITEM_LAYER:
    case ITEM_INITIALISATION:
    case ITEM_NETWORK:
    case ITEM_INPUT:
    case ITEM_PATH:
    case ITEM_TRAINING:
        break;
    }
    return check_network(copies, item, seed, fault, result, error);
}
