#include "harness/spec/document.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>

static const struct source source = {.name = "a.yaml", .code = LG_INPUT, .has_lines = true};
static struct pool pool;
static struct lg_error error;

static const struct node *parse(const char *text)
{
    const struct node *root = NULL;
    enum lg_status status = document_parse(&pool, &source, text, strlen(text), &root, &error);
    cr_assert_eq(status, LG_OK, "%d:%d: %s", error.line, error.column, error.message);
    return root;
}

static void expect_refused(const char *text, size_t size, int line, int column,
                           const char *fragment)
{
    const struct node *root = NULL;
    memset(&error, 0, sizeof error);
    cr_expect_eq(document_parse(&pool, &source, text, size, &root, &error), LG_INPUT, "%.40s",
                 text);
    cr_expect(error.line == line && error.column == column, "%.40s: %d:%d, expected %d:%d", text,
              error.line, error.column, line, column);
    cr_expect_not_null(strstr(error.message, fragment), "%.40s: %s", text, error.message);
    cr_expect_str_eq(error.file, "a.yaml");
}

static void free_pool(void)
{
    pool_free(&pool);
}

TestSuite(document, .fini = free_pool);

static void expect_place(const struct node *node, int line, int column)
{
    cr_expect(node->line == line && node->column == column, "%d:%d, expected %d:%d", node->line,
              node->column, line, column);
}

Test(document, every_node_knows_its_place)
{
    const struct node *root = parse("# comment\na: 1\nb:\n  - x\n  - {k: 'v'}\nc: [p, q: r]\n"
                                    "\xC3\xA9: \"e\"\nd:\n");
    expect_place(root, 2, 1);
    expect_place(node_get(root, "a"), 2, 4);
    const struct node *list = node_get(root, "b");
    expect_place(list, 4, 3);
    expect_place(list->members[1].value, 5, 5);
    expect_place(node_get(list->members[1].value, "k"), 5, 9);
    expect_place(node_get(root, "c")->members[1].value, 6, 8);
    expect_place(node_get(root, "\xC3\xA9"), 7, 4);
    expect_place(node_get(root, "d"), 8, 1);
}

Test(document, scalars_keep_their_text_and_quoting)
{
    const struct node *root = parse("a: 1e-4\nb: \"x\\ty\"\nc: 'it''s'\nd: >\n  f\n  g\ne:\nf: ~\n"
                                    "g: ''\n");
    cr_expect_str_eq(node_get(root, "a")->text, "1e-4");
    cr_expect(node_get(root, "a")->plain);
    cr_expect_str_eq(node_get(root, "b")->text, "x\ty");
    cr_expect_not(node_get(root, "b")->plain);
    cr_expect_str_eq(node_get(root, "c")->text, "it's");
    cr_expect_str_eq(node_get(root, "d")->text, "f g\n");
    cr_expect(node_is_nothing(node_get(root, "e")));
    cr_expect(node_is_nothing(node_get(root, "f")));
    cr_expect_not(node_is_nothing(node_get(root, "g")));
    cr_expect_null(node_get(root, "h"));
}

Test(document, an_alias_is_the_node_of_its_anchor)
{
    const struct node *root = parse("a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x\n");
    cr_expect_eq(node_get(root, "b"), node_get(root, "a"));
    cr_expect_str_eq(node_get(root, "d")->text, "3");
}

Test(document, an_empty_text_is_nothing)
{
    cr_expect(node_is_nothing(parse("")));
    cr_expect(node_is_nothing(parse("# only a comment\n")));
    expect_place(parse(""), 1, 1);
}

Test(document, mistakes_are_placed)
{
    static const struct {
        const char *text;
        int line, column;
        const char *fragment;
    } wrong[] = {
        {"a: 1\nb: 2\na: 3\n", 3, 1, "the key 'a' is given twice, first on line 1"},
        {"a: {x: 1, 'x': 2}\n", 1, 11, "the key 'x' is given twice"},
        {"a: !!float 1\n", 1, 12, "tag"},
        {"a: *b\n", 1, 5, "alias"},
        {"a: &b [*b]\n", 1, 9, "alias"},
        {"a: 1\n---\nb: 2\n", 2, 1, "second document"},
        {"? [a]\n: b\n", 1, 3, "expected a word as the key"},
        {": b\n", 1, 1, "expected a word as the key"},
        {"a: \"x\\0y\"\n", 1, 4, "NUL"},
        {"a: b: c\n", 1, 5, "not readable as YAML"},
        {"a: 1\n b: 2\n", 1, 4, "not readable as YAML"},
        {"a: \"x\n", 1, 5, "not readable as YAML"},
        {"%YAML 9.9\n---\na\n", 1, 1, "not readable as YAML"},
        {"a: \x01\n", 1, 4, "found byte 0x01"},
        {"a: 1\nb: \xFF\n", 2, 4, "found byte 0xff"},
        {"\xC3\xA9: \xC0\x80", 1, 4, "found byte 0xc0"},
        {"\xED\xA0\x80", 1, 1, "found byte 0xed"},
        {"\xF4\x90\x80\x80", 1, 1, "found byte 0xf4"},
        {"a\xE2\x82", 1, 2, "found byte 0xe2"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect_refused(wrong[i].text, strlen(wrong[i].text), wrong[i].line, wrong[i].column,
                       wrong[i].fragment);
}

Test(document, a_binary_file_is_refused_where_it_is_binary)
{
    static const char bytes[] = "title: x\nmodel\0: y";
    expect_refused(bytes, sizeof bytes - 1, 2, 6, "found byte 0x00");
}

/* `count` times `piece`, between `before` and `after`. */
static const char *repeated(const char *before, const char *piece, size_t count, const char *after)
{
    static char text[1 << 16];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", before);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, piece, i);
    snprintf(text + used, sizeof text - used, "%s", after);
    return text;
}

Test(document, too_much_of_anything_is_refused)
{
    const char *text = repeated("", "[", DOCUMENT_DEPTH_MAX + 1, "");
    expect_refused(text, strlen(text), 1, DOCUMENT_DEPTH_MAX + 1, "too many levels");
    text = repeated("[", "1,", DOCUMENT_ENTRIES_MAX + 1, "]");
    expect_refused(text, strlen(text), 1, 2 + 2 * DOCUMENT_ENTRIES_MAX, "too many entries");
    text = repeated("", "k%zu: 1\n", DOCUMENT_KEYS_MAX + 1, "");
    expect_refused(text, strlen(text), DOCUMENT_KEYS_MAX + 1, 1, "too many entries");
    text = repeated("", "- &a%zu x\n", DOCUMENT_ANCHORS_MAX + 1, "");
    expect_refused(text, strlen(text), DOCUMENT_ANCHORS_MAX + 1, 9, "too many anchors");
}

Test(document, the_most_of_everything_is_read)
{
    cr_expect_eq(parse(repeated("[", "1,", DOCUMENT_ENTRIES_MAX, "]"))->count,
                 DOCUMENT_ENTRIES_MAX);
    cr_expect_eq(parse(repeated("", "k%zu: 1\n", DOCUMENT_KEYS_MAX, ""))->count, DOCUMENT_KEYS_MAX);
    parse(repeated("", "- &a%zu x\n", DOCUMENT_ANCHORS_MAX, ""));
    char closing[DOCUMENT_DEPTH_MAX + 1];
    memset(closing, ']', DOCUMENT_DEPTH_MAX);
    closing[DOCUMENT_DEPTH_MAX] = '\0';
    parse(repeated("", "[", DOCUMENT_DEPTH_MAX, closing));
}

Test(document, an_alias_bomb_costs_nothing)
{
    char text[1024] = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (int name = 'b'; name <= 'l'; name++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%c: &%c [*%c, *%c, *%c, *%c]\n", name, name,
                 name - 1, name - 1, name - 1, name - 1);
    }
    const struct node *root = parse(text);
    cr_expect_eq(node_get(root, "l")->members[0].value, node_get(root, "k"));
}

Test(document, libfyaml_prints_nothing, .init = cr_redirect_stderr)
{
    static const char *const wrong[] = {"a: [", "a: b: c", "\t- x", "%YAML 9.9\n---\na",
                                        "{{}",  "'"};
    const struct node *root = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(document_parse(&pool, &source, wrong[i], strlen(wrong[i]), &root, &error),
                     LG_INPUT, "%s", wrong[i]);
    fflush(stderr);
    cr_assert_stderr_eq_str("");
}

Test(document, messages_are_clipped_and_printable)
{
    char text[400], buffer[NODE_FOUND_MAX];
    snprintf(text, sizeof text, "\"a\\n%0100d\"", 0);
    const struct node *node = parse(text);
    node_describe(node, buffer);
    cr_expect_str_eq(buffer,
                     "'\"a\\n0000000000000000000000000000000000000000000000000000000000000..."
                     "\"'");
    /* A character is not cut in two: 63 letters leave room for one byte of it. */
    snprintf(text, sizeof text, "%063d\xC3\xA9%010d", 0, 0);
    cr_expect_not_null(strstr(node_describe(parse(text), buffer), "0..."));
}
