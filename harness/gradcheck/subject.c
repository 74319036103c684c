#include "harness/gradcheck/subject.h"

#include <stdio.h>
#include <stdlib.h>

const struct gradient_block *subject_block_at(const struct subject *subject, size_t i)
{
    const struct gradient_block *block = subject->blocks;
    while (i >= block->first + block->rows * block->columns)
        block++;
    return block;
}

const char *subject_entry_name(const struct gradient_block *block, size_t i, char buffer[48])
{
    const size_t at = i - block->first;
    if (block->rows > 1)
        snprintf(buffer, 48, "[%zu, %zu]", at / block->columns, at % block->columns);
    else
        snprintf(buffer, 48, "[%zu]", at);
    return buffer;
}

void subject_free(struct subject *subject)
{
    if (subject->free != NULL)
        subject->free(subject);
    free(subject->point);
    *subject = (struct subject){.kind = NULL};
}
