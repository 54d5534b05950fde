/* An approximate nearest-neighbour index: build, search, save, load. The C ABI of an exported package.
 *
 * Every call that can fail returns a status; annvil_last_error() then has a sentence for the calling thread. Options structs begin with
 * struct_size = sizeof(the struct), so that later versions can add fields at their ends; fields left zero mean the default.
 * Rows and queries are row-major float32 without padding: row i begins at rows + i * dimension. Ids are row numbers of the build.
 * Distances are squared L2 (ANNVIL_EUCLIDEAN), or 1 - cosine (ANNVIL_ANGULAR; rows and queries are normalised inside). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define ANNVIL_API __attribute__((visibility("default")))
#else
#define ANNVIL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable once made: any number of threads may search it at once. */
typedef struct annvil_index annvil_index;

typedef enum { ANNVIL_EUCLIDEAN = 0, ANNVIL_ANGULAR = 1 } annvil_metric;

typedef enum {
  ANNVIL_OK = 0,
  ANNVIL_BAD_ARGUMENT,  /* the sentence names the argument, its value and what is allowed */
  ANNVIL_BAD_FILE,      /* no index file, another package's, truncated or damaged */
  ANNVIL_IO,            /* the system's error: no such file, disk full, ... */
  ANNVIL_OUT_OF_MEMORY,
  ANNVIL_CANCELLED,     /* the observer said so; nothing was made */
  ANNVIL_UNSUPPORTED,   /* this machine lacks what was asked for (ANNVIL_LEVEL), or an index of this kind cannot do it */
  ANNVIL_INTERNAL
} annvil_status;

/* An id where fewer than k rows exist. */
#define ANNVIL_NO_ID 0xFFFFFFFFu

/* progress returns nonzero to cancel. It is called on the caller's own thread, every 20 ms at most; `done` in [0, 1] rises within a phase,
 * and is an estimate while a graph is built. Zero: no observer. */
typedef struct {
  int (*progress)(void* context, const char* phase, double done);
  void* context;
} annvil_observer;

typedef struct {
  uint32_t struct_size;
  annvil_metric metric;
  uint32_t threads;             /* 0: all cores */
  uint64_t seed;
  uint32_t max_degree;          /* 0: as measured */
  uint32_t calibration_queries; /* base rows held out to measure recall, 5 % of them at most; costs a second build; 0: none (options NULL: 500) */
  uint32_t calibration_k;       /* 0: 10 */
  const float* sample_queries;  /* [sample_count x dimension]: measure recall on these instead, which saves the second build */
  size_t sample_count;
  annvil_observer observer;
} annvil_build_options;

/* Recall of calibration_k neighbours at an effort, with its 95 % interval over queries. */
typedef struct {
  uint32_t effort;
  double recall, low, high;
} annvil_calibration_point;

/* rows [count x dimension], borrowed for the call. options NULL: euclidean, all cores, 500 calibration queries. *out is NULL unless
 * ANNVIL_OK. */
ANNVIL_API annvil_status annvil_build(const float* rows, size_t count, uint32_t dimension, const annvil_build_options* options,
                                      annvil_index** out);

/* Atomic: what is at `path` stays as it is until the new file is whole and on the disk. */
ANNVIL_API annvil_status annvil_save(const annvil_index* index, const char* path);

typedef struct {
  uint32_t struct_size;
  int map;           /* 1: vectors stay in the mapped file, which must not change; 0: copied to huge pages */
  int skip_checksum; /* 1: contents are not summed, which reads the whole file; ranges are still checked */
  annvil_observer observer;
} annvil_load_options;

/* options may be NULL. */
ANNVIL_API annvil_status annvil_load(const char* path, const annvil_load_options* options, annvil_index** out);

/* NULL is fine. No call may be using the index. */
ANNVIL_API void annvil_free(annvil_index* index);

typedef struct {
  uint32_t struct_size;
  uint32_t k;
  uint32_t effort;      /* more finds more and takes longer; 0: by target_recall */
  double target_recall; /* in (0, 1], used where effort is 0: the least effort whose lower bound reaches it, by calibration */
  uint32_t threads;     /* for a batch; 0: all cores */
  annvil_observer observer;
  uint32_t* compared;   /* [count], or NULL: how many rows each query was compared with; trained indexes alone count them */
} annvil_search_options;

/* queries [count x dimension]; ids [count x k], closest first, ANNVIL_NO_ID where fewer than k rows exist; distances [count x k], exact,
 * or NULL; infinite where there is no id. */
ANNVIL_API annvil_status annvil_search(const annvil_index* index, const float* queries, size_t count,
                                       const annvil_search_options* options, uint32_t* ids, float* distances);

typedef struct {
  uint32_t struct_size;
  uint64_t count;
  uint32_t dimension;
  annvil_metric metric;
  uint32_t calibration_k; /* 0: not calibrated */
  uint64_t memory_bytes;  /* of the process; without what stays in a mapped file */
  const char* package;    /* static */
  const char* level;      /* static: the instruction set that answers */
} annvil_info;

/* Set struct_size before the call. */
ANNVIL_API annvil_status annvil_describe(const annvil_index* index, annvil_info* info);

/* *count in: room at points; out: points there are, which are ascending in effort. points may be NULL where *count is 0. */
ANNVIL_API annvil_status annvil_calibration(const annvil_index* index, annvil_calibration_point* points, size_t* count);

/* The least effort whose lower bound reaches target_recall. ANNVIL_BAD_ARGUMENT names the best that can be promised. */
ANNVIL_API annvil_status annvil_effort_for(const annvil_index* index, double target_recall, uint32_t k,
                                           annvil_calibration_point* chosen);

/* The sentence for this thread's last status other than ANNVIL_OK; "" before. Valid until the thread's next call. */
ANNVIL_API const char* annvil_last_error(void);

ANNVIL_API const char* annvil_package(void); /* name and version */
ANNVIL_API const char* annvil_level(void);   /* "baseline", "avx2", "avx512" */

#ifdef __cplusplus
}
#endif
