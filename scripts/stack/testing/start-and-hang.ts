// A start with one child, for the test that kills it: node start-and-hang.ts <home>
import { PidFiles } from "../pid-files.ts";
import { Supervisor } from "../supervisor.ts";

const home = process.argv[2] ?? "";
const pidFiles = new PidFiles(home);
await pidFiles.lock();
const supervisor = new Supervisor(home, pidFiles);
await supervisor.start({
  name: "sleeper",
  label: "the sleeper",
  command: process.execPath,
  args: ["-e", "setInterval(() => {}, 1000)"],
  env: process.env,
});
console.log("started");
setInterval(() => {}, 1_000);
