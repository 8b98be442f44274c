#!/usr/bin/env node
// Only syntax that old versions of Node parse too, so that they reach the message below.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 13)) {
  process.stderr.write('valvulin needs Node 22.13 or newer; this is Node ' + process.versions.node + '.\n');
  process.exitCode = 2;
} else {
  import('../dist/cli/index.js').then(function (cli) {
    return cli.main(process.argv.slice(2));
  });
}
