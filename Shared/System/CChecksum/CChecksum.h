#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* CRC-32C (Castagnoli), a bit at a time, for processors that have no instruction for it. */
static inline uint32_t cchecksum_crc32c_portable(const uint8_t *bytes, size_t count) {
    uint32_t crc = ~0u;
    while (count--) {
        crc ^= *bytes++;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1u)));
    }
    return ~crc;
}

#if defined(__x86_64__)
#define CCHECKSUM_HARDWARE __attribute__((target("sse4.2")))
#define CCHECKSUM_WORD(crc, word) ((uint32_t)__builtin_ia32_crc32di(crc, word))
#define CCHECKSUM_BYTE(crc, byte) __builtin_ia32_crc32qi(crc, byte)
static inline int cchecksum_has_hardware(void) {
    uint32_t a = 1, b, c = 0, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return (c >> 20) & 1;
}
#elif defined(__aarch64__)
#define CCHECKSUM_HARDWARE __attribute__((target("crc")))
#define CCHECKSUM_WORD(crc, word) __builtin_arm_crc32cd(crc, word)
#define CCHECKSUM_BYTE(crc, byte) __builtin_arm_crc32cb(crc, byte)
static inline int cchecksum_has_hardware(void) { return 1; }
#endif

/* Bytes of one of the three lanes that are summed side by side: the instruction takes a new word each cycle and gives its
   result three cycles later. */
enum { CCHECKSUM_LANE = 1024 };

#if defined(CCHECKSUM_HARDWARE)
static inline uint64_t cchecksum_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

/* What a lane of zeros makes of each value of each byte of a state, 4 by 256: a sum goes over bits, so the sums of two
   neighbouring lanes are one such step and an exclusive or away from the sum of both. */
CCHECKSUM_HARDWARE static inline void cchecksum_fill(uint32_t *lane) {
    for (int byte = 0; byte < 4; byte++) {
        uint32_t *values = lane + 256 * byte;
        values[0] = 0;
        for (int bit = 0; bit < 8; bit++) {
            uint32_t crc = 1u << (8 * byte + bit);
            for (int position = 0; position < CCHECKSUM_LANE; position += 8) crc = CCHECKSUM_WORD(crc, 0);
            for (int lower = 0; lower < 1 << bit; lower++) values[(1 << bit) + lower] = values[lower] ^ crc;
        }
    }
}

static inline uint32_t cchecksum_after_lane(const uint32_t *lane, uint32_t crc) {
    return lane[crc & 255] ^ lane[256 + (crc >> 8 & 255)] ^ lane[512 + (crc >> 16 & 255)] ^ lane[768 + (crc >> 24)];
}

/* The same sum by the processor's instruction; `lane` is filled. */
CCHECKSUM_HARDWARE static inline uint32_t cchecksum_crc32c_hardware(
    const uint32_t *lane, const uint8_t *bytes, size_t count) {
    uint32_t crc = ~0u;
    for (; count >= 3 * CCHECKSUM_LANE; bytes += 3 * CCHECKSUM_LANE, count -= 3 * CCHECKSUM_LANE) {
        uint32_t second = 0, third = 0;
        for (const uint8_t *at = bytes; at < bytes + CCHECKSUM_LANE; at += 8) {
            crc = CCHECKSUM_WORD(crc, cchecksum_word(at));
            second = CCHECKSUM_WORD(second, cchecksum_word(at + CCHECKSUM_LANE));
            third = CCHECKSUM_WORD(third, cchecksum_word(at + 2 * CCHECKSUM_LANE));
        }
        crc = cchecksum_after_lane(lane, cchecksum_after_lane(lane, crc) ^ second) ^ third;
    }
    for (; count >= 8; bytes += 8, count -= 8) crc = CCHECKSUM_WORD(crc, cchecksum_word(bytes));
    while (count--) crc = CCHECKSUM_BYTE(crc, *bytes++);
    return ~crc;
}
#else
static inline int cchecksum_has_hardware(void) { return 0; }
static inline void cchecksum_fill(uint32_t *lane) {}
static inline uint32_t cchecksum_crc32c_hardware(const uint32_t *lane, const uint8_t *bytes, size_t count) {
    return cchecksum_crc32c_portable(bytes, count);
}
#endif
