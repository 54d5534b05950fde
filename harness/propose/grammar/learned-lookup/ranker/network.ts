import type { Choices } from '../../../../core/policy.ts';
import type { Part } from '../../part.ts';

const call = ({ activation }: Choices): string => (activation === 'gelu' ? 'torch::gelu' : 'torch::relu');
const width = (choices: Choices): string =>
  ({ half: 'std::max(scale.heads, scale.width / 2)', preset: 'scale.width', double: '2 * scale.width' })[
    choices.width!
  ]!;

/** The network that says a number of each point, as a class `Network`. */
export function network(choices: Choices): Part {
  switch (choices.network) {
    case 'transformer':
      return transformer(choices);
    case 'deep-set':
      return perLayer(choices, deepSet(choices));
    default:
      return perLayer(choices, pointwise(choices));
  }
}

function transformer(choices: Choices): Part {
  const part = perLayer(choices, {
    about: `// A block of NanoGPT's without mask: attention, then a wider layer, each behind a layer norm and added to what came in.`,
    members: 'torch::nn::LayerNorm before_, after_;\n  torch::nn::Linear qkv_, mix_, up_, down_;',
    construct: `heads_(heads),
        before_(register_module("before", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})))),
        after_(register_module("after", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})))),
        qkv_(register_module("qkv", torch::nn::Linear(width, 3 * width))),
        mix_(register_module("mix", torch::nn::Linear(width, width))),
        up_(register_module("up", torch::nn::Linear(width, ${choices.expansion} * width))),
        down_(register_module("down", torch::nn::Linear(${choices.expansion} * width, width)))`,
    forward: `    const auto sets = x.size(0), points = x.size(1), width = x.size(2);
    // [query, key, value][sets][heads][points][width / heads]
    const torch::Tensor parts =
        qkv_->forward(before_->forward(x)).view({sets, points, 3, heads_, width / heads_}).permute({2, 0, 3, 1, 4});
    const double scale = 1 / std::sqrt(static_cast<double>(width / heads_));
    const torch::Tensor shares = torch::softmax(torch::matmul(parts[0], parts[1].transpose(-1, -2)) * scale, -1);
    const torch::Tensor mixed = torch::matmul(shares, parts[2]).transpose(1, 2).reshape({sets, points, width});
    const torch::Tensor y = x + mix_->forward(mixed);
    return y + down_->forward(${call(choices)}(up_->forward(after_->forward(y))));`,
    write: `    out.save();
    out.layer_norm(before_);
    out.linear(qkv_);
    out.attention(static_cast<std::uint32_t>(heads_));
    out.linear(mix_);
    out.add();
    out.save();
    out.layer_norm(after_);
    out.linear(up_);
    out.${choices.activation}();
    out.linear(down_);
    out.add();`,
    heads: true,
  });
  return { ...part, std: [...part.std, 'cmath'] };
}

function deepSet(choices: Choices): Layer {
  return {
    about: `// A layer of a deep set (Zaheer et al. 2017): what a point is, and what the mean point is, added to what came in.`,
    members: 'torch::nn::LayerNorm before_;\n  torch::nn::Linear own_, common_, down_;',
    construct: `before_(register_module("before", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})))),
        own_(register_module("own", torch::nn::Linear(width, 4 * width))),
        common_(register_module("common", torch::nn::Linear(4 * width, 4 * width))),
        down_(register_module("down", torch::nn::Linear(4 * width, width)))`,
    forward: `    const torch::Tensor wide = ${call(choices)}(own_->forward(before_->forward(x)));
    const torch::Tensor common = common_->forward(wide.mean(1, true));
    return x + down_->forward(${call(choices)}(wide + common));`,
    write: `    out.save();
    out.layer_norm(before_);
    out.linear(own_);
    out.${choices.activation}();
    out.save();
    out.pool();
    out.linear(common_);
    out.add();
    out.${choices.activation}();
    out.linear(down_);
    out.add();`,
  };
}

function pointwise(choices: Choices): Layer {
  return {
    about: `// A residual layer on each point alone: enough where the order does not depend on the other points, as in one dimension.`,
    members: 'torch::nn::LayerNorm before_;\n  torch::nn::Linear up_, down_;',
    construct: `before_(register_module("before", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})))),
        up_(register_module("up", torch::nn::Linear(width, 4 * width))),
        down_(register_module("down", torch::nn::Linear(4 * width, width)))`,
    forward: `    return x + down_->forward(${call(choices)}(up_->forward(before_->forward(x))));`,
    write: `    out.save();
    out.layer_norm(before_);
    out.linear(up_);
    out.${choices.activation}();
    out.linear(down_);
    out.add();`,
  };
}

const nanogpt = `    // NanoGPT's start: small weights, no biases. In one dimension layer norm then leaves hardly more than a value's sign to begin with.
    const torch::NoGradGuard no_gradient;
    for (const auto& module : modules(false)) {
      if (auto* linear = module->as<torch::nn::Linear>()) {
        linear->weight.normal_(0, 0.02);
        linear->bias.zero_();
      }
    }
`;

interface Layer {
  readonly about: string;
  readonly members: string;
  readonly construct: string;
  readonly forward: string;
  readonly write: string;
  readonly heads?: boolean;
}

function perLayer(choices: Choices, layer: Layer): Part {
  return {
    std: ['cstdint', 'memory', 'string', 'vector', ...(choices.width === 'half' ? ['algorithm'] : [])],
    contract: ['learned-lookup/export_set_network.hpp'],
    text: `${layer.about}
class Block : public torch::nn::Module {
 public:
  ${layer.heads ? 'Block(std::int64_t width, std::int64_t heads)' : 'explicit Block(std::int64_t width)'}
      : ${layer.construct} {}

  torch::Tensor forward(const torch::Tensor& x) {
${layer.forward}
  }

  void write(annvil::SetNetworkWriter& out) const {
${layer.write}
  }

 private:
${layer.heads ? '  std::int64_t heads_;\n' : ''}  ${layer.members}
};

// Embedding, blocks, layer norm, head.
class Network : public torch::nn::Module {
 public:
  Network(const annvil::LookupScale& scale, std::uint32_t in, std::uint32_t out)
      : in_(register_module("in", torch::nn::Linear(in, ${width(choices)}))),
        norm_(register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({${width(choices)}})))),
        out_(register_module("out", torch::nn::Linear(${width(choices)}, out))) {
    for (std::uint32_t i = 0; i < scale.blocks; ++i) {
      const auto block = std::make_shared<Block>(${width(choices)}${layer.heads ? ', scale.heads' : ''});
      blocks_.push_back(register_module("block" + std::to_string(i), block));
    }
${choices.start === 'nanogpt' ? nanogpt : ''}  }

  torch::Tensor forward(const torch::Tensor& points) {
    torch::Tensor x = in_->forward(points);
    for (const auto& block : blocks_) x = block->forward(x);
    return out_->forward(norm_->forward(x));
  }

  annvil::SetNetwork network() const {
    annvil::SetNetworkWriter out(static_cast<std::uint32_t>(in_->options.in_features()));
    out.linear(in_);
    for (const auto& block : blocks_) block->write(out);
    out.layer_norm(norm_);
    out.linear(out_);
    return std::move(out).network();
  }

 private:
  torch::nn::Linear in_;
  torch::nn::LayerNorm norm_;
  torch::nn::Linear out_;
  std::vector<std::shared_ptr<Block>> blocks_;
};`,
  };
}
