// The referee: the trusted program that owns clock, queries and ground truth. Reads one JSON request a line, answers one
// JSON line each; harness/evaluate/protocol.ts declares both. What a candidate does wrong is an answer of kind `failed`;
// what the referee itself cannot do is `error`, and never becomes an outcome.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <random>

#include "../player/graph_image.hpp"
#include "audit.hpp"
#include "player_group.hpp"

namespace {

using annvil::referee::Child;
using annvil::referee::Descriptor;
using annvil::referee::Exam;
using annvil::referee::Failure;
using annvil::referee::Player;
using annvil::referee::PlayerGroup;
using Json = nlohmann::json;

constexpr std::uint32_t batch_capacity = 2048;

std::string reason() { return std::strerror(errno); }

// A copy of a file in memory that nobody can change any more, whoever holds its descriptor: what players get instead of
// the file itself, which a player of the same user could reopen for writing.
Descriptor sealed_copy(const std::byte* data, std::size_t bytes, const char* name) {
  Descriptor memory(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (memory.get() < 0) throw std::runtime_error("cannot make memory for the " + std::string(name) + ": " + reason());
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t written = write(memory.get(), data + done, bytes - done);
    if (written <= 0) throw std::runtime_error("cannot copy the " + std::string(name) + " into memory: " + reason());
    done += static_cast<std::size_t>(written);
  }
  fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return memory;
}

// Writes beside the final name and renames, so that no half file ever carries it.
void save(const annvil::Mapping& image, const std::string& path) {
  const std::string unfinished = path + "." + std::to_string(getpid());
  const Descriptor file(open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  for (std::size_t done = 0; done < image.size();) {
    const ssize_t written = write(file.get(), image.data() + done, image.size() - done);
    if (written <= 0) throw std::runtime_error("cannot write " + path + ": " + reason());
    done += static_cast<std::size_t>(written);
  }
  if (fsync(file.get()) != 0 || rename(unfinished.c_str(), path.c_str()) != 0) {
    throw std::runtime_error("cannot write " + path + ": " + reason());
  }
}

class Referee {
 public:
  Json handle(const Json& request) {
    const std::string op = request.at("op");
    if (op == "open") return open_dataset(request);
    if (op == "build") return build(request);
    if (op == "start") return start(request);
    if (op == "run") return run(request);
    if (op == "audit") return audit(request);
    if (op == "stop") {
      players_.erase(request.at("player").get<std::string>());
      return {{"kind", "stopped"}};
    }
    throw std::runtime_error("unknown request \"" + op + "\"");
  }

 private:
  // {base, queries, truth, k, seed, core}: maps the dataset; queries are served in an order drawn from seed.
  Json open_dataset(const Json& request) {
    players_.clear();
    exam_.emplace(request.at("base"), request.at("queries"), request.at("truth"), request.at("k").get<std::uint32_t>());
    core_ = request.at("core");
    if (core_ >= 0) annvil::referee::pin(0, core_);
    order_.resize(exam_->queries().vectors.count);
    std::iota(order_.begin(), order_.end(), 0u);
    std::shuffle(order_.begin(), order_.end(), std::mt19937_64(request.at("seed").get<std::uint64_t>()));
    const annvil::Vectors& base = exam_->base().vectors;
    const annvil::Mapping file = map(request.at("base"));
    base_ = sealed_copy(file.data(), file.size(), "base vectors");
    return {{"kind", "opened"}, {"count", base.count}, {"dimension", base.dimension}, {"queries", order_.size()}};
  }

  // {argv, graph, limitSeconds}: runs a building player and keeps its graph under the given path once it is found valid.
  Json build(const Json& request) {
    const Descriptor output(memfd_create("annvil-graph", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    const double limit = request.at("limitSeconds");
    const double before = annvil::referee::now();
    Child child(request.at("argv").get<std::vector<std::string>>(), {base_.get(), output.get()});
    // Looked at from outside while it lives: what its end says is about the sandbox, which does not wait for the builder.
    double cpu_seconds = 0;
    std::uint64_t peak_bytes = 0;
    for (std::uint32_t look = 0; child.running(); ++look) {
      if (annvil::referee::now() - before > limit) throw Failure{"timed-out", child.stderr_tail(), "", limit};
      // Often at first, for builds of a blink; then every ten milliseconds, since the builder has every core.
      if (const pid_t builder = look < 20 || look % 20 == 0 ? child.player_pid() : 0) {
        cpu_seconds = std::max(cpu_seconds, annvil::referee::cpu_seconds_of(builder));
        peak_bytes = std::max(peak_bytes, annvil::referee::memory_of(builder).peak_bytes);
      }
      usleep(500);
    }
    const double seconds = annvil::referee::now() - before;
    if (child.ending().code != 0) throw annvil::referee::failure_of(child);
    fcntl(output.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW);
    std::string fault;
    std::uint64_t edges = 0;
    std::uint32_t degree = 0;
    annvil::Mapping image;
    try {
      image = annvil::Mapping(output.get(), "graph");
      const annvil::Graph graph = annvil::read_graph(image);
      fault = annvil::graph_fault(graph, exam_->base().vectors.count);
      degree = graph.degree;
      if (fault.empty() && degree > request.at("maxDegree").get<std::uint32_t>()) {
        fault = "degree " + std::to_string(degree) + " is over the limit of " + request.at("maxDegree").dump();
      }
      edges = graph.edges.size() - static_cast<std::uint64_t>(std::count(graph.edges.begin(), graph.edges.end(), annvil::no_node));
    } catch (const std::runtime_error& unreadable) {
      fault = unreadable.what();
    }
    if (!fault.empty()) throw Failure{"tampered", fault, "invalid-graph", 0};
    save(image, request.at("graph"));
    return {{"kind", "built"},
            {"seconds", seconds},
            {"cpuSeconds", cpu_seconds},
            {"peakBytes", peak_bytes},
            {"graphBytes", image.size()},
            {"degree", degree},
            {"meanDegree", static_cast<double>(edges) / exam_->base().vectors.count}};
  }

  // {players: [{name, argv, graph, lock, copies}], limitSeconds}: starts players side by side and waits until each has prepared.
  Json start(const Json& request) {
    const annvil::Vectors& base = exam_->base().vectors;
    const std::uint64_t base_bytes = std::uint64_t{base.count} * base.stride * sizeof(float);
    for (const Json& wanted : request.at("players")) {
      const annvil::Mapping image = map(wanted.at("graph"));
      const Descriptor graph = sealed_copy(image.data(), image.size(), "graph");
      std::vector<std::unique_ptr<Player>> copies(wanted.value("copies", std::size_t{1}));
      for (auto& copy : copies) {
        copy = std::make_unique<Player>(wanted.at("argv").get<std::vector<std::string>>(), base_.get(), graph.get(), exam_->k(),
                                        base.stride, base.count, batch_capacity);
      }
      players_[wanted.at("name").get<std::string>()] = std::make_unique<PlayerGroup>(std::move(copies));
    }
    Json started = Json::array();
    for (const Json& wanted : request.at("players")) {
      const std::string name = wanted.at("name");
      Json line{{"player", name}};
      try {
        players_.at(name)->finish_preparing(request.at("limitSeconds"), core_, wanted.value("lock", true));
        const Player& player = players_.at(name)->first();
        // The player's own copy of the base vectors is no part of the index.
        const std::uint64_t held = player.memory().anonymous_bytes;
        line.update({{"prepareSeconds", player.prepare_seconds()},
                     {"indexBytes", held > base_bytes ? held - base_bytes : 0},
                     {"peakBytes", player.memory().peak_bytes}});
      } catch (const Failure& failure) {
        players_.erase(name);
        line["failure"] = failed(failure);
      }
      started.push_back(line);
    }
    return {{"kind", "started"}, {"players", started}};
  }

  // {batches: [{player, effort, from, count}], limitSeconds, counters}: times them in this order. `from` counts in the drawn
  // order. With `counters`, also what was counted of each; its times are then not for ranking.
  Json run(const Json& request) {
    Json results = Json::array();
    const bool counting = request.value("counters", false);
    for (const Json& batch : request.at("batches")) players(batch.at("player")).first().count_events(counting);
    for (const Json& batch : request.at("batches")) {
      const std::string name = batch.at("player");
      const auto rows = queries(batch);
      try {
        const auto result = players(name).answer(*exam_, rows, batch.at("effort"), request.at("limitSeconds"));
        results.push_back({{"wallSeconds", result.wall_seconds}, {"cpuSeconds", result.cpu_seconds}, {"waitSeconds", result.wait_seconds}, {"recall", result.recall}});
        if (counting) results.back()["counters"] = named(result);
      } catch (const Failure& failure) {
        return ended(name, failure);
      }
    }
    return {{"kind", "ran"}, {"batches", results}};
  }

  // {player, effort, queries: {from, count}, others: {from, count}, limitSeconds}
  Json audit(const Json& request) {
    const std::string name = request.at("player");
    const annvil::referee::AuditPlan plan{queries(request.at("queries")), queries(request.at("others")), request.at("effort"),
                                          request.at("limitSeconds")};
    try {
      annvil::referee::audit(players(name).first(), *exam_, plan);
    } catch (const Failure& failure) {
      return ended(name, failure);
    }
    return {{"kind", "audited"}};
  }

  static Json named(const annvil::referee::BatchResult& result) {
    Json object{{"distances", result.distances}};
    for (std::size_t i = 0; i < result.counts.size(); ++i) {
      if (result.counts[i]) object[annvil::referee::event_names[i]] = *result.counts[i];
    }
    return object;
  }

  PlayerGroup& players(const std::string& name) {
    const auto found = players_.find(name);
    if (found == players_.end()) throw std::runtime_error("no player named " + name);
    return *found->second;
  }

  // Queries [from, from + count) of the drawn order.
  std::span<const std::uint32_t> queries(const Json& range) const {
    const std::size_t from = range.at("from"), count = range.at("count");
    if (from + count > order_.size() || count == 0 || count > batch_capacity) {
      throw std::runtime_error("a batch of queries " + std::to_string(from) + " to " + std::to_string(from + count) +
                               " cannot be asked");
    }
    return {order_.data() + from, count};
  }

  Json ended(const std::string& name, const Failure& failure) {
    players_.erase(name);
    Json answer = failed(failure);
    answer["player"] = name;
    return answer;
  }

  static annvil::Mapping map(const std::string& path) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) throw std::runtime_error("cannot open " + path + ": " + reason());
    return annvil::Mapping(file.get(), path);
  }

 public:
  static Json failed(const Failure& failure) {
    return {{"kind", "failed"},
            {"how", failure.kind},
            {"detail", failure.detail},
            {"signal", failure.signal},
            {"limitSeconds", failure.limit_seconds}};
  }

 private:
  std::optional<Exam> exam_;
  Descriptor base_;
  int core_ = -1;
  std::vector<std::uint32_t> order_;
  std::map<std::string, std::unique_ptr<PlayerGroup>> players_;
};

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  annvil::referee::take_precedence();
  Referee referee;
  for (std::string line; std::getline(std::cin, line);) {
    Json answer;
    try {
      answer = referee.handle(Json::parse(line));
    } catch (const Failure& failure) {
      answer = Referee::failed(failure);
    } catch (const std::exception& failure) {
      answer = {{"kind", "error"}, {"detail", failure.what()}};
    }
    // A candidate's stderr may hold any bytes: what is no UTF-8 is replaced, not fatal.
    std::cout << answer.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
  }
}
