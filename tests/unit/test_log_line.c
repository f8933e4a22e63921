/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever bytes the values of an event hold, its line stays one line, its
 * fields stay the fields that the source wrote, and JSON stays JSON.
 */
#include "base/log_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "tests/unit/test.h"

static struct log_line line;

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void add(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_line_add_fields(&line, format, args);
    va_end(args);
}

/* The finished line as a string, its newline included. */
static const char *text_of_line(void)
{
    static char text[LOG_LINE_SIZE + 1];

    log_line_end(&line);
    assert_true(line.size <= sizeof(line.text));
    memcpy(text, line.text, line.size);
    text[line.size] = '\0';
    assert_null(memchr(text, '\0', line.size));
    return text;
}

#define CHECK_BOTH(logfmt, json, ...)                                          \
    do {                                                                       \
        log_line_begin(&line, false);                                          \
        add(__VA_ARGS__);                                                      \
        assert_string_equal(text_of_line(), logfmt "\n");                      \
        log_line_begin(&line, true);                                           \
        add(__VA_ARGS__);                                                      \
        assert_string_equal(text_of_line(), json "\n");                        \
    } while (0)

static void plain_values_stay_plain(void **state)
{
    (void)state;
    CHECK_BOTH("port=em1 mac=78:2b:cb:4b:db:c5 link=up",
               "{\"port\":\"em1\",\"mac\":\"78:2b:cb:4b:db:c5\","
               "\"link\":\"up\"}",
               "port=%s mac=%s link=%s", "em1", "78:2b:cb:4b:db:c5", "up");
    CHECK_BOTH("", "{}", "%s", "");
    CHECK_BOTH("name=Zürich", "{\"name\":\"Zürich\"}", "name=%s", "Zürich");
}

static void numbers_are_numbers_by_their_format_alone(void **state)
{
    (void)state;
    CHECK_BOTH("a=-1 b=12345678901 c=0.5 d=12 e=0012 f=7up g=ff",
               "{\"a\":-1,\"b\":12345678901,\"c\":0.5,\"d\":\"12\","
               "\"e\":\"0012\",\"f\":\"7up\",\"g\":\"ff\"}",
               "a=%d b=%llu c=%.1f d=%s e=%04u f=%dup g=%x", -1, 12345678901ull,
               0.5, "12", 12u, 7, 255u);
    CHECK_BOTH("f=inf w=\"  1\"", "{\"f\":\"inf\",\"w\":\"  1\"}", "f=%f w=%3d",
               1e308 * 10, 1);
}

static void empty_values_stay_fields(void **state)
{
    (void)state;
    CHECK_BOTH("a= b= c=1", "{\"a\":\"\",\"b\":\"\",\"c\":1}", "a=%s b=%s c=%d",
               "", "", 1);
    CHECK_BOTH("a=", "{\"a\":\"\"}", "a=%s", "");
}

static void a_value_cannot_make_a_field(void **state)
{
    (void)state;
    CHECK_BOTH("name=\"x level=error\" ok=1",
               "{\"name\":\"x level=error\",\"ok\":1}", "name=%s ok=%d",
               "x level=error", 1);
    /* Not even with the byte that the fields are split at. */
    CHECK_BOTH("name=\"x\\u001flevel=error\\u001e\" ok=1",
               "{\"name\":\"x\\u001flevel=error\\u001e\",\"ok\":1}",
               "name=%s ok=%d", "x\x1flevel=error\x1e", 1);
    CHECK_BOTH("name=\"a\\nb\\r\\t\\\"\\\\\"",
               "{\"name\":\"a\\nb\\r\\t\\\"\\\\\"}", "name=%s", "a\nb\r\t\"\\");
}

static void all_control_characters_at_once_make_one_field(void **state)
{
    char value[64] = "x level=error ";
    cJSON *object;

    (void)state;
    for (char c = 1; c < 32; c++)
        value[strlen(value)] = c;
    log_line_begin(&line, true);
    add("name=%s ok=%d", value, 1);
    object = cJSON_Parse(text_of_line());
    assert_non_null(object);
    assert_int_equal(cJSON_GetArraySize(object), 1);
    assert_non_null(cJSON_GetObjectItem(object, "fields"));
    cJSON_Delete(object);
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
    (void)state;
    /* Alone, overlong, a surrogate, too large, cut at the end. */
    CHECK_BOTH("v=\"\\ufffd-\\ufffd\\ufffd-\\ufffd\\ufffd\\ufffd-"
               "\\ufffd\\ufffd\\ufffd\\ufffd-\\ufffd\\ufffd\"",
               "{\"v\":\"\\ufffd-\\ufffd\\ufffd-\\ufffd\\ufffd\\ufffd-"
               "\\ufffd\\ufffd\\ufffd\\ufffd-\\ufffd\\ufffd\"}",
               "v=%s", "\xff-\xc0\xaf-\xed\xa0\x80-\xf4\x90\x80\x80-\xe2\x82");
    /* What drives a terminal: DEL, CSI of C1, right-to-left override. */
    CHECK_BOTH("v=\"\\u007f\\u009b\\u202e\"",
               "{\"v\":\"\\u007f\\u009b\\u202e\"}", "v=%s",
               "\x7f\xc2\x9b\xe2\x80\xae");
    CHECK_BOTH("v=€𝄞", "{\"v\":\"€𝄞\"}", "v=%s", "€𝄞");
}

static void words_without_equals_belong_to_the_value_before(void **state)
{
    (void)state;
    CHECK_BOTH("hint=\"give it by setpriv\" n=2",
               "{\"hint\":\"give it by setpriv\",\"n\":2}",
               "hint=give it by %s n=%d", "setpriv", 2);
    CHECK_BOTH("took=\"5 ms\"", "{\"took\":\"5 ms\"}", "took=%d ms", 5);
}

static void keys_are_safe(void **state)
{
    (void)state;
    CHECK_BOTH("a_b__c.d-e=1", "{\"a_b__c.d-e\":\"1\"}", "%s=%s",
               "a\"b\n,c.d-e", "1");
}

static void too_much_is_cut_and_says_so(void **state)
{
    static char value[LOG_LINE_FIELDS_SIZE * 2];
    static const char fills[] = {'a', '\x01', '"', '\xff'};

    (void)state;
    for (size_t i = 0; i < sizeof(fills); i++) {
        cJSON *object;

        memset(value, fills[i], sizeof(value) - 1);
        log_line_begin(&line, true);
        log_line_add(&line, "ts", "now", false);
        add("a=%s b=%s", value, value);
        object = cJSON_Parse(text_of_line());
        assert_non_null(object);
        assert_string_equal(
            cJSON_GetStringValue(cJSON_GetObjectItem(object, "cut")), "yes");
        assert_string_equal(
            cJSON_GetStringValue(cJSON_GetObjectItem(object, "ts")), "now");
        cJSON_Delete(object);

        log_line_begin(&line, false);
        add("a=%s", value);
        assert_non_null(strstr(text_of_line(), " cut=yes\n"));
    }
}

/* Each length of a value around the end of the room. */
static void every_length_ends_well(void **state)
{
    static char value[LOG_LINE_FIELDS_SIZE];

    (void)state;
    memset(value, '\x01', sizeof(value) - 1);
    for (size_t size = 2600; size < 2800; size++) {
        cJSON *object;

        log_line_begin(&line, true);
        add("a=%.*s b=%d", (int)size, value, 1);
        object = cJSON_Parse(text_of_line());
        assert_non_null(object);
        assert_int_equal(cJSON_HasObjectItem(object, "b"),
                         !cJSON_HasObjectItem(object, "cut"));
        cJSON_Delete(object);
    }
}

/* Random bytes: the same fields come back from JSON, and one line. */
static void random_bytes_never_break_a_line(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char value[40] = "";
        const char *text;
        cJSON *object;

        for (size_t i = 0; i < sizeof(value) - 1; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            value[i] = (char)(seed >> 56);
        }
        log_line_begin(&line, round % 2);
        add("a=%s b=%d", value, round);
        text = text_of_line();
        assert_ptr_equal(strchr(text, '\n'), text + line.size - 1);
        if (round % 2 == 0)
            continue;
        object = cJSON_Parse(text);
        assert_non_null(object);
        assert_int_equal(cJSON_GetObjectItem(object, "b")->valueint, round);
        assert_int_equal(cJSON_GetArraySize(object), 2);
        cJSON_Delete(object);
    }
}

/* One after the other or all by a format: the line is the same, and so is what
 * it is about. */
static void fields_of_a_table_are_as_those_of_a_format(void **state)
{
    static struct log_line by_format;

    (void)state;
    for (int is_json = 0; is_json < 2; is_json++) {
        log_line_begin(&line, is_json);
        log_line_add(&line, "event", "state.port", false);
        add("port=%s rx=%u", "a \"b", 7);
        by_format = line;
        log_line_begin(&line, is_json);
        log_line_add(&line, "event", "state.port", false);
        log_line_add_field(&line, "port", "a \"b", false);
        log_line_add_field(&line, "rx", "7", true);
        assert_int_equal(line.size, by_format.size);
        assert_memory_equal(line.text, by_format.text, line.size);
        assert_int_equal(line.subject_start, by_format.subject_start);
        assert_int_equal(line.subject_end, by_format.subject_end);
        assert_true(line.subject_end > line.subject_start);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_values_stay_plain),
        cmocka_unit_test(numbers_are_numbers_by_their_format_alone),
        cmocka_unit_test(empty_values_stay_fields),
        cmocka_unit_test(a_value_cannot_make_a_field),
        cmocka_unit_test(all_control_characters_at_once_make_one_field),
        cmocka_unit_test(bytes_that_are_no_text_are_replaced),
        cmocka_unit_test(words_without_equals_belong_to_the_value_before),
        cmocka_unit_test(keys_are_safe),
        cmocka_unit_test(fields_of_a_table_are_as_those_of_a_format),
        cmocka_unit_test(too_much_is_cut_and_says_so),
        cmocka_unit_test(every_length_ends_well),
        cmocka_unit_test(random_bytes_never_break_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
