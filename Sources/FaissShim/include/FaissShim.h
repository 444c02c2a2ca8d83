// A few functions of FAISS in C: an inverted file over rows (IndexIVFFlat, inner product) whose
// rows can be changed and removed.
//
// Rows are numbered 0, 1, 2, … as they are added, and keep their numbers. Functions that return int
// return 0, or -1 after a failure, whose message is then faiss_shim_message(). An index is for one
// thread at a time; FAISS's own threads stay unused.
#pragma once

#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct faiss_shim faiss_shim;

/// What failed last on this thread.
const char *faiss_shim_message(void);

/// An empty index of rows of `dimension` numbers in `lists` lists. Null after a failure.
faiss_shim *_Nullable faiss_shim_new(int64_t dimension, int64_t lists);
/// An independent copy. Null after a failure.
faiss_shim *_Nullable faiss_shim_copy(const faiss_shim *index);
void faiss_shim_free(faiss_shim *index);

/// Finds the lists' centres among `n` rows, at least as many as there are lists. The index must be
/// empty.
int faiss_shim_train(faiss_shim *index, int64_t n, const float *rows);
/// Adds rows under the next numbers.
int faiss_shim_add(faiss_shim *index, int64_t n, const float *rows);
/// Changes rows, each named once; those removed come back.
int faiss_shim_change(faiss_shim *index, int64_t n, const int64_t *numbers, const float *rows);
/// Removes rows.
int faiss_shim_remove(faiss_shim *index, int64_t n, const int64_t *numbers);
/// Rows ever added.
int64_t faiss_shim_count(const faiss_shim *index);
/// For each of `n` queries the `k` rows with the largest inner products within the `probes` lists
/// nearest to it, best first: numbers[n, k] and products[n, k]. Fewer rows end with number -1.
int faiss_shim_nearest(const faiss_shim *index, int64_t n, const float *queries, int64_t k,
                       int64_t probes, int64_t *numbers, float *products);

/// For each of `n` queries the `probes` lists nearest to it, best first: lists[n, probes]; -1 where
/// there is none.
int faiss_shim_lists(const faiss_shim *index, int64_t n, const float *queries, int64_t probes,
                     int64_t *lists);
/// The rows of a list and their numbers, until the next change; returns how many there are.
int64_t faiss_shim_list(const faiss_shim *index, int64_t list,
                        const float *_Nullable *_Nonnull rows,
                        const int64_t *_Nullable *_Nonnull numbers);

#ifdef __cplusplus
}
#endif

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
