#pragma once
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* What the library has as macros, which Swift does not see. */

static inline int copenssl_set_minimum(SSL_CTX *context) { return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION); }
/* An idle connection keeps no buffers; a peer cannot ask for handshake upon handshake. */
static inline void copenssl_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}
static inline int copenssl_set_host_name(SSL *session, const char *name) { return (int)SSL_set_tlsext_host_name(session, name); }
static inline size_t copenssl_pending(BIO *bio) { return BIO_ctrl_pending(bio); }
