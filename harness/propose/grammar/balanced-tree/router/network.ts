import type { Choices } from '../../../../core/policy.ts';
import type { Part } from '../../part.ts';

/** The encoder and the decoder layer as a LibTorch module, and how it is exported. */
export function network({ encoder }: Choices): Part {
  const deep = encoder === 'two-hidden';
  const layers = deep
    ? 'linear(dimension, hidden), torch::nn::ReLU(), linear(hidden, hidden), torch::nn::ReLU(), linear(hidden, width_)'
    : 'linear(dimension, hidden), torch::nn::ReLU(), linear(hidden, width_)';
  return {
    std: ['cmath', 'cstdint'],
    contract: ['balanced-tree/decoder.hpp', 'learned/export_network.hpp'],
    text: `// Encoder and one transformer decoder layer (Vaswani et al. 2017). A prefix attends to itself alone, so that the state of a prefix is
// computed once for all queries; of cross-attention to the one embedding of the query, value and output projections are left.
class Net : public torch::nn::Module {
 public:
  Net(const annvil::TreeShape& shape, std::int64_t dimension, const annvil::Settings& settings)
      : shape_(shape), width_(whole(settings, "width")), heads_(whole(settings, "heads")) {
    const std::int64_t hidden = whole(settings, "hidden"), feed = whole(settings, "feed");
    encoder_ = register_module("encoder", torch::nn::Sequential(
        ${layers},
        linear(width_, width_), linear(width_, width_)));
    tokens_ = register_module("tokens", torch::nn::Embedding(shape.branching + 1, width_));
    positions_ = register_module("positions", torch::nn::Embedding(shape.height, width_));
    attention_ = register_module("attention", torch::nn::Sequential(linear(width_, 3 * width_)));
    attended_ = register_module("attended", torch::nn::Sequential(linear(width_, width_)));
    norm_ = register_module("norm", torch::nn::Sequential(layer_norm()));
    crossed_ = register_module("crossed", torch::nn::Sequential(layer_norm()));
    feed_ = register_module("feed", torch::nn::Sequential(linear(width_, feed), torch::nn::ReLU(), linear(feed, width_)));
    head_ = register_module("head", torch::nn::Sequential(layer_norm(), linear(width_, shape.branching)));
  }

  // [rows][width]: what a query adds to the state of any prefix.
  torch::Tensor embed(const torch::Tensor& queries) { return encoder_->forward(queries); }

  // [nodes of that depth][width]: the states of all prefixes.
  torch::Tensor states(std::uint32_t depth) {
    const std::int64_t nodes = shape_.nodes(depth), branching = shape_.branching;
    const auto device = tokens_->weight.device();
    const torch::Tensor node = torch::arange(nodes, device);
    std::vector<torch::Tensor> path{torch::full({nodes}, branching, node.options())};
    for (std::uint32_t place = 1; place <= depth; ++place) {
      path.push_back(torch::floor_divide(node, static_cast<std::int64_t>(shape_.nodes(depth - place))).remainder(branching));
    }
    const std::int64_t length = depth + 1, size = width_ / heads_;
    const torch::Tensor input = tokens_->forward(torch::stack(path, 1)) + positions_->forward(torch::arange(length, device));
    const torch::Tensor split = attention_->forward(input).view({nodes, length, 3, heads_, size}).permute({2, 0, 3, 1, 4});
    const torch::Tensor query = split[0].slice(2, length - 1, length);
    const torch::Tensor scores = query.matmul(split[1].transpose(-1, -2)) / std::sqrt(static_cast<double>(size));
    const torch::Tensor context = torch::softmax(scores, -1).matmul(split[2]).transpose(1, 2).reshape({nodes, width_});
    return norm_->forward(input.select(1, length - 1) + attended_->forward(context));
  }

  // [rows][branching]: log-probabilities of the branches, from the state of a prefix and the embedding of a query in each row.
  torch::Tensor log_odds(const torch::Tensor& states, const torch::Tensor& embeddings) {
    const torch::Tensor sum = crossed_->forward(states + embeddings);
    return torch::log_softmax(head_->forward(sum + feed_->forward(sum)), -1);
  }

  // \`mean\` and \`inverse\` are what queries were standardised with before they were embedded.
  annvil::Decoder exported(const torch::Tensor& mean, float inverse) {
    annvil::DecoderParts parts;
    parts.shape = shape_;
    parts.heads = static_cast<std::uint32_t>(heads_);
    parts.tokens = annvil::floats_of(tokens_->weight);
    parts.positions = annvil::floats_of(positions_->weight);
    parts.encoder.add_affine(std::vector<float>(mean.size(0), inverse), annvil::floats_of(-mean * inverse));
    for (const auto& module : encoder_->children()) {
      if (const auto* layer = module->as<torch::nn::Linear>()) {
        const auto inputs = static_cast<std::uint32_t>(layer->options.in_features());
        const auto outputs = static_cast<std::uint32_t>(layer->options.out_features());
        parts.encoder.add_linear(inputs, outputs, annvil::floats_of(layer->weight), annvil::floats_of(layer->bias));
      } else {
        parts.encoder.add_relu(parts.encoder.outputs());
      }
    }
    const auto width = static_cast<std::uint32_t>(width_);
    parts.attention = annvil::export_network(*attention_, width);
    parts.attended = annvil::export_network(*attended_, width);
    parts.norm = annvil::export_network(*norm_, width);
    parts.crossed = annvil::export_network(*crossed_, width);
    parts.feed = annvil::export_network(*feed_, width);
    parts.head = annvil::export_network(*head_, width);
    return annvil::Decoder(std::move(parts));
  }

 private:
  static std::int64_t whole(const annvil::Settings& settings, const char* name) {
    return static_cast<std::int64_t>(settings.whole(name));
  }
  static torch::nn::Linear linear(std::int64_t inputs, std::int64_t outputs) { return torch::nn::Linear(inputs, outputs); }
  torch::nn::LayerNorm layer_norm() const { return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width_})); }

  annvil::TreeShape shape_;
  std::int64_t width_, heads_;
  torch::nn::Sequential encoder_, attention_, attended_, norm_, crossed_, feed_, head_;
  torch::nn::Embedding tokens_{nullptr}, positions_{nullptr};
};`,
  };
}
