# What node-gyp builds where prebuilds/ has nothing for the platform: the addon, and beside it a library for each instruction set.
{
  'target_defaults': {
    'include_dirs': ['include'],
    'cflags!': ['-O2'],
    'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++14', '-std=gnu++17'],
    'cflags_cc': ['-std=c++20', '-O3', '-fexceptions', '-frtti', '-fvisibility=hidden', '-pthread', '-Wno-uninitialized', '-Wno-maybe-uninitialized'],
    'defines': ['NDEBUG'],
    'ldflags': ['-pthread', '-static-libstdc++', '-static-libgcc', '-Wl,--exclude-libs,ALL', '-Wl,-Bsymbolic'],
  },
  'targets': [
    {
      'target_name': '@NAME@',
      'sources': ['src/node/addon.cpp', 'src/dispatch.cpp'],
      'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")"],
      # The third: where a worker thread is ending, what can be thrown to nobody is dropped, and does not end the process.
      'defines': [
        'NODE_ADDON_API_CPP_EXCEPTIONS', 'NODE_ADDON_API_CPP_EXCEPTIONS_ALL', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS', 'NAPI_VERSION=8',
      ],
      'libraries': ['-ldl'],
      'dependencies': ['@NAME@-baseline'],
      'conditions': [['target_arch=="x64"', {'dependencies': ['@NAME@-avx2', '@NAME@-avx512']}]],
    },
    {
      'target_name': '@NAME@-baseline',
      'type': 'loadable_module',
      # Said late, since node-gyp's own defaults would have it end in .node.
      'target_conditions': [['_type=="loadable_module"', {'product_extension': 'so'}]],
      'sources': ['src/c_abi.cpp'],
      'defines': ['ANNVIL_LEVEL_NAME="baseline"'],
      'ldflags': ['-Wl,--version-script=<(module_root_dir)/src/exports.map'],
      'conditions': [['target_arch=="x64"', {'cflags_cc': ['-march=x86-64']}]],
    },
  ],
  'conditions': [
    ['target_arch=="x64"', {
      'targets': [
        {
          'target_name': '@NAME@-avx2',
          'type': 'loadable_module',
          'target_conditions': [['_type=="loadable_module"', {'product_extension': 'so'}]],
          'sources': ['src/c_abi.cpp'],
          'defines': ['ANNVIL_LEVEL_NAME="avx2"'],
          'cflags_cc': ['-march=x86-64-v3'],
          'ldflags': ['-Wl,--version-script=<(module_root_dir)/src/exports.map'],
        },
        {
          'target_name': '@NAME@-avx512',
          'type': 'loadable_module',
          'target_conditions': [['_type=="loadable_module"', {'product_extension': 'so'}]],
          'sources': ['src/c_abi.cpp'],
          'defines': ['ANNVIL_LEVEL_NAME="avx512"'],
          'cflags_cc': ['-march=x86-64-v4', '-mavx512vnni'],
          'ldflags': ['-Wl,--version-script=<(module_root_dir)/src/exports.map'],
        },
      ],
    }],
  ],
}
