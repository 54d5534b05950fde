/* Builds an index over random rows through the C ABI, saves it, loads it and asks each row for its nearest: itself. */
#include <stdio.h>
#include <stdlib.h>

#include <@NAME@.h>

enum { rows = 5000, dimension = 32, k = 3 };

static void require(annvil_status status) {
  if (status == ANNVIL_OK) return;
  fprintf(stderr, "%s\n", annvil_last_error());
  exit(1);
}

static int show(void* context, const char* phase, double done) {
  (void)context;
  if (done == 1) fprintf(stderr, "%s is done\n", phase);
  return 0;
}

int main(int count, char** arguments) {
  const char* path = count > 1 ? arguments[1] : "example.index";
  float* data = malloc(sizeof(float) * rows * dimension);
  uint32_t* ids = malloc(sizeof(uint32_t) * rows * k);
  float* distances = malloc(sizeof(float) * rows * k);
  if (!data || !ids || !distances) return 1;
  for (int i = 0; i < rows * dimension; ++i) data[i] = (float)rand() / (float)RAND_MAX;

  annvil_index* built = NULL;
  annvil_build_options options = {.struct_size = sizeof options, .metric = ANNVIL_EUCLIDEAN, .calibration_queries = 200,
                                  .observer = {show, NULL}};
  require(annvil_build(data, rows, dimension, &options, &built));
  require(annvil_save(built, path));
  annvil_free(built);

  annvil_index* index = NULL;
  annvil_load_options how = {.struct_size = sizeof how, .map = 1};
  require(annvil_load(path, &how, &index));
  annvil_search_options asked = {.struct_size = sizeof asked, .k = k, .target_recall = 0.95};
  require(annvil_search(index, data, rows, &asked, ids, distances));
  int found = 0;
  for (int i = 0; i < rows; ++i) found += ids[i * k] == (uint32_t)i && distances[i * k] == 0;
  printf("%s on %s: %d of %d rows found themselves\n", annvil_package(), annvil_level(), found, rows);
  annvil_free(index);
  free(data), free(ids), free(distances);
  return found >= rows * 95 / 100 ? 0 : 1;
}
