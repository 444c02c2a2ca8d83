#if defined(FAISS_SHIM)

#if __has_include(<faiss/IndexIVFFlat.h>)
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/clone_index.h>
#else
#error "Trait FAISS is on but FAISS was not found: install libfaiss-dev"
#endif

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "FaissShim.h"

// FAISS's OpenMP runtime; its header belongs to another compiler.
extern "C" int omp_get_max_threads(void);
extern "C" void omp_set_num_threads(int);

struct faiss_shim {
  std::unique_ptr<faiss::IndexIVFFlat> ivf;
};

namespace {

thread_local std::string message;

// The batch is already spread over threads: within one of them FAISS gets no more.
struct OneThread {
  const int before = omp_get_max_threads();
  OneThread() {
    if (before != 1) omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before != 1) omp_set_num_threads(before);
  }
};

template <class Body> int guarded(Body body) {
  try {
    OneThread one;
    body();
    return 0;
  } catch (const std::exception &error) {
    message = error.what();
  } catch (...) {
    message = "unknown failure";
  }
  return -1;
}

template <class Body> faiss_shim *made(Body body) {
  faiss_shim *result = nullptr;
  guarded([&] { result = new faiss_shim{body()}; });
  return result;
}

void check_number(const faiss::IndexIVFFlat &ivf, int64_t number) {
  if (number >= 0 && number < (int64_t)ivf.direct_map.array.size()) return;
  throw std::out_of_range("there is no row " + std::to_string(number) + " among " +
                          std::to_string(ivf.direct_map.array.size()));
}

// FAISS does not remove from an index with a direct map of kind Array: the last row of the list
// takes the place.
void take_out(faiss::IndexIVFFlat &ivf, int64_t number) {
  auto &map = ivf.direct_map.array;
  if (map[number] < 0) return;
  const auto list = faiss::lo_listno(map[number]), place = faiss::lo_offset(map[number]);
  const auto last = ivf.invlists->list_size(list) - 1;
  if (place != last) {
    const auto moved = ivf.invlists->get_single_id(list, last);
    ivf.invlists->update_entry(list, place, moved,
                               faiss::InvertedLists::ScopedCodes(ivf.invlists, list, last).get());
    map[moved] = faiss::lo_build(list, place);
  }
  ivf.invlists->resize(list, last);
  map[number] = -1;
}

void put_back(faiss::IndexIVFFlat &ivf, int64_t number, const float *row) {
  std::remove_reference_t<decltype(ivf.direct_map.array[0])> list = -1;
  ivf.quantizer->assign(1, row, &list);
  if (list < 0) throw std::invalid_argument("row " + std::to_string(number) + " is not finite");
  const auto place = ivf.invlists->add_entry(list, number, (const uint8_t *)row);
  ivf.direct_map.array[number] = faiss::lo_build(list, place);
}

} // namespace

extern "C" {

const char *faiss_shim_message(void) { return message.c_str(); }

faiss_shim *faiss_shim_new(int64_t dimension, int64_t lists) {
  return made([&] {
    if (dimension < 1 || lists < 1)
      throw std::invalid_argument("an index needs a dimension and lists");
    auto quantizer = std::make_unique<faiss::IndexFlatIP>(dimension);
    auto ivf = std::make_unique<faiss::IndexIVFFlat>(quantizer.get(), dimension, lists,
                                                     faiss::METRIC_INNER_PRODUCT);
    quantizer.release();
    ivf->own_fields = true;
    ivf->cp.min_points_per_centroid = 1; // says nothing on the console
    ivf->set_direct_map_type(faiss::DirectMap::Array);
    return ivf;
  });
}

faiss_shim *faiss_shim_copy(const faiss_shim *index) {
  return made([&] {
    std::unique_ptr<faiss::Index> copy(faiss::clone_index(index->ivf.get()));
    auto ivf = dynamic_cast<faiss::IndexIVFFlat *>(copy.get());
    if (!ivf) throw std::logic_error("FAISS copied an index into one of another kind");
    copy.release();
    return std::unique_ptr<faiss::IndexIVFFlat>(ivf);
  });
}

void faiss_shim_free(faiss_shim *index) { delete index; }

int faiss_shim_train(faiss_shim *index, int64_t n, const float *rows) {
  return guarded([&] {
    if (index->ivf->ntotal != 0) throw std::logic_error("an index with rows cannot be trained");
    index->ivf->train(n, rows);
  });
}

int faiss_shim_add(faiss_shim *index, int64_t n, const float *rows) {
  return guarded([&] { index->ivf->add(n, rows); });
}

int faiss_shim_change(faiss_shim *index, int64_t n, const int64_t *numbers, const float *rows) {
  return guarded([&] {
    auto &ivf = *index->ivf;
    for (int64_t i = 0; i < n; i++) check_number(ivf, numbers[i]);
    const size_t d = ivf.d;
    // stretches of rows that are there, between those that were removed
    for (int64_t i = 0; i < n;) {
      if (ivf.direct_map.array[numbers[i]] < 0) {
        put_back(ivf, numbers[i], rows + i * d);
        i++;
        continue;
      }
      int64_t end = i + 1;
      while (end < n && ivf.direct_map.array[numbers[end]] >= 0) end++;
      ivf.update_vectors((int)(end - i), numbers + i, rows + i * d);
      i = end;
    }
  });
}

int faiss_shim_remove(faiss_shim *index, int64_t n, const int64_t *numbers) {
  return guarded([&] {
    for (int64_t i = 0; i < n; i++) check_number(*index->ivf, numbers[i]);
    for (int64_t i = 0; i < n; i++) take_out(*index->ivf, numbers[i]);
  });
}

int64_t faiss_shim_count(const faiss_shim *index) { return index->ivf->ntotal; }

int faiss_shim_nearest(const faiss_shim *index, int64_t n, const float *queries, int64_t k,
                       int64_t probes, int64_t *numbers, float *products) {
  return guarded([&] {
    if (!index->ivf->is_trained)
      throw std::logic_error("an index must be trained before it is searched");
    faiss::SearchParametersIVF parameters;
    parameters.nprobe = probes;
    index->ivf->search(n, queries, k, products, numbers, &parameters);
  });
}

int faiss_shim_lists(const faiss_shim *index, int64_t n, const float *queries, int64_t probes,
                     int64_t *lists) {
  return guarded([&] {
    if (!index->ivf->is_trained)
      throw std::logic_error("an index must be trained before it is searched");
    std::vector<float> products(n * probes);
    index->ivf->quantizer->search(n, queries, probes, products.data(), lists);
  });
}

int64_t faiss_shim_list(const faiss_shim *index, int64_t list, const float **rows,
                        const int64_t **numbers) {
  // these are arrays in storage: nothing to be given back
  const auto lists = dynamic_cast<const faiss::ArrayInvertedLists *>(index->ivf->invlists);
  if (!lists || list < 0 || list >= (int64_t)lists->nlist) return 0;
  *rows = (const float *)lists->get_codes(list);
  *numbers = lists->get_ids(list);
  return lists->list_size(list);
}

} // extern "C"

#endif
