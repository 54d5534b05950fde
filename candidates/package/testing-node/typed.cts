import ann = require('ann-trial');

void ann.Index.load('a.index', { mapped: true, onProgress: ({ phase, done }) => console.log(phase, done) }).then(
  (index) => index.close(),
);
