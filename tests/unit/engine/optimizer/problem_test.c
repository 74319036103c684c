#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/golden.h"
#include "tests/unit/options.h"
#include "tests/unit/template.h"
#include "tests/unit/tolerance.h"

/* Batch methods against PyTorch and numpy (tests/golden/batch_methods.py), on functions
 * that are computed here in f64 with libm. A path of many iterations magnifies the last
 * bits of the loss, so that it is compared to PATH_TOLERANCE of the largest parameter;
 * in f32 only the way down is, by the share of it that is missing (measured: 0.0065). */

#define PATH_TOLERANCE 1e-9
#define SHARE_F32      0.01

enum { STEPS = 6, N_MAX = 24, FEATURES = 5, SAMPLES = 20 };

static const char path[] = "tests/golden/batch_methods.csv";

#define NAME(name) #name,
static const char *const names[] = {LG_OPTIMIZERS(NAME)};
enum { NAMES = sizeof names / sizeof *names };

/* A function to minimise, and how it was used. */
struct function {
    double (*value)(const struct function *function, size_t n, const double *w, double *gradient);
    double features[SAMPLES * FEATURES], labels[SAMPLES];
    size_t evaluations;
    size_t bad_from; /* evaluations after which a result is not finite; 0: never */
    double bad;
    bool bad_gradient; /* in the gradient, not in the loss */
};

static double quadratic(const struct function *function, size_t n, const double *w,
                        double *gradient)
{
    (void)function;
    double loss = 0;
    for (size_t i = 0; i < n; i++) {
        const double stiffness = (double)(i + 1);
        loss += stiffness * w[i] * w[i] / 2 - w[i] + (i + 1 < n ? w[i] * w[i + 1] / 4 : 0);
        gradient[i] = stiffness * w[i] - 1 + ((i ? w[i - 1] : 0) + (i + 1 < n ? w[i + 1] : 0)) / 4;
    }
    return loss;
}

static double rosenbrock(const struct function *function, size_t n, const double *w,
                         double *gradient)
{
    (void)function;
    double loss = 0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        const double a = w[i], curve = w[i + 1] - a * a;
        loss += 100 * curve * curve + (1 - a) * (1 - a);
        gradient[i] = -400 * curve * a - 2 * (1 - a);
        gradient[i + 1] = 200 * curve;
    }
    return loss;
}

static double logistic(const struct function *function, size_t n, const double *w, double *gradient)
{
    double loss = 0;
    for (size_t i = 0; i < n; i++) {
        loss += w[i] * w[i] / 100;
        gradient[i] = w[i] / 50;
    }
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        const double *x = function->features + sample * FEATURES;
        double margin = 0;
        for (size_t i = 0; i < n; i++)
            margin += x[i] * w[i];
        margin *= function->labels[sample];
        loss += (margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin) / SAMPLES;
        for (size_t i = 0; i < n; i++)
            gradient[i] -= function->labels[sample] * x[i] / (1 + exp(margin)) / SAMPLES;
    }
    return loss;
}

static void evaluate(struct problem *problem)
{
    struct function *function = problem->context;
    double w[N_MAX], gradient[N_MAX];
    for (size_t i = 0; i < problem->n; i++)
        w[i] = (double)problem->w[i];
    problem->loss = function->value(function, problem->n, w, gradient);
    for (size_t i = 0; i < problem->n; i++)
        problem->gradient[i] = (real)gradient[i];
    function->evaluations++;
    if (function->bad_from && function->evaluations > function->bad_from) {
        if (function->bad_gradient)
            problem->gradient[problem->n / 2] = (real)function->bad;
        else
            problem->loss = function->bad;
    }
}

static double wavy(const struct function *function, size_t n, const double *w, double *gradient)
{
    (void)function;
    double loss = 0;
    for (size_t i = 0; i < n; i++) {
        const double rate = (double)(i + 1);
        loss += w[i] * w[i] / 20 + sin(rate * w[i]);
        gradient[i] = w[i] / 10 + rate * cos(rate * w[i]);
    }
    return loss;
}

/* A method on a function, with memory of its own. */
struct sample {
    const struct optimizer *optimizer;
    struct lg_options options;
    struct function function;
    struct problem problem;
    real w[N_MAX], gradient[N_MAX];
    size_t state_reals;
    double scalars[OPTIMIZER_SCALARS_MAX];
    uint64_t steps;
};

static void begin(struct sample *s, const struct optimizer *optimizer,
                  const struct lg_options *options, struct golden shared)
{
    *s = (struct sample){.optimizer = optimizer, .options = *options};
    double start[N_MAX];
    struct problem *p = &s->problem;
    p->n = golden_values(shared, "start", start, N_MAX);
    const char *label = shared.rows->label;
    s->function.value = strcmp(label, "quadratic") == 0    ? quadratic
                        : strcmp(label, "rosenbrock") == 0 ? rosenbrock
                        : strcmp(label, "logistic") == 0   ? logistic
                                                           : wavy;
    if (s->function.value == logistic) {
        cr_assert_eq(golden_values(shared, "features", s->function.features, SAMPLES * FEATURES),
                     SAMPLES * FEATURES);
        cr_assert_eq(golden_values(shared, "labels", s->function.labels, SAMPLES), SAMPLES);
    }
    for (size_t i = 0; i < p->n; i++)
        s->w[i] = (real)start[i];
    s->state_reals = optimizer->problem_reals(options, p->n);
    p->w = s->w;
    p->gradient = s->gradient;
    p->state = calloc(s->state_reals + 1, sizeof *p->state);
    cr_assert_not_null(p->state);
    p->state[s->state_reals] = 7; /* a guard */
    p->evaluate = evaluate;
    p->context = &s->function;
}

static void step(struct sample *s)
{
    s->function.evaluations = 0;
    evaluate(&s->problem);
    s->optimizer->minimise(&s->options, ++s->steps, s->scalars, &s->problem);
}

static void end(struct sample *s)
{
    cr_assert(s->problem.state[s->state_reals] == 7, "%s writes past its state",
              s->optimizer->info.name);
    free(s->problem.state);
}

static double largest(size_t n, const double *x)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fabs(x[i]) > most ? fabs(x[i]) : most;
    return most;
}

static void check_path(struct golden file, struct golden group)
{
    const struct golden_row *row = group.rows;
    const struct optimizer *optimizer = registry_optimizer(golden_entry(row, names, NAMES));
    const struct lg_options options = golden_options(&optimizer->info, row->options);
    double expected[STEPS * N_MAX], evaluations[STEPS];
    struct sample s;
    begin(&s, optimizer, &options, golden_shared(file, row->label));
    const size_t n = s.problem.n;
    const size_t steps = golden_values(group, "evaluations", evaluations, STEPS);
    cr_assert(steps > 0 && golden_values(group, "w", expected, STEPS * N_MAX) == steps * n);
    for (size_t i = 0; i < steps; i++) {
        step(&s);
        if (LG_PRECISION == 32)
            continue;
        const double limit = PATH_TOLERANCE * largest(n, expected + i * n);
        for (size_t k = 0; k < n; k++)
            cr_expect(fabs((double)s.w[k] - expected[i * n + k]) <= limit,
                      "%s %s %s: parameter %zu after step %zu is %.17g, expected %.17g", row->name,
                      row->options, row->label, k, i + 1, (double)s.w[k], expected[i * n + k]);
        cr_expect(s.function.evaluations == (size_t)evaluations[i],
                  "%s %s %s: %zu evaluations in step %zu, expected %g", row->name, row->options,
                  row->label, s.function.evaluations, i + 1, evaluations[i]);
    }
    double gradient[N_MAX], start[N_MAX];
    golden_values(golden_shared(file, row->label), "start", start, N_MAX);
    const double first = s.function.value(&s.function, n, start, gradient);
    const double last = s.function.value(&s.function, n, expected + (steps - 1) * n, gradient);
    evaluate(&s.problem);
    cr_expect(s.problem.loss - last <= fabs(first - last) * SHARE_F32,
              "%s %s %s: from %.9g down to %.9g, expected %.9g", row->name, row->options,
              row->label, first, s.problem.loss, last);
    end(&s);
}

TEMPLATE_TEST(batch_method, paths_are_the_references)
{
    const struct golden file = golden_read(path);
    struct golden rest = file;
    size_t checked = 0;
    for (struct golden group; (group = golden_next(&rest)).count;)
        if (group.rows->name[0] != '\0') {
            check_path(file, group);
            checked++;
        }
    cr_assert_gt(checked, 30);
    golden_free(file);
}

/* True if the golden rows of a name give one of its options a value that is not its
 * default. */
static bool is_tried(struct golden file, const char *name, const char *option)
{
    char key[64];
    snprintf(key, sizeof key, "%s=", option);
    for (size_t i = 0; i < file.count; i++) {
        const char *found = strstr(file.rows[i].options, key);
        if (strcmp(file.rows[i].name, name) == 0 && found &&
            (found == file.rows[i].options || found[-1] == ';'))
            return true;
    }
    return false;
}

TEMPLATE_TEST(batch_method, every_option_has_golden_values)
{
    const struct golden file = golden_read(path);
    size_t methods = 0;
    for (size_t i = 0; i < NAMES; i++) {
        const struct optimizer *optimizer = registry_optimizer(i);
        if (!optimizer->minimise)
            continue;
        methods++;
        for (size_t option = 0; option < optimizer->info.option_count; option++)
            cr_expect(is_tried(file, names[i], optimizer->info.options[option].name),
                      "%s: no golden values with another %s", names[i],
                      optimizer->info.options[option].name);
    }
    cr_assert_geq(methods, 2);
    golden_free(file);
}

/* A method and a line search to run on anything. */
static struct lg_options variant(const struct optimizer *optimizer, bool strong_wolfe)
{
    struct lg_options options = lg_options_default(&optimizer->info);
    const int search = lg_option_find(&optimizer->info, "line_search_fn");
    if (search >= 0)
        options.value[search] = strong_wolfe;
    return options;
}

static bool is_finite(size_t n, const real *w)
{
    for (size_t i = 0; i < n; i++)
        if (!(real_abs(w[i]) <= REAL_MAX))
            return false;
    return true;
}

/* After a failure the next step is the first one of a new run. */
static void check_forgotten(struct golden file, struct sample *failed, const char *label)
{
    struct sample fresh;
    begin(&fresh, failed->optimizer, &failed->options, golden_shared(file, label));
    const size_t n = fresh.problem.n;
    memcpy(fresh.w, failed->w, n * sizeof *fresh.w);
    step(&fresh);
    step(failed);
    cr_expect(memcmp(fresh.w, failed->w, n * sizeof *fresh.w) == 0,
              "%s %s: goes on where it failed", fresh.optimizer->info.name, label);
    end(&fresh);
}

/* Evaluations that fail, from any one on: w is where it was after the last step that
 * ended well, or at a point that was evaluated before the failure and is lower, or, where
 * every move is made, at such a point. */
static void check_failure(struct golden file, const char *label, const struct optimizer *optimizer,
                          bool strong_wolfe, size_t bad_from, double bad, bool in_gradient)
{
    const struct lg_options options = variant(optimizer, strong_wolfe);
    struct sample s;
    begin(&s, optimizer, &options, golden_shared(file, label));
    s.function.bad_from = bad_from;
    s.function.bad = bad;
    s.function.bad_gradient = in_gradient;
    real start[N_MAX];
    memcpy(start, s.w, sizeof start);
    evaluate(&s.problem);
    const double before = s.problem.loss;
    s.function.evaluations = 0;
    step(&s);
    if (s.function.evaluations <= bad_from) { /* the step came to its end */
        end(&s);
        return;
    }
    cr_expect(s.function.evaluations == bad_from + 1, "%s goes on after a bad evaluation",
              optimizer->info.name);
    cr_expect(is_finite(s.problem.n, s.w) && is_finite(s.problem.n, s.gradient) &&
                  fabs(s.problem.loss) <= DBL_MAX,
              "%s %s ends at a bad point", optimizer->info.name, label);
    const double kept = s.problem.loss;
    real gradient[N_MAX];
    memcpy(gradient, s.gradient, sizeof gradient);
    s.function.bad_from = 0;
    evaluate(&s.problem);
    cr_expect(fabs(s.problem.loss - kept) <= fabs(kept) * (double)REAL_EPSILON * 64,
              "%s %s: the loss is not that at w", optimizer->info.name, label);
    for (size_t i = 0; i < s.problem.n; i++)
        cr_expect(real_abs(gradient[i] - s.gradient[i]) <=
                      (real_abs(gradient[i]) + 1) * REAL_EPSILON * 4096,
                  "%s %s: the gradient is not that at w", optimizer->info.name, label);
    const bool stayed = memcmp(start, s.w, s.problem.n * sizeof *start) == 0;
    cr_expect(stayed == (s.scalars[0] == 1), "%s %s: state says %g", optimizer->info.name, label,
              s.scalars[0]);
    if (strong_wolfe || lg_option_find(&optimizer->info, "line_search_fn") < 0)
        cr_expect(stayed || kept < before, "%s %s: goes up", optimizer->info.name, label);
    check_forgotten(file, &s, label);
    end(&s);
}

TEMPLATE_TEST(batch_method, a_bad_evaluation_ends_a_step_at_the_last_good_point)
{
    static const char *const labels[] = {"quadratic", "rosenbrock", "logistic"};
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    const struct golden file = golden_read(path);
    for (size_t index = 0; index < NAMES; index++)
        for (size_t bad_from = 1; registry_optimizer(index)->minimise && bad_from < 25; bad_from++)
            for (size_t kind = 0; kind < 12; kind++)
                check_failure(file, labels[bad_from % 3], registry_optimizer(index), kind % 2,
                              bad_from, bad[kind / 4], kind / 2 % 2);
    golden_free(file);
}

/* A loss that is higher everywhere else, whatever the gradient promises. */
static double spike(const struct function *function, size_t n, const double *w, double *gradient)
{
    double away = 0;
    for (size_t i = 0; i < n; i++)
        away += fabs(w[i] - function->features[i]);
    for (size_t i = 0; i < n; i++)
        gradient[i] = (i % 2 ? -1 : 1) * (away > 0 ? 2 : 1);
    return away > 0 ? 5 + away : 1;
}

static double flat(const struct function *function, size_t n, const double *w, double *gradient)
{
    (void)function, (void)w;
    for (size_t i = 0; i < n; i++)
        gradient[i] = 0;
    return 1;
}

/* Where there is no lower point, w keeps every bit, a zero its sign. */
TEMPLATE_TEST(batch_method, a_step_without_a_lower_point_leaves_w)
{
    const struct golden file = golden_read(path);
    for (size_t index = 0; index < NAMES; index++) {
        const struct optimizer *optimizer = registry_optimizer(index);
        for (int is_flat = 0; optimizer->minimise && is_flat < 2; is_flat++) {
            const struct lg_options options = variant(optimizer, true);
            struct sample s;
            begin(&s, optimizer, &options, golden_shared(file, "logistic"));
            s.w[1] = (real)-0.0;
            s.w[2] = 0;
            for (size_t i = 0; i < s.problem.n; i++)
                s.function.features[i] = (double)s.w[i];
            s.function.value = is_flat ? flat : spike;
            for (int turn = 0; turn < 3; turn++) {
                real before[N_MAX];
                memcpy(before, s.w, sizeof before);
                step(&s);
                cr_expect(memcmp(before, s.w, sizeof before) == 0 && s.scalars[0] == 1 &&
                              s.problem.loss == 1 && s.gradient[0] == (is_flat ? 0 : 1),
                          "%s leaves %s", optimizer->info.name, is_flat ? "a plain" : "a minimum");
            }
            end(&s);
        }
    }
    golden_free(file);
}

/* Large curvatures and any options: every step ends, and nothing is written past the
 * state. */
TEMPLATE_TEST(batch_method, any_options_come_to_an_end)
{
    static const char *const labels[] = {"quadratic", "rosenbrock", "logistic"};
    const struct golden file = golden_read(path);
    struct lg_pcg pcg = lg_pcg_seed(61, 1);
    for (int trial = 0; trial < 400; trial++) {
        const struct optimizer *optimizer = registry_optimizer(lg_pcg_below(&pcg, NAMES));
        if (!optimizer->minimise)
            continue;
        struct lg_options options = random_options(&pcg, &optimizer->info);
        static const char *const counts[] = {"max_iter", "max_eval", "history_size"};
        for (size_t i = 0; i < 3; i++) {
            const int at = lg_option_find(&optimizer->info, counts[i]);
            if (at >= 0)
                options.value[at] = 1 + lg_pcg_below(&pcg, 12);
        }
        struct sample s;
        begin(&s, optimizer, &options, golden_shared(file, labels[trial % 3]));
        for (int turn = 0; turn < 4; turn++)
            step(&s);
        end(&s);
    }
    golden_free(file);
}
