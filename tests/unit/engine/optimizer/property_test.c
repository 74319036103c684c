#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/options.h"
#include "tests/unit/template.h"

#define ONE(name) +1
enum { OPTIMIZERS = 0 LG_OPTIMIZERS(ONE), N = 70, TRIALS = 300 };

/* A run of parameters in the middle of training. */
struct run {
    const struct optimizer *optimizer;
    struct lg_options options;
    real w[N], slots[OPTIMIZER_SLOTS_MAX][N];
    double scalars[OPTIMIZER_SCALARS_MAX];
    uint64_t steps;
};

/* awkward_real() over all magnitudes. */
static real wild_real(struct lg_pcg *pcg)
{
    static const double scales[] = {1, 1e-20, 1e-3, 1e3, 1e20, 1e30};
    const real x = awkward_real(pcg) * (real)scales[lg_pcg_below(pcg, 6)];
    return lg_pcg_below(pcg, 20) ? x : (x < 0 ? -REAL_MAX : REAL_MAX);
}

static real initial_state(const struct run *run, size_t slot)
{
    return run->optimizer->initial_state && slot < run->optimizer->slots(&run->options)
               ? run->optimizer->initial_state(&run->options, slot)
               : 0;
}

/* One step in pieces of `length`. */
static void update(struct run *run, struct gradient g, size_t length)
{
    struct optimizer_step now;
    optimizer_begin(run->optimizer, &run->options, ++run->steps, run->scalars, &now);
    for (size_t first = 0; first < N; first += length) {
        real *state[OPTIMIZER_SLOTS_MAX];
        for (size_t slot = 0; slot < OPTIMIZER_SLOTS_MAX; slot++)
            state[slot] = run->slots[slot] + first;
        run->optimizer->update(&now, N - first < length ? N - first : length, run->w + first,
                               (struct gradient){g.factor, g.direction + first}, state);
    }
}

/* A state that training can be in: the initial one and up to three steps on, any
 * parameters. Where a parameter stopped being finite training has ended, so the
 * entry starts again. */
static struct run random_run(struct lg_pcg *pcg, size_t index, const struct lg_options *options,
                             bool at_rest)
{
    struct run run = {.optimizer = registry_optimizer(index), .options = *options};
    for (size_t i = 0; i < N; i++) {
        run.w[i] = awkward_real(pcg);
        for (size_t slot = 0; slot < OPTIMIZER_SLOTS_MAX; slot++)
            run.slots[slot][i] = initial_state(&run, slot);
    }
    if (at_rest) /* any number of steps, but none has moved the state */
        for (uint32_t steps = lg_pcg_below(pcg, 12); steps > 0; steps--) {
            struct optimizer_step now;
            optimizer_begin(run.optimizer, &run.options, ++run.steps, run.scalars, &now);
        }
    for (uint32_t steps = at_rest ? 0 : lg_pcg_below(pcg, 4); steps > 0; steps--) {
        real g[N];
        for (size_t i = 0; i < N; i++)
            g[i] = lg_pcg_below(pcg, 4) ? wild_real(pcg) : 0;
        update(&run, (struct gradient){1, g}, N);
        for (size_t i = 0; i < N; i++)
            if (!row_is_finite(&run.w[i], 1))
                for (size_t slot = 0; slot < OPTIMIZER_SLOTS_MAX; slot++)
                    run.slots[slot][i] = initial_state(&run, slot);
    }
    for (size_t i = 0; i < N; i++)
        run.w[i] = wild_real(pcg);
    return run;
}

static bool same_bits(const struct run *a, const struct run *b)
{
    return memcmp(a->w, b->w, sizeof a->w) == 0 && memcmp(a->slots, b->slots, sizeof a->slots) == 0;
}

/* True if a gradient of +0, as a factor or as a direction, leaves a random run as it
 * is. */
static bool zero_is_nothing(struct lg_pcg *pcg, size_t index, const struct lg_options *options,
                            bool at_rest)
{
    real zero[N], other[N];
    struct run run = random_run(pcg, index, options, at_rest);
    const struct run before = run;
    for (size_t i = 0; i < N; i++) {
        zero[i] = lg_pcg_below(pcg, 2) ? 0 : (real)-0.0;
        other[i] = wild_real(pcg);
    }
    const bool factor = lg_pcg_below(pcg, 2);
    update(&run, factor ? (struct gradient){0, other} : (struct gradient){wild_real(pcg), zero}, N);
    return same_bits(&run, &before);
}

TEMPLATE_TEST(optimizer_property, a_zero_gradient_is_nothing_where_it_says_so)
{
    struct lg_pcg pcg = lg_pcg_seed(41, 1);
    for (size_t index = 0; index < OPTIMIZERS; index++) {
        const struct optimizer *optimizer = registry_optimizer(index);
        if (!optimizer->update)
            continue;
        for (int trial = 0; trial < TRIALS; trial++) {
            const struct lg_options options = random_options(&pcg, &optimizer->info);
            const enum zero_gradient zero = optimizer->zero_gradient(&options);
            if (zero != ZERO_MOVES)
                cr_assert(zero_is_nothing(&pcg, index, &options, zero == ZERO_AT_REST),
                          "%s, trial %d", optimizer->info.name, trial);
        }
    }
}

/* A claim that is too modest costs speed: where a single option takes it back, some
 * zero gradient must change a bit. */
TEMPLATE_TEST(optimizer_property, a_zero_gradient_is_something_where_it_says_so)
{
    struct lg_pcg pcg = lg_pcg_seed(42, 1);
    size_t modest = 0;
    for (size_t index = 0; index < OPTIMIZERS; index++) {
        const struct optimizer *optimizer = registry_optimizer(index);
        if (!optimizer->update)
            continue;
        for (size_t i = 0; i < optimizer->info.option_count; i++)
            for (size_t trial = 0; trial < OPTION_TRIALS; trial++) {
                struct lg_options options = lg_options_default(&optimizer->info);
                options.value[i] = option_trial(&optimizer->info.options[i], trial);
                const enum zero_gradient zero = optimizer->zero_gradient(&options);
                if (zero == ZERO_IS_NOTHING)
                    continue;
                bool changed = false;
                for (int attempt = 0; attempt < 50 && !changed; attempt++)
                    changed = !zero_is_nothing(&pcg, index, &options, zero == ZERO_MOVES);
                cr_expect(changed, "%s with %s = %g: a zero gradient changes nothing",
                          optimizer->info.name, optimizer->info.options[i].name, options.value[i]);
                modest++;
            }
    }
    cr_assert_gt(modest, 0);
}

TEMPLATE_TEST(optimizer_property, position_and_length_change_no_bit)
{
    struct lg_pcg pcg = lg_pcg_seed(43, 1);
    for (size_t index = 0; index < OPTIMIZERS; index++)
        for (size_t length = 1; length <= N && registry_optimizer(index)->update; length++) {
            const struct lg_options options =
                random_options(&pcg, &registry_optimizer(index)->info);
            struct run whole = random_run(&pcg, index, &options, false), pieces = whole;
            real g[N];
            for (size_t i = 0; i < N; i++)
                g[i] = awkward_real(&pcg);
            const struct gradient gradient = {awkward_real(&pcg), g};
            update(&whole, gradient, N);
            update(&pieces, gradient, length);
            cr_expect(same_bits(&whole, &pieces), "%s in pieces of %zu",
                      registry_optimizer(index)->info.name, length);
        }
}

TEMPLATE_TEST(optimizer_property, a_gradient_in_two_factors_is_their_product)
{
    struct lg_pcg pcg = lg_pcg_seed(44, 1);
    for (size_t index = 0; index < OPTIMIZERS; index++)
        for (int trial = 0; trial < TRIALS && registry_optimizer(index)->update; trial++) {
            const struct lg_options options =
                random_options(&pcg, &registry_optimizer(index)->info);
            struct run factored = random_run(&pcg, index, &options, false), multiplied = factored;
            real direction[N], product[N];
            const real factor = awkward_real(&pcg);
            for (size_t i = 0; i < N; i++) {
                direction[i] = wild_real(&pcg);
                product[i] = factor * direction[i];
            }
            update(&factored, (struct gradient){factor, direction}, N);
            update(&multiplied, (struct gradient){1, product}, N);
            cr_expect(same_bits(&factored, &multiplied), "%s",
                      registry_optimizer(index)->info.name);
        }
}
