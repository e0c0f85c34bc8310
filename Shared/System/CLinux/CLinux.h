#pragma once
#include <errno.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>
#if defined(__linux__)
#include <malloc.h>
#include <sys/syscall.h>
long syscall(long number, ...);
#endif

/* Calls of Linux that Swift's module of the C library does not name; elsewhere they do nothing. */

/* Reads what the page cache holds and never waits for the disk: -1 with EAGAIN where it would have to. */
static inline ssize_t clinux_read_cached(int descriptor, void *target, size_t count, off_t position) {
#if defined(__linux__) && defined(SYS_preadv2)
    struct iovec vector = {target, count};
    return syscall(SYS_preadv2, (long)descriptor, &vector, 1L, (long)position, 0L, 8L /* RWF_NOWAIT */);
#else
    errno = EAGAIN;
    return -1;
#endif
}

/* Whether a terminal shows what is typed, as it should not for passwords. */
static inline void clinux_show_typing(int descriptor, int shown) {
    struct termios settings;
    if (tcgetattr(descriptor, &settings) != 0) return;
    settings.c_lflag = shown ? settings.c_lflag | ECHO : settings.c_lflag & ~(tcflag_t)ECHO;
    tcsetattr(descriptor, TCSANOW, &settings);
}

/* Gives memory that was freed back to the system, which the C library by itself keeps. */
static inline void clinux_release_memory(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
