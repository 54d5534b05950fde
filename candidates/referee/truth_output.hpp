// The ground-truth file: a header (scoring.hpp), then query_count * k ids, then as many float32 distances, closest first.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "scoring.hpp"

namespace annvil::truth {

// Nearest first; shorter than k where the base is.
using Answers = std::vector<std::vector<Neighbour>>;

inline void write_all(int file, const void* data, std::size_t bytes, const std::string& path) {
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t written = write(file, static_cast<const char*>(data) + done, bytes - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw std::runtime_error("cannot write " + path + ": " + std::strerror(errno));
    done += static_cast<std::size_t>(written);
  }
}

// Writes to `<path>.<pid>` and renames, so that no half file ever carries the name. Where an answer is short, its places
// hold no_node at distance infinity.
inline void save(const std::string& path, const VectorFile& base, const VectorFile& queries, std::uint32_t k,
                 const Answers& answers) {
  std::vector<NodeId> ids(answers.size() * k, no_node);
  std::vector<float> distances(ids.size(), std::numeric_limits<float>::infinity());
  for (std::size_t query = 0; query < answers.size(); ++query) {
    for (std::size_t i = 0; i < answers[query].size(); ++i) {
      ids[query * k + i] = answers[query][i].id;
      distances[query * k + i] = answers[query][i].distance;
    }
  }
  std::vector<char> head(referee::TruthHeader::bytes);
  const referee::TruthHeader header{{'A', 'N', 'N', 'V', 'I', 'L', 'T', '1'},
                                    queries.vectors.count,
                                    k,
                                    base.vectors.count,
                                    static_cast<std::uint32_t>(base.metric)};
  std::memcpy(head.data(), &header, sizeof header);

  const std::string unfinished = path + "." + std::to_string(getpid());
  const int file = open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) throw std::runtime_error("cannot create " + unfinished + ": " + std::strerror(errno));
  try {
    write_all(file, head.data(), head.size(), path);
    write_all(file, ids.data(), ids.size() * sizeof ids[0], path);
    write_all(file, distances.data(), distances.size() * sizeof distances[0], path);
    if (fsync(file) != 0 || rename(unfinished.c_str(), path.c_str()) != 0) {
      throw std::runtime_error("cannot write " + path + ": " + std::strerror(errno));
    }
  } catch (...) {
    close(file);
    unlink(unfinished.c_str());
    throw;
  }
  close(file);
}

}  // namespace annvil::truth
