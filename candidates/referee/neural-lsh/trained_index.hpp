// A trained index before anyone believes it: what its sections file says, validated, and the part of it that may be served.
#pragma once

#include "../../player/neural-lsh/routers.hpp"
#include "../learned/served_file.hpp"
#include "bin_count.hpp"

namespace annvil::neural_lsh {

struct IndexLimits {
  std::uint32_t bins, second, branches;
  double largest_bin;      // over the mean, of the first level's bins
  double model_bytes;
  double multiply_adds;    // a query; 0: not limited
};

class TrainedIndex {
 public:
  // Throws Failure where it is no index of this base, OverLimit where it breaks a limit.
  TrainedIndex(const std::string& path, const Vectors& base, const IndexLimits& limits) : file_(referee::map_file(path)) {
    referee::fault_of_candidate([&] {
      sections_.emplace(file_);
      // Before any network is read: what is too large shall not fill our memory either.
      require("model-bytes", limits.model_bytes + most_shape_bytes * (1.0 + limits.bins), network_bytes(limits.bins));
      routers_.emplace(*sections_);
      if (routers_->first_bins() != limits.bins || routers_->bins() != limits.bins * limits.second ||
          routers_->dimension() != base.dimension) {
        throw std::runtime_error("the trained index has another shape than was asked for");
      }
      for (const char* name : {"bins", "partition"}) {
        const auto bins = sections_->values<std::uint32_t>(name);
        if (bins.size() != base.count) throw std::runtime_error("the trained index has other rows than the base");
        if (std::any_of(bins.begin(), bins.end(), [&](std::uint32_t bin) { return bin >= routers_->bins(); })) {
          throw std::runtime_error("the trained index has rows in bins that do not exist");
        }
      }
    });
    largest_bin_ = largest_over_mean(bins(), limits.bins, limits.second);
    require("largest-bin", limits.largest_bin, largest_bin_);
    require("model-bytes", limits.model_bytes, static_cast<double>(routers_->bytes()));
    multiply_adds_ = static_cast<double>(routers_->multiply_adds(limits.branches));
    if (limits.multiply_adds > 0) require("multiply-adds", limits.multiply_adds, multiply_adds_);
  }

  std::span<const std::uint32_t> bins() const { return sections_->values<std::uint32_t>("bins"); }
  // The bins before the router moved the rows.
  std::span<const std::uint32_t> partition() const { return sections_->values<std::uint32_t>("partition"); }
  double largest_bin() const { return largest_bin_; }
  double multiply_adds() const { return multiply_adds_; }
  double model_bytes() const { return static_cast<double>(routers_->bytes()); }

  // What the serving process gets: routers and sizes in a sealed file of memory, and nothing else that a training may have written.
  referee::Descriptor served(std::span<const std::uint32_t> sizes) const {
    SectionsWriter writer;
    writer.add<std::uint32_t>("shape", sections_->values<std::uint32_t>("shape"));
    writer.add<std::uint32_t>("sizes", sizes);
    writer.add<float>("router", sections_->values<float>("router"));
    for (std::uint32_t bin = 0; bin < routers_->first_bins(); ++bin) {
      const std::string name = "router." + std::to_string(bin);
      if (routers_->bins() > routers_->first_bins() && sections_->has(name)) writer.add<float>(name, sections_->values<float>(name));
    }
    return referee::sealed_file(writer);
  }

 private:
  // What a network's file takes besides its parameters (Network::serialised), with as many layers as there may be.
  static constexpr double most_shape_bytes = 4 * (1 + 3 * 256);

  double network_bytes(std::uint32_t bins) const {
    double sum = 4.0 * static_cast<double>(sections_->values<float>("router").size());
    for (std::uint32_t bin = 0; bin < bins; ++bin) {
      const std::string name = "router." + std::to_string(bin);
      if (sections_->has(name)) sum += 4.0 * static_cast<double>(sections_->values<float>(name).size());
    }
    return sum;
  }

  static void require(const char* resource, double limit, double used) {
    if (used > limit) throw referee::OverLimit{resource, limit, used};
  }

  Mapping file_;
  std::optional<Sections> sections_;
  std::optional<Routers> routers_;
  double largest_bin_ = 0, multiply_adds_ = 0;
};

}  // namespace annvil::neural_lsh
