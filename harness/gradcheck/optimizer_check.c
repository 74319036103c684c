#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/gradcheck/other_checks.h"
#include "harness/gradcheck/points.h"

enum { STEPS = 10, ROWS = 3, COLUMNS = 4, ENTRIES = ROWS * COLUMNS };

/* So many units of the last place of the largest parameter an f64 step may be off, and an
 * f32 one of its own: the roots of an ill-conditioned matrix lose the most. */
static const double F64_ULPS = 65536, F32_ULPS = 64;

/* ---- The steps ----------------------------------------------------------- */

static enum lg_status replay(const struct lg_backend *backend, const struct lg_choice *optimizer,
                             const struct lg_replay_data *data, double *after,
                             struct lg_error *error)
{
    struct lg_arena arena = {0};
    backend->evaluate_optimizer(&arena, optimizer, data, after);
    enum lg_status status = lg_arena_create(&arena, arena.used_bytes, error);
    if (status == LG_OK)
        backend->evaluate_optimizer(&arena, optimizer, data, after);
    lg_arena_destroy(&arena);
    return status;
}

/* ---- The comparison ------------------------------------------------------ */

struct steps {
    double start[ENTRIES], gradients[STEPS * ENTRIES];
    double after[COPIES][STEPS * ENTRIES];
};

static void compare(const struct steps *steps, struct result *result)
{
    struct ulps f64 = {{0}, 0}, f32 = {{0}, 0};
    struct judgement judgement = {
        .checked = STEPS * ENTRIES, .reason = "", .worst = 0, .wrong = SIZE_MAX};
    const double *wide = steps->after[COPY_WIDE];
    double scale = 0, most = -1;
    size_t at = 0;
    char worst[48];
    for (size_t i = 0; i < STEPS * ENTRIES; i++)
        scale = fabs(wide[i]) > scale ? fabs(wide[i]) : scale;
    for (size_t i = 0; i < STEPS * ENTRIES; i++) {
        const double apart = fabs(steps->after[COPY_F64][i] - wide[i]);
        ulps_note(&f64, steps->after[COPY_F64][i], wide[i], scale, DBL_MANT_DIG);
        ulps_note(&f32, steps->after[COPY_F32][i], wide[i], scale, FLT_MANT_DIG);
        if (!(apart <= most)) {
            most = apart;
            at = i;
        }
    }
    judgement.analytic = steps->after[COPY_F64][at];
    judgement.numeric = wide[at];
    judgement.error_bar = DBL_EPSILON / 2 * fabs(wide[at]); /* it comes as a double */
    judgement.relative_error = scale > 0 ? most / scale : 0;
    snprintf(worst, sizeof worst, "step %zu [%zu]", at / ENTRIES + 1, at % ENTRIES);
    if (memcmp(wide + (STEPS - 1) * ENTRIES, steps->start, ENTRIES * sizeof *wide) == 0)
        judgement.verdict = VERDICT_DEAD;
    if (!(f64.largest <= F64_ULPS && f32.largest <= F32_ULPS)) {
        judgement.verdict = VERDICT_FAIL;
        snprintf(judgement.message, sizeof judgement.message,
                 "%s: f64 says %.17g, long double %.17g: %.3g units of the last place (f32: %.3g); "
                 "at most %g and %g are expected",
                 worst, judgement.analytic, judgement.numeric, f64.largest, f32.largest, F64_ULPS,
                 F32_ULPS);
    }
    result_add(result, &(struct result_row){.block = "parameters",
                                            .size = ENTRIES,
                                            .worst = worst,
                                            .method = "wide",
                                            .judgement = &judgement,
                                            .f64 = &f64,
                                            .f32 = &f32});
}

enum lg_status optimizer_check(const struct copies *copies, const struct lg_choice *optimizer,
                               uint64_t seed, struct result *result, struct lg_error *error)
{
    struct steps steps;
    struct lg_pcg pcg = lg_pcg_seed(seed, 7);
    for (size_t i = 0; i < ENTRIES; i++)
        steps.start[i] = points_draw(&pcg, -1, 1);
    for (size_t i = 0; i < STEPS * ENTRIES; i++)
        steps.gradients[i] = points_draw(&pcg, -1, 1);
    const struct lg_replay_data data = {.steps = STEPS,
                                        .rows = ROWS,
                                        .columns = COLUMNS,
                                        .parameters = steps.start,
                                        .gradients = steps.gradients};
    if (!copies->backend[COPY_F64]->optimizer_replays(optimizer->index)) {
        result_skip(result, "parameters",
                    "it searches along a line, whose branches depend on the last bit: its paths "
                    "are compared in tests/golden/batch_methods.csv");
        return LG_OK;
    }
    enum lg_status status = LG_OK;
    for (int copy = 0; copy < COPIES && status == LG_OK; copy++)
        status = replay(copies->backend[copy], optimizer, &data, steps.after[copy], error);
    if (status == LG_OK)
        compare(&steps, result);
    return status;
}
