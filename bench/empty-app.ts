import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "../scripts/stack/ports.ts";
import { waitForConsole } from "../scripts/stack/run-console.ts";
import { StartFault } from "../scripts/stack/start-fault.ts";
import type { Supervisor } from "../scripts/stack/supervisor.ts";

const files = {
  "package.json": `{ "name": "empty-app", "private": true, "type": "module" }\n`,
  "app/layout.jsx": `export const metadata = { title: "Empty" };
export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`,
  "app/page.jsx": `export const dynamic = "force-dynamic";
export default function Page() {
  return <main><h1>Empty</h1><p>Nothing but Next.</p></main>;
}
`,
};

/** An app of the same Next version with one page and no code of its own: the floor that our pages are measured against. */
export async function startEmptyApp(root: string, supervisor: Supervisor): Promise<string> {
  // Below the project, so that it finds the same packages.
  const folder = join(root, ".wharfinger", "empty-app");
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const { version } = JSON.parse(
    readFileSync(join(root, "node_modules", "next", "package.json"), "utf8"),
  ) as {
    version: string;
  };
  const stamp = join(folder, "built");
  const wanted = JSON.stringify([version, files]);
  const environment = { ...process.env, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1" };
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, "app"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    writeFileSync(
      join(folder, "next.config.mjs"),
      `export default { poweredByHeader: false, turbopack: { root: ${JSON.stringify(root)} } };\n`,
    );
    await build(next, folder, supervisor.logPath("empty-app-build"), environment);
    writeFileSync(stamp, wanted);
  }
  const port = await findFreePort();
  await supervisor.start({
    name: "empty-app",
    label: "the empty app",
    command: process.execPath,
    args: [next, "start", folder, "-H", "127.0.0.1", "-p", String(port)],
    env: { ...environment, PORT: String(port) },
    cwd: folder,
  });
  const url = `http://localhost:${port}`;
  await supervisor.until(waitForConsole(url, "/", 60_000));
  return url;
}

async function build(next: string, folder: string, logFile: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [next, "build", folder], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  log.end();
  if (code !== 0) throw new StartFault(`The empty app could not be built: see ${logFile}.`);
}
