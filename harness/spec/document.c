#include "harness/spec/document.h"

#include <libfyaml.h>
#include <string.h>

#include "harness/support/encoding.h"

struct anchor {
    const char *name;
    const struct node *node;
};

struct reader {
    struct pool *pool;
    const struct source *source;
    struct lg_error *error;
    struct fy_diag *diag;
    struct fy_parser *parser;
    int line, column; /* of the last event that had a place */
    size_t anchor_count;
    struct anchor anchors[DOCUMENT_ANCHORS_MAX];
};

/* A parser event, copied into the pool so that it can be freed at once. */
struct item {
    enum fy_event_type type;
    int line, column;
    bool plain;
    const char *text;   /* scalar, alias */
    const char *anchor; /* or NULL */
};

static enum lg_status read_node(struct reader *reader, const struct item *item, int depth,
                                const struct node **result);

static enum lg_status fail(const struct reader *reader, int line, int column, const char *message)
{
    struct node place = {.source = reader->source, .line = line, .column = column};
    return node_fail(&place, reader->error, "%s", message);
}

/* A binary file is recognised before the parser sees it. */
static enum lg_status check_text(const struct reader *reader, const char *text, size_t size)
{
    int line = 1, column = 1;
    for (size_t i = 0; i < size;) {
        unsigned char c = (unsigned char)text[i];
        unsigned value = 0;
        size_t bytes = encoding_character(text + i, size - i, &value);
        bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
        if (bytes == 0 || control) {
            struct node place = {.source = reader->source, .line = line, .column = column};
            return node_fail(&place, reader->error, "found byte 0x%02x, expected UTF-8 text", c);
        }
        column++;
        if (c == '\n') {
            line++;
            column = 1;
        }
        i += bytes;
    }
    return LG_OK;
}

/* libfyaml's message on a stream that it cannot parse. */
static enum lg_status syntax_error(const struct reader *reader)
{
    void *state = NULL;
    const struct fy_diag_error *found = fy_diag_errors_iterate(reader->diag, &state);
    if (found == NULL || found->msg == NULL)
        return fail(reader, reader->line, reader->column, "not readable as YAML");
    struct node place = {.source = reader->source, .line = found->line, .column = found->column};
    return node_fail(&place, reader->error, "not readable as YAML: %s", found->msg);
}

/* A copy of a token's text in the pool. */
static enum lg_status copy_text(struct reader *reader, struct fy_token *token, const char **text)
{
    size_t length = 0;
    const char *original = fy_token_get_text(token, &length);
    char *copy = pool_take(reader->pool, length + 1, reader->error);
    if (copy == NULL)
        return LG_ENVIRONMENT;
    if (length > 0)
        memcpy(copy, original, length);
    if (strlen(copy) != length)
        return fail(reader, reader->line, reader->column, "found a NUL character in a text");
    *text = copy;
    return LG_OK;
}

/* The tokens of an event; each may be NULL. */
struct tokens {
    struct fy_token *value, *anchor, *tag;
};

static struct tokens event_tokens(const struct fy_event *event)
{
    switch (event->type) {
    case FYET_SCALAR:
        return (struct tokens){event->scalar.value, event->scalar.anchor, event->scalar.tag};
    case FYET_ALIAS:
        return (struct tokens){event->alias.anchor, NULL, NULL};
    case FYET_SEQUENCE_START:
        return (struct tokens){event->sequence_start.sequence_start, event->sequence_start.anchor,
                               event->sequence_start.tag};
    case FYET_MAPPING_START:
        return (struct tokens){event->mapping_start.mapping_start, event->mapping_start.anchor,
                               event->mapping_start.tag};
    case FYET_DOCUMENT_START:
        return (struct tokens){event->document_start.document_start, NULL, NULL};
    default:
        return (struct tokens){NULL, NULL, NULL};
    }
}

/* True if nothing was written where a value could be, as after `key:`. libfyaml has no token
 * for it, or from 0.9 on an empty one behind the colon. */
static bool is_unwritten(struct fy_token *token)
{
    size_t length = 0;
    return token == NULL || (fy_token_scalar_style(token) == FYSS_PLAIN &&
                             fy_token_get_text(token, &length) != NULL && length == 0);
}

/* Remember where a token is, if it is anywhere. */
static void note_place(struct reader *reader, struct fy_token *token)
{
    const struct fy_mark *mark = token != NULL ? fy_token_start_mark(token) : NULL;
    if (mark == NULL)
        return;
    enum fy_scalar_style style = fy_token_scalar_style(token);
    bool quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
    reader->line = mark->line + 1;
    reader->column = mark->column + (quoted ? 0 : 1); /* a mark is behind its quote */
}

static enum lg_status copy_event(struct reader *reader, const struct fy_event *event,
                                 struct item *item)
{
    struct tokens tokens = event_tokens(event);
    bool has_text = event->type == FYET_SCALAR || event->type == FYET_ALIAS;
    const bool is_nothing = has_text && is_unwritten(tokens.value);
    if (!is_nothing) /* it is where its key is */
        note_place(reader, tokens.value);
    *item = (struct item){.type = event->type, .line = reader->line, .column = reader->column};
    if (tokens.tag != NULL)
        return fail(reader, item->line, item->column, "found a tag; a spec has none");
    enum lg_status status = LG_OK;
    if (is_nothing) {
        item->text = "";
        item->plain = true;
    } else if (has_text) {
        item->plain = fy_token_scalar_style(tokens.value) == FYSS_PLAIN;
        status = copy_text(reader, tokens.value, &item->text);
    }
    if (status == LG_OK && tokens.anchor != NULL)
        status = copy_text(reader, tokens.anchor, &item->anchor);
    return status;
}

static enum lg_status next_item(struct reader *reader, struct item *item)
{
    struct fy_event *event = fy_parser_parse(reader->parser);
    if (event == NULL)
        return syntax_error(reader);
    enum lg_status status = copy_event(reader, event, item);
    fy_parser_event_free(reader->parser, event);
    return status;
}

/* A node of the pool at the item's place. */
static struct node *new_node(struct reader *reader, const struct item *item, enum node_kind kind)
{
    struct node *node = pool_take(reader->pool, sizeof *node, reader->error);
    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->source = reader->source;
    node->line = item->line;
    node->column = item->column;
    return node;
}

/* Entries while their number is not known yet. */
struct link {
    struct member member;
    struct link *next;
};

static enum lg_status read_key(struct reader *reader, const struct item *item,
                               const struct link *earlier, const struct node **key)
{
    if (item->type != FYET_SCALAR || (item->plain && item->text[0] == '\0'))
        return fail(reader, item->line, item->column, "expected a word as the key");
    struct node *node = new_node(reader, item, NODE_SCALAR);
    if (node == NULL)
        return LG_ENVIRONMENT;
    node->text = item->text;
    node->plain = true;
    *key = node;
    for (; earlier != NULL; earlier = earlier->next) {
        char found[NODE_FOUND_MAX];
        if (strcmp(earlier->member.key->text, item->text) == 0)
            return node_fail(node, reader->error, "the key %s is given twice, first on line %d",
                             node_describe(node, found), earlier->member.key->line);
    }
    return LG_OK;
}

static enum lg_status flatten(struct reader *reader, const struct link *first, struct node *node)
{
    struct member *members = pool_take(reader->pool, node->count * sizeof *members, reader->error);
    if (members == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; first != NULL; first = first->next)
        members[i++] = first->member;
    node->members = members;
    return LG_OK;
}

/* The entries of a list or mapping whose start has been read. */
static enum lg_status read_members(struct reader *reader, struct node *node, int depth)
{
    bool keyed = node->kind == NODE_MAPPING;
    size_t most = keyed ? DOCUMENT_KEYS_MAX : DOCUMENT_ENTRIES_MAX;
    struct link *first = NULL, **last = &first;
    for (;;) {
        struct item item = {.type = FYET_NONE};
        enum lg_status status = next_item(reader, &item);
        if (status != LG_OK)
            return status;
        if (item.type == FYET_SEQUENCE_END || item.type == FYET_MAPPING_END)
            return flatten(reader, first, node);
        if (node->count == most)
            return fail(reader, item.line, item.column, "found too many entries");
        struct link *link = pool_take(reader->pool, sizeof *link, reader->error);
        if (link == NULL)
            return LG_ENVIRONMENT;
        if (keyed) {
            status = read_key(reader, &item, first, &link->member.key);
            if (first == NULL && item.line == node->line && item.column < node->column)
                node->column = item.column; /* in [key: value] the mark is at the colon */
            if (status == LG_OK)
                status = next_item(reader, &item);
        }
        if (status == LG_OK)
            status = read_node(reader, &item, depth + 1, &link->member.value);
        if (status != LG_OK)
            return status;
        *last = link;
        last = &link->next;
        node->count++;
    }
}

/* The node that an alias names. An anchor counts from its node's end, so that nothing can
 * contain itself. */
static enum lg_status follow_alias(const struct reader *reader, const struct item *item,
                                   const struct node **result)
{
    for (size_t i = reader->anchor_count; i-- > 0;) {
        if (strcmp(reader->anchors[i].name, item->text) == 0) {
            *result = reader->anchors[i].node;
            return LG_OK;
        }
    }
    return fail(reader, item->line, item->column, "found an alias of an anchor that is not there");
}

static enum lg_status read_node(struct reader *reader, const struct item *item, int depth,
                                const struct node **result)
{
    if (item->type == FYET_ALIAS)
        return follow_alias(reader, item, result);
    if (depth == DOCUMENT_DEPTH_MAX)
        return fail(reader, item->line, item->column, "found too many levels of nesting");
    enum node_kind kind = item->type == FYET_SCALAR           ? NODE_SCALAR
                          : item->type == FYET_SEQUENCE_START ? NODE_LIST
                                                              : NODE_MAPPING;
    struct node *node = new_node(reader, item, kind);
    if (node == NULL)
        return LG_ENVIRONMENT;
    node->text = item->text;
    node->plain = item->plain;
    enum lg_status status = kind == NODE_SCALAR ? LG_OK : read_members(reader, node, depth);
    if (status != LG_OK)
        return status;
    if (item->anchor != NULL) {
        if (reader->anchor_count == DOCUMENT_ANCHORS_MAX)
            return fail(reader, item->line, item->column, "found too many anchors");
        reader->anchors[reader->anchor_count++] = (struct anchor){item->anchor, node};
    }
    *result = node;
    return LG_OK;
}

/* The whole stream: nothing, or one document. */
static enum lg_status read_stream(struct reader *reader, const struct node **root)
{
    struct item item = {.type = FYET_NONE};
    enum lg_status status = LG_OK;
    size_t documents = 0;
    while (status == LG_OK && item.type != FYET_STREAM_END) {
        status = next_item(reader, &item);
        if (status != LG_OK || item.type != FYET_DOCUMENT_START)
            continue;
        if (documents++ > 0)
            return fail(reader, item.line, item.column, "found a second document");
        status = next_item(reader, &item);
        if (status == LG_OK)
            status = read_node(reader, &item, 0, root);
    }
    if (status == LG_OK && documents == 0) {
        item = (struct item){.line = 1, .column = 1};
        struct node *nothing = new_node(reader, &item, NODE_SCALAR);
        if (nothing == NULL)
            return LG_ENVIRONMENT;
        nothing->text = "";
        nothing->plain = true;
        *root = nothing;
    }
    return status;
}

enum lg_status document_parse(struct pool *pool, const struct source *source, const char *text,
                              size_t size, const struct node **root, struct lg_error *error)
{
    struct reader reader = {.pool = pool, .source = source, .error = error, .line = 1, .column = 1};
    size_t mark = 0;
    enum lg_status status = encoding_check(source->name, text, size, &mark, error);
    text += mark;
    size -= mark;
    if (status == LG_OK)
        status = check_text(&reader, text, size);
    if (status != LG_OK)
        return status;
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL; /* messages are collected, not printed */
    reader.diag = fy_diag_create(&quiet);
    if (reader.diag == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    fy_diag_set_collect_errors(reader.diag, true);
    struct fy_parse_cfg settings = {
        .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE, .diag = reader.diag};
    reader.parser = fy_parser_create(&settings);
    if (reader.parser == NULL || fy_parser_set_string(reader.parser, text, size) != 0)
        status = lg_fail(error, LG_ENVIRONMENT, "out of memory");
    else
        status = read_stream(&reader, root);
    fy_parser_destroy(reader.parser);
    fy_diag_destroy(reader.diag);
    return status;
}
