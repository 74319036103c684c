#include "tests/unit/engine/net/example.h"

#include <math.h>

#include "engine/net/target.h"

enum { CLASSES = 3, BATCH = 6 };

static const uint8_t labels[BATCH] = {2, 0, 1, 1, 0, 2};
static const uint32_t order[BATCH] = {5, 4, 3, 2, 1, 0}, paired[BATCH] = {0, 1, 2, 0, 1, 2};

/* A network for the loss, with the last layer that the task asks for. */
static struct example make(enum lg_task task, const char *loss, size_t outputs)
{
    struct lg_net_config config = example_config("identity", BATCH);
    config.loss = example_loss(loss, "");
    config.task = task;
    config.classes = CLASSES;
    config.layers[2].outputs = outputs;
    struct example e = {.images = synthetic_images(3, EXAMPLE_SAMPLES, EXAMPLE_SIDE, EXAMPLE_SIDE)};
    cr_assert_null(net_create(&e.arena, &config));
    cr_assert(lg_arena_create(&e.arena, e.arena.used_bytes, NULL) == LG_OK);
    e.net = net_create(&e.arena, &config);
    e.images.labels = (uint8_t *)labels;
    return e;
}

static struct lg_pass pass_of(struct example *e)
{
    return (struct lg_pass){.images = &e->images,
                            .order = order,
                            .count = BATCH,
                            .capture = SIZE_MAX,
                            .paired = {paired, paired}};
}

/* The target of sample b, output o, as the loss sees it. */
static double target_of(struct example *e, size_t b, size_t o)
{
    const struct lg_pass pass = pass_of(e);
    target_fill(e->net, &pass, 0, BATCH);
    const struct loss_batch at = target_batch(e->net, &e->net->loss->shape, BATCH);
    return (double)at.target[b * at.target_stride + o];
}

TEMPLATE_TEST(task, targets_of_a_class_are_what_the_loss_wants)
{
    struct example class = make(LG_TASK_CLASSIFY, "cross_entropy", CLASSES);
    struct example values = make(LG_TASK_CLASSIFY, "mse", CLASSES);
    struct example signs = make(LG_TASK_CLASSIFY, "margin", CLASSES);
    struct example list = make(LG_TASK_CLASSIFY, "multilabel_margin", CLASSES);
    for (size_t b = 0; b < BATCH; b++) {
        const int label = labels[order[b]];
        cr_expect_eq(target_of(&class, b, 0), label);
        for (size_t o = 0; o < CLASSES; o++) {
            cr_expect_eq(target_of(&values, b, o), (int)o == label ? 1 : 0);
            cr_expect_eq(target_of(&signs, b, o), (int)o == label ? 1 : -1);
            cr_expect_eq(target_of(&list, b, o), o == 0 ? label : -1);
        }
    }
    example_destroy(&class);
    example_destroy(&values);
    example_destroy(&signs);
    example_destroy(&list);
}

TEMPLATE_TEST(task, targets_of_a_pair_compare_labels)
{
    struct example pair = make(LG_TASK_PAIR, "contrastive", 4);
    struct example rank = make(LG_TASK_RANK, "margin_ranking", 1);
    for (size_t b = 0; b < BATCH; b++) {
        const unsigned first = labels[order[b]], second = labels[paired[b]];
        cr_expect_eq(target_of(&pair, b, 0), first == second ? 1 : -1);
        cr_expect_eq(target_of(&rank, b, 0), first > second ? 1 : -1);
    }
    example_destroy(&pair);
    example_destroy(&rank);
}

/* Mean and variance lie side by side, the samples of a triplet below each other. */
TEMPLATE_TEST(task, predictions_lie_where_the_network_puts_them)
{
    struct example heads = make(LG_TASK_RECONSTRUCT, "gaussian_nll", 2 * EXAMPLE_FEATURES);
    struct example triplet = make(LG_TASK_TRIPLET, "triplet_margin", 4);
    const struct loss_batch sides = target_batch(heads.net, &heads.net->loss->shape, BATCH);
    const struct loss_batch rows = target_batch(triplet.net, &triplet.net->loss->shape, BATCH);
    cr_expect_eq(sides.features, EXAMPLE_FEATURES);
    cr_expect_eq(sides.prediction[1] - sides.prediction[0], EXAMPLE_FEATURES);
    cr_expect_eq(rows.features, 4);
    cr_expect_eq((size_t)(rows.prediction[1] - rows.prediction[0]), BATCH * rows.stride);
    cr_expect_eq((size_t)(rows.prediction[2] - rows.prediction[0]), 2 * BATCH * rows.stride);
    cr_expect_null(rows.target);
    example_destroy(&heads);
    example_destroy(&triplet);
}

/* Of equal outputs the first counts, for scores as for distances, and NaN is never right.
 * Every sample has the last layer's biases as outputs; two samples belong to each class. */
TEMPLATE_TEST(task, ties_go_to_the_first_class_and_nan_to_none)
{
    static const struct {
        const char *loss;
        size_t outputs;
        double y[CLASSES];
        double correct;
        uint8_t winner; /* a class, where any is right */
    } cases[] = {
        {"cross_entropy", 3, {0, 0, 0}, 2, 0},
        {"cross_entropy", 3, {1, 2, 2}, 2, 1},
        {"cross_entropy", 3, {2, 1, 2}, 2, 0},
        {"cross_entropy", 3, {-0.0, 0, 0}, 2, 0},
        {"cross_entropy", 3, {NAN, 2, 1}, 0, 0},
        {"cross_entropy", 3, {1, 2, NAN}, 0, 0},
        {"cross_entropy", 3, {NAN, NAN, NAN}, 0, 0},
        {"hinge_embedding", 3, {0, 0, 0}, 2, 0},
        {"hinge_embedding", 3, {2, 1, 1}, 2, 1},
        {"hinge_embedding", 3, {1, 2, 1}, 2, 0},
        {"hinge_embedding", 3, {NAN, 1, 2}, 0, 0},
        {"hinge_embedding", 3, {2, 1, NAN}, 0, 0},
        {"margin", 1, {0}, 2, 0},
        {"margin", 1, {1}, 2, 1},
        {"margin", 1, {NAN}, 0, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct example e = make(LG_TASK_CLASSIFY, cases[c].loss, cases[c].outputs);
        const size_t count = net_parameter_count(e.net);
        double *parameters = calloc(count, sizeof *parameters);
        memcpy(parameters + count - cases[c].outputs, cases[c].y,
               cases[c].outputs * sizeof *parameters);
        net_set_parameters(e.net, parameters);
        /* Samples of all other classes count as wrong: which class won is in the labels. */
        uint8_t own[BATCH];
        for (size_t i = 0; i < BATCH; i++)
            own[i] =
                labels[i] == cases[c].winner ? labels[i] : (uint8_t)((cases[c].winner + 1) % 3);
        struct lg_sums sums = {0};
        e.images.labels = own;
        const struct lg_pass pass = pass_of(&e);
        net_evaluate(e.net, &pass, &sums);
        cr_expect_eq(sums.correct, cases[c].correct, "%s, case %zu: %g", cases[c].loss, c,
                     sums.correct);
        free(parameters);
        example_destroy(&e);
    }
}

/* Half the rate from the second step on, by the schedule and by hand. */
TEMPLATE_TEST(task, a_schedule_changes_the_rate_of_its_step)
{
    size_t step = 0;
    while (strcmp(registry_schedule(step)->info.name, "step") != 0)
        step++;
    double by_schedule[EXAMPLE_PARAMETERS], by_hand[EXAMPLE_PARAMETERS];
    struct lg_net_config config = example_config("tanh", 4);
    config.has_schedule = true;
    config.schedule = (struct lg_choice){
        step, golden_options(&registry_schedule(step)->info, "step_size=1;gamma=0.5")};
    config.total_steps = 2;
    struct example scheduled = example_create(&config);
    cr_assert_eq(example_train(&scheduled, 0, 8), 2);
    net_parameters(scheduled.net, by_schedule);

    config.has_schedule = false;
    struct example first = example_create(&config);
    cr_assert_eq(example_train(&first, 0, 4), 1);
    net_parameters(first.net, by_hand);
    config.optimizer = example_optimizer("sgd", "lr=0.05");
    struct example second = example_create(&config);
    net_set_parameters(second.net, by_hand);
    cr_assert_eq(example_train(&second, 4, 4), 1);
    net_parameters(second.net, by_hand);
    cr_expect(memcmp(by_schedule, by_hand, sizeof by_hand) == 0);
    example_destroy(&scheduled);
    example_destroy(&first);
    example_destroy(&second);
}
