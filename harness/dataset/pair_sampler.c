#include "harness/dataset/pair_sampler.h"

/* The relations of a task's other samples to the first; returns how many there are. */
static size_t kinds_of(enum lg_task task, enum lg_pair_kind kinds[PAIRED_MAX])
{
    kinds[1] = LG_PAIR_OTHER;
    switch (task) {
    case LG_TASK_PAIR:
        kinds[0] = LG_PAIR_EITHER;
        return 1;
    case LG_TASK_RANK:
        kinds[0] = LG_PAIR_OTHER;
        return 1;
    case LG_TASK_TRIPLET:
        kinds[0] = LG_PAIR_SAME;
        return 2;
    case LG_TASK_RECONSTRUCT:
    case LG_TASK_CLASSIFY:
        break;
    }
    return 0;
}

void pair_sampler_place(struct pair_sampler *pairs, struct lg_arena *arena, enum lg_task task,
                        size_t count)
{
    enum lg_pair_kind kinds[PAIRED_MAX];
    const size_t lists = kinds_of(task, kinds);
    pairs->task = task;
    pairs->count = lists > 0 ? count : 0;
    if (lists > 0)
        pairs->classes.by_class = lg_arena_take(arena, count * sizeof(uint32_t));
    for (size_t i = 0; i < lists; i++)
        pairs->lists[i] = lg_arena_take(arena, count * sizeof(uint32_t));
}

void pair_sampler_sort(struct pair_sampler *pairs, const struct lg_images *images)
{
    if (pairs->count > 0)
        lg_classes_sort(&pairs->classes, images->labels, pairs->count);
}

void pair_sampler_draw(struct pair_sampler *pairs, const struct lg_images *images,
                       const uint32_t *order, uint64_t seed, uint64_t epoch)
{
    enum lg_pair_kind kinds[PAIRED_MAX];
    const size_t lists = kinds_of(pairs->task, kinds);
    for (size_t i = 0; i < lists; i++)
        lg_pairs_draw(pairs->lists[i], kinds[i], &pairs->classes, images->labels, order,
                      pairs->count, seed, epoch);
}
