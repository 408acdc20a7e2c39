// One instance of the token endpoint in a process of its own, for tests. DATABASE_URL and the secrets come by
// environment; a number sent to it puts its clock so many milliseconds forward or, negative, back.
import { startHotDoors } from "#lib/testing/start-hot-doors";

let shiftMs = 0;
const RealDate = Date;
const now = () => RealDate.now() + shiftMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, values: unknown[]) => Reflect.construct(target, values.length === 0 ? [now()] : values),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
process.on("message", (ms) => {
  shiftMs = Number(ms);
  process.send?.("shifted");
});
const { listHotDoors } = await import("#lib/server/hot-doors");
const { url } = await startHotDoors(listHotDoors());
console.log(url);
