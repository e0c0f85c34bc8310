#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* CRC-32C (Castagnoli) by the processor's instruction; without one, a bit at a time. `crc` is 0 to begin with. */
static inline uint32_t cchecksum_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
    crc = ~crc;
    while (count--) {
        crc ^= *bytes++;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1u)));
    }
    return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2")))
static inline uint32_t cchecksum_crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t state = (uint32_t)~crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state = __builtin_ia32_crc32di(state, word);
    }
    while (count--) state = __builtin_ia32_crc32qi((uint32_t)state, *bytes++);
    return ~(uint32_t)state;
}
static inline int cchecksum_has_hardware(void) {
    uint32_t a = 1, b, c = 0, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return (c >> 20) & 1;
}
#elif defined(__aarch64__)
__attribute__((target("crc")))
static inline uint32_t cchecksum_crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint32_t state = ~crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state = __builtin_arm_crc32cd(state, word);
    }
    while (count--) state = __builtin_arm_crc32cb(state, *bytes++);
    return ~state;
}
static inline int cchecksum_has_hardware(void) { return 1; }
#else
static inline uint32_t cchecksum_crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    return cchecksum_crc32c_portable(crc, bytes, count);
}
static inline int cchecksum_has_hardware(void) { return 0; }
#endif
