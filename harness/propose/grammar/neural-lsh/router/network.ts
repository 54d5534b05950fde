import type { Choices } from '../../../../core/policy.ts';
import { lines, type Part } from '../../part.ts';

const widths: Record<string, string> = { half: 'preset / 2', preset: 'preset', double: 'preset * 2' };

/** The module that is trained, and what the harness is handed in its place. */
export function network(choices: Choices): Part {
  switch (choices.model) {
    case 'logistic':
      return logistic;
    case 'binary-tree':
      return binaryTree;
    default:
      return mlp(choices);
  }
}

const initialise = `  const auto initialise = [](torch::nn::Linear layer) {
    torch::nn::init::xavier_uniform_(layer->weight);
    torch::nn::init::zeros_(layer->bias);
    return layer;
  };`;

const softmax = `
  torch::Tensor log_probabilities(const torch::Tensor& rows) { return torch::log_softmax(layers->forward(rows), 1); }

  annvil::Network exported(const Rows& rows) {
    rows.fold_into(first);
    layers->eval();
    return annvil::export_network(*layers, rows.width());
  }
`;

function mlp(choices: Choices): Part {
  const { normalisation, dropout } = choices;
  const hidden = choices['hidden-layers']!;
  return {
    std: ['cstdint'],
    contract: ['learned/export_network.hpp', 'learned/training.hpp'],
    text: lines(
      `// ${hidden} hidden layer${hidden === '1' ? '' : 's'} of ReLU${normalisation === 'none' ? '' : `, with ${normalisation} normalisation`}.
struct Model {
  Model(const annvil::Training& training, std::uint32_t inputs, std::uint32_t bins) {
    const auto preset = static_cast<std::uint32_t>(training.settings.whole("width"));
    const std::uint32_t width = ${widths[choices.width!]};
${initialise.replaceAll(/^ {2}/gm, '    ')}
    first = initialise(torch::nn::Linear(inputs, width));
    layers->push_back(first);
    for (std::uint32_t hidden = 0; hidden < ${hidden}; ++hidden) {
      if (hidden > 0) layers->push_back(initialise(torch::nn::Linear(width, width)));`,
      normalisation === 'batch' && '      layers->push_back(torch::nn::BatchNorm1d(width));',
      normalisation === 'layer' &&
        '      layers->push_back(torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})));',
      '      layers->push_back(torch::nn::ReLU());',
      dropout !== '0' && `      layers->push_back(torch::nn::Dropout(${dropout}));`,
      `    }
    layers->push_back(initialise(torch::nn::Linear(width, bins)));
  }
${softmax}
  torch::nn::Linear first{nullptr};
  torch::nn::Sequential layers;
};`,
    ),
  };
}

const logistic: Part = {
  std: ['cstdint'],
  contract: ['learned/export_network.hpp', 'learned/training.hpp'],
  text: `// Multinomial logistic regression.
struct Model {
  Model(const annvil::Training&, std::uint32_t inputs, std::uint32_t bins) : first(inputs, bins) {
    torch::nn::init::xavier_uniform_(first->weight);
    torch::nn::init::zeros_(first->bias);
    layers->push_back(first);
  }
${softmax}
  torch::nn::Linear first;
  torch::nn::Sequential layers;
};`,
};

const binaryTree: Part = {
  std: ['algorithm', 'bit', 'cmath', 'cstdint'],
  contract: ['learned/export_network.hpp', 'learned/training.hpp'],
  text: `// A tree of binary logistic regressions over the binary digits of a bin's number, as the paper's linear variant; METIS' recursive
// bisection numbers bins so that each half is a region.
struct Model {
  Model(const annvil::Training&, std::uint32_t inputs, std::uint32_t bins)
      : depth(std::bit_width(bins - 1)), first(inputs, (1u << depth) - 1), signs(torch::zeros({(1u << depth) - 1, bins})) {
    torch::nn::init::xavier_uniform_(first->weight);
    torch::nn::init::zeros_(first->bias);
    for (std::uint32_t bin = 0; bin < bins; ++bin) {
      std::uint32_t node = 0;
      for (std::uint32_t level = depth; level-- > 0;) {
        const bool right = bin >> level & 1;
        signs[node][bin] = right ? 1.0f : -1.0f;
        node = 2 * node + (right ? 2 : 1);
      }
    }
    layers->push_back(first);
  }

  // log sigmoid(z) where the path turns right, log sigmoid(-z) = log sigmoid(z) - z where it turns left, summed over the path.
  torch::Tensor log_probabilities(const torch::Tensor& rows) {
    const torch::Tensor logits = layers->forward(rows), turns = signs.to(rows.device());
    return torch::log_sigmoid(logits).mm(turns.abs()) - logits.mm(turns.lt(0).to(torch::kFloat));
  }

  // The harness runs linear layers and ReLU: log sigmoid becomes straight pieces between knots, at most 0.03 off; a last unit a
  // node carries z itself.
  annvil::Network exported(const Rows& rows) {
    const torch::NoGradGuard no_gradients;
    rows.fold_into(first);
    constexpr std::int64_t knots = 16, units = knots + 1;
    constexpr float first_knot = -6, last_knot = 6, far = 1000;
    const float step = (last_knot - first_knot) / (knots - 1);
    const auto value = [](float z) { return -std::log1p(std::exp(-z)); };
    const auto slope = [&](std::int64_t piece) {  // of the piece that ends at knot \`piece\`; 1 before the first, 0 behind the last
      if (piece == 0) return 1.0f;
      if (piece == knots) return 0.0f;
      return (value(first_knot + piece * step) - value(first_knot + (piece - 1) * step)) / step;
    };
    const std::int64_t nodes = signs.size(0), bins = signs.size(1);
    torch::nn::Linear spread(nodes, nodes * units), gather(nodes * units, bins);
    spread->weight.zero_();
    spread->bias.zero_();
    gather->weight.zero_();
    gather->bias.zero_();
    for (std::int64_t node = 0; node < nodes; ++node) {
      for (std::int64_t knot = 0; knot < knots; ++knot) {
        spread->weight[node * units + knot][node] = -1.0f;
        spread->bias[node * units + knot] = first_knot + knot * step;
        const float bend = slope(knot) - slope(knot + 1);
        gather->weight.select(1, node * units + knot).sub_(signs[node].abs() * bend);
      }
      spread->weight[node * units + knots][node] = 1.0f;
      spread->bias[node * units + knots] = far;
      gather->weight.select(1, node * units + knots).sub_(signs[node].lt(0).to(torch::kFloat));
      gather->bias.add_(signs[node].lt(0).to(torch::kFloat) * far);
    }
    torch::nn::Sequential whole;
    whole->push_back(first);
    whole->push_back(spread);
    whole->push_back(torch::nn::ReLU());
    whole->push_back(gather);
    return annvil::export_network(*whole, rows.width());
  }

  std::uint32_t depth;
  torch::nn::Linear first;
  torch::Tensor signs;  // node x bin: 1 where the bin lies to the right of the node, -1 to the left, 0 elsewhere
  torch::nn::Sequential layers;
};`,
};
