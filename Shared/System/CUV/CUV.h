#pragma once
#include <uv.h>

/* Struct-typed handles to the base type; Swift imports no implicit upcast. */
static inline uv_handle_t *cuv_handle(void *handle) { return (uv_handle_t *)handle; }
static inline uv_stream_t *cuv_stream(void *handle) { return (uv_stream_t *)handle; }
static inline uv_req_t *cuv_req(void *request) { return (uv_req_t *)request; }
