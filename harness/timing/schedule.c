#include "harness/timing/schedule.h"

const char *const stop_words[] = {"running", "precision", "budget", "rounds", "interrupted"};

void schedule_begin(struct schedule *schedule, uint64_t seed)
{
    schedule->pcg = lg_pcg_seed(seed, SCHEDULE_STREAM_ORDER);
}

void schedule_round(struct schedule *schedule, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        const size_t j = lg_pcg_below(&schedule->pcg, (uint32_t)i);
        const size_t kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
}

size_t schedule_control(uint64_t seed, size_t count)
{
    struct lg_pcg pcg = lg_pcg_seed(seed, SCHEDULE_STREAM_CONTROL);
    return lg_pcg_below(&pcg, (uint32_t)count);
}

enum stop stopping_ask(const struct stopping *stopping, size_t rounds, double widest,
                       uint64_t elapsed_ns)
{
    if (rounds >= stopping->least && widest <= stopping->precision)
        return STOP_PRECISION;
    if (rounds >= stopping->most)
        return STOP_ROUNDS;
    /* One round there must be. */
    return rounds > 0 && elapsed_ns >= stopping->budget_ns ? STOP_BUDGET : STOP_NOT;
}

double stopping_seconds_left(const struct stopping *stopping, size_t rounds, double widest,
                             uint64_t elapsed_ns)
{
    const double elapsed = (double)elapsed_ns * 1e-9, budget = (double)stopping->budget_ns * 1e-9;
    const double excess = widest / stopping->precision;
    const double share = (double)stopping->least / (double)rounds; /* infinite at first */
    double factor = excess * excess > share ? excess * excess : share;
    factor = factor > 1 ? factor - 1 : 0;
    const double left = budget > elapsed ? budget - elapsed : 0;
    return factor * elapsed < left ? factor * elapsed : left;
}
