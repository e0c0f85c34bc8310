#pragma once
#include <stdint.h>
#include <sys/types.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#if defined(__linux__)
#include <malloc.h>
#include <sys/prctl.h>
#endif

/* Calls of Linux that Swift's module of the C library does not name; elsewhere they do nothing. */

/* Whether the page cache holds a part of a file, so that reading or sending it never waits for the disk. The file must
   be one's own: of others the system tells nothing and says yes. */
static inline int clinux_is_cached(int descriptor, size_t position, size_t count) {
#if defined(__linux__)
    size_t page = (size_t)sysconf(_SC_PAGESIZE), start = position / page * page, length = position + count - start;
    if (count == 0) return 1;
    char *map = mmap(NULL, length, PROT_READ, MAP_SHARED, descriptor, (off_t)start);
    if (map == MAP_FAILED) return 0;
    unsigned char present[1024];
    int is_cached = 1;
    for (size_t done = 0; is_cached && done < length; done += sizeof present * page) {
        size_t part = length - done < sizeof present * page ? length - done : sizeof present * page;
        if (mincore(map + done, part, present) != 0) is_cached = 0;
        for (size_t index = 0; is_cached && index < (part + page - 1) / page; index++) is_cached = present[index] & 1;
    }
    munmap(map, length);
    return is_cached;
#else
    return 0;
#endif
}

/* Whether a terminal shows what is typed, as it should not for passwords. */
static inline void clinux_show_typing(int descriptor, int shown) {
    struct termios settings;
    if (tcgetattr(descriptor, &settings) != 0) return;
    settings.c_lflag = shown ? settings.c_lflag | ECHO : settings.c_lflag & ~(tcflag_t)ECHO;
    tcsetattr(descriptor, TCSANOW, &settings);
}

/* Keeps this process's memory to itself: no core dump, and no other process of the same user that looks into it; and no program that it
   starts gets rights by its file. */
static inline void clinux_close_process(void) {
#if defined(__linux__)
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
}

/* Gives memory that was freed back to the system, which the C library by itself keeps. */
static inline void clinux_release_memory(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
