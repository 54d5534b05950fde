#include "/tmp/devc/cwn.hpp"
template struct candidate::Construction<annvil::Metric::squared_l2>;
