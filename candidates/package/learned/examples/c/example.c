/* Loads the trained index through the C ABI and asks it for the origin's nearest rows: example [INDEX] */
#include <stdio.h>
#include <stdlib.h>

#include <@NAME@.h>

enum { k = 3 };

static void require(annvil_status status) {
  if (status == ANNVIL_OK) return;
  fprintf(stderr, "%s\n", annvil_last_error());
  exit(1);
}

int main(int count, char** arguments) {
  annvil_index* index = NULL;
  annvil_load_options how = {.struct_size = sizeof how, .map = 1};
  require(annvil_load(count > 1 ? arguments[1] : "@NAME@.index", &how, &index));
  annvil_info info = {.struct_size = sizeof info};
  require(annvil_describe(index, &info));
  float* query = calloc(info.dimension, sizeof(float));
  if (!query) return 1;
  query[0] = 1;
  uint32_t ids[k], compared = 0;
  float distances[k];
  annvil_search_options asked = {.struct_size = sizeof asked, .k = k, .target_recall = 0.9, .compared = &compared};
  require(annvil_search(index, query, 1, &asked, ids, distances));
  for (int i = 0; i < k; ++i) printf("row %u at %g\n", ids[i], (double)distances[i]);
  printf("%s on %s compared %u of %llu rows\n", annvil_package(), annvil_level(), compared, (unsigned long long)info.count);
  annvil_free(index);
  free(query);
  return 0;
}
