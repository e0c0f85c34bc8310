#pragma once
#include <errno.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
long syscall(long number, ...);
#endif

/* Reads what the page cache holds and never waits for the disk: -1 with EAGAIN where it would have to. */
static inline ssize_t cdisk_read_cached(int descriptor, void *target, size_t count, off_t position) {
#if defined(__linux__) && defined(SYS_preadv2)
    struct iovec vector = {target, count};
    return syscall(SYS_preadv2, (long)descriptor, &vector, 1L, (long)position, 0L, 8L /* RWF_NOWAIT */);
#else
    errno = EAGAIN;
    return -1;
#endif
}
