#pragma once
#include <stdbool.h>

/* The Swift runtime's hook for jobs that go to the global pool, in C as its calling convention is Swift's own.

   A continuation that is resumed enqueues its task on the pool first, which then hops to the task's actor: two changes
   of thread for each await. `rapport_take_global_job` is given each such job on the enqueuing thread, with whether the job is the running task
   itself (which then means to leave its actor, as `@concurrent` does), and answers whether it took it. */
typedef __attribute__((swiftcall)) void (*cswift_enqueue)(void *job);
extern __attribute__((swiftcall)) void (*swift_task_enqueueGlobal_hook)(void *job, cswift_enqueue original);
extern __attribute__((swiftcall)) void *swift_task_getCurrent(void);

/* Written in Swift, in EventLoop. */
bool rapport_take_global_job(void *job, bool is_switch);

static __attribute__((swiftcall)) void cswift_enqueue_global(void *job, cswift_enqueue original) {
    if (!rapport_take_global_job(job, job == swift_task_getCurrent())) original(job);
}

static inline void cswift_route_global_jobs(void) { swift_task_enqueueGlobal_hook = cswift_enqueue_global; }
