#pragma once
#include <lz4frame.h>
#include <snappy-c.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <zlib.h>
#include <zstd.h>

/* The codecs of Kafka's record batches behind one call: 1 gzip, 2 snappy, 3 lz4, 4 zstd. All of them write into a target of
   a fixed size and give the bytes written, CCOMPRESSION_DAMAGED, or CCOMPRESSION_NO_ROOM. */
#define CCOMPRESSION_DAMAGED ((ssize_t)-1)
#define CCOMPRESSION_NO_ROOM ((ssize_t)-2)

static inline ssize_t ccompression_gzip(const uint8_t *source, size_t size, uint8_t *target, size_t room) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (inflateInit2(&stream, 15 + 16) != Z_OK) return CCOMPRESSION_DAMAGED;
    stream.next_in = (Bytef *)source;
    stream.avail_in = (uInt)size;
    stream.next_out = target;
    stream.avail_out = (uInt)room;
    int code = inflate(&stream, Z_FINISH);
    ssize_t written = (ssize_t)(room - stream.avail_out);
    int is_full = stream.avail_out == 0;
    inflateEnd(&stream);
    if (code == Z_STREAM_END) return written;
    return is_full ? CCOMPRESSION_NO_ROOM : CCOMPRESSION_DAMAGED;
}

static inline ssize_t ccompression_raw_snappy(const uint8_t *source, size_t size, uint8_t *target, size_t room) {
    size_t wanted = 0;
    if (snappy_uncompressed_length((const char *)source, size, &wanted) != SNAPPY_OK) return CCOMPRESSION_DAMAGED;
    if (wanted > room) return CCOMPRESSION_NO_ROOM;
    return snappy_uncompress((const char *)source, size, (char *)target, &wanted) == SNAPPY_OK ? (ssize_t)wanted
                                                                                              : CCOMPRESSION_DAMAGED;
}

/* One raw block, as librdkafka writes, or the blocks with lengths behind a header of 16 bytes that Java writes. */
static inline ssize_t ccompression_snappy(const uint8_t *source, size_t size, uint8_t *target, size_t room) {
    static const uint8_t magic[8] = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
    if (size < 16 || memcmp(source, magic, 8) != 0) return ccompression_raw_snappy(source, size, target, room);
    size_t at = 16, written = 0;
    while (at < size) {
        if (size - at < 4) return CCOMPRESSION_DAMAGED;
        size_t length = (size_t)source[at] << 24 | (size_t)source[at + 1] << 16 | (size_t)source[at + 2] << 8 | source[at + 3];
        at += 4;
        if (length > size - at) return CCOMPRESSION_DAMAGED;
        ssize_t part = ccompression_raw_snappy(source + at, length, target + written, room - written);
        if (part < 0) return part;
        at += length;
        written += (size_t)part;
    }
    return (ssize_t)written;
}

static inline ssize_t ccompression_lz4(const uint8_t *source, size_t size, uint8_t *target, size_t room) {
    LZ4F_dctx *context;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION))) return CCOMPRESSION_DAMAGED;
    size_t at = 0, written = 0, hint = 1;
    while (hint != 0 && at < size) {
        size_t taken = size - at, given = room - written;
        hint = LZ4F_decompress(context, target + written, &given, source + at, &taken, NULL);
        at += taken;
        written += given;
        if (LZ4F_isError(hint) || (taken == 0 && given == 0)) break;
    }
    LZ4F_freeDecompressionContext(context);
    if (hint == 0) return (ssize_t)written;
    return written == room ? CCOMPRESSION_NO_ROOM : CCOMPRESSION_DAMAGED;
}

static inline ssize_t ccompression_zstd(const uint8_t *source, size_t size, uint8_t *target, size_t room) {
    ZSTD_DCtx *context = ZSTD_createDCtx();
    if (!context) return CCOMPRESSION_DAMAGED;
    ZSTD_inBuffer in = {source, size, 0};
    ZSTD_outBuffer out = {target, room, 0};
    size_t hint = 1;
    while (hint != 0) {
        size_t before = in.pos + out.pos;
        hint = ZSTD_decompressStream(context, &out, &in);
        if (ZSTD_isError(hint) || in.pos + out.pos == before) break;
    }
    ZSTD_freeDCtx(context);
    if (hint == 0) return (ssize_t)out.pos;
    return out.pos == room ? CCOMPRESSION_NO_ROOM : CCOMPRESSION_DAMAGED;
}

static inline ssize_t ccompression_unpack(int codec, const uint8_t *source, size_t size, uint8_t *target, size_t room) {
    switch (codec) {
    case 1: return ccompression_gzip(source, size, target, room);
    case 2: return ccompression_snappy(source, size, target, room);
    case 3: return ccompression_lz4(source, size, target, room);
    case 4: return ccompression_zstd(source, size, target, room);
    default: return CCOMPRESSION_DAMAGED;
    }
}
