import { builtinModules } from 'node:module';
import { UsageError } from '../core/errors.ts';

/** One name in the three forms that a package needs. */
export interface PackageNames {
  /** On npm and for pip: lower case, with dashes. */
  readonly package: string;
  /** The C++ namespace, the include folder, the Python module and the library: an identifier. */
  readonly identifier: string;
}

/** Words that C++20 or Python keep for themselves, and those of ours that a package's sources use. */
const taken = new Set(
  `alignas alignof and and_eq as asm assert async auto await bitand bitor bool break case catch char char8_t char16_t char32_t class co_await
   co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype def default del delete do double
   dynamic_cast elif else enum except explicit export extern false finally float for friend from global goto if import in inline int is lambda
   long mutable namespace new noexcept none nonlocal not not_eq nullptr operator or or_eq pass private protected public raise register
   reinterpret_cast requires return short signed sizeof static static_assert static_cast std struct switch template this thread_local throw
   true try typedef typeid typename union unsigned using virtual void volatile wchar_t while with xor xor_eq yield
   annvil candidate main test numpy ctypes setuptools index linux unix`.split(/\s+/),
);

/**
 * The names of a package called `wanted`; of a campaign's, where nobody says, `ann-<campaign>`.
 * @throws UsageError naming what npm, Python or C++ would not take
 */
export function packageNames(wanted: string | undefined, campaign: string): PackageNames {
  const name = wanted ?? `ann-${campaign.toLowerCase().replace(/[._]+/g, '-').replace(/-+$/, '')}`;
  const refuse = (why: string) =>
    new UsageError(`--name ${JSON.stringify(name)}: ${why}; give another --name, for instance ann-images`);
  if (!/^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/.test(name) || name.length > 100)
    throw refuse(
      'a name is lower-case letters and digits, begins with a letter, and joins its words by single "-" or "_"',
    );
  const identifier = name.replaceAll('-', '_');
  // The C ABI's functions begin so, and a namespace of the same name would hide one.
  if (identifier.startsWith('annvil_')) throw refuse('names that begin with annvil belong to the C functions');
  if (taken.has(identifier)) throw refuse('C++, Python or the package itself uses that word');
  if (builtinModules.includes(name)) throw refuse('Node has a module of that name');
  return { package: name, identifier };
}
