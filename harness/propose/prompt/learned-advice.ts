import { type Outcome, unreachable } from '../../core/outcome.ts';

/** What usually lies behind a failure of a learned index, for who has to repair it. Empty where the outcome says it all. */
export function learnedAdvice(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'compile-error':
      return 'Compiled as C++20 with both other slots in place. A failed `static_assert` on a concept quotes the expression that your class does not provide: compare names, `const`, parameter types and the exact return type with the contract. What answers queries is compiled without LibTorch.';
    case 'rejected':
      return 'This is a static rule, applied to the text before it is compiled. The list of rules stands above.';
    case 'crashed':
      return 'Usual causes: tensors of other shapes or types than an operation takes (LibTorch throws, and its message says which), an index beyond a row or a list, an exception that left the header, a loss that is no number.';
    case 'timed-out':
      return 'Usual causes: more passes than the settings grant, a loop whose end depends on something that stops changing, or work that grows with the square of the count.';
    case 'over-limit':
      return 'A cap of the target: it holds for every training seed, so keep some room below it.';
    case 'low-recall':
      return 'The curve ends below the range that is scored: the highest effort must reach it. Either too little is probed at the top of the range, or what the network was trained for is not what the index was built on.';
    case 'tampered':
      return 'The examination found what no honest index does: answers that are not of the form that the contract asks for, or that change when asked again.';
    case 'scored':
      return '';
    default:
      return unreachable(outcome);
  }
}
