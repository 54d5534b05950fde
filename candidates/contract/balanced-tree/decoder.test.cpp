// The served decoder against LibTorch's own transformer decoder layer, and the seed's router against both. Says what is wrong; silence is
// success.
#include <cstdio>
#include <cstdlib>
#include <random>

#include <annvil/balanced-tree/router.hpp>
#include <candidate/router.hpp>

namespace {

constexpr std::int64_t dimension = 20, width = 16, heads = 4, feed = 24, rows = 300;
const annvil::TreeShape shape{3, 3};

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::exit(1);
}

double worst_difference(std::span<const float> a, std::span<const float> b) {
  expect(a.size() == b.size() && !a.empty(), "as many values");
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(double{a[i]} - b[i]));
  return worst;
}

class NoCheckpoint final : public annvil::Checkpoint {
 public:
  std::size_t restore(const std::string&, const Read&) override { return 0; }
  void save(const std::string&, std::size_t, const Write&) override {}
};

annvil::Settings settings() {
  static char text[][24] = {"train", "width=16", "hidden=12", "heads=4", "feed=24", "batch=32", "epochs=2", "learning-rate=0.01"};
  static char* arguments[8];
  for (int i = 0; i < 8; ++i) arguments[i] = text[i];
  return annvil::Settings(8, arguments);
}

// The same layer in LibTorch's words: memory of one place, a causal mask over the prefix, no dropout.
void agrees_with_the_library() {
  torch::manual_seed(3);
  namespace nn = torch::nn;
  nn::TransformerDecoderLayer layer(nn::TransformerDecoderLayerOptions(width, heads).dim_feedforward(feed).dropout(0));
  nn::Linear first(dimension, 12), second(12, width), head(width, shape.branching);
  const torch::Tensor tokens = torch::randn({shape.branching + 1, width}), positions = torch::randn({shape.height, width});
  // Norms and biases that are not at their start, so that leaving one out would show.
  for (auto& parameter : layer->parameters()) parameter.data().add_(0.1 * torch::randn_like(parameter));

  const auto linear = [](const torch::Tensor& weight, const torch::Tensor& bias) {
    annvil::Network network;
    network.add_linear(static_cast<std::uint32_t>(weight.size(1)), static_cast<std::uint32_t>(weight.size(0)), annvil::floats_of(weight),
                       annvil::floats_of(bias));
    return network;
  };
  const auto norm = [](const nn::LayerNorm& from) {
    annvil::Network network;
    network.add_layer_norm(annvil::floats_of(from->weight), annvil::floats_of(from->bias));
    return network;
  };
  annvil::DecoderParts parts;
  parts.shape = shape;
  parts.heads = heads;
  parts.tokens = annvil::floats_of(tokens);
  parts.positions = annvil::floats_of(positions);
  const torch::Tensor value_weight = layer->multihead_attn->in_proj_weight.slice(0, 2 * width, 3 * width);
  const torch::Tensor value_bias = layer->multihead_attn->in_proj_bias.slice(0, 2 * width, 3 * width);
  nn::Sequential encoder(first, nn::ReLU(), second);
  parts.encoder = annvil::export_network(*encoder, dimension);
  parts.encoder.add_linear(width, width, annvil::floats_of(value_weight), annvil::floats_of(value_bias));
  parts.encoder.add_linear(width, width, annvil::floats_of(layer->multihead_attn->out_proj->weight),
                           annvil::floats_of(layer->multihead_attn->out_proj->bias));
  parts.attention = linear(layer->self_attn->in_proj_weight, layer->self_attn->in_proj_bias);
  parts.attended = linear(layer->self_attn->out_proj->weight, layer->self_attn->out_proj->bias);
  parts.norm = norm(layer->norm1);
  parts.crossed = norm(layer->norm2);
  nn::Sequential feeding(layer->linear1, nn::ReLU(), layer->linear2);
  parts.feed = annvil::export_network(*feeding, width);
  parts.head = norm(layer->norm3);
  parts.head.add_linear(width, shape.branching, annvil::floats_of(head->weight), annvil::floats_of(head->bias));
  const annvil::Decoder decoder = annvil::Decoder::parse(annvil::Decoder(parts).serialised());

  const torch::NoGradGuard off;
  const torch::Tensor query = torch::randn({1, dimension});
  const torch::Tensor memory = second->forward(torch::relu(first->forward(query))).unsqueeze(0);  // [1 place][1 query][width]
  std::vector<float> embedding(width), odds(shape.branching), scratch(decoder.scratch_floats());
  decoder.encode(annvil::floats_of(query).data(), embedding.data(), scratch);
  for (std::uint32_t depth = 0; depth < shape.height; ++depth) {
    for (std::uint32_t node = 0; node < shape.nodes(depth); ++node) {
      std::vector<std::int64_t> path{shape.branching};
      for (std::uint32_t place = 1; place <= depth; ++place) path.push_back(node / shape.nodes(depth - place) % shape.branching);
      const std::int64_t length = depth + 1;
      const torch::Tensor input = (tokens.index_select(0, torch::tensor(path)) + positions.slice(0, 0, length)).unsqueeze(1);
      const torch::Tensor mask = torch::triu(torch::full({length, length}, -std::numeric_limits<float>::infinity()), 1);
      const torch::Tensor wanted = torch::log_softmax(head->forward(layer->forward(input, memory, mask)[length - 1][0]), 0);
      decoder.branches(depth, node, embedding.data(), odds.data(), scratch);
      expect(worst_difference(odds, annvil::floats_of(wanted)) < 2e-5, "the decoder scores as LibTorch's transformer decoder layer");
    }
  }
}

void router_is_served_as_it_was_trained() {
  torch::manual_seed(5);
  const torch::Tensor base = 3 * torch::randn({rows, dimension}) + 7;
  const std::uint32_t k = 5, queries = 40;
  std::vector<std::uint32_t> neighbours(queries * k), leaves(rows);
  for (std::uint32_t i = 0; i < neighbours.size(); ++i) neighbours[i] = i * 7 % rows;
  for (std::uint32_t i = 0; i < rows; ++i) leaves[i] = i % shape.leaves();
  NoCheckpoint checkpoint;
  const annvil::Settings given = settings();
  annvil::Training training{1, torch::kCPU, given, checkpoint, [](std::size_t, std::size_t, double) {}};
  const annvil::TrainingPairs pairs{{nullptr, queries, dimension, 32}, k, neighbours.data()};
  candidate::Router router({shape, base, base.slice(0, 0, queries), pairs, 11, 3}, training);
  const double before = router.fit(leaves, 0);
  double after = before;
  for (std::uint32_t cycle = 1; cycle < 4; ++cycle) after = router.fit(leaves, cycle);
  expect(after < before, "the loss falls");

  const annvil::Decoder decoder = router.exported();
  std::vector<float> embedding(width), odds(shape.branching), scratch(decoder.scratch_floats());
  std::vector<float> trained(rows * shape.branching), served;
  for (std::uint32_t depth = 0; depth < shape.height; ++depth) {
    std::vector<std::uint32_t> nodes(rows);
    for (std::uint32_t i = 0; i < rows; ++i) nodes[i] = shape.node_of(leaves[i], depth);
    router.branches(depth, nodes, trained);
    served.clear();
    for (std::uint32_t i = 0; i < rows; ++i) {
      decoder.encode(annvil::floats_of(base[i]).data(), embedding.data(), scratch);
      decoder.branches(depth, nodes[i], embedding.data(), odds.data(), scratch);
      served.insert(served.end(), odds.begin(), odds.end());
    }
    expect(worst_difference(trained, served) < 2e-4, "the exported decoder scores as the router");
  }
}

void damaged_decoders_are_refused() {
  torch::manual_seed(7);
  const annvil::Settings given = settings();
  NoCheckpoint checkpoint;
  annvil::Training training{1, torch::kCPU, given, checkpoint, [](std::size_t, std::size_t, double) {}};
  const std::vector<std::uint32_t> neighbours{0};
  candidate::Router router(
      {shape, torch::randn({9, dimension}), torch::randn({1, dimension}), {{nullptr, 1, dimension, 32}, 1, neighbours.data()}, 1, 1},
      training);
  const std::vector<float> whole = router.exported().serialised();
  const auto refused = [](const std::vector<float>& words) {
    try {
      annvil::Decoder::parse(words);
    } catch (const std::runtime_error&) {
      return true;
    }
    return false;
  };
  expect(!refused(whole), "a whole decoder is read");
  for (const std::size_t length : {std::size_t{0}, std::size_t{3}, whole.size() / 2, whole.size() - 1}) {
    expect(refused({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}), "a truncated decoder is refused");
  }
  for (const auto& [place, value] :
       {std::pair{std::size_t{0}, 1e30f}, {0, -1.0f}, {0, 2.5f}, {1, 40.0f}, {2, 0.0f}, {2, 5.0f}, {10, std::nanf("")}}) {
    std::vector<float> damaged = whole;
    damaged[place] = value;
    expect(refused(damaged), "a damaged decoder is refused");
  }
}

}  // namespace

int main() {
  at::set_num_threads(1);
  agrees_with_the_library();
  router_is_served_as_it_was_trained();
  damaged_decoders_are_refused();
}
