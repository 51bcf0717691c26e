// The lock file must name every platform's build of a package with native code, and no host it was fetched from.
import fs from 'node:fs';

const problems = [];
for (const file of ['package-lock.json', 'bench/package-lock.json'].filter((name) => fs.existsSync(name))) {
  const text = fs.readFileSync(file, 'utf8');
  const packages = JSON.parse(text).packages;
  const keys = Object.keys(packages);
  for (const key of keys) {
    for (const dependency of Object.keys(packages[key].optionalDependencies ?? {})) {
      if (!keys.some((other) => other.endsWith(`node_modules/${dependency}`))) problems.push(`${file}: ${key || 'root'} lacks ${dependency}`);
    }
  }
  if (/"resolved":/.test(text)) problems.push(`${file} names the registry it was made with; set omit-lockfile-registry-resolved`);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
