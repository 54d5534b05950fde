/* The C ABI as a program in C meets it: statuses, sentences, options of other versions. Argument: a folder. Prints package, level and recall. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <PACKAGE_NAME.h>

#define REQUIRE(condition)                                                                              \
  do {                                                                                                  \
    if (!(condition)) {                                                                                 \
      fprintf(stderr, "%s:%d: %s; %s\n", __FILE__, __LINE__, #condition, annvil_last_error());          \
      exit(1);                                                                                          \
    }                                                                                                   \
  } while (0)

enum { count = 2000, dimension = 24, k = 10 };
static float rows[count * dimension];

static unsigned state = 1;
static float drawn(void) {
  state = state * 1664525u + 1013904223u;
  return (float)(state >> 8) / (float)(1 << 24) - 0.5f;
}

static int stop(void* context, const char* phase, double done) {
  (void)phase;
  (void)done;
  return ++*(int*)context >= 2;
}

int main(int argc, char** argv) {
  annvil_index* index = NULL;
  annvil_build_options options;
  annvil_load_options loading;
  annvil_search_options searching;
  annvil_calibration_point points[200], chosen;
  annvil_info info;
  size_t room = 200, found = 0;
  uint32_t ids[k], exact[k];
  float distances[k], query[dimension];
  char path[4096];
  int told = 0;
  struct {
    annvil_search_options known;
    uint64_t later;
  } newer;
  if (argc < 2) return 2;
  snprintf(path, sizeof path, "%s/c.index", argv[1]);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) rows[i] = drawn();

  memset(&options, 0, sizeof options);
  REQUIRE(annvil_build(rows, count, dimension, &options, &index) == ANNVIL_BAD_ARGUMENT && !index);
  REQUIRE(strstr(annvil_last_error(), "options->struct_size is 0"));
  options.struct_size = sizeof options;
  options.observer.progress = stop;
  options.observer.context = &told;
  REQUIRE(annvil_build(rows, count, dimension, &options, &index) == ANNVIL_CANCELLED && !index);
  memset(&options.observer, 0, sizeof options.observer);
  options.metric = (annvil_metric)7;
  REQUIRE(annvil_build(rows, count, dimension, &options, &index) == ANNVIL_BAD_ARGUMENT);
  options.metric = ANNVIL_ANGULAR;
  REQUIRE(annvil_build(NULL, count, dimension, &options, &index) == ANNVIL_BAD_ARGUMENT);
  REQUIRE(annvil_build(rows, count, dimension, NULL, NULL) == ANNVIL_BAD_ARGUMENT);
  options.calibration_queries = 100;
  REQUIRE(annvil_build(rows, count, dimension, &options, &index) == ANNVIL_OK);

  REQUIRE(annvil_save(index, "/no/such/folder/c.index") == ANNVIL_IO && strstr(annvil_last_error(), "No such file"));
  REQUIRE(annvil_save(index, path) == ANNVIL_OK);
  annvil_free(index);
  annvil_free(NULL);
  REQUIRE(annvil_load("/dev/null", NULL, &index) == ANNVIL_BAD_FILE && !index);
  memset(&loading, 0, sizeof loading);
  loading.struct_size = sizeof loading;
  loading.map = 1;
  REQUIRE(annvil_load(path, &loading, &index) == ANNVIL_OK);

  memset(&info, 0, sizeof info);
  info.struct_size = sizeof info;
  REQUIRE(annvil_describe(index, &info) == ANNVIL_OK);
  REQUIRE(info.count == count && info.dimension == dimension && info.metric == ANNVIL_ANGULAR && info.calibration_k == 10);
  REQUIRE(strcmp(info.level, annvil_level()) == 0 && strcmp(info.package, annvil_package()) == 0 && info.memory_bytes > 0);
  REQUIRE(annvil_calibration(index, points, &room) == ANNVIL_OK && room > 5 && room < 200);
  REQUIRE(annvil_effort_for(index, 0.9, k, &chosen) == ANNVIL_OK && chosen.low >= 0.9);
  REQUIRE(annvil_effort_for(index, 1, k, &chosen) == ANNVIL_BAD_ARGUMENT && strstr(annvil_last_error(), "best lower bound"));

  memset(&searching, 0, sizeof searching);
  searching.struct_size = sizeof searching;
  searching.k = k;
  REQUIRE(annvil_search(index, rows, 1, &searching, ids, distances) == ANNVIL_BAD_ARGUMENT);
  REQUIRE(strstr(annvil_last_error(), "effort and target_recall are both 0"));
  searching.target_recall = 0.9;
  for (int i = 0; i < 200; ++i) {
    for (int d = 0; d < dimension; ++d) query[d] = drawn();
    REQUIRE(annvil_search(index, query, 1, &searching, ids, distances) == ANNVIL_OK);
    searching.effort = count;
    REQUIRE(annvil_search(index, query, 1, &searching, exact, NULL) == ANNVIL_OK);
    searching.effort = 0;
    for (int a = 0; a < k; ++a) {
      for (int b = 0; b < k; ++b) found += ids[a] == exact[b];
      REQUIRE(a == 0 || distances[a - 1] <= distances[a]);
    }
  }
  memset(&newer, 0, sizeof newer);
  newer.known = searching;
  newer.known.struct_size = sizeof newer;
  REQUIRE(annvil_search(index, query, 1, &newer.known, ids, NULL) == ANNVIL_OK);
  newer.later = 1;
  REQUIRE(annvil_search(index, query, 1, &newer.known, ids, NULL) == ANNVIL_BAD_ARGUMENT);
  query[3] = NAN;
  REQUIRE(annvil_search(index, query, 1, &searching, ids, NULL) == ANNVIL_BAD_ARGUMENT && strstr(annvil_last_error(), "queries[0][3] is nan"));
  annvil_free(index);
  printf("%s %s %.4f\n", annvil_package(), annvil_level(), (double)found / (200 * k));
  return 0;
}
