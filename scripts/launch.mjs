// Starts any command of the project: node scripts/launch.mjs <command> [arguments]. Plain JavaScript for any Node.js
// from 20.9 on and without dependencies: it installs them, then hands over to scripts/<command>.ts under the Node.js
// that came with them.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [command, ...commandArguments] = process.argv.slice(2);
const commands = readdirSync(join(root, "scripts"))
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => name.slice(0, -".ts".length));
if (!commands.includes(command)) {
  fail(`Say which command to run: node scripts/launch.mjs <${commands.join("|")}>.`);
}

if (!isInstallComplete()) await install();
const node = findNode();
generateDatabaseClient(node);
run(node);

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function failOnFullDisk() {
  fail(`The disk of ${root} is full: make room and run the same command again.`);
}

/** npm writes its own copy of the lock file as the last step of an install: it must agree, and the folders be there. */
function isInstallComplete() {
  const wanted = readJson(join(root, "package-lock.json"));
  const installed = readJson(join(root, "node_modules", ".package-lock.json"));
  if (!wanted) fail("package-lock.json is missing or damaged: restore it from the repository.");
  if (!installed) return false;
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === "") continue;
    const found = installed.packages[path];
    if (!found) {
      if (entry.optional || entry.peer) continue;
      return false;
    }
    if (found.version !== entry.version || !existsSync(join(root, path, "package.json"))) return false;
  }
  return true;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

async function install() {
  const isRepair = existsSync(join(root, "node_modules"));
  console.log(isRepair ? "Repairing the installed dependencies" : "Installing dependencies");
  const { code, signal, error, output } = await runNpm();
  if (code === 0 && isInstallComplete()) return;
  if (error === "ENOENT") fail("npm is not on the PATH: install Node.js with npm.");
  if (signal) fail(`The install was ended by ${signal}: run the same command again to repair it.`);
  if (/ENOSPC/.test(output)) failOnFullDisk();
  const reason = output
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, "").trim())
    .filter(
      (line) =>
        line !== "" &&
        !line.startsWith("A complete log") &&
        !/^(code|errno|syscall|path|dest|file|cwd)\b/.test(line),
    );
  fail(
    `The dependencies could not be installed (${reason[0] ?? "npm ci gave no reason"}): run npm ci to see more.`,
  );
}

/** npm ends with us: one that went on alone would fight with the next start over the same folder. */
function runNpm() {
  const npm = process.env.npm_execpath;
  const call = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const child = spawn(
    call[0],
    [...call[1], "ci", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error", "--ignore-scripts"],
    { cwd: root, stdio: ["ignore", "ignore", "pipe"], env: installEnvironment() },
  );
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  let asked = null;
  const forward = (signal) => {
    asked = signal;
    child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve) => {
    const finish = (result) => {
      for (const signal of signals) process.off(signal, forward);
      resolve({ code: null, signal: null, error: null, output, ...result });
    };
    child.once("error", (error) => finish({ error: error.code }));
    child.once("close", (code, signal) => finish({ code, signal: signal ?? (code === 0 ? null : asked) }));
  });
}

// npm run hands its own settings down; those of an outer command are not meant for the install.
function installEnvironment() {
  const environment = { ...process.env };
  delete environment.NODE_ENV;
  delete environment.npm_config_omit;
  return environment;
}

function findNode() {
  const packaged = join(root, "node_modules", ".bin", "node");
  if (existsSync(packaged) && spawnSync(packaged, ["--version"]).status === 0) return packaged;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(
    `Node.js ${process.versions.node} is too old here, and npm has no newer one for ${process.platform}-${process.arch}: install Node.js 22.18 or later.`,
  );
}

/** Prisma wants to download an engine that generating does not need: any program in its place stops that. */
function generateDatabaseClient(node) {
  const schemaFolder = join(root, "prisma", "schema");
  const output = join(root, "lib", "db", "generated");
  const stampFile = join(output, "stamp");
  const hash = createHash("sha256").update(
    readJson(join(root, "node_modules/prisma/package.json"))?.version ?? "",
  );
  for (const name of readdirSync(schemaFolder).sort()) {
    hash
      .update(name)
      .update("\0")
      .update(readFileSync(join(schemaFolder, name)))
      .update("\0");
  }
  const stamp = hash.digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  rmSync(stampFile, { force: true });
  const result = spawnSync(
    node,
    [join(root, "node_modules/prisma/build/index.js"), "generate", "--no-hints"],
    {
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: node,
        CHECKPOINT_DISABLE: "1",
        PRISMA_HIDE_UPDATE_MESSAGE: "1",
      },
    },
  );
  const problem = (result.stderr || result.stdout).trim();
  if (result.status !== 0 && /ENOSPC/.test(problem)) failOnFullDisk();
  if (result.status !== 0) fail(`The database client could not be generated: ${problem}`);
  try {
    mkdirSync(output, { recursive: true });
    writeFileSync(stampFile, stamp);
  } catch (error) {
    if (error.code === "ENOSPC") failOnFullDisk();
    throw error;
  }
}

function run(node) {
  const path = `${join(root, "node_modules", ".bin")}:${process.env.PATH ?? ""}`;
  // The channel tells the command when we are gone, even when we were killed.
  // Warnings of libraries to their own authors are nothing for the person at this terminal.
  const quiet = "--disable-warning=DeprecationWarning";
  const child = spawn(node, [quiet, join(root, "scripts", `${command}.ts`), ...commandArguments], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: path },
  });
  // Ctrl-C reaches the whole group: the command stops its own children, and we wait for it.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event) {
    // npm was killed without a word to us.
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) child.kill("SIGTERM");
    }, 1_000).unref();
  }
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
