#include "harness/spec/keep.h"

enum word { IMAGES, PARAMETERS, CHECKPOINTS, WORDS };

enum lg_status keep_read(const struct section *top, struct keep *keep)
{
    static const char *const words[] = {"images", "parameters", "checkpoints"};
    const struct registry registry = {.kind = "thing to keep", .names = words, .count = WORDS};
    const struct node *list = NULL;
    bool has[WORDS] = {false};
    enum lg_status status = section_list(top, "keep", &list);
    for (size_t i = 0; status == LG_OK && list != NULL && i < list->count; i++) {
        const struct node *node = list->members[i].value;
        const struct path path = path_entry("keep", i);
        size_t word = 0;
        status = schema_name(node, path.text, &registry, &word, top->error);
        if (status == LG_OK && has[word])
            status = node_fail_expected(node, top->error, path.text,
                                        "something that is not in the list yet");
        has[word] = true;
    }
    *keep = (struct keep){has[IMAGES], has[PARAMETERS], has[CHECKPOINTS]};
    return status;
}
