#include "harness/machine/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/system.h"
#include "lossgrid/digest.h"

static const char *const passing[] = {"load", "governor", "turbo", "perf_event_paranoid",
                                      "usable_cores"};

json_t *identity_json(const struct machine *machine)
{
    char host[SYSTEM_TEXT_MAX];
    json_t *identity = machine_json(machine);
    if (identity == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        (void)json_object_del(identity, passing[i]);
    const bool is_known = system_line(host, machine->root, "proc/sys/kernel/hostname");
    json_t *name = is_known ? json_string(host) : NULL;
    if (json_object_set_new(identity, "host", name != NULL ? name : json_null()) == 0)
        return identity;
    json_decref(identity);
    return NULL;
}

enum lg_status identity_id(const json_t *identity, char id[MACHINE_ID_BYTES + 1],
                           struct lg_error *error)
{
    char sha256[LG_DIGEST_HEX];
    char *text = identity != NULL ? json_dumps(identity, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    if (text == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    lg_digest_bytes(text, strlen(text), sha256);
    free(text);
    snprintf(id, MACHINE_ID_BYTES + 1, "%.*s", MACHINE_ID_BYTES, sha256);
    return LG_OK;
}
