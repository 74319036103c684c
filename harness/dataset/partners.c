#include "harness/dataset/partners.h"

/* What the partners of a task are to their samples; returns how many there are. */
static size_t kinds_of(enum lg_task task, enum lg_partner kinds[PARTNERS_MAX])
{
    kinds[1] = LG_PARTNER_OTHER;
    switch (task) {
    case LG_TASK_PAIR:
        kinds[0] = LG_PARTNER_EITHER;
        return 1;
    case LG_TASK_RANK:
        kinds[0] = LG_PARTNER_OTHER;
        return 1;
    case LG_TASK_TRIPLET:
        kinds[0] = LG_PARTNER_SAME;
        return 2;
    case LG_TASK_RECONSTRUCT:
    case LG_TASK_CLASSIFY:
        break;
    }
    return 0;
}

void partners_place(struct partners *partners, struct lg_arena *arena, enum lg_task task,
                    size_t count)
{
    enum lg_partner kinds[PARTNERS_MAX];
    const size_t lists = kinds_of(task, kinds);
    partners->task = task;
    partners->count = lists > 0 ? count : 0;
    if (lists > 0)
        partners->classes.by_class = lg_arena_take(arena, count * sizeof(uint32_t));
    for (size_t i = 0; i < lists; i++)
        partners->lists[i] = lg_arena_take(arena, count * sizeof(uint32_t));
}

void partners_sort(struct partners *partners, const struct lg_images *images)
{
    if (partners->count > 0)
        lg_classes_sort(&partners->classes, images->labels, partners->count);
}

void partners_draw(struct partners *partners, const struct lg_images *images, const uint32_t *order,
                   uint64_t seed, uint64_t epoch)
{
    enum lg_partner kinds[PARTNERS_MAX];
    const size_t lists = kinds_of(partners->task, kinds);
    for (size_t i = 0; i < lists; i++)
        lg_partner_draw(partners->lists[i], kinds[i], &partners->classes, images->labels, order,
                        partners->count, seed, epoch);
}
