#include "harness/run/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 16, EPOCH_PARTS = 6 };

struct job {
    size_t cell, epoch, size;
    char weights_sha256[LG_DIGEST_HEX];
};

/* Before each message of a worker: what follows, in bytes. */
struct head {
    enum channel_kind kind;
    size_t size;
};

/* An epoch, before its bytes. SIZE_MAX: there are none. */
struct epoch_head {
    size_t epoch, size[EPOCH_PARTS];
    char weights_sha256[LG_DIGEST_HEX];
};

/* ---- Whole or not at all --------------------------------------------------- */

/* Everything; the vectors are used up. MSG_NOSIGNAL: a closed end is an answer. */
static bool send_all(int socket, struct iovec *pieces, size_t count)
{
    while (count > 0) {
        const struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        while (count > 0 && (size_t)sent >= pieces->iov_len) {
            sent -= (ssize_t)pieces->iov_len;
            pieces++;
            count--;
        }
        if (count > 0) {
            pieces->iov_base = (char *)pieces->iov_base + sent;
            pieces->iov_len -= (size_t)sent;
        }
    }
    return true;
}

static struct iovec piece(const void *bytes, size_t size)
{
    return (struct iovec){.iov_base = (void *)bytes, .iov_len = size};
}

static bool receive_all(int socket, void *bytes, size_t size)
{
    for (size_t got = 0; got < size;) {
        ssize_t more = read(socket, (char *)bytes + got, size - got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            return false;
        got += (size_t)more;
    }
    return true;
}

/* ---- Jobs ------------------------------------------------------------------ */

bool channel_send_job(int socket, size_t cell, const struct store_checkpoint *checkpoint)
{
    struct job job = {.cell = cell, .epoch = checkpoint->epoch, .size = checkpoint->size};
    memcpy(job.weights_sha256, checkpoint->weights_sha256, LG_DIGEST_HEX);
    struct iovec pieces[] = {piece(&job, sizeof job), piece(checkpoint->bytes, checkpoint->size)};
    return send_all(socket, pieces, checkpoint->size > 0 ? 2 : 1);
}

bool channel_receive_job(int socket, size_t *cell, struct store_checkpoint *checkpoint)
{
    struct job job;
    *checkpoint = (struct store_checkpoint){0};
    if (!receive_all(socket, &job, sizeof job))
        return false;
    *cell = job.cell;
    checkpoint->epoch = job.epoch;
    checkpoint->size = job.size;
    memcpy(checkpoint->weights_sha256, job.weights_sha256, LG_DIGEST_HEX);
    checkpoint->bytes = malloc(job.size > 0 ? job.size : 1);
    return checkpoint->bytes != NULL && receive_all(socket, checkpoint->bytes, job.size);
}

/* ---- Messages of a worker -------------------------------------------------- */

static bool send_one(int socket, enum channel_kind kind, const void *bytes, size_t size)
{
    struct head head = {kind, size};
    struct iovec pieces[] = {piece(&head, sizeof head), piece(bytes, size)};
    return send_all(socket, pieces, 2);
}

bool channel_send_report(int socket, const struct cell_report *report)
{
    return send_one(socket, CHANNEL_REPORT, report, sizeof *report);
}

bool channel_send_end(int socket, const struct channel_end *end)
{
    return send_one(socket, CHANNEL_END, end, sizeof *end);
}

bool channel_send_epoch(int socket, const struct store_epoch *epoch)
{
    const struct store_bytes parts[EPOCH_PARTS] = {epoch->trace,       epoch->timing,
                                                   epoch->image,       epoch->parameters,
                                                   epoch->evaluations, epoch->state};
    struct head head = {CHANNEL_EPOCH, sizeof(struct epoch_head)};
    struct epoch_head about = {.epoch = epoch->epoch};
    struct iovec pieces[EPOCH_PARTS + 2] = {piece(&head, sizeof head), piece(&about, sizeof about)};
    size_t count = 2;
    memcpy(about.weights_sha256, epoch->weights_sha256, LG_DIGEST_HEX);
    for (size_t i = 0; i < EPOCH_PARTS; i++) {
        about.size[i] = parts[i].bytes != NULL ? parts[i].size : SIZE_MAX;
        if (parts[i].bytes == NULL)
            continue;
        pieces[count++] = piece(parts[i].bytes, parts[i].size);
        head.size += parts[i].size;
    }
    return send_all(socket, pieces, count);
}

/* ---- In the parent --------------------------------------------------------- */

bool channel_read(int socket, struct text *inbox, int *reason)
{
    char bytes[READ_BYTES];
    ssize_t got;
    do
        got = recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    *reason = got < 0 ? errno : 0;
    if (got > 0)
        text_add(inbox, bytes, (size_t)got);
    return got > 0 || *reason == EAGAIN || *reason == EWOULDBLOCK;
}

static void take_epoch(const char *bytes, struct store_epoch *epoch)
{
    struct epoch_head about;
    struct store_bytes *const parts[EPOCH_PARTS] = {&epoch->trace,       &epoch->timing,
                                                    &epoch->image,       &epoch->parameters,
                                                    &epoch->evaluations, &epoch->state};
    memcpy(&about, bytes, sizeof about);
    bytes += sizeof about;
    *epoch = (struct store_epoch){.epoch = about.epoch};
    memcpy(epoch->weights_sha256, about.weights_sha256, LG_DIGEST_HEX);
    for (size_t i = 0; i < EPOCH_PARTS; i++) {
        if (about.size[i] == SIZE_MAX)
            continue;
        *parts[i] = (struct store_bytes){bytes, about.size[i]};
        bytes += about.size[i];
    }
}

void channel_next(const struct text *inbox, size_t at, struct channel_message *message)
{
    struct head head;
    message->kind = CHANNEL_NOTHING;
    if (inbox->size - at < sizeof head)
        return;
    memcpy(&head, inbox->bytes + at, sizeof head);
    if (inbox->size - at - sizeof head < head.size)
        return;
    const char *bytes = inbox->bytes + at + sizeof head;
    message->kind = head.kind;
    message->size = sizeof head + head.size;
    if (head.kind == CHANNEL_REPORT)
        memcpy(&message->report, bytes, sizeof message->report);
    else if (head.kind == CHANNEL_END)
        memcpy(&message->end, bytes, sizeof message->end);
    else
        take_epoch(bytes, &message->epoch);
}
