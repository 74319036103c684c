#include "harness/timing/feed.h"

#include <stdlib.h>
#include <string.h>

#include "lossgrid/order.h"

/* One epoch, in an arena. */
struct epoch {
    struct pair_sampler pairs;
    uint32_t *order; /* (samples) */
};

static void place(struct epoch *epoch, struct lg_arena *arena, const struct feed_source *source)
{
    epoch->order = lg_arena_take(arena, source->samples * sizeof *epoch->order);
    pair_sampler_place(&epoch->pairs, arena, source->experiment->task, source->samples);
}

/* As a run does: the first epoch is 1. */
static void draw(struct epoch *epoch, const struct feed_source *source, uint64_t number)
{
    for (size_t i = 0; i < source->samples; i++)
        epoch->order[i] = (uint32_t)i;
    if (source->experiment->shuffle)
        lg_order_shuffle(epoch->order, source->samples, source->seed, number);
    pair_sampler_draw(&epoch->pairs, source->images, epoch->order, source->seed, number);
}

static void fill(struct feed *feed, struct epoch *epoch, const struct feed_source *source)
{
    const size_t count = feed->batch * feed->steps;
    const uint64_t first = feed->from * feed->batch;
    for (size_t done = 0; done < count;) {
        const size_t skipped = (size_t)((first + done) % source->samples);
        const size_t rest = source->samples - skipped, left = count - done;
        const size_t taken = left < rest ? left : rest;
        const size_t bytes = taken * sizeof(uint32_t);
        draw(epoch, source, (first + done) / source->samples + 1);
        memcpy(feed->order + done, epoch->order + skipped, bytes);
        for (size_t i = 0; i < PAIRED_MAX; i++)
            if (feed->paired[i] != NULL)
                memcpy(feed->paired[i] + done, epoch->pairs.lists[i] + skipped, bytes);
        done += taken;
    }
}

static enum lg_status take_lists(struct feed *feed, const struct epoch *epoch,
                                 struct lg_error *error)
{
    const size_t count = feed->batch * feed->steps;
    feed->order = calloc(count, sizeof *feed->order);
    bool is_short = feed->order == NULL;
    for (size_t i = 0; i < PAIRED_MAX; i++)
        if (epoch->pairs.lists[i] != NULL) {
            feed->paired[i] = calloc(count, sizeof *feed->paired[i]);
            is_short |= feed->paired[i] == NULL;
        }
    return is_short ? lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu samples", count)
                    : LG_OK;
}

enum lg_status feed_make(struct feed *feed, const struct feed_source *source, size_t batch,
                         uint64_t from, size_t steps, struct lg_error *error)
{
    struct lg_arena arena = {0};
    struct epoch epoch = {0};
    *feed = (struct feed){.batch = batch, .from = from, .steps = steps};
    place(&epoch, &arena, source);
    enum lg_status status = lg_arena_create(&arena, arena.used_bytes, error);
    if (status != LG_OK)
        return status;
    place(&epoch, &arena, source);
    pair_sampler_sort(&epoch.pairs, source->images);
    status = take_lists(feed, &epoch, error);
    if (status == LG_OK)
        fill(feed, &epoch, source);
    else
        feed_free(feed);
    lg_arena_destroy(&arena);
    return status;
}

struct lg_pass feed_pass(const struct feed *feed, const struct lg_images *images, size_t first,
                         size_t steps)
{
    return (struct lg_pass){
        .images = images,
        .order = feed->order,
        .first = first * feed->batch,
        .count = steps * feed->batch,
        .capture = SIZE_MAX,
        .paired = {feed->paired[0], feed->paired[1]},
    };
}

void feed_free(struct feed *feed)
{
    free(feed->order);
    for (size_t i = 0; i < PAIRED_MAX; i++)
        free(feed->paired[i]);
    *feed = (struct feed){0};
}
