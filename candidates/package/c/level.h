/* What a library of one instruction set hands to the dispatcher: the C ABI as a table. Between the two alone; no ABI of the package's. */
#pragma once

#include "PACKAGE_NAME.h"

typedef struct {
  size_t bytes; /* of this table */
  annvil_status (*build)(const float*, size_t, uint32_t, const annvil_build_options*, annvil_index**);
  annvil_status (*save)(const annvil_index*, const char*);
  annvil_status (*load)(const char*, const annvil_load_options*, annvil_index**);
  void (*free)(annvil_index*);
  annvil_status (*search)(const annvil_index*, const float*, size_t, const annvil_search_options*, uint32_t*, float*);
  annvil_status (*describe)(const annvil_index*, annvil_info*);
  annvil_status (*calibration)(const annvil_index*, annvil_calibration_point*, size_t*);
  annvil_status (*effort_for)(const annvil_index*, double, uint32_t, annvil_calibration_point*);
  const char* (*last_error)(void);
  const char* package; /* hash of the index code: dispatcher and level must be of one package */
} annvil_level_table;

/* The one symbol that a level's library shows. */
#define ANNVIL_LEVEL_SYMBOL annvil_level_PACKAGE_NAME
