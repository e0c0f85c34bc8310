#pragma once
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What libphonenumber makes of a text. */
typedef struct {
    char e164[24];
    char extension[16];
    /* Whether its country has numbers of this length, whether it has this one, whether it is one of few digits dialled within it. */
    bool is_possible, is_valid, is_short;
} cphone_number;

/* Reads a number as it is written in a region (ISO 3166, "ZZ" for none); false where it is none. */
bool cphone_parse(const char *text, size_t length, const char *region, cphone_number *out);

/* The library's own example numbers, for tests: a region by its place, false behind the last; a number of it in three writings. */
typedef struct {
    char e164[32], international[48], national[48];
} cphone_example;
bool cphone_region(int index, char out[4]);
bool cphone_example_number(const char *region, int type, cphone_example *out);

#ifdef __cplusplus
}
#endif
